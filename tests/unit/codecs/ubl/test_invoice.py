from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from tests.unit.codecs.roundtrip import content, written
from tests.unit.codecs.ubl.complete import INVOICE, ORDER
from tests.unit.codecs.ubl.generated import invoices, moderately

from ml_connector.codecs.recognition import read_documents
from ml_connector.documents import Identifier, IdentifierScheme, PartyRole
from ml_connector.errors import Rejected

_ENTITY = b'<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY x "boom">]><Invoice>&x;</Invoice>'


@moderately
@given(document=invoices())
def test_an_invoice_reads_back_as_it_was_written(document):
    [found] = read_documents(written(document, "ubl", ""))

    assert content(found) == content(document)
    assert found.raw_extensions == ()


@pytest.mark.parametrize("role", [PartyRole.BUYER, PartyRole.SHIP_TO])
@pytest.mark.parametrize(
    ("scheme", "code"), [(IdentifierScheme.GLN, b'"0088"'), (IdentifierScheme.DUNS, b'"0060"')]
)
@pytest.mark.parametrize("whole", [INVOICE, ORDER], ids=["invoice", "order"])
def test_a_partys_number_is_named_by_ubls_code_whatever_another_standard_called_it(whole, scheme, code, role):
    number = Identifier(scheme=scheme, value="7080000000999", source_qualifier="9")
    seller, buyer = whole.parties
    named = buyer.model_copy(update={"role": role, "ids": (number,)})
    others = (seller,) if role is PartyRole.BUYER else (seller, buyer)
    document = whole.model_copy(update={"parties": (*others, named)})

    data = written(document, "ubl", "")
    [found] = read_documents(data)

    assert b"schemeID=" + code + b">7080000000999" in data
    assert [
        (one.scheme, one.value) for party in found.parties if party.role is role for one in party.ids
    ] == [(scheme, number.value)]


def test_entities_are_refused():
    with pytest.raises(Rejected, match="never read"):
        list(read_documents(_ENTITY.replace(b"<Invoice>", b"<Invoice>")))


def test_deep_nesting_is_refused():
    with pytest.raises(Rejected, match="levels deep"):
        list(read_documents(b"<Invoice>" * 100 + b"</Invoice>" * 100))


def test_what_no_field_takes_is_kept():
    text = (Path(__file__).parents[3] / "fixtures/ubl/invoice-with-more.xml").read_bytes()

    [found] = read_documents(text)

    assert (found.number, found.currency, len(found.lines)) == ("F-1001", "NOK", 1)
    assert [extension.values for extension in found.raw_extensions] == [("4711-kostnad",)]
    assert found.findings == ()
