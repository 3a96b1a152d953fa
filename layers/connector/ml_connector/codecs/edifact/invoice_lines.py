"""The lines of INVOIC: the LIN group with everything in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.commercial import read_allowances, read_taxes, write_allowances, write_taxes
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
from ml_connector.codecs.edifact.order_header import DELIVERY_DATES, read_dates, write_dates
from ml_connector.codecs.edifact.parties import read_parties, write_parties
from ml_connector.codecs.edifact.references import (
    order_among,
    read_references,
    write_reference,
    write_references,
)
from ml_connector.codecs.edifact.texts import read_notes, write_notes
from ml_connector.documents import (
    Delivery,
    InvoiceLine,
    Level,
    LinePrice,
    OrderReference,
    Price,
    Reference,
    ReferenceType,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml_connector.codecs.edifact.reading import EdifactReading, GroupReader
    from ml_connector.codecs.edifact.writing import Writing
    from ml_connector.edi.rows import Row

# 6063: 47 invoiced; despatched (12), returned (61) where nothing else is said; 192 free goods, 46 delivered.
_INVOICED = ("47", "12", "61", "1", "21")
_SHIPPED = ("46",)
_FREE = ("192",)
_PER_PACK = ("59", "52")
_NET_AMOUNT = ("203", "66", "38")
_NET_PRICE = ("AAA", "INV", "CAL", "CON")
_GROSS_PRICE = ("AAB",)
_DESPATCHES = (ReferenceType.DESPATCH_ADVICE, ReferenceType.DELIVERY_NOTE)


def read_lines(reading: EdifactReading) -> tuple[InvoiceLine, ...]:
    """The lines of an invoice."""
    return tuple(_read_line(group, reading) for group in reading.root.groups("LIN"))


def _read_line(group: GroupReader, reading: EdifactReading) -> InvoiceLine:
    head = group.head
    quantity, uom = read_quantity(group, *_INVOICED)
    prices = list(read_prices(group.groups("PRI")))
    references = read_references(group.groups("RFF"))
    delivery = Delivery(**read_dates(group, DELIVERY_DATES))
    return InvoiceLine(
        line_number=head.part(1),
        order_ref=take_order(references) or other_order(references),
        despatch_ref=take_despatch(references),
        item=read_item(group),
        quantity=quantity,
        uom=uom,
        price=_read_price(prices),
        prices=tuple(prices),
        units_per_pack=read_count(group, *_PER_PACK),
        shipped_quantity=read_count(group, *_SHIPPED),
        free_quantity=read_count(group, *_FREE),
        allowances=read_allowances(group.groups("ALC"), Level.LINE),
        net_amount=group.amount(*_NET_AMOUNT),
        tax=read_taxes(group.groups("TAX")),
        delivery=delivery if delivery != Delivery() else None,
        parties=read_parties(group.groups("NAD")),
        references=tuple(references),
        notes=read_notes(group, reading.widths.free_text),
    )


def take_order(references: list[Reference]) -> OrderReference | None:
    """The first reference to an order, taken out of the list."""
    for reference in references:
        if reference.type is ReferenceType.PURCHASE_ORDER and reference.source_qualifier is None:
            references.remove(reference)
            return _as_order(reference)
    return None


def other_order(references: list[Reference]) -> OrderReference | None:
    """The order that is named under another qualifier than RFF+ON, in a reference that stays."""
    found = order_among(references)
    return _as_order(found) if found else None


def _as_order(reference: Reference) -> OrderReference:
    return OrderReference(
        po_number=reference.number,
        po_line=reference.line_number,
        release=reference.release,
        issue_date=reference.issue_date,
    )


def take_despatch(references: list[Reference]) -> Reference | None:
    """The first reference to a despatch advice or delivery note, taken out of the list."""
    for reference in references:
        if reference.type in _DESPATCHES:
            references.remove(reference)
            return reference
    return None


def _read_price(prices: list[Price]) -> LinePrice | None:
    net, gross = take_price(prices, *_NET_PRICE), take_price(prices, *_GROSS_PRICE)
    stated = net or gross
    if stated is None:
        return None
    return LinePrice(
        net=net.amount if net else None,
        gross=gross.amount if gross else None,
        base=stated.base_quantity,
        base_uom=stated.base_uom,
        source_code=net.price_type if net and net.price_type != _NET_PRICE[0] else None,
    )


def write_lines(lines: Sequence[InvoiceLine], writing: Writing) -> Iterator[Row]:
    """The LIN groups of an invoice's lines."""
    for index, line in enumerate(lines, 1):
        yield from _write_line(line, line.line_number or str(index), writing)


def _write_line(line: InvoiceLine, number: str, writing: Writing) -> Iterator[Row]:
    yield from write_item(line.item, writing, number)
    yield from write_quantity(_INVOICED[0], line.quantity, line.uom, writing)
    yield from write_quantity(_SHIPPED[0], line.shipped_quantity, None, writing)
    yield from write_quantity(_FREE[0], line.free_quantity, None, writing)
    yield from write_quantity(_PER_PACK[0], line.units_per_pack, None, writing)
    yield from write_origin(line.item)
    yield from write_dates(line.delivery, DELIVERY_DATES)
    yield from write_notes(line.notes, writing.widths.free_text)
    if line.net_amount is not None:
        yield ("MOA", [[_NET_AMOUNT[0], line.net_amount]])
    for price in _written_prices(line):
        yield from write_price(price, writing)
    yield from write_line_references(line)
    yield from write_taxes(line.tax)
    yield from write_parties(line.parties)
    yield from write_allowances(line.allowances, writing)


def _written_prices(line: InvoiceLine) -> Iterator[Price]:
    price = line.price or LinePrice()
    for amount, kind in ((price.net, price.source_code or _NET_PRICE[0]), (price.gross, _GROSS_PRICE[0])):
        if amount is not None:
            yield Price(amount=amount, base_quantity=price.base, base_uom=price.base_uom, price_type=kind)
    yield from line.prices


def write_line_references(line: InvoiceLine) -> Iterator[Row]:
    """The RFF groups of a line: its order, its despatch, the others."""
    if line.order_ref is not None:
        yield from write_reference("ON", order_as_reference(line.order_ref))
    if line.despatch_ref is not None:
        yield from write_references([line.despatch_ref])
    yield from write_references(line.references)


def order_as_reference(order: OrderReference) -> Reference:
    """An order as the reference RFF+ON writes."""
    return Reference(
        type=ReferenceType.PURCHASE_ORDER,
        number=order.po_number,
        line_number=order.po_line,
        release=order.release,
        issue_date=order.issue_date,
    )
