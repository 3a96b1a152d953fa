from __future__ import annotations

import io
from pathlib import Path

import pytest

from ml_connector.edi import read_interchanges
from ml_connector.workflow.acknowledgement_answers import AnswerVerdict, plain_number, read_answer

ANSWERS = Path(__file__).parents[2] / "fixtures" / "acknowledgements"


def answer_in(content):
    for interchange in read_interchanges(io.BytesIO(content)):
        for message in interchange.messages():
            return read_answer(message)
    raise AssertionError("The file holds no message.")


def golden(name):
    return answer_in((ANSWERS / name).read_bytes())


@pytest.mark.parametrize(
    ("name", "number", "verdict"),
    [
        ("accepted.997", "7", AnswerVerdict.ACCEPTED),
        ("accepted.999", "7", AnswerVerdict.ACCEPTED),
        ("accepted.ta1", "42", AnswerVerdict.ARRIVED),
        ("broken-header.ta1", "42", AnswerVerdict.REJECTED),
        ("faulty.997", "7", AnswerVerdict.REJECTED),
        ("faulty.999", "7", AnswerVerdict.REJECTED),
        ("edifact-accepted.contrl", "REF1", AnswerVerdict.ACCEPTED),
        ("edifact-faulty.contrl", "REF1", AnswerVerdict.REJECTED),
        ("edifact-cut-off.contrl", "REF1", AnswerVerdict.REJECTED),
    ],
)
def test_the_verdict_of_each_golden_answer(name, number, verdict):
    answer = golden(name)
    assert (answer.number, answer.verdict) == (number, verdict)


def test_an_accepting_answer_has_no_findings():
    for name in ("accepted.997", "accepted.999", "accepted.ta1", "edifact-accepted.contrl"):
        assert golden(name).findings == ()


def test_x12_findings_stand_at_our_own_segments_and_elements():
    findings = golden("faulty.999").findings
    assert {"code": "IK3:3", "segment": "BEG", "position": "2"} in findings
    assert {
        "code": "IK4:5",
        "segment": "PO1",
        "position": "3",
        "element": "2",
        "value": "12345678901234567",
    } in findings
    assert {"code": "IK5:5"} in findings


def test_edifact_findings_stand_at_our_own_segments():
    findings = golden("edifact-faulty.contrl").findings
    # S011 0098 counts the tag as the first element; ours are counted without it, as everywhere else.
    assert {"code": "UCD:12", "position": "3", "element": "1"} in findings
    assert {"code": "UCS:13", "position": "2"} in findings


def test_a_997_without_a_verdict_is_no_answer():
    content = (ANSWERS / "accepted.997").read_bytes()
    lines = [line for line in content.split(b"~") if not line.strip().startswith((b"AK5", b"AK9"))]
    assert answer_in(b"~".join(lines)) is None


def test_a_set_without_a_verdict_has_its_groups():
    lines = (ANSWERS / "faulty.997").read_bytes().split(b"~")
    cut = b"~".join(line for line in lines if not line.strip().startswith(b"AK5"))
    assert answer_in(cut).verdict is AnswerVerdict.REJECTED


def test_a_refused_group_refuses_the_interchange_that_was_accepted():
    answer = answer_in(
        b"UNB+UNOC:3+A:14+B:14+260302:1012+1'UNH+1+CONTRL:D:3:UN'UCI+REF1+X:14+Y:14+7'"
        b"UCF+G1+X+Y+4'UNT+4+1'UNZ+1+1'"
    )
    assert (answer.number, answer.verdict) == ("REF1", AnswerVerdict.REJECTED)


@pytest.mark.parametrize("version", ["002040", "003040", "004010VICS", "005010X231A1", "008010"])
def test_a_997_of_any_release_is_read(version):
    content = (ANSWERS / "accepted.997").read_bytes()
    group = next(line for line in content.split(b"~") if line.strip().startswith(b"GS*"))
    other = b"*".join([*group.split(b"*")[:-1], version.encode()])
    assert answer_in(content.replace(group, other)).verdict is AnswerVerdict.ACCEPTED


def test_a_verdict_nobody_knows_is_no_acceptance():
    content = (ANSWERS / "accepted.997").read_bytes().replace(b"AK9*A", b"AK9*Q")
    assert answer_in(content).verdict is AnswerVerdict.REJECTED


@pytest.mark.parametrize(
    ("given", "plain"), [("000000042", "42"), ("42", "42"), ("REF1", "REF1"), ("000", "0"), ("", "")]
)
def test_control_numbers_are_compared_without_their_zeros(given, plain):
    assert plain_number(given) == plain


def aperak(bgm, *segments):
    body = "'".join((f"BGM+{bgm}", *segments))
    return answer_in(
        f"UNB+UNOC:3+THEM:14+US:14+260302:1200+9'UNH+1+APERAK:D:96A:UN'{body}'"
        f"UNT+{len(segments) + 3}+1'UNZ+1+9'".encode()
    )


@pytest.mark.parametrize(
    ("bgm", "segments", "verdict"),
    [
        ("312+A1++AP", (), AnswerVerdict.ACCEPTED),
        ("312+A1+29", (), AnswerVerdict.ACCEPTED),
        ("312+A1+27", (), AnswerVerdict.REJECTED),
        ("313+A1+9", ("ERC+17",), AnswerVerdict.REJECTED),
        ("312+A1++AP", ("ERC+17",), AnswerVerdict.REJECTED),
    ],
)
def test_an_aperak_answers_by_our_number_or_the_documents_own(bgm, segments, verdict):
    answer = aperak(bgm, "RFF+ACW:42", "RFF+IV:3901", *segments)
    assert (answer.number, answer.documents, answer.verdict) == ("42", ("3901",), verdict)
    assert answer.findings == tuple({"code": "ERC:17"} for _ in segments)


@pytest.mark.parametrize(("bgm", "segments"), [("312+A1+9", ("RFF+ACW:42",)), ("312+A1++AP", ())])
def test_an_aperak_without_verdict_or_reference_is_no_answer(bgm, segments):
    assert aperak(bgm, *segments) is None
