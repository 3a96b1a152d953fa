"""The table of nasty real-life cases, row by row: amounts and quantities, identity and references.

Syntax and hierarchies stand in ``tests/unit/edi/test_nasty_rows.py``. Every row here has files, named after
its number, or names the tests that prove it where it is not for a codec to say; every file stands in a row.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ml_connector.codecs.files import DocumentFile, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ml_connector.documents import Document

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "fixtures" / "contents"
ROWS = range(34, 61)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Case(NamedTuple):
    """A file and what its document says.

    Attributes:
        file: Its name, the row's number first.
        says: A value of the document, and what it should be.
        told: Every finding, and its weight.
        changed: Every rule by which a value was changed.
        refused: The rule that refuses it; the file then gives no document.
    """

    file: str
    says: tuple[Callable[[Document], object], object] | None = None
    told: Mapping[str, str] = _NOTHING
    changed: frozenset[str] = frozenset()
    refused: str = ""


def payable(document):
    return document.totals_declared.payable


def credit(document):
    return document.invoice_type.value, document.totals.payable, document.lines[0].quantity


def ship_to(document):
    (identifier,) = document.parties[0].ids
    return identifier.value, identifier.matching_value


def rates(document):
    return {line.tax[0].rate for line in document.lines} | {tax.rate for tax in document.tax_subtotals}


def items(document):
    return [line.item.gtin.matching_value for line in document.lines]


def actions(document):
    return [(line.action.value, line.quantity) for line in document.lines]


POSITIVE = ("credit_note", Decimal(125), 10)
CASES = [
    # 34, 35: amounts with two decimals that are not written.
    Case(
        "34-total-with-a-point",
        (payable, 125),
        {"implied-decimal-point": "warning"},
        {"implied-decimal-point"},
    ),
    Case("34-total-in-whole-units", (payable, Decimal("1.25")), {"scale-suspicion": "hold"}),
    Case(
        "35-charge-with-a-point",
        (lambda found: found.allowances_charges[0].amount, 10),
        {"implied-decimal-point": "warning"},
        {"implied-decimal-point"},
    ),
    Case(
        "35-charge-in-whole-units",
        (lambda found: found.allowances_charges[0].amount, Decimal("0.10")),
        {"scale-suspicion": "hold"},
    ),
    Case(
        "35-terms-discount-with-a-point",
        (lambda found: found.payment_terms[0].discount_amount, Decimal("2.50")),
        {"implied-decimal-point": "warning"},
        {"implied-decimal-point"},
    ),
    # 36: the scale of a credit note's totals, found by its lines.
    Case("36-credit-totals-of-four-decimals", (payable, 9), changed={"totals-scale"}),
    Case(
        "36-credit-totals-of-no-scale",
        None,
        {
            "totals-scale": "hold",
            "line-extension-total": "hold",
            "tax-exclusive-total": "hold",
            "payable-total": "hold",
        },
    ),
    # 37: one percentage in every form.
    Case("37-vat-in-thousandths", (rates, {Decimal(20)})),
    Case("37-vat-in-plain", (rates, {Decimal(20)}), changed={"vat-percentage-form"}),
    Case("37-vat-in-hundredths", (rates, {Decimal(20)}), changed={"vat-percentage-form"}),
    Case("37-vat-in-fraction", (rates, {Decimal(20)}), changed={"vat-percentage-form"}),
    Case("37-vat-of-no-form", None, {"vat-percentage": "hold", "tax-amount": "warning"}),
    # 38: negative numbers.
    Case("38-order-negative-quantity", refused="negative-quantity"),
    Case("38-trailing-minus", (credit, POSITIVE), changed={"number-form", "credit-sign"}),
    # 39: the type carries the sign.
    Case("39-credit-note-positive", (credit, POSITIVE)),
    Case("39-credit-note-negative", (credit, POSITIVE), changed={"credit-sign"}),
    Case(
        "39-invoice-negative",
        (credit, POSITIVE),
        {"negative-invoice": "hold"},
        {"negative-invoice", "credit-sign"},
    ),
    Case("39-edifact-credit-note-negative", (credit, ("credit_note", 1250, 10)), changed={"sign"}),
    Case(
        "39-edifact-invoice-negative",
        (credit, ("credit_note", 1250, 10)),
        {"negative-invoice": "hold"},
        {"sign"},
    ),
    # 40: nothing is a value; nothing said is none.
    Case("40-zero-price", (lambda found: found.lines[0].unit_price, 0)),
    Case("40-price-missing", (lambda found: found.lines[0].unit_price, None), {"price-missing": "warning"}),
    Case("40-quantity-zero", (lambda found: found.lines[0].quantity, 0), {"zero-quantity": "warning"}),
    # 41: prices per hundred.
    Case("41-price-per-hundred", (lambda found: found.lines[0].net_amount, Decimal("1.25"))),
    Case(
        "41-edifact-price-per-hundred",
        (lambda found: (found.lines[0].price.base, found.lines[0].net_amount), (100, 1000)),
    ),
    # 42: cases stay cases; what is in them stands beside.
    Case(
        "42-cases-and-units-in-them",
        (
            lambda found: (found.lines[0].quantity, found.lines[0].units_per_pack, payable(found)),
            (20, 12, 266),
        ),
    ),
    # 43, 44, 45: what does not quite add up.
    Case("43-total-off-by-cents", (lambda found: found.totals_computed.rounding, Decimal("0.03"))),
    Case("43-total-off-by-more", None, {"total-mismatch": "hold"}),
    Case(
        "44-line-net-is-not-quantity-times-price",
        (lambda found: found.lines[0].net_amount, 1000),
        {"line-net-amount": "warning"},
    ),
    Case("45-tax-of-lines-rounded", (lambda found: found.totals_declared.tax_total, Decimal("5.02"))),
    # 46: numbers of parties; never refused for a check digit.
    Case(
        "46-gln-under-another-qualifier",
        (ship_to, ("7300010000032", "7300010000032")),
        {"gln-under-another-scheme": "warning"},
    ),
    Case(
        "46-gln-with-blanks",
        (ship_to, ("7300 0100 00032", "7300010000032")),
        {"identifier-form": "warning"},
    ),
    Case(
        "46-gln-lost-its-zero",
        (ship_to, ("614141000036", "0614141000036")),
        {"identifier-form": "warning"},
    ),
    Case(
        "46-gln-bad-check-digit",
        (ship_to, ("5412345000176", "5412345000176")),
        {"check-digit": "warning"},
    ),
    Case("46-duns-with-dashes", (ship_to, ("12-345-6789", "123456789")), {"identifier-form": "warning"}),
    # 47: GTINs of every length are one number; a case is another item than its unit.
    Case(
        "47-gtins-of-all-lengths",
        (items, ["00036000291452", "07040001000015", "17040001000012"]),
    ),
    Case("47-gtin-bad-check-digit", (items, ["07040001000016"]), {"check-digit": "warning"}),
    # 48: one invoice for several orders. Patterns of order numbers are the partner's file's.
    Case(
        "48-several-orders-in-one-invoice",
        (lambda found: [line.order_ref.po_number for line in found.lines], ["PO-1", "PO-2"]),
    ),
    # 49: no number, no date.
    Case("49-number-missing", refused="number-missing"),
    Case("49-date-zeros", refused="invoice-date-missing"),
    Case(
        "49-date-six-digits",
        (lambda found: found.issue_date.isoformat(), "2026-03-02"),
        {"two-digit-year": "warning"},
        {"two-digit-year"},
    ),
    # 52: one line over several stores.
    Case(
        "52-one-line-over-stores",
        (lambda found: [schedule.qty for schedule in found.lines[0].delivery_schedules], [5, 7]),
    ),
    Case("52-stores-do-not-add-up", None, {"schedule-sum": "warning"}),
    # 53: several messages of several kinds.
    Case("53-order-and-invoice-together"),
    # 55: totals, unless the partner's file says that they are differences.
    Case("55-change-tenfold", (actions, [("change", 1000)])),
    # 56: answers that do not answer everything.
    Case("56-answers-do-not-add-up", None, {"confirmed-quantity-sum": "warning"}),
    Case("56-backordered-without-date", None, {"backorder-without-date": "warning"}),
    # 57: payments; a credit is subtracted.
    Case("57-payment-differs-from-lines", None, {"remittance-total": "hold"}),
    Case("57-credit-negative", (lambda found: [line.paid_amount for line in found.lines], [1000, -100])),
    # 60: texts are kept, but for control characters.
    Case(
        "60-control-characters",
        (lambda found: found.parties[0].name, "DEPOT NORTH"),
        changed={"control-characters"},
    ),
    Case("60-markup-in-text", (lambda found: found.lines[0].item.description, "=cmd() <b>&amp; | bolt")),
]
#: Rows that other rooms answer, and where.
ELSEWHERE = {
    50: "tests/integration/visma/test_posting.py",
    51: "tests/integration/visma/test_posting.py",
    54: "tests/unit/workflow/test_precedence.py",
    58: "tests/unit/workflow/test_reconcile_acknowledgement.py",
    59: "tests/unit/mapping/test_document.py",
}


def documents(case):
    with (FOLDER / f"{case.file}.edi").open("rb") as stream:
        return [found for part in DocumentFile(stream).parts() for found in part]


@pytest.mark.parametrize("case", [case for case in CASES if not case.refused], ids=lambda case: case.file)
def test_a_document_says_what_its_row_says(case):
    found = documents(case)

    assert [one for one in found if isinstance(one, Refusal)] == []
    told = {finding.rule: finding.severity.value for one in found for finding in one.findings}
    assert told == dict(case.told)
    assert {change.rule for one in found for change in one.normalisations} == case.changed
    if case.says is not None:
        value, expected = case.says
        assert value(found[0]) == expected


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.file)
def test_what_can_be_no_document_is_refused_by_name(case):
    (refusal,) = documents(case)

    assert isinstance(refusal, Refusal)
    assert case.refused in {finding["rule"] for finding in refusal.findings}
    assert refusal.advice


def test_messages_of_two_kinds_are_documents_of_two_kinds():
    found = documents(Case("53-order-and-invoice-together"))
    assert [document.document_type for document in found] == ["order", "invoice"]


def test_every_row_has_files_or_a_place_and_every_file_a_row():
    rows = {int(case.file[:2]) for case in CASES}
    assert rows | set(ELSEWHERE) == set(ROWS)
    assert {case.file for case in CASES} == {path.stem for path in FOLDER.glob("*.edi")}
    assert len(CASES) == len({case.file for case in CASES})
    assert [place for place in ELSEWHERE.values() if not (ROOT / place).exists()] == []
