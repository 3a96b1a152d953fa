"""UBL OrderResponse, as PEPPOL BIS Ordering 3 uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.ubl.deliveries import read_period, read_place, write_delivery, write_period
from ml_connector.codecs.ubl.elements import Writer, finish, new_document, read_root
from ml_connector.codecs.ubl.goods import read_item, write_goods, write_price
from ml_connector.codecs.ubl.ordering import BUYER_FIRST, CUSTOMERS, SELLER_FIRST, line_item, read_goods
from ml_connector.codecs.ubl.parties import read_parties, write_parties
from ml_connector.codecs.ubl.references import number_of, read_notes, read_references, write_notes
from ml_connector.documents import (
    OrderResponse,
    OrderResponseLine,
    OrderTotals,
    PartyRole,
    PromisedDate,
    ReferenceType,
    ResponseAction,
    ResponseType,
    party_of,
)
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.profile import CodecProfile

# UNCL4343 and UNCL1229, as far as BIS takes them.
_ANSWERS = {
    "AB": ResponseType.RECEIVED,
    "AP": ResponseType.ACCEPTED,
    "CA": ResponseType.ACCEPTED_WITH_CHANGE,
    "RE": ResponseType.REJECTED,
}
_ACTIONS = {
    "1": ResponseAction.ADDED,
    "3": ResponseAction.CHANGED,
    "5": ResponseAction.ACCEPTED,
    "7": ResponseAction.REJECTED,
    "42": ResponseAction.SHIPPED,
}
#: What a line with a substitute usually says: it is changed.
_SUBSTITUTED = "3"
_ANSWER_CODES = {answer: code for code, answer in _ANSWERS.items()}
_ACTION_CODES = {action: code for code, action in _ACTIONS.items()}
_CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:order_response:3"
_PROFILE = "urn:fdc:peppol.eu:poacc:bis:ordering:3"
_PROMISED = "promised_delivery"


def decode(data: bytes, profile: CodecProfile) -> OrderResponse:
    """The order response a UBL document says.

    Raises:
        Rejected: It is none, names no order, or has an answer that BIS does not know.
    """
    reading = read_root(data, profile, "OrderResponse")
    root = reading.root
    order, code = root.text("cac:OrderReference/cbc:ID"), root.text("cbc:OrderResponseCode")
    if order is None:
        raise reading.refuse("The OrderResponse names no order in OrderReference/ID.", root.path)
    if code not in _ANSWERS:
        known = ", ".join(_ANSWERS)
        raise reading.refuse(f"OrderResponseCode should be one of {known}, found {code}.", root.path)
    lines = tuple(_read_line(reading, node) for node in root.nodes("cac:OrderLine"))
    response = OrderResponse(
        response_number=root.text("cbc:ID"),
        order_number=order,
        order_date=reading.day(root, "cac:OrderReference/cbc:IssueDate"),
        response_type=_ANSWERS[code],
        issue_date=reading.day(root, "cbc:IssueDate"),
        currency=root.text("cbc:DocumentCurrencyCode") or profile.default_currency,
        contract=root.text("cac:Contract/cbc:ID"),
        seller_order_number=root.text("cbc:SalesOrderID"),
        parties=read_parties(root, BUYER_FIRST) + read_place(root),
        references=read_references(root, (CUSTOMERS,)),
        notes=read_notes(root),
        lines=lines,
        totals_computed=OrderTotals(line_count=len(lines)),
    )
    return response.model_copy(update={**reading.provenance()})


def _read_line(reading: MarkupReading, outer: Node) -> OrderResponseLine:
    node = line_item(reading, outer)
    first, last = read_period(reading, node, "cac:Delivery/cac:PromisedDeliveryPeriod")
    promised = tuple(PromisedDate(date=day, meaning=_PROMISED) for day in dict.fromkeys((first, last)) if day)
    code, substitute = node.text("cbc:LineStatusCode"), outer.node("cac:SellerSubstitutedLineItem/cac:Item")
    action = ResponseAction.SUBSTITUTED if substitute else _ACTIONS.get(code or "5", ResponseAction.HOLD)
    usual = {_SUBSTITUTED, None} if substitute else {*_ACTIONS, None}
    return OrderResponseLine(
        line_number=_line_number(outer, node),
        action=action,
        source_code=None if code in usual else code,
        **read_goods(reading, node),
        promised_dates=promised,
        substitute_item=read_item(substitute) if substitute else None,
        notes=read_notes(node),
    )


def _line_number(outer: Node, line: Node) -> str | None:
    """The order's line; the response's own number of it stays unread where it is another."""
    ordered, own = outer.text("cac:OrderLineReference/cbc:LineID"), line.node("cbc:ID")
    substitute = outer.node("cac:SellerSubstitutedLineItem/cbc:ID")
    if substitute and own and substitute.peek() == own.peek():
        substitute.skip()
    if own is None or (ordered and own.peek() != ordered):
        return ordered
    return own.text()


def encode(document: OrderResponse, version: str, profile: CodecProfile) -> bytes:  # noqa: ARG001 - UBL 2.1 only
    """The order response as UBL.

    Raises:
        Misconfigured: UBL can't carry a value of the response; the error names the field.
    """
    root, writer = new_document("OrderResponse", _CUSTOMIZATION, _PROFILE, document.currency)
    _write_head(writer, document)
    write_parties(writer, document.parties, SELLER_FIRST)
    write_delivery(writer, party_of(document.parties, PartyRole.SHIP_TO))
    for index, line in enumerate(document.lines, 1):
        _write_line(writer.group("OrderLine"), line, line.line_number or str(index))
    return finish(root, document, profile, decode)


def _write_head(writer: Writer, response: OrderResponse) -> None:
    writer.text("ID", response.number)
    writer.text("SalesOrderID", response.seller_order_number)
    writer.day("IssueDate", response.issue_date)
    writer.text("OrderResponseCode", _code_of(response.response_type, _ANSWER_CODES, "response_type"))
    write_notes(writer, response.notes)
    writer.text("DocumentCurrencyCode", response.currency)
    writer.text("CustomerReference", number_of(response.references, ReferenceType.CUSTOMER_REFERENCE))
    order = writer.group("OrderReference")
    order.text("ID", response.order_number)
    order.day("IssueDate", response.order_date)
    if response.contract:
        writer.group("Contract").text("ID", response.contract)


def _code_of(value: StrEnum, codes: Mapping[Any, str], field: str) -> str:
    if value not in codes:
        raise Misconfigured(
            f"{field} {value} has no code in a UBL OrderResponse.",
            advice=f"Use one of: {', '.join(map(str, codes))}.",
            field=field,
            value=str(value),
        )
    return codes[value]


def _write_line(outer: Writer, line: OrderResponseLine, number: str) -> None:
    substituted = line.action is ResponseAction.SUBSTITUTED
    group = outer.group("LineItem")
    group.text("ID", number)
    write_notes(group, line.notes)
    action = ResponseAction.CHANGED if substituted else line.action
    group.text("LineStatusCode", _code_of(action, _ACTION_CODES, "action"))
    group.quantity("Quantity", line.quantity, line.uom)
    if line.promised_dates:
        days = [promised.date for promised in line.promised_dates]
        write_period(group.group("Delivery"), "PromisedDeliveryPeriod", days[0], days[-1])
    write_price(group, line.unit_price, line.price_base, line.price_base_uom)
    write_goods(group, line.item)
    if line.substitute_item is not None:
        substitute = outer.group("SellerSubstitutedLineItem")
        substitute.text("ID", number)
        write_goods(substitute, line.substitute_item)
    outer.group("OrderLineReference").text("LineID", number)
