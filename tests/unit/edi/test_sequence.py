import pytest
from tests.unit.edi.interchanges import examined, tradacoms

from ml_connector.edi import ReadOptions, Status

HEADER = ("ORDHDR", ["TYP=0430", "SDT=5098765000012", "CDT=5012345000016", "FIL=1+1+260115"])
ORDER = ("ORDERS", ["CLO=:7", "ORD=PO1::260115", "OLD=1+:SKU1+++:24+2", "OTR=1"])
TRAILER = ("ORDTLR", ["OFT=1"])
RECONCILED = ("RSGRSG", ["RSG=REF1+5098765000012"])


def found(data, **options):
    interchange, outcomes = examined(data, ReadOptions(**options))
    noted = [
        (number, finding.rule, finding.value)
        for number, outcome in enumerate(outcomes, 1)
        for finding in outcome.findings
        if finding.rule in {"message-sequence-wrong", "reconciliation-wrong", "message-after-reconciliation"}
    ]
    return noted, interchange.status


def test_a_transmission_numbered_through_and_reconciled_has_nothing_to_tell():
    assert found(tradacoms(HEADER, ORDER, TRAILER, RECONCILED)) == ([], Status.ACCEPTED)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (b"MHD=1+", b"MHD=2+", [(2, "message-sequence-wrong", "2")]),
        (b"MHD=3+", b"MHD=5+", [(4, "message-sequence-wrong", "4")]),
        (b"RSG=REF1", b"RSG=REF2", [(4, "reconciliation-wrong", "REF2")]),
        (b"+5098765000012'MTR=3", b"+5000000000000'MTR=3", [(4, "reconciliation-wrong", "5000000000000")]),
        (b"+5098765000012'MTR=3", b"'MTR=3", [(4, "reconciliation-wrong", "")]),
    ],
)
def test_what_does_not_agree_is_told(right, wrong, told):
    data = tradacoms(HEADER, ORDER, TRAILER, RECONCILED)
    assert found(data.replace(right, wrong))[0] == told


def test_the_reconciliation_closes_the_transmission():
    noted, _ = found(tradacoms(HEADER, RECONCILED, ORDER))
    assert noted == [(3, "message-after-reconciliation", None)]


def test_a_message_without_a_number_is_told():
    _, outcomes = examined(tradacoms(HEADER, ORDER).replace(b"MHD=2+", b"MHD=+"))
    assert [finding.rule for finding in outcomes[1].findings] == [
        "message-control-missing",
        "element-missing",
    ]


def test_numbers_left_out_are_told_where_end_counts_the_messages_that_had_them():
    data = tradacoms(HEADER, ORDER, TRAILER).replace(b"MHD=2+", b"MHD=4+").replace(b"MHD=3+", b"MHD=6+")
    assert found(data) == ([], Status.ACCEPTED)
    interchange, _ = examined(data.replace(b"END=3", b"END=6"))
    assert [finding.rule for finding in interchange.findings] == [
        "message-sequence-wrong",
        "transmission-count-wrong",
    ]
    assert "leaves out 2 to 3, 5." in interchange.findings[0].message


def test_numbers_with_leading_zeros_count():
    data = tradacoms(HEADER, ORDER).replace(b"MHD=1+", b"MHD=000001+").replace(b"MHD=2+", b"MHD=000002+")
    assert found(data)[0] == []


def test_numbers_start_anew_with_each_transmission():
    (noted, _) = found(tradacoms(HEADER, ORDER) + tradacoms(HEADER, ORDER))
    assert noted == []


@pytest.mark.parametrize(
    ("right", "wrong", "rule", "rejected"),
    [
        (b"MTR=6'MHD=3", b"MTR=7'MHD=3", "message-count-wrong", True),
        (b"END=4", b"END=5", "transmission-count-wrong", False),
        (b"EOB=4", b"EOB=3", "transmission-count-wrong", False),
    ],
)
def test_wrong_counts_of_segments_and_messages_are_told(right, wrong, rule, rejected):
    data = tradacoms(HEADER, ORDER, TRAILER, RECONCILED)
    data = data.replace(b"'MHD=1+", b"'BAT=B1'MHD=1+").replace(b"'END=", b"'EOB=4'END=")
    interchange, outcomes = examined(data)
    assert interchange.status is Status.ACCEPTED
    interchange, outcomes = examined(data.replace(right, wrong))
    findings = [*interchange.findings, *(f for outcome in outcomes for f in outcome.findings)]
    assert [f.rule for f in findings if f.severity.value != "info"] == [rule]
    assert any(f.severity.value == "error" for f in findings) is rejected
