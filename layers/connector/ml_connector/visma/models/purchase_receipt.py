"""Purchase receipts: read only, to match invoices with what was received (API B3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from ml_connector.visma.models.shared import NumberDescription, NumberName
from ml_connector.visma.wire import ReadModel


class ReadPurchaseReceiptLine(ReadModel):
    """A line as received, with the order line it belongs to."""

    schema_name: ClassVar[str] = "PurchaseReceiptLineDto"
    line_nbr: int
    inventory: NumberDescription | None = None
    uom: str | None = None
    receipt_qty: Decimal = Decimal(0)
    unit_cost: Decimal = Decimal(0)
    po_order_nbr: str | None = None
    po_order_line_nbr: int | None = None


class ReadReceipt(ReadModel):
    """A purchase receipt or return as Visma has it."""

    schema_name: ClassVar[str] = "PurchaseReceiptDto"
    receipt_type: str = "PoReceipt"
    receipt_nbr: str
    status: str = ""
    date: datetime | None = None
    supplier: NumberName | None = None
    lines: tuple[ReadPurchaseReceiptLine, ...] = ()
    last_modified_date_time: datetime | None = None
