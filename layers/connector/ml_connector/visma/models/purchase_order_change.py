"""Changes of a purchase order that stands: a partial update, in which lines are named by Visma's numbers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ml_connector.visma.models.purchase_order import PurchaseOrderLine
from ml_connector.visma.models.shared import Day
from ml_connector.visma.wire import Plain, WriteModel


class PurchaseOrderChange(WriteModel):
    """What becomes different in an order; what is absent stays (API A4).

    Attributes:
        order_number: The order that is changed.
        custom_str4: Which change it is: the partner's sequence, before it is sent with its stamp.
    """

    schema_name: ClassVar[str] = "PurchaseOrderUpdateDto"
    order_number: str
    promised_on: Day | None = None
    custom_str4: str | None = Field(default=None, max_length=100)
    lines: Annotated[tuple[PurchaseOrderLine, ...], Plain()] = ()
