from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.mapping.papers import charge, invoice, invoice_line, mapped, order, order_line, tax

from ml_connector.documents import CodedValue, RemittanceAdvice
from ml_connector.documents.remittance import Adjustment, RemittanceLine
from ml_connector.errors import Misconfigured
from ml_connector.mapping import Disposition
from ml_connector.partners import parse

JOURNAL = """\
rules:
  - name: bank fees
    when: {partner: great-lakes-tools}
    set:
      entity: journal_transaction
      offset_account: "4390"
      tax_account: "7790"
"""
CASH = """\
rules:
  - name: paid at once
    when: {partner: great-lakes-tools}
    set: {entity: cash_transaction, cash_account: "1920", entry_type: FEE}
"""
PAYMENT = """\
rules:
  - name: customer's payment
    when: {document_type: remittance_advice}
    set: {entity: journal_transaction, account: "6800", offset_account: "4390"}
  - name: deductions
    for: charge
    when: {charge.kind: allowance, charge.code: "04"}
    set: {account: "7790"}
"""


@pytest.fixture(scope="module")
def run(example):
    def mapping(document, rules, partner="great-lakes-tools"):
        return mapped(parse({**example.files, "rules/05-booking.yaml": rules}), document, partner)

    return mapping


def sides(body):
    return [
        (line.account_number, line.debit_amount_in_currency, line.credit_amount_in_currency)
        for line in body.journal_transaction_lines
    ]


def advice(*lines, amount, unallocated=()):
    return RemittanceAdvice(
        number="P-1", issue_date=date(2026, 3, 20), currency="NOK", amount=Decimal(amount), lines=lines,
        unallocated=unallocated,
    )  # fmt: skip


def paid(number, amount, kind="invoice", adjustments=()):
    return RemittanceLine(
        document_number=number, document_type=kind, paid_amount=Decimal(amount), adjustments=adjustments
    )


def adjustment(amount, code):
    return Adjustment(amount=Decimal(amount), code=CodedValue(value=code))


FEES = invoice(
    invoice_line(1, 1, "100.00", description="Guarantee fee"),
    charges=[charge("20.00", "D240", "Freight")],
    taxes=[tax(25, "120.00", "30.00")],
)


def test_an_invoice_of_charges_becomes_a_journal_transaction_whose_sides_balance(run):
    result = run(FEES, JOURNAL)
    assert (result.entity, result.disposition) == ("JournalTransaction", Disposition.POST)
    assert sides(result.body) == [
        ("4300", Decimal("100.00"), None),
        ("4360", Decimal("20.00"), None),
        ("7790", Decimal("30.00"), None),
        ("4390", None, Decimal("150.00")),
    ]
    assert result.business_key == ("4242", "JournalTransaction", "great-lakes-tools", "INV-1", "invoice")


def test_a_credit_note_turns_the_sides(run):
    credit = invoice(invoice_line(1, 1, "100.00"), kind="credit_note")
    assert sides(run(credit, JOURNAL).body) == [
        ("4300", None, Decimal("100.00")),
        ("4390", Decimal("100.00"), None),
    ]


def test_every_value_of_a_booking_has_its_reason(run):
    reasons = {decision.field: decision for decision in run(FEES, JOURNAL).decisions}
    assert "bank fees" in reasons["journalTransactionLines[3].accountNumber"].where
    assert "inbound freight" in reasons["journalTransactionLines[1].accountNumber"].where
    assert reasons["journalTransactionLines[0].accountNumber"].source == "default"


def test_what_no_rule_gives_is_said_with_the_rule_to_mend(run):
    rules = "rules:\n  - {name: fees, when: {currency: USD}, set: {entity: journal_transaction}}\n"
    with pytest.raises(Misconfigured) as caught:
        run(FEES, rules)
    assert "`offset_account: VALUE`" in caught.value.advice
    assert "`tax_account: VALUE`" in caught.value.advice
    assert "rules/05-booking.yaml" in caught.value.advice


def test_an_account_the_ledger_does_not_have_is_named(run):
    with pytest.raises(Misconfigured, match="offset_account 9999, which Visma does not have"):
        run(FEES, JOURNAL.replace('"4390"', '"9999"'))


def test_an_invoice_paid_at_once_becomes_a_cash_transaction(run):
    result = run(FEES, CASH)
    body = result.body
    assert (result.entity, body.cash_account, body.entry_type) == ("CashTransaction", "1920", "FEE")
    assert (body.control_total, body.vat_amount, body.document_ref) == (150, 30, "INV-1")
    assert [(line.offset_account, line.amount) for line in body.cash_transaction_details] == [
        ("4300", 100),
        ("4360", 20),
    ]


def test_a_credit_note_in_cash_is_negative(run):
    credit = invoice(invoice_line(1, 1, "100.00"), kind="credit_note")
    body = run(credit, CASH).body
    assert (body.control_total, body.cash_transaction_details[0].amount) == (-100, -100)


def test_a_remittance_is_logged_unless_a_rule_books_it(run, example):
    result = run(advice(paid("10", "100"), amount="100"), "rules: []\n", "hardanger-bygg")
    assert (result.entity, result.disposition) == ("none", Disposition.NONE)


def test_a_remittance_is_booked_line_by_line_with_its_deductions(run):
    document = advice(
        paid("10", "90.00", adjustments=(adjustment("-10.00", "04"),)),
        paid("11", "-20.00", "credit_note"),
        amount="70.00",
    )
    result = run(document, PAYMENT, "hardanger-bygg")
    assert result.disposition is Disposition.POST
    assert sides(result.body) == [
        ("6800", None, Decimal("100.00")),
        ("7790", Decimal("10.00"), None),
        ("6800", Decimal("20.00"), None),
        ("4390", Decimal("70.00"), None),
    ]
    assert [line.transaction_description for line in result.body.journal_transaction_lines][:3] == [
        "invoice 10",
        "Allowance 04",
        "credit note 11",
    ]


def test_a_remittance_whose_lines_do_not_sum_to_it_is_held(run):
    result = run(advice(paid("10", "99.99"), amount="100.00"), PAYMENT, "hardanger-bygg")
    assert result.disposition is Disposition.HOLD
    assert result.holds == ("P-1 is over 100.00, but its parts sum to 99.99.",)


def test_what_a_customer_paid_is_on_no_default_account(run):
    rules = PAYMENT.replace('account: "6800", ', "")
    with pytest.raises(Misconfigured, match="has no account"):
        run(advice(paid("10", "100"), amount="100"), rules, "hardanger-bygg")


def test_a_rule_may_ask_what_a_line_settles(run):
    rules = PAYMENT + (
        '  - {name: credit notes, for: line, when: {settles_kind: credit_note}, set: {account: "4300"}}\n'
    )
    result = run(advice(paid("11", "-20", "credit_note"), amount="-20"), rules, "hardanger-bygg")
    assert sides(result.body) == [("4300", Decimal(20), None), ("4390", None, Decimal(20))]


def test_an_order_is_no_money_and_is_parked(run):
    rules = "rules:\n  - {name: x, when: {currency: NOK}, set: {entity: cash_transaction}}\n"
    result = run(order(order_line(1, 1, "1.00")), rules, "nordlys-hub")
    assert (result.disposition, result.body) == (Disposition.PARK, None)
    assert "is no money" in result.holds[0]


def test_a_rule_that_makes_it_another_kind_of_document_looks_the_other_partner_up(run, example):
    rules = "rules:\n  - {name: x, when: {document_type: order}, set: {entity: sales_order}}\n"
    with pytest.raises(Misconfigured, match=r"The customer of partner nordlys-hub .* is unknown"):
        run(order(order_line(1, 1, "1.00", seller="MV-1001")), rules, "nordlys-hub")


AMOUNTS = st.decimals("-9999", "9999", places=2)


@settings(deadline=None)
@given(st.lists(st.tuples(AMOUNTS, st.lists(AMOUNTS, max_size=2)), min_size=1, max_size=5), AMOUNTS)
def test_the_sides_of_a_journal_transaction_always_balance(run, lines, rest):
    document = advice(
        *(
            paid(str(number), amount, adjustments=tuple(adjustment(a, "04") for a in adjustments))
            for number, (amount, adjustments) in enumerate(lines)
        ),
        amount=str(sum(amount for amount, _ in lines) + rest),
        unallocated=(adjustment(rest, "04"),),
    )
    rules = PAYMENT.replace("charge.kind: allowance, ", "")
    result = run(document, rules, "hardanger-bygg")
    debited = sum(line.debit_amount_in_currency or 0 for line in result.body.journal_transaction_lines)
    credited = sum(line.credit_amount_in_currency or 0 for line in result.body.journal_transaction_lines)
    assert debited == credited
    assert not result.holds
