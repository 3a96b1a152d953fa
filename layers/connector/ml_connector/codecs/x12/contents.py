"""The contents of a shipment: the levels of an 856 as packages in packages, with the items in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.x12.lading import OF_PACKAGE, read_lading, read_packed
from ml_connector.codecs.x12.references import read_references
from ml_connector.codecs.x12.shipment import read_item, read_marks, read_order, read_share, sum_of_items
from ml_connector.codecs.x12.structures import LEVELS
from ml_connector.documents import Package, PackageLevel, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.x12.elements import X12Reading
    from ml_connector.codecs.x12.hierarchy import Level
    from ml_connector.documents import DespatchItem, DespatchOrder

_ORDER, _ITEM = "O", "I"


class Contents:
    """Turns levels into packages, and keeps the orders met on the way.

    Attributes:
        orders: Those orders.
        further_shares: How many items there are beyond the item levels, for those that packages share.
    """

    def __init__(self, reading: X12Reading) -> None:
        self._reading = reading
        self.orders: list[DespatchOrder] = []
        self.further_shares = 0

    def packages_of(self, level: Level, order: DespatchOrder | None = None) -> list[Package]:
        """The packages below a shipment or order level; loose items stand in one of level SHIPMENT."""
        if level.code == _ORDER:
            order = self._order(level)
        loose = [self._item(child, order) for child in level.children if self._is_loose(child)]
        number = order.po_number if order else None
        packages = []
        if loose:
            packages.append(Package(level=PackageLevel.SHIPMENT, po_number=number, items=tuple(loose)))
        for child in level.children:
            packages += self._packed(child, order)
        return packages

    def _packed(self, level: Level, order: DespatchOrder | None) -> list[Package]:
        if level.code in LEVELS:
            return [self._package(level, order)]
        if level.code != _ITEM:
            return self.packages_of(level, order)
        if self._is_loose(level):
            return []
        if self._is_shared(level):
            return [self._package(child, order, share=share) for child, share in self._shares(level, order)]
        item = self._item(level, order)
        inside = tuple(self._package(child, order) for child in level.children if child.code in LEVELS)
        number = order.po_number if order else None
        return [Package(level=PackageLevel.SHIPMENT, po_number=number, items=(item,), children=inside)]

    def _is_loose(self, level: Level) -> bool:
        """An item that is not taken apart into packages of its own."""
        return level.code == _ITEM and not any(child.code in LEVELS for child in level.children)

    def _is_shared(self, level: Level) -> bool:
        """An item that the packages below it share: each says how much it holds (SN1), and not of what."""
        packages = [child.loop for child in level.children if child.code in LEVELS]
        return (
            level.code == _ITEM
            and bool(packages)
            and all(loop.segment("SN1") and not loop.segment("LIN") for loop in packages)
        )

    def _shares(self, level: Level, order: DespatchOrder | None) -> Iterator[tuple[Level, DespatchItem]]:
        """Each package below an item with its share of it; what is told once is told with the first."""
        item = self._item(level, order)
        packages = [child for child in level.children if child.code in LEVELS]
        shares = [read_share(self._reading, child.loop, item) for child in packages]
        named = item.po_line or item.line or "?"
        if item.qty is not None and sum_of_items(shares) != item.qty:
            self._reading.find(
                Severity.WARNING,
                "shares-of-item",
                f"Item {named} has {item.qty}, its packages hold {sum_of_items(shares)}.",
                path=f"item {named}",
                expected=item.qty,
                found=sum_of_items(shares),
            )
        self.further_shares += len(shares) - 1
        once: dict[str, Any] = dict.fromkeys(("ordered_qty", "ordered_uom", "shipped_to_date"))
        others = (share.model_copy(update={**once, "serials": ()}) for share in shares[1:])
        yield from zip(packages, (shares[0], *others), strict=True)

    def _package(
        self,
        level: Level,
        order: DespatchOrder | None,
        parent: str | None = None,
        share: DespatchItem | None = None,
    ) -> Package:
        loop = level.loop
        marks = read_marks(self._reading, loop.segments("MAN"))
        own = marks[0].value if marks else None
        items = list(self._items_inside(level, order))
        is_item = share is None and loop.segment("SN1") is not None
        if share is not None:
            items.insert(0, share)
        elif is_item:
            items.insert(0, read_item(self._reading, loop, order))
        return Package(
            id=marks[0] if marks else None,
            additional_ids=tuple(marks[1:]),
            level=LEVELS[level.code],
            parent=parent,
            po_number=order.po_number if order else None,
            references=() if is_item else read_references(self._reading, loop.segments("REF")),
            items=tuple(items),
            children=tuple(
                self._package(inner, above, own, held) for inner, above, held in self._inside(level, order)
            ),
            **(read_lading(self._reading, loop, OF_PACKAGE) if is_item else read_packed(self._reading, loop)),
        )

    def _items_inside(self, level: Level, order: DespatchOrder | None) -> Iterator[DespatchItem]:
        """Items directly in a package, also those that stand below an order level inside it."""
        for child in level.children:
            if child.code == _ITEM:
                if not self._is_shared(child):
                    yield self._item(child, order)
            elif child.code not in LEVELS:
                yield from self._items_inside(child, self._order(child) if child.code == _ORDER else order)

    def _inside(
        self, level: Level, order: DespatchOrder | None
    ) -> Iterator[tuple[Level, DespatchOrder | None, DespatchItem | None]]:
        """Packages directly in a package, or below an item in it: the order around each, its share of it."""
        for child in level.children:
            if child.code in LEVELS:
                yield child, order, None
            elif self._is_shared(child):
                yield from ((inner, order, share) for inner, share in self._shares(child, order))
            elif child.code == _ITEM:
                yield from self._inside(child, order)
            elif child.code == _ORDER:
                yield from self._inside(child, self._order(child))

    def _item(self, level: Level, order: DespatchOrder | None) -> DespatchItem:
        return read_item(self._reading, level.loop, order)

    def _order(self, level: Level) -> DespatchOrder:
        """The order of a level; one that only repeats the number of an order already met is that order."""
        order = read_order(self._reading, level.loop)
        known = next((o for o in self.orders if o.po_number == order.po_number), None)
        if known is not None and order in (
            known,
            type(order)(po_number=order.po_number, release=order.release),
        ):
            return known
        self.orders.append(order)
        return order
