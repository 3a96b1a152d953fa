"""The lines of ORDERS and ORDCHG: the LIN group with everything in it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.commercial import read_allowances, read_taxes, write_allowances, write_taxes
from ml_connector.codecs.edifact.dates import read_moment, write_moment
from ml_connector.codecs.edifact.items import (
    read_count,
    read_item,
    read_prices,
    read_quantity,
    take_price,
    write_item,
    write_origin,
    write_price,
    write_quantity,
)
from ml_connector.codecs.edifact.order_header import (
    DELIVERY_DATES,
    REQUESTED,
    read_dates,
    write_dates,
)
from ml_connector.codecs.edifact.parties import read_parties, write_parties
from ml_connector.codecs.edifact.qualifiers import LINE_ACTIONS, PARTY_SCHEMES, first_codes, source_code
from ml_connector.codecs.edifact.references import read_references, write_references
from ml_connector.codecs.edifact.texts import read_notes, write_notes
from ml_connector.codecs.totals import extension, line_net
from ml_connector.documents import (
    Delivery,
    DeliverySchedule,
    Identifier,
    IdentifierScheme,
    Level,
    OrderLine,
    Price,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml_connector.codecs.edifact.reading import EdifactReading, GroupReader
    from ml_connector.codecs.edifact.writing import Writing
    from ml_connector.edi.rows import Row

# 6063: 21 ordered; discrete (1), delivery quantity (131) where nothing else is said; 59, 52 units per pack.
_ORDERED = ("21", "1", "131", "113")
_PER_PACK = ("59", "52")
_NET_AMOUNT = ("203", "66")
# 5125: the net price under whichever name, the gross price.
_NET_PRICE = ("AAA", "INV", "CAL", "CON")
_GROSS_PRICE = ("AAB",)
_ACTION_CODES = first_codes(LINE_ACTIONS)
_AGENCIES = first_codes(PARTY_SCHEMES)
_DELIVERY_PLACE = "7"
_SCHEDULE = "1"


def read_lines(reading: EdifactReading, currency: str | None) -> tuple[OrderLine, ...]:
    """The lines of an order."""
    lines = tuple(_read_line(group, reading, currency) for group in reading.root.groups("LIN"))
    unpriced = [
        line.line_number or "" for line in lines if line.unit_price is None and line.list_price is None
    ]
    if unpriced:
        message = f"{len(unpriced)} lines have no price; the ledger's own applies."
        reading.find(Severity.INFO, "price-missing", message, found=", ".join(unpriced[:10]))
    return lines


def _read_line(group: GroupReader, reading: EdifactReading, currency: str | None) -> OrderLine:
    head = group.head
    action = head.part(2)
    quantity, uom = read_quantity(group, *_ORDERED)
    prices = list(read_prices(group.groups("PRI")))
    net, gross = take_price(prices, *_NET_PRICE), take_price(prices, *_GROSS_PRICE)
    dates = read_dates(group, {REQUESTED: "requested_delivery"})
    delivery = Delivery(**read_dates(group, DELIVERY_DATES))
    allowances = read_allowances(group.groups("ALC"), Level.LINE)
    line = OrderLine(
        line_number=head.part(1),
        action=LINE_ACTIONS.get(action or ""),
        action_code=source_code(action, LINE_ACTIONS),
        item=read_item(group),
        quantity=quantity,
        uom=uom,
        unit_price=net.amount if net else None,
        list_price=gross.amount if gross else None,
        price_base=net.base_quantity if net else gross.base_quantity if gross else None,
        price_base_uom=net.base_uom if net else gross.base_uom if gross else None,
        price_code=net.price_type if net and net.price_type != _NET_PRICE[0] else None,
        prices=tuple(prices),
        line_net_amount=group.amount(*_NET_AMOUNT),
        units_per_pack=read_count(group, *_PER_PACK),
        delivery=delivery if delivery != Delivery() else None,
        delivery_schedules=(*_read_places(group), *_read_schedules(group)),
        parties=read_parties(group.groups("NAD")),
        allowances=allowances,
        taxes=read_taxes(group.groups("TAX")),
        notes=read_notes(group, reading.widths.free_text),
        references=tuple(read_references(group.groups("RFF"))),
        **dates,
    )
    _check(reading, line, head.path(1), currency)
    return line


def _check(reading: EdifactReading, line: OrderLine, path: str, currency: str | None) -> None:
    """An order's quantity is positive unless the partner's profile says otherwise; a net amount adds up."""
    if line.quantity is not None and line.quantity < 0 and not reading.profile.allow_negative:
        message = f"The quantity of line {line.line_number} is negative: {line.quantity}."
        reading.find(Severity.ERROR, "negative-quantity", message, path=path, found=line.quantity)
    computed = line_net(extension(line.quantity, line.unit_price, line.price_base), (), currency)
    declared = line.line_net_amount
    if computed is not None and declared is not None and abs(computed - declared) > _tolerance(line.quantity):
        message = (
            f"Line {line.line_number} has net amount {declared}, but quantity and price make {computed}."
        )
        reading.find(
            Severity.WARNING, "line-net-amount", message, path=path, expected=computed, found=declared
        )


def _tolerance(quantity: Decimal | None) -> Decimal:
    """A hundredth for each unit: what the rounding of a price can come to."""
    return max(abs(quantity or Decimal(0)), Decimal(1)) * Decimal("0.01")


def _read_places(group: GroupReader) -> Iterator[DeliverySchedule]:
    """LOC with QTY and DTM: a line split over places."""
    for place in group.groups("LOC"):
        quantity, uom = read_quantity(place, "11", *_ORDERED)
        if quantity is None:
            continue
        head = place.head
        code, agency, value = head.part(1), head.part(2, 3), head.part(2, 1)
        scheme = PARTY_SCHEMES.get(agency or "", IdentifierScheme.OTHER)
        where = Identifier(
            scheme=scheme, value=value or "", source_qualifier=source_code(agency, PARTY_SCHEMES)
        )
        yield DeliverySchedule(
            qty=quantity,
            uom=uom,
            date=read_dates(place, {REQUESTED: "date"}).get("date"),
            location=where if value else None,
            source_qualifier=None if code == _DELIVERY_PLACE else code,
        )


def _read_schedules(group: GroupReader) -> Iterator[DeliverySchedule]:
    """SCC with its QTY groups: a line split over dates."""
    for schedule in group.groups("SCC"):
        kind = schedule.head.part(1)
        for part in schedule.groups("QTY"):
            part.head.part(1, 1)
            quantity = part.head.number(1, 2)
            if quantity is None:
                continue
            dates = part.segments("DTM")
            yield DeliverySchedule(
                qty=quantity,
                uom=part.head.unit(1, 3),
                date=read_moment(dates[0]) if dates else None,
                source_qualifier=None if kind == _SCHEDULE else kind,
            )


def write_lines(lines: Sequence[OrderLine], writing: Writing) -> Iterator[Row]:
    """The LIN groups of an order's lines."""
    for index, line in enumerate(lines, 1):
        yield from _write_line(line, line.line_number or str(index), writing)


def _write_line(line: OrderLine, number: str, writing: Writing) -> Iterator[Row]:
    action = line.action_code or (_ACTION_CODES.get(line.action, "") if line.action else "")
    yield from write_item(line.item, writing, number, action)
    yield from write_quantity(_ORDERED[0], line.quantity, line.uom, writing)
    yield from write_quantity(_PER_PACK[0], line.units_per_pack, None, writing)
    yield from write_origin(line.item)
    yield from write_moment(REQUESTED, line.requested_delivery)
    yield from write_dates(line.delivery, DELIVERY_DATES)
    if line.line_net_amount is not None:
        yield ("MOA", [[_NET_AMOUNT[0], line.line_net_amount]])
    yield from write_notes(line.notes, writing.widths.free_text)
    for price in _written_prices(line):
        yield from write_price(price, writing)
    yield from write_references(line.references)
    yield from _write_places(line.delivery_schedules, writing)
    yield from write_taxes(line.taxes)
    yield from write_parties(line.parties)
    yield from write_allowances(line.allowances, writing)
    yield from _write_schedules(line.delivery_schedules, writing)


def _written_prices(line: OrderLine) -> Iterator[Price]:
    for amount, kind in (
        (line.unit_price, line.price_code or _NET_PRICE[0]),
        (line.list_price, _GROSS_PRICE[0]),
    ):
        if amount is not None:
            yield Price(
                amount=amount, base_quantity=line.price_base, base_uom=line.price_base_uom, price_type=kind
            )
    yield from line.prices


def _write_places(schedules: Sequence[DeliverySchedule], writing: Writing) -> Iterator[Row]:
    for schedule in schedules:
        if (where := schedule.location) is not None:
            agency = where.source_qualifier or _AGENCIES.get(where.scheme, "ZZZ")
            yield ("LOC", [schedule.source_qualifier or _DELIVERY_PLACE, [where.value, "", agency]])
            yield from write_quantity("11", schedule.qty, schedule.uom, writing)
            yield from write_moment(REQUESTED, schedule.date)


def _write_schedules(schedules: Sequence[DeliverySchedule], writing: Writing) -> Iterator[Row]:
    for schedule in schedules:
        if schedule.location is None:
            yield ("SCC", [schedule.source_qualifier or _SCHEDULE])
            yield from write_quantity(_ORDERED[0], schedule.qty, schedule.uom, writing)
            yield from write_moment(REQUESTED, schedule.date)
