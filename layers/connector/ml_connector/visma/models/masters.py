"""Master records as the mapping needs them: suppliers, items, accounts, dimensions, VAT and the rest."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from ml_connector.visma.models.shared import IdDescription, NumberName
from ml_connector.visma.wire import ReadModel


class Supplier(ReadModel):
    """A supplier (API B1)."""

    schema_name: ClassVar[str] = "SupplierDto"
    number: str
    name: str | None = None
    status: str | None = None
    vat_registration_id: str | None = None
    corporate_id: str | None = None
    currency_id: str | None = None
    credit_terms: IdDescription | None = None
    vat_zone: IdDescription | None = None
    payment_method: IdDescription | None = None
    last_modified_date_time: datetime | None = None


class SupplierLocation(ReadModel):
    """A supplier's location, which carries its GLN."""

    schema_name: ClassVar[str] = "SupplierLocationDto"
    baccount: NumberName
    location_id: str
    location_name: str | None = None
    active: bool | None = None
    gln: str | None = None
    edi_code: str | None = None
    vat_registration_id: str | None = None
    corporate_id: str | None = None
    last_modified_date_time: datetime | None = None


class CrossReference(ReadModel):
    """Another number of an item: Barcode, VPN (a supplier's), CPN (a customer's) or Global."""

    schema_name: ClassVar[str] = "InventoryCrossReferenceDto"
    alternate_type: str
    b_account: NumberName | None = None
    alternate_id: str = Field(default="", alias="alternateID")
    description: str | None = None
    uom: str | None = None


class ItemUnit(ReadModel):
    """A conversion between two units of an item."""

    schema_name: ClassVar[str] = "InventoryUnitDto"
    from_unit: str
    to_unit: str
    unit_mult_div: str | None = None
    unit_rate: Decimal | None = None


class Item(ReadModel):
    """An inventory item with its other numbers (API B15)."""

    schema_name: ClassVar[str] = "InventoryDto"
    inventory_number: str
    description: str | None = None
    status: str | None = None
    type: str | None = None
    stock_item: bool | None = None
    base_unit: str | None = None
    sales_unit: str | None = None
    purchase_unit: str | None = None
    vat_code: IdDescription | None = None
    default_warehouse: IdDescription | None = None
    cross_references: tuple[CrossReference, ...] = ()
    inventory_units: tuple[ItemUnit, ...] = ()
    last_modified_date_time: datetime | None = None


class Account(ReadModel):
    """A general ledger account (API B6)."""

    schema_name: ClassVar[str] = "AccountDto"
    account_cd: str = Field(alias="accountCD")
    type: str | None = None
    description: str | None = None
    active: bool | None = None
    last_modified_date_time: datetime | None = None


class Customer(ReadModel):
    """A customer (API B14)."""

    schema_name: ClassVar[str] = "CustomerDto"
    internal_id: int | None = None
    number: str
    name: str | None = None
    status: str | None = None
    vat_registration_id: str | None = None
    corporate_id: str | None = None
    gln: str | None = None
    currency_id: str | None = None
    last_modified_date_time: datetime | None = None


class SegmentChoice(ReadModel):
    """One value a segment may take."""

    schema_name: ClassVar[str] = "DtoSegmentValue"
    value_id: str
    description: str | None = None
    active: bool | None = None


class Segment(ReadModel):
    """One segment of a dimension, with its values."""

    schema_name: ClassVar[str] = "DtoSegment"
    segment_id: int
    description: str | None = None
    length: int | None = None
    segment_values: tuple[SegmentChoice, ...] = ()


class Dimension(ReadModel):
    """A dimension, such as SUBACCOUNT (API B7)."""

    schema_name: ClassVar[str] = "DtoDimension"
    id: str
    description: str | None = None
    segments: tuple[Segment, ...] = ()


class VatRate(ReadModel):
    """A VAT code's rate from a day on."""

    schema_name: ClassVar[str] = "VatInformationScheduleDto"
    start_date: datetime | None = None
    vat_rate: Decimal | None = None


class VatCategory(ReadModel):
    """A VAT category; a line's ``vatCodeId`` and ``taxCategory`` name one of these (API A12.4)."""

    schema_name: ClassVar[str] = "VatCategoryDto"
    vat_category_id: str
    description: str | None = None
    active: bool | None = None


class VatZone(ReadModel):
    """A VAT zone, such as domestic, EU or import."""

    schema_name: ClassVar[str] = "VatZoneDto"
    id: str
    description: str | None = None
    default_vat_category: str | None = None


class VatCode(ReadModel):
    """A VAT with its rates, categories and zones (API B11)."""

    schema_name: ClassVar[str] = "VatInformationDto"
    vat_category_id: str | None = None
    vat_id: str
    description: str | None = None
    type: str | None = None
    schedules: tuple[VatRate, ...] = ()
    categories: tuple[VatCategory, ...] = ()
    zones: tuple[VatZone, ...] = ()


class Branch(ReadModel):
    """A branch of the company."""

    schema_name: ClassVar[str] = "BranchDto"
    number: str
    name: str | None = None
    is_active: bool | None = None
    corporate_id: str | None = None
    vat_registration_id: str | None = None


class Warehouse(ReadModel):
    """A warehouse."""

    schema_name: ClassVar[str] = "WarehouseDto"
    warehouse_id: str = Field(alias="warehouseID")
    description: str | None = None
    active: bool | None = None


class CreditTerm(ReadModel):
    """Payment terms."""

    schema_name: ClassVar[str] = "CreditTermDto"
    terms_id: str
    description: str | None = None
    due_date_type: str | None = None
    due_day1: int | None = None
    discount_day: int | None = None
    discount_percent: Decimal | None = None


class Currency(ReadModel):
    """A currency the company knows."""

    schema_name: ClassVar[str] = "CurrencyDto"
    id: str
    description: str | None = None
    is_base_currency: bool | None = None
    decimal_precision: int | None = None
    is_used_for_accounting: bool | None = None
