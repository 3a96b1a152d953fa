"""What is written keeps UBL's schema and PEPPOL's rules, and what does not is refused or told."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
from tests.unit.codecs.roundtrip import written
from tests.unit.codecs.ubl.complete import ADVICE, CREDIT_NOTE, INVOICE, ORDER, RESPONSE

from ml_connector.codecs.ubl.checks import faults
from ml_connector.documents import Item, PartyRole
from ml_connector.errors import Misconfigured

WHOLE = {
    "Invoice": INVOICE,
    "CreditNote": CREDIT_NOTE,
    "Order": ORDER,
    "OrderResponse": RESPONSE,
    "DespatchAdvice": ADVICE,
}


def told(data: bytes, message: str) -> list[tuple[str, str]]:
    return [(fault.rule, fault.path) for fault in faults(fromstring(data), message)]  # noqa: S314 - our own


@pytest.mark.parametrize("message", WHOLE)
def test_a_complete_document_has_no_fault(message):
    assert told(written(WHOLE[message], "ubl", ""), message) == []


def without(document, role, **fields):
    parties = tuple(
        party.model_copy(update=fields) if party.role is role else party for party in document.parties
    )
    return document.model_copy(update={"parties": parties})


def line_without(document, **fields):
    return document.model_copy(update={"lines": (document.lines[0].model_copy(update=fields),)})


LACKING = {
    "currency": (INVOICE.model_copy(update={"currency": None}), "@currencyID"),
    "order": (INVOICE.model_copy(update={"order_references": ()}), "cbc:BuyerReference"),
    "tax": (INVOICE.model_copy(update={"tax_subtotals": ()}), "cac:TaxSubtotal"),
    "line tax": (line_without(INVOICE, tax=()), "cac:ClassifiedTaxCategory"),
    "unit": (line_without(INVOICE, uom=None), "@unitCode"),
    "price": (line_without(CREDIT_NOTE, price=None), "cac:Price"),
    "lines": (INVOICE.model_copy(update={"lines": ()}), "cac:InvoiceLine"),
    "item": (line_without(ORDER, item=Item()), "cbc:Name"),
    "endpoint": (without(ORDER, PartyRole.BUYER, ids=()), "cbc:EndpointID"),
    "country": (without(INVOICE, PartyRole.SELLER, address=None), "cac:PostalAddress"),
    "name": (without(CREDIT_NOTE, PartyRole.BUYER, name=None), "cbc:RegistrationName"),
    "date": (ORDER.model_copy(update={"issue_date": None}), "cbc:IssueDate"),
    "seller": (RESPONSE.model_copy(update={"parties": RESPONSE.parties[1:]}), "cac:SellerSupplierParty"),
    "consignee": (ADVICE.model_copy(update={"parties": ADVICE.parties[:1]}), "cac:DeliveryCustomerParty"),
    "packages": (ADVICE.model_copy(update={"packages": ()}), "cac:DespatchLine"),
}


@pytest.mark.parametrize("lacking", LACKING)
def test_a_document_that_lacks_what_peppol_demands_is_refused_by_name(lacking):
    document, element = LACKING[lacking]

    with pytest.raises(Misconfigured, match=element) as refused:
        written(document, "ubl", "")

    assert refused.value.advice


def changed(message: str, old: bytes, new: bytes) -> list[tuple[str, str]]:
    data = written(WHOLE[message], "ubl", "")
    assert old in data
    return told(data.replace(old, new, 1), message)


def test_an_element_in_the_wrong_place_is_told():
    swapped = changed("Order", b"<cbc:IssueDate>2026-02-01</cbc:IssueDate>", b"<!-- moved -->")
    assert swapped == [("element-missing", "Order/cbc:IssueDate")]
    late = changed(
        "Order",
        b"<cac:BuyerCustomerParty>",
        b"<cac:SellerSupplierParty/><cbc:ID>2</cbc:ID><cac:BuyerCustomerParty>",
    )
    assert ("element-out-of-order", "Order/cbc:ID[2]") in late
    assert ("element-repeated", "Order/cbc:ID[2]") in late
    assert ("element-out-of-order", "Order/cac:BuyerCustomerParty") in late


def test_an_element_the_schema_does_not_know_is_told():
    assert changed("Invoice", b"<cac:Price>", b"<cbc:Prize>1</cbc:Prize><cac:Price>") == [
        ("element-unknown", "Invoice/cac:InvoiceLine/cbc:Prize")
    ]


def test_plain_ubl_that_claims_no_bis_is_held_to_the_schema_alone():
    data = written(INVOICE, "ubl", "")
    start, end = data.index(b"<cbc:CustomizationID>"), data.index(b"<cbc:ID>")
    data = data[:start] + data[end:]
    assert (
        told(data.replace(b'<cbc:EndpointID schemeID="0088">7080000000012</cbc:EndpointID>', b""), "Invoice")
        == []
    )
