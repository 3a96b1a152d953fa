"""The lines of ORDRSP: what becomes of each line ordered."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.edifact.dates import read_moment, write_moment
from ml_connector.codecs.edifact.items import (
    read_item,
    read_prices,
    read_quantity,
    read_substitute,
    take_price,
    write_item,
    write_origin,
    write_price,
    write_quantity,
    write_substitute,
)
from ml_connector.codecs.edifact.order_header import REQUESTED, read_dates
from ml_connector.codecs.edifact.qualifiers import first_codes, source_code
from ml_connector.codecs.edifact.references import read_references, write_references
from ml_connector.codecs.edifact.texts import join_text, read_notes, split_text, write_notes
from ml_connector.documents import (
    CodedValue,
    LineConfirmation,
    OrderLine,
    OrderResponseLine,
    Price,
    PromisedDate,
    ResponseAction,
    day_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ml_connector.codecs.edifact.reading import EdifactReading, GroupReader
    from ml_connector.codecs.edifact.writing import Writing
    from ml_connector.documents import Item
    from ml_connector.edi.rows import Row

# 1229 action of a line.
_ACTIONS = {
    "5": ResponseAction.ACCEPTED,
    "24": ResponseAction.ACCEPTED,
    "4": ResponseAction.ACCEPTED,
    "3": ResponseAction.CHANGED,
    "6": ResponseAction.CHANGED,
    "7": ResponseAction.REJECTED,
    "2": ResponseAction.CANCELLED,
    "1": ResponseAction.ADDED,
}
_ACTION_CODES = first_codes(_ACTIONS)
_CHANGED = "3"
#: What reads back as a mere change: 1229 does not say what was changed, quantity, date and items do if sent.
WEAKER_ACTIONS: dict[object, object] = {
    ResponseAction.CHANGED_QTY: ResponseAction.CHANGED,
    ResponseAction.CHANGED_PRICE: ResponseAction.CHANGED,
    ResponseAction.CHANGED_DATE: ResponseAction.CHANGED,
}
# 6063: 113 to be delivered, 12 despatched, 131 delivery; 83 backordered; 21 ordered.
_CONFIRMED, _BACKORDERED, _ORDERED = ("113", "12", "131"), "83", "21"
# 2005 of the seller's dates.
_DATES = {
    "69": "promised_delivery",
    "67": "scheduled_delivery",
    "17": "estimated_delivery",
    "11": "shipped",
    "10": "requested_ship",
}
_DATE_CODES = first_codes(_DATES)
_REASONS = "UNCL4465"
_SCHEDULE = "1"
_PRICE = "AAA"


def read_lines(reading: EdifactReading) -> tuple[OrderResponseLine, ...]:
    """The lines of an order response."""
    return tuple(_read_line(group, reading) for group in reading.root.groups("LIN"))


def _read_line(group: GroupReader, reading: EdifactReading) -> OrderResponseLine:
    head = group.head
    code, number = head.part(2), head.part(1)
    item = read_item(group)
    original = _read_original(group, number, item)
    prices = list(read_prices(group.groups("PRI")))
    price = take_price(prices, _PRICE, *(price.price_type or "" for price in prices))
    _leave_unusual_types(group)
    quantities = _read_quantity(group)
    backordered = quantities.pop("action", None)
    values: dict[str, Any] = {
        **quantities,
        "promised_dates": tuple(_read_promises(group)),
        "substitute_item": read_substitute(group),
        **_read_reason(group, reading),
        "unit_price": price.amount if price else None,
        "price_base": price.base_quantity if price else None,
        "price_base_uom": price.base_uom if price else None,
    }
    parts = tuple(_read_parts(group))
    if values["quantity"] is None and original is not None:
        values.update(quantity=original.quantity, uom=original.uom)
    return OrderResponseLine(
        **values,
        action=ResponseAction.SPLIT if parts else backordered or _action(code, values, original),
        source_code=source_code(code, _ACTIONS),
        line_number=number,
        item=item,
        original_line=original,
        confirmations=parts,
        references=tuple(read_references(group.groups("RFF"))),
        notes=read_notes(group, reading.widths.free_text),
    )


def _read_original(group: GroupReader, number: str | None, item: Item) -> OrderLine | None:
    quantity, uom = read_quantity(group, _ORDERED)
    requested = read_dates(group, {REQUESTED: "requested_delivery"})
    if quantity is None and not requested:
        return None
    return OrderLine(line_number=number, item=item, quantity=quantity, uom=uom, **requested)


def _read_quantity(group: GroupReader) -> dict[str, Any]:
    quantity, uom = read_quantity(group, *_CONFIRMED)
    if quantity is not None:
        return {"quantity": quantity, "uom": uom}
    quantity, uom = read_quantity(group, _BACKORDERED)
    if quantity is None:
        return {"quantity": None}
    return {"quantity": quantity, "uom": uom, "action": ResponseAction.BACKORDERED}


def _read_promises(group: GroupReader) -> Iterator[PromisedDate]:
    for segment in group.segments("DTM"):
        code = segment.peek(1, 1)
        moment = read_moment(segment) if code in _DATES else None
        if moment is not None:
            yield PromisedDate(date=moment, meaning=_DATES[code])


def _read_reason(group: GroupReader, reading: EdifactReading) -> dict[str, Any]:
    """The reason of AJT and the words of the FTX below it."""
    for adjustment in group.groups("AJT"):
        parts = [
            part for segment in adjustment.segments("FTX") if segment.part(1) for part in segment.parts(4)
        ]
        return {
            "reason_code": CodedValue(value=adjustment.head.part(1) or "", list=_REASONS),
            "note": join_text(parts, reading.widths.free_text),
        }
    return {}


def _read_parts(group: GroupReader) -> Iterator[LineConfirmation]:
    """SCC with QTY groups: the line in parts, each with its own dates."""
    for schedule in group.groups("SCC"):
        schedule.head.part(1)
        for part in schedule.groups("QTY"):
            head = part.head
            backordered = head.part(1, 1) == _BACKORDERED
            yield LineConfirmation(
                action=ResponseAction.BACKORDERED if backordered else ResponseAction.ACCEPTED,
                quantity=head.number(1, 2),
                uom=head.unit(1, 3),
                promised_dates=tuple(_read_promises(part)),
            )


def _action(code: str | None, values: dict[str, Any], original: OrderLine | None) -> ResponseAction:
    """What 1229 says, made plain by what was ordered and what is promised."""
    action = _ACTIONS.get(code or "")
    if action not in (None, ResponseAction.CHANGED):
        return action
    changed = _change(values, original)
    if changed is not None:
        return changed
    return ResponseAction.CHANGED if action else ResponseAction.ACCEPTED


def _change(values: dict[str, Any], original: OrderLine | None) -> ResponseAction | None:
    if values["substitute_item"] is not None:
        return ResponseAction.SUBSTITUTED
    if original is None:
        return None
    if original.quantity is not None and values["quantity"] != original.quantity:
        return ResponseAction.CHANGED_QTY
    dates = [day_of(promise.date) for promise in values["promised_dates"]]
    requested = day_of(original.requested_delivery)
    return ResponseAction.CHANGED_DATE if requested and dates and requested not in dates else None


def write_lines(lines: Sequence[OrderResponseLine], writing: Writing) -> Iterator[Row]:
    """The LIN groups of an order response's lines."""
    for index, line in enumerate(lines, 1):
        yield from _write_line(line, line.line_number or str(index), writing)


def _write_line(line: OrderResponseLine, number: str, writing: Writing) -> Iterator[Row]:
    action = line.source_code if line.source_code in _ACTIONS else _ACTION_CODES.get(line.action, _CHANGED)
    original = line.original_line or OrderLine()
    yield from write_item(line.item, writing, number, action or "")
    yield from write_substitute(line.substitute_item, writing)
    yield from write_quantity(_ORDERED, original.quantity, original.uom, writing)
    yield from _write_confirmed(line, writing)
    yield from write_origin(line.item)
    yield from write_moment(REQUESTED, original.requested_delivery)
    yield from _write_promises(line.promised_dates)
    yield from write_notes(line.notes, writing.widths.free_text)
    if line.reason_code is not None:
        yield ("AJT", [line.reason_code.value])
        if line.note:
            yield ("FTX", ["AAI", "", "", split_text(line.note, writing.widths.free_text)])
    if line.unit_price is not None:
        yield from write_price(_price(line), writing)
    yield from write_references(line.references)
    yield from _write_parts(line.confirmations, writing)


def _write_confirmed(line: OrderResponseLine, writing: Writing) -> Iterator[Row]:
    backordered = line.action is ResponseAction.BACKORDERED
    yield from write_quantity(
        _BACKORDERED if backordered else _CONFIRMED[0], line.quantity, line.uom, writing
    )


def _leave_unusual_types(group: GroupReader) -> None:
    """A response has one price; what kind it is, where it is not the net price, stays to be seen."""
    for found in group.groups("PRI"):
        if found.head.peek(1, 1) != _PRICE:
            found.head.leave(1)


def _price(line: OrderResponseLine) -> Price:
    return Price(
        amount=line.unit_price or Decimal(0),
        base_quantity=line.price_base,
        base_uom=line.price_base_uom,
        price_type=_PRICE,
    )


def _write_promises(promises: Iterable[PromisedDate]) -> Iterator[Row]:
    for promise in promises:
        code = _DATE_CODES.get(promise.meaning or "", promise.source_qualifier or "69")
        yield from write_moment(code, promise.date)


def _write_parts(parts: Sequence[LineConfirmation], writing: Writing) -> Iterator[Row]:
    for part in parts:
        yield ("SCC", [_SCHEDULE])
        backordered = part.action is ResponseAction.BACKORDERED
        qualifier = _BACKORDERED if backordered else _CONFIRMED[0]
        yield from write_quantity(qualifier, part.quantity, part.uom, writing)
        yield from _write_promises(part.promised_dates)
