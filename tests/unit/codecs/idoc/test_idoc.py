from __future__ import annotations

from decimal import Decimal

import pytest

from ml_connector.codecs.idoc.layout import CONTROL, RECORD, SEGMENTS
from ml_connector.codecs.recognition import read_documents
from ml_connector.errors import Rejected


def _fixed(layout, values: dict[str, str]) -> str:
    return "".join(values.get(name, "").ljust(length) for name, length in layout)


def _control(message: str) -> str:
    names = {"TABNAM": "EDI_DC40", "DOCNUM": "4711", "IDOCTYP": f"{message}05", "MESTYP": message}
    return _fixed(CONTROL, {**names, "SNDPRN": "BUYER", "RCVPRN": "SELLER"})


def _record(tag: str, **values: str) -> str:
    return _fixed(RECORD, {"SEGNAM": f"E2{tag[2:]}005"}) + _fixed(SEGMENTS[tag], values)


def _order() -> bytes:
    return "\r\n".join(
        [
            _control("ORDERS"),
            _record("E1EDK01", CURCY="EUR", BELNR="4500012345"),
            _record("E1EDK02", QUALF="001", BELNR="4500012345", DATUM="20260301"),
            _record("E1EDK03", IDDAT="012", DATUM="20260301"),
            _record("E1EDKA1", PARVW="WE", PARTN="0000100", NAME1="Lager Øst", STRAS="Gate 1", ISOAL="NO"),
            _record("E1EDKT1", TDID="F01"),
            _record("E1EDKT2", TDLINE="First line"),
            _record("E1EDKT2", TDLINE="second line"),
            _record("E1EDP01", POSEX="000010", MENGE="100.000", MENEE="PCE", VPREI="12.50", PEINH="100"),
            _record("E1EDP20", WMENG="40.000", EDATU="20260310"),
            _record("E1EDP20", WMENG="60.000", EDATU="20260317"),
            _record("E1EDP19", QUALF="002", IDTNR="V-1", KTEXT="Bolt"),
            _record("E1EDS01", SUMID="002", SUMME="12.50"),
        ]
    ).encode()


def test_a_flat_order_is_an_order():
    [order] = read_documents(_order())

    assert (order.number, order.currency, order.issue_date.isoformat()) == ("4500012345", "EUR", "2026-03-01")
    assert order.parties[0].name == "Lager Øst"
    assert order.notes[0].text == "First line\nsecond line"
    [line] = order.lines
    assert (line.quantity, line.unit_price, line.price_base) == (100, Decimal("12.50"), 100)
    assert [schedule.qty for schedule in line.delivery_schedules] == [40, 60]
    assert line.item.seller_id.value == "V-1"
    assert ("4500012345",) in [extension.values for extension in order.raw_extensions]


def test_a_flat_credit_with_trailing_minus_becomes_positive():
    data = "\n".join(
        [
            _control("INVOIC"),
            _record("E1EDK01", CURCY="EUR", BSART="CRME"),
            _record("E1EDK02", QUALF="009", BELNR="R-1"),
            _record("E1EDK03", IDDAT="026", DATUM="20260305"),
            _record("E1EDP01", POSEX="000010", MENGE="1.000-", MENEE="PCE"),
            _record("E1EDP26", QUALF="003", BETRG="12.50-"),
            _record("E1EDS01", SUMID="010", SUMME="12.50-"),
            _record("E1EDS01", SUMID="011", SUMME="12.50-"),
        ]
    ).encode()

    [note] = read_documents(data)

    assert note.invoice_type == "credit_note"
    assert (note.lines[0].quantity, note.lines[0].net_amount) == (1, Decimal("12.50"))
    assert note.totals_declared.payable == Decimal("12.50")
    assert {change.rule for change in note.normalisations} == {"number-form", "sign"}


def test_an_idoc_without_order_number_is_refused():
    with pytest.raises(Rejected, match="order number"):
        list(read_documents(_control("ORDERS").encode() + b"\n"))


def test_letters_of_cp1252_are_read():
    [order] = read_documents(_order().decode().encode("cp1252"))

    assert order.parties[0].name == "Lager Øst"


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_a_byte_that_is_no_character_is_refused_and_never_replaced(byte):
    content = _order().decode().encode("cp1252").replace(b"\xd8", byte)

    with pytest.raises(Rejected, match=f"Byte {byte.hex().upper()} at .* of record E2EDKA1005"):
        list(read_documents(content))
