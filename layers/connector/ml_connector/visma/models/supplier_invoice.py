"""Supplier invoices and their credit notes (documentType DebitAdj): written and read (API B4)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ml_connector.visma.models.shared import (
    AccountNumber,
    Day,
    IdDescription,
    NumberName,
    Operation,
    ReadSubaccount,
    Subaccount,
)
from ml_connector.visma.wire import Plain, ReadModel, WriteModel

InvoiceType = Literal["Invoice", "CreditAdj", "DebitAdj", "Prepayment", "Refund", "Payment"]


class LinkLine(WriteModel):
    """What an invoice line is for; a stock item links to a receipt only (API A12.10)."""

    schema_name: ClassVar[str] = "LinkLineDto"
    purchase_type: Annotated[Literal["PurchaseOrder", "PurchaseReceipt"], Plain()]
    purchase_number: str
    purchase_line_nbr: int


class SupplierInvoiceLine(WriteModel):
    """A line of a supplier invoice to be posted."""

    schema_name: ClassVar[str] = "SupplierInvoiceLineUpdateDto"
    operation: Operation = "Insert"
    line_number: int | None = None
    inventory_number: str | None = None
    external_inventory_id: str | None = None
    transaction_description: str | None = None
    quantity: Decimal | None = None
    uom: str | None = None
    unit_cost_in_currency: Decimal | None = None
    cost_in_currency: Decimal | None = None
    discount_percent: Decimal | None = None
    discount_amount_in_currency: Decimal | None = None
    manual_discount: bool | None = None
    account_number: str | None = None
    subaccount: Subaccount = ()
    deferral_code: str | None = None
    vat_code_id: str | None = None
    branch_number: str | None = None
    note: str | None = None
    project_id: str | None = None
    project_task_id: str | None = None
    link_line: Annotated[LinkLine | None, Plain()] = None


class TaxDetailLine(WriteModel):
    """VAT of one rate as the invoice states it."""

    schema_name: ClassVar[str] = "TaxDetailUpdateDto"
    tax_id: str
    taxable_amount: Decimal | None = None
    vat_amount: Decimal | None = None


class AddPurchaseOrder(WriteModel):
    """A purchase order whose lines Visma adds to the invoice."""

    schema_name: ClassVar[str] = "AddPurchaseOrderDto"
    po_order_number: str


class AddReceiptLine(WriteModel):
    """A receipt's line that Visma adds to the invoice."""

    schema_name: ClassVar[str] = "AddPOReceiptLineDto"
    po_receipt_number: str
    po_receipt_line_number: int | None = None
    quantity: Decimal | None = None
    unit_cost_in_currency: Decimal | None = None
    cost_in_currency: Decimal | None = None


class SupplierInvoice(WriteModel):
    """A supplier invoice to be posted; on hold unless told otherwise, its lines validated aloud."""

    schema_name: ClassVar[str] = "SupplierInvoiceUpdateDto"
    document_type: InvoiceType = "Invoice"
    reference_number: str | None = None
    override_number_series: bool | None = None
    hold: bool = True
    date: Day | None = None
    orig_invoice_date: Day | None = None
    post_period: str | None = Field(default=None, pattern=r"^(0[1-9]|1[0-3])\d{4}$")
    financial_period: str | None = Field(default=None, pattern=r"^\d{4}(0[1-9]|1[0-3])$")
    supplier_reference: str | None = None
    description: str | None = None
    supplier_number: str
    location_id: str | None = None
    currency_id: str | None = None
    payment_ref_no: str | None = None
    credit_terms_id: str | None = None
    due_date: Day | None = None
    cash_discount_date: Day | None = None
    note: str | None = None
    exchange_rate: Decimal | None = None
    branch_number: str | None = None
    rounding_diff_in_currency: Decimal | None = None
    tax_calculation_mode: Literal["TaxSetting", "Gross", "Net"] | None = None
    supplier_tax_zone: str | None = None
    cash_account: str | None = None
    payment_method: str | None = None
    pay_date: Day | None = None
    amount: Decimal | None = None
    vat_amount: Decimal | None = None
    payment_message: str | None = None
    tax_detail_lines: Annotated[tuple[TaxDetailLine, ...], Plain()] = ()
    invoice_lines: Annotated[tuple[SupplierInvoiceLine, ...], Plain()] = ()
    add_po_receipt_lines: Annotated[tuple[AddReceiptLine, ...], Plain()] = Field(
        default=(), alias="addPOReceiptLines"
    )
    add_purchase_orders: Annotated[tuple[AddPurchaseOrder, ...], Plain()] = ()
    pay_selected: bool | None = None
    validate_line_details: bool = True


class ReadSupplierInvoiceLine(ReadModel):
    """A line as Visma has it, with the order and receipt lines it is linked to."""

    schema_name: ClassVar[str] = "SupplierInvoiceLineDto"
    line_number: int
    inventory_number: str | None = None
    external_inventory_id: str | None = None
    transaction_description: str | None = None
    quantity: Decimal = Decimal(0)
    uom: str | None = None
    unit_cost_in_currency: Decimal = Decimal(0)
    cost_in_currency: Decimal = Decimal(0)
    account: AccountNumber | None = None
    subaccount: ReadSubaccount | None = None
    vat_code: IdDescription | None = None
    branch_number: NumberName | None = None
    po_number: str | None = None
    po_line_nr: int | None = None
    po_receipt_nbr: str | None = None
    po_receipt_line_nbr: int | None = None


class ReadAttachment(ReadModel):
    """A file attached to a document."""

    schema_name: ClassVar[str] = "AttachmentDto"
    name: str = ""
    id: str = ""
    revision: int | None = None


class ReadSupplierInvoice(ReadModel):
    """A supplier invoice, credit note or adjustment as Visma has it."""

    schema_name: ClassVar[str] = "SupplierInvoiceDto"
    document_type: str = "Invoice"
    reference_number: str
    status: str = ""
    hold: bool = False
    date: datetime | None = None
    orig_invoice_date: datetime | None = None
    due_date: datetime | None = None
    post_period: str | None = None
    financial_period: str | None = None
    supplier: NumberName | None = None
    supplier_reference: str | None = None
    original_reference_number: str | None = None
    description: str | None = None
    note: str | None = None
    currency_id: str | None = None
    payment_ref_no: str | None = None
    amount: Decimal = Decimal(0)
    vat_amount: Decimal = Decimal(0)
    balance_in_currency: Decimal = Decimal(0)
    rounding_diff_in_currency: Decimal = Decimal(0)
    branch_number: NumberName | None = None
    invoice_lines: tuple[ReadSupplierInvoiceLine, ...] = ()
    attachments: tuple[ReadAttachment, ...] = ()
    created_date_time: datetime | None = None
    last_modified_date_time: datetime | None = None
    time_stamp: str = ""
