"""Messages as trees, also where senders leave the order."""

import pytest
from tests.unit.edi.interchanges import ORDER_850, edifact, first_message, x12

from ml_connector.edi import place
from ml_connector.edi.schema import find_schema


def placed(data):
    return place(first_message(data))


def test_loops_hold_what_follows_their_trigger():
    tree = placed(
        x12((ORDER_850[0], "N1*ST*STORE", "N3*STREET", "PO1*1*1*EA*1", "PID*F****A", "PO1*2*1*EA*1"))
    )
    assert [loop.name for loop in tree.loops()] == ["N1", "PO1", "PO1"]
    assert [segment.tag for segment in tree.loops("N1")[0].segments()] == ["N1", "N3"]
    assert tree.loops("PO1")[0].loops("PID")[0].head.element(5) == "A"
    assert [loop.name for loop in tree.descend("PID")] == ["PID"]
    assert (tree.segment("BEG").element(3), tree.segment("CUR"), tree.unplaced) == ("4500012345", None, [])


def test_groups_answer_to_number_and_trigger():
    tree = placed(
        edifact(("BGM+220+1+9", "DTM+137:20260115:102", "NAD+BY+1", "RFF+VA:2", "LIN+1", "UNS+S", "MOA+79:5"))
    )
    assert [loop.name for loop in tree.loops("NAD")] == ["SG2"]
    assert tree.loops("SG2")[0].loops("RFF")[0].segment("RFF").element(1, 2) == "2"
    assert [segment.tag for segment in tree.segments(area="summary")] == ["UNS", "MOA", "UNT"]
    assert [loop.area for loop in tree.loops("LIN", area="detail")] == ["detail"]


def test_segments_out_of_order_are_placed_and_foreign_ones_set_aside():
    tree = placed(x12((ORDER_850[0], "PO1*1*1*EA*1", "ZZZ*1", "CTT*1", "CUR*BY*USD")))
    assert tree.segment("CUR").text == "CUR*BY*USD"
    assert [segment.text for segment in tree.unplaced] == ["ZZZ*1"]


def test_a_full_place_gives_way_to_the_next():
    tree = placed(x12(("BIG*20260115*1", "IT1*1*1*EA*1", "TDS*100", "TXI*VA*1", "CAD*M"), type_="810"))
    assert [segment.tag for segment in tree.segments(area="summary")] == ["TDS", "TXI", "CAD", "SE"]


def test_a_message_without_rules_is_all_unplaced():
    tree = placed(edifact(("BGM+9+1+9",), type_="PRICAT"))
    assert [segment.tag for segment in tree.unplaced] == ["UNH", "BGM", "UNT"]


X12 = ["850", "810", "855", "856", "860", "865", "820", "824", "997", "TA1"]
EDIFACT = [
    "ORDERS",
    "ORDRSP",
    "ORDCHG",
    "INVOIC",
    "DESADV",
    "REMADV",
    "PAYORD",
    "PAYMUL",
    "APERAK",
    "RECADV",
    "CONTRL",
]
TRADACOMS = [
    "ORDHDR",
    "ORDERS",
    "ORDTLR",
    "INVFIL",
    "INVOIC",
    "VATTLR",
    "INVTLR",
    "CREHDR",
    "CREDIT",
    "CRETLR",
    "DELHDR",
    "DELIVR",
    "DELTLR",
]


@pytest.mark.parametrize(
    ("standard", "version", "types"),
    [
        ("x12", "004010", X12),
        ("x12", "005010", [*X12, "999"]),
        ("edifact", "D.96A", EDIFACT),
        ("edifact", "D.01B", EDIFACT),
        ("tradacoms", "9", TRADACOMS),
    ],
)
def test_every_message_named_has_rules_for_all_its_segments(standard, version, types):
    for name in types:
        schema = find_schema(standard, name, version)
        assert schema.exact
        assert schema.tags() <= set(schema.rules)


def test_what_is_not_held_has_no_rules():
    assert find_schema("x12", "830", "004010") is None
    assert find_schema("x12", "999", "004010").version == "005010"
    assert find_schema("unknown", "850", "004010") is None
