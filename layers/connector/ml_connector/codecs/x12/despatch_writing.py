"""Writing a despatch advice as HL levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.x12.dates import write_dates, write_terms
from ml_connector.codecs.x12.lading import write_lading
from ml_connector.codecs.x12.parties import write_parties
from ml_connector.codecs.x12.purchase_order import PURPOSES
from ml_connector.codecs.x12.qualifiers import code_for
from ml_connector.codecs.x12.references import write_references
from ml_connector.codecs.x12.shipment import (
    write_carrier,
    write_item,
    write_marks,
    write_order,
)
from ml_connector.codecs.x12.structures import LEVELS, SHIPMENT_DATES, STRUCTURES
from ml_connector.documents import DespatchOrder, PackageLevel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.documents import DespatchAdvice, DespatchItem, Package

_PICK_AND_PACK, _ITEM_FIRST, _PACK_FIRST, _STANDARD = STRUCTURES.values()


def write_despatch(writer: SetWriter, document: DespatchAdvice) -> None:
    """Put BSN, all levels and CTT.

    Raises:
        Misconfigured: The document holds what an 856 can't carry.
    """
    structure = document.structure or structure_of(document)
    if document.notes:
        raise writer.refuse("notes", "an 856 has no notes", document.notes[0].text)
    writer.put(
        "BSN",
        code_for(PURPOSES, document.function),
        document.despatch_number,
        document.issue_datetime,
        document.issue_datetime,
        code_for(STRUCTURES, structure),
    )
    levels = _Levels(writer, document, structure)
    levels.write()
    declared, items = document.totals_declared, sum(1 for _ in document.all_items())
    by_items = declared.line_count == items or writer.profile.count_hierarchy is False
    writer.put("CTT", items if by_items else levels.count, declared.hash)


def structure_of(document: DespatchAdvice) -> str:
    """The shape to write: by order, unless a package holds goods of several orders."""
    real = [package for package in document.packages if package.level is not PackageLevel.SHIPMENT]
    if any(len(_orders_in(package)) > 1 for package in real):
        return _PACK_FIRST
    if real:
        return _PICK_AND_PACK
    return _ITEM_FIRST if any(package.children for package in document.packages) else _STANDARD


def _orders_in(package: Package) -> list[str | None]:
    """The orders that goods of a package belong to, in order of appearance."""
    found = [item.po_number for inner in package.walk() for item in inner.items]
    return list(dict.fromkeys(found)) or [package.po_number]


class _Levels:
    """Numbers the HL segments and puts what each level holds."""

    def __init__(self, writer: SetWriter, document: DespatchAdvice, structure: str) -> None:
        self._writer = writer
        self._document = document
        self._structure = structure
        self._orders = {order.po_number: order for order in reversed(document.orders)}
        self._told: set[str | None] = set()
        self.count = 0

    def write(self) -> None:
        """Put the shipment and everything below it."""
        shipment = self._open("S", None)
        self._shipment()
        if self._structure == _PACK_FIRST:
            for index, package in enumerate(self._document.packages):
                with self._writer.within(f"packages[{index}]"):
                    self._package_first(package, shipment)
            return
        for order, packages in self._by_order():
            parent = shipment if order is None else self._order(order, packages[0], shipment)
            for package in packages:
                with self._writer.within(f"packages[{self._document.packages.index(package)}]"):
                    self._below_order(package, parent)

    def _open(self, code: str, parent: int | None) -> int:
        self.count += 1
        self._writer.put("HL", str(self.count), str(parent) if parent else None, code)
        return self.count

    def _shipment(self) -> None:
        document, writer = self._document, self._writer
        lading = {"type": document.package_type, "count": document.package_count}
        write_lading(writer, {**dict(document), **lading})
        write_carrier(writer, document.carrier)
        if document.bill_of_lading:
            writer.put("REF", "BM", document.bill_of_lading)
        if document.carrier and document.carrier.tracking:
            writer.put("REF", "CN", document.carrier.tracking)
        write_references(writer, document.references)
        write_dates(writer, dict(document), SHIPMENT_DATES)
        write_terms(writer, document.delivery_terms)
        write_parties(writer, document.parties)

    def _by_order(self) -> Iterable[tuple[str | None, list[Package]]]:
        """The packages of each order, orders as they first appear; one package is of one order here."""
        groups: dict[str | None, list[Package]] = {order.po_number: [] for order in self._document.orders}
        for package in self._document.packages:
            orders = _orders_in(package)
            if len(orders) > 1:
                raise self._writer.refuse(
                    "packages",
                    "a package of several orders needs structure 0003",
                    ", ".join(map(str, orders)),
                )
            groups.setdefault(orders[0], []).append(package)
        return ((order, packages) for order, packages in groups.items() if packages)

    def _order(self, number: str | None, package: Package, parent: int) -> int:
        level = self._open("O", parent)
        order = self._orders.get(number)
        if order is None or number in self._told:
            release = next((i.po_release for inner in package.walk() for i in inner.items), None)
            order = DespatchOrder(po_number=number, release=order.release if order else release)
        self._told.add(number)
        write_order(self._writer, order)
        return level

    def _below_order(self, package: Package, parent: int) -> None:
        if package.level is not PackageLevel.SHIPMENT:
            self._package(package, parent)
            return
        for item in package.items:
            level = self._item(item, parent)
            for inner in package.children:
                if len(package.items) > 1:
                    raise self._writer.refuse(
                        "children", "packages of loose items hang under one item each", inner.level.value
                    )
                self._package(inner, level)

    def _package(self, package: Package, parent: int) -> int:
        level = self._package_head(package, parent)
        for item in package.items:
            self._item(item, level)
        for inner in package.children:
            self._package(inner, level)
        return level

    def _package_head(self, package: Package, parent: int) -> int:
        code = code_for(LEVELS, package.level)
        if code is None:
            raise self._writer.refuse(
                "level", "no package of this level is inside another", package.level.value
            )
        level = self._open(code, parent)
        write_lading(self._writer, dict(package))
        write_references(self._writer, package.references)
        write_marks(self._writer, package)
        return level

    def _package_first(self, package: Package, parent: int) -> None:
        """Shipment, package, order, item: the orders of a package stand inside it."""
        real = package.level is not PackageLevel.SHIPMENT
        level = self._package_head(package, parent) if real else parent
        for order in dict.fromkeys(item.po_number for item in package.items):
            inside = self._order(order, package, level) if order is not None else level
            for item in package.items:
                if item.po_number == order:
                    self._item(item, inside)
        for inner in package.children:
            self._package_first(inner, level)

    def _item(self, item: DespatchItem, parent: int) -> int:
        level = self._open("I", parent)
        with self._writer.within("items"):
            write_item(self._writer, item, with_order=False)
        return level
