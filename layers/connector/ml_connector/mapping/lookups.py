"""What mapping asks the ledger: masters, items and units, open orders, receipts and earlier invoices.

The answers come from Visma through its reference data, from a snapshot file when rules are explained
offline, or from a fake in tests. Several answers where one is needed are the caller's to judge; nothing here
guesses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from ml_connector.matching import OrderLine, ReceiptLine


#: How the note of a posted credit note names the invoice it credits, so that the next one finds it.
CREDITS = "Credits: "

#: What a business partner is to us.
Kind = Literal["supplier", "customer"]


class Master(StrEnum):
    """Codes whose existence can be asked."""

    ACCOUNT = "account"
    BRANCH = "branch"
    WAREHOUSE = "warehouse"
    TERMS = "terms"
    CURRENCY = "currency"
    VAT_CODE = "vat_code"
    PROJECT = "project"
    LOCATION = "location"
    UNIT = "unit"


class CodeKind(StrEnum):
    """Visma's kinds of an item's cross references."""

    BARCODE = "Barcode"
    GLOBAL = "Global"
    SUPPLIER = "VPN"
    CUSTOMER = "CPN"


@dataclass(frozen=True, slots=True)
class BusinessPartner:
    """A supplier or customer of the ledger."""

    number: str
    name: str = ""
    gln: str = ""
    vat_number: str = ""
    company_number: str = ""
    country: str = ""
    currency: str = ""
    terms: str = ""
    vat_zone: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class PartnerLocation:
    """A place of a supplier or customer, as the ledger knows it; ``edi_code`` is what partners call it."""

    id: str
    name: str = ""
    gln: str = ""
    edi_code: str = ""


@dataclass(frozen=True, slots=True)
class UnitConversion:
    """One ``from_unit`` is ``factor`` of ``to_unit``."""

    from_unit: str
    to_unit: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item of the ledger; stock items are received and valued, others are expensed."""

    number: str
    description: str = ""
    base_unit: str = ""
    purchase_unit: str = ""
    sales_unit: str = ""
    stock: bool = False
    vat_code: str = ""
    warehouse: str = ""
    account: str = ""
    conversions: tuple[UnitConversion, ...] = ()

    def units(self) -> frozenset[str]:
        """Return every unit the item can be counted in."""
        named = {self.base_unit, self.purchase_unit, self.sales_unit}
        converted = {unit for c in self.conversions for unit in (c.from_unit, c.to_unit)}
        return frozenset((named | converted) - {""})


@dataclass(frozen=True, slots=True)
class EarlierInvoice:
    """An invoice of the supplier that the ledger has, as far as a credit note asks about it.

    Attributes:
        amount: The sum of its lines without VAT, in its currency; none where the ledger does not say.
        credits: The sums of the credit notes against it that stand already, by their numbers.
        lines: The order lines it billed; what it billed and was not credited yet stands as invoiced.
        receipts: The receipt lines it billed, likewise.
    """

    number: str
    supplier_reference: str
    amount: Decimal | None = None
    currency: str = ""
    credits: Mapping[str, Decimal] = field(default_factory=dict)
    lines: tuple[OrderLine, ...] = ()
    receipts: tuple[ReceiptLine, ...] = ()


class Lookups(Protocol):
    """The ledger's reference data, read only."""

    def of_company(self, company: str) -> Lookups:
        """Return the look-ups of a company: these, if it is theirs."""
        ...

    def without_invoice(self, reference: str) -> Lookups:
        """Return the look-ups as they were before the invoice with this number of its supplier was posted."""
        ...

    def supplier(self, number: str) -> BusinessPartner | None:
        """Return the supplier with this number."""
        ...

    def suppliers(self) -> Sequence[BusinessPartner]:
        """Return all suppliers."""
        ...

    def suppliers_by(self, scheme: str, value: str) -> Sequence[BusinessPartner]:
        """Return suppliers whose GLN, VAT or COMPANY_REG number is ``value``."""
        ...

    def customer(self, number: str) -> BusinessPartner | None:
        """Return the customer with this number."""
        ...

    def customers_by(self, scheme: str, value: str) -> Sequence[BusinessPartner]:
        """Return customers whose GLN, VAT or COMPANY_REG number is ``value``."""
        ...

    def locations(self, kind: Kind, number: str) -> Sequence[PartnerLocation]:
        """Return the active locations of a supplier or customer."""
        ...

    def item(self, number: str) -> ItemRecord | None:
        """Return the item with this number."""
        ...

    def items_by_code(self, kind: CodeKind, code: str, partner: str = "") -> Sequence[ItemRecord]:
        """Return items with this cross reference; supplier's and customer's codes are per ``partner``."""
        ...

    def exists(self, master: Master, code: str) -> bool:
        """Tell whether the ledger has this code."""
        ...

    def segment_exists(self, segment: int, value: str) -> bool:
        """Tell whether the subaccount's segment has this value."""
        ...

    def order_lines(self, supplier: str, orders: tuple[str, ...]) -> Sequence[OrderLine]:
        """Return the lines of the named purchase orders, or of all open ones of the supplier."""
        ...

    def receipt_lines(self, supplier: str, orders: tuple[str, ...]) -> Sequence[ReceiptLine]:
        """Return the released receipt lines of the named purchase orders, or of all open ones."""
        ...

    def earlier_invoice(self, supplier: str, reference: str) -> EarlierInvoice | None:
        """Return the supplier's invoice with this number of theirs."""
        ...
