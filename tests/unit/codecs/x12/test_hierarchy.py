"""The tree of a ship notice: by HL02, whatever else is said."""

from __future__ import annotations

import pytest
from tests.unit.codecs.x12.sets import decoded, rules

from ml_connector.codecs import CodecProfile
from ml_connector.errors import Rejected

ITEM = "LIN*1*VN*A~SN1**5*EA~"


def advice(body: str, profile=None):
    return decoded("856", f"BSN*00*S1*20260115*0930*0001~{body}", profile)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"HL*1**S~HL*2*1*O~PRF*P~HL*3*9*I~{ITEM}", "names 9 as its parent"),
        (f"HL*1**S~HL*2*1*O~PRF*P~HL*3*3*I~{ITEM}", "circle"),
        (f"HL*1**S~HL*2*3*O~PRF*P~HL*3*2*I~{ITEM}", "circle"),
        (f"HL*1**S~HL*2*1*O~PRF*P~HL*2*2*I~{ITEM}", "numbered 2"),
    ],
)
def test_levels_that_make_no_tree_are_refused(body, reason):
    with pytest.raises(Rejected, match=reason):
        advice(body)


def test_gaps_in_numbering_are_told():
    found = advice(f"HL*1**S~HL*3*1*O~PRF*P~HL*7*3*I~{ITEM}")
    assert rules(found) == {"hl-numbering": "warning"}
    assert [item.po_number for item in found.all_items()] == ["P"]


def test_child_before_its_parent_finds_it():
    found = advice(f"HL*1**S~HL*2*3*I~{ITEM}HL*3*1*O~PRF*P~")
    assert [item.po_number for item in found.all_items()] == ["P"]


def test_level_without_parent_hangs_under_the_last_that_can_hold_it():
    found = advice(f"HL*1**S~HL*2**O~PRF*P~HL*3**I~{ITEM}")
    assert [item.po_number for item in found.all_items()] == ["P"]
    assert rules(found) == {"hl-parent-missing": "warning"}


def test_item_takes_its_order_from_its_own_reference():
    found = advice(f"HL*1**S~HL*2*1*I~{ITEM}REF*PO*P9~")
    assert [item.po_number for item in found.all_items()] == ["P9"]
    assert found.findings == ()


def test_item_without_any_order_is_held():
    assert rules(advice(f"HL*1**S~HL*2*1*I~{ITEM}")) == {"item-without-order": "hold"}


def test_sscc_on_two_packages_is_held():
    pack = "HL*{0}*2*P~MAN*GM*{1}~HL*{2}*{0}*I~" + ITEM
    found = advice(
        "HL*1**S~HL*2*1*O~PRF*P~"
        + pack.format(3, "00106141411234567897", 4)
        + pack.format(5, "106141411234567897", 6)
    )
    assert rules(found) == {"sscc-repeated": "hold"}


def test_carton_that_is_an_item_holds_it():
    found = advice(f"HL*1**S~HL*2*1*O~PRF*P~HL*3*2*P~{ITEM}MAN*GM*106141411234567897~")
    (package,) = found.packages
    assert (package.id.value, package.items[0].qty, package.items[0].po_number) == (
        "106141411234567897",
        5,
        "P",
    )


def test_packages_of_one_item_hang_under_it():
    found = advice(f"HL*1**S~HL*2*1*O~PRF*P~HL*3*2*I~{ITEM}HL*4*3*P~MAN*CP*C1~HL*5*3*P~MAN*CP*C2~")
    (outer,) = found.packages
    assert [inner.id.value for inner in outer.children] == ["C1", "C2"]
    assert [item.qty for item in found.all_items()] == [5]


@pytest.mark.parametrize(
    ("declared", "agreed", "found"),
    [
        ("3", None, {}),
        ("1", None, {}),
        ("2", None, {"ctt-line-count": "warning"}),
        ("1", True, {"ctt-line-count": "warning"}),
        ("3", False, {"ctt-line-count": "warning"}),
    ],
)
def test_count_may_be_of_levels_or_items(declared, agreed, found):
    body = f"HL*1**S~HL*2*1*O~PRF*P~HL*3*2*I~{ITEM}CTT*{declared}~"
    assert rules(advice(body, CodecProfile(count_hierarchy=agreed))) == found
