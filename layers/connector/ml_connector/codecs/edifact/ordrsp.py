"""ORDRSP: purchase order response message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.dates import write_moment
from ml_connector.codecs.edifact.order_header import (
    read_document_date,
    read_header,
    read_totals,
    take_number,
    take_order_reference,
    write_header,
    write_totals,
)
from ml_connector.codecs.edifact.qualifiers import PURPOSES, first_codes, source_code
from ml_connector.codecs.edifact.reading import EdifactReading
from ml_connector.codecs.edifact.references import order_among, read_reference, write_reference
from ml_connector.codecs.edifact.response_lines import WEAKER_ACTIONS, read_lines, write_lines
from ml_connector.codecs.edifact.writing import Writing
from ml_connector.codecs.totals import check_count
from ml_connector.documents import (
    OrderResponse,
    OrderTotals,
    Purpose,
    Reference,
    ReferenceType,
    ResponseType,
    day_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.edifact.reading import SegmentReader
    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.rows import Row

# 1225 message function that is itself the answer; 4343 response type where the function says something else.
_ANSWERS = {
    "29": ResponseType.ACCEPTED,
    "4": ResponseType.ACCEPTED_WITH_CHANGE,
    "28": ResponseType.ACCEPTED_WITH_CHANGE,
    "30": ResponseType.ACCEPTED_WITH_CHANGE,
    "27": ResponseType.REJECTED,
}
_RESPONSES = {
    "AP": ResponseType.ACCEPTED,
    "AC": ResponseType.ACCEPTED_WITH_CHANGE,
    "AI": ResponseType.ACCEPTED_WITH_CHANGE,
    "CA": ResponseType.ACCEPTED_WITH_CHANGE,
    "RE": ResponseType.REJECTED,
    "AB": ResponseType.RECEIVED,
}
_PURPOSES = {code: purpose for code, purpose in PURPOSES.items() if code not in _ANSWERS}
_PURPOSE_CODES = first_codes(_PURPOSES)
_ANSWER_CODES = first_codes(_ANSWERS)
_RESPONSE_CODES = first_codes(_RESPONSES)
# 1001: 231 purchase order response.
_RESPONSE = "231"


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> OrderResponse:
    """The order response an ORDRSP says.

    Raises:
        Rejected: It names no order.
    """
    reading = EdifactReading(interchange, message, profile)
    begin = reading.begin()
    number = begin.part(2)
    begin.take_code(1, _RESPONSE)
    header = read_header(reading)
    header.pop("taxes")
    references = header["references"]
    order = take_order_reference(references) or order_among(references) or _order_of_lines(reading)
    if order is None or order.number is None:
        raise reading.refuse("order-number-missing", "No RFF+ON names the order answered.", path="RFF01")
    lines = read_lines(reading)
    declared = read_totals(reading)
    check_count(reading, "line-count", "number of lines", declared.line_count, len(lines))
    return OrderResponse(
        response_number=number if number != order.number else None,
        order_number=order.number,
        order_release=order.release,
        order_date=day_of(order.issue_date),
        seller_order_number=take_number(header["references"], ReferenceType.SALES_ORDER),
        issue_date=read_document_date(reading.root, "137"),
        **_read_answer(begin),
        **header,
        lines=lines,
        totals_declared=declared,
        totals_computed=OrderTotals(line_count=len(lines)),
        **reading.provenance(reading.tree),
    )


def _order_of_lines(reading: EdifactReading) -> Reference | None:
    """The order the first line names, for responses that name it there only."""
    for line in reading.root.groups("LIN"):
        for group in line.groups("RFF"):
            reference = read_reference(group) if group.head.peek(1, 1) == "ON" else None
            if reference:
                return Reference(type=reference.type, number=reference.number)
    return None


def _read_answer(begin: SegmentReader) -> dict[str, object]:
    """``response_type``, ``response_code`` and ``purpose`` of 1225 and 4343."""
    function = begin.peek(3)
    if function in _ANSWERS:
        begin.part(3)
        return {
            "response_type": _ANSWERS[function],
            "response_code": begin.part(4) or source_code(function, _ANSWERS),
        }
    response = begin.part(4)
    return {
        "purpose": begin.coded(3, _PURPOSES, Purpose.ORIGINAL),
        "response_type": _RESPONSES.get(response or "", ResponseType.RECEIVED),
        "response_code": source_code(response, _RESPONSES),
    }


def encode(document: OrderResponse, version: str, profile: CodecProfile) -> bytes:
    """The order response as an ORDRSP interchange.

    Raises:
        Misconfigured: ORDRSP can't carry a value of the response; the error names the field.
    """
    writing = Writing("ORDRSP", version, profile)
    return writing.interchange(_write(document, writing), document, decode, weaker=WEAKER_ACTIONS)


def _write(response: OrderResponse, writing: Writing) -> Iterator[Row]:
    function, kind = _written_answer(response)
    yield ("BGM", [_RESPONSE, response.response_number or response.order_number, function, kind])
    answered = Reference(
        type=ReferenceType.PURCHASE_ORDER,
        number=response.order_number,
        release=response.order_release,
        issue_date=response.order_date,
    )
    dates = write_moment("137", response.issue_date)
    yield from write_header(response, dates, _write_references(response, answered), writing)
    yield from write_lines(response.lines, writing)
    yield from write_totals(response.totals_declared, len(response.lines))


def _write_references(response: OrderResponse, answered: Reference) -> Iterator[Row]:
    yield from write_reference("ON", answered)
    if response.seller_order_number:
        sale = Reference(type=ReferenceType.SALES_ORDER, number=response.seller_order_number)
        yield from write_reference("VN", sale)


def _written_answer(response: OrderResponse) -> tuple[str, str]:
    code = response.response_code or ""
    if response.purpose is Purpose.ORIGINAL and response.response_type in _ANSWER_CODES:
        own = _ANSWERS.get(code) is response.response_type
        return (code, "") if own else (_ANSWER_CODES[response.response_type], code)
    return _PURPOSE_CODES.get(response.purpose, ""), code or _RESPONSE_CODES.get(response.response_type, "")
