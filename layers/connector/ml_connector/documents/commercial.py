"""What changes an amount: allowances and charges, taxes, payment terms, means of payment."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from ml_connector.documents.base import Model, Number
from ml_connector.documents.identifiers import Identifier
from ml_connector.documents.measures import CodedValue, UnitOfMeasure


class AllowanceChargeKind(StrEnum):
    """Whether the amount lowers (allowance) or raises (charge) what is to pay."""

    ALLOWANCE = "allowance"
    CHARGE = "charge"


class Settlement(StrEnum):
    """How the amount reaches the payer; what is billed back, paid elsewhere or told only is in no total."""

    OFF_INVOICE = "off_invoice"
    BILL_BACK = "bill_back"
    INFO_ONLY = "info_only"
    ADDED_TO_INVOICE = "added_to_invoice"
    PAID_BY_CUSTOMER = "paid_by_customer"
    PAID_BY_VENDOR = "paid_by_vendor"
    CREDIT_ACCOUNT = "credit_account"


_SETTLED_ELSEWHERE = frozenset((Settlement.BILL_BACK, Settlement.INFO_ONLY, Settlement.PAID_BY_CUSTOMER))


class Level(StrEnum):
    """Where an allowance or charge stands."""

    HEADER = "header"
    LINE = "line"


class TaxSubtotal(Model):
    """Tax of one scheme, category and rate; ``rate`` is a plain percent number (25 means 25 %)."""

    scheme: str | None = None
    category: str | None = None
    rate: Number | None = None
    taxable_amount: Number | None = None
    tax_amount: Number | None = None
    exemption_reason: str | None = None
    tax_id: str | None = None
    jurisdiction: str | None = None
    currency: str | None = None
    source_code: str | None = None


class AllowanceCharge(Model):
    """An allowance or a charge. ``amount`` is positive; ``kind`` carries the sign."""

    kind: AllowanceChargeKind
    code: CodedValue | None = None
    agency_code: CodedValue | None = None
    reason_text: str | None = None
    percentage: Number | None = None
    percentage_basis: str | None = None
    base_amount: Number | None = None
    amount: Number | None = None
    rate: Number | None = None
    quantity: Number | None = None
    uom: UnitOfMeasure | None = None
    tax_category: str | None = None
    tax_rate: Number | None = None
    taxes: tuple[TaxSubtotal, ...] = ()
    settlement: Settlement | None = None
    level: Level = Level.HEADER
    sequence: str | None = None
    reference: str | None = None
    source_code: str | None = None

    @property
    def changes_total(self) -> bool:
        """Whether the amount is part of the document's total; none stated means it is."""
        return self.settlement not in _SETTLED_ELSEWHERE


class PaymentBasis(StrEnum):
    """The day from which days of payment terms count."""

    INVOICE_DATE = "invoice_date"
    SHIP_DATE = "ship_date"
    DELIVERY = "delivery"
    END_OF_MONTH = "end_of_month"
    RECEIPT = "receipt"
    FIXED = "fixed"
    ORDER_DATE = "order_date"
    OTHER = "other"


class PaymentTerms(Model):
    """When to pay and what an early payment saves."""

    code: CodedValue | None = None
    text: str | None = None
    discount_percent: Number | None = None
    discount_days: int | None = None
    discount_due_date: date | None = None
    discount_amount: Number | None = None
    net_days: int | None = None
    net_due_date: date | None = None
    basis: PaymentBasis | None = None
    basis_code: str | None = None
    day_of_month: int | None = None
    deferred_due_date: date | None = None
    deferred_amount: Number | None = None
    percent_payable: Number | None = None


class BankAccount(Model):
    """An account at a bank: the account and the bank, each with its identifier scheme."""

    account: Identifier | None = None
    bank: Identifier | None = None
    holder: str | None = None
    bank_name: str | None = None
    country: str | None = None
    currency: str | None = None
    account_type: str | None = None


class PaymentMeans(Model):
    """How the invoice asks to be paid; ``payment_reference`` is the KID or OCR number."""

    code: CodedValue | None = None
    account: BankAccount | None = None
    payment_reference: str | None = None
    due_date: date | None = None
