"""What UBL orders and their responses have in common: parties, references, lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.ubl.goods import read_item, read_price, read_quantity
from ml_connector.documents import PartyRole, ReferenceType

if TYPE_CHECKING:
    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading

# UBL 2.1 puts the buyer first in an Order and the seller first in an OrderResponse.
BUYER_FIRST = (
    ("BuyerCustomerParty/Party", PartyRole.BUYER),
    ("SellerSupplierParty/Party", PartyRole.SELLER),
    ("OriginatorCustomerParty/Party", PartyRole.ORDERED_BY),
    ("AccountingCustomerParty/Party", PartyRole.INVOICEE),
)
SELLER_FIRST = (BUYER_FIRST[1], BUYER_FIRST[0], *BUYER_FIRST[2:])
#: The customer's reference of an order.
CUSTOMERS = ("cbc:CustomerReference", ReferenceType.CUSTOMER_REFERENCE)


def line_item(reading: MarkupReading, outer: Node) -> Node:
    """The cac:LineItem of a cac:OrderLine.

    Raises:
        Rejected: It holds none.
    """
    node = outer.node("cac:LineItem")
    if node is None:
        raise reading.refuse("The OrderLine holds no LineItem.", outer.path)
    return node


def read_goods(reading: MarkupReading, node: Node) -> dict[str, Any]:
    """What a cac:LineItem says of item, quantity and price."""
    price, base, base_uom = read_price(reading, node)
    return {
        "item": read_item(node.node("cac:Item")),
        **read_quantity(reading, node, "cbc:Quantity"),
        "unit_price": price,
        "price_base": base,
        "price_base_uom": base_uom,
    }
