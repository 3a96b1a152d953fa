import io

import pytest

from ml_connector.edi import read_segments
from ml_connector.edi.splitting import dangles, split_released, unreleased

UNB = b"UNA:+.? 'UNB+UNOC:4+A:14+B:14+20260301:0905+R1'"


def edifact(segment, header=UNB):
    return list(read_segments(io.BytesIO(header + segment + b"'UNZ+0+R1'")))[1]


def x12(segment, version=b"00501", repetition=b"^"):
    isa = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *260301*0905*"
    isa += repetition + b"*" + version + b"*000000001*0*P*:~"
    return list(read_segments(io.BytesIO(isa + segment + b"~IEA*0*000000001~")))[1]


def test_elements_are_numbered_as_the_standards_number_them():
    beg = x12(b"BEG*00*SA*PO-7001**20260301")
    assert (beg.tag, beg.element(1), beg.element(3), beg.element(4), beg.element(5)) == (
        "BEG",
        "00",
        "PO-7001",
        "",
        "20260301",
    )
    assert len(beg) == 5


def test_what_is_absent_is_empty():
    bgm = edifact(b"BGM+220")
    assert bgm.element(2) == ""
    assert bgm.element(1, 2) == ""
    assert bgm.element(1, 1, 2) == ""
    assert bgm.element(0) == ""
    assert bgm.components(7) == []
    assert bgm.repetitions(7) == 0
    assert bgm.whole(9) == ""


def test_components_and_repetitions_of_edifact_syntax_4():
    segment = edifact(b"FTX+AAI+A:B*C:D", header=UNB.removeprefix(b"UNA:+.? '"))
    assert segment.repetitions(2) == 2
    assert segment.components(2) == ["A", "B"]
    assert segment.components(2, repetition=2) == ["C", "D"]
    assert segment.element(2, 2, 2) == "D"


def test_the_repetition_separator_of_x12_counts_from_00402_on():
    assert x12(b"REF*A^B*C").repetitions(1) == 2
    assert x12(b"REF*A^B*C", version=b"00401").repetitions(1) == 1
    assert x12(b"REF*AUB", repetition=b"U").element(1) == "AUB"


def test_isa_is_not_taken_apart_at_the_separators_it_announces():
    isa = next(read_segments(io.BytesIO(x12(b"REF*A").source and b"")), None)
    assert isa is None
    isa_bytes = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *260301*0905*^*00501*"
    header = next(read_segments(io.BytesIO(isa_bytes + b"000000001*0*P*:~IEA*0*000000001~")))
    assert (header.element(11), header.element(16)) == ("^", ":")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (b"A?+B", "A+B"),
        (b"A??", "A?"),
        (b"A???+B", "A?+B"),
        (b"A?:B", "A:B"),
        (b"A?'B", "A'B"),
        (b"A?B", "AB"),
        (b"????", "??"),
    ],
)
def test_releases_are_taken_out_of_values(written, plain):
    assert edifact(b"FTX+AAI+" + written).element(2) == plain


def test_a_superfluous_release_stays_in_the_raw_bytes():
    segment = edifact(b"FTX+AAI+?A")
    assert segment.raw == b"FTX+AAI+?A"
    assert segment.element(2) == "A"


def test_whole_gives_text_that_holds_a_separator_by_mistake():
    segment = x12(b"N1*ST*ACME: THE SHOP")
    assert segment.element(2) == "ACME"
    assert segment.whole(2) == "ACME: THE SHOP"
    assert segment.elements() == ["ST", "ACME: THE SHOP"]


def test_place_in_the_stream():
    data = UNB + b"\r\nUNH+1+ORDERS:D:96A:UN'\r\nBGM+220'\r\n"
    segments = list(read_segments(io.BytesIO(data)))
    assert [data[s.offset : s.offset + 3] for s in segments] == [b"UNB", b"UNH", b"BGM"]
    assert [s.line for s in segments] == [1, 2, 3]
    assert segments[2].element_offset(1) == data.index(b"220")
    assert segments[2].source == b"BGM+220"
    assert repr(segments[2]) == f"<Segment 'BGM+220' at byte {data.index(b'BGM')}>"


def test_segments_compare_by_bytes_and_place():
    data = UNB + b"BGM+220'BGM+220'"
    one, two = list(read_segments(io.BytesIO(data)))[1:]
    again = list(read_segments(io.BytesIO(data)))[1]
    assert one == again
    assert hash(one) == hash(again)
    assert one != two
    assert one != "BGM"


def test_tradacoms_has_its_own_separator_after_the_tag():
    stx = b"STX=ANA:1+A:X+B:Y+260301:090500+R1++ORDHDR'"
    segment = list(read_segments(io.BytesIO(stx + b"OLD=1+:SKU1+++24'END=0'")))[1]
    assert (segment.tag, segment.element(1), segment.element(2, 2), segment.element(5)) == (
        "OLD",
        "1",
        "SKU1",
        "24",
    )


def test_splitting_respects_releases():
    assert split_released(b"A?+B+C", b"+", b"?") == [b"A?+B", b"C"]
    assert split_released(b"A+B", b"+", b"") == [b"A", b"B"]
    assert split_released(b"A+B", b"", b"") == [b"A+B"]


@pytest.mark.parametrize(("data", "answer"), [(b"A?", True), (b"A??", False), (b"A", False), (b"???", True)])
def test_a_release_dangles_when_odd(data, answer):
    assert dangles(data, b"?") is answer


def test_a_last_lone_release_is_kept():
    assert unreleased(b"SIZE 3?", b"?") == b"SIZE 3?"
