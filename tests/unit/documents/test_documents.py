"""The models: frozen, closed, decimals as text, dates as dates, totals derived."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from ml_connector.documents import (
    DOCUMENTS,
    DespatchAdvice,
    DespatchItem,
    DocumentFinding,
    Invoice,
    InvoiceTotals,
    InvoiceType,
    OrderLine,
    OrderResponse,
    OrderTotals,
    Package,
    PackageLevel,
    Party,
    PartyRole,
    PurchaseOrder,
    RemittanceAdvice,
    Severity,
    day_of,
    minor_units,
    party_of,
    round_money,
)
from ml_connector.documents.commercial import AllowanceCharge, AllowanceChargeKind, Settlement


def test_document_type_chooses_the_model():
    read = DOCUMENTS.validate_json('{"document_type": "invoice", "invoice_number": "7"}')
    assert isinstance(read, Invoice)
    assert read.number == "7"


@pytest.mark.parametrize(
    ("document", "number"),
    [
        (PurchaseOrder(order_number="1"), "1"),
        (OrderResponse(order_number="1", response_type="accepted"), "1"),
        (OrderResponse(order_number="1", response_number="R", response_type="accepted"), "R"),
        (DespatchAdvice(despatch_number="D"), "D"),
        (RemittanceAdvice(number="T", amount="1"), "T"),
    ],
)
def test_number_is_what_people_know_the_document_by(document, number):
    assert document.number == number


def test_json_keeps_every_digit_of_a_decimal():
    printed = json.loads(OrderLine(quantity="10.00", unit_price=Decimal("1E+2")).model_dump_json())
    assert (printed["quantity"], printed["unit_price"]) == ("10.00", "100")


def test_unknown_field_is_refused():
    with pytest.raises(ValidationError, match="order_nummer"):
        PurchaseOrder(order_number="1", order_nummer="2")


def test_document_can_not_be_changed():
    order = PurchaseOrder(order_number="1")
    with pytest.raises(ValidationError):
        order.order_number = "2"


def test_date_stays_a_date_and_a_time_stays_told():
    line = OrderLine(requested_delivery="2026-01-15")
    timed = OrderLine(requested_delivery="2026-01-15T00:00:00")
    assert type(line.requested_delivery) is date
    assert timed.requested_delivery == datetime(2026, 1, 15)  # noqa: DTZ001 - the source named no zone
    assert OrderLine.model_validate_json(timed.model_dump_json()) == timed
    assert day_of(timed.requested_delivery) == day_of(line.requested_delivery) == date(2026, 1, 15)


def test_totals_are_the_declared_ones_filled_up_with_computed_ones():
    order = PurchaseOrder(
        order_number="1",
        totals_declared=OrderTotals(line_count=3),
        totals_computed=OrderTotals(line_count=2, sum_qty="5"),
    )
    assert order.totals == OrderTotals(line_count=3, sum_qty="5")
    assert DOCUMENTS.validate_json(order.model_dump_json()) == order


def test_package_tree_is_walked_outermost_first():
    carton = Package(items=(DespatchItem(po_number="B"),))
    pallet = Package(level=PackageLevel.PALLET, items=(DespatchItem(po_number="A"),), children=(carton,))
    advice = DespatchAdvice(despatch_number="1", packages=(pallet,))
    assert [package.level for package in advice.all_packages()] == ["pallet", "carton"]
    assert [item.po_number for item in advice.all_items()] == ["A", "B"]


@pytest.mark.parametrize(
    ("severity", "held"), [("error", True), ("hold", True), ("warning", False), ("info", False)]
)
def test_document_is_held_by_errors_and_holds(severity, held):
    finding = DocumentFinding(severity=Severity(severity), rule="a-rule", message="Something.")
    assert PurchaseOrder(order_number="1", findings=(finding,)).held is held


def test_only_a_credit_note_is_a_credit():
    assert Invoice(invoice_number="1", invoice_type=InvoiceType.CREDIT_NOTE).is_credit
    assert not Invoice(invoice_number="1", totals_declared=InvoiceTotals(payable="1")).is_credit


@pytest.mark.parametrize(
    ("settlement", "counts"),
    [
        (None, True),
        ("off_invoice", True),
        ("bill_back", False),
        ("info_only", False),
        ("paid_by_customer", False),
    ],
)
def test_settlement_says_whether_a_charge_is_in_the_total(settlement, counts):
    kind = AllowanceChargeKind.CHARGE
    charge = AllowanceCharge(kind=kind, settlement=settlement and Settlement(settlement))
    assert charge.changes_total is counts


def test_first_role_wanted_wins():
    buyer, bill_to = Party(role=PartyRole.BUYER), Party(role=PartyRole.BILL_TO)
    assert party_of((bill_to, buyer), PartyRole.BUYER, PartyRole.BILL_TO) is buyer
    assert party_of((bill_to,), PartyRole.SELLER) is None


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [("0.005", "EUR", "0.01"), ("-0.005", None, "-0.01"), ("1.5", "JPY", "2"), ("1.0005", "KWD", "1.001")],
)
def test_money_is_rounded_half_up_to_the_minor_unit(amount, currency, rounded):
    assert round_money(Decimal(amount), currency) == Decimal(rounded)
    assert minor_units("XXX") == 2
