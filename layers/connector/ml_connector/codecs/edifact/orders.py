"""ORDERS: purchase order message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.dates import write_moment
from ml_connector.codecs.edifact.order_header import (
    check_totals,
    read_header,
    read_issue_date,
    read_totals,
    write_header,
    write_totals,
)
from ml_connector.codecs.edifact.order_lines import read_lines, write_lines
from ml_connector.codecs.edifact.qualifiers import ORDER_TYPES, PURPOSES, first_codes, source_code
from ml_connector.codecs.edifact.reading import EdifactReading
from ml_connector.codecs.edifact.writing import Writing
from ml_connector.codecs.totals import order_totals
from ml_connector.documents import OrderType, PurchaseOrder, Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.rows import Row

_TYPE_CODES = first_codes(ORDER_TYPES)
_PURPOSE_CODES = first_codes(PURPOSES)


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> PurchaseOrder:
    """The purchase order an ORDERS says.

    Raises:
        Rejected: It has no order number, or a quantity no order can have.
    """
    reading = EdifactReading(interchange, message, profile)
    begin = reading.begin()
    number, code = begin.part(2), begin.part(1, 1)
    if number is None:
        raise reading.refuse("order-number-missing", "BGM gives no order number (1004).", path="BGM02")
    header = read_header(reading)
    lines = read_lines(reading, header["currency"])
    declared, computed = read_totals(reading), order_totals(lines, header["allowances"], header["currency"])
    check_totals(reading, declared, computed)
    return PurchaseOrder(
        order_number=number,
        order_type=ORDER_TYPES.get(code or "", OrderType.OTHER),
        order_type_code=source_code(code, ORDER_TYPES),
        purpose=begin.coded(3, PURPOSES, Purpose.ORIGINAL),
        acknowledgement_wanted=begin.part(4),
        issue_date=read_issue_date(reading),
        **header,
        lines=lines,
        totals_declared=declared,
        totals_computed=computed,
        **reading.provenance(reading.tree),
    )


def encode(document: PurchaseOrder, version: str, profile: CodecProfile) -> bytes:
    """The order as an ORDERS interchange.

    Raises:
        Misconfigured: ORDERS can't carry a value of the order; the error names the field.
    """
    writing = Writing("ORDERS", version, profile)
    return writing.interchange(_write(document, writing), document, decode)


def _write(order: PurchaseOrder, writing: Writing) -> Iterator[Row]:
    code = order.order_type_code or _TYPE_CODES.get(order.order_type, "")
    yield (
        "BGM",
        [code, order.order_number, _PURPOSE_CODES.get(order.purpose, ""), order.acknowledgement_wanted or ""],
    )
    yield from write_header(order, write_moment("137", order.issue_date), (), writing)
    yield from write_lines(order.lines, writing)
    yield from write_totals(order.totals_declared, len(order.lines))
