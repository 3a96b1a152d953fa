"""What the lines of orders, changes and responses share: everything in a PO1 or POC loop below its head."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.totals import extension, line_net
from ml_connector.codecs.x12.charges import read_charges, taxes_of, write_charges, write_taxes
from ml_connector.codecs.x12.dates import read_delivery, write_delivery, write_terms, write_transport
from ml_connector.codecs.x12.items import item_of, read_description, read_pack, write_description
from ml_connector.codecs.x12.parties import read_parties, write_parties
from ml_connector.codecs.x12.prices import read_further_prices, read_price, write_further_prices
from ml_connector.codecs.x12.qualifiers import PARTY_SCHEMES, code_for
from ml_connector.codecs.x12.references import (
    read_notes,
    read_numbers,
    read_references,
    write_notes,
    write_references,
)
from ml_connector.codecs.x12.sublines import read_sub_lines, write_sub_lines
from ml_connector.codecs.x12.units import read_unit, written_unit
from ml_connector.documents import (
    DeliverySchedule,
    Identifier,
    IdentifierScheme,
    Level,
    LineAction,
    OrderLine,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

_SCHEDULED = "002"
_STORES_A_SEGMENT = 10


def read_line(reading: X12Reading, loop: Loop, head: dict[str, Any], currency: str | None) -> OrderLine:
    """The line of a PO1 or POC loop; ``head`` holds the fields of its first segment, item ids as ``ids``."""
    listed, prices = read_further_prices(reading, loop)
    requested, delivery = read_delivery(reading, loop)
    allowances = read_charges(reading, loop.loops("SAC"), Level.LINE)
    extended = extension(head["quantity"], head["unit_price"], head["price_base"])
    line = OrderLine(
        item=item_of(head.pop("ids"), read_description(reading, loop)),
        list_price=listed,
        prices=prices,
        line_net_amount=line_net(extended, allowances, currency),
        units_per_pack=read_pack(reading, loop.segments("PO4")),
        requested_delivery=requested,
        delivery=delivery,
        delivery_schedules=tuple(_read_schedules(reading, loop)),
        parties=read_parties(reading, loop.loops("N1")),
        allowances=allowances,
        taxes=taxes_of(reading, loop),
        notes=read_notes(reading, loop),
        references=(*read_references(reading, loop.segments("REF")), *read_numbers(reading, loop)),
        sub_lines=read_sub_lines(reading, loop.loops("SLN")),
        **head,
    )
    _check_schedules(reading, line)
    return line


def read_priced_quantity(
    reading: X12Reading, segment: Elements, *, quantity: int, price: int
) -> dict[str, Any]:
    """Quantity and price of a line's head; a negative quantity is an error, a missing price a warning."""
    found = segment.number(quantity)
    unit_price = read_price(reading, segment, price, price + 1)
    _check_quantity(reading, segment, quantity, found)
    if unit_price.amount is None and found is not None:
        reading.find(
            Severity.WARNING,
            "price-missing",
            f"{segment.path(price)} has no price; the price of the order system is to be taken.",
            path=segment.path(price),
        )
    return {
        "quantity": found,
        "unit_price": unit_price.amount,
        "price_base": unit_price.base,
        "price_code": unit_price.code,
    }


def _check_quantity(reading: X12Reading, segment: Elements, number: int, quantity: Decimal | None) -> None:
    if quantity is None or quantity > 0 or (quantity < 0 and reading.profile.allow_negative):
        return
    negative = quantity < 0
    reading.find(
        Severity.ERROR if negative else Severity.WARNING,
        "negative-quantity" if negative else "zero-quantity",
        f"{segment.path(number)} orders {quantity}.",
        path=segment.path(number),
        found=quantity,
    )


def _read_schedules(reading: X12Reading, loop: Loop) -> Iterator[DeliverySchedule]:
    for segment in loop.segments("SDQ"):
        yield from _read_stores(reading, segment)
    for inner in loop.loops("SCH"):
        sch = reading.take(inner.segments("SCH")[0])
        yield DeliverySchedule(
            qty=sch.number(1) or Decimal(0),
            uom=read_unit(reading, sch, 2),
            date=sch.moment(6, 7),
            source_qualifier=sch.code(5),
        )


def _read_stores(reading: X12Reading, segment: Segment) -> Iterator[DeliverySchedule]:
    """SDQ: one unit, one kind of code, and pairs of store and quantity."""
    sdq = reading.take(segment)
    uom, qualifier = read_unit(reading, sdq, 1), sdq.code(2)
    scheme = PARTY_SCHEMES.get(qualifier or "", IdentifierScheme.OTHER)
    for number in range(3, len(sdq.values), 2):
        store, quantity = sdq[number], sdq.number(number + 1)
        if store is None or quantity is None:
            sdq.leave(number)
            continue
        location = Identifier(scheme=scheme, value=store, source_qualifier=qualifier)
        yield DeliverySchedule(qty=quantity, uom=uom, location=location)


def _check_schedules(reading: X12Reading, line: OrderLine) -> None:
    """The parts of a line must be its whole; stores and dates are two ways of taking it apart."""
    by_date = [part.qty for part in line.delivery_schedules if part.location is None]
    by_store = [part.qty for part in line.delivery_schedules if part.location is not None]
    for parts, name in ((by_date, "SCH"), (by_store, "SDQ")):
        if parts and line.quantity is not None and sum(parts) != line.quantity:
            reading.find(
                Severity.WARNING,
                "schedule-sum",
                f"Line {line.line_number} orders {line.quantity}, but its {name} add up to {sum(parts)}.",
                path=f"{name} of line {line.line_number}",
                expected=line.quantity,
                found=sum(parts),
            )


def write_line(writer: SetWriter, line: OrderLine) -> None:
    """Put all segments of a line below its head, in the order of the loop.

    Raises:
        Misconfigured: The line holds what the loop can't carry.
    """
    _check_carried(writer, line)
    write_further_prices(writer, line.list_price, line.prices)
    write_description(writer, line.item)
    if line.units_per_pack is not None:
        writer.put("PO4", line.units_per_pack)
    write_references(writer, line.references)
    write_charges(writer, line.allowances, "allowances")
    if line.delivery:
        write_terms(writer, line.delivery.delivery_terms)
    _write_stores(writer, line.delivery_schedules)
    write_delivery(writer, line.requested_delivery, line.delivery)
    if line.delivery:
        write_transport(writer, line.delivery.transport)
    write_taxes(writer, line.taxes)


def write_line_end(writer: SetWriter, line: OrderLine) -> None:
    """Put the loops that end a line: schedules, notes, parties, components."""
    _write_dates(writer, line.delivery_schedules)
    write_notes(writer, line.notes)
    write_parties(writer, line.parties)
    write_sub_lines(writer, line.sub_lines)


def _check_carried(writer: SetWriter, line: OrderLine) -> None:
    extended = extension(line.quantity, line.unit_price, line.price_base)
    check_net(writer, "line_net_amount", line.line_net_amount, line_net(extended, line.allowances))
    if line.price_base_uom not in (None, line.uom):
        raise writer.refuse("price_base_uom", "prices are per unit of the line", line.price_base_uom)
    if line.item.country is not None:
        raise writer.refuse("item.country", "the line has no country of origin", line.item.country)
    if line.action is LineAction.UNCHANGED and line.quantity_change is not None:
        raise writer.refuse("quantity_change", "an unchanged line changes no quantity", line.quantity_change)


def check_net(writer: SetWriter, field: str, declared: Decimal | None, computed: Decimal | None) -> None:
    """X12 lines carry no net amount, so it must be what quantity, price, allowances and charges come to."""
    if declared is None or computed is None or abs(declared - computed) <= Decimal("0.01"):
        return
    raise writer.refuse(field, f"the line comes to {computed}", declared)


def _write_stores(writer: SetWriter, schedules: Sequence[DeliverySchedule]) -> None:
    stores = [part for part in schedules if part.location is not None]
    for part in stores:
        if part.date is not None:
            raise writer.refuse("delivery_schedules.date", "SDQ splits by place, not by date too", part.date)
    for (unit_code, qualifier), group in groupby(stores, lambda part: _store_kind(writer, part)):
        pairs = [(part.location.value if part.location else None, part.qty) for part in group]
        for start in range(0, len(pairs), _STORES_A_SEGMENT):
            chunk = pairs[start : start + _STORES_A_SEGMENT]
            writer.put("SDQ", unit_code, qualifier, *(value for pair in chunk for value in pair))


def _store_kind(writer: SetWriter, part: DeliverySchedule) -> tuple[str | None, str | None]:
    location = part.location
    assert location is not None  # noqa: S101 - the caller keeps those with a place
    kept = location.source_qualifier
    if location.scheme is IdentifierScheme.OTHER and kept not in PARTY_SCHEMES:
        return written_unit(writer, part.uom), kept
    return written_unit(writer, part.uom), code_for(PARTY_SCHEMES, location.scheme, kept)


def _write_dates(writer: SetWriter, schedules: Sequence[DeliverySchedule]) -> None:
    for part in schedules:
        if part.location is None:
            clock = part.date if hasattr(part.date, "hour") else None
            qualifier = part.source_qualifier or _SCHEDULED
            writer.put(
                "SCH", part.qty, written_unit(writer, part.uom), None, None, qualifier, part.date, clock
            )
