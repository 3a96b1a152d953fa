"""UBL Order, as PEPPOL BIS Ordering 3 uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.totals import check_total, order_totals
from ml_connector.codecs.ubl.commercial import (
    read_categories,
    read_charges,
    read_terms,
    write_charges,
    write_terms,
)
from ml_connector.codecs.ubl.deliveries import read_place, read_requested, requested_period, write_delivery
from ml_connector.codecs.ubl.elements import Writer, finish, new_document, number_in, read_root
from ml_connector.codecs.ubl.goods import write_goods, write_price
from ml_connector.codecs.ubl.ordering import BUYER_FIRST, CUSTOMERS, line_item, read_goods
from ml_connector.codecs.ubl.parties import read_parties, write_parties
from ml_connector.codecs.ubl.references import number_of, read_notes, read_references, write_notes
from ml_connector.documents import (
    Level,
    OrderLine,
    OrderTotals,
    OrderType,
    PartyRole,
    PurchaseOrder,
    ReferenceType,
    party_of,
)

if TYPE_CHECKING:
    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.profile import CodecProfile

# UNCL1001.
_TYPES = {
    "220": OrderType.STANDARD,
    "221": OrderType.BLANKET,
    "224": OrderType.RUSH,
    "226": OrderType.CALL_OFF,
    "227": OrderType.CONSIGNMENT,
    "228": OrderType.SAMPLE,
}
_CODES = {kind: code for code, kind in _TYPES.items()}
_CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:order:3"
_PROFILE = "urn:fdc:peppol.eu:poacc:bis:ordering:3"
_REFERENCES = (CUSTOMERS, ("cbc:SalesOrderID", ReferenceType.SALES_ORDER))
_TOTAL = "cac:AnticipatedMonetaryTotal"


def decode(data: bytes, profile: CodecProfile) -> PurchaseOrder:
    """The order a UBL document says.

    Raises:
        Rejected: It is none, or has no number.
    """
    reading = read_root(data, profile, "Order")
    root = reading.root
    number, code = number_in(reading), root.text("cbc:OrderTypeCode")
    kind = _TYPES.get(code or "220", OrderType.OTHER)
    currency = root.text("cbc:DocumentCurrencyCode") or profile.default_currency
    lines = tuple(_read_line(reading, node) for node in root.nodes("cac:OrderLine"))
    charges = read_charges(reading, root, Level.HEADER)
    declared, computed = _read_totals(reading), order_totals(lines, charges, currency)
    check_total(reading, "net-amount", "net amount", declared.net_amount, computed.net_amount)  # type: ignore[arg-type]
    order = PurchaseOrder(
        order_number=number,
        order_type=kind,
        order_type_code=code if kind is OrderType.OTHER else None,
        issue_date=reading.day(root, "cbc:IssueDate"),
        currency=currency,
        contract=root.text("cac:Contract/cbc:ID"),
        parties=read_parties(root, BUYER_FIRST) + read_place(root),
        references=read_references(root, _REFERENCES),
        payment_terms=read_terms(root),
        allowances=charges,
        notes=read_notes(root),
        lines=lines,
        totals_declared=declared,
        totals_computed=computed,
        **read_requested(reading, root),
    )
    return order.model_copy(update={**reading.provenance()})


def _read_totals(reading: MarkupReading) -> OrderTotals:
    values = {}
    for field, name in (("net_amount", "LineExtensionAmount"), ("gross_amount", "PayableAmount")):
        values[field] = reading.number(reading.root, f"{_TOTAL}/cbc:{name}")
    return OrderTotals.model_validate(values)


def _read_line(reading: MarkupReading, outer: Node) -> OrderLine:
    node = line_item(reading, outer)
    return OrderLine(
        line_number=node.text("cbc:ID"),
        **read_goods(reading, node),
        line_net_amount=reading.number(node, "cbc:LineExtensionAmount"),
        allowances=read_charges(reading, node, Level.LINE),
        taxes=read_categories(reading, node.nodes("cac:Item/cac:ClassifiedTaxCategory")),
        notes=read_notes(outer) + read_notes(node),
        **read_requested(reading, node),
    )


def encode(document: PurchaseOrder, version: str, profile: CodecProfile) -> bytes:  # noqa: ARG001 - UBL 2.1 only
    """The order as UBL.

    Raises:
        Misconfigured: UBL can't carry a value of the order; the error names the field.
    """
    root, writer = new_document("Order", _CUSTOMIZATION, _PROFILE, document.currency)
    _write_head(writer, document)
    write_parties(writer, document.parties, BUYER_FIRST)
    requested = requested_period(document.requested_delivery, document.delivery)
    write_delivery(writer, party_of(document.parties, PartyRole.SHIP_TO), requested=requested)
    write_terms(writer, document.payment_terms)
    write_charges(writer, document.allowances)
    _write_totals(writer, document.totals)
    for index, line in enumerate(document.lines, 1):
        _write_line(writer.group("OrderLine").group("LineItem"), line, line.line_number or str(index))
    return finish(root, document, profile, decode)


def _write_head(writer: Writer, order: PurchaseOrder) -> None:
    writer.text("ID", order.order_number)
    writer.text("SalesOrderID", number_of(order.references, ReferenceType.SALES_ORDER))
    writer.day("IssueDate", order.issue_date)
    writer.text("OrderTypeCode", _CODES.get(order.order_type) or order.order_type_code)
    write_notes(writer, order.notes)
    writer.text("DocumentCurrencyCode", order.currency)
    writer.text("CustomerReference", number_of(order.references, ReferenceType.CUSTOMER_REFERENCE))
    if order.contract:
        writer.group("Contract").text("ID", order.contract)


def _write_totals(writer: Writer, totals: OrderTotals) -> None:
    if totals.net_amount is None and totals.gross_amount is None:
        return
    group = writer.group("AnticipatedMonetaryTotal")
    group.amount("LineExtensionAmount", totals.net_amount)
    # UBL demands what is to be paid; where no tax is known, that is the net amount.
    group.amount("PayableAmount", totals.net_amount if totals.gross_amount is None else totals.gross_amount)


def _write_line(group: Writer, line: OrderLine, number: str) -> None:
    group.text("ID", number)
    write_notes(group, line.notes)
    group.quantity("Quantity", line.quantity, line.uom)
    group.amount("LineExtensionAmount", line.line_net_amount)
    write_delivery(group, None, requested=requested_period(line.requested_delivery, line.delivery))
    write_charges(group, line.allowances)
    write_price(group, line.unit_price, line.price_base, line.price_base_uom)
    write_goods(group, line.item, line.taxes)
