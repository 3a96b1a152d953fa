"""ORDCHG: purchase order change request message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.dates import write_moment
from ml_connector.codecs.edifact.order_header import (
    check_totals,
    read_document_date,
    read_header,
    read_totals,
    take_order_reference,
    write_header,
    write_totals,
)
from ml_connector.codecs.edifact.order_lines import read_lines, write_lines
from ml_connector.codecs.edifact.qualifiers import PURPOSES, first_codes, source_code
from ml_connector.codecs.edifact.reading import EdifactReading
from ml_connector.codecs.edifact.references import order_among, write_reference
from ml_connector.codecs.edifact.writing import Writing
from ml_connector.codecs.totals import order_totals
from ml_connector.documents import OrderType, PurchaseOrder, Purpose, Reference, ReferenceType, day_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.rows import Row

_PURPOSE_CODES = first_codes(PURPOSES)
# 1001: 230 purchase order change request.
_CHANGE_REQUEST = "230"
_TYPES = {_CHANGE_REQUEST: OrderType.STANDARD}


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> PurchaseOrder:
    """The order change an ORDCHG says; its lines hold the full new state, not differences.

    The order is the one RFF+ON names; BGM then has the change's own number. Partners who leave RFF+ON out
    repeat the order's number in BGM.

    Raises:
        Rejected: It names no order, or has a quantity no order can have.
    """
    reading = EdifactReading(interchange, message, profile)
    begin = reading.begin()
    number, code = begin.part(2), begin.part(1, 1)
    header = read_header(reading)
    order = take_order_reference(header["references"]) or order_among(header["references"])
    if number is None and order is None:
        raise reading.refuse("order-number-missing", "Neither BGM nor RFF+ON names an order.", path="BGM02")
    lines = read_lines(reading, header["currency"])
    declared, computed = read_totals(reading), order_totals(lines, header["allowances"], header["currency"])
    check_totals(reading, declared, computed)
    order_number = (order.number if order else None) or number or ""
    return PurchaseOrder(
        document_type="order_change",
        order_number=order_number,
        order_release=order.release if order else None,
        change_sequence=number if number != order_number else None,
        order_type_code=source_code(code, _TYPES),
        purpose=begin.coded(3, PURPOSES, Purpose.CHANGE),
        acknowledgement_wanted=begin.part(4),
        issue_date=day_of(order.issue_date) if order and order.issue_date else None,
        change_date=read_document_date(reading.root, "137"),
        **header,
        lines=lines,
        totals_declared=declared,
        totals_computed=computed,
        **reading.provenance(reading.tree),
    )


def encode(document: PurchaseOrder, version: str, profile: CodecProfile) -> bytes:
    """The order change as an ORDCHG interchange.

    Raises:
        Misconfigured: ORDCHG can't carry a value of the change; the error names the field.
    """
    writing = Writing("ORDCHG", version, profile)
    return writing.interchange(_write(document, writing), document, decode)


def _write(order: PurchaseOrder, writing: Writing) -> Iterator[Row]:
    begin = [
        order.order_type_code or _CHANGE_REQUEST,
        order.change_sequence or order.order_number,
        _PURPOSE_CODES.get(order.purpose, ""),
        order.acknowledgement_wanted or "",
    ]
    changed = Reference(
        type=ReferenceType.PURCHASE_ORDER,
        number=order.order_number,
        release=order.order_release,
        issue_date=order.issue_date,
    )
    yield ("BGM", begin)
    dates = write_moment("137", order.change_date)
    yield from write_header(order, dates, write_reference("ON", changed), writing)
    yield from write_lines(order.lines, writing)
    yield from write_totals(order.totals_declared, len(order.lines))
