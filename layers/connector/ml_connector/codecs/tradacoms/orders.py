"""ORDERS of an ORDHDR file: orders for one delivery location each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.totals import check_count, order_totals
from ml_connector.codecs.tradacoms.numbers import PRICE, write_date, write_number
from ml_connector.codecs.tradacoms.reading import SegmentReader, TradacomsReading, coded_texts, narrative
from ml_connector.codecs.tradacoms.writing import (
    File,
    item_values,
    order_numbers,
    quantity_values,
    ship_to_values,
    write_file,
)
from ml_connector.documents import (
    Delivery,
    Note,
    OrderLine,
    OrderTotals,
    OrderType,
    PurchaseOrder,
    Purpose,
    Reference,
    ReferenceType,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.rows import Row

# TYP TCDE: what the whole file is.
_FILES = {
    "0430": (Purpose.ORIGINAL, OrderType.STANDARD),
    "0400": (Purpose.CANCEL, OrderType.STANDARD),
    "0440": (Purpose.CHANGE, OrderType.STANDARD),
    "0450": (Purpose.COPY, OrderType.STANDARD),
    "0420": (Purpose.ORIGINAL, OrderType.BLANKET),
    "0480": (Purpose.ORIGINAL, OrderType.CALL_OFF),
}
_FILE_CODES = {meaning: code for code, meaning in reversed(_FILES.items())}
_CURRENCY = "GBP"
# RTEX and GNAR of a DNB hold four texts each.
_TEXTS = 4


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> PurchaseOrder:
    """The order an ORDERS message says; quantities are traded units, with the units in each beside them.

    Raises:
        Rejected: It has no order number.
    """
    reading = TradacomsReading(interchange, message, profile)
    order, dates = reading.first("ORD"), reading.first("DIN")
    number = order.part(1, 1) if order else None
    if order is None or number is None:
        raise reading.refuse("order-number-missing", "ORD gives no order number (ORNO).", path="ORD01")
    order.take_code(3, "N")
    code = reading.file_code()
    purpose, kind = _FILES.get(code, (Purpose.ORIGINAL, OrderType.STANDARD))
    lines = tuple(_read_line(line, reading) for line in reading.every(reading.tree, "OLD"))
    trailer = reading.first("OTR")
    declared = int(trailer.number(1, 0) or 0) if trailer else None
    check_count(reading, "line-count", "number of lines", declared, len(lines))
    currency = profile.default_currency or _CURRENCY
    return PurchaseOrder(
        document_type="order_change" if purpose is Purpose.CHANGE else "order",
        order_number=number,
        order_type=kind,
        order_type_code=code if code and code not in _FILES else None,
        purpose=purpose,
        issue_date=order.date(1, 3),
        currency=currency,
        contract=order.part(4, 2),
        parties=reading.parties(reading.first("CLO")),
        references=tuple(_sellers_number(order)),
        delivery=_read_delivery(dates),
        notes=_read_instructions(dates),
        lines=lines,
        totals_declared=OrderTotals(line_count=declared),
        totals_computed=order_totals(lines, (), currency),
        **reading.provenance(reading.tree),
    )


def _sellers_number(order: SegmentReader) -> Iterator[Reference]:
    if value := order.part(1, 2):
        yield Reference(type=ReferenceType.SALES_ORDER, number=value)


def _read_delivery(dates: SegmentReader | None) -> Delivery | None:
    if dates is None:
        return None
    if (dates.part(3, 1) or "").strip("0"):
        dates.leave(3)
    delivery = Delivery(earliest_date=dates.date(1), latest_date=dates.date(2))
    return delivery if delivery != Delivery() else None


def _read_instructions(dates: SegmentReader | None) -> tuple[Note, ...]:
    return tuple(Note(text=text) for text in dates.lines(4)) if dates else ()


def _read_line(line: SegmentReader, reading: TradacomsReading) -> OrderLine:
    number = line.part(1)
    quantity, uom = line.quantity(6)
    loops = (loop for loop in reading.tree.loops("OLD") if loop.head is line.segment)
    notes = [note for loop in loops for note in reading.every(loop, "DNB")]
    return OrderLine(
        line_number=number,
        item=line.item(2, 3, 4, 10),
        quantity=quantity,
        uom=uom,
        units_per_pack=line.pack(5),
        unit_price=line.number(7, PRICE),
        notes=tuple(one for at, note in enumerate(notes, 1) for one in _read_notes(note, number, str(at))),
    )


def _read_notes(note: SegmentReader, line: str | None, place: str) -> Iterator[Note]:
    """The registered texts of a DNB, their application code as the subject, and its free text."""
    yield from (Note(text=text, subject=code) for code, text in coded_texts(note, 4))
    yield from (Note(text=text) for text in narrative(note, line, place))


def encode(document: PurchaseOrder, version: str, profile: CodecProfile) -> bytes:  # noqa: ARG001 - one version
    """The order as an ORDHDR file.

    Raises:
        Misconfigured: The file can't carry a value of the order; the error names the field.
    """
    meaning = (document.purpose, document.order_type)
    code = document.order_type_code or _FILE_CODES.get(meaning, "0430")
    file = File("ORDHDR", code, "ORDERS", "ORDERS", list(_rows(document)), [("ORDTLR", [("OFT", ["1"])])])
    return write_file(file, document, profile, decode)


def _rows(order: PurchaseOrder) -> Iterator[Row]:
    sellers = next((r.number for r in order.references if r.type is ReferenceType.SALES_ORDER), None)
    delivery = order.delivery or Delivery()
    yield ("CLO", ship_to_values(order))
    contract = ["", order.contract] if order.contract else ""
    yield ("ORD", [order_numbers(order.order_number, sellers, order.issue_date), "", "N", contract])
    texts = [note.text for note in order.notes]
    if texts or delivery != Delivery():
        dates = [
            write_date(delivery.earliest_date, "delivery.earliest_date"),
            write_date(delivery.latest_date, "delivery.latest_date"),
        ]
        yield ("DIN", [*dates, "", texts])
    for index, line in enumerate(order.lines, 1):
        yield from _line_rows(line, line.line_number or str(index))
    yield ("OTR", [str(len(order.lines))])


def _line_rows(line: OrderLine, number: str) -> Iterator[Row]:
    supplier, consumer_unit, customer, description = item_values(line.item)
    yield (
        "OLD",
        [
            number,
            supplier,
            consumer_unit,
            customer,
            write_number(line.units_per_pack, 0, "units_per_pack", digits=15) or "0",
            quantity_values(line.quantity, line.uom, "quantity"),
            write_number(line.unit_price, PRICE, "unit_price"),
            "",
            "",
            description,
        ],
    )
    for place, (coded, free) in enumerate(_narratives(line.notes), 1):
        yield ("DNB", [number, str(place), "", coded, free])


def _narratives(notes: Iterable[Note]) -> list[tuple[list[str], list[str]]]:
    """RTEX and GNAR of each DNB, in which what has a subject stands before what has none."""
    found: list[tuple[list[str], list[str]]] = []
    for note in notes:
        coded, free = found[-1] if found else ([], [])
        full = len(coded) == 2 * _TEXTS or free if note.subject else len(free) == _TEXTS
        if full or not found:
            coded, free = [], []
            found.append((coded, free))
        if note.subject:
            coded += [note.subject, note.text]
        else:
            free.append(note.text)
    return found
