from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from ml_connector.mapping.snapshot import Snapshot
from ml_connector.partners.schemas import schemas

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "schemas" / "configuration"
EXAMPLE = ROOT / "examples" / "configuration"


SCHEMAS = schemas(lookups=Snapshot)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_docs_is_current(name):
    written = json.loads((DOCS / f"{name}.schema.json").read_text())
    assert written == SCHEMAS[name], "write it again: ml-connector config schema docs/schemas/configuration"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("company", EXAMPLE / "company.yaml"),
        ("lookups", EXAMPLE / "lookups.yaml"),
        *(("partner", path) for path in sorted((EXAMPLE / "partners").glob("*.yaml"))),
        *(("rules", path) for path in sorted((EXAMPLE / "rules").glob("*.yaml"))),
    ],
)
def test_an_editor_accepts_the_example(name, path):
    # Dates as an editor's YAML has them are text in JSON.
    data = json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))
    jsonschema.Draft202012Validator(SCHEMAS[name]).validate(data)


@pytest.mark.parametrize(
    ("name", "text", "sound"),
    [
        ("rules", "rules: [{name: a, when: {currency: NOK}, ignore: x}]", True),
        ("rules", "rules: [{name: a, when: {curency: NOK}, ignore: x}]", False),
        ("rules", "rules: [{name: a, set: {account: {table: t, by: item, esle: x}}}]", False),
        ("overlay", "segments: {PO1/PID: {use: required, maximum: 1}}", True),
        ("overlay", "sgments: {}", False),
        ("partner", "name: A\ncountry: Norway", False),
        ("lookups", "acounts: []", False),
    ],
)
def test_an_editor_marks_what_the_check_refuses(name, text, sound):
    validator = jsonschema.Draft202012Validator(SCHEMAS[name])
    assert validator.is_valid(yaml.safe_load(text)) is sound
