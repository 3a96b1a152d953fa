"""The model of sending notices what would be wrong: each planted fault must make it fail."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from boto3.dynamodb.conditions import Attr
from tests.unit.workflow.planting import check_noticed
from tests.unit.workflow.sending_model import Sending

from ml_connector.errors import OutcomeUnknown, Unavailable
from ml_connector.sterling import transport
from ml_connector.sterling.client import NoSuchMailbox, SterlingClient
from ml_connector.store.outbox import Outbox, SendState
from ml_connector.workflow import send_to_sterling
from ml_connector.workflow.send_to_sterling import _Sending


def send_again_without_looking(patch):
    patch.setattr(_Sending, "_look", lambda _self, outgoing: outgoing)


def send_again_before_the_server_can_have_settled(patch):
    look = _Sending._look

    def hurried(self, outgoing):
        return look(self, outgoing.model_copy(update={"attempted_at": None}))

    patch.setattr(_Sending, "_look", hurried)


def wait_for_half_of_the_time_a_router_gives(patch):
    look = _Sending._look

    def earlier(self, outgoing):
        at = outgoing.attempted_at and outgoing.attempted_at - timedelta(seconds=110)
        found = look(self, outgoing.model_copy(update={"attempted_at": at}))
        return found.model_copy(update={"attempted_at": outgoing.attempted_at})

    patch.setattr(_Sending, "_look", earlier)


def write_no_intent_before_the_call(patch):
    patch.setattr(_Sending, "_claim", lambda _self, outgoing: outgoing)


def let_two_senders_write_the_same_record(patch):
    patch.setattr(Outbox, "change", lambda self, outgoing: self._put(outgoing, Attr("pk").exists()))


def name_without_identity(patch):
    patch.setattr(send_to_sterling, "message_name", lambda consignment: f"{consignment.label}.edi")
    patch.setattr("tests.unit.workflow.sending_model.message_name", send_to_sterling.message_name)


def identify_by_the_bytes(patch):
    def name(consignment):
        return f"{consignment.label}-{consignment.content.sha256[:16]}.edi"

    plan = Outbox.plan

    def plan_by_bytes(self, outgoing):
        identity = hashlib.sha256(outgoing.name.encode()).hexdigest()
        return plan(self, outgoing.model_copy(update={"send_id": identity}))

    patch.setattr(send_to_sterling, "message_name", name)
    patch.setattr("tests.unit.workflow.sending_model.message_name", name)
    patch.setattr(Outbox, "plan", plan_by_bytes)


def take_a_hidden_mailbox_for_an_empty_one(patch):
    find = SterlingClient.find_named

    def find_or_nothing(self, mailbox, name):
        try:
            return find(self, mailbox, name)
        except NoSuchMailbox:
            return []

    patch.setattr(SterlingClient, "find_named", find_or_nothing)


def take_a_failed_search_for_an_empty_one(patch):
    find = SterlingClient.find_named

    def find_or_nothing(self, mailbox, name):
        try:
            return find(self, mailbox, name)
        except Unavailable:
            return []

    patch.setattr(SterlingClient, "find_named", find_or_nothing)


def search_the_first_page_alone(patch):
    def first_page(self, mailbox, name):
        return [found for found in self.list_mailbox(mailbox) if found.name == name]

    patch.setattr(SterlingClient, "find_named", first_page)


def take_a_failed_write_for_one_not_done(patch):
    error_of = transport.error_of
    patch.setattr(transport, "error_of", lambda response, wrote: error_of(response, wrote=False))


def take_a_cut_write_for_one_not_done(patch):
    send = transport.Transport._send

    def certain(self, method, path, body, *, stream=False):
        try:
            return send(self, method, path, body, stream=stream)
        except OutcomeUnknown as doubt:
            raise Unavailable(doubt.message) from doubt

    patch.setattr(transport.Transport, "_send", certain)


def send_the_document_of_an_earlier_attempt(patch):
    with_document = _Sending._with_document

    def kept(self, outgoing, content):
        return outgoing if outgoing.document_id else with_document(self, outgoing, content)

    patch.setattr(_Sending, "_with_document", kept)


def take_it_for_sent_after_a_doubt(patch):
    patch.setattr(
        _Sending,
        "_doubt",
        lambda self, outgoing, _doubt: self._change(outgoing, state=SendState.SENT, message_id="0"),
    )


FAULTS = [
    send_again_without_looking,
    send_again_before_the_server_can_have_settled,
    wait_for_half_of_the_time_a_router_gives,
    write_no_intent_before_the_call,
    let_two_senders_write_the_same_record,
    name_without_identity,
    identify_by_the_bytes,
    take_a_hidden_mailbox_for_an_empty_one,
    take_a_failed_search_for_an_empty_one,
    search_the_first_page_alone,
    take_a_failed_write_for_one_not_done,
    take_a_cut_write_for_one_not_done,
    send_the_document_of_an_earlier_attempt,
    take_it_for_sent_after_a_doubt,
]


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_the_model_notices(plant, monkeypatch):
    plant(monkeypatch)
    check_noticed(Sending)
