"""Purchase order and its change (UBL Order, OrderChange)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import computed_field

from ml_connector.documents.base import Model, Moment, Number, effective
from ml_connector.documents.commercial import AllowanceCharge, PaymentTerms, TaxSubtotal
from ml_connector.documents.delivery import Delivery, DeliverySchedule
from ml_connector.documents.items import Item
from ml_connector.documents.measures import Price, UnitOfMeasure
from ml_connector.documents.parties import Contact, Party
from ml_connector.documents.provenance import BusinessDocument
from ml_connector.documents.references import Note, Reference


class OrderType(StrEnum):
    """What kind of order."""

    STANDARD = "standard"
    BLANKET = "blanket"
    CALL_OFF = "call_off"
    RUSH = "rush"
    DROP_SHIP = "drop_ship"
    CONSIGNMENT = "consignment"
    SAMPLE = "sample"
    CANCEL = "cancel"
    OTHER = "other"


class Purpose(StrEnum):
    """What the sender wants done with the document."""

    ORIGINAL = "original"
    REPLACE = "replace"
    CHANGE = "change"
    CANCEL = "cancel"
    CONFIRMATION = "confirmation"
    DUPLICATE = "duplicate"
    INFORMATION = "information"
    COPY = "copy"


class LineAction(StrEnum):
    """What a line of an order change does to the line it names."""

    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"
    CANCEL = "cancel"
    UNCHANGED = "unchanged"


class SubLine(Model):
    """A component of a kit or assortment; ``relationship`` is included, add, substitute or delete."""

    line_number: str | None = None
    relationship: str | None = None
    item: Item = Item()
    quantity: Number | None = None
    uom: UnitOfMeasure | None = None
    unit_price: Number | None = None
    source_qualifier: str | None = None


class OrderLine(Model):
    """One line. The net price of ``quantity`` is ``quantity * unit_price / price_base``.

    ``quantity`` is always the full new quantity; a change by difference is told by ``quantity_change``.
    """

    line_number: str | None = None
    action: LineAction | None = None
    action_code: str | None = None
    item: Item = Item()
    quantity: Number | None = None
    uom: UnitOfMeasure | None = None
    quantity_change: Number | None = None
    quantity_open: Number | None = None
    unit_price: Number | None = None
    list_price: Number | None = None
    price_base: Number | None = None
    price_base_uom: UnitOfMeasure | None = None
    price_code: str | None = None
    prices: tuple[Price, ...] = ()
    line_net_amount: Number | None = None
    units_per_pack: Number | None = None
    requested_delivery: Moment | None = None
    delivery: Delivery | None = None
    delivery_schedules: tuple[DeliverySchedule, ...] = ()
    parties: tuple[Party, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()
    taxes: tuple[TaxSubtotal, ...] = ()
    notes: tuple[Note, ...] = ()
    references: tuple[Reference, ...] = ()
    sub_lines: tuple[SubLine, ...] = ()


class OrderTotals(Model):
    """Totals of an order, as declared or as computed."""

    line_count: int | None = None
    sum_qty: Number | None = None
    net_amount: Number | None = None
    gross_amount: Number | None = None


class PurchaseOrder(BusinessDocument):
    """An order (document_type ``order``) or a change to one (``order_change``)."""

    document_type: Literal["order", "order_change"] = "order"
    order_number: str
    order_release: str | None = None
    change_sequence: str | None = None
    order_type: OrderType = OrderType.STANDARD
    order_type_code: str | None = None
    purpose: Purpose = Purpose.ORIGINAL
    issue_date: date | None = None
    change_date: date | None = None
    acknowledgement_wanted: str | None = None
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
    taxes: tuple[TaxSubtotal, ...] = ()
    notes: tuple[Note, ...] = ()
    lines: tuple[OrderLine, ...] = ()
    totals_declared: OrderTotals = OrderTotals()
    totals_computed: OrderTotals = OrderTotals()

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property; pydantic asks for it
    @property
    def totals(self) -> OrderTotals:
        """The totals to go by: as declared, else as computed."""
        return effective(self.totals_declared, self.totals_computed)

    @property
    def number(self) -> str:
        """The order number (BEG03, BGM 1004, ORNO1)."""
        return self.order_number
