"""What a codec needs to know of the partner: leniencies inward, envelope and limits outward."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from ml_connector.documents.base import Model


class Envelope(Model):
    """Who sends what to whom, with the control numbers the caller has drawn.

    Qualifiers are the standard's own codes (X12 ISA05, EDIFACT 0007). ``None`` leaves a value to the codec:
    the document's own source where it has one, else the standard's usual default.
    ``prepared_at`` is the sender's local time; None takes the clock's.
    """

    sender_id: str | None = None
    sender_qualifier: str | None = None
    sender_internal_id: str | None = None
    receiver_id: str | None = None
    receiver_qualifier: str | None = None
    receiver_internal_id: str | None = None
    group_sender_id: str | None = None
    group_receiver_id: str | None = None
    interchange_control_number: int = 1
    group_control_number: int = 1
    message_control_number: int = 1
    prepared_at: datetime | None = None
    test: bool = False
    acknowledgement_wanted: bool = False
    application_reference: str | None = None
    association: str | None = None
    agreement: str | None = None


class Layout(Model):
    """How the bytes look: separators (None means the standard's usual ones), charset, line breaks."""

    element: str | None = None
    component: str | None = None
    repetition: str | None = None
    release: str | None = None
    terminator: str | None = None
    decimal: str | None = None
    charset: str | None = None
    line_breaks: bool = False
    service_string: bool = True


class CodecProfile(Model):
    """A partner's ways with documents; the defaults suit a partner who keeps to the standard.

    Attributes:
        allow_negative: Negative quantities and amounts are this partner's normal way; they are kept.
        correct_scale: A total whose scale is off by 100 is corrected (and recorded) instead of held.
        quantity_is_delta: Quantities of an order change are differences, not new totals.
        count_hierarchy: CTT01 of a despatch advice counts all hierarchy levels (True), items (False), or
            whichever fits (None).
        strict_counts: A declared count or hash total that does not fit is an error instead of a warning.
        default_currency: The currency where the document names none.
        credit_negative: Credit notes are written with negative amounts.
        item_qualifiers: Outward, the item number qualifier to use per identifier scheme, over the default.
        units_in: The partner's unit codes that mean something of their own: code -> code of the same list.
        units_out: The reverse, outward.
        known_tax_rates: Percentages this partner's invoices may carry, to tell 20 from 0.20 and 20000.
        envelope: Outward, who and control numbers.
        layout: Outward, separators and charset.
    """

    allow_negative: bool = False
    correct_scale: bool = False
    quantity_is_delta: bool = False
    count_hierarchy: bool | None = None
    strict_counts: bool = False
    default_currency: str | None = None
    credit_negative: bool = False
    item_qualifiers: dict[str, str] = Field(default_factory=dict)
    units_in: dict[str, str] = Field(default_factory=dict)
    units_out: dict[str, str] = Field(default_factory=dict)
    known_tax_rates: tuple[str, ...] = ()
    structure: Literal["shipment_order_package_item", "shipment_order_item", None] = None
    envelope: Envelope = Envelope()
    layout: Layout = Layout()
