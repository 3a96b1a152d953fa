"""Our sales order as the confirmation its customer gets: 855, ORDRSP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import (
    OrderLine,
    OrderResponse,
    OrderResponseLine,
    PartyRole,
    PromisedDate,
    ResponseAction,
    ResponseType,
)
from ml_connector.mapping.outward.receiver import customers_order
from ml_connector.visma.models.sales_order import ReadOrderedLine, ReadSalesOrder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ml_connector.mapping.outward.receiver import Receiver


def order_response(row: Mapping[str, Any], receiver: Receiver) -> OrderResponse:
    """Return the confirmation: an open order is accepted as it stands in the ledger.

    Raises:
        Held: The order names no order of the customer's, so there is nothing to answer.
    """
    order = ReadSalesOrder.model_validate(row)
    customer = order.customer
    theirs = customers_order(customer.order if customer else None, f"Sales order {order.order_id}")
    name = customer.name if customer else None
    return OrderResponse(
        order_number=theirs,
        seller_order_number=order.order_id,
        response_number=None if receiver.message.standard == "x12" else order.order_id,
        response_type=ResponseType.ACCEPTED,
        issue_date=order.date.date() if order.date else None,
        order_date=order.date.date() if order.date else None,
        currency=order.currency_id,
        parties=(receiver.counterpart(PartyRole.BUYER, name), receiver.company(PartyRole.SELLER)),
        lines=tuple(_line(line, receiver) for line in order.order_lines),
    )


def _line(line: ReadOrderedLine, receiver: Receiver) -> OrderResponseLine:
    number = line.inventory_id or ""
    promised = line.requested_on.date() if line.requested_on else None
    ordered = OrderLine(
        line_number=str(line.line_id),
        item=receiver.sold_item(number, line.description),
        quantity=line.quantity,
        uom=receiver.unit(line.unit_of_measure or "", number),
        unit_price=line.unit_price,
    )
    # An 855 repeats the ordered line, and its price stands there alone; an ORDRSP has a price of its own.
    repeats = receiver.message.standard == "x12"
    return OrderResponseLine(
        line_number=ordered.line_number,
        item=ordered.item,
        quantity=ordered.quantity,
        uom=ordered.uom,
        unit_price=None if repeats else ordered.unit_price,
        original_line=ordered if repeats else None,
        action=ResponseAction.ACCEPTED,
        promised_dates=(PromisedDate(date=promised, meaning="promised_delivery"),) if promised else (),
    )
