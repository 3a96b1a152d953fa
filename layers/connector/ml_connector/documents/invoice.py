"""Invoice, credit note and their kin (UBL Invoice, CreditNote)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import computed_field

from ml_connector.documents.base import Model, Moment, Number, effective
from ml_connector.documents.commercial import AllowanceCharge, PaymentMeans, PaymentTerms, TaxSubtotal
from ml_connector.documents.delivery import Delivery
from ml_connector.documents.items import Item
from ml_connector.documents.measures import Price, UnitOfMeasure
from ml_connector.documents.order import Purpose, SubLine
from ml_connector.documents.parties import Contact, Party
from ml_connector.documents.provenance import BusinessDocument
from ml_connector.documents.references import Note, Reference

if TYPE_CHECKING:
    from decimal import Decimal


class InvoiceType(StrEnum):
    """What kind of invoice; the type carries the sign, amounts are positive."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"
    SELF_BILLED = "self_billed"
    CORRECTED = "corrected"
    PREPAYMENT = "prepayment"
    PROFORMA = "proforma"
    CONSOLIDATED = "consolidated"
    FINAL = "final"


class OrderReference(Model):
    """The order, and its line, that an invoice or one of its lines bills."""

    po_number: str | None = None
    po_line: str | None = None
    release: str | None = None
    issue_date: Moment | None = None


class LinePrice(Model):
    """Prices for ``base`` units (1 unless stated): ``net`` after, ``gross`` before discount."""

    net: Number | None = None
    gross: Number | None = None
    base: Number | None = None
    base_uom: UnitOfMeasure | None = None
    source_code: str | None = None


class InvoiceLine(Model):
    """One line; ``net_amount`` is after its allowances and charges, before tax."""

    line_number: str | None = None
    order_ref: OrderReference | None = None
    despatch_ref: Reference | None = None
    item: Item = Item()
    quantity: Number | None = None
    uom: UnitOfMeasure | None = None
    price: LinePrice | None = None
    prices: tuple[Price, ...] = ()
    units_per_pack: Number | None = None
    shipped_quantity: Number | None = None
    free_quantity: Number | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    net_amount: Number | None = None
    tax: tuple[TaxSubtotal, ...] = ()
    free_of_charge_flag: bool = False
    credit_reason: str | None = None
    delivery: Delivery | None = None
    parties: tuple[Party, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()
    sub_lines: tuple[SubLine, ...] = ()


class InvoiceTotals(Model):
    """Totals of an invoice, as declared or as computed; ``payable`` is what is to be paid."""

    line_extension: Number | None = None
    allowance_total: Number | None = None
    charge_total: Number | None = None
    tax_exclusive: Number | None = None
    tax_total: Number | None = None
    tax_inclusive: Number | None = None
    prepaid: Number | None = None
    rounding: Number | None = None
    payable: Number | None = None
    discount_base: Number | None = None
    discount_amount: Number | None = None
    discounted_payable: Number | None = None
    hash: Number | None = None
    declared_line_count: int | None = None

    @property
    def to_pay(self) -> Decimal | None:
        """What is to be paid: ``payable``, else the total with tax less what is prepaid; else None."""
        if self.payable is not None or self.tax_inclusive is None:
            return self.payable
        return self.tax_inclusive - (self.prepaid or 0) + (self.rounding or 0)


class Invoice(BusinessDocument):
    """An invoice, credit note, debit note or other bill; ``invoice_type`` says which."""

    document_type: Literal["invoice"] = "invoice"
    invoice_type: InvoiceType = InvoiceType.INVOICE
    invoice_type_code: str | None = None
    purpose: Purpose = Purpose.ORIGINAL
    invoice_number: str
    issue_date: date | None = None
    tax_point_date: date | None = None
    due_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    order_references: tuple[OrderReference, ...] = ()
    contract: str | None = None
    despatch_references: tuple[Reference, ...] = ()
    original_invoice_references: tuple[Reference, ...] = ()
    references: tuple[Reference, ...] = ()
    credit_reason: str | None = None
    parties: tuple[Party, ...] = ()
    contact: Contact | None = None
    currency: str | None = None
    tax_currency: str | None = None
    exchange_rate: Number | None = None
    payment_means: tuple[PaymentMeans, ...] = ()
    payment_terms: tuple[PaymentTerms, ...] = ()
    delivery: Delivery | None = None
    allowances_charges: tuple[AllowanceCharge, ...] = ()
    tax_subtotals: tuple[TaxSubtotal, ...] = ()
    notes: tuple[Note, ...] = ()
    lines: tuple[InvoiceLine, ...] = ()
    totals_declared: InvoiceTotals = InvoiceTotals()
    totals_computed: InvoiceTotals = InvoiceTotals()

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property; pydantic asks for it
    @property
    def totals(self) -> InvoiceTotals:
        """The totals to go by: as declared, else as computed.

        What is to be paid follows the declared total with tax where only that is sent (MOA 77 without 9).
        """
        totals = effective(self.totals_declared, self.totals_computed)
        declared = self.totals_declared.to_pay
        return totals if declared is None else totals.model_copy(update={"payable": declared})

    @property
    def number(self) -> str:
        """The invoice number (BIG02, BGM 1004, INVN)."""
        return self.invoice_number

    @property
    def is_credit(self) -> bool:
        """Whether the amounts lower what the buyer owes."""
        return self.invoice_type is InvoiceType.CREDIT_NOTE
