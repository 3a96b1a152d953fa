"""The model of polling notices what would be wrong: each planted fault must make it fail.

A fault is planted by patching one place of the connector. Should one of these tests fail, the model has
become too weak to notice that fault in real code.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from tests.unit.workflow.planting import check_noticed
from tests.unit.workflow.polling_model import Polling, PollingToDeath

from ml_connector.errors import Unavailable
from ml_connector.sterling import client, listing, polling
from ml_connector.sterling.answers import NotThere
from ml_connector.sterling.messages import MailboxMessage
from ml_connector.sterling.walking import Place, Walk
from ml_connector.store.leases import Leases
from ml_connector.store.objects import ObjectRef
from ml_connector.store.receipts import Receipt, Receipts
from ml_connector.store.watermarks import Watermark, Watermarks
from ml_connector.workflow import poll_sterling, receive_message
from ml_connector.workflow.receive_message import Outcome, Receiver


def move_the_watermark_too_early(patch):
    patch.setattr(poll_sterling, "held_back", lambda marks, _unreceived: marks)


def keep_one_watermark_for_all_mailboxes(patch):
    read, raise_to = Watermarks.read, Watermarks.raise_to

    def read_one(self):
        found = read(self)
        return {} if not found else dict.fromkeys(("/ACME/Inbox", "/Beta/Inbox"), found["one"])

    patch.setattr(Watermarks, "read", read_one)
    patch.setattr(Watermarks, "raise_to", lambda self, _mailbox, mark: raise_to(self, "one", mark))


def move_the_watermark_before_receiving(patch):
    receive = Receiver.receive

    def raise_then_receive(self, message, before, **listed):
        if message.arrived_at and message.mailbox:
            mark = Watermark(message.arrived_at + timedelta(days=1), 1 << 30)
            self._ports.watermarks.raise_to(message.mailbox, mark)
        return receive(self, message, before, **listed)

    patch.setattr(Receiver, "receive", raise_then_receive)


def take_the_lease_without_asking(patch):
    patch.setattr(Leases, "take", lambda self, _name, _seconds: self._new_owner())


def let_the_lease_end_at_once(patch):
    take = Leases.take
    patch.setattr(Leases, "take", lambda self, name, _seconds: take(self, name, 0.0))


def give_back_whosever_lease_it_is(patch):
    patch.setattr(
        Leases, "give_back", lambda self, name, _owner: self._state.delete(f"lease#{name}", "lease")
    )


def ignore_the_overlap(patch):
    may_be_new = polling.may_be_new
    patch.setattr(
        poll_sterling,
        "may_be_new",
        lambda message, marks, _overlap: may_be_new(message, marks, timedelta(0)),
    )


def ignore_numbers_above_the_watermark(patch):
    def by_time_alone(message, marks, overlap):
        mark = marks.get(message.mailbox)
        return mark is None or not message.arrived_at or message.arrived_at >= mark.arrived_at - overlap

    patch.setattr(poll_sterling, "may_be_new", by_time_alone)


def order_by_number_alone(patch):
    patch.setattr(poll_sterling, "in_order", lambda messages: sorted(messages, key=polling.number_of))


def write_the_record_before_the_bytes(patch):
    def keep(self, message):
        if not message.complete:
            message = self._ports.client.read_details(message)
        with self._ports.client.read_payload(message) as payload:
            content = payload.read()
            ref = ObjectRef(bucket="raw", key=message.raw_key, version_id="1", sha256="", size=len(content))
            update = {"raw": ref, "execution": message.execution_name}
            receipt = self._receipt(message, "received").model_copy(update=update)
            self._ports.receipts.hold(receipt)
            self._ports.raw.put(message.raw_key, content, metadata={})
        return receipt

    patch.setattr(Receiver, "_keep", keep)


def name_executions_by_chance(patch):
    patch.setattr(MailboxMessage, "execution_name", property(lambda _self: f"receive-{uuid.uuid4().hex}"))


def let_a_vanished_message_end_the_poll(patch):
    receive = Receiver._hold_troubled

    def raise_it(self, message, before, error):
        if isinstance(error, NotThere):
            raise Unavailable("It vanished.")
        return receive(self, message, before, error)

    patch.setattr(Receiver, "_hold_troubled", raise_it)


def let_an_unreadable_message_end_the_poll(patch):
    patch.setattr(poll_sterling, "_FAILURES_IN_A_ROW", 1)


def forget_a_message_that_could_not_be_read(patch):
    def settle_it(self, message, _before, _error):
        self._ports.receipts.settle(self._receipt(message, "refused"))
        return Outcome.RECEIVED

    patch.setattr(Receiver, "_hold_troubled", settle_it)


def retry_at_equal_distances(patch):
    patch.setattr(receive_message, "next_retry", lambda _attempts, now, given: now + given.retry_first)


def retry_at_every_poll(patch):
    patch.setattr(Receipt, "due", lambda _self, _now: True)


def forget_the_attempts_made(patch):
    def held_anew(self, message, _before, error):
        self._hold_again(self._receipt(message, "troubled"), error)
        return Outcome.FAILED

    patch.setattr(Receiver, "_hold_troubled", held_anew)


def read_pages_without_overlap(patch):
    def read(fetch, size, *, confirm_end=False):
        found, page = [], fetch(0, size - 1)
        while page:
            found += page
            page = fetch(len(found), len(found) + size - 1) if len(page) == size else []
        return listing._without_repeats(iter(found))

    patch.setattr(client, "read_pages", read)


def read_the_first_page_alone(patch):
    patch.setattr(client, "read_pages", lambda fetch, size, **_: fetch(0, size - 1))


def begin_every_poll_at_the_start_of_the_list(patch):
    patch.setattr(Walk, "stop", lambda _self, _left: Place())


def go_on_where_the_list_was_before_it_moved(patch):
    def go_on(self, first):
        self._position = first + self._size
        self._ended = False

    patch.setattr(Walk, "_step_back", go_on)


def take_what_was_read_for_the_whole_list(patch):
    patch.setattr(Walk, "whole", property(lambda _self: True))


def read_all_pages_whatever_they_cost(patch):
    patch.setattr(poll_sterling._Poll, "_is_paid", lambda _self, _pages: True)


def settle_without_a_receipt(patch):
    patch.setattr(Receipts, "settle", lambda _self, _receipt: True)


def release_before_the_start(patch):
    start = Receiver._start

    def release_then_start(self, receipt):
        self._ports.receipts.settle(receipt)
        self._ports.receipts.release(receipt.key)
        return start(self, receipt)

    patch.setattr(Receiver, "_start", release_then_start)


def remove_the_message_before_its_record(patch):
    keep = Receiver._keep

    def remove_then_keep(self, message):
        spool = self._ports.client.read_payload(message) if message.complete else None
        if spool is None:
            return keep(self, message)
        content = spool.read()
        spool.close()
        self._ports.client._transport.write("DELETE", f"/B2BAPIs/svc/mailboxmessages/{message.message_id}")
        ref = self._ports.raw.put(message.raw_key, content, metadata={})
        update = {"raw": ref, "execution": message.execution_name}
        receipt = self._receipt(message, "received").model_copy(update=update)
        self._ports.receipts.hold(receipt)
        return receipt

    patch.setattr(Receiver, "_keep", remove_then_keep)


def go_on_without_time(patch):
    patch.setattr(poll_sterling._Poll, "_out_of_time", lambda _self: False)


# Each with a seed that shows it soon.
FAULTS = {
    move_the_watermark_too_early: 10,
    move_the_watermark_before_receiving: 2,
    keep_one_watermark_for_all_mailboxes: 4,
    take_the_lease_without_asking: 2,
    let_the_lease_end_at_once: 4,
    give_back_whosever_lease_it_is: 2,
    ignore_the_overlap: 4,
    ignore_numbers_above_the_watermark: 2,
    order_by_number_alone: 4,
    write_the_record_before_the_bytes: 2,
    name_executions_by_chance: 5,
    let_a_vanished_message_end_the_poll: 1,
    let_an_unreadable_message_end_the_poll: 3,
    forget_a_message_that_could_not_be_read: 3,
    retry_at_equal_distances: 6,
    retry_at_every_poll: 4,
    forget_the_attempts_made: 3,
    read_pages_without_overlap: 7,
    read_the_first_page_alone: 1,
    begin_every_poll_at_the_start_of_the_list: 1,
    go_on_where_the_list_was_before_it_moved: 1,
    take_what_was_read_for_the_whole_list: 1,
    read_all_pages_whatever_they_cost: 1,
    settle_without_a_receipt: 1,
    release_before_the_start: 3,
    remove_the_message_before_its_record: 1,
    go_on_without_time: 3,
}
# Only a death at one certain call shows these.
_BY_DEATHS = {
    write_the_record_before_the_bytes,
    remove_the_message_before_its_record,
    release_before_the_start,
}


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_the_model_notices(plant, monkeypatch):
    plant(monkeypatch)
    check_noticed(PollingToDeath if plant in _BY_DEATHS else Polling, first=FAULTS[plant])
