"""Amounts, quantities and totals as partners really send them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.codecs.x12.sets import decoded, rules

from ml_connector.codecs import CodecProfile
from ml_connector.documents import InvoiceType
from ml_connector.errors import Rejected

LINE = "IT1*1*10*EA*12.50**VN*A~"


def invoice(total: str, lines: str = LINE, kind: str = "", profile=None, tail: str = ""):
    return decoded("810", f"BIG*20260110*INV1*****{kind}~{lines}TDS*{total}~{tail}", profile)


def test_total_has_two_implied_decimals():
    found = invoice("12500")
    assert found.totals_declared.payable == Decimal("125.00")
    assert found.findings == ()


def test_total_with_a_point_is_taken_as_it_reads_and_told():
    found = invoice("125.00")
    assert found.totals_declared.payable == Decimal(125)
    assert rules(found) == {"implied-decimal-point": "warning"}
    assert [n.rule for n in found.normalisations] == ["implied-decimal-point"]


def test_total_in_whole_units_is_held_and_not_scaled():
    found = invoice("125")
    assert found.totals_declared.payable == Decimal("1.25")
    assert rules(found) == {"scale-suspicion": "hold"}
    assert found.held


def test_total_in_whole_units_is_scaled_where_the_profile_says_so():
    found = invoice("125", profile=CodecProfile(correct_scale=True))
    assert found.totals_declared.payable == Decimal("125.00")
    assert [n.rule for n in found.normalisations] == ["scale-corrected"]
    assert not found.held


def test_charge_in_whole_units_is_held():
    found = invoice("13500", tail="SAC*C*D240***10**********Freight~")
    assert rules(found) == {"scale-suspicion": "hold"}


def test_charge_with_a_point_is_taken_as_it_reads():
    found = invoice("13500", tail="SAC*C*D240***10.00**********Freight~")
    assert found.allowances_charges[0].amount == Decimal("10.00")
    assert rules(found) == {"implied-decimal-point": "warning"}


def test_charges_told_on_lines_and_again_in_the_summary_are_held_by_name():
    lines = LINE + "SAC*C*D240***500**********Freight~"
    assert rules(invoice("13000", lines, tail="SAC*C*D240***500**********Freight~")) == {
        "charges-told-twice": "hold"
    }


@pytest.mark.parametrize(("total", "rounding"), [("12505", "0.05"), ("12495", "-0.05")])
def test_small_difference_is_rounding(total, rounding):
    found = invoice(total)
    assert found.totals_computed.rounding == Decimal(rounding)
    assert found.findings == ()


def test_larger_difference_is_held():
    assert rules(invoice("12506")) == {"total-mismatch": "hold"}


@pytest.mark.parametrize("settlement", ["01", "06", "15"])
def test_charge_settled_elsewhere_is_not_in_the_total(settlement):
    found = invoice("12500", tail=f"SAC*C*D240***1000*******{settlement}***Freight~")
    assert found.findings == ()


@pytest.mark.parametrize(
    ("basis", "total"), [("PE", "12500"), ("PN", "1250"), ("HP", "125"), ("TP", "13"), ("CT", "12500")]
)
def test_price_is_divided_by_its_basis(basis, total):
    found = invoice(total, f"IT1*1*10*EA*12.50*{basis}*VN*A~")
    assert found.findings == ()
    assert found.lines[0].price.source_code == basis


def test_unknown_price_basis_is_told():
    assert rules(invoice("12500", "IT1*1*10*EA*12.50*QQ*VN*A~")) == {"price-basis-unknown": "warning"}


@pytest.mark.parametrize(
    ("total", "quantity", "price"),
    [("12500", "10", "12.50"), ("-12500", "-10", "12.50"), ("-12500", "10", "-12.50")],
)
@pytest.mark.parametrize("kind", ["CR", "CN"])
def test_credit_note_is_positive_however_it_is_sent(kind, total, quantity, price):
    found = invoice(total, f"IT1*1*{quantity}*EA*{price}**VN*A~", kind)
    assert found.invoice_type is InvoiceType.CREDIT_NOTE
    assert found.totals_declared.payable == Decimal(125)
    assert (found.lines[0].quantity, found.lines[0].price.net) == (10, Decimal("12.50"))
    assert found.lines[0].net_amount == Decimal(125)
    assert found.findings == ()
    assert bool(found.normalisations) is total.startswith("-")


@pytest.mark.parametrize("kind", ["", "DI"])
def test_negative_invoice_is_a_credit_note_and_held(kind):
    found = invoice("-12500", "IT1*1*-10*EA*12.50**VN*A~", kind)
    assert found.invoice_type is InvoiceType.CREDIT_NOTE
    assert found.totals_declared.payable == Decimal(125)
    assert rules(found) == {"negative-invoice": "hold"}


def test_negative_amounts_stay_where_the_profile_allows_them():
    found = invoice("-12500", "IT1*1*-10*EA*12.50**VN*A~", profile=CodecProfile(allow_negative=True))
    assert (found.invoice_type, found.totals_declared.payable) == (InvoiceType.INVOICE, Decimal(-125))
    assert found.findings == ()


@pytest.mark.parametrize(
    ("code", "kind"),
    [("DR", "debit_note"), ("CI", "consolidated"), ("PP", "prepayment"), ("FB", "final"), ("", "invoice")],
)
def test_type_of_invoice(code, kind):
    assert invoice("12500", kind=code).invoice_type.value == kind


def test_return_line_on_an_invoice_is_told():
    found = invoice("11250", LINE + "IT1*2*-1*EA*12.50**VN*A~")
    assert rules(found) == {"negative-line": "warning"}


def test_trailing_minus_is_understood():
    found = invoice("11250", LINE + "IT1*2*1*EA*12.50-**VN*A~")
    assert found.lines[1].price.net == Decimal("-12.50")
    assert [n.rule for n in found.normalisations] == ["number-form"]


def test_free_goods_have_a_zero_price_and_no_warning():
    found = invoice("12500", LINE + "IT1*2*1*EA**NC*VN*B~")
    assert (found.lines[1].price.net, found.lines[1].free_of_charge_flag) == (0, True)
    assert found.findings == ()


def test_missing_price_is_told_and_zero_price_is_a_price():
    assert rules(invoice("12500", LINE + "IT1*2*1*EA***VN*B~")) == {"price-missing": "warning"}
    assert rules(invoice("12500", LINE + "IT1*2*1*EA*0**VN*B~")) == {}


def test_unreadable_amount_refuses_the_document():
    with pytest.raises(Rejected, match=r"IT104 of segment 3 should be a number, found '1,250.00'"):
        invoice("12500", "IT1*1*10*EA*1,250.00**VN*A~")


@pytest.mark.parametrize(
    ("rate", "amount", "basis", "percent"),
    [
        ("25", "31.25", "125", "25"),
        ("25.00", "31.25", "125", "25"),
        (".25", "31.25", "125", "25"),
        ("0.5", "0.63", "125", "0.5"),
    ],
)
def test_tax_rate_is_a_plain_percent(rate, amount, basis, percent):
    total = 12500 + int(Decimal(amount) * 100)
    found = invoice(str(total), tail=f"TXI*VA*{amount}*{rate}*****{basis}~")
    assert found.tax_subtotals[0].rate == Decimal(percent)
    assert found.findings == ()


def test_tax_rate_that_nothing_decides_is_held():
    found = invoice("15625", tail="TXI*VA*31.25*.25~")
    assert rules(found) == {"tax-rate-scale": "hold"}
    known = invoice("15625", tail="TXI*VA*31.25*.25~", profile=CodecProfile(known_tax_rates=("25",)))
    assert known.tax_subtotals[0].rate == Decimal(25)


def test_sum_of_all_taxes_counts_once():
    assert invoice("15000", tail="TXI*TX*25~TXI*ST*15~TXI*LS*10~").findings == ()


@pytest.mark.parametrize(
    ("tail", "found"),
    [
        ("CTT*2~", {"ctt-line-count": "warning"}),
        ("CTT*1*99~", {"ctt-hash-total": "warning"}),
        ("CTT*1*10~", {}),
        ("", {}),
    ],
)
def test_counts_are_checked_and_may_be_missing(tail, found):
    assert rules(invoice("12500", tail=tail)) == found


def test_wrong_count_refuses_where_the_partner_is_strict():
    with pytest.raises(Rejected, match="CTT01"):
        invoice("12500", tail="CTT*2~", profile=CodecProfile(strict_counts=True))


def test_missing_total_is_held():
    found = decoded("810", f"BIG*20260110*INV1~{LINE}")
    assert rules(found) == {"total-missing": "hold"}


@pytest.mark.parametrize("big", ["BIG**INV1~", "BIG*00000000*INV1~", "BIG*19000101*INV1~", "BIG*20260110~"])
def test_invoice_without_date_or_number_is_refused(big):
    with pytest.raises(Rejected, match=r"invoice (date|number)"):
        decoded("810", f"{big}{LINE}TDS*12500~")


def test_invoice_dated_far_ahead_is_held():
    found = decoded("810", f"BIG*20260401*INV1~{LINE}TDS*12500~")
    assert rules(found) == {"date-in-future": "hold"}


def test_two_digit_year_is_understood_and_told():
    found = decoded("810", f"BIG*260110*INV1~{LINE}TDS*12500~")
    assert found.issue_date.isoformat() == "2026-01-10"
    assert rules(found) == {"two-digit-year": "warning"}


def test_remittance_that_does_not_add_up_is_held():
    good = decoded("820", "BPR*I*75*C*NON~TRN*1*T1~ENT*1~RMR*IV*A*PI*100*100~RMR*CM*B**-25*-25~")
    bad = decoded("820", "BPR*I*80*C*NON~TRN*1*T1~ENT*1~RMR*IV*A*PI*100*100~RMR*CM*B**-25*-25~")
    assert (rules(good), rules(bad)) == ({}, {"remittance-total": "hold"})


def test_remittance_line_that_does_not_add_up_is_told():
    found = decoded("820", "BPR*I*90*C*NON~TRN*1*T1~ENT*1~RMR*IV*A*PI*90*100*5~")
    assert rules(found) == {"remittance-line-arithmetic": "warning"}


def test_remittance_without_trace_number_takes_its_control_number():
    found = decoded("820", "BPR*I*0*C*NON~")
    assert (found.number, rules(found)) == ("0001", {"number-missing": "warning"})


def test_what_a_trace_number_is_for_is_kept_where_it_is_not_the_current_one():
    found = decoded("820", "BPR*I*100*C*NON~TRN*3*T1~ENT*1~RMR*IV*A*PI*100*100~")

    assert ("3",) in [extension.values for extension in found.raw_extensions]


def test_whose_currency_it_is_is_kept_where_it_is_another_than_usual():
    usual, other = (
        decoded("850", f"BEG*00*SA*1**20260115~CUR*{party}*EUR~PO1*1*1*EA*1**VP*A~CTT*1~")
        for party in ("BY", "SE")
    )

    assert (usual.currency, other.currency) == ("EUR", "EUR")
    assert ("SE",) in [extension.values for extension in other.raw_extensions]
    assert usual.raw_extensions == ()
