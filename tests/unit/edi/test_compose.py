"""Composed interchanges read back as written, and validate; what can't be carried is refused."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_connector.edi import (
    EDIFACT_SEPARATORS,
    X12_SEPARATORS,
    Address,
    OutgoingGroup,
    OutgoingInterchange,
    OutgoingMessage,
    Standard,
    Trailing,
    compose_interchange,
    place,
    read_interchanges,
    rows_of,
    validate,
)
from ml_connector.errors import Misconfigured, Rejected

X12 = OutgoingInterchange(
    standard=Standard.X12,
    sender=Address("RETAILER", "ZZ"),
    receiver=Address("SUPPLIER", "ZZ"),
    control_number="42",
    prepared_at=datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
)
EDIFACT = replace(X12, standard=Standard.EDIFACT, sender=Address("5412345000013", "14"))
TRADACOMS = replace(X12, standard=Standard.TRADACOMS, sender=Address("5012345000016"))

ORDER_850 = [("BEG", ["00", "NE", "4500012345", "", "20260115"]), ("PO1", ["1", Decimal("12.50"), "EA"])]
ORDERS = [
    ("BGM", ["220", "4500012345", "9"]),
    ("DTM", [["137", "20260115", "102"]]),
    ("LIN", ["1", "", ["5412345000013", "EN"]]),
    ("QTY", [["21", Decimal("12.50"), "PCE"]]),
    ("UNS", ["S"]),
]


def x12(rows, outgoing=X12, type_="850", version="004010"):
    message = OutgoingMessage(type=type_, control_number="0001", rows=rows)
    return compose_interchange(
        outgoing, [OutgoingGroup(control_number="7", version=version, messages=[message])]
    )


def edifact(rows, outgoing=EDIFACT, control_number=""):
    message = OutgoingMessage(type="ORDERS", control_number="1", version="D.96A", rows=rows)
    return compose_interchange(outgoing, [OutgoingGroup(control_number=control_number, messages=[message])])


def tradacoms(rows, outgoing=TRADACOMS):
    message = OutgoingMessage(type="ORDERS", version="9", rows=rows)
    return compose_interchange(outgoing, [OutgoingGroup(messages=[message])])


def read_back(data):
    """The one message of an interchange in which reading and validation find nothing."""
    (interchange,) = read_interchanges(io.BytesIO(data))
    (message,) = [(message, list(message.segments)) for message in interchange.messages()]
    wrong = [f for f in [*interchange.findings, *message[0].findings] if f.rule != "test-interchange"]
    assert wrong == []
    return interchange, message[0]


def test_x12_is_fixed_counted_and_padded():
    assert x12(ORDER_850, replace(X12, line_break="\n", test=True, acknowledge=True)).decode() == (
        "ISA*00*          *00*          *ZZ*RETAILER       *ZZ*SUPPLIER       "
        "*260115*0930*U*00401*000000042*1*T*>~\n"
        "GS*PO*RETAILER*SUPPLIER*20260115*0930*7*X*004010~\n"
        "ST*850*0001~\n"
        "BEG*00*NE*4500012345**20260115~\n"
        "PO1*1*12.50*EA~\n"
        "SE*4*0001~\n"
        "GE*1*7~\n"
        "IEA*1*000000042~\n"
    )


def test_edifact_announces_its_separators():
    data = edifact(ORDERS, replace(EDIFACT, separators=replace(EDIFACT_SEPARATORS, decimal=","), test=True))
    assert data.decode() == (
        "UNA:+,? 'UNB+UNOC:3+5412345000013:14+SUPPLIER:ZZ+260115:0930+42++++++1'UNH+1+ORDERS:D:96A:UN'"
        "BGM+220+4500012345+9'DTM+137:20260115:102'LIN+1++5412345000013:EN'QTY+21:12,50:PCE'UNS+S'"
        "UNT+7+1'UNZ+1+42'"
    )


def test_tradacoms_numbers_its_messages():
    data = tradacoms([("CLO", [["5012345000023"], "BOB'S SHOP"]), ("OTR", [0])])
    assert data.decode() == (
        "STX=ANAA:1+5012345000016+SUPPLIER+260115:093000+42'MHD=1+ORDERS:9'CLO=5012345000023+BOB?'S SHOP'"
        "OTR=0'MTR=4'END=1'"
    )


@pytest.mark.parametrize(
    "data",
    [
        x12(ORDER_850),
        x12(ORDER_850, replace(X12, version="00501"), version="005010"),
        x12(ORDER_850, replace(X12, separators=replace(X12_SEPARATORS, element="|", terminator="\n"))),
        edifact(ORDERS),
        edifact(ORDERS, replace(EDIFACT, version="4")),
        edifact(ORDERS, control_number="G1"),
        edifact(ORDERS, replace(EDIFACT, service_string=False)),
        edifact(
            ORDERS, replace(EDIFACT, separators=replace(EDIFACT_SEPARATORS, element="|", terminator="\r"))
        ),
    ],
)
def test_output_reads_back_and_validates(data):
    _, message = read_back(data)
    assert validate(message) == []


@pytest.mark.parametrize(
    ("trailing", "segment"),
    [(Trailing.TRIM, b"N1*ST*A~"), (Trailing.KEEP, b"N1*ST*A**~"), (Trailing.FILL, b"N1*ST*A****~")],
)
def test_trailing_separators_follow_the_partner(trailing, segment):
    assert segment in x12([("N1", ["ST", "A", "", ""])], replace(X12, trailing=trailing))


def test_repetitions_need_a_separator():
    rows = [("N1", [[["ST"], ["BY"]]])]
    assert b"N1*ST^BY~" in x12(rows, replace(X12, version="00501"), version="005010")
    with pytest.raises(Rejected, match="no repetition separator"):
        x12(rows)


@pytest.mark.parametrize(
    ("write", "text", "reason"),
    [
        (lambda text: x12([("N1", ["ST", text])]), "A*B", "no release character"),
        (lambda text: x12([("N1", ["ST", text])]), "A\nB", "control characters"),
        (lambda text: edifact([("IMD", ["F", "", ["", "", "", text]])]), "5 €", "no such character"),
        (
            lambda text: edifact([("IMD", ["F", "", ["", "", "", text]])], replace(EDIFACT, charset="UNOA")),
            "lower",
            "UNOA carries capitals",
        ),
    ],
)
def test_what_can_not_be_carried_is_refused_with_its_place(write, text, reason):
    with pytest.raises(Rejected, match=reason) as refused:
        write(text)
    assert refused.value.context["tag"] in {"N1", "IMD"}
    assert refused.value.context["value"] == text


def test_a_substitute_stands_for_what_can_not_be_carried():
    assert b"N1*ST*A B C~" in x12([("N1", ["ST", "A*B\nC"])], replace(X12, substitute=" "))


@pytest.mark.parametrize(
    "write",
    [
        lambda: x12(ORDER_850, replace(X12, control_number="A1")),
        lambda: x12(ORDER_850, replace(X12, sender=Address("X" * 16))),
        lambda: x12(ORDER_850, replace(X12, separators=replace(X12_SEPARATORS, component="*"))),
        lambda: x12(ORDER_850, replace(X12, charset="nonsense")),
        lambda: x12(ORDER_850, type_="999999"),
        lambda: compose_interchange(
            EDIFACT, [OutgoingGroup(messages=[OutgoingMessage(type="ORDERS", rows=[])])]
        ),
    ],
)
def test_envelopes_that_can_not_be_written_are_misconfigured(write):
    with pytest.raises(Misconfigured):
        write()


def test_a_tree_is_written_back_from_its_rows():
    _, message = read_back(edifact(ORDERS))
    rows = list(rows_of(place(message)))[1:-1]
    assert edifact(rows) == edifact(ORDERS)


TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=20).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(TEXT.filter(bool), st.decimals(0, 99_999, places=2))
def test_any_text_edifact_can_carry_comes_back(text, quantity):
    rows = [*ORDERS[:3], ("IMD", ["F", "", ["", "", "", text]]), ("QTY", [["21", quantity]]), ORDERS[-1]]
    _, message = read_back(edifact(rows))
    line = place(message).loops("LIN")[0]
    assert line.segment("IMD").element(3, 4) == text
    assert Decimal(line.segment("QTY").element(1, 2)) == quantity
    assert validate(message) == []


@settings(max_examples=60, deadline=None)
@given(TEXT.filter(lambda text: text and not set(text) & set("*>~")))
def test_any_text_x12_can_carry_comes_back(text):
    _, message = read_back(x12([*ORDER_850[:1], ("N1", ["ST", text]), *ORDER_850[1:]]))
    assert place(message).loops("N1")[0].head.element(2) == text
    assert validate(message) == []
