"""Where and when the goods of a UBL document are delivered: the place, and periods of whole days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.ubl.parties import read_address, read_id, write_address, write_id
from ml_connector.documents import Delivery, Party, PartyRole

if TYPE_CHECKING:
    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.ubl.elements import Writer
    from ml_connector.documents.base import Moment

    Period = tuple[Moment | None, Moment | None]


def read_place(root: Node) -> tuple[Party, ...]:
    """The place of delivery of a document, as a party; none where it names none."""
    place = root.node("cac:Delivery/cac:DeliveryLocation")
    name = root.text("cac:Delivery/cac:DeliveryParty/cac:PartyName/cbc:Name")
    if place is None and not name:
        return ()
    identifier = read_id(place, "cbc:ID") if place else None
    address = read_address(place.node("cac:Address")) if place else None
    ids = (identifier,) if identifier else ()
    return (Party(role=PartyRole.SHIP_TO, ids=ids, name=name, address=address),)


def read_period(reading: MarkupReading, node: Node, path: str) -> Period:
    """First and last day of the period at a path."""
    return reading.day(node, f"{path}/cbc:StartDate"), reading.day(node, f"{path}/cbc:EndDate")


def write_period(writer: Writer, name: str, first: Moment | None, last: Moment | None) -> None:
    """A period of whole days; nothing where neither end is known."""
    if first or last:
        period = writer.group(name)
        period.day("StartDate", first)
        period.day("EndDate", last)


def read_requested(reading: MarkupReading, node: Node) -> dict[str, Any]:
    """``requested_delivery`` where the requested period is one day, else ``delivery`` with its ends."""
    first, last = read_period(reading, node, "cac:Delivery/cac:RequestedDeliveryPeriod")
    if first is not None and first == last:
        return {"requested_delivery": first}
    if first is None and last is None:
        return {}
    return {"delivery": Delivery(earliest_date=first, latest_date=last)}


def requested_period(day: Moment | None, delivery: Delivery | None) -> Period:
    """The requested period: the day where one was asked for, else the ends of the delivery."""
    if day:
        return day, day
    return (delivery.earliest_date, delivery.latest_date) if delivery else (None, None)


def write_delivery(
    writer: Writer,
    place: Party | None,
    *,
    actual: Moment | None = None,
    requested: Period = (None, None),
) -> None:
    """The cac:Delivery with its days and the place; nothing where none is known."""
    if not (place or actual or any(requested)):
        return
    group = writer.group("Delivery")
    group.day("ActualDeliveryDate", actual)
    if place and (place.ids or place.address):
        location = group.group("DeliveryLocation")
        for identifier in place.ids[:1]:
            write_id(location, identifier)
        write_address(location, "Address", place.address)
    write_period(group, "RequestedDeliveryPeriod", *requested)
    if place and place.name:
        group.group("DeliveryParty").group("PartyName").text("Name", place.name)
