from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.codecs.idoc.flat import as_markup, control, order, record
from tests.unit.codecs.roundtrip import content

from ml_connector.codecs.recognition import read_documents
from ml_connector.errors import Rejected


def test_a_flat_order_is_anorder():
    [found] = read_documents(order())

    assert (found.number, found.currency, found.issue_date.isoformat()) == ("4500012345", "EUR", "2026-03-01")
    assert found.parties[0].name == "Lager Øst"
    assert found.notes[0].text == "First line\nsecond line"
    [line] = found.lines
    assert (line.quantity, line.unit_price, line.price_base) == (100, Decimal("12.50"), 100)
    assert [schedule.qty for schedule in line.delivery_schedules] == [40, 60]
    assert line.item.seller_id.value == "V-1"
    assert ("4500012345",) in [extension.values for extension in found.raw_extensions]


def test_a_flat_credit_with_trailing_minus_becomes_positive():
    data = "\n".join(
        [
            control("INVOIC"),
            record("E1EDK01", CURCY="EUR", BSART="CRME"),
            record("E1EDK02", QUALF="009", BELNR="R-1"),
            record("E1EDK03", IDDAT="026", DATUM="20260305"),
            record("E1EDP01", POSEX="000010", MENGE="1.000-", MENEE="PCE"),
            record("E1EDP26", QUALF="003", BETRG="12.50-"),
            record("E1EDS01", SUMID="010", SUMME="12.50-"),
            record("E1EDS01", SUMID="011", SUMME="12.50-"),
        ]
    ).encode()

    [note] = read_documents(data)

    assert note.invoice_type == "credit_note"
    assert (note.lines[0].quantity, note.lines[0].net_amount) == (1, Decimal("12.50"))
    assert note.totals_declared.payable == Decimal("12.50")
    assert {change.rule for change in note.normalisations} == {"number-form", "sign"}


def test_an_idoc_without_order_number_is_refused():
    with pytest.raises(Rejected, match="order number"):
        list(read_documents(control("ORDERS").encode() + b"\n"))


def test_letters_of_cp1252_are_read():
    [found] = read_documents(order().decode().encode("cp1252"))

    assert found.parties[0].name == "Lager Øst"


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_a_byte_that_is_no_character_is_refused_and_never_replaced(byte):
    content = order().decode().encode("cp1252").replace(b"\xd8", byte)

    with pytest.raises(Rejected, match=f"Byte {byte.hex().upper()} at .* of record E2EDKA1005"):
        list(read_documents(content))


@pytest.mark.parametrize("whole", [b"\r\n".join, lambda idocs: as_markup(*idocs)], ids=["flat", "xml"])
def test_each_idoc_of_a_file_is_a_document_with_its_own_bytes(whole):
    data = whole([order("1"), order("2"), order("3")])

    found = list(read_documents(data))

    assert [document.number for document in found] == ["1", "2", "3"]
    spans = [document.source.byte_range for document in found]
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    for document, (start, end) in zip(found, spans, strict=True):
        assert document.number.encode() in data[start:end]


def test_an_idoc_as_xml_says_what_the_flat_one_says():
    [flat], [markup] = read_documents(order()), read_documents(as_markup(order()))

    assert content(markup) == content(flat)
    assert {left.values for left in markup.raw_extensions} == {left.values for left in flat.raw_extensions}


def test_several_idocs_in_utf_16_are_told_apart():
    data = as_markup(order("1"), order("2")).decode().replace("UTF-8", "UTF-16").encode("utf-16")

    assert [document.number for document in read_documents(data)] == ["1", "2"]
