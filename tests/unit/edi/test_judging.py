"""Repairs of segments: each is told where it stands, in both modes and however much is read at once."""

import io
from collections import Counter

import pytest
from tests.unit.edi.interchanges import ORDER_850, ORDERS, edifact, x12

from ml_connector.edi import ReadOptions, Severity, read_interchanges

LINES = tuple(f"PO1*{n}*12*EA*9.95**VP*ITEM-{n}" for n in range(1, 4))


def findings(data, options):
    return [
        finding
        for interchange in read_interchanges(io.BytesIO(data), options)
        for message in interchange.messages()
        for finding in message.findings
    ]


def told(data, rule, options):
    return [found for found in findings(data, options) if found.rule == rule]


X12 = x12((ORDER_850[0], *LINES, "CTT*3"), (ORDER_850[0], *LINES, "CTT*3"))
UNOA = edifact(ORDERS, ORDERS).replace(b"UNOC", b"UNOA")
REPAIRS = [
    ("lower-case-tag", X12.replace(b"PO1*", b"po1*"), [b"po1*1", b"po1*2", b"po1*3"] * 2),
    ("line-break-in-segment", X12.replace(b"*12*EA", b"*12*\r\nEA"), [b"PO1*1", b"PO1*2", b"PO1*3"] * 2),
    ("empty-segment", X12.replace(b"~PO1", b"~~PO1"), [b"PO1*1", b"PO1*2", b"PO1*3"] * 2),
    ("lower-case-under-unoa", UNOA.replace(b"PCE", b"pce"), [b"QTY"] * 2),
    (
        "lower-case-under-unoa",
        UNOA.replace(b"PCE'", b"pce''").replace(b"LIN+1", b"lin+1"),
        [b"lin+1", b"QTY"] * 2,
    ),
]


@pytest.mark.parametrize(("rule", "data", "starts"), REPAIRS)
@pytest.mark.parametrize("chunk", [65_536, 7])
@pytest.mark.parametrize("strict", [False, True])
def test_each_repair_is_told_with_its_byte(rule, data, starts, chunk, strict):
    found = told(data, rule, ReadOptions(chunk_bytes=chunk, strict=strict))
    assert [data[one.offset :][: len(start)] for one, start in zip(found, starts, strict=True)] == starts
    if strict:
        assert {one.severity for one in found} == {Severity.ERROR}


def test_places_count_in_each_message():
    found = told(X12.replace(b"PO1*2", b"po1*2"), "lower-case-tag", ReadOptions())
    assert [(one.tag, one.position) for one in found] == [("PO1", 4), ("PO1", 4)]


def test_repairs_past_the_limit_are_left_out_and_hide_no_error():
    lines = "po1*1*12*EA*9.95~" * 20_000
    data = X12.replace(b"SE*7*0002", lines.encode() + b"SE*7*0002")
    kinds = Counter(found.rule for found in findings(data, ReadOptions()))
    assert kinds == {"lower-case-tag": 1_000, "findings-limit": 1, "message-count-wrong": 1}


def test_a_message_that_is_streamed_keeps_no_more_either():
    data = X12.replace(b"SE*7*0002", b"po1*1*12*EA*9.95~" * 20_000 + b"SE*7*0002")
    options = ReadOptions(held_bytes=4_000, chunk_bytes=1_000)
    interchange = next(read_interchanges(io.BytesIO(data), options))
    for message in interchange.messages():
        assert sum(1 for _ in message.read_segments()) > 6
    assert len(message.findings) == 1_002


def test_the_limit_counts_message_by_message():
    data = X12.replace(b"PO1*", b"po1*")
    kinds = Counter(found.rule for found in findings(data, ReadOptions(findings_limit=2)))
    assert kinds == {"lower-case-tag": 4, "findings-limit": 2}
