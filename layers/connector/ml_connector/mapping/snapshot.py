"""Look-ups answered from a file: the ledger's codes as they were, for explaining and testing rules offline.

The file is ``lookups.yaml`` of the configuration folder, kept by a person; what it does not list does not
exist.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from pydantic import Field, ValidationError

from ml_connector.documents.identifiers import normalise_gtin, normalise_vat
from ml_connector.errors import Misconfigured
from ml_connector.mapping.lookups import (
    BusinessPartner,
    CodeKind,
    EarlierInvoice,
    ItemRecord,
    Master,
    PartnerLocation,
    UnitConversion,
)
from ml_connector.matching import OrderLine, ReceiptLine
from ml_connector.partners.fragments import Code, Fragment, Number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml_connector.mapping.lookups import Kind
    from ml_connector.partners import Configuration

_ZERO = Decimal(0)

Day: TypeAlias = date  # a field named date hides the type of that name


class LocationEntry(Fragment):
    """A place of a supplier or customer."""

    id: Code
    name: str = ""
    gln: str = ""
    edi_code: str = ""


class PartnerEntry(Fragment):
    """A supplier or customer."""

    number: Code
    name: str = ""
    gln: str = ""
    vat_number: str = ""
    company_number: str = ""
    country: str = ""
    currency: str = ""
    terms: str = ""
    vat_zone: str = ""
    active: bool = True
    locations: tuple[LocationEntry, ...] = ()


class CodeEntry(Fragment):
    """Another number of an item."""

    kind: CodeKind
    code: Code
    partner: str = ""


class ConversionEntry(Fragment):
    """One ``from`` is ``factor`` of ``to``."""

    from_unit: Code = Field(alias="from")
    to_unit: Code = Field(alias="to")
    factor: Number


class ItemEntry(Fragment):
    """An item."""

    number: Code
    description: str = ""
    unit: str = ""
    purchase_unit: str = ""
    sales_unit: str = ""
    stock: bool = False
    vat_code: str = ""
    warehouse: str = ""
    codes: tuple[CodeEntry, ...] = ()
    conversions: tuple[ConversionEntry, ...] = ()


class OrderLineEntry(Fragment):
    """A line of a purchase order."""

    line: int
    item: str = ""
    supplier_item: str = ""
    unit: str = ""
    quantity: Number
    unit_price: Number
    received: Number = _ZERO
    invoiced: Number = _ZERO
    over_receipt: Number = _ZERO
    closed: bool = False


class OrderEntry(Fragment):
    """A purchase order."""

    number: Code
    supplier: Code
    currency: str = ""
    date: Day | None = None
    lines: tuple[OrderLineEntry, ...] = ()


class ReceiptEntry(Fragment):
    """A line of a released receipt."""

    receipt: Code
    line: int
    order: Code
    order_line: int
    quantity: Number
    invoiced: Number = _ZERO
    date: Day | None = None


class InvoiceEntry(Fragment):
    """An invoice the ledger has, with the order and receipt lines it billed."""

    number: Code
    supplier: Code
    reference: Code
    amount: Number | None = None
    currency: str = ""
    credits: dict[str, Number] = Field(default_factory=dict)
    orders: tuple[OrderEntry, ...] = ()
    receipts: tuple[ReceiptEntry, ...] = ()


class Snapshot(Fragment):
    """The content of ``lookups.yaml``."""

    suppliers: tuple[PartnerEntry, ...] = ()
    customers: tuple[PartnerEntry, ...] = ()
    items: tuple[ItemEntry, ...] = ()
    accounts: tuple[Code, ...] = ()
    branches: tuple[Code, ...] = ()
    warehouses: tuple[Code, ...] = ()
    terms: tuple[Code, ...] = ()
    currencies: tuple[Code, ...] = ()
    vat_codes: tuple[Code, ...] = ()
    projects: tuple[Code, ...] = ()
    locations: tuple[Code, ...] = ()
    units: tuple[Code, ...] = ()
    dimensions: dict[int, tuple[Code, ...]] = Field(default_factory=dict)
    orders: tuple[OrderEntry, ...] = ()
    receipts: tuple[ReceiptEntry, ...] = ()
    invoices: tuple[InvoiceEntry, ...] = ()


def snapshot_of(configuration: Configuration) -> SnapshotLookups:
    """Return the look-ups that the configuration's own ``lookups.yaml`` answers.

    Raises:
        Misconfigured: There is none, or it is not what it should be.
    """
    source = configuration.sources.get("lookups.yaml")
    if source is None:
        raise Misconfigured(
            "The configuration has no lookups.yaml, so nothing can be looked up offline.",
            advice="List the codes your rules use there, or ask Visma with --against-visma.",
        )
    try:
        return SnapshotLookups(Snapshot.model_validate(source.data or {}))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = source.where(*first["loc"])
        raise Misconfigured(
            f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}.",
            advice="Mend lookups.yaml.",
            file=where.file,
            line=where.line,
        ) from error


class SnapshotLookups:
    """`Lookups` over a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def of_company(self, company: str) -> SnapshotLookups:  # noqa: ARG002 - one snapshot stands for all
        """Return these: a snapshot is of one company."""
        return self

    def without_invoice(self, reference: str) -> SnapshotLookups:  # noqa: ARG002 - it says what was, once
        """Return these: what a snapshot says of invoiced quantities is a person's."""
        return self

    def supplier(self, number: str) -> BusinessPartner | None:
        """Return the supplier with this number."""
        return self._suppliers.get(number)

    def suppliers(self) -> Sequence[BusinessPartner]:
        """Return all suppliers."""
        return list(self._suppliers.values())

    def suppliers_by(self, scheme: str, value: str) -> Sequence[BusinessPartner]:
        """Return suppliers whose GLN, VAT or COMPANY_REG number is ``value``."""
        return [found for found in self._suppliers.values() if value in _numbers(found, scheme)]

    def customer(self, number: str) -> BusinessPartner | None:
        """Return the customer with this number."""
        return self._customers.get(number)

    def customers_by(self, scheme: str, value: str) -> Sequence[BusinessPartner]:
        """Return customers whose GLN, VAT or COMPANY_REG number is ``value``."""
        return [found for found in self._customers.values() if value in _numbers(found, scheme)]

    def locations(self, kind: Kind, number: str) -> Sequence[PartnerLocation]:
        """Return the locations of a supplier or customer."""
        entries = self._snapshot.suppliers if kind == "supplier" else self._snapshot.customers
        listed = (entry.locations for entry in entries if entry.number == number)
        return [PartnerLocation(**location.model_dump()) for location in next(listed, ())]

    def item(self, number: str) -> ItemRecord | None:
        """Return the item with this number."""
        return self._items.get(number)

    def items_by_code(self, kind: CodeKind, code: str, partner: str = "") -> Sequence[ItemRecord]:
        """Return items with this cross reference."""
        return self._codes.get((kind, _comparable(kind, code), partner), ())

    def exists(self, master: Master, code: str) -> bool:
        """Tell whether the snapshot lists this code."""
        return code in getattr(self._snapshot, _MASTERS[master])

    def segment_exists(self, segment: int, value: str) -> bool:
        """Tell whether the snapshot lists this value of the segment."""
        return value in self._snapshot.dimensions.get(segment, ())

    def order_lines(self, supplier: str, orders: tuple[str, ...]) -> Sequence[OrderLine]:
        """Return the lines of the named purchase orders, or of all of the supplier."""
        found = self._orders.get(supplier, {})
        wanted = [found[number] for number in orders if number in found] if orders else found.values()
        return [line for order in wanted for line in self._order_lines(order)]

    def receipt_lines(self, supplier: str, orders: tuple[str, ...]) -> Sequence[ReceiptLine]:
        """Return the receipt lines of the named purchase orders, or of all of the supplier."""
        own = self._orders.get(supplier, {})
        wanted = [number for number in orders if number in own] if orders else list(own)
        return [_receipt_line(entry) for number in wanted for entry in self._receipts.get(number, ())]

    def earlier_invoice(self, supplier: str, reference: str) -> EarlierInvoice | None:
        """Return the supplier's invoice with this number of theirs."""
        for entry in self._snapshot.invoices:
            if entry.supplier == supplier and entry.reference == reference:
                lines = tuple(line for order in entry.orders for line in self._order_lines(order))
                receipts = tuple(_receipt_line(receipt) for receipt in entry.receipts)
                return EarlierInvoice(
                    entry.number,
                    entry.reference,
                    entry.amount,
                    entry.currency,
                    dict(entry.credits),
                    lines,
                    receipts,
                )
        return None

    @cached_property
    def _suppliers(self) -> dict[str, BusinessPartner]:
        return {e.number: _business_partner(e) for e in self._snapshot.suppliers}

    @cached_property
    def _customers(self) -> dict[str, BusinessPartner]:
        return {e.number: _business_partner(e) for e in self._snapshot.customers}

    @cached_property
    def _items(self) -> dict[str, ItemRecord]:
        return {entry.number: _item(entry) for entry in self._snapshot.items}

    @cached_property
    def _codes(self) -> dict[tuple[CodeKind, str, str], list[ItemRecord]]:
        codes: dict[tuple[CodeKind, str, str], list[ItemRecord]] = defaultdict(list)
        for entry in self._snapshot.items:
            for code in entry.codes:
                key = (code.kind, _comparable(code.kind, code.code), code.partner)
                codes[key].append(self._items[entry.number])
        return codes

    @cached_property
    def _orders(self) -> dict[str, dict[str, OrderEntry]]:
        orders: dict[str, dict[str, OrderEntry]] = defaultdict(dict)
        for order in self._snapshot.orders:
            orders[order.supplier][order.number] = order
        return orders

    @cached_property
    def _receipts(self) -> dict[str, list[ReceiptEntry]]:
        receipts: dict[str, list[ReceiptEntry]] = defaultdict(list)
        for entry in self._snapshot.receipts:
            receipts[entry.order].append(entry)
        return receipts

    def _order_lines(self, order: OrderEntry) -> Sequence[OrderLine]:
        return [_order_line(order, entry, self._items.get(entry.item)) for entry in order.lines]


_MASTERS = {
    Master.ACCOUNT: "accounts",
    Master.BRANCH: "branches",
    Master.WAREHOUSE: "warehouses",
    Master.TERMS: "terms",
    Master.CURRENCY: "currencies",
    Master.VAT_CODE: "vat_codes",
    Master.PROJECT: "projects",
    Master.LOCATION: "locations",
    Master.UNIT: "units",
}

_SCHEMES = {"GLN": "gln", "VAT": "vat_number", "COMPANY_REG": "company_number"}


def _business_partner(entry: PartnerEntry) -> BusinessPartner:
    return BusinessPartner(**entry.model_dump(exclude={"locations"}))


def _numbers(partner: BusinessPartner, scheme: str) -> set[str]:
    number: str = getattr(partner, _SCHEMES[scheme])
    return {number, normalise_vat(number)} - {""}


def _comparable(kind: CodeKind, code: str) -> str:
    return normalise_gtin(code) if kind in (CodeKind.BARCODE, CodeKind.GLOBAL) else code


def _item(entry: ItemEntry) -> ItemRecord:
    return ItemRecord(
        number=entry.number,
        description=entry.description,
        base_unit=entry.unit,
        purchase_unit=entry.purchase_unit or entry.unit,
        sales_unit=entry.sales_unit or entry.unit,
        stock=entry.stock,
        vat_code=entry.vat_code,
        warehouse=entry.warehouse,
        conversions=tuple(UnitConversion(c.from_unit, c.to_unit, c.factor) for c in entry.conversions),
    )


def _order_line(order: OrderEntry, entry: OrderLineEntry, item: ItemRecord | None) -> OrderLine:
    return OrderLine(
        order=order.number,
        line=entry.line,
        item=entry.item,
        unit=entry.unit or (item.purchase_unit if item else ""),
        quantity=entry.quantity,
        unit_price=entry.unit_price,
        invoiced=entry.invoiced,
        received=entry.received,
        stock=item.stock if item else False,
        supplier_item=entry.supplier_item,
        date=order.date,
        over_receipt=entry.over_receipt,
        currency=order.currency,
        closed=entry.closed,
    )


def _receipt_line(entry: ReceiptEntry) -> ReceiptLine:
    return ReceiptLine(
        receipt=entry.receipt,
        line=entry.line,
        order=entry.order,
        order_line=entry.order_line,
        quantity=entry.quantity,
        invoiced=entry.invoiced,
        date=entry.date,
    )
