"""Despatch advice with its tree of packages (UBL DespatchAdvice; X12 856; EDIFACT DESADV)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import computed_field

from ml_connector.documents.base import Model, Moment, Number, effective
from ml_connector.documents.delivery import DeliveryTerms, Transport
from ml_connector.documents.identifiers import Identifier
from ml_connector.documents.items import Item
from ml_connector.documents.measures import CodedValue, UnitOfMeasure
from ml_connector.documents.order import Purpose, SubLine
from ml_connector.documents.parties import Party
from ml_connector.documents.provenance import BusinessDocument
from ml_connector.documents.references import Note, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator


class PackageLevel(StrEnum):
    """How high in the tree a package stands; SHIPMENT is no package but holds what is in none."""

    SHIPMENT = "shipment"
    PALLET = "pallet"
    CARTON = "carton"
    INNER = "inner"


class DespatchItem(Model):
    """Goods of one article in one place; the order they belong to is always named here if it is known."""

    po_number: str | None = None
    po_line: str | None = None
    po_release: str | None = None
    line: str | None = None
    item: Item = Item()
    qty: Number | None = None
    uom: UnitOfMeasure | None = None
    ordered_qty: Number | None = None
    ordered_uom: UnitOfMeasure | None = None
    shipped_to_date: Number | None = None
    status_code: str | None = None
    units_per_pack: Number | None = None
    lot: str | None = None
    expiry: Moment | None = None
    best_before: Moment | None = None
    production: Moment | None = None
    serials: tuple[str, ...] = ()
    sn: str | None = None
    references: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()
    sub_lines: tuple[SubLine, ...] = ()


#: Levels of packages no shipment has; a despatch advice with more was made to break its reader.
MOST_NESTED = 64


class Package(Model):
    """A pallet, carton or inner pack with what is in it. ``id`` is its SSCC or other mark.

    ``parent`` repeats the id of the package around it, where that has one.
    """

    id: Identifier | None = None
    additional_ids: tuple[Identifier, ...] = ()
    type: CodedValue | None = None
    level: PackageLevel = PackageLevel.CARTON
    count: int | None = None
    weight: Number | None = None
    weight_uom: UnitOfMeasure | None = None
    net_weight: Number | None = None
    volume: Number | None = None
    volume_uom: UnitOfMeasure | None = None
    parent: str | None = None
    po_number: str | None = None
    references: tuple[Reference, ...] = ()
    items: tuple[DespatchItem, ...] = ()
    children: tuple[Package, ...] = ()

    def walk(self) -> Iterator[Package]:
        """This package and everything in it, outermost first."""
        yield self
        for child in self.children:
            yield from child.walk()


class DespatchOrder(Model):
    """An order that goods of the shipment belong to, with what the sender says once per order."""

    po_number: str | None = None
    release: str | None = None
    change_sequence: str | None = None
    issue_date: date | None = None
    contract: str | None = None
    references: tuple[Reference, ...] = ()
    parties: tuple[Party, ...] = ()
    package_type: CodedValue | None = None
    package_count: int | None = None
    weight: Number | None = None
    weight_uom: UnitOfMeasure | None = None


class Carrier(Transport):
    """The carrier of the shipment."""

    scac: str | None = None


class DespatchTotals(Model):
    """Totals of a despatch advice, as declared or as computed; ``hash`` is the sum of quantities.

    ``level_count`` counts the levels of the hierarchy, which many X12 senders declare instead of lines.
    """

    package_count: int | None = None
    line_count: int | None = None
    level_count: int | None = None
    hash: Number | None = None


class DespatchAdvice(BusinessDocument):
    """What has been shipped, in which packages, for which orders."""

    document_type: Literal["despatch_advice"] = "despatch_advice"
    despatch_number: str
    function: Purpose = Purpose.ORIGINAL
    structure: str | None = None
    issue_datetime: Moment | None = None
    despatch_datetime: Moment | None = None
    estimated_delivery: Moment | None = None
    requested_delivery: Moment | None = None
    carrier: Carrier | None = None
    bill_of_lading: str | None = None
    delivery_terms: DeliveryTerms | None = None
    parties: tuple[Party, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()
    package_type: CodedValue | None = None
    package_count: int | None = None
    weight: Number | None = None
    weight_uom: UnitOfMeasure | None = None
    volume: Number | None = None
    volume_uom: UnitOfMeasure | None = None
    orders: tuple[DespatchOrder, ...] = ()
    packages: tuple[Package, ...] = ()
    totals_declared: DespatchTotals = DespatchTotals()
    totals_computed: DespatchTotals = DespatchTotals()

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property; pydantic asks for it
    @property
    def totals(self) -> DespatchTotals:
        """The totals to go by: as declared, else as computed."""
        return effective(self.totals_declared, self.totals_computed)

    @property
    def number(self) -> str:
        """The shipment's number (BSN02, BGM 1004, DELN1)."""
        return self.despatch_number

    def all_packages(self) -> Iterator[Package]:
        """Every package of the tree, outermost first."""
        for package in self.packages:
            yield from package.walk()

    def all_items(self) -> Iterator[DespatchItem]:
        """Every item of the shipment, wherever it is packed."""
        for package in self.all_packages():
            yield from package.items
