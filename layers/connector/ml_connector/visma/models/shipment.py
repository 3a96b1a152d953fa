"""Shipments to customers as Visma has them (API B17)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from ml_connector.visma.models.shared import NumberName
from ml_connector.visma.wire import ReadModel


class ReadShipmentLine(ReadModel):
    """Goods of one item, for one line of a sales order."""

    schema_name: ClassVar[str] = "ShipmentDetailLineDto"
    line_number: int
    order_type: str | None = None
    order_nbr: str | None = None
    order_line_nbr: int | None = None
    inventory_number: str | None = None
    description: str | None = None
    uom: str | None = None
    shipped_qty: Decimal = Decimal(0)
    ordered_qty: Decimal = Decimal(0)
    lot_serial_nbr: str | None = None
    expiration_date: datetime | None = None


class ReadPackage(ReadModel):
    """A package; Visma doesn't say what is in it."""

    schema_name: ClassVar[str] = "PackageDetailLineDto"
    line_number: int
    box_id: str | None = None
    tracking_number: str | None = None
    custom_ref_nbr1: str | None = None


class _Shipment(ReadModel):
    schema_name: ClassVar[str] = "ShipmentDto"
    shipment_number: str
    status: str = ""
    shipment_date: datetime | None = None
    last_modified_date_time: datetime | None = None
    customer: NumberName | None = None
    shipment_detail_lines: tuple[ReadShipmentLine, ...] = ()
    shipment_package_lines: tuple[ReadPackage, ...] = ()


class ReadShipment(_Shipment):
    """A shipment, with the customer's own numbers of the orders it is for, read beside it."""

    schema_name: ClassVar[str] = ""
    customer_orders: dict[str, str | None] = Field(default_factory=dict)
