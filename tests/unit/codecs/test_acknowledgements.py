"""What acknowledgements of every kind say as documents, and that they are what our own writer means."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml_connector.codecs.recognition import read_documents
from ml_connector.documents import DOCUMENTS
from ml_connector.edi import read_interchanges
from ml_connector.edi.outcome import examine
from ml_connector.errors import Rejected

ANSWERS = Path(__file__).parents[2] / "fixtures" / "acknowledgements"
GOLDEN = sorted(path for path in ANSWERS.iterdir() if path.suffix != ".edi" and path.read_bytes().strip())


def answer(content):
    (document,) = read_documents(content)
    return document


def golden(name):
    return answer((ANSWERS / name).read_bytes())


def told(error):
    """An error as where it is and what it is."""
    return (
        error.level,
        error.segment_id,
        error.segment_position,
        error.element_position,
        error.component_position,
        error.code.value,
    )


@pytest.mark.parametrize(
    ("name", "kind", "number", "status"),
    [
        ("accepted.997", "syntax", "7", "accepted"),
        ("accepted.999", "syntax", "7", "accepted"),
        ("accepted.ta1", "network", "000000042", "received"),
        ("broken-header.ta1", "network", "000000042", "rejected"),
        ("faulty.997", "syntax", "7", "partially_accepted"),
        ("counts-wrong.999", "syntax", "7", "rejected"),
        ("edifact-accepted.contrl", "syntax", "REF1", "accepted"),
        ("edifact-faulty.contrl", "syntax", "REF1", "partially_accepted"),
        ("edifact-cut-off.contrl", "syntax", "REF1", "rejected"),
    ],
)
def test_an_answer_names_what_it_answers_and_its_verdict(name, kind, number, status):
    found = golden(name)

    assert (found.kind, found.number, found.status) == (kind, number, status)


def test_the_sender_of_an_answer_is_who_received():
    found = golden("accepted.997")

    assert (found.sender_id, found.receiver_id, found.functional_group) == ("SUPPLIER", "RETAILER", "PO")
    assert (found.sets_included, found.sets_received, found.sets_accepted) == (2, 2, 2)
    assert [(message.type, message.control_number) for message in found.messages] == [
        ("850", "0001"),
        ("850", "0002"),
    ]


@pytest.mark.parametrize(("name", "code_list"), [("faulty.997", "X12_723"), ("faulty.999", "X12_621")])
def test_errors_stand_where_the_receiver_found_them(name, code_list):
    good, bad = golden(name).messages

    assert good.errors == ()
    assert [told(error) for error in bad.errors] == [
        ("segment", "N1", 2, None, None, "8"),
        ("element", "N1", 2, 4, None, "2"),
        ("segment", "BEG", 2, None, None, "3"),
        ("segment", "PO1", 3, None, None, "8"),
        ("element", "PO1", 3, 2, None, "5"),
        ("element", "PO1", 3, 4, None, "6"),
        ("element", "PO1", 3, 9, None, "2"),
        ("segment", "CTT", 6, None, None, "4"),
        ("message", None, None, None, None, "5"),
    ]
    assert (bad.errors[4].data, bad.errors[4].code.list) == ("12345678901234567", code_list)


def test_elements_of_a_contrl_are_counted_without_the_segments_tag():
    second, third = golden("edifact-faulty.contrl").messages

    assert [told(error) for error in second.errors] == [
        ("element", None, 3, 1, 2, "12"),
        ("element", None, 5, 1, 2, "37"),
        ("element", None, 6, 1, None, "13"),
    ]
    assert [told(error) for error in third.errors] == [("segment", None, 2, None, None, "13")]


def test_a_group_error_and_an_interchange_error_are_the_answers_own():
    assert [told(error) for error in golden("counts-wrong.997").errors] == [
        ("group", None, None, None, None, "5")
    ]
    assert [told(error) for error in golden("edifact-cut-off.contrl").errors] == [
        ("interchange", "UNZ", None, None, None, "13")
    ]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_what_we_answer_reads_back_as_what_we_found(path):
    found = answer(path.read_bytes())
    with path.with_suffix(".edi").open("rb") as stream:
        outcomes = [outcome for interchange in read_interchanges(stream) for outcome in examine(interchange)]

    rejected = {outcome.control_number for outcome in outcomes if outcome.rejected}
    assert {m.control_number for m in found.messages if m.status == "rejected"} <= rejected
    assert DOCUMENTS.validate_json(found.model_dump_json()) == found


def test_a_code_that_accepts_nothing_refuses_and_stays():
    found = answer((ANSWERS / "accepted.997").read_bytes().replace(b"AK9*A", b"AK9*M"))

    assert found.status == "rejected"
    assert [finding.rule for finding in found.findings] == ["verdict-unusual"]
    assert [(left.path, left.values) for left in found.raw_extensions] == [("AK9[1]/01", ("M",))]


def test_what_no_field_takes_is_kept():
    left = {extension.path for extension in golden("faulty.999").raw_extensions}

    assert {"AK1[1]/03", "AK2[2]/IK3[1]/IK4[1]/IK4[1]/02", "AK2[2]/IK3[1]/IK4[1]/CTX[1]"} <= left


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("accepted.997", b"AK9*A*2*2*2~\n"),
        ("accepted.997", b"AK1*PO*7~\n"),
        ("accepted.ta1", b"*A*000"),
        ("edifact-accepted.contrl", b"UCI+REF1+5412345000013:14+5498765000019:14+7'\n"),
    ],
)
def test_an_answer_without_verdict_or_number_is_refused(name, line):
    content = (ANSWERS / name).read_bytes()
    assert line in content

    with pytest.raises(Rejected):
        list(read_documents(content.replace(line, b"")))
