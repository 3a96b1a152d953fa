from __future__ import annotations

import json
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def template():
    return yaml_parse((ROOT / "template.yaml").read_text())


@pytest.fixture(scope="session")
def functions(template):
    """The Lambda functions by their folders' names."""
    found = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            found[Path(resource["Properties"]["CodeUri"]).name] = resource["Properties"]
    return found


@pytest.fixture(scope="session")
def definitions():
    return {
        path.name.removesuffix(".asl.json"): json.loads(path.read_text())
        for path in sorted((ROOT / "statemachine").glob("*.asl.json"))
    }
