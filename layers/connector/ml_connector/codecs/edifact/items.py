"""LIN, PIA, IMD, QTY and PRI: what is traded, how much of it and at which price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.qualifiers import GTIN_TYPES, ITEM_NUMBERS, first_codes, source_code
from ml_connector.codecs.edifact.texts import join_text, split_text
from ml_connector.codecs.identity import check_identifier
from ml_connector.documents import Identifier, IdentifierScheme, Item, Price

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from ml_connector.codecs.edifact.reading import GroupReader, SegmentReader
    from ml_connector.codecs.edifact.writing import Writing
    from ml_connector.documents import UnitOfMeasure
    from ml_connector.edi.rows import Row

_NUMBER_TYPES = first_codes(ITEM_NUMBERS)
_NAMED = {
    IdentifierScheme.GTIN: "gtin",
    IdentifierScheme.SELLER_ASSIGNED: "seller_id",
    IdentifierScheme.BUYER_ASSIGNED: "buyer_id",
    IdentifierScheme.MANUFACTURER_ASSIGNED: "manufacturer_id",
}
# 4347 of PIA: 5 identifies, 1 adds; 3 names what stands in for the item.
IDENTIFIES, ADDS, SUBSTITUTED_BY = "5", "1", "3"
# 7081 of IMD: 8 the product's name; none for its description. 7143 NB is a batch.
_PRODUCT_NAME = "8"
_BATCH = "NB"
_NUMBERS_PER_PIA = 5


def read_item(group: GroupReader) -> Item:
    """The item of a LIN group: its numbers from LIN and PIA, its texts from IMD, its origin from ALI."""
    head = group.head
    numbers = [number] if (number := _read_number(head, 3)) else []
    values: dict[str, object] = {}
    for segment in group.segments("PIA"):
        if segment.peek(1) in (IDENTIFIES, ADDS):
            segment.part(1)
            numbers += _read_numbers(segment, values)
    origin = group.segment("ALI")
    return Item(
        **values,
        **_named(numbers),
        name=_read_text(group, _PRODUCT_NAME),
        description=_read_text(group, ""),
        country=origin.part(1) if origin else None,
    )


def read_substitute(group: GroupReader) -> Item | None:
    """The item of PIA+3 of a LIN group: what replaces the one ordered."""
    numbers = [
        number
        for segment in group.segments("PIA")
        if segment.peek(1) == SUBSTITUTED_BY and segment.part(1)
        for number in _read_numbers(segment, {})
    ]
    return Item(**_named(numbers)) if numbers else None


def _read_numbers(segment: SegmentReader, values: dict[str, object]) -> list[Identifier]:
    found = []
    for element in range(2, 2 + _NUMBERS_PER_PIA):
        if segment.peek(element, 2) == _BATCH:
            segment.part(element, 2)
            values["lot"] = segment.part(element, 1)
        elif number := _read_number(segment, element):
            found.append(number)
    return found


def _read_number(segment: SegmentReader, element: int) -> Identifier | None:
    value, code = segment.part(element, 1), segment.part(element, 2)
    if value is None:
        return None
    if segment.peek(element, 4) == "9":
        segment.part(element, 4)
    if code in GTIN_TYPES:
        qualifier = None if code in GTIN_TYPES[:2] else code
        gtin = Identifier(scheme=IdentifierScheme.GTIN, value=value, source_qualifier=qualifier)
        return check_identifier(segment.reading, gtin, segment.path(element))
    scheme = ITEM_NUMBERS.get(code or "", IdentifierScheme.OTHER)
    return Identifier(scheme=scheme, value=value, source_qualifier=source_code(code, ITEM_NUMBERS))


def _named(numbers: list[Identifier]) -> dict[str, object]:
    """The first of each kind under its name, the others as additional."""
    values: dict[str, object] = {}
    additional = []
    for number in numbers:
        field = _NAMED.get(number.scheme)
        if field and field not in values:
            values[field] = number
        else:
            additional.append(number)
    return {**values, "additional_ids": tuple(additional)}


def _read_text(group: GroupReader, characteristic: str) -> str | None:
    """The words of the IMD of one characteristic, over all their components and segments."""
    parts: list[str] = []
    for segment in group.segments("IMD"):
        if segment.peek(2) == characteristic and (segment.peek(3, 4) or segment.peek(3, 5)):
            segment.take_code(1, "F")
            segment.part(2)
            parts += filter(None, segment.parts(3, 4, 5))
    return join_text(parts, group.reading.widths.description)


def write_item(item: Item, writing: Writing, line_number: str | None, action: str = "") -> Iterator[Row]:
    """LIN, PIA and IMD of a line; the GTIN stands in LIN, other numbers in PIA."""
    gtin = item.gtin
    kind = (gtin.source_qualifier or _type_of(gtin, writing)) if gtin else ""
    yield ("LIN", [line_number or "", action, [gtin.value, kind] if gtin else ""])
    numbers = [number for number in item.identifiers() if number is not gtin]
    parts = [[number.value, number.source_qualifier or _type_of(number, writing)] for number in numbers]
    if item.lot:
        parts.append([item.lot, _BATCH])
    yield from _write_numbers(parts, ADDS if gtin else IDENTIFIES)
    for characteristic, text in ((_PRODUCT_NAME, item.name), ("", item.description)):
        words = split_text(text, writing.widths.description)
        for at in range(0, len(words), 2):
            yield ("IMD", ["F", characteristic, ["", "", "", *words[at : at + 2]]])


def write_substitute(item: Item | None, writing: Writing) -> Iterator[Row]:
    """PIA+3 of the item that replaces the one ordered; nothing for None."""
    if item is not None:
        parts = [
            [number.value, number.source_qualifier or _type_of(number, writing)]
            for number in item.identifiers()
        ]
        yield from _write_numbers(parts, SUBSTITUTED_BY)


def _write_numbers(parts: list[list[str]], function: str) -> Iterator[Row]:
    for at in range(0, len(parts), _NUMBERS_PER_PIA):
        yield ("PIA", [function, *parts[at : at + _NUMBERS_PER_PIA]])


def _type_of(number: Identifier, writing: Writing) -> str:
    override = writing.profile.item_qualifiers.get(number.scheme.value)
    if override:
        return override
    return (
        writing.gtin_type
        if number.scheme is IdentifierScheme.GTIN
        else _NUMBER_TYPES.get(number.scheme, "ZZZ")
    )


def write_origin(item: Item) -> Iterator[Row]:
    """ALI with the country of origin."""
    if item.country:
        yield ("ALI", [item.country])


def read_quantity(group: GroupReader, *qualifiers: str) -> tuple[Decimal | None, UnitOfMeasure | None]:
    """The first QTY of one of the qualifiers, in their order: its number and its unit."""
    segment = group.first("QTY", *qualifiers)
    if segment is None:
        return None, None
    segment.part(1, 1)
    return segment.number(1, 2), segment.unit(1, 3)


def read_count(group: GroupReader, *qualifiers: str) -> Decimal | None:
    """The number of a QTY whose unit goes without saying; a unit that is there stays unread."""
    segment = group.first("QTY", *qualifiers)
    if segment is None:
        return None
    segment.part(1, 1)
    return segment.number(1, 2)


def write_quantity(
    qualifier: str, quantity: Decimal | None, uom: UnitOfMeasure | None, writing: Writing
) -> Iterator[Row]:
    """A QTY; nothing for None."""
    if quantity is not None:
        yield ("QTY", [[qualifier, quantity, writing.unit(uom)]])


def read_prices(groups: Iterable[GroupReader]) -> tuple[Price, ...]:
    """The PRI as they are, price type 5125 as ``price_type``; what kind of price 5387 stays unread."""
    prices = []
    for group in groups:
        head = group.head
        amount = head.number(1, 2)
        if amount is not None:
            prices.append(
                Price(
                    amount=amount,
                    base_quantity=head.number(1, 5),
                    base_uom=head.unit(1, 6),
                    price_type=head.part(1, 1),
                )
            )
    return tuple(prices)


def take_price(prices: list[Price], *types: str) -> Price | None:
    """The first price of one of the types, in their order, taken out of the list."""
    for kind in types:
        for price in prices:
            if price.price_type == kind:
                prices.remove(price)
                return price
    return None


def write_price(price: Price | None, writing: Writing) -> Iterator[Row]:
    """The PRI of a price; nothing for None."""
    if price is None:
        return
    base = "" if price.base_quantity is None else price.base_quantity
    yield ("PRI", [[price.price_type or "AAA", price.amount, "", "", base, writing.unit(price.base_uom)]])
