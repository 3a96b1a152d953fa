from __future__ import annotations

from pathlib import Path

import pytest

from ml_connector.documents import DOCUMENTS, PartyRole, party_of
from ml_connector.partners.configuration import load
from ml_connector.workflow.parse_document import Parsing, parse_document
from ml_connector.workflow.split_interchange import Splitting, split_interchange
from ml_connector.workflow.tickets import message_item

ROOT = Path(__file__).parents[3]
ITEM = message_item("sterling", "/m/Inbound", "m-1")
TRADACOMS = (ROOT / "local/demo/interchanges/northern-office/invoice-2201.edi").read_bytes()


@pytest.fixture
def receive(store, audit, interchanges, starter, origin):
    configuration = load(ROOT / "examples/configuration")

    def received(content):
        parts = Splitting(store, audit, interchanges, configuration, starter, lambda: 900.0, "production")
        message = {"system": "sterling", "mailbox": "/m/Inbound", "message_id": "m-1"}
        raw = store.put("raw/m-1", content).model_dump()
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
