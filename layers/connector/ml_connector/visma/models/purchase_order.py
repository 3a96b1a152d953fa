"""Purchase orders: what is posted, and what is read back with quantities received (API B2)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ml_connector.visma.models.shared import (
    AccountNumber,
    Day,
    IdDescription,
    NumberDescription,
    NumberName,
    Operation,
    ReadSubaccount,
    Subaccount,
)
from ml_connector.visma.wire import Plain, ReadModel, WriteModel

OrderType = Literal["RegularOrder", "DropShip", "Blanket", "StandardBlanket"]
LineType = Literal[
    "GoodsForInventory",
    "GoodsForSalesOrder",
    "GoodsForReplenishment",
    "GoodsForDropShip",
    "NonStockForDropShip",
    "NonStockForSalesOrder",
    "NonStock",
    "Service",
    "Freight",
    "Description",
]


class PurchaseOrderLine(WriteModel):
    """A line of a purchase order to be posted; ``line_number`` names a line only in a change."""

    schema_name: ClassVar[str] = "PurchaseOrderLineUpdateDto"
    operation: Operation = "Insert"
    line_number: int | None = None
    branch: str | None = None
    inventory: str | None = None
    line_type: LineType | None = None
    warehouse: str | None = None
    line_description: str | None = None
    uom: str | None = None
    order_qty: Decimal | None = None
    unit_cost: Decimal | None = None
    ext_cost: Decimal | None = None
    discount_amount: Decimal | None = None
    discount_percent: Decimal | None = None
    manual_discount: bool | None = None
    amount: Decimal | None = None
    alternate_id: str | None = None
    tax_category: str | None = None
    account: str | None = None
    sub: Subaccount = ()
    project: str | None = None
    project_task: str | None = None
    requested: Day | None = None
    promised: Day | None = None
    completed: bool | None = None
    note: str | None = None


class PurchaseOrderAddress(WriteModel):
    """A shipping address that overrides the one Visma knows."""

    schema_name: ClassVar[str] = "PurchaseOrderAddressUpdateDto"
    override_address: bool | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country_id: str | None = None


class PurchaseOrder(WriteModel):
    """A purchase order to be posted; one of supplier, gln or vat_registration_id is mandatory."""

    schema_name: ClassVar[str] = "PurchaseOrderUpdateDto"
    order_type: OrderType | None = "RegularOrder"
    order_number: str | None = None
    override_number_series: bool | None = None
    hold: bool | None = True
    date: Day | None = None
    promised_on: Day | None = None
    description: str | None = None
    supplier: str | None = None
    gln: str | None = None
    vat_registration_id: str | None = None
    location: str | None = None
    currency: str | None = None
    exchange_rate: Decimal | None = None
    supplier_ref: str | None = None
    control_total: Decimal | None = None
    branch: str | None = None
    terms: str | None = None
    ship_via: str | None = None
    fob_point: str | None = None
    ship_terms: str | None = None
    supplier_vat_zone: str | None = None
    shipping_destination_type: Literal["CompanyLocation", "Customer", "Vendor", "Site"] | None = None
    ship_to: str | None = None
    shipping_address: PurchaseOrderAddress | None = None
    dont_print: bool | None = None
    dont_email: bool | None = None
    change_dates_on_lines: Annotated[bool | None, Plain()] = None
    note: str | None = None
    custom_str1: str | None = Field(default=None, max_length=100)
    custom_str2: str | None = Field(default=None, max_length=100)
    custom_str3: str | None = Field(default=None, max_length=100)
    custom_str4: str | None = Field(default=None, max_length=100)
    custom_str5: str | None = Field(default=None, max_length=100)
    lines: Annotated[tuple[PurchaseOrderLine, ...], Plain()] = ()


class ReadPurchaseOrderLine(ReadModel):
    """A line as Visma has it; ``qty_on_receipts`` counts unreleased receipts too."""

    schema_name: ClassVar[str] = "PurchaseOrderLineDto"
    line_nbr: int
    inventory: NumberDescription | None = None
    line_type: str | None = None
    warehouse: IdDescription | None = None
    line_description: str | None = None
    uom: str | None = None
    order_qty: Decimal = Decimal(0)
    qty_on_receipts: Decimal = Decimal(0)
    unit_cost: Decimal = Decimal(0)
    ext_cost: Decimal = Decimal(0)
    discount_percent: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    received_amt: Decimal = Decimal(0)
    alternate_id: str | None = None
    min_receipt: Decimal | None = None
    max_receipt: Decimal | None = None
    complete_on: Decimal | None = None
    tax_category: NumberDescription | None = None
    account: AccountNumber | None = None
    sub: ReadSubaccount | None = None
    branch: NumberName | None = None
    requested: datetime | None = None
    promised: datetime | None = None
    completed: bool | None = None
    canceled: bool | None = None


class ReadPurchaseReceipt(ReadModel):
    """A receipt as the purchase order lists it."""

    schema_name: ClassVar[str] = "PurchaseReceiptsDto"
    type: str | None = None
    receipt_number: str = ""
    status: str | None = None
    total_qty: Decimal = Decimal(0)


class ReadPurchaseOrder(ReadModel):
    """A purchase order as Visma has it."""

    schema_name: ClassVar[str] = "PurchaseOrderDto"
    order_type: str = "RegularOrder"
    order_nbr: str
    status: str = ""
    hold: bool = False
    date: datetime | None = None
    promised_on: datetime | None = None
    description: str | None = None
    supplier: NumberName | None = None
    supplier_ref: str | None = None
    currency: str | None = None
    branch: NumberName | None = None
    warehouse: IdDescription | None = None
    terms: IdDescription | None = None
    line_total: Decimal = Decimal(0)
    tax_total: Decimal = Decimal(0)
    order_total: Decimal = Decimal(0)
    lines: tuple[ReadPurchaseOrderLine, ...] = ()
    purchase_receipts: tuple[ReadPurchaseReceipt, ...] = ()
    last_modified_date_time: datetime | None = None
    note: str | None = None
    custom_str1: str | None = None
    custom_str2: str | None = None
    custom_str3: str | None = None
    custom_str4: str | None = None
    custom_str5: str | None = None
    time_stamp: str = ""
