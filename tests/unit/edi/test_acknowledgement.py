"""Answers to interchanges of our own, against the golden answer beside each."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.edi.interchanges import ORDER_850, ORDERS, edifact, examined, tradacoms, x12

from ml_connector.edi import (
    AcknowledgementKind,
    AcknowledgementStyle,
    ControlNumbers,
    ReadOptions,
    Severity,
    Standard,
    acknowledge,
    examine,
    read_interchanges,
)
from ml_connector.errors import Misconfigured, Rejected

FOLDER = Path(__file__).parents[2] / "fixtures" / "acknowledgements"
GOLDEN = sorted(path for path in FOLDER.iterdir() if path.suffix != ".edi")
NUMBERS = ControlNumbers(interchange="17", group="3")
NOW = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)


def answer(data, kind=None, style=None):
    interchange, outcomes = examined(data)
    return acknowledge(interchange, outcomes, numbers=NUMBERS, prepared_at=NOW, kind=kind, style=style)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_the_answer_is_the_golden_one(path):
    found = answer(path.with_suffix(".edi").read_bytes(), AcknowledgementKind(path.suffix[1:])) or b""
    terminator = b"'" if path.suffix == ".contrl" else b"~"
    assert found.replace(terminator, terminator + b"\n") == path.read_bytes()


@pytest.mark.parametrize("path", [path for path in GOLDEN if path.stat().st_size], ids=lambda path: path.name)
def test_answers_validate_swap_the_addresses_and_are_not_answered(path):
    sent, _ = examined(path.with_suffix(".edi").read_bytes())
    interchange, outcomes = examined(path.read_bytes())
    assert (interchange.sender, interchange.receiver) == (sent.receiver, sent.sender)
    assert interchange.test == sent.test
    assert [f for outcome in outcomes for f in outcome.findings] == []
    assert answer(path.read_bytes()) is None


def test_999_answers_005010_guides_and_997_the_others():
    plain = x12(ORDER_850, version="005010")
    assert b"~ST*997*" in answer(plain)
    assert b"~ST*999*" in answer(plain.replace(b"ST*850*0001", b"ST*850*0001*005010X231A1"))


def test_an_interchange_without_groups_is_answered_by_ta1():
    assert b"~TA1*000000042*260115*0930*R*" in answer(x12(ORDER_850)[:106])


@pytest.mark.parametrize("stray", [b"", b"ZZZ*1~"])
@pytest.mark.parametrize("group", [b"", b"GE*1*7~"])
def test_a_missing_interchange_trailer_is_a_premature_end_whatever_stands_in_the_rest(stray, group):
    cut = x12(ORDER_850)
    cut = cut.replace(b"GS*", stray + b"GS*")[: cut.index(b"GE*") + len(stray)] + group
    assert b"~TA1*000000042*260115*0930*R*023~" in answer(cut, AcknowledgementKind.TA1)


def test_a_segment_outside_of_groups_is_invalid_content_in_a_whole_interchange():
    stray = x12(ORDER_850).replace(b"GS*", b"ZZZ*1~GS*")
    assert b"~TA1*000000042*260115*0930*R*024~" in answer(stray, AcknowledgementKind.TA1)


def test_warnings_are_told_where_wanted():
    data = x12(("BEG*98*NE*1**20260115", ORDER_850[1]))
    assert b"~AK5*A~" in answer(data)
    told = answer(data, style=AcknowledgementStyle(warnings=True))
    assert b"~AK3*BEG*2**8~AK4*1*353*7*98~AK5*E*5~AK9*E*1*1*1~" in told


def test_999_names_the_document_a_fault_is_in():
    data = x12((ORDER_850[0], "PO1*1*1O*EA*9.95**VP*ITEM-1"))
    told = answer(data, AcknowledgementKind.X12_999)
    assert b"~IK3*PO1*3*PO1*8~CTX*BEG03>4500012345~IK4*2*330*6*1O~" in told


def test_bad_data_is_told_without_breaking_the_answer():
    data = x12((ORDER_850[0], "PO1*1*1\x01O*EA*9.95**VP*ITEM-1"))
    _, outcomes = examined(answer(data))
    assert [finding for outcome in outcomes for finding in outcome.findings] == []


def test_groups_are_answered_one_set_each():
    data = x12(ORDER_850)
    body = data[106:].rsplit(b"IEA", 1)[0]
    two = (
        data[:106]
        + body
        + body.replace(b"*7*X*", b"*8*X*").replace(b"GE*1*7", b"GE*1*8")
        + b"IEA*2*000000042~"
    )
    found = answer(two)
    assert (found.count(b"~AK1*PO*7~"), found.count(b"~AK1*PO*8~")) == (1, 1)
    assert b"~GE*2*3~" in found


def test_a_group_without_sets_is_answered_too():
    data = x12(ORDER_850)
    empty = b"GS*IN*RETAILER*SUPPLIER*20260115*0930*6*X*004010~GE*0*6~"
    alone = data[:106] + empty + b"IEA*1*000000042~"
    assert b"~AK1*IN*6~AK9*A*0*0*0~" in answer(alone)
    assert b"~AK1*IN*6~AK9*R*3*0*0*5~" in answer(alone.replace(b"GE*0", b"GE*3"))
    both = answer(data.replace(b"GS*PO", empty + b"GS*PO").replace(b"IEA*1", b"IEA*2"))
    assert both.index(b"~AK1*IN*6~") < both.index(b"~AK1*PO*7~")
    acknowledgements = alone.replace(b"GS*IN", b"GS*FA")
    assert b"AK1" not in answer(acknowledgements)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("ST*8500*0001", b"AK2*850*0001~AK5*R*1*6~"),
        ("ST**0001", b"AK2*000*0001~AK5*R*1*6~"),
        ("ST*850*1", b"AK2*850*0001~AK3*ST*1**8~AK4*2*329*4*1~AK5*R*3*5*7~"),
        ("ST*850*0123456789", b"AK2*850*012345678~AK3*ST*1**8~AK4*2*329*5*0123456789~AK5*R*3*5*7~"),
        ("ST", b"AK2*000*0000~AK5*R*7*3*6~"),
    ],
)
def test_what_identifies_a_set_badly_is_named_in_a_valid_answer(header, told):
    found = answer(x12(ORDER_850).replace(b"ST*850*0001", header.encode()))
    assert told in found
    _, outcomes = examined(found)
    assert [finding for outcome in outcomes for finding in outcome.findings] == []


def test_the_syntax_identifier_nobody_knows_is_answered():
    assert answer(edifact(ORDERS).replace(b"UNOC", b"QQQQ")).startswith(b"UNA:+.? 'UNB+UNOC:3+")


_DAMAGE = st.sampled_from([b"", b"1", b"x" * 40, b"\xe5\xff", b"\x01", b" ", b"~", b"'", b"?", b"*", b"+"])


@given(
    st.sampled_from([x12(ORDER_850, ORDER_850), edifact(ORDERS, ORDERS), edifact(ORDERS, syntax="4")]),
    st.lists(st.tuples(st.integers(0, 200), _DAMAGE), min_size=1, max_size=4),
    st.sampled_from([AcknowledgementKind.X12_999, None]),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_every_interchange_has_an_answer_and_every_answer_is_valid(data, damage, kind, warnings):
    """Each damage takes the place of one value: names, numbers, dates and counts of envelopes included."""
    pieces = re.split(rb"([*+:>~'])", data[3:])
    for place, wrong in damage:
        pieces[place * 2 % len(pieces)] = wrong
    interchange, outcomes = examined(data[:3] + b"".join(pieces))
    if interchange.standard is Standard.UNKNOWN:
        return
    kind = kind if interchange.standard is Standard.X12 else None
    numbers, style = NUMBERS, AcknowledgementStyle(warnings=warnings)
    found = acknowledge(interchange, outcomes, numbers=numbers, prepared_at=NOW, kind=kind, style=style)
    _, answered = examined(found)
    assert answered
    assert [f for outcome in answered for f in outcome.findings if f.severity is Severity.ERROR] == []


def test_a_streamed_message_is_counted_whole():
    lines = [f"PO1*{number}*1*EA*1**VP*X{number}" for number in range(200)]
    data = x12((ORDER_850[0], *lines)).replace(b"~SE*", b"~QQ1*~SE*").replace(b"SE*203", b"SE*204")
    options = ReadOptions(held_bytes=500, chunk_bytes=500)
    (outcome,) = examine(next(iter(read_interchanges(io.BytesIO(data), options))))
    assert outcome.segments == 204


def test_edifact_groups_are_named():
    data = edifact((ORDERS[0], *ORDERS[2:]))
    group = b"UNG+ORDERS+A:14+B:14+260115:0930+G1+UN+D:96A'"
    grouped = data.replace(b"UNH+1", group + b"UNH+1").replace(b"UNZ+1", b"UNE+1+G1'UNZ+1")
    assert b"'UCF+G1+A:14+B:14+7'UCM+1+ORDERS:D:96A:UN:EAN008+4'UCS+2+13'" in answer(grouped)


def test_tradacoms_has_no_acknowledgement():
    with pytest.raises(Misconfigured, match="TRADACOMS has no technical acknowledgement"):
        answer(tradacoms(("ORDERS", ("CLO=1",))))


@pytest.mark.parametrize(
    ("data", "kind"),
    [(x12(ORDER_850), AcknowledgementKind.CONTRL), (edifact(ORDERS), AcknowledgementKind.X12_997)],
)
def test_a_kind_of_another_standard_is_misconfigured(data, kind):
    with pytest.raises(Misconfigured, match="can't be answered with"):
        answer(data, kind)


def test_no_interchange_is_answered_by_nobody():
    interchange, outcomes = examined(b"nothing of the kind")
    assert interchange.standard is Standard.UNKNOWN
    with pytest.raises(Rejected, match="No interchange was found"):
        acknowledge(interchange, outcomes, numbers=NUMBERS, prepared_at=NOW)
