"""Look-ups in Visma's masters, as the mapping and the matching ask for them; almost none costs a call."""

from __future__ import annotations

import re
import time
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from ml_connector.visma.copies import Copies
from ml_connector.visma.datasets import DATASETS
from ml_connector.visma.models.masters import (
    Account,
    Branch,
    CreditTerm,
    CrossReference,
    Currency,
    Customer,
    Dimension,
    Item,
    Segment,
    Supplier,
    SupplierLocation,
    VatCategory,
    VatCode,
    VatZone,
    Warehouse,
)
from ml_connector.visma.models.purchase_order import ReadPurchaseOrder
from ml_connector.visma.recent import noted_invoices
from ml_connector.visma.wire import path_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from decimal import Decimal

    from ml_connector.store.reference_cache import ReferenceCache
    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.models.purchase_receipt import ReadReceipt
    from ml_connector.visma.models.supplier_invoice import ReadSupplierInvoice

Row = TypeVar("Row")

ALTERNATE_TYPES = ("Barcode", "Global", "VPN", "CPN")
_OPEN_ORDERS = {"Open", "Balanced", "Printed", "PendingPrint", "PendingEmail", "Hold"}


def bare_registration(number: str | None) -> str:
    """Return a VAT or company number to compare by: upper case, without separators and the suffix MVA."""
    return re.sub(r"[\s.\-/]", "", number or "").upper().removesuffix("MVA")


def gtin14(number: str) -> str:
    """Return a GTIN as 14 digits, so that its lengths compare; other numbers stay."""
    return number.zfill(14) if number.isdigit() and len(number) in {8, 12, 13, 14} else number


class ReferenceData:
    """The masters of one company. Every look-up returns what Visma has, or None, or an empty list."""

    def __init__(
        self,
        client: VismaClient,
        *,
        cache: ReferenceCache | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._cache = cache
        self._copies = Copies(client, cache, clock)

    def supplier(self, number: str) -> Supplier | None:
        """Return the supplier of a number."""
        return self._find("suppliers", number, Supplier)

    def suppliers(self) -> list[Supplier]:
        """Return all suppliers."""
        return list(self._copies.current(DATASETS["suppliers"]).rows.values())

    def suppliers_by_gln(self, gln: str) -> list[Supplier]:
        """Return the suppliers one of whose locations has a GLN."""
        locations = self._copies.matching(
            DATASETS["supplier_locations"], "gln", lambda row: _present(row.gln), gln
        )
        numbers = dict.fromkeys(location.baccount.number for location in locations)
        return [found for number in numbers if (found := self.supplier(number)) is not None]

    def suppliers_by_vat(self, number: str) -> list[Supplier]:
        """Return the suppliers of a VAT registration number, however it is written."""
        return self._suppliers(
            "vat", lambda row: _present(bare_registration(row.vat_registration_id)), number
        )

    def suppliers_by_corporate_id(self, number: str) -> list[Supplier]:
        """Return the suppliers of a company registration number, however it is written."""
        return self._suppliers(
            "corporate_id", lambda row: _present(bare_registration(row.corporate_id)), number
        )

    def supplier_locations(self, supplier: str) -> list[SupplierLocation]:
        """Return the locations of a supplier."""
        return self._copies.matching(
            DATASETS["supplier_locations"], "supplier", lambda row: _present(row.baccount.number), supplier
        )

    def customer_locations(self, customer: str) -> list[SupplierLocation]:
        """Return the locations of a customer."""
        return self._copies.matching(
            DATASETS["customer_locations"], "customer", lambda row: _present(row.baccount.number), customer
        )

    def customer(self, number: str) -> Customer | None:
        """Return the customer of a number."""
        return self._find("customers", number, Customer)

    def customers_by_gln(self, gln: str) -> list[Customer]:
        """Return the customers that have, or have a location with, a GLN."""
        direct = self._copies.matching(DATASETS["customers"], "gln", lambda row: _present(row.gln), gln)
        if direct:
            return direct
        locations = self._copies.matching(
            DATASETS["customer_locations"], "gln", lambda row: _present(row.gln), gln
        )
        numbers = dict.fromkeys(location.baccount.number for location in locations)
        return [found for number in numbers if (found := self.customer(number)) is not None]

    def customers_by_vat(self, number: str) -> list[Customer]:
        """Return the customers of a VAT registration number, however it is written."""
        return self._copies.matching(
            DATASETS["customers"],
            "vat",
            lambda row: _present(bare_registration(row.vat_registration_id)),
            bare_registration(number),
        )

    def customers_by_corporate_id(self, number: str) -> list[Customer]:
        """Return the customers of a company registration number, however it is written."""
        return self._copies.matching(
            DATASETS["customers"],
            "corporate_id",
            lambda row: _present(bare_registration(row.corporate_id)),
            bare_registration(number),
        )

    def item(self, number: str) -> Item | None:
        """Return the item of an inventory number."""
        return self._find("items", number, Item)

    def items_by_reference(
        self, alternate_id: str, *, types: Iterable[str] = ALTERNATE_TYPES, partner: str = ""
    ) -> list[Item]:
        """Return the items that have another number as one of their cross references.

        Args:
            alternate_id: The number; a GTIN is found whatever its length.
            types: Which cross references count: Barcode, Global, VPN, CPN.
            partner: The supplier or customer whose VPN or CPN it must be; empty for anybody's.
        """
        wanted, kinds = gtin14(alternate_id), set(types)
        found = self._copies.matching(DATASETS["items"], "reference", _reference_numbers, wanted)
        return [item for item in found if _has_reference(item, wanted, kinds, partner)]

    def account(self, number: str) -> Account | None:
        """Return the general ledger account of a number."""
        return self._find("accounts", number, Account)

    def subaccount_segments(self) -> tuple[Segment, ...]:
        """Return the segments of the SUBACCOUNT dimension with their values; empty if there is none."""
        dimension = self._find("subaccount", "SUBACCOUNT", Dimension)
        return dimension.segments if dimension else ()

    def has_segment_value(self, segment_id: int, value: str) -> bool:
        """Tell whether an active value of a subaccount segment exists."""
        return any(
            choice.value_id == value and choice.active is not False
            for segment in self.subaccount_segments()
            if segment.segment_id == segment_id
            for choice in segment.segment_values
        )

    def vat_codes(self) -> list[VatCode]:
        """Return all VAT codes."""
        return list(self._copies.current(DATASETS["vat_codes"]).rows.values())

    def vat_category(self, category: str) -> VatCategory | None:
        """Return a VAT category, which is what a line's ``vatCodeId`` names."""
        return self._find("vat_categories", category, VatCategory)

    def vat_zone(self, zone: str) -> VatZone | None:
        """Return a VAT zone."""
        return self._find("vat_zones", zone, VatZone)

    def vat_rate(self, category: str, zone: str, day: date) -> Decimal | None:
        """Return the rate, in percent, of the VAT in both a category and a zone on a day (API A12.4)."""
        for code in self.vat_codes():
            in_category = category in {code.vat_category_id, *(c.vat_category_id for c in code.categories)}
            if in_category and any(z.id == zone for z in code.zones):
                return _rate_on(code, day)
        return None

    def branch(self, number: str) -> Branch | None:
        """Return the branch of a number."""
        return self._find("branches", number, Branch)

    def branches(self) -> list[Branch]:
        """Return all branches."""
        return list(self._copies.current(DATASETS["branches"]).rows.values())

    def warehouse(self, number: str) -> Warehouse | None:
        """Return the warehouse of an id."""
        return self._find("warehouses", number, Warehouse)

    def credit_term(self, terms: str) -> CreditTerm | None:
        """Return the payment terms of an id."""
        return self._find("credit_terms", terms, CreditTerm)

    def credit_terms(self) -> list[CreditTerm]:
        """Return all payment terms."""
        return list(self._copies.current(DATASETS["credit_terms"]).rows.values())

    def currency(self, code: str) -> Currency | None:
        """Return the currency of an ISO code."""
        return self._find("currencies", code, Currency)

    def purchase_order(self, number: str) -> ReadPurchaseOrder | None:
        """Return an order with its lines, a minute old at most; an order long unchanged costs a call."""
        found = self._copies.current(DATASETS["purchase_orders"]).rows.get(number)
        if found is not None:
            return found if isinstance(found, ReadPurchaseOrder) else None
        fetched = self._client.find(f"/v1/purchaseorder/{path_key(number)}")
        return ReadPurchaseOrder.model_validate(fetched.body) if fetched else None

    def open_purchase_orders(self, supplier: str) -> list[ReadPurchaseOrder]:
        """Return a supplier's orders that are not done, with lines, oldest number first."""
        return [order for order in self.purchase_orders(supplier) if order.status in _OPEN_ORDERS]

    def purchase_orders(self, supplier: str) -> list[ReadPurchaseOrder]:
        """Return a supplier's orders changed in the last 90 days, whatever their status."""
        return self._copies.matching(
            DATASETS["purchase_orders"],
            "supplier",
            lambda row: _present(row.supplier.number if row.supplier else None),
            supplier,
        )

    def purchase_receipts(self, supplier: str) -> list[ReadReceipt]:
        """Return a supplier's receipts changed in the last 180 days, whatever their status."""
        return self._copies.matching(
            DATASETS["purchase_receipts"],
            "supplier",
            lambda row: _present(row.supplier.number if row.supplier else None),
            supplier,
        )

    def supplier_invoices(self, supplier: str) -> list[ReadSupplierInvoice]:
        """Return a supplier's invoices and credit notes changed in the last year, whatever their status."""
        dataset = DATASETS["supplier_invoices"]
        listed: list[ReadSupplierInvoice] = self._copies.matching(
            dataset,
            "supplier",
            lambda row: _present(row.supplier.number if row.supplier else None),
            supplier,
        )
        if self._cache is None:
            return listed
        copy = self._copies.current(dataset)
        notes = self._cache.recent.since(dataset.name, copy.read_at)
        receipts = self.purchase_receipts(supplier) if notes else []
        return [*listed, *noted_invoices(notes, set(copy.rows), supplier, receipts)]

    def _find(self, dataset: str, key: str, model: type[Row]) -> Row | None:
        found = self._copies.find(DATASETS[dataset], key)
        return found if isinstance(found, model) else None

    def _suppliers(
        self, index: str, values: Callable[[Supplier], Iterator[str]], wanted: str
    ) -> list[Supplier]:
        return self._copies.matching(DATASETS["suppliers"], index, values, bare_registration(wanted))


def _present(value: str | None) -> Iterator[str]:
    if value:
        yield value


def _reference_numbers(item: Item) -> Iterator[str]:
    for reference in item.cross_references:
        yield gtin14(reference.alternate_id)


def _has_reference(item: Item, wanted: str, kinds: set[str], partner: str) -> bool:
    return any(
        gtin14(reference.alternate_id) == wanted
        and reference.alternate_type in kinds
        and (not partner or _owner(reference) in {partner, ""})
        for reference in item.cross_references
    )


def _owner(reference: CrossReference) -> str:
    return reference.b_account.number if reference.b_account else ""


def _rate_on(code: VatCode, day: date) -> Decimal | None:
    rates = [rate for rate in code.schedules if rate.start_date is None or rate.start_date.date() <= day]
    rates.sort(key=lambda rate: rate.start_date.date() if rate.start_date else date.min)
    return rates[-1].vat_rate if rates else None
