"""Sales orders of the version 3 service, whose values are not wrapped (API A13)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

from ml_connector.visma.models.shared import Day
from ml_connector.visma.wire import ReadModel, WriteModel


class SalesOrderCustomer(WriteModel):
    """Who orders, and under which number of theirs."""

    wraps_values: ClassVar[bool] = False
    id: str
    order: str | None = None
    ref_no: str | None = None


class SalesOrderLine(WriteModel):
    """A line of a sales order to be posted."""

    wraps_values: ClassVar[bool] = False
    inventory_id: str | None = None
    quantity: Decimal | None = None
    unit_of_measure: str | None = None
    unit_price: Decimal | None = None
    description: str | None = None
    warehouse_id: str | None = None
    requested_on: Day | None = None
    note: str | None = None


class SalesOrder(WriteModel):
    """A sales order to be posted; on hold unless told otherwise."""

    schema_name: ClassVar[str] = "NewSalesOrderCommand"
    wraps_values: ClassVar[bool] = False
    type: str = "SO"
    customer: SalesOrderCustomer
    status: Literal["Open", "Hold"] | None = "Hold"
    date: Day | None = None
    request_on: Day | None = None
    cancel_by: Day | None = None
    description: str | None = None
    currency_id: str | None = None
    branch_id: int | None = None
    project_id: str | None = None
    note: str | None = None
    order_lines: tuple[SalesOrderLine, ...] = ()


class ReadOrderedBy(ReadModel):
    """Who ordered, and under which number of theirs."""

    id: str = ""
    name: str | None = None
    order: str | None = None


class ReadOrderedLine(ReadModel):
    """A line of a sales order as the service has it."""

    line_id: int
    inventory_id: str | None = None
    description: str | None = None
    unit_of_measure: str | None = None
    quantity: Decimal = Decimal(0)
    unit_price: Decimal = Decimal(0)
    requested_on: datetime | None = None


class ReadSalesOrder(ReadModel):
    """A sales order as the service has it."""

    type: str = "SO"
    order_id: str
    status: str = ""
    description: str | None = None
    note: str | None = None
    date: datetime | None = None
    last_modified: datetime | None = None
    customer: ReadOrderedBy | None = None
    currency_id: str | None = None
    order_lines: tuple[ReadOrderedLine, ...] = ()
