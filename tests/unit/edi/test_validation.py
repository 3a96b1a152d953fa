"""Every rule of validation, by a message that breaks it; and that the fast path never changes a verdict."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.edi.interchanges import (
    ORDER_850,
    ORDERS,
    edifact,
    examined,
    findings_of,
    rules_of,
    tradacoms,
    x12,
)

from ml_connector.edi import ReadOptions, Severity, find_schema, read_interchanges, validate

BEG, PO1, CTT = ORDER_850


def test_faultless_messages_have_no_findings():
    assert findings_of(x12(ORDER_850)) == []
    assert findings_of(edifact(ORDERS)) == []


@pytest.mark.parametrize(
    ("segments", "code", "tag", "position", "element"),
    [
        ((PO1, CTT), "AK3:3", "BEG", 2, None),
        ((BEG, "QQQ*1", PO1, CTT), "AK3:1", "QQQ", 3, None),
        ((BEG, "BIG*20260115*1", PO1, CTT), "AK3:6", "BIG", 3, None),
        ((BEG, "SCH*1*EA**002*20260115", PO1, CTT), "AK3:2", "SCH", 3, None),
        ((BEG, PO1, CTT, "CUR*BY*USD"), "AK3:7", "CUR", 5, None),
        ((BEG, "CUR*BY*USD", "CUR*BY*USD", PO1), "AK3:5", "CUR", 4, None),
        ((BEG, PO1, CTT, CTT), "AK3:4", "CTT", 5, None),
        (("BEG*00*NE***20260115", PO1), "AK4:1", "BEG", 2, 3),
        ((BEG, "PO1*1*12**9.95**VP*ITEM-1*UP", CTT), "AK4:2", "PO1", 3, 9),
        ((BEG, "N1*ST*STORE*92*0042*01*BY*EXTRA", PO1), "AK4:3", "N1", 3, 7),
        ((BEG, "N1*B*STORE", PO1), "AK4:4", "N1", 3, 1),
        ((BEG, "N1*ABCD*STORE", PO1), "AK4:5", "N1", 3, 1),
        ((BEG, "PO1*1*1O*EA*9.95**VP*ITEM-1"), "AK4:6", "PO1", 3, 2),
        (("BEG*98*NE*4500012345**20260115", PO1), "AK4:7", "BEG", 2, 1),
        (("BEG*00*NE*4500012345**20260230", PO1), "AK4:8", "BEG", 2, 5),
        ((BEG, "DTM*002*20260115*2561", PO1), "AK4:9", "DTM", 3, 3),
        ((BEG, "N1*ST*STORE>ANNEX", PO1), "AK4:13", "N1", 3, 2),
    ],
)
def test_x12_faults_carry_the_codes_of_997(segments, code, tag, position, element):
    found = findings_of(x12(segments))
    coded = [finding for finding in found if finding.code == code]
    assert [(f.tag, f.position, f.element) for f in coded] == [(tag, position, element)]
    assert all(finding.line == 1 and finding.offset for finding in coded)


@pytest.mark.parametrize(
    ("segments", "code", "tag", "element", "component"),
    [
        ((ORDERS[1], *ORDERS[2:]), "0085:13", "BGM", None, None),
        ((*ORDERS[:2], "XYZ+1", *ORDERS[2:]), "0085:15", "XYZ", None, None),
        ((*ORDERS[:2], "IMD+F", "IMD+F", *ORDERS[2:]), "0085:35", "IMD", None, None),
        ((*ORDERS[:2], *["CUX+2:EUR:9"] * 6, *ORDERS[2:]), "0085:36", "CUX", None, None),
        ((*ORDERS[:2], "NAD++5412345000013::9", *ORDERS[2:]), "0085:13", "NAD", 1, None),
        ((*ORDERS[:2], "RFF+:1", *ORDERS[2:]), "0085:13", "RFF", 1, 1),
        ((*ORDERS[:3], "QTY+21:12:PCE:9", "UNS+S"), "0085:16", "QTY", 1, 4),
        ((*ORDERS[:3], "QTY+2121:12", "UNS+S"), "0085:39", "QTY", 1, 1),
        ((*ORDERS[:3], "QTY+21:1x2", "UNS+S"), "0085:37", "QTY", 1, 2),
        ((*ORDERS[:3], "QTY+21:1.250,5", "UNS+S"), "0085:19", "QTY", 1, 2),
        ((*ORDERS[:3], "QTY+21:.5", "UNS+S"), "0085:38", "QTY", 1, 2),
        ((ORDERS[0], "DTM+137:20260230:102", *ORDERS[2:]), "0085:12", "DTM", 1, 2),
    ],
)
def test_edifact_faults_carry_the_codes_of_0085(segments, code, tag, element, component):
    found = [finding for finding in findings_of(edifact(segments)) if finding.code == code]
    assert [(f.tag, f.element, f.component) for f in found] == [(tag, element, component)]


def test_all_findings_of_a_message_are_told():
    bad = ("BEG*00*NE***2026", "N1*ST*STORE*92", "PO1*1*1O*EA*9.95**VP", "CTT*x")
    assert [finding.code for finding in findings_of(x12(bad))] == [
        "AK4:1",
        "AK4:8",
        "AK4:2",
        "AK4:6",
        "AK4:2",
        "AK4:6",
    ]


@pytest.mark.parametrize(
    ("segment", "rule"),
    [
        ("TDS*1234.56", "point-in-implied-decimal"),
        ("TDS*123456-", "trailing-minus"),
        ("CAD*M***UPSN *UPS GROUND", "value-padded"),
    ],
)
def test_usual_liberties_are_warnings(segment, rule):
    found = findings_of(
        x12(("BIG*20260115*INV1", "IT1*1*1*EA*9.95**VP*A", segment), type_="810"),
    )
    told = [finding for finding in found if finding.tag == segment[:3]]
    assert [finding.rule for finding in told] == [rule]
    assert all(finding.severity is Severity.WARNING for finding in told)


def test_codes_in_lower_case_and_dates_without_century_are_warnings():
    found = findings_of(x12(("BEG*00*NE*1**260115", "PO1*1*1*EA*1**VP*A", "SLN*1**i*1*EA")))
    assert [(finding.rule, finding.severity) for finding in found] == [
        ("date-without-century", Severity.WARNING),
        ("code-in-lower-case", Severity.WARNING),
    ]


def test_padding_that_breaks_a_length_is_a_warning():
    found = findings_of(x12(("BEG*00*NE *1**20260115", PO1)))
    assert [(finding.rule, finding.severity) for finding in found] == [("value-padded", Severity.WARNING)]


def test_a_segment_out_of_order_is_not_also_missing():
    found = findings_of(edifact((ORDERS[0], "RFF+CT:1", *ORDERS[2:3], "DTM+2:20260115:102", "UNS+S")))
    assert [finding.rule for finding in found] == ["segment-missing"]
    found = findings_of(edifact((ORDERS[0], "NAD+BY+1", ORDERS[1], *ORDERS[2:])))
    assert [(finding.rule, finding.tag) for finding in found] == [("segment-out-of-sequence", "DTM")]


def test_an_unknown_type_is_one_warning():
    found = findings_of(edifact((ORDERS[0],), type_="PRICAT"))
    assert [(finding.rule, finding.code) for finding in found] == [("message-type-unknown", "0085:14")]


@pytest.mark.parametrize("version", ["D:97A:UN", "D:03B:UN", "S:93A:UN"])
def test_other_directories_are_read_as_the_nearest_which_is_told(version):
    found = findings_of(edifact(ORDERS, version=version))
    assert [(finding.rule, finding.severity) for finding in found] == [
        ("version-read-as-nearest", Severity.INFO)
    ]


def test_elements_repeat_in_005010_only_as_often_as_they_may():
    found = findings_of(x12(ORDER_850, version="005010").replace(b"*U*00401*", b"*^*00501*"))
    assert found == []
    repeated = (BEG, "N1*ST*STORE^ANNEX", PO1)
    assert rules_of(x12(repeated, version="005010").replace(b"*U*00401*", b"*^*00501*")) == [
        "too-many-repetitions"
    ]


def test_syntax_4_repeats_what_the_directory_writes_as_positions():
    segments = (*ORDERS[:2], "CUX+2:EUR:9*3:USD:4", *ORDERS[2:])
    data = b"UNA:+.?*'" + edifact(segments, syntax="4").replace(b"+260115:", b"+20260115:")
    assert findings_of(data) == []


def test_tradacoms_is_validated_where_facts_are_known():
    order = (
        "CLO=5012345000023",
        "ORD=PO1:::260115",
        "OLD=1+5012345000030:A1+++12+5+129900",
        "OTR=1",
    )
    assert findings_of(tradacoms(("ORDERS", order))) == []
    bad = ("CLO=5012345000023", "ORD=PO1:::261315", "OLD=x+5012345000030+++12+5")
    assert rules_of(tradacoms(("ORDERS", bad))) == ["date-invalid", "invalid-character"]


def test_released_separators_and_text_beyond_ascii_are_faultless():
    text = "IMD+F++:::L?'ÉTÉ ?+ ?:".encode("latin-1").decode("latin-1")
    assert findings_of(edifact((*ORDERS[:3], text, *ORDERS[3:]))) == []


def test_findings_say_where_byte_and_line_are():
    data = x12((BEG, "PO1*1*1O*EA*9.95**VP*ITEM-1")).replace(b"~", b"~\r\n")
    found = findings_of(data)[0]
    assert data[found.offset : found.offset + 3] == b"PO1"
    assert found.line == data[: found.offset].count(b"\n") + 1


def broken(segment, spots):
    raw = bytearray(segment.encode())
    for spot, byte in spots:
        raw[4 + spot % max(1, len(raw) - 4)] = byte
    return raw.decode("latin-1")


SPOTS = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(b"*>A1.-9 xZ\xe9")), min_size=0, max_size=3)


@settings(max_examples=60, deadline=None)
@given(SPOTS, SPOTS, SPOTS)
def test_patterns_never_hide_a_finding(beg, po1, ctt):
    segments = (
        broken(BEG, beg),
        broken(PO1, po1),
        "N1*ST*STORE*92*0042",
        "DTM*002*20260115",
        broken(CTT, ctt),
    )
    alone = findings_of(x12(segments))
    usual = (BEG, PO1, "N1*ST*STORE*92*0042", "DTM*002*20260115", CTT)
    _, outcomes = examined(x12(*[usual] * 40, segments))
    nowhere = {"position": None, "offset": None, "line": None}
    after = [finding for finding in outcomes[-1].findings if finding.code[:3] in ("AK3", "AK4")]
    assert [replace(f, **nowhere) for f in after] == [replace(f, **nowhere) for f in alone]


def last_verdict(data):
    """What is found in the last message, by rules that remember nothing from before the first."""
    rules, found = None, []
    for interchange in read_interchanges(io.BytesIO(data)):
        for message in interchange.messages():
            rules = rules or replace(
                find_schema(interchange.standard.value, message.type, message.version), tables={}
            )
            found = [(finding.code, finding.tag) for finding in validate(message, schema=rules)]
    return found


@pytest.mark.parametrize(
    "before", [(BEG, PO1, CTT), (BEG, PO1, CTT, CTT), (BEG, "CUR*BY*USD", "CUR*BY*USD", PO1)]
)
@pytest.mark.parametrize("segments", [(BEG, PO1, CTT, CTT), (BEG, "CUR*BY*USD", "CUR*BY*USD", PO1)])
def test_what_was_validated_before_changes_no_verdict(before, segments):
    alone = last_verdict(x12(segments))
    assert alone
    assert last_verdict(x12(*[before] * 60, segments)) == alone


@pytest.mark.parametrize("bare", ["RFF", "RFF+"])
def test_a_segment_of_nothing_but_its_tag_is_never_taken_for_one_seen_before(bare):
    usual = (*ORDERS[:2], "RFF+CT:1", *ORDERS[2:])
    faulty = (*ORDERS[:2], bare, *ORDERS[2:])
    alone = last_verdict(edifact(faulty))
    assert alone == [("0085:13", "RFF")]
    assert last_verdict(edifact(*[usual] * 60, faulty)) == alone


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_findings_and_no_exception(noise):
    data = x12(ORDER_850)
    _, outcomes = examined(data[:180] + noise + data[180:])
    assert all(finding.message for outcome in outcomes for finding in outcome.findings)


def test_a_message_too_long_to_be_held_is_validated_as_it_streams():
    lines = [f"PO1*{number}*1*EA*1**VP*A" for number in range(1, 2_001)]
    data = x12((BEG, *lines, "PO1*9*1O*EA*1**VP*A", CTT))
    _, outcomes = examined(data, ReadOptions(held_bytes=1_000, chunk_bytes=500))
    assert [(f.code, f.position) for f in outcomes[0].findings] == [("AK4:6", 2_003)]
