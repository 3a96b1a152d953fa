from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ml_connector.documents import DOCUMENTS, PartyRole, party_of
from ml_connector.errors import Rejected
from ml_connector.partners.configuration import load, parse
from ml_connector.workflow.parse_document import Parsing, parse_document
from ml_connector.workflow.split_interchange import split_interchange
from ml_connector.workflow.tickets import message_item

ROOT = Path(__file__).parents[3]
EXAMPLE = load(ROOT / "examples/configuration")
ITEM = message_item("sterling", "/m/Inbound", "m-1")
DEMO = ROOT / "local/demo/interchanges/northern-office"
TRADACOMS = (DEMO / "invoice-2201.edi").read_bytes()
UBL = (DEMO / "invoice-2202.xml").read_bytes()


@pytest.fixture
def receive(splitting, store, audit, starter, origin):
    def received(content, message_id="m-1", files=None):
        configuration = parse({**EXAMPLE.files, **(files or {})})
        parts = replace(splitting, configuration=configuration)
        message = {"system": "sterling", "mailbox": "/m/Inbound", "message_id": message_id}
        raw = store.put(f"raw/{message_id}", content).model_dump()
        answer = split_interchange({"message": message, "raw": raw}, parts, origin)
        documents = []
        for given in starter.started.values():
            parsed = parse_document(given, Parsing(store, audit, configuration), origin)
            documents.append(DOCUMENTS.validate_json(store.objects[parsed["parsed"]["key"]]))
        return answer, documents

    return received


def test_a_tradacoms_invoice_knows_seller_and_buyer_of_its_files_header(receive, starter, audit):
    _, (invoice,) = receive(TRADACOMS)
    assert list(starter.started) == [f"INVOIC-northern-office-NO-2201-{ITEM}-1-1"]
    assert (invoice.number, len(invoice.lines)) == ("NO-2201", 2)
    assert party_of(invoice.parties, PartyRole.SELLER).ids[0].value == "5000010000057"
    assert party_of(invoice.parties, PartyRole.BUYER).ids[0].value == "7000010000000"


def test_headers_and_trailers_of_tradacoms_files_are_no_documents(receive, audit):
    receive(TRADACOMS)
    assert audit.facts_of(ITEM) == {"interchanges": 1, "documents": 1, "set_aside": 0}
    assert audit.of(f"{ITEM}-1-2") == []


def test_a_ubl_invoice_is_one_document_of_the_partner_it_names_and_is_not_answered(receive, starter, audit):
    answer, (invoice,) = receive(UBL)
    assert list(starter.started) == [f"Invoice-northern-office-NO-2202-{ITEM}-1-1"]
    assert (invoice.number, invoice.document_type, len(invoice.lines)) == ("NO-2202", "invoice", 1)
    assert audit.state(f"{ITEM}-1")["standard"] == "ubl"
    assert not answer["acknowledge"]


def test_a_ubl_invoice_is_stored_as_it_came(receive, store):
    receive(UBL)
    assert store.objects[f"messages/{ITEM}-1-1"] == UBL


def test_a_ubl_invoice_of_a_stranger_is_unassigned_with_what_to_add(receive, starter, audit):
    receive(UBL.replace(b"5000010000057", b"5000010000019"))
    assert not starter.started
    state = audit.state(f"{ITEM}-1")
    assert state["status"] == "unassigned"
    assert 'standard: ubl, qualifier: "0088", id: "5000010000019"' in state["advice"]


def test_the_same_file_again_is_a_duplicate_and_another_of_its_number_is_held(receive, starter, audit):
    receive(UBL, "m-1")
    receive(UBL, "m-2")
    receive(UBL.replace(b"Stapler", b"Staplers"), "m-3")
    statuses = [audit.of(f"{message_item('sterling', '/m/Inbound', m)}-1") for m in ("m-1", "m-2", "m-3")]
    assert statuses == [["split"], ["duplicate"], ["held"]]
    assert len(starter.started) == 1


def test_xml_that_is_not_known_is_quarantined_with_what_was_expected(receive, audit):
    receive(b"<?xml version='1.0'?><Greeting/>")
    state = audit.state(f"{ITEM}-1")
    assert state["status"] == "quarantined"
    assert "Greeting" in state["reason"]


GREAT_LAKES = (ROOT / "local/demo/interchanges/great-lakes-tools/invoice-7001.edi").read_bytes()
RULED = "segments: {PID: {use: required}}\n"


@pytest.mark.parametrize(
    "own", ["reading: {overlay: own}", 'messages: [{standard: x12, type: "810", overlay: own}]']
)
def test_a_message_is_held_to_its_partners_own_rules(receive, own):
    with pytest.raises(Rejected, match="PID"):
        receive(GREAT_LAKES, files=ruled(own))


def test_a_messages_own_rules_stand_in_place_of_those_for_all(receive):
    own = 'reading: {overlay: own}\nmessages: [{standard: x12, type: "810", overlay: none}]'
    _, (invoice,) = receive(GREAT_LAKES, files=ruled(own) | {"overlays/none.yaml": ""})
    assert invoice.number == "GL-7001"


def ruled(own):
    file = "partners/great-lakes-tools.yaml"
    before, _, after = EXAMPLE.files[file].partition("messages:")
    rest = after[after.index("acknowledgements:") :]
    return {file: f"{before}{own}\n{rest}", "overlays/own.yaml": RULED}


def test_a_message_whose_count_is_wrong_is_refused_unless_its_partner_may_err(receive):
    wrong = GREAT_LAKES.replace(b"\nSE*14*", b"\nSE*15*")
    with pytest.raises(Rejected, match="15"):
        receive(wrong)
    _, (invoice,) = receive(wrong, "m-2", files=ruled("reading: {lenient_counts: true}"))
    assert invoice.number == "GL-7001"


@pytest.mark.parametrize(
    ("versions", "remarks"),
    [
        ("['005010']", ["810 came in version 004010; agreed are 005010."]),
        ("['004010', '005010']", []),
        ("[]", []),
    ],
)
def test_a_version_that_was_not_agreed_is_taken_and_noticed(receive, audit, versions, remarks):
    own = f'messages: [{{standard: x12, type: "810", versions: {versions}}}]'
    _, (invoice,) = receive(GREAT_LAKES, files=ruled(own))
    assert invoice.number == "GL-7001"
    (findings,) = [facts["findings"] for _, event, _, facts in audit.events if event == "validated"]
    assert [one["message"] for one in findings if one["rule"] == "version-not-agreed"] == remarks
