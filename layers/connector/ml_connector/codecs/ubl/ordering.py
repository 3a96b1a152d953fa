"""What UBL orders and their responses have in common: parties, periods, lines, totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.ubl.parties import (
    read_address,
    read_id,
    read_item,
    read_party,
    write_address,
    write_id,
    write_item,
    write_lot,
    write_party,
)
from ml_connector.documents import Delivery, Item, Note, Party, PartyRole, Reference, ReferenceType

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.ubl.elements import Writer
    from ml_connector.documents import UnitOfMeasure
    from ml_connector.documents.base import Moment

# UBL 2.1 puts the buyer first in an Order and the seller first in an OrderResponse.
BUYER_FIRST = (
    ("BuyerCustomerParty", PartyRole.BUYER),
    ("SellerSupplierParty", PartyRole.SELLER),
    ("OriginatorCustomerParty", PartyRole.ORDERED_BY),
    ("AccountingCustomerParty", PartyRole.INVOICEE),
)
SELLER_FIRST = (BUYER_FIRST[1], BUYER_FIRST[0], *BUYER_FIRST[2:])
_REFERENCES = (
    ("cbc:CustomerReference", ReferenceType.CUSTOMER_REFERENCE),
    ("cbc:SalesOrderID", ReferenceType.SALES_ORDER),
)


def read_parties(root: Node) -> tuple[Party, ...]:
    """Every party of an order or a response, the place of delivery last."""
    found = [
        read_party(node, role) for name, role in BUYER_FIRST for node in root.nodes(f"cac:{name}/cac:Party")
    ]
    place = root.node("cac:Delivery/cac:DeliveryLocation")
    name = root.text("cac:Delivery/cac:DeliveryParty/cac:PartyName/cbc:Name")
    if place is not None or name:
        identifier = read_id(place, "cbc:ID") if place else None
        address = read_address(place.node("cac:Address")) if place else None
        ids = (identifier,) if identifier else ()
        found.append(Party(role=PartyRole.SHIP_TO, ids=ids, name=name, address=address))
    return tuple(found)


def write_parties(writer: Writer, parties: Iterable[Party], order: tuple[tuple[str, PartyRole], ...]) -> None:
    """The first party of each role that has a place of its own."""
    by_role = {party.role: party for party in reversed(list(parties))}
    for name, role in order:
        if role in by_role:
            write_party(writer.group(name).group("Party"), by_role[role])


def read_period(reading: MarkupReading, node: Node, name: str) -> tuple[Moment | None, Moment | None]:
    """First and last day of a period of a cac:Delivery."""
    first = reading.day(node, f"cac:Delivery/cac:{name}/cbc:StartDate")
    return first, reading.day(node, f"cac:Delivery/cac:{name}/cbc:EndDate")


def read_requested(reading: MarkupReading, node: Node) -> dict[str, Any]:
    """``requested_delivery`` where the requested period is one day, else ``delivery`` with its ends."""
    first, last = read_period(reading, node, "RequestedDeliveryPeriod")
    if first is not None and first == last:
        return {"requested_delivery": first}
    if first is None and last is None:
        return {}
    return {"delivery": Delivery(earliest_date=first, latest_date=last)}


def write_delivery(
    writer: Writer,
    requested: Moment | None,
    delivery: Delivery | None,
    place: Party | None = None,
) -> None:
    """The cac:Delivery with the requested period and the place; nothing where neither is known."""
    first = delivery.earliest_date if delivery else None
    last = delivery.latest_date if delivery else None
    first, last = (requested, requested) if requested else (first, last)
    if not (first or last or place):
        return
    group = writer.group("Delivery")
    if place and (place.ids or place.address):
        location = group.group("DeliveryLocation")
        for identifier in place.ids[:1]:
            write_id(location, identifier)
        write_address(location, "Address", place.address)
    write_period(group, "RequestedDeliveryPeriod", first, last)
    if place and place.name:
        group.group("DeliveryParty").group("PartyName").text("Name", place.name)


def write_period(writer: Writer, name: str, first: Moment | None, last: Moment | None) -> None:
    """A period of whole days; nothing where neither end is known."""
    if first or last:
        period = writer.group(name)
        period.day("StartDate", first)
        period.day("EndDate", last)


def read_references(root: Node) -> tuple[Reference, ...]:
    """Customer's reference and seller's order number."""
    found = [(kind, root.text(path)) for path, kind in _REFERENCES]
    return tuple(Reference(type=kind, number=number) for kind, number in found if number)


def number_of(references: Iterable[Reference], kind: ReferenceType) -> str | None:
    """The number of the first reference of a kind."""
    return next((reference.number for reference in references if reference.type is kind), None)


def read_notes(node: Node) -> tuple[Note, ...]:
    """The cbc:Note of a document or a line."""
    return tuple(Note(text=text) for text in node.texts("cbc:Note"))


def read_goods(reading: MarkupReading, node: Node) -> dict[str, Any]:
    """What a cac:LineItem says of item, quantity and price."""
    base = "cac:Price/cbc:BaseQuantity"
    node.attribute("currencyID", "cac:Price/cbc:PriceAmount")
    return {
        "item": read_item(node.node("cac:Item")),
        "quantity": reading.number(node, "cbc:Quantity"),
        "uom": reading.unit(node.attribute("unitCode", "cbc:Quantity")),
        "unit_price": reading.number(node, "cac:Price/cbc:PriceAmount"),
        "price_base": reading.number(node, base),
        "price_base_uom": reading.unit(node.attribute("unitCode", base)),
    }


def write_price(
    writer: Writer, price: Decimal | None, base: Decimal | None, unit: UnitOfMeasure | None
) -> None:
    """The cac:Price, with the quantity it is for."""
    if price is not None:
        group = writer.group("Price")
        group.amount("PriceAmount", price)
        group.quantity("BaseQuantity", base, unit)


def write_goods(writer: Writer, item: Item) -> None:
    """A cac:Item without taxes."""
    group = writer.group("Item")
    write_item(group, item)
    write_lot(group, item)
