from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ml_connector.errors import Rejected
from ml_connector.workflow.replay import Replaying, Way, plan_replay, replay

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Redriver:
    def __init__(self):
        self.redriven = []
        self.willing = True

    def __call__(self, execution):
        self.redriven.append(execution)
        return self.willing


@pytest.fixture
def redriver():
    return Redriver()


@pytest.fixture
def replaying(audit, starter, redriver):
    return Replaying(audit, audit, starter, starter, starter, redriver)


@pytest.fixture
def document(audit, store):
    audit.states["d-1-1"] = {
        "kind": "document",
        "direction": "in",
        "standard": "x12",
        "type": "810",
        "number": "INV-7",
        "partner": "acme",
        "status": "failed",
        "error": "Misconfigured",
        "status_since": NOON.isoformat(),
        "last_execution": "arn:e",
        "bytes": store.put("messages/d-1-1", b"ISA").model_dump(),
    }
    return "d-1-1"


def start(document, replaying, audit, reason="supplier added"):
    return replay(plan_replay(document, audit, now=NOON), replaying, reason=reason, actor="kari")


def test_a_replay_starts_a_new_execution_from_the_stored_bytes(replaying, starter, audit, document):
    started = start(document, replaying, audit)
    assert started["execution"] == "810-acme-INV-7-d-1-1-r1"
    assert starter.started[started["execution"]]["document"]["bytes"]["key"] == "messages/d-1-1"
    _, event, origin, facts = audit.events[0]
    assert (event, origin.actor, facts["reason"]) == ("replayed", "kari", "supplier added")


def test_each_replay_has_a_name_of_its_own(replaying, audit, document):
    names = {start(document, replaying, audit)["execution"] for _ in range(3)}
    assert len(names) == 3


def test_what_a_person_decided_earlier_goes_along(replaying, starter, audit, document):
    audit.states[document]["instructions"] = {"released": True}
    started = start(document, replaying, audit)
    assert starter.started[started["execution"]]["instructions"] == {"released": True}


@pytest.mark.parametrize(
    ("error", "age", "way"),
    [
        ("Unavailable", timedelta(days=13), Way.REDRIVE),
        ("OutcomeUnknown", timedelta(hours=1), Way.REDRIVE),
        ("Unavailable", timedelta(days=14), Way.ANEW),
        ("Misconfigured", timedelta(hours=1), Way.ANEW),
        ("Rejected", timedelta(hours=1), Way.ANEW),
    ],
)
def test_the_way_follows_what_stopped_it_and_when(audit, document, error, age, way):
    audit.states[document]["error"] = error
    assert plan_replay(document, audit, now=NOON + age).way is way


def test_what_is_not_redriven_any_more_starts_anew(replaying, redriver, audit, document):
    audit.states[document]["error"] = "Unavailable"
    redriver.willing = False
    assert start(document, replaying, audit)["way"] == "anew"
    assert redriver.redriven == ["arn:e"]


def test_a_document_that_leaves_and_was_formatted_is_only_sent(replaying, starter, audit, document):
    audit.states[document] |= {"direction": "out", "step": "send"}
    started = start(document, replaying, audit)
    given = starter.started[started["execution"]]
    assert started["way"] == "send"
    assert given["formatted"]["key"] == "messages/d-1-1"
    assert given["document"]["direction"] == "out"


def test_a_document_that_leaves_and_was_not_formatted_begins_at_the_beginning(
    replaying, starter, audit, document
):
    audit.states[document] |= {"direction": "out", "step": "fetch"}
    started = start(document, replaying, audit)
    assert "formatted" not in starter.started[started["execution"]]


def test_an_interrupted_start_leaves_the_document_as_it_was(replaying, redriver, audit, document):
    audit.states[document]["error"] = "Unavailable"
    redriver.redriven = None  # appending to it breaks off
    with pytest.raises(AttributeError):
        start(document, replaying, audit)
    assert audit.events == []


def test_an_unknown_document_is_refused(audit):
    with pytest.raises(Rejected, match="nothing with the id 'x'"):
        plan_replay("x", audit)


def test_what_we_sent_as_an_answer_is_not_replayed(audit, replaying):
    audit.states["a"] = {"item": "a", "kind": "acknowledgement", "direction": "out", "status": "sent"}
    with pytest.raises(Rejected, match="no document but acknowledgement"):
        start("a", replaying, audit)


def test_an_interchange_of_several_documents_is_formatted_again(replaying, starter, audit, origin):
    gathering = {"scope": "acme|CustomerInvoice|0", "number": "3"}
    state = {"kind": "document", "direction": "out", "type": "Interchange", "partner": "acme"}
    more = {"number": "CustomerInvoice-3", "step": "send", "bytes": {}, "gathering": gathering}
    audit.record("t", "failed", origin=origin, state={**state, **more})
    start("t", replaying, audit)
    (given,) = starter.started.values()
    assert given["document"]["gathering"] == gathering
    assert "formatted" not in given
