"""X12 850 Purchase Order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.x12.adaptation import adapted
from ml_connector.codecs.x12.assembly import interchange_of
from ml_connector.codecs.x12.elements import X12Reading
from ml_connector.codecs.x12.headers import (
    opening,
    read_header,
    read_order_taxes,
    read_trailer,
    required,
    write_header,
    write_trailer,
)
from ml_connector.codecs.x12.items import read_ids, write_ids
from ml_connector.codecs.x12.lines import read_line, read_priced_quantity, write_line, write_line_end
from ml_connector.codecs.x12.prices import basis_code
from ml_connector.codecs.x12.qualifiers import code_for
from ml_connector.codecs.x12.units import read_unit, written_unit
from ml_connector.codecs.x12.writing import SetWriter
from ml_connector.documents import OrderType, PurchaseOrder, Purpose
from ml_connector.edi.loops import place

if TYPE_CHECKING:
    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.codecs.x12.elements import Elements
    from ml_connector.documents import OrderLine
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.loops import Loop

#: 353 purpose: BEG01, BCH01, BAK01.
PURPOSES = {
    "00": Purpose.ORIGINAL,
    "01": Purpose.CANCEL,
    "04": Purpose.CHANGE,
    "05": Purpose.REPLACE,
    "06": Purpose.CONFIRMATION,
    "07": Purpose.DUPLICATE,
    "22": Purpose.INFORMATION,
    "31": Purpose.COPY,
}

#: 92 purchase order type: BEG02, BCH02.
ORDER_TYPES = {
    "SA": OrderType.STANDARD,
    "NE": OrderType.STANDARD,
    "KN": OrderType.STANDARD,
    "BK": OrderType.BLANKET,
    "BE": OrderType.BLANKET,
    "RL": OrderType.CALL_OFF,
    "RO": OrderType.RUSH,
    "DS": OrderType.DROP_SHIP,
    "CN": OrderType.CONSIGNMENT,
    "SP": OrderType.SAMPLE,
}

_FIRST_ID, _ROOM = 6, 10


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> PurchaseOrder:
    """The order of an 850.

    Raises:
        Rejected: Order number missing, or an amount or quantity that can't be read.
    """
    reading = X12Reading(interchange, message, profile)
    tree = place(message)
    beg = opening(reading, tree, "BEG")
    number = required(reading, beg, 3, "order number")
    header = {**read_header(reading, tree, beg[6]), **read_order_taxes(reading, tree)}
    lines = tuple(read_po1(reading, loop, header["currency"]) for loop in tree.loops("PO1"))
    trailer = read_trailer(reading, tree, lines, header["allowances"], header["currency"])
    return PurchaseOrder(
        order_number=number,
        order_release=beg[4],
        purpose=read_purpose(beg, 1),
        order_type=ORDER_TYPES.get(beg.code(2) or "", OrderType.OTHER),
        order_type_code=beg.code(2),
        issue_date=beg.day(5),
        acknowledgement_wanted=beg.code(7),
        lines=lines,
        **header,
        **trailer,
        **reading.provenance(tree),
    )


def read_purpose(segment: Elements, number: int, usual: Purpose = Purpose.ORIGINAL) -> Purpose:
    """The purpose at an element; a code that says none of ours stays raw, and the usual one is meant."""
    code = segment.code(number)
    if code not in PURPOSES:
        segment.leave(number)
    return PURPOSES.get(code or "", usual)


def read_po1(reading: X12Reading, loop: Loop, currency: str | None) -> OrderLine:
    """The line of a PO1 loop, as orders and responses hold it."""
    po1 = reading.take(loop.segments("PO1")[0])
    head: dict[str, Any] = {
        "line_number": po1[1],
        "uom": read_unit(reading, po1, 3),
        "ids": read_ids(reading, po1, _FIRST_ID),
        **read_priced_quantity(reading, po1, quantity=2, price=4),
    }
    return read_line(reading, loop, head, currency)


def encode(document: PurchaseOrder, version: str, profile: CodecProfile) -> bytes:
    """An interchange with the order as an 850.

    Raises:
        Misconfigured: The order holds what an 850 can't carry.
    """
    writer = SetWriter(version, profile)
    document = adapted(writer, document)
    refuse_change_fields(writer, document)
    writer.put(
        "BEG",
        code_for(PURPOSES, document.purpose),
        order_type_code(writer, document),
        document.order_number,
        document.order_release,
        document.issue_date,
        document.contract,
        document.acknowledgement_wanted,
    )
    write_header(writer, document)
    for index, line in enumerate(document.lines):
        with writer.within(f"lines[{index}]"):
            _refuse_actions(writer, line)
            write_po1(writer, line)
            write_line_end(writer, line)
    write_trailer(writer, document.totals_declared, len(document.lines))
    return interchange_of(document, "850", writer, decode)


def write_po1(writer: SetWriter, line: OrderLine) -> None:
    """Put the PO1 of a line and what follows it up to its schedules."""
    writer.put(
        "PO1",
        line.line_number,
        line.quantity,
        written_unit(writer, line.uom),
        line.unit_price,
        basis_code(writer, line.price_base, line.price_code),
        *write_ids(writer, line.item, _ROOM),
    )
    write_line(writer, line)


def order_type_code(writer: SetWriter, document: PurchaseOrder) -> str:
    """The code of the order's type (DE 92): the one it was read with, else the first of the type."""
    kept = document.order_type_code
    if document.order_type is OrderType.OTHER and kept and kept not in ORDER_TYPES:
        return kept
    code = code_for(ORDER_TYPES, document.order_type, kept)
    if code is None:
        raise writer.refuse("order_type", "DE 92 has no code for it", document.order_type.value)
    return code


def refuse_change_fields(writer: SetWriter, document: PurchaseOrder) -> None:
    """An order that is no change carries no change sequence and date.

    Raises:
        Misconfigured: It does.
    """
    for field in ("change_sequence", "change_date"):
        if (value := getattr(document, field)) is not None:
            raise writer.refuse(field, "an 850 is no change to an order", value)


def _refuse_actions(writer: SetWriter, line: OrderLine) -> None:
    for field in ("action", "quantity_change", "quantity_open"):
        if (value := getattr(line, field)) is not None:
            raise writer.refuse(field, "an 850 changes no line", value)
