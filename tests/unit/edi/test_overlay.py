"""Partners' guides over the standard: narrower, wider, other codes, other weights."""

import pytest
from tests.unit.edi.interchanges import ORDER_850, edifact, findings_of, first_message, rules_of, x12

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


N1 = ("N1*BY*HEAD OFFICE*92*0001", "N3*ROAD 1", "N1*ST*STORE*92*0042", "N4*BERGEN**5003*NO")


@pytest.mark.parametrize(
    ("overlay", "segments", "told"),
    [
        ({"/N1[ST]": SegmentOverlay(use="required")}, (BEG, *N1, PO1), []),
        (
            {"/N1[ST]": SegmentOverlay(use="required")},
            (BEG, *N1[:2], PO1),
            ["Expected N1 with ST in 850, found"],
        ),
        ({"/N1[BY]/N3": SegmentOverlay(use="required")}, (BEG, *N1, PO1), []),
        (
            {"/N1[ST]/N3": SegmentOverlay(use="required")},
            (BEG, *N1, PO1),
            ["Expected N3 in N1 of N1 with ST, found PO1."],
        ),
        ({"/N1[ST]/N3": SegmentOverlay(use="required")}, (BEG, *N1[:2], PO1), []),
        (
            {"/N1[BY]": SegmentOverlay(maximum=1)},
            (BEG, *N1, *N1[:2], PO1),
            ["Expected at most 1 N1 with BY in 850, found"],
        ),
        (
            {"/N1[ST]": SegmentOverlay(use="unused")},
            (BEG, *N1, PO1),
            ["Expected no N1 with ST in 850, found"],
        ),
        (
            {"/DTM[002]": SegmentOverlay(use="required")},
            (BEG, "DTM*010*20260101", PO1, "DTM*002*20260101"),
            ["Expected DTM with 002 in 850"],
        ),
        (
            {"PO1/DTM[002]": SegmentOverlay(use="required")},
            (BEG, PO1, "DTM*002*20260101", PO1),
            ["Expected DTM with 002 in PO1"],
        ),
        (
            {"PO1[03=CA]/DTM[002]": SegmentOverlay(use="required")},
            (BEG, PO1, PO1.replace("EA", "CA")),
            ["Expected DTM with 002 in PO1 of PO1 with CA"],
        ),
    ],
)
def test_a_guide_speaks_of_segments_by_their_codes(overlay, segments, told):
    found = findings_of(x12(segments), overlay=Overlay(segments=overlay))
    assert [one.message[: len(start)] for one, start in zip(found, told, strict=True)] == told


def test_what_a_code_demands_is_told_where_its_loop_ends():
    overlay = Overlay(segments={"/N1[ST]/N3": SegmentOverlay(use="required")})
    (finding,) = findings_of(x12((BEG, *N1, PO1)), overlay=overlay)
    assert (finding.rule, finding.code, finding.tag, finding.position, finding.loop) == (
        "segment-missing",
        "AK3:3",
        "N3",
        7,
        "N1",
    )


def test_a_guide_speaks_of_edifact_segments_by_their_codes():
    overlay = Overlay(
        segments={"DTM[2]": SegmentOverlay(use="required"), "/NAD[BY]": SegmentOverlay(use="required")}
    )
    data = edifact(("BGM+220+1+9", "DTM+137:20260115:102", "NAD+SU+1::9", "LIN+1++1:EN", "UNS+S"))
    told = [finding.message for finding in findings_of(data, overlay=overlay)]
    assert sorted(message[:27] for message in told) == [
        "Expected DTM with 2 in ORDE",
        "Expected DTM with 2 in SG25",
        "Expected NAD with BY in ORD",
    ]


def test_an_element_is_narrowed_by_the_code_of_its_segment():
    overlay = Overlay(
        elements={
            "N102": ElementOverlay(maximum=10),
            "N1[ST]04": ElementOverlay(maximum=3),
            "N1[BY]04": ElementOverlay(use="required"),
        }
    )
    lines = ["N1*ST*STORE*92*0042", "N1*BY*HEAD", "N1*SU*MUCH TOO LONG*92*12345"] * 20
    found = findings_of(x12((BEG, *lines, PO1)), overlay=overlay)
    assert [(finding.rule, finding.element) for finding in found] == [
        ("value-too-long", 4),
        ("element-missing", 4),
        ("value-too-long", 2),
    ] * 20


@pytest.mark.parametrize("path", ["N1[ST", "N1[]/N3", "N9[ST]/N3", "n1[ST]", "N1[1=ST]"])
def test_a_discriminator_that_is_none_is_refused(path):
    with pytest.raises(Misconfigured, match="has no place"):
        findings_of(x12(ORDER_850), overlay=Overlay(segments={path: SegmentOverlay(maximum=1)}))
