from __future__ import annotations

import json

import pytest
from tests.audit_store import aws_in_memory

from ml_connector.assembly import deployment
from ml_connector.assembly.environment import Environment
from ml_connector.errors import Misconfigured


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    monkeypatch.delenv(deployment.STACK_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_name_it_says_how_to_give_one(nowhere):
    with pytest.raises(Misconfigured, match="ML_CONNECTOR_STACK"):
        deployment.deployed_parts()


def test_a_stack_that_cannot_be_read_is_named(nowhere, monkeypatch):
    with aws_in_memory(monkeypatch), pytest.raises(Misconfigured, match="'nobody'"):
        deployment.deployed_parts("nobody")


def test_the_demos_deployment_is_found_in_the_folder_it_runs_in(nowhere, monkeypatch):
    file = nowhere / deployment.DEMO_FILE
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"ML_CONNECTOR_STACK": "the-demo", "ML_CONNECTOR_SOME": "x"}))
    monkeypatch.setenv("ML_CONNECTOR_SOME", "mine")
    asked = []
    monkeypatch.setattr(deployment, "_variables", lambda session, stack: asked.append(stack) or {})
    deployment.deployed_parts()
    assert asked == ["the-demo"]


def test_a_missing_variable_is_named():
    with pytest.raises(Misconfigured, match="AUDIT_TABLE"):
        Environment({})["AUDIT_TABLE"]
