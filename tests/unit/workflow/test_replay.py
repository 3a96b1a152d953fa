from __future__ import annotations

import pytest

from ml_connector.errors import Rejected
from ml_connector.workflow.replay import Replaying, replay_document


@pytest.fixture
def replaying(audit, starter):
    return Replaying(audit, audit, starter)


@pytest.fixture
def document(audit, store):
    audit.states["d-1-1"] = {
        "kind": "document",
        "direction": "in",
        "standard": "x12",
        "type": "810",
        "number": "INV-7",
        "partner": "acme",
        "bytes": store.put("messages/d-1-1", b"ISA").model_dump(),
    }
    return "d-1-1"


def test_a_replay_starts_a_new_execution_from_the_stored_bytes(replaying, starter, audit, document):
    started = replay_document(document, replaying, reason="supplier added", actor="kari")
    assert started["execution"] == "810-acme-INV-7-d-1-1-r1"
    assert starter.started[started["execution"]]["document"]["bytes"]["key"] == "messages/d-1-1"
    _, event, origin, facts = audit.events[0]
    assert (event, origin.actor, facts["reason"]) == ("replayed", "kari", "supplier added")


def test_each_replay_has_a_name_of_its_own(replaying, starter, document):
    names = {replay_document(document, replaying, reason="")["execution"] for _ in range(3)}
    assert len(names) == 3


def test_an_unknown_document_is_refused(replaying):
    with pytest.raises(Rejected, match="no document 'x'"):
        replay_document("x", replaying, reason="")


def test_an_interchange_is_not_replayed_as_a_document(replaying, audit):
    audit.states["i"] = {"kind": "interchange", "direction": "in"}
    with pytest.raises(Rejected, match="no document that came in"):
        replay_document("i", replaying, reason="")
