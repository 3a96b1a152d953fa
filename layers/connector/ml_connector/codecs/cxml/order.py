"""cXML OrderRequest, in only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.cxml.elements import read_address, read_envelope, read_item, read_money
from ml_connector.codecs.totals import check_total, order_totals
from ml_connector.documents import Note, OrderLine, OrderTotals, PartyRole, PurchaseOrder, Purpose

if TYPE_CHECKING:
    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Party

_HEADER = "Request/OrderRequest/OrderRequestHeader"
_TYPES = {"new": Purpose.ORIGINAL, "update": Purpose.CHANGE, "delete": Purpose.CANCEL}
_PARTIES = (("ShipTo", PartyRole.SHIP_TO), ("BillTo", PartyRole.INVOICEE))


def decode(data: bytes, profile: CodecProfile) -> PurchaseOrder:
    """The order of an OrderRequest.

    Raises:
        Rejected: It is none, or has no order number.
    """
    reading = read_envelope(data, profile)
    head = reading.root.node(_HEADER)
    number = head.attribute("orderID") if head else None
    if head is None or number is None:
        raise reading.refuse("The cXML holds no OrderRequest with an orderID.", _HEADER)
    purpose = _TYPES.get(head.coded("type", _TYPES) or "new", Purpose.ORIGINAL)
    ordered = head.attribute("orderDate")
    currency = head.attribute("currency", "Total/Money") or profile.default_currency
    reading.take_currency("currency", currency)
    lines = tuple(_read_line(reading, node) for node in reading.root.nodes("Request/OrderRequest/ItemOut"))
    declared = OrderTotals(net_amount=read_money(reading, head, "Total"))
    computed = order_totals(lines, (), currency)
    check_total(reading, "net-amount", "net amount", declared.net_amount, computed.net_amount)  # type: ignore[arg-type]
    return PurchaseOrder(
        document_type="order_change" if purpose is Purpose.CHANGE else "order",
        order_number=number,
        change_sequence=head.attribute("orderVersion"),
        purpose=purpose,
        issue_date=reading.day_of_text(ordered, f"{_HEADER}/@orderDate") if ordered else None,
        currency=currency,
        parties=tuple(_read_parties(head)),
        notes=tuple(Note(text=text) for text in head.texts("Comments")),
        lines=lines,
        totals_declared=declared,
        totals_computed=computed,
        **reading.provenance(),
    )


def _read_parties(head: Node) -> list[Party]:
    found = []
    for name, role in _PARTIES:
        node = head.node(f"{name}/Address")
        if node is not None:
            found.append(read_address(node, role))
    return found


def _read_line(reading: MarkupReading, node: Node) -> OrderLine:
    detail = node.node("ItemDetail")
    requested = node.attribute("requestedDeliveryDate")
    path = "PriceBasisQuantity"
    return OrderLine(
        line_number=node.attribute("lineNumber"),
        item=read_item(node.node("ItemID"), detail),
        quantity=reading.number_of_text(node.attribute("quantity"), f"{node.path}/@quantity"),
        uom=reading.unit(detail.text("UnitOfMeasure")) if detail else None,
        unit_price=read_money(reading, detail, "UnitPrice") if detail else None,
        price_base=reading.number_of_text(detail.attribute("quantity", path), path) if detail else None,
        requested_delivery=reading.day_of_text(requested, node.path) if requested else None,
        notes=tuple(Note(text=text) for text in node.texts("Comments")),
    )
