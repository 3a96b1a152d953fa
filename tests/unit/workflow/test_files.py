from __future__ import annotations

import io
from pathlib import Path

import pytest

from ml_connector.codecs.idoc.layout import CONTROL, RECORD, SEGMENTS
from ml_connector.edi import Address
from ml_connector.errors import Rejected
from ml_connector.workflow.files import read_filed

FIXTURES = Path(__file__).parents[2] / "fixtures"


def filed(content):
    return list(read_filed(io.BytesIO(content)))


def test_an_order_is_sent_by_its_buyer_as_the_envelope_says():
    (order,) = filed((FIXTURES / "cxml/order.xml").read_bytes())
    assert (order.standard, order.type, order.number, order.test) == ("cxml", "OrderRequest", "PO-1", True)
    assert order.senders[0] == Address("123456789")
    assert order.receivers[0] == Address("987654321")
    assert order.control_number == "1.2@buyer.example"


def test_an_invoice_that_names_nobody_has_empty_addresses():
    (invoice,) = filed((FIXTURES / "ubl/invoice-naming-nobody.xml").read_bytes())
    assert invoice.senders == invoice.receivers == (Address(""),)


@pytest.mark.parametrize("content", [b"", b"Dear Sirs", b"\xef\xbb\xbfplain"])
def test_what_is_neither_xml_nor_idoc_holds_no_file(content):
    assert filed(content) == []


def test_broken_xml_is_refused():
    with pytest.raises(Rejected):
        filed(b"<Invoice><ID>1</Invoice>")


def test_a_flat_file_of_several_idocs_holds_several_documents():
    orders = [idoc("1"), idoc("2")]
    found = filed(b"".join(orders))
    assert [(one.standard, one.type, one.number, one.control_number) for one in found] == [
        ("idoc", "ORDERS", "PO-1", "1"),
        ("idoc", "ORDERS", "PO-2", "2"),
    ]
    assert [one.content for one in found] == orders
    assert {one.senders[0].id for one in found} == {"BUYER"}


def idoc(number):
    names = {"TABNAM": "EDI_DC40", "DOCNUM": number, "IDOCTYP": "ORDERS05", "MESTYP": "ORDERS"}
    control = fixed(CONTROL, {**names, "SNDPRN": "BUYER", "RCVPRN": "SELLER"})
    records = [
        ("E1EDK01", {"CURCY": "EUR", "BELNR": f"PO-{number}"}),
        ("E1EDK02", {"QUALF": "001", "BELNR": f"PO-{number}", "DATUM": "20260301"}),
        ("E1EDP01", {"POSEX": "000010", "MENGE": "100", "MENEE": "PCE", "VPREI": "12.50"}),
    ]
    lines = [
        fixed(RECORD, {"SEGNAM": f"E2{tag[2:]}005"}) + fixed(SEGMENTS[tag], values) for tag, values in records
    ]
    return "".join(f"{line}\r\n" for line in [control, *lines]).encode()


def fixed(layout, values):
    return "".join(values.get(name, "").ljust(length) for name, length in layout)
