"""The LIN groups of DESADV: the goods in a package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.items import (
    read_count,
    read_item,
    read_quantity,
    write_item,
    write_origin,
    write_quantity,
)
from ml_connector.codecs.edifact.order_header import read_dates, write_dates
from ml_connector.codecs.edifact.references import read_references, write_reference, write_references
from ml_connector.codecs.edifact.texts import read_notes, write_notes
from ml_connector.documents import DespatchItem, Reference, ReferenceType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ml_connector.codecs.edifact.reading import GroupReader
    from ml_connector.codecs.edifact.writing import Writing
    from ml_connector.edi.rows import Row

# 6063: 12 despatched, 21 ordered; 59, 52 units per pack.
_DESPATCHED, _ORDERED = ("12", "46", "1"), "21"
_PER_PACK = ("59", "52")
_DATES = {"36": "expiry", "361": "best_before", "94": "production"}
# 7405: BX batch; BN, SN serial number.
_BATCH, _SERIALS = "BX", ("BN", "SN")


def read_items(groups: Iterable[GroupReader], only_order: str | None) -> tuple[DespatchItem, ...]:
    """The goods of LIN groups; an item that names no order belongs to the only one the header names."""
    return tuple(_read_item(group, only_order) for group in groups)


def _read_item(group: GroupReader, only_order: str | None) -> DespatchItem:
    quantity, uom = read_quantity(group, *_DESPATCHED)
    ordered, ordered_uom = read_quantity(group, _ORDERED)
    references = read_references(group.groups("RFF"))
    order = next((r for r in references if _names_order(r)), None)
    if order is not None:
        references.remove(order)
    item = read_item(group)
    batches, serials = _read_numbers(group)
    return DespatchItem(
        po_number=order.number if order else only_order,
        po_line=order.line_number if order else None,
        po_release=order.release if order else None,
        line=group.head.part(1),
        item=item.model_copy(update={"lot": None}),
        qty=quantity,
        uom=uom,
        ordered_qty=ordered,
        ordered_uom=ordered_uom,
        units_per_pack=read_count(group, *_PER_PACK),
        lot=batches[0] if batches else item.lot,
        serials=tuple(serials),
        references=tuple(references),
        notes=read_notes(group, group.reading.widths.free_text),
        **read_dates(group, _DATES),
    )


def _names_order(reference: Reference) -> bool:
    return reference.type is ReferenceType.PURCHASE_ORDER and reference.source_qualifier is None


def _read_numbers(group: GroupReader) -> tuple[list[str], list[str]]:
    """Batches and serial numbers of GIN; further batches stay unread."""
    batches: list[str] = []
    serials: list[str] = []
    for segment in group.segments("GIN"):
        kind = segment.peek(1)
        found = serials if kind in _SERIALS else batches if kind == _BATCH and not batches else None
        if found is None:
            continue
        segment.part(1)
        for element in range(2, 7 if found is serials else 3):
            if value := segment.part(element, 1):
                found.append(value)
    return batches, serials


def write_items(items: Sequence[DespatchItem], before: int, writing: Writing) -> Iterator[Row]:
    """The LIN groups of goods; ``before`` is how many lines stand before them."""
    for index, item in enumerate(items, before + 1):
        yield from _write_item(item, item.line or str(index), writing)


def _write_item(item: DespatchItem, number: str, writing: Writing) -> Iterator[Row]:
    yield from write_item(item.item, writing, number)
    yield from write_quantity(_DESPATCHED[0], item.qty, item.uom, writing)
    yield from write_quantity(_ORDERED, item.ordered_qty, item.ordered_uom, writing)
    yield from write_quantity(_PER_PACK[0], item.units_per_pack, None, writing)
    yield from write_origin(item.item)
    if item.lot:
        yield ("GIN", [_BATCH, item.lot])
    for at in range(0, len(item.serials), 5):
        yield ("GIN", [_SERIALS[0], *item.serials[at : at + 5]])
    yield from write_dates(item, _DATES)
    yield from write_notes(item.notes, writing.widths.free_text)
    if item.po_number:
        order = Reference(
            type=ReferenceType.PURCHASE_ORDER,
            number=item.po_number,
            line_number=item.po_line,
            release=item.po_release,
        )
        yield from write_reference("ON", order)
    yield from write_references(item.references)
