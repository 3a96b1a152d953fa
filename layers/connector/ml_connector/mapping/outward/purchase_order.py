"""Our purchase order as its supplier gets it: 850, ORDERS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import OrderLine, PartyRole, PurchaseOrder
from ml_connector.visma.models.purchase_order import ReadPurchaseOrder, ReadPurchaseOrderLine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from typing import Any

    from ml_connector.mapping.outward.receiver import Receiver


def purchase_order(row: Mapping[str, Any], receiver: Receiver) -> PurchaseOrder:
    """Return the purchase order; its number stays ours."""
    order = ReadPurchaseOrder.model_validate(row)
    supplier = order.supplier.name if order.supplier else None
    return PurchaseOrder(
        order_number=order.order_nbr,
        issue_date=order.date.date() if order.date else None,
        requested_delivery=order.promised_on.date() if order.promised_on else None,
        currency=order.currency,
        parties=(receiver.company(PartyRole.BUYER), receiver.counterpart(PartyRole.SELLER, supplier)),
        lines=tuple(_line(line, receiver) for line in order.lines if not line.canceled),
    )


def received_quantities(row: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return how much of each line of an order has come, by line number; empty for other documents."""
    if "orderNbr" not in row or "lines" not in row:
        return {}
    order = ReadPurchaseOrder.model_validate(row)
    return {str(line.line_nbr): line.qty_on_receipts for line in order.lines}


def _line(line: ReadPurchaseOrderLine, receiver: Receiver) -> OrderLine:
    number = (line.inventory.number if line.inventory else None) or ""
    return OrderLine(
        line_number=str(line.line_nbr),
        item=receiver.bought_item(number, line.line_description, line.alternate_id),
        quantity=line.order_qty,
        uom=receiver.unit(line.uom or "", number),
        unit_price=line.unit_cost,
    )
