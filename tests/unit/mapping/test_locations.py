from __future__ import annotations

import pytest
from tests.unit.mapping.papers import invoice, invoice_line, mapped, order, order_line, party

from ml_connector.mapping import Disposition
from ml_connector.partners import parse

SUPPLIER = '{number: "50005", name: Great Lakes Tools Inc'
CUSTOMER = '{number: "10000", name: Hardanger Bygg AS'
PLACES = """\
{id: Main, gln: "0700010000068"}, {id: North, gln: "7000010001113", edi_code: N1}, \
{id: South, edi_code: S1}, {id: Twin A, edi_code: T}, {id: Twin B, edi_code: T}"""


@pytest.fixture
def run(example):
    def mapping(document, partner="great-lakes-tools", own="", rules="rules: []\n"):
        files = dict(example.files)
        for who in (SUPPLIER, CUSTOMER):
            assert who in files["lookups.yaml"]
            files["lookups.yaml"] = files["lookups.yaml"].replace(who, f"{who}, locations: [{PLACES}]")
        files["lookups.yaml"] = files["lookups.yaml"] + "locations: [Ruled, Own]\n"
        files[f"partners/{partner}.yaml"] += own
        files["rules/05-location.yaml"] = rules
        return mapped(parse(files), document, partner)

    return mapping


def bill(*parties):
    return invoice(invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"), parties=parties)


@pytest.mark.parametrize(
    ("parties", "location", "source"),
    [
        ([party("seller", ("GLN", "7000010001113"))], "North", "look-up"),
        ([party("seller", ("GLN", "7000 0100 01113"))], "North", "look-up"),
        ([party("seller", ("BUYER_ASSIGNED", "S1"))], "South", "look-up"),
        ([party("ship_from", ("BUYER_ASSIGNED", "N1")), party("seller", ("GLN", "0700010000068"))], "North",
         "look-up"),
        ([party("seller", ("BUYER_ASSIGNED", "ELSEWHERE"))], None, None),
        ([], None, None),
    ],
)  # fmt: skip
def test_a_suppliers_location_is_found_by_gln_then_by_edi_code(run, parties, location, source):
    result = run(bill(*parties))
    assert result.body.location_id == location
    assert [d.source for d in result.decisions if d.field == "locationId"] == ([source] if source else [])


def test_the_partners_own_table_goes_first(run):
    result = run(
        bill(party("seller", ("BUYER_ASSIGNED", "S1"))), own="locations: [{id: S1, location: Own}]\n"
    )
    assert result.body.location_id == "Own"


def test_a_rule_goes_before_everything(run):
    rules = "rules: [{name: r, when: {currency: USD}, set: {location: Ruled}}]\n"
    result = run(bill(party("seller", ("BUYER_ASSIGNED", "S1"))), rules=rules)
    assert result.body.location_id == "Ruled"


def test_several_locations_of_one_code_are_not_chosen_from(run):
    result = run(bill(party("seller", ("BUYER_ASSIGNED", "T"))))
    assert result.disposition is Disposition.HOLD
    assert "EDI code T is that of several locations in Visma (Twin A, Twin B)" in result.holds[0]
    assert '`- {id: "T", location: ID}`' in result.holds[0]


def test_none_leaves_the_default_and_says_so(run):
    result = run(bill())
    assert [d.detail for d in result.decisions if d.field == "default location"] == [
        "Visma's own of 5: the document names none of them"
    ]


def test_a_purchase_order_goes_to_its_suppliers_location(run):
    document = order(
        order_line(1, 1, "655.00", seller="GLT-1005"),
        parties=[party("seller", ("SELLER_ASSIGNED", "GREATLAKES"), ("BUYER_ASSIGNED", "S1"))],
    )
    assert run(document, "nordlys-hub").body.location == "South"


def test_where_a_customer_wants_its_order_stands_in_the_sales_orders_note(run):
    document = order(
        order_line(1, 1, "149.00", buyer="HB-HAMMER"), parties=[party("ship_to", ("BUYER_ASSIGNED", "S1"))]
    )
    result = run(document, "hardanger-bygg")
    assert "Location: South" in result.body.note
    assert [d.detail for d in result.decisions if d.field == "location"] == ["EDI code S1"]
