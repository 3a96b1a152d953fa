"""Invoices whose total is not the sum of their parts, from the partner's bytes to what is posted."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from tests.unit.codecs.roundtrip import read
from tests.unit.mapping.conftest import EXAMPLE
from tests.unit.mapping.papers import mapped

from ml_connector.documents import DocumentFinding, Severity
from ml_connector.mapping import Disposition
from ml_connector.partners import parse

EDIFACT = ("within-tolerance-and-exception.edi", "malmberg-verktyg")
X12 = ("matched-with-freight.edi", "great-lakes-tools")
PRICES = "unit_price: {percent: 1}, line: {percent: 1}"
TOTAL = {EDIFACT: b"MOA+77:3572.50'", X12: b"TDS*397500~"}


def with_tolerances(example, partner, tolerances):
    """The example with these tolerances of the partner, its prices left alone, and no others."""
    files = {
        name: re.sub(r"^tolerances:.*\n( .*\n)*", "", text, flags=re.MULTILINE)
        for name, text in example.files.items()
    }
    files[f"partners/{partner}.yaml"] += f"\ntolerances: {{{PRICES}{tolerances}}}\n"
    return parse(files)


def posted(configuration, which, total):
    name, partner = which
    data = (EXAMPLE / "tests" / name).read_bytes()
    assert data.count(TOTAL[which]) == 1
    document = read(data.replace(TOTAL[which], total))[0]
    return document, mapped(configuration, document, partner)


def amounts(result):
    return result.body.amount, result.body.rounding_diff_in_currency


@pytest.mark.parametrize(
    "total", [b"MOA+77:3572.54'", b"MOA+77:3572.54'MOA+9:3572.54'", b"MOA+9:3572.54'", b"MOA+86:3572.54'"]
)
def test_cents_between_total_and_lines_are_rounding_whichever_total_tells_them(example, total):
    document, result = posted(example, EDIFACT, total)
    assert document.totals_computed.rounding == Decimal("0.04")
    assert amounts(result) == (Decimal("3572.54"), Decimal("0.04"))
    assert result.disposition is Disposition.POST


def test_what_is_prepaid_is_no_rounding(example):
    _, result = posted(example, EDIFACT, b"MOA+77:3572.54'MOA+113:100'")
    assert amounts(result) == (Decimal("3472.54"), Decimal("0.04"))


@pytest.mark.parametrize(
    ("which", "total", "tolerances", "expected"),
    [
        (X12, b"TDS*397530~", ", rounding: 1.00", ("3975.30", "0.30")),
        (X12, b"TDS*397530~", "", ("3975.30", "0.30")),
        (X12, b"TDS*398500~", ", document: {amount: 50}", ("3985.00", "10.00")),
        (X12, b"TDS*397698~", "", ("3976.98", "1.98")),  # 0.05 % of 3975.00 is 1.9875
        (X12, b"TDS*397699~", "", None),
        (X12, b"TDS*397530~", ", rounding: 0.10, document: {amount: 0.10}", None),
        (X12, b"TDS*398500~", "", None),
        (EDIFACT, b"MOA+77:3573.40'", "", ("3573.40", "0.90")),
        (EDIFACT, b"MOA+77:3582.50'", ", document: {amount: 50}", ("3582.50", "10.00")),
        (EDIFACT, b"MOA+77:3582.50'MOA+9:3582.50'", ", document: {amount: 50}", ("3582.50", "10.00")),
        (EDIFACT, b"MOA+77:3572.54'", ", rounding: 0, document: {amount: 0}", None),
        (EDIFACT, b"MOA+77:3582.50'", "", None),
    ],
)
def test_a_total_is_held_beyond_the_tolerances_and_only_there(example, which, total, tolerances, expected):
    document, result = posted(with_tolerances(example, which[1], tolerances), which, total)
    noted = {decision.field for decision in result.decisions}
    if expected is None:
        assert result.disposition is Disposition.HOLD
        assert result.body.hold is True
        assert not result.body.rounding_diff_in_currency
        assert result.body.amount == document.totals.payable != document.totals_computed.line_extension
        return
    assert amounts(result) == tuple(map(Decimal, expected))
    assert (result.disposition, result.holds) == (Disposition.POST, ())
    assert {finding.rule for finding in document.findings if finding.severity is Severity.HOLD} <= noted


@pytest.mark.parametrize("rule", ["scale-suspicion", "charges-told-twice", "negative-invoice"])
def test_no_tolerance_excuses_what_is_more_than_a_difference(example, rule):
    document = read((EXAMPLE / "tests" / X12[0]).read_bytes())[0]
    finding = DocumentFinding(severity=Severity.HOLD, rule=rule, message="Look.", expected="1", found="1.01")
    document = document.model_copy(update={"findings": (finding,)})
    assert mapped(example, document).disposition is Disposition.HOLD


@pytest.mark.parametrize(("tax", "held"), [("0.90", False), ("1.10", True)])
def test_a_total_of_tax_is_judged_by_the_tolerance_of_vat(example, tax, held):
    document = read((EXAMPLE / "tests" / X12[0]).read_bytes())[0]
    finding = DocumentFinding(
        severity=Severity.HOLD, rule="tax-total-total", message="Tax.", expected="0", found=tax
    )
    result = mapped(example, document.model_copy(update={"findings": (finding,)}))
    assert (result.disposition is Disposition.HOLD) is held
