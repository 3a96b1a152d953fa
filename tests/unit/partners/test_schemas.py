from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from ml_connector.partners.schemas import schemas

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "schemas" / "configuration"
EXAMPLE = ROOT / "examples" / "configuration"


@pytest.mark.parametrize("name", ["company", "partner", "rules"])
def test_the_schema_in_the_docs_is_current(name):
    written = json.loads((DOCS / f"{name}.schema.json").read_text())
    assert written == schemas()[name], "write it again: ml-connector config schema docs/schemas/configuration"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("company", EXAMPLE / "company.yaml"),
        *(("partner", path) for path in sorted((EXAMPLE / "partners").glob("*.yaml"))),
        *(("rules", path) for path in sorted((EXAMPLE / "rules").glob("*.yaml"))),
    ],
)
def test_an_editor_accepts_the_example(name, path):
    # Dates as an editor's YAML has them are text in JSON.
    data = json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))
    jsonschema.Draft202012Validator(schemas()[name]).validate(data)


def test_an_editor_marks_an_unknown_field():
    rules = {"rules": [{"name": "a", "when": {"curency": "NOK"}, "ignore": "x"}]}
    validator = jsonschema.Draft202012Validator(schemas()["rules"])
    assert not validator.is_valid(rules)
