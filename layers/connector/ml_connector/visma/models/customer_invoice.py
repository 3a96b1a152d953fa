"""Customer invoices and credit notes as Visma has them (API B13)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import AliasChoices, Field

from ml_connector.visma.models.shared import IdDescription, NumberName
from ml_connector.visma.wire import ReadModel


class ReadTaxDetail(ReadModel):
    """VAT of one rate."""

    schema_name: ClassVar[str] = "TaxDetailDto"
    tax_id: str = ""
    vat_id: str | None = None
    vat_rate: Decimal = Decimal(0)
    taxable_amount: Decimal = Decimal(0)
    vat_amount: Decimal = Decimal(0)


class ReadCustomerInvoiceLine(ReadModel):
    """A line, with amounts in the document's currency."""

    schema_name: ClassVar[str] = "CustomerInvoiceLineDto"
    line_number: int
    inventory_number: str | None = None
    description: str | None = None
    quantity: Decimal = Decimal(0)
    uom: str | None = None
    unit_price_in_currency: Decimal = Decimal(0)
    amount_in_currency: Decimal = Decimal(0)
    discount_amount_in_currency: Decimal = Decimal(0)
    vat_code: IdDescription | None = None
    so_order_nbr: str | None = None
    so_shipment_nbr: str | None = None


class ReadCustomerInvoice(ReadModel):
    """An invoice or credit note; the latter calls its lines ``lines`` instead of ``invoiceLines``."""

    schema_name: ClassVar[str] = "CustomerInvoiceDto"
    document_type: str = "Invoice"
    reference_number: str
    status: str = ""
    customer: NumberName | None = None
    customer_ref_number: str | None = None
    document_date: datetime | None = None
    document_due_date: datetime | None = None
    credit_terms: IdDescription | None = None
    currency_id: str | None = None
    amount_in_currency: Decimal = Decimal(0)
    vat_total_in_currency: Decimal = Decimal(0)
    detail_total_in_currency: Decimal = Decimal(0)
    discount_total_in_currency: Decimal = Decimal(0)
    tax_details: tuple[ReadTaxDetail, ...] = ()
    lines: tuple[ReadCustomerInvoiceLine, ...] = Field(
        (), alias="invoiceLines", validation_alias=AliasChoices("invoiceLines", "lines")
    )

    @property
    def due(self) -> date | None:
        """The day it is to be paid by."""
        return self.document_due_date.date() if self.document_due_date else None
