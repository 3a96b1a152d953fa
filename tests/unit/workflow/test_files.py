from __future__ import annotations

import io
from pathlib import Path

import pytest

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
    (invoice,) = filed((FIXTURES / "ubl/invoice-with-more.xml").read_bytes())
    assert invoice.senders == invoice.receivers == (Address(""),)


@pytest.mark.parametrize("content", [b"", b"Dear Sirs", b"\xef\xbb\xbfplain"])
def test_what_is_neither_xml_nor_idoc_holds_no_file(content):
    assert filed(content) == []


def test_broken_xml_is_refused():
    with pytest.raises(Rejected):
        filed(b"<Invoice><ID>1</Invoice>")
