"""Partners' guides over the standard: narrower, wider, other codes, other weights."""

import pytest
from tests.unit.edi.interchanges import ORDER_850, findings_of, first_message, rules_of, x12

from ml_connector.edi import (
    CodeOverlay,
    ElementOverlay,
    Overlay,
    SegmentOverlay,
    Severity,
    examine,
    place,
    read_interchanges,
)
from ml_connector.edi.overlay import apply_overlay
from ml_connector.edi.schema import find_schema
from ml_connector.errors import Misconfigured

BEG, PO1, CTT = ORDER_850


@pytest.mark.parametrize(
    ("overlay", "segments", "rules"),
    [
        (Overlay(segments={"PO1/PID": SegmentOverlay(use="required")}), ORDER_850, ["segment-missing"]),
        (Overlay(segments={"CTT": SegmentOverlay(use="unused")}), ORDER_850, ["segment-not-used-by-partner"]),
        (Overlay(segments={"REF": SegmentOverlay(maximum=1)}), (BEG, "REF*DP*1", "REF*IA*2", PO1), [None]),
        (Overlay(elements={"BEG04": ElementOverlay(use="required")}), ORDER_850, ["element-missing"]),
        (
            Overlay(elements={"PO109": ElementOverlay(use="unused")}),
            (BEG, f"{PO1}*UP*012345678905"),
            ["element-not-used-by-partner"],
        ),
        (Overlay(elements={"PO107": ElementOverlay(maximum=3)}), ORDER_850, ["value-too-long"]),
        (
            Overlay(elements={"BEG02": ElementOverlay(codes=("SA",), closed=True)}),
            ORDER_850,
            ["code-not-agreed"],
        ),
        (
            Overlay(codes={"353": CodeOverlay(closed=True)}),
            (BEG.replace("*00*", "*99*"), PO1),
            ["code-not-agreed"],
        ),
    ],
)
def test_a_narrower_guide_finds_more(overlay, segments, rules):
    expected = ["segment-over-maximum"] if rules == [None] else rules
    assert rules_of(x12(segments), overlay=overlay) == expected


@pytest.mark.parametrize(
    ("overlay", "segments"),
    [
        (Overlay(codes={"353": CodeOverlay(extra=("99",))}), (BEG.replace("*00*", "*99*"), PO1)),
        (Overlay(elements={"PO107": ElementOverlay(maximum=60)}), (BEG, PO1 + "-" + "X" * 50)),
        (Overlay(segments={"CUR": SegmentOverlay(maximum=2)}), (BEG, "CUR*BY*USD", "CUR*BY*USD", PO1)),
        (Overlay(additions={"PO1": "NTE:5"}), (BEG, PO1, "NTE**TEXT")),
        (Overlay(additions={"": "NTE:5"}), (BEG, PO1, CTT, "NTE**TEXT")),
    ],
)
def test_a_wider_guide_finds_less(overlay, segments):
    standard = [rule for rule in rules_of(x12(segments)) if rule != "unknown-segment"]
    assert standard or overlay.additions
    assert [rule for rule in rules_of(x12(segments), overlay=overlay) if rule != "unknown-segment"] == []


def test_added_segments_are_placed_where_the_guide_says():
    schema = apply_overlay(find_schema("x12", "850", "004010"), Overlay(additions={"PO1": "NTE:5"}))
    tree = place(first_message(x12((BEG, PO1, "NTE**TEXT", CTT))), schema=schema)
    assert [segment.text for segment in tree.loops("PO1")[0].segments("NTE")] == ["NTE**TEXT"]


def test_severities_are_the_partners():
    segments = (BEG, PO1, CTT, "CUR*BY*USD")
    overlay = Overlay(severities={"segment-out-of-sequence": Severity.WARNING})
    assert [finding.severity for finding in findings_of(x12(segments), overlay=overlay)] == [Severity.WARNING]


def test_lenient_counts_weigh_what_reading_found(tmp_path):
    file = tmp_path / "wrong-count.x12"
    file.write_bytes(x12(ORDER_850).replace(b"SE*5*", b"SE*6*"))
    severities = []
    for overlay in (None, Overlay(lenient_counts=True)):
        with file.open("rb") as stream:
            outcomes = examine(next(iter(read_interchanges(stream))), overlay=overlay)
        severities += [finding.severity for finding in outcomes[0].findings]
    assert severities == [Severity.ERROR, Severity.WARNING]


@pytest.mark.parametrize(
    "overlay",
    [
        Overlay(segments={"PO1/QQQ": SegmentOverlay(use="unused")}),
        Overlay(elements={"QQQ01": ElementOverlay(maximum=1)}),
        Overlay(elements={"BEG99": ElementOverlay(maximum=1)}),
        Overlay(elements={"BEG01.2": ElementOverlay(maximum=1)}),
        Overlay(additions={"QQQ": "NTE"}),
    ],
)
def test_a_guide_that_names_what_is_not_there_is_refused(overlay):
    with pytest.raises(Misconfigured, match="overlay can't be applied"):
        findings_of(x12(ORDER_850), overlay=overlay)
