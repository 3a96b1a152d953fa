"""What a set can't carry is refused by field, limit and value."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from tests.unit.codecs.roundtrip import read

from ml_connector.codecs import CodecProfile, Envelope, Layout, encode
from ml_connector.documents import (
    DOCUMENTS,
    Identifier,
    Invoice,
    Item,
    OrderLine,
    Party,
    PurchaseOrder,
    UnitOfMeasure,
)
from ml_connector.errors import Misconfigured

LINE = OrderLine(
    line_number="1",
    item=Item(seller_id=Identifier(scheme="SELLER_ASSIGNED", value="A")),
    quantity="1",
    uom=UnitOfMeasure(code="EA", list="X12_355"),
    unit_price="2",
)
GLN = Identifier(scheme="GLN", value="1234567890128")
ORDER = PurchaseOrder(order_number="PO1", issue_date=date(2026, 1, 15), lines=(LINE,))


def write(document, profile=None, version="004010"):
    return encode(document, standard="x12", version=version, profile=profile)


def changed(**fields):
    return PurchaseOrder.model_validate({**dict(ORDER), **fields})


def on_line(**fields):
    return changed(lines=(OrderLine.model_validate({**dict(LINE), **fields}),))


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (changed(order_number="X" * 23), "order_number can't be written .* at most 22 characters"),
        (changed(order_number=""), "order_number can't be written .* must be there"),
        (changed(issue_date=None), "issue_date can't be written .* must be there"),
        (changed(lines=()), "Expected loop PO1"),
        (changed(change_sequence="2"), "change_sequence can't be written"),
        (changed(order_number="A*B"), r"A\*B"),
        (changed(order_number="Å1"), "Å1"),
        (changed(order_number="A\nB"), "line breaks"),
        (on_line(quantity="1.23456789012345678"), r"lines\[0\].quantity .* at most 15"),
        (on_line(price_base="7"), r"lines\[0\].price_base .* no price basis code"),
        (on_line(line_net_amount="99"), r"lines\[0\].line_net_amount .* comes to 2"),
        (on_line(uom=UnitOfMeasure(code="X7X", list="UNECE_REC20")), "units_out"),
        (
            on_line(requested_delivery=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))),
            r"lines\[0\].requested_delivery .* local or as universal time",
        ),
        (
            changed(parties=(Party(role="ordering_customer", name="N"),)),
            r"parties\[0\]\.role .* no code for this role, found 'ordering_customer'",
        ),
        (
            changed(parties=(Party(role="buyer", ids=(GLN, GLN)),)),
            "one identifier",
        ),
    ],
)
def test_refusal_names_field_limit_and_value(document, sentence):
    with pytest.raises(Misconfigured, match=sentence):
        write(document)


def test_length_differs_by_release():
    references = ({"type": "other", "number": "9" * 40, "source_qualifier": "ZZ"},)
    order = PurchaseOrder.model_validate({**ORDER.model_dump(), "references": references})
    with pytest.raises(Misconfigured, match=r"references\[0\].number .* at most 30"):
        write(order)
    assert b"9" * 40 in write(order, version="005010")


def test_unknown_version_names_those_there_are():
    with pytest.raises(Misconfigured, match="850 004010, 850 005010"):
        write(ORDER, version="003060")


def test_other_lists_units_are_translated_and_never_copied():
    piece = on_line(uom=UnitOfMeasure(code="H87", list="UNECE_REC20"))
    case = on_line(uom=UnitOfMeasure(code="XCS", list="UNECE_REC21"))
    assert b"PO1*1*1*PC*2" in write(piece)
    assert b"PO1*1*1*CA*2" in write(case)


def test_partners_own_unit_is_written():
    profile = CodecProfile(units_out={"EA": "UN"})
    assert b"PO1*1*1*UN*2" in write(ORDER, profile)


def test_envelope_and_layout_are_the_partners():
    profile = CodecProfile(
        envelope=Envelope(
            sender_id="US",
            sender_qualifier="01",
            receiver_id="THEM",
            interchange_control_number=42,
            group_control_number=7,
            message_control_number=9,
            prepared_at=datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
            test=True,
        ),
        layout=Layout(element="|", component=":", terminator="\x1e", line_breaks=True),
    )
    data = write(ORDER, profile)
    assert data.startswith(
        b"ISA|00|          |00|          |01|US             |ZZ|THEM           |260115|0930|U|00401"
        b"|000000042|0|T|:\x1e\n"
    )
    assert b"GS|PO|US|THEM|20260115|0930|7|X|004010\x1e" in data
    assert b"ST|850|0009\x1e" in data


def test_test_document_is_written_as_a_test():
    (document,) = read(write(ORDER, CodecProfile(envelope=Envelope(test=True))))
    assert b"*0*T*" in write(document)


def test_credit_note_is_written_negative_for_partners_who_want_it():
    credit = DOCUMENTS.validate_python(
        {
            "document_type": "invoice",
            "invoice_number": "C1",
            "invoice_type": "credit_note",
            "issue_date": "2026-01-15",
            "lines": [
                {
                    "line_number": "1",
                    "quantity": "2",
                    "uom": {"code": "EA", "list": "X12_355"},
                    "price": {"net": "5"},
                    "item": {"seller_id": {"scheme": "SELLER_ASSIGNED", "value": "A"}},
                }
            ],
        }
    )
    data = write(credit, CodecProfile(credit_negative=True))
    assert b"IT1*1*-2*EA*5" in data
    assert b"TDS*-1000~" in data
    (again,) = read(data)
    assert (again.lines[0].quantity, again.totals_declared.payable) == (2, 10)
    assert b"TDS*1000~" in write(credit)


def test_invoice_says_what_an_810_has_no_place_for():
    invoice = Invoice(invoice_number="1", issue_date=date(2026, 1, 15), tax_point_date=date(2026, 1, 14))
    with pytest.raises(Misconfigured, match="tax_point_date"):
        write(invoice)
