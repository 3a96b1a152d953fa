from __future__ import annotations

import pytest

from ml_connector.assembly.message_audit import MessageAudit, SendingAudit


class FakeTrail:
    def __init__(self):
        self.recorded = []

    def record(self, item, event, *, origin, state=None, numbers=None, facts=None, first=False):
        self.numbers = numbers
        self.recorded.append((item, event, origin.step, state, first))
        return True


@pytest.fixture
def trail():
    return FakeTrail()


def test_a_received_message_begins_its_story_and_is_not_moved_back(trail):
    MessageAudit(trail).record("m", "received", name="a.edi", mailbox="/in", raw={"key": "k"})
    ((_, event, step, state, first),) = trail.recorded
    assert (event, step, first) == ("received", "poll", True)
    assert (state["kind"], state["number"], state["mailbox"]) == ("message", "a.edi", "/in")


def test_sending_a_document_leaves_what_it_is_alone(trail):
    SendingAudit(trail).record("d", "sent", name="PurchaseOrder-1.edi", mailbox="/out")
    ((_, event, _, state, _),) = trail.recorded
    assert event == "delivered"
    assert set(state) == {"message_name", "mailbox"}
    assert trail.numbers == {"message_name": "PurchaseOrder-1.edi"}


def test_sending_an_acknowledgement_makes_an_item_of_it(trail):
    SendingAudit(trail, "acknowledgement").record("a", "sent", name="997.edi", mailbox="/out")
    ((_, event, _, state, _),) = trail.recorded
    assert (event, state["kind"], state["direction"]) == ("sent", "acknowledgement", "out")
