"""X12 855 Purchase Order Acknowledgment."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.x12.adaptation import adapted
from ml_connector.codecs.x12.assembly import interchange_of
from ml_connector.codecs.x12.elements import X12Reading
from ml_connector.codecs.x12.headers import (
    opening,
    read_header,
    read_trailer,
    required,
    write_header,
    write_trailer,
)
from ml_connector.codecs.x12.items import item_of, read_ids, write_ids
from ml_connector.codecs.x12.lines import write_line_end
from ml_connector.codecs.x12.purchase_order import PURPOSES, read_po1, read_purpose, write_po1
from ml_connector.codecs.x12.qualifiers import code_for
from ml_connector.codecs.x12.units import read_unit, written_unit
from ml_connector.codecs.x12.writing import SetWriter
from ml_connector.documents import (
    CodedValue,
    LineConfirmation,
    OrderResponse,
    OrderResponseLine,
    PromisedDate,
    ResponseAction,
    ResponseType,
    Severity,
)
from ml_connector.edi.loops import place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import OrderLine
    from ml_connector.edi import Interchange, Message, Segment
    from ml_connector.edi.loops import Loop

#: 587 acknowledgment type: BAK02. The first code of a type is the one written.
_RESPONSE_TYPES = {
    "AD": ResponseType.ACCEPTED,
    "AT": ResponseType.ACCEPTED,
    "AK": ResponseType.ACCEPTED,
    "AC": ResponseType.ACCEPTED_WITH_CHANGE,
    "AE": ResponseType.ACCEPTED_WITH_CHANGE,
    "RO": ResponseType.ACCEPTED_WITH_CHANGE,
    "RD": ResponseType.REJECTED,
    "RJ": ResponseType.REJECTED,
    "RF": ResponseType.REJECTED,
    "AH": ResponseType.ON_HOLD,
    "ZZ": ResponseType.RECEIVED,
}
#: Types that answer line by line: lines without an answer are then a gap.
_DETAILED = ("AC", "AE")

#: 668 line item status: ACK01. The first code of an action is the one written.
_ACTIONS = {
    "IA": ResponseAction.ACCEPTED,
    "IE": ResponseAction.ACCEPTED,
    "AR": ResponseAction.ACCEPTED,
    "SP": ResponseAction.HOLD,
    "IB": ResponseAction.BACKORDERED,
    "BP": ResponseAction.BACKORDERED,
    "IC": ResponseAction.CHANGED,
    "ID": ResponseAction.CANCELLED,
    "IH": ResponseAction.HOLD,
    "IP": ResponseAction.CHANGED_PRICE,
    "IQ": ResponseAction.CHANGED_QTY,
    "IR": ResponseAction.REJECTED,
    **dict.fromkeys((f"R{n}" for n in range(1, 9)), ResponseAction.REJECTED),
    "IS": ResponseAction.SUBSTITUTED,
    "DR": ResponseAction.CHANGED_DATE,
    "AC": ResponseAction.SHIPPED,
}
#: Actions after which a quantity is still coming.
_CONFIRMING = frozenset(ResponseAction) - {ResponseAction.REJECTED, ResponseAction.CANCELLED}

#: 374 date qualifier: ACK04.
_DATE_MEANINGS = {
    "069": "promised_delivery",
    "079": "promised_ship",
    "067": "scheduled_delivery",
    "068": "scheduled_ship",
    "017": "estimated_delivery",
    "011": "shipped",
    "002": "requested_delivery",
    "010": "requested_ship",
}
_REASON_LIST = "X12_1271"
_FIRST_ID, _ROOM = 7, 10
_REASON = 29


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> OrderResponse:
    """The order response of an 855.

    Raises:
        Rejected: Order number missing, or an amount or quantity that can't be read.
    """
    reading = X12Reading(interchange, message, profile)
    tree = place(message)
    bak = opening(reading, tree, "BAK")
    number = required(reading, bak, 3, "order number")
    code = bak.code(2)
    response_type = _RESPONSE_TYPES.get(code or "", ResponseType.RECEIVED)
    header = read_header(reading, tree, bak[7])
    lines = tuple(_read_line(reading, loop, code, header["currency"]) for loop in tree.loops("PO1"))
    originals = [line.original_line for line in lines if line.original_line]
    trailer = read_trailer(reading, tree, originals, header["allowances"], header["currency"])
    return OrderResponse(
        order_number=number,
        order_release=bak[5],
        order_date=bak.day(4),
        purpose=read_purpose(bak, 1),
        response_type=response_type,
        response_code=code,
        seller_order_number=bak[8],
        issue_date=bak.day(9),
        lines=lines,
        **header,
        **trailer,
        **reading.provenance(tree),
    )


def _read_line(
    reading: X12Reading, loop: Loop, response: str | None, currency: str | None
) -> OrderResponseLine:
    original = read_po1(reading, loop, currency)
    segments = [*loop.segments("ACK"), *(inner.segments("ACK")[0] for inner in loop.loops("ACK"))]
    parts = [_read_confirmation(reading, segment) for segment in segments]
    _check_parts(reading, original, parts)
    common: dict[str, Any] = {
        "line_number": original.line_number,
        "item": original.item,
        "original_line": original,
    }
    if not parts:
        return OrderResponseLine(**common, **_implied(reading, original, response))
    if len(parts) == 1:
        return OrderResponseLine(**common, **dict(parts[0]))
    confirmed = [part.quantity for part in parts if part.action in _CONFIRMING and part.quantity is not None]
    return OrderResponseLine(
        **common,
        action=ResponseAction.SPLIT,
        quantity=sum(confirmed, Decimal(0)),
        uom=original.uom,
        confirmations=tuple(parts),
    )


def _implied(reading: X12Reading, line: OrderLine, response: str | None) -> dict[str, Any]:
    """The answer to a line without ACK: the order's, which for a detailed answer is a gap."""
    if response in _DETAILED:
        reading.find(
            Severity.WARNING,
            "line-without-answer",
            f"BAK02 is {response}, yet line {line.line_number} has no ACK; taken as accepted.",
            path=f"line {line.line_number}",
        )
    rejected = _RESPONSE_TYPES.get(response or "") is ResponseType.REJECTED
    action = ResponseAction.REJECTED if rejected else ResponseAction.ACCEPTED
    return {"action": action, "quantity": None if rejected else line.quantity, "uom": line.uom}


def _read_confirmation(reading: X12Reading, segment: Segment) -> LineConfirmation:
    ack = reading.take(segment)
    code = ack.code(1)
    ids = read_ids(reading, ack, _FIRST_ID) if len(ack.values) >= _FIRST_ID else []
    reason = ack[_REASON]
    return LineConfirmation(
        action=_ACTIONS.get(code or "", ResponseAction.HOLD),
        quantity=ack.number(2),
        uom=read_unit(reading, ack, 3),
        promised_dates=_read_promise(reading, segment),
        substitute_item=item_of(ids) if ids else None,
        reason_code=CodedValue(value=reason, list=_REASON_LIST) if reason else None,
        source_code=code,
    )


def _read_promise(reading: X12Reading, segment: Segment) -> tuple[PromisedDate, ...]:
    ack = reading.take(segment)
    day, qualifier = ack.day(5), ack.code(4)
    if day is None:
        return ()
    return (PromisedDate(date=day, meaning=_DATE_MEANINGS.get(qualifier or ""), source_qualifier=qualifier),)


def _check_parts(reading: X12Reading, line: OrderLine, parts: Sequence[LineConfirmation]) -> None:
    """The answers to a line add up to what was ordered; more is an over-delivery, less a question."""
    quantities = [part.quantity for part in parts]
    if not parts or line.quantity is None or None in quantities:
        return
    total = sum(filter(None, quantities), Decimal(0))
    if total != line.quantity:
        reading.find(
            Severity.WARNING,
            "confirmed-quantity-sum",
            f"Line {line.line_number} orders {line.quantity}, its ACKs answer for {total}.",
            path=f"line {line.line_number}",
            expected=line.quantity,
            found=total,
        )
    for part in parts:
        if part.action is ResponseAction.BACKORDERED and not part.promised_dates:
            reading.find(
                Severity.WARNING,
                "backorder-without-date",
                f"Line {line.line_number} is backordered without a date.",
                path=f"line {line.line_number}",
            )


def encode(document: OrderResponse, version: str, profile: CodecProfile) -> bytes:
    """An interchange with the response as an 855.

    Raises:
        Misconfigured: The response holds what an 855 can't carry.
    """
    writer = SetWriter(version, profile)
    document = adapted(writer, document)
    if document.response_number is not None:
        raise writer.refuse("response_number", "an 855 has no number of its own", document.response_number)
    writer.put(
        "BAK",
        code_for(PURPOSES, document.purpose),
        _response_code(document),
        document.order_number,
        document.order_date,
        document.order_release,
        None,
        document.contract,
        document.seller_order_number,
        document.issue_date,
    )
    write_header(writer, document)
    for index, line in enumerate(document.lines):
        with writer.within(f"lines[{index}]"):
            _write_line(writer, line)
    write_trailer(writer, document.totals_declared, len(document.lines))
    return interchange_of(document, "855", writer, decode)


def _response_code(document: OrderResponse) -> str | None:
    return code_for(_RESPONSE_TYPES, document.response_type, document.response_code)


def _write_line(writer: SetWriter, line: OrderResponseLine) -> None:
    original = line.original_line
    if original is None:
        raise writer.refuse("original_line", "PO1 repeats the ordered line", None)
    for field in ("references", "notes"):
        if value := getattr(line, field):
            raise writer.refuse(field, "they stand in the original line", value)
    write_po1(writer, original)
    for part in line.parts:
        _write_confirmation(writer, part)
    write_line_end(writer, original)


def _write_confirmation(writer: SetWriter, part: LineConfirmation) -> None:
    for field in ("unit_price", "price_base", "price_base_uom", "note"):
        if (value := getattr(part, field)) is not None:
            raise writer.refuse(field, "ACK has no place for it; a price stands in the original line", value)
    ids = write_ids(writer, part.substitute_item, _ROOM) if part.substitute_item else []
    values = [
        _action_code(writer, part),
        part.quantity,
        written_unit(writer, part.uom),
        *_written_promise(writer, part),
        None,
        *ids,
    ]
    if part.reason_code:
        values += [None] * (_REASON - 1 - len(values)) + [part.reason_code.value]
    writer.put("ACK", *values)


def _action_code(writer: SetWriter, part: LineConfirmation) -> str:
    code = code_for(_ACTIONS, part.action, part.source_code)
    if code is None:
        raise writer.refuse("action", "ACK01 has no code for it", part.action.value)
    return code


def _written_promise(writer: SetWriter, part: LineConfirmation) -> tuple[Any, Any]:
    if not part.promised_dates:
        return None, None
    if len(part.promised_dates) > 1:
        raise writer.refuse("promised_dates", "ACK holds one date", len(part.promised_dates))
    promise = part.promised_dates[0]
    if promise.qty is not None:
        raise writer.refuse("promised_dates.qty", "the date is for the whole quantity", promise.qty)
    if hasattr(promise.date, "hour"):
        raise writer.refuse("promised_dates.date", "ACK05 is a date without time", promise.date)
    kept = promise.source_qualifier
    if kept and _DATE_MEANINGS.get(kept) == promise.meaning:
        return kept, promise.date
    return code_for(_DATE_MEANINGS, promise.meaning or ""), promise.date
