from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from ml_connector.codecs.recognition import read_documents

_FIXTURES = Path(__file__).parents[3] / "fixtures/cxml"


def _read(name: str):
    [found] = read_documents((_FIXTURES / name).read_bytes())
    return found


def test_an_order_request_is_an_order():
    order = _read("order.xml")

    assert (order.number, order.currency, order.parties[0].name) == ("PO-1", "EUR", "Depot")
    assert order.source.test
    assert order.source.control_numbers.interchange == "1.2@buyer.example"
    [line] = order.lines
    assert (line.quantity, line.unit_price, line.price_base, line.uom.code) == (100, 125, 100, "EA")
    assert ("125.00",) in [extension.values for extension in order.raw_extensions]


def test_negative_amounts_of_a_credit_memo_become_positive():
    note = _read("credit-memo.xml")

    assert note.invoice_type == "credit_note"
    assert (note.lines[0].quantity, note.lines[0].net_amount) == (2, Decimal("20.00"))
    assert note.totals_declared.payable == Decimal("25.00")
    assert note.lines[0].order_ref.po_line == "3"
    assert [change.rule for change in note.normalisations] == ["sign"]
    assert note.findings == ()
