"""Payments to suppliers as Visma has them (API B5)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from ml_connector.visma.models.shared import IdDescription, NumberName
from ml_connector.visma.wire import ReadModel


class ReadPaymentLine(ReadModel):
    """A document of the supplier's that is paid; ``supplier_ref`` is the supplier's own number of it."""

    schema_name: ClassVar[str] = "SupplierPaymentAdjustmentDto"
    doc_type: str | None = None
    invoice_ref_nbr: str | None = None
    supplier_ref: str | None = None
    date: datetime | None = None
    amount_paid: Decimal = Decimal(0)
    cash_discount_taken: Decimal = Decimal(0)


class ReadSupplierPayment(ReadModel):
    """A payment."""

    schema_name: ClassVar[str] = "SupplierPaymentDto"
    type: str = "Payment"
    ref_nbr: str
    status: str = ""
    application_date: datetime | None = None
    payment_ref: str | None = None
    cash_account: str | None = None
    supplier: NumberName | None = None
    currency: IdDescription | None = None
    payment_amount: Decimal = Decimal(0)
    payment_lines: tuple[ReadPaymentLine, ...] = ()
