from __future__ import annotations

import json

import pytest

from ml_connector.errors import Held, Misconfigured, OutcomeUnknown, Rejected, Unavailable
from ml_connector.workflow.failure import record_ended_execution, record_trouble
from ml_connector.workflow.tickets import message_item

DOCUMENT = {"document": {"id": "d"}}


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (Rejected("bad"), "failed"),
        (Misconfigured("no supplier"), "failed"),
        (Held("look"), "held"),
        (Unavailable("down"), "delayed"),
        (OutcomeUnknown("who knows"), "delayed"),
        (KeyError("defect"), "failed"),
    ],
)
def test_each_family_has_its_event(audit, origin, error, event):
    record_trouble(audit, DOCUMENT, error, origin)
    assert audit.of("d") == [event]


def test_what_to_do_and_the_facts_are_kept(audit, origin):
    record_trouble(audit, DOCUMENT, Misconfigured("No supplier.", advice="Add it.", partner="acme"), origin)
    assert audit.state("d")["reason"] == "No supplier."
    assert audit.state("d")["advice"] == "Add it."
    assert audit.events[0][3]["partner"] == "acme"


def test_which_interchanges_were_asked_for_is_kept_for_a_replay(audit, origin):
    message = {"system": "sterling", "mailbox": "/a", "message_id": "7"}
    item = message_item(*message.values())
    given = {"message": message, "interchanges": [f"{item}-2"], "released": True}
    record_trouble(audit, given, Misconfigured("No mailbox."), origin)
    assert audit.state(item)["receiving"] == {"interchanges": [f"{item}-2"], "released": True}


def ended(status, **more):
    given = {"document": {"id": "d"}}
    detail = {"executionArn": "arn:x", "status": status, "input": json.dumps(given), **more}
    return {"time": "2026-03-02T12:00:00Z", "detail": detail}


def test_an_execution_whose_step_said_why_is_not_recorded_again(audit):
    audit.states["d"] = {"status": "failed", "last_execution": "arn:x"}
    assert not record_ended_execution(ended("FAILED"), audit, audit)


@pytest.mark.parametrize("status", ["TIMED_OUT", "ABORTED", "FAILED"])
def test_any_other_ending_is_recorded_with_what_to_do(audit, status):
    assert record_ended_execution(ended(status, error="States.Timeout"), audit, audit)
    assert audit.of("d") == ["failed"]
    assert "documents replay d" in audit.state("d")["advice"]


def test_a_document_that_waited_keeps_what_it_waited_for(audit):
    audit.states["d"] = {"status": "waiting", "reason": "Visma is down.", "last_execution": "arn:x"}
    record_ended_execution(ended("FAILED", error="Unavailable"), audit, audit)
    assert audit.state("d")["reason"] == "Visma is down."


def test_an_execution_of_nothing_known_is_left_alone(audit):
    event = ended("FAILED")
    event["detail"]["input"] = "{}"
    assert not record_ended_execution(event, audit, audit)
