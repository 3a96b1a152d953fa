"""Remittance advice and payment instruction: two documents of one shape (UBL RemittanceAdvice)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import computed_field

from ml_connector.documents.base import Model, Number, effective
from ml_connector.documents.commercial import BankAccount
from ml_connector.documents.measures import CodedValue
from ml_connector.documents.parties import Party
from ml_connector.documents.provenance import BusinessDocument
from ml_connector.documents.references import Note, Reference


class PaymentType(StrEnum):
    """Whether money, advice or both travel with the document."""

    REMITTANCE_ONLY = "remittance_only"
    PAYMENT_WITH_REMITTANCE = "payment_with_remittance"
    PAYMENT_ONLY = "payment_only"
    PRENOTE = "prenote"


class RemittanceLineType(StrEnum):
    """What a line settles; a credit note or debit lowers the payment."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DEBIT = "debit"
    ADJUSTMENT = "adjustment"


class Adjustment(Model):
    """An amount by which a payment differs from what was due, and why; negative lowers the payment."""

    amount: Number
    code: CodedValue | None = None
    reference: Reference | None = None


class RemittanceLine(Model):
    """One document settled. ``paid_amount`` carries its sign: what it adds to the payment's amount."""

    document_type: RemittanceLineType = RemittanceLineType.INVOICE
    document_number: str | None = None
    document_date: date | None = None
    due_amount: Number | None = None
    gross_amount: Number | None = None
    discount: Number | None = None
    adjustments: tuple[Adjustment, ...] = ()
    paid_amount: Number | None = None
    action_code: str | None = None
    reference: str | None = None
    references: tuple[Reference, ...] = ()
    source_qualifier: str | None = None


class RemittanceTotals(Model):
    """Totals of a remittance, as declared or as computed."""

    line_count: int | None = None
    paid_amount: Number | None = None
    discount: Number | None = None
    adjustments: Number | None = None


class PaymentDocument(BusinessDocument):
    """The shape shared by remittance advice and payment instruction."""

    number: str
    type: PaymentType = PaymentType.REMITTANCE_ONLY
    type_code: str | None = None
    issue_date: date | None = None
    value_date: date | None = None
    payer: Party | None = None
    payee: Party | None = None
    parties: tuple[Party, ...] = ()
    payer_account: BankAccount | None = None
    payee_account: BankAccount | None = None
    payment_method: str | None = None
    payment_format: str | None = None
    credit_debit: str | None = None
    originator_id: str | None = None
    currency: str | None = None
    amount: Number
    references: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()
    lines: tuple[RemittanceLine, ...] = ()
    unallocated: tuple[Adjustment, ...] = ()
    totals_declared: RemittanceTotals = RemittanceTotals()
    totals_computed: RemittanceTotals = RemittanceTotals()

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property; pydantic asks for it
    @property
    def totals(self) -> RemittanceTotals:
        """The totals to go by: as declared, else as computed."""
        return effective(self.totals_declared, self.totals_computed)


class RemittanceAdvice(PaymentDocument):
    """What a payment pays."""

    document_type: Literal["remittance_advice"] = "remittance_advice"


class PaymentInstruction(PaymentDocument):
    """The order to pay."""

    document_type: Literal["payment_instruction"] = "payment_instruction"
