from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from ml_connector.documents import (
    DespatchAdvice,
    Invoice,
    InvoiceType,
    LineAction,
    OrderLine,
    OrderResponse,
    PurchaseOrder,
    ResponseType,
)
from ml_connector.errors import Held
from ml_connector.mapping.outward import Change, changed_document

DAY = date(2026, 3, 5)
ORDER = PurchaseOrder(order_number="51", lines=(OrderLine(line_number="1", quantity=Decimal(10)),))
RESPONSE = OrderResponse(order_number="PO-1", response_type=ResponseType.ACCEPTED)
DESPATCH = DespatchAdvice(despatch_number="551", issue_datetime=datetime(2026, 3, 2, 9, tzinfo=None))  # noqa: DTZ001 - Visma writes no zone
INVOICE = Invoice(invoice_number="3901", invoice_type=InvoiceType.INVOICE)


def change(**more):
    return Change(sequence=1, on=DAY, cancelled=more.pop("cancelled", False), **more)


def test_an_860_says_what_is_left_to_receive_of_each_line():
    now = ORDER.model_copy(update={"lines": (OrderLine(line_number="1", quantity=Decimal(12)),)})
    told = changed_document(now, ORDER, change(received={"1": Decimal(4)}), "x12")
    assert [(line.action, line.quantity_open) for line in told.lines] == [(LineAction.CHANGE, 8)]


@pytest.mark.parametrize(("cancelled", "purpose"), [(False, "replace"), (True, "cancel")])
def test_a_response_and_a_despatch_advice_are_replaced_or_cancelled(cancelled, purpose):
    now = RESPONSE.model_copy(update={"currency": "SEK"})
    assert changed_document(now, RESPONSE, change(cancelled=cancelled), "edifact").purpose == purpose
    moved = DESPATCH.model_copy(update={"despatch_datetime": DAY})
    assert changed_document(moved, DESPATCH, change(cancelled=cancelled), "x12").function == purpose


def test_a_cancellation_says_what_the_partner_knows_and_not_what_visma_has_now():
    now = RESPONSE.model_copy(update={"currency": "SEK"})
    assert changed_document(now, RESPONSE, change(cancelled=True), "x12").currency is None


def test_when_visma_last_wrote_a_shipment_is_nothing_to_tell():
    later = DESPATCH.model_copy(update={"issue_datetime": datetime(2026, 3, 9, 9)})  # noqa: DTZ001 - as above
    assert changed_document(later, DESPATCH, change(), "x12") is None


@pytest.mark.parametrize(
    ("sent", "standard", "cancelled", "happened"),
    [
        (INVOICE, "x12", False, "3901 changed"),
        (INVOICE, "edifact", True, "3901 was voided"),
        (ORDER, "tradacoms", False, "tradacoms has no message"),
    ],
)
def test_what_no_message_can_say_is_held(sent, standard, cancelled, happened):
    now = sent.model_copy(update={"currency": "SEK"})
    with pytest.raises(Held, match=happened):
        changed_document(now, sent, change(cancelled=cancelled), standard)
