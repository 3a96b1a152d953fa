"""The stores of polling and sending, on moto and on the table the model tests use: both must agree."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.audit_store import create_state_table
from tests.unit.store.fake_table import FakeTable

from ml_connector.store.leases import Leases
from ml_connector.store.outbox import Outbox, Outgoing, SendState
from ml_connector.store.receipts import Receipt, Receipts
from ml_connector.store.watermarks import Marks, Watermark, Watermarks

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(params=["moto", "fake"])
def table(request, aws):
    return FakeTable() if request.param == "fake" else create_state_table()


def test_a_lease_is_held_by_one_until_it_is_given_back(table):
    leases = Leases(table, now=lambda: 1000.0)
    with leases.held("poll", 60) as first, leases.held("poll", 60) as second:
        assert (first, second) == (True, False)
    assert leases.take("poll", 60)


def test_a_lease_ends_by_itself_and_its_old_owner_cannot_end_the_next(table):
    clock = [1000.0]
    leases = Leases(table, now=lambda: clock[0])
    old = leases.take("poll", 60)
    clock[0] = 1059.9
    assert not leases.take("poll", 60)
    clock[0] = 1060.0
    assert leases.take("poll", 60)
    assert not leases.give_back("poll", old)
    assert not leases.take("poll", 60)


def test_a_watermark_only_rises_and_each_mailbox_has_its_own(table):
    marks = Watermarks(table, system="sterling")
    assert marks.raise_to("/A", Watermark(NOON, 5))
    assert not marks.raise_to("/A", Watermark(NOON, 5))
    assert marks.raise_to("/A", Watermark(NOON, 6))
    assert not marks.raise_to("/A", Watermark(NOON.replace(hour=11), 99))
    assert marks.raise_to("/B", Watermark(NOON, 1))
    assert marks.read() == {"/A": Watermark(NOON, 6), "/B": Watermark(NOON, 1)}


def test_marks_remember_facts_by_name(table):
    marks = Marks(table, system="sterling")
    assert marks.read("sweep") == {}
    marks.write("sweep", at=NOON.isoformat())
    assert marks.read("sweep")["at"] == NOON.isoformat()


def test_a_receipt_is_written_once_and_found_among_many(table):
    receipts = Receipts(table, system="sterling")
    receipt = Receipt(key="7", message={"name": "a"}, document_id="d", state="started", at=NOON)
    assert receipts.settle(receipt)
    assert not receipts.settle(receipt.model_copy(update={"state": "refused"}))
    assert receipts.settled(str(n) for n in range(250)) == {"7": receipt}
    assert receipts.settled([]) == {}


def test_messages_on_their_way_are_held_renewed_and_released(table):
    receipts = Receipts(table, system="sterling")
    receipt = Receipt(key="7", message={"name": "a"}, state="troubled", attempts=1, retry_at=NOON)
    receipts.hold(receipt)
    receipts.hold(receipt.model_copy(update={"attempts": 2}))
    assert receipts.on_the_way()["7"].attempts == 2
    assert not receipt.due(NOON.replace(hour=11))
    assert receipt.due(NOON)
    receipts.release("7")
    assert receipts.on_the_way() == {}


def test_a_send_is_planned_once_and_of_two_changes_one_is_refused(table):
    outbox = Outbox(table, system="sterling")
    planned = outbox.plan(Outgoing(send_id="s", mailbox="/A", name="n", sha256="x"))
    assert outbox.plan(planned.model_copy(update={"name": "other"})) == planned
    mine = planned.changed(state=SendState.SENDING, attempted_at=NOON)
    theirs = planned.changed(state=SendState.SENDING)
    assert outbox.change(mine)
    assert not outbox.change(theirs)
    assert outbox.find("s") == mine
    assert outbox.find("unknown") is None
