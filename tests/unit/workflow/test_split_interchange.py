from __future__ import annotations

import io
from dataclasses import replace

import pytest

from ml_connector.edi import read_interchanges
from ml_connector.errors import Unavailable
from ml_connector.partners.configuration import parse
from ml_connector.store.audit import Origin
from ml_connector.workflow.split_interchange import split_interchange
from ml_connector.workflow.tickets import message_item

from .conftest import INVOICE, ORDER, interchange

ITEM = message_item("sterling", "/acme/Inbound", "m-1")


class Splitter:
    def __init__(self, splitting):
        self.store, self.audit, self.starter = splitting.store, splitting.audit, splitting.start_document
        self.set_aside = []
        self.parts = replace(splitting, count_set_aside=self.set_aside.append)

    def split(self, content, *, message_id="m-1", progress=None, retry=0, **more):
        raw = self.store.put(f"raw/{message_id}", content)
        message = {"system": "sterling", "mailbox": "/acme/Inbound", "message_id": message_id}
        given = {"message": message, "raw": raw.model_dump(), "progress": progress, **more}
        return split_interchange(given, self.parts, Origin(step="split", execution="arn:e", retry=retry))


@pytest.fixture
def splitter(splitting):
    return Splitter(splitting)


def test_each_message_gets_its_own_bytes_and_execution(splitter):
    answer = splitter.split(interchange(ORDER, INVOICE))
    assert not answer["more"]
    assert answer["acknowledge"]
    assert sorted(splitter.starter.started) == [
        f"810-acme-INV-7-{ITEM}-1-2",
        f"850-acme-PO-1-{ITEM}-1-1",
    ]
    assert splitter.audit.of(f"{ITEM}-1") == ["split"]
    assert splitter.audit.of(f"{ITEM}-1-1") == ["received"]


def test_a_split_message_has_the_totals_an_auditor_adds_up(splitter):
    truncated = interchange(ORDER, number="000000002").partition(b"IEA")[0]
    splitter.split(truncated + interchange(ORDER, INVOICE, number="000000003"))
    facts = next(facts for item, _, _, facts in splitter.audit.events if item == ITEM)
    assert facts == {"interchanges": 2, "documents": 2, "set_aside": 1}


def test_a_stored_message_is_an_interchange_of_its_own(splitter):
    splitter.split(interchange(ORDER, INVOICE))
    stored = splitter.store.objects[f"messages/{ITEM}-1-2"]
    for only in read_interchanges(io.BytesIO(stored)):
        kinds = [message.type for message in only.messages() if not message.findings]
        assert (kinds, only.sender.id, only.control_number) == (["810"], "ACME", "000000001")
        assert not only.findings


def test_splitting_again_starts_nothing_again(splitter):
    splitter.split(interchange(ORDER))
    splitter.split(interchange(ORDER), retry=1)
    assert len(splitter.starter.started) == 1


def test_a_malformed_interchange_is_quarantined_and_its_neighbours_go_through(splitter):
    truncated = interchange(ORDER, number="000000002").partition(b"IEA")[0]
    answer = splitter.split(truncated + interchange(INVOICE, number="000000003"))
    assert splitter.audit.of(f"{ITEM}-1") == ["quarantined"]
    state = splitter.audit.state(f"{ITEM}-1")
    assert "byte" in state["reason"]
    assert splitter.audit.of(f"{ITEM}-2") == ["split"]
    assert list(splitter.starter.started) == [f"810-acme-INV-7-{ITEM}-2-1"]
    assert answer["acknowledge"]


def test_an_unknown_sender_is_unassigned_with_what_to_add(splitter):
    answer = splitter.split(interchange(ORDER, sender="STRANGER"))
    state = splitter.audit.state(f"{ITEM}-1")
    assert splitter.audit.of(f"{ITEM}-1") == ["unassigned"]
    assert "STRANGER" in state["reason"]
    assert (state["sender"], state["receiver"]) == ("STRANGER", "NORDLYS")
    assert (
        splitter.audit.facts_of(f"{ITEM}-1")["first_lines"]
        == interchange(ORDER, sender="STRANGER").decode()[:500]
    )
    assert splitter.set_aside == ["unassigned"]
    assert "identities:" in state["advice"]
    assert not splitter.starter.started
    assert not answer["acknowledge"]


def test_the_same_interchange_sent_again_is_a_harmless_repeat(splitter):
    splitter.split(interchange(ORDER), message_id="m-1")
    again = splitter.split(interchange(ORDER), message_id="m-2")
    item = message_item("sterling", "/acme/Inbound", "m-2")
    assert splitter.audit.of(f"{item}-1") == ["duplicate"]
    assert again["acknowledge"]
    assert len(splitter.starter.started) == 1


def test_a_control_number_with_other_content_is_held(splitter):
    splitter.split(interchange(ORDER), message_id="m-1")
    splitter.split(interchange(INVOICE), message_id="m-2")
    item = message_item("sterling", "/acme/Inbound", "m-2")
    assert splitter.audit.of(f"{item}-1") == ["held"]
    assert splitter.set_aside == ["held"]
    assert len(splitter.starter.started) == 1


def test_a_released_interchange_goes_on_beside_the_first_of_its_number(splitter):
    splitter.split(interchange(ORDER), message_id="m-1")
    item = f"{message_item('sterling', '/acme/Inbound', 'm-2')}-1"
    splitter.split(interchange(INVOICE), message_id="m-2")
    splitter.split(interchange(INVOICE), message_id="m-2", retry=1, interchanges=[item], released=True)
    assert splitter.audit.of(item) == ["held", "split"]
    assert f"810-acme-INV-7-{item}-1" in splitter.starter.started


def test_an_interchange_received_again_leaves_its_neighbours_alone(splitter):
    both = interchange(ORDER) + interchange(INVOICE, sender="STRANGER", number="000000002")
    splitter.split(both)
    splitter.split(both, retry=1, interchanges=[f"{ITEM}-2"])
    assert splitter.audit.of(f"{ITEM}-1") == ["split"]
    assert splitter.audit.of(f"{ITEM}-1-1") == ["received"]
    assert splitter.audit.of(f"{ITEM}-2") == ["unassigned", "unassigned"]


def test_a_test_interchange_never_starts_a_document_in_production(splitter):
    splitter.split(interchange(ORDER, usage="T"))
    assert not splitter.starter.started


def test_a_visit_without_time_left_says_where_to_go_on(splitter):
    left = iter([70.0, 10.0])
    splitter.parts = replace(splitter.parts, remaining_seconds=lambda: next(left))
    first = splitter.split(interchange(ORDER, INVOICE))
    assert first["more"]
    assert len(splitter.starter.started) == 1
    splitter.parts = replace(splitter.parts, remaining_seconds=lambda: 900.0)
    second = splitter.split(interchange(ORDER, INVOICE), progress=first["progress"])
    assert not second["more"]
    assert len(splitter.starter.started) == 2


def test_a_visit_with_time_for_nothing_is_tried_again_and_not_entered_for_ever(splitter):
    splitter.parts = replace(splitter.parts, remaining_seconds=lambda: 10.0)
    with pytest.raises(Unavailable):
        splitter.split(interchange(ORDER, INVOICE))


def test_a_partners_mailbox_says_how_its_interchanges_are_read(splitter, configuration):
    miscounted = interchange(ORDER).replace(b"SE*5*", b"SE*6*")
    text = configuration.files["partners/acme.yaml"]
    lenient = text + "mailboxes: {inbound: [/acme/Inbound]}\nreading: {lenient_counts: true}\n"
    splitter.parts = replace(
        splitter.parts, configuration=parse({**configuration.files, "partners/acme.yaml": lenient})
    )
    splitter.split(miscounted)
    findings = splitter.audit.facts_of(f"{ITEM}-1-1")["findings"]
    assert {finding["severity"] for finding in findings} == {"warning"}


def test_a_message_without_any_edi_is_quarantined(splitter):
    answer = splitter.split(b"Dear Sirs, please find attached")
    assert splitter.audit.of(f"{ITEM}-1") == ["quarantined"]
    assert not answer["acknowledge"]
