"""*receive interchange*, last step: who is answered, with what, and that a repeat gets the same bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.workflow.conftest import INVOICE, ORDER, interchange

from ml_connector.partners.configuration import parse
from ml_connector.store.audit import Origin
from ml_connector.workflow.acknowledge_interchange import Acknowledging, acknowledge_interchange
from ml_connector.workflow.split_interchange import split_interchange
from ml_connector.workflow.tickets import message_item


class FakeNumbers:
    """Draws a number once for each holder, as the store does."""

    def __init__(self):
        self.drawn = {}

    def draw(self, scope, holder, *_range):
        return self.drawn.setdefault((scope, holder), len(self.drawn) + 1)


class Receiving:
    """Both steps of *receive interchange* on the same stores."""

    def __init__(self, splitting):
        self.store, self.audit, self.starter = splitting.store, splitting.audit, splitting.start_document
        self.sent = []
        self.splitting = splitting
        self.acknowledging = Acknowledging(
            store=self.store,
            audit=self.audit,
            queries=self.audit,
            numbers=FakeNumbers(),
            configuration=splitting.configuration,
            send=self._send,
        )

    def configure(self, **partner):
        files = {**self.splitting.configuration.files}
        for old, new in partner.values():
            files["partners/acme.yaml"] = files["partners/acme.yaml"].replace(old, new)
        configuration = parse(files)
        self.splitting = replace(self.splitting, configuration=configuration)
        self.acknowledging = replace(self.acknowledging, configuration=configuration)

    def receive(self, content, message_id="m-1", retry=0):
        raw = self.store.put(f"raw/{message_id}", content)
        message = {"system": "sterling", "mailbox": "/acme/Inbound", "message_id": message_id}
        given = {"message": message, "raw": raw.model_dump()}
        origin = Origin(step="split", execution="arn:e", retry=retry)
        given = split_interchange(given, self.splitting, origin)
        if not given["acknowledge"]:
            return []
        before = len(self.sent)
        acknowledge_interchange(given, self.acknowledging, origin)
        return self.sent[before:]

    def _send(self, consignment):
        self.sent.append((consignment, self.store.get(consignment.content)))
        return {"mailbox": consignment.mailbox, "name": consignment.label}


@pytest.fixture
def receiving(splitting):
    return Receiving(splitting)


def kinds(sent):
    return [consignment.label for consignment, _ in sent]


@pytest.mark.parametrize(
    ("setting", "answered"),
    [("none", []), ("997", ["997"]), ("999", ["999"]), ("ta1", ["ta1"]), ("ta1+997", ["ta1", "997"])],
)
def test_an_interchange_is_answered_as_the_partners_file_says(receiving, setting, answered):
    receiving.configure(acknowledgements=('{x12: "997"}', f'{{x12: "{setting}"}}'))
    content = interchange(ORDER).replace(b"*000000001*0*", b"*000000001*1*")
    assert kinds(receiving.receive(content)) == answered


def test_the_same_bytes_again_are_answered_with_the_same_acknowledgement(receiving):
    [(first, content)] = receiving.receive(interchange(ORDER), "m-1")
    [(again, same)] = receiving.receive(interchange(ORDER), "m-2")
    assert same == content
    assert again.send_id != first.send_id, "it is sent again"
    assert len(receiving.starter.started) == 1
    item = message_item("sterling", "/acme/Inbound", "m-2")
    assert receiving.audit.of(f"{item}-1") == ["duplicate", "acknowledged"]


def test_a_repeat_of_the_step_sends_nothing_new(receiving):
    [(first, content)] = receiving.receive(interchange(ORDER))
    [(again, same)] = receiving.receive(interchange(ORDER), retry=1)
    assert (again.send_id, same) == (first.send_id, content)


def test_other_bytes_under_the_same_number_are_held_and_not_answered(receiving):
    receiving.receive(interchange(ORDER), "m-1")
    assert receiving.receive(interchange(INVOICE), "m-2") == []
    assert len(receiving.starter.started) == 1


def test_a_test_of_a_partner_that_serves_production_alone_is_unassigned(receiving):
    assert receiving.receive(interchange(ORDER, usage="T")) == []
    assert not receiving.starter.started
    item = message_item("sterling", "/acme/Inbound", "m-1")
    assert receiving.audit.of(f"{item}-1") == ["unassigned"]


def test_a_stranger_gets_no_answer(receiving):
    assert receiving.receive(interchange(ORDER, sender="STRANGER")) == []


def test_a_held_interchange_beside_a_good_one_stays_unanswered(receiving):
    receiving.receive(interchange(ORDER), "m-1")
    both = interchange(INVOICE) + interchange(ORDER, number="000000002")
    [(_, content)] = receiving.receive(both, "m-2")
    assert b"AK1*PO*1" in content


# The partner's file serves both, so only what the deployment is for keeps a test from the company.
BOTH = ("roles: [supplier]", "roles: [supplier]\nusage: [production, test]")


def test_a_test_in_production_starts_nothing_and_is_answered(receiving):
    receiving.configure(usage=BOTH)
    assert kinds(receiving.receive(interchange(ORDER, usage="T"))) == ["997"]
    assert not receiving.starter.started
    item = message_item("sterling", "/acme/Inbound", "m-1")
    assert receiving.audit.of(f"{item}-1") == ["skipped", "acknowledged"]
    assert "nothing was posted" in receiving.audit.state(f"{item}-1")["note"]


def test_a_production_interchange_starts_nothing_in_a_test_deployment(receiving):
    receiving.configure(usage=BOTH)
    receiving.splitting = replace(receiving.splitting, environment="test")
    receiving.receive(interchange(ORDER, usage="P"))
    assert not receiving.starter.started
    receiving.receive(interchange(ORDER, usage="T"), "m-2")
    assert len(receiving.starter.started) == 1


def test_test_and_production_have_their_control_numbers_apart(receiving):
    receiving.configure(usage=BOTH)
    receiving.receive(interchange(ORDER, usage="T"), "m-1")
    receiving.receive(interchange(ORDER, usage="P"), "m-2")
    item = message_item("sterling", "/acme/Inbound", "m-2")
    assert receiving.audit.of(f"{item}-1")[0] == "split"


@pytest.mark.parametrize(
    "other", [{"number": "000000002"}, {"usage": "T"}], ids=["control number", "test flag"]
)
def test_an_interchange_is_a_duplicate_only_by_all_that_names_it(receiving, other):
    receiving.configure(usage=BOTH)
    receiving.receive(interchange(ORDER), "m-1")
    receiving.receive(interchange(ORDER, **other), "m-2")
    item = message_item("sterling", "/acme/Inbound", "m-2")
    assert "duplicate" not in receiving.audit.of(f"{item}-1")


def test_a_message_whose_answer_was_delayed_has_an_end_once_it_is_answered(receiving):
    item = message_item("sterling", "/acme/Inbound", "m-1")
    receiving.receive(interchange(ORDER))
    receiving.audit.record(item, "delayed", origin=Origin(step="acknowledge"))
    receiving.receive(interchange(ORDER), retry=1)
    assert receiving.audit.of(item)[-1] == "settled"
    assert receiving.audit.state(item)["status"] == "split"
