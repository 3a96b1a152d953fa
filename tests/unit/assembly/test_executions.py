"""Starting and redriving executions, and what Step Functions says against it."""

from __future__ import annotations

import boto3
import pytest
from botocore.stub import Stubber

from ml_connector.assembly.environment import Environment
from ml_connector.assembly.parts import Parts
from ml_connector.errors import Unavailable

ARN = "arn:aws:states:eu-north-1:123456789012:stateMachine:process"
EXECUTION = "arn:aws:states:eu-north-1:123456789012:execution:process:one"


@pytest.fixture
def parts():
    session = boto3.Session("key", "secret", region_name="eu-north-1")
    return Parts(Environment({"PROCESS_MACHINE": ARN}), session)


@pytest.fixture
def states(parts):
    with Stubber(parts.client("stepfunctions")) as stubber:
        yield stubber


def test_a_name_that_was_used_starts_nothing(parts, states):
    states.add_client_error("start_execution", "ExecutionAlreadyExists")
    assert parts.starter("PROCESS_MACHINE")("one", {}) is False


@pytest.mark.parametrize("code", ["ExecutionNotRedrivable", "ExecutionDoesNotExist"])
def test_what_can_not_be_redriven_is_said_and_not_raised(parts, states, code):
    states.add_client_error("redrive_execution", code)
    assert parts.redriver()(EXECUTION) is False


def test_a_redriven_execution_goes_on(parts, states):
    states.add_response(
        "redrive_execution", {"redriveDate": "2026-03-02T12:00:00Z"}, {"executionArn": EXECUTION}
    )
    assert parts.redriver()(EXECUTION) is True


def test_step_functions_being_away_is_worth_another_try(parts, states):
    states.add_client_error("start_execution", "AccessDeniedException")
    states.add_client_error("redrive_execution", "AccessDeniedException")
    with pytest.raises(Unavailable, match="did not start one"):
        parts.starter("PROCESS_MACHINE")("one", {})
    with pytest.raises(Unavailable, match="did not redrive"):
        parts.redriver()(EXECUTION)
