"""Every rule of syntax and envelopes: bytes that break it, and how it then weighs."""

import io

import pytest
from tests.unit.edi.interchanges import ORDER_850, ORDERS, edifact, tradacoms, x12
from tests.unit.edi.test_nasty_rows import CASES

from ml_connector.edi import ReadOptions, read_interchanges
from ml_connector.edi.rules import RULES

X12, EDIFACT = x12(ORDER_850), edifact(ORDERS)
SHORT = "ISA*00**00**ZZ*RETAILER*ZZ*SUPPLIER*260115*0930*U*00401*000000042*0*P*"
GROUP = b"UNG+ORDERS+A:14+B:14+260115:0930+G1+UN+D:96A'"


def swapped(right, wrong, data=X12, count=1):
    assert right in data
    return data.replace(right, wrong, count)


TABLE = {
    "no-interchange": b"Dear Sir or Madam",
    "ebcdic": "ISA*00*".encode("cp037"),
    "isa-component-separator-missing": (SHORT + "~").encode() + X12[106:],
    "separator-of-several-bytes": X12.replace(b"~", "¦".encode()),
    "separators-clash": swapped(b"*T*>~", b"*T*~~"),
    "terminator-not-default": EDIFACT.replace(b"'", b"~"),
    "interchange-header-missing": EDIFACT[EDIFACT.index(b"UNH") : EDIFACT.index(b"UNZ")],
    "empty-segment": swapped(b"~PO1", b"~~PO1"),
    "invalid-tag": swapped(b"~PO1", b"~?O1"),
    "line-break-in-segment": swapped(b"ITEM-1", b"IT\nEM-1"),
    "segment-too-long": swapped(b"ITEM-1", b"X" * 5_000),
    "released-terminator-before-tag": swapped(b"DTM+137", b"FTX+AAI+++O?'ABC+DEF'DTM+137", EDIFACT),
    "undecodable-under-label": swapped(b"QTY", b"IMD+F++:::\xe5'QTY", swapped(b"UNOC", b"UNOY", EDIFACT)),
    "unknown-syntax-identifier": swapped(b"UNOC", b"QQQQ", EDIFACT),
    "interchange-date-invalid": swapped(b"*260115*", b"*260199*"),
    "group-header-missing": X12[:106] + X12[X12.index(b"ST*850") :],
    "group-count-wrong": swapped(b"GE*1*", b"GE*2*"),
    "messages-outside-groups": swapped(
        b"UNZ+1", GROUP + b"UNE+0+G1'UNH+2+ORDERS:D:96A:UN'UNT+2+2'UNZ+1", EDIFACT
    ),
    "mixed-types-in-group": swapped(b"GE*1*", b"ST*810*0002~BIG*20260115*1~SE*3*0002~GE*2*"),
    "message-header-missing": swapped(b"ST*850*0001~", b""),
    "message-control-missing": swapped(b"ST*850*0001~", b"ST*850~"),
    "message-control-repeated": swapped(b"ST*850*0002", b"ST*850*0001", x12(ORDER_850, ORDER_850)),
    "message-after-reconciliation": tradacoms(("RSGRSG", ["RSG=REF1+5098765000012"]), ("ORDTLR", ["OFT=1"])),
    "findings-limit": swapped(b"~PO1", b"~~PO1", swapped(b"~CTT", b"~~CTT")),
}
OPTIONS = {
    "segment-too-long": ReadOptions(segment_bytes=1_000, chunk_bytes=1_000),
    "findings-limit": ReadOptions(findings_limit=1),
}


def told(data, options):
    for interchange in read_interchanges(io.BytesIO(data), options):
        for message in interchange.messages():
            yield from message.findings
        yield from interchange.findings


@pytest.mark.parametrize("rule", TABLE)
def test_a_rule_that_is_broken_is_told_with_its_weight_and_its_code(rule):
    found = {finding.rule: finding for finding in told(TABLE[rule], OPTIONS.get(rule, ReadOptions()))}
    assert found[rule].severity is RULES[rule].severity


def test_every_rule_is_proved():
    assert set(TABLE) | {rule for case in CASES for rule in case.told} >= set(RULES)
