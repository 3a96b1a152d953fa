"""Order response: what the seller makes of an order (UBL OrderResponse)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import computed_field

from ml_connector.documents.base import Model, Moment, Number, effective
from ml_connector.documents.commercial import AllowanceCharge, PaymentTerms
from ml_connector.documents.delivery import Delivery
from ml_connector.documents.items import Item
from ml_connector.documents.measures import CodedValue, UnitOfMeasure
from ml_connector.documents.order import OrderLine, OrderTotals, Purpose
from ml_connector.documents.parties import Contact, Party
from ml_connector.documents.provenance import BusinessDocument
from ml_connector.documents.references import Note, Reference


class ResponseType(StrEnum):
    """The answer to the order as a whole."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_CHANGE = "accepted_with_change"
    REJECTED = "rejected"
    RECEIVED = "received"
    ON_HOLD = "on_hold"


class ResponseAction(StrEnum):
    """The answer to a line."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    CHANGED_QTY = "changed_qty"
    CHANGED_PRICE = "changed_price"
    CHANGED_DATE = "changed_date"
    SUBSTITUTED = "substituted"
    REJECTED = "rejected"
    BACKORDERED = "backordered"
    SPLIT = "split"
    HOLD = "hold"
    CANCELLED = "cancelled"
    ADDED = "added"
    SHIPPED = "shipped"


class PromisedDate(Model):
    """A date the seller names; ``meaning`` is promised_delivery, promised_ship, requested_delivery ..."""

    date: Moment
    meaning: str | None = None
    qty: Number | None = None
    source_qualifier: str | None = None


class LineConfirmation(Model):
    """The answer to a line, or to one part of it."""

    action: ResponseAction
    quantity: Number | None = None
    uom: UnitOfMeasure | None = None
    unit_price: Number | None = None
    price_base: Number | None = None
    price_base_uom: UnitOfMeasure | None = None
    promised_dates: tuple[PromisedDate, ...] = ()
    substitute_item: Item | None = None
    reason_code: CodedValue | None = None
    note: str | None = None
    source_code: str | None = None


class OrderResponseLine(LineConfirmation):
    """One line's answer. A line answered in parts has action SPLIT and the parts in ``confirmations``.

    ``original_line`` is the order line as the seller echoes it; ``item`` repeats its item.
    ``quantity`` of a split line is the sum over its parts.
    """

    line_number: str | None = None
    item: Item = Item()
    original_line: OrderLine | None = None
    confirmations: tuple[LineConfirmation, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def parts(self) -> tuple[LineConfirmation, ...]:
        """The parts of the answer: the confirmations of a split line, else the line itself."""
        return self.confirmations or (self,)


class OrderResponse(BusinessDocument):
    """The seller's answer to an order; its number is the response's own, or else the order's."""

    document_type: Literal["order_response"] = "order_response"
    response_number: str | None = None
    purpose: Purpose = Purpose.ORIGINAL
    order_number: str
    order_release: str | None = None
    order_date: date | None = None
    seller_order_number: str | None = None
    response_type: ResponseType
    response_code: str | None = None
    issue_date: date | None = None
    currency: str | None = None
    exchange_rate: Number | None = None
    contract: str | None = None
    parties: tuple[Party, ...] = ()
    contact: Contact | None = None
    references: tuple[Reference, ...] = ()
    payment_terms: tuple[PaymentTerms, ...] = ()
    requested_delivery: Moment | None = None
    delivery: Delivery | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    notes: tuple[Note, ...] = ()
    lines: tuple[OrderResponseLine, ...] = ()
    totals_declared: OrderTotals = OrderTotals()
    totals_computed: OrderTotals = OrderTotals()

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property; pydantic asks for it
    @property
    def totals(self) -> OrderTotals:
        """The totals to go by: as declared, else as computed."""
        return effective(self.totals_declared, self.totals_computed)

    @property
    def number(self) -> str:
        """The response's number, or the order's where the standard gives the response none (X12 855)."""
        return self.response_number or self.order_number
