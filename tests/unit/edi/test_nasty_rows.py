"""The table of nasty real-life cases, row by row: what each is answered with, and the file that proves it.

The rows are those of the reference's table of syntax, envelope and HL cases, so that none of them can get
lost: every row has files, every file stands in a row, and each file is judged as the row says. Files of a row
are named after its number, ``nasty/`` for syntax and envelopes, ``hierarchy/`` for HL, packages and CPS.
"""

from __future__ import annotations

import io
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ml_connector.codecs import decode
from ml_connector.edi import Status, read_interchanges
from ml_connector.edi.checking import check_message

if TYPE_CHECKING:
    from collections.abc import Mapping

FIXTURES = Path(__file__).parents[2] / "fixtures"
ROWS = range(1, 34)


_NOTHING: Mapping[str, str] = MappingProxyType({})


class Case(NamedTuple):
    """A file and how it is judged.

    Attributes:
        file: Its name, the row's number first.
        accepted: Whether nothing in it is rejected.
        told: Every rule that speaks of it, and its weight.
        document: The same of the document it holds, where the row is about what documents say.
    """

    file: str
    accepted: bool
    told: Mapping[str, str] = _NOTHING
    document: Mapping[str, str] = _NOTHING


OK, BAD = True, False
CASES = [
    # 1, 2: an ISA of another length has one reading if its elements are all there.
    Case("01-isa-padding-stripped", OK, {"isa-not-fixed-length": "warning"}),
    Case("01-isa-elements-missing", BAD, {"isa-elements-missing": "error"}),
    Case("02-isa-too-long", OK, {"isa-not-fixed-length": "warning"}),
    # 3: terminators from the data, blanks around tags ignored.
    Case("03-terminator-newline", OK),
    Case("03-terminator-crlf", OK),
    Case("03-terminator-mixed", OK, {"terminator-missing": "warning"}),
    Case("03-indented", OK),
    # 4: header words in data.
    Case("04-header-words-in-data", OK),
    Case("04-header-words-in-edifact-data", OK),
    # 5: several interchanges; one that fails does not stop the others.
    Case("05-several-of-mixed-standards", OK),
    Case("05-one-fails-the-next-does-not", BAD, {"message-count-wrong": "error"}),
    # 6, 7: what stands around, and other encodings.
    Case("06-byte-order-mark", OK, {"byte-order-mark": "info"}),
    Case("06-text-before", OK, {"noise-before-interchange": "warning"}),
    Case("06-much-text-before", BAD, {"too-much-noise": "error"}),
    Case("06-text-after", OK, {"noise-after-interchange": "warning"}),
    Case("06-control-bytes-after", OK, {"control-bytes-beside-interchange": "info"}),
    Case("07-utf-16-big-endian", OK, {"utf-16-decoded": "warning"}),
    Case("07-utf-16-little-endian", OK, {"utf-16-decoded": "warning"}),
    # 8: what was cut off is refused as a whole.
    Case("08-interchange-trailer-missing", BAD, {"interchange-trailer-missing": "error"}),
    Case(
        "08-cut-off-inside-a-segment",
        BAD,
        {
            "segment-cut-off": "error",
            "segment-missing": "error",
            "message-trailer-missing": "error",
            "interchange-trailer-missing": "error",
        },
    ),
    Case(
        "08-cut-off-then-another",
        BAD,
        {
            "segment-cut-off": "error",
            "message-trailer-missing": "error",
            "group-trailer-missing": "error",
            "interchange-trailer-missing": "error",
        },
    ),
    # 9: control numbers and counts.
    Case("09-interchange-numbers-differ", BAD, {"interchange-control-mismatch": "error"}),
    Case("09-group-numbers-differ", BAD, {"group-control-mismatch": "error"}),
    Case("09-message-numbers-differ", BAD, {"message-control-mismatch": "error"}),
    Case("09-segment-count-off-by-one", BAD, {"message-count-wrong": "error"}),
    Case(
        "09-edifact-numbers-and-counts",
        BAD,
        {
            "interchange-count-wrong": "error",
            "interchange-control-mismatch": "error",
            "message-count-wrong": "error",
        },
    ),
    # 10, 11: numbers used before; whether the content is the same is the ledger's to say.
    Case("10-same-interchange-twice", OK, {"interchange-control-repeated": "warning"}),
    Case("11-same-number-other-content", OK, {"interchange-control-repeated": "warning"}),
    # 12: tests.
    Case("12-test-x12", OK, {"test-interchange": "info"}),
    Case("12-test-edifact", OK, {"test-interchange": "info"}),
    Case("12-test-tradacoms", OK, {"test-interchange": "info"}),
    # 13, 14: separators too many and too few.
    Case("13-trailing-separators", OK, {"too-many-elements": "warning"}),
    Case("14-missing-separators", BAD, {"condition-unmet": "error"}),
    Case("14-mandatory-empty", BAD, {"element-missing": "error"}),
    # 15: lower case.
    Case("15-lower-case-tags", OK, {"lower-case-tag": "warning", "code-in-lower-case": "warning"}),
    # 16, 17: releases.
    Case("16-release-before-terminator", OK, {"terminator-released": "warning"}),
    Case(
        "17-odd-releases",
        BAD,
        {"odd-releases": "error", "message-count-wrong": "error", "segment-missing": "error"},
    ),
    Case(
        "17-release-at-end",
        BAD,
        {
            "release-at-end": "error",
            "segment-outside-message": "error",
            "interchange-trailer-missing": "error",
        },
    ),
    # 18: decimal marks.
    Case("18-decimal-comma", OK),
    Case("18-two-decimal-marks", BAD, {"two-decimal-marks": "error"}),
    # 19, 20: UNA.
    Case("19-una-repetition-blank-syntax-4", OK),
    Case("19-una-repetition-star-syntax-3", OK),
    Case("20-custom-una-newline-terminator", OK),
    Case("20-una-contradicts-unb", OK, {"una-contradicted": "warning"}),
    Case("20-una-shortened", OK, {"una-shortened": "warning"}),
    # 21, 22, 23: charsets and control separators.
    Case("21-utf-8-under-unoc", OK, {"utf-8-under-other-label": "warning"}),
    Case("21-cp1252-under-unoc", OK, {"cp1252-under-other-label": "warning"}),
    Case("21-latin-1-under-unoc", OK),
    Case("22-lower-case-under-unoa", OK, {"lower-case-under-unoa": "warning"}),
    Case("22-accents-under-unob", OK, {"character-outside-repertoire": "warning"}),
    Case("23-unob-control-separators", OK),
    # 24, 25, 26: TRADACOMS.
    Case("24-tradacoms-wrapped", OK),
    Case("25-tradacoms-quote-not-released", OK, {"terminator-in-value": "warning"}),
    Case("26-tradacoms-edifact-separators", BAD, {"tradacoms-separators-wrong": "error"}),
    Case("26-tradacoms-end-missing", BAD, {"interchange-trailer-missing": "error"}),
    Case("26-tradacoms-end-count-wrong", OK, {"transmission-count-wrong": "warning"}),
    Case(
        "26-tradacoms-numbering",
        BAD,
        {
            "message-sequence-wrong": "warning",
            "transmission-count-wrong": "warning",
            "reconciliation-wrong": "warning",
            "message-count-wrong": "error",
        },
    ),
    # 27: segments nobody knows, and known ones out of order.
    Case("27-unknown-segment", OK, {"unknown-segment": "warning"}),
    Case("27-out-of-order", BAD, {"segment-out-of-sequence": "error"}),
    # 28, 29: totals that are absent or nonsense.
    Case("28-ctt-missing", OK),
    Case("29-hash-total-nonsense", OK, {}, {"ctt-hash-total": "warning"}),
    # 30: HL trees.
    Case("30-in-order", OK),
    Case("30-parent-unknown", BAD, {"hl-parent-unknown": "error", "hl-child-code-wrong": "warning"}),
    Case("30-parent-itself", BAD, {"hl-parent-itself": "error", "hl-child-code-wrong": "warning"}),
    Case("30-cycle", BAD, {"hl-cycle": "error", "hl-child-code-wrong": "warning"}),
    Case("30-child-before-parent", OK, {"hl-child-before-parent": "warning"}),
    Case("30-number-gap", OK, {"hl-number-gap": "warning"}),
    Case(
        "30-number-repeated",
        BAD,
        {
            "hl-number-repeated": "error",
            "hl-child-code-wrong": "warning",
            "hl-item-without-order": "warning",
        },
    ),
    Case("30-child-code-wrong", OK, {"hl-child-code-wrong": "warning"}),
    # 31: a flat ship notice, its order in a reference or nowhere.
    Case("31-item-without-order", OK, {"hl-item-without-order": "warning"}),
    Case(
        "31-item-without-any-order",
        OK,
        {"hl-item-without-order": "warning"},
        {"item-without-order": "hold"},
    ),
    # 32: SSCCs. Whether one was used months before is the ledger's to say.
    Case("32-sscc-with-00-prefix", OK),
    Case("32-sscc-bad-check-digit", OK, {}, {"check-digit": "warning"}),
    Case("32-sscc-on-two-packages", OK, {}, {"sscc-repeated": "hold"}),
    # 33: CPS left out, or with names for numbers.
    Case("33-cps-in-order", OK),
    Case("33-cps-missing", OK, {"cps-missing": "warning"}),
    Case("33-cps-numbered-as-text", OK),
    Case("33-cps-number-repeated", OK, {}, {"package-number-repeated": "warning"}),
    Case("33-cps-parent-unknown", OK, {"cps-parent-unknown": "warning"}, {"package-parent": "warning"}),
]
#: Noted of an interchange whatever the row is about.
_USUAL = {"test-interchange"}


def path_of(case):
    folder = "nasty" if int(case.file[:2]) < 30 else "hierarchy"
    return FIXTURES / folder / f"{case.file}.edi"


def judged(data):
    """The verdicts on interchanges and messages, and every rule with its weight."""
    statuses, told = set(), {}
    for interchange in read_interchanges(io.BytesIO(data)):
        for message in interchange.messages():
            checked = check_message(message)
            statuses.add(checked.status)
            told |= {finding.rule: finding.severity.value for finding, _ in checked.findings}
        statuses.add(interchange.status)
        told |= {finding.rule: finding.severity.value for finding in interchange.findings}
    return statuses, told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_a_file_is_judged_as_its_row_says(case):
    statuses, told = judged(path_of(case).read_bytes())
    assert (Status.REJECTED not in statuses) is case.accepted
    ignored = {"too-many-components"} if case.file == "01-isa-elements-missing" else _USUAL - set(case.told)
    assert {rule: weight for rule, weight in told.items() if rule not in ignored} == case.told


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.document or case.file[:2] in {"32", "33"}],
    ids=lambda case: case.file,
)
def test_a_document_is_judged_as_its_row_says(case):
    (interchange,) = read_interchanges(io.BytesIO(path_of(case).read_bytes()))
    (document,) = (decode(interchange, message) for message in interchange.messages())
    assert {found.rule: found.severity.value for found in document.findings} == case.document


def test_every_row_has_files_and_every_file_a_row():
    assert {int(case.file[:2]) for case in CASES} == set(ROWS)
    files = {path.stem for folder in ("nasty", "hierarchy") for path in (FIXTURES / folder).glob("*.edi")}
    assert {case.file for case in CASES} == files
    assert len(CASES) == len(files)
