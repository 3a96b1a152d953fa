"""What a person decided reaches the steps: released documents pass, held ones stop."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ml_connector.codecs import decode
from ml_connector.edi import read_interchanges
from ml_connector.errors import Held, Misconfigured
from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.partners import load
from ml_connector.store.ledger import BusinessKey, PostingRecord, PostingState
from ml_connector.visma.posting import Posting
from ml_connector.workflow.instructions import Instructions, stop_if_held
from ml_connector.workflow.map_document import Mapping, map_document
from ml_connector.workflow.post_document import PostingParts, _beside_its_namesake, post_document

EXAMPLE = Path(__file__).parents[3] / "examples" / "configuration"
EXCEPTION = EXAMPLE / "tests" / "within-tolerance-and-exception.edi"


@pytest.fixture(scope="module")
def example():
    return load(EXAMPLE)


@pytest.fixture
def parked(example, store, audit):
    """Map the invoice that matches nothing, for a partner whose exceptions are parked."""
    partner = example.partner("malmberg-verktyg")
    matching = partner.matching.model_copy(update={"on_exception": "park"})
    parking = partner.model_copy(update={"matching": matching})
    others = tuple(parking if one.id == partner.id else one for one in example.partners)
    configuration = replace(example, partners=others)

    def run(**instructions):
        document = invoice_with_exception()
        content = document.model_dump_json(exclude_none=True).encode()
        ticket = {"id": "d", "direction": "in", "standard": "edifact", "type": "INVOIC"}
        ticket |= {"number": document.number, "partner": partner.id}
        reference = store.put("documents/d.json", content).model_dump()
        given = {
            "document": {**ticket, "bytes": reference},
            "parsed": reference,
            "instructions": instructions,
        }
        parts = Mapping(store, audit, audit, configuration, snapshot_of(example))
        return map_document(given, parts, origin_of())

    def origin_of():
        from ml_connector.store.audit import Origin

        return Origin(step="map", execution="arn:e")

    return run


def invoice_with_exception():
    with EXCEPTION.open("rb") as stream:
        found = [
            decode(interchange, message)
            for interchange in read_interchanges(stream)
            for message in interchange.messages()
        ]
    return found[-1]


def test_a_parked_document_is_held_and_passes_once_released(parked):
    with pytest.raises(Held):
        parked()
    assert parked(released=True)["post"]


def test_an_entity_that_was_decided_replaces_the_partners(parked):
    assert not parked(entity="log")["post"]


def test_a_corrected_value_is_what_is_mapped(parked, store):
    mapped = parked(released=True, fields={"invoice_number": "CORRECTED-1"})
    assert json.loads(store.objects[mapped["mapped"]["key"]])["business_key"][3] == "CORRECTED-1"


def test_a_field_that_is_not_there_is_the_operators_fault(parked):
    with pytest.raises(Misconfigured, match="no field"):
        parked(fields={"colour": "red"})


def test_only_what_was_decided_travels():
    assert Instructions(fields={"currency": "NOK"}).plain() == {"fields": {"currency": "NOK"}}
    assert Instructions().plain() == {}


def test_a_held_document_stops_before_it_is_posted(store, audit):
    audit.states["d"] = {"held_because": "wait for the buyer"}
    reference = store.put("x", b"")
    ticket = {
        "id": "d",
        "direction": "in",
        "standard": "x12",
        "type": "810",
        "number": "1",
        "partner": "acme",
    }
    parts = PostingParts(store, audit, audit, ledger=None, visma_of=None)
    with pytest.raises(Held, match="wait for the buyer"):
        post_document({"document": {**ticket, "bytes": reference.model_dump()}}, parts, origin=None)


def test_a_document_nobody_holds_passes():
    assert stop_if_held({"status": "processing"}, "d") is None


class Ledger:
    def __init__(self, sha256):
        self.sha256 = sha256

    def read(self, key):
        return PostingRecord(key, PostingState.POSTED, "earlier", self.sha256, number="100045")


@pytest.mark.parametrize(("sha256", "beside"), [("a" * 64, False), ("b" * 64, True)])
def test_a_released_document_stands_beside_another_of_its_number_but_never_twice(sha256, beside):
    posting = Posting(BusinessKey("4242", "SupplierInvoice", "acme", "INV-1", "invoice"), "d", "a" * 64, None)
    found = _beside_its_namesake(posting, Ledger(sha256))
    assert (found.key != posting.key) is beside
    assert found.key.number == "INV-1"
