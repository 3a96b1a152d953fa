from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.unit.codecs.roundtrip import content, faults, left_of_content, read, written
from tests.unit.codecs.tradacoms.generated import despatch_advices

from ml_connector.documents import Identifier, IdentifierScheme, Package
from ml_connector.errors import Misconfigured, Rejected

FIXTURE = Path(__file__).parents[3] / "fixtures" / "tradacoms" / "delivery-two-orders.edi"


@given(document=despatch_advices())
@settings(max_examples=20, deadline=None)
def test_a_delivery_notification_reads_back_as_it_was_written(document):
    data = written(document, "tradacoms", "")
    [found] = read(data)

    assert content(found) == content(document)
    assert left_of_content(found) == []
    assert faults(data) == []


def changed(old: str, new: str):
    data = FIXTURE.read_bytes()
    assert old.encode() in data
    [found] = read(data.replace(old.encode(), new.encode()))
    return found


def test_an_item_knows_the_order_it_belongs_to():
    [found] = read(FIXTURE.read_bytes())

    assert [(item.po_number, item.line) for item in found.all_items()] == [
        ("PO-7001", "1"),
        ("PO-7001", "2"),
        ("PO-7002", "1"),
    ]


def test_a_measure_is_in_thousandths_and_has_its_own_unit():
    [found] = read(FIXTURE.read_bytes())
    weighed = list(found.all_items())[2]

    assert (str(weighed.qty), weighed.uom.code) == ("4.000", "KG")


def test_two_quantities_in_a_line_are_told():
    found = changed("+10+12+BLUE", "+10+12:10:CS+BLUE")

    assert [finding.rule for finding in found.findings] == ["two-quantities"]
    assert next(found.all_items()).qty == 12


def test_a_wrong_count_of_lines_is_told():
    assert "line-count" in [finding.rule for finding in changed("DTR=3", "DTR=4").findings]


def test_another_notice_than_a_delivery_is_held():
    held = changed("TYP=0600", "TYP=0640")
    assert [(finding.rule, finding.severity.value) for finding in held.findings] == [
        ("delivery-kind", "hold")
    ]


def test_what_nobody_knows_of_it_is_kept_raw():
    found = changed("DNC=1+1", "PID=1+1+350123450000000017'DNC=1+1")
    assert ("1", "1", "350123450000000017") in [left.values for left in found.raw_extensions]


def test_a_note_without_a_number_is_refused():
    with pytest.raises(Rejected, match="delivery note"):
        changed("DEL=DN-501:260301", "DEL=0:260301")


def test_packages_are_refused_for_want_of_a_place():
    [found] = read(FIXTURE.read_bytes())
    pallet = Package(
        id=Identifier(scheme=IdentifierScheme.SSCC, value="350123450000000017"), items=found.packages[0].items
    )
    with pytest.raises(Misconfigured, match="packages"):
        written(found.model_copy(update={"packages": (pallet,)}), "tradacoms", "")
