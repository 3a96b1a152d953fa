"""Orders, changes, responses: what the codecs decide beyond copying."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.codecs.x12.sets import decoded, rules

from ml_connector.codecs import CodecProfile
from ml_connector.documents import LineAction, ResponseAction
from ml_connector.errors import Rejected

BEG = "BEG*00*SA*PO1**20260115~"


def order(body: str, profile=None, head: str = BEG):
    return decoded("850", head + body, profile)


def test_negative_quantity_is_refused_unless_the_profile_allows_it():
    with pytest.raises(Rejected, match="orders -5"):
        order("PO1*1*-5*EA*1**VN*A~")
    assert order("PO1*1*-5*EA*1**VN*A~", CodecProfile(allow_negative=True)).lines[0].quantity == -5


def test_zero_quantity_and_missing_price_are_told():
    assert rules(order("PO1*1*0*EA***VN*A~")) == {"zero-quantity": "warning", "price-missing": "warning"}


@pytest.mark.parametrize("body", ["SDQ*EA*92*1*4*2*5~", "SCH*4*EA***002*20260201~SCH*5*EA***002*20260301~"])
def test_parts_that_are_not_the_whole_are_told(body):
    found = order(f"PO1*1*10*EA*1**VN*A~{body}")
    assert rules(found) == {"schedule-sum": "warning"}
    assert [part.qty for part in found.lines[0].delivery_schedules] == [4, 5]


def test_order_without_a_number_is_refused():
    with pytest.raises(Rejected, match="the order number, is missing"):
        order("PO1*1*1*EA*1**VN*A~", head="BEG*00*SA***20260115~")


def test_lower_case_codes_are_understood():
    found = order("n1*st*Store*ul*0012345678905~PO1*1*1*ea*1*pe*vn*A~", head="BEG*00*sa*PO1**20260115~")
    line = found.lines[0]
    assert (line.uom.code, line.price_code, line.item.seller_id.value) == ("EA", "PE", "A")
    assert found.parties[0].ids[0].scheme.value == "GLN"


def test_repeated_item_qualifier_first_counts_and_second_is_kept():
    found = order("PO1*1*1*EA*1**VN*A*VN*B~")
    assert found.lines[0].item.seller_id.value == "A"
    assert [i.value for i in found.lines[0].item.additional_ids] == ["B"]
    assert rules(found) == {"repeated-item-qualifier": "warning"}


def test_wrong_check_digit_warns_and_keeps_the_number():
    found = order("PO1*1*1*EA*1**UP*036000291453~")
    assert found.lines[0].item.gtin.value == "036000291453"
    assert rules(found) == {"check-digit": "warning"}


def test_what_no_field_takes_stays_visible():
    found = order("PO1*1*1*EA*1**VN*A~PO4*12*5*LB~MEA*PD*WT*5*LB~ZZZ*1*2~")
    raw = {extension.path: extension.values for extension in found.raw_extensions}
    assert raw["PO1[1]/PO4[1]/02"] == ("5",)
    assert raw["PO1[1]/MEA[1]"] == ("PD", "WT", "5", "LB")
    assert [values for path, values in raw.items() if path.startswith("unplaced/ZZZ")] == [("1", "2")]


def test_unreadable_date_is_told_and_stays_raw():
    found = order("DTM*002*20261350~PO1*1*1*EA*1**VN*A~")
    assert found.requested_delivery is None
    assert rules(found) == {"unreadable-date": "warning"}
    assert ("DTM[1]/02", ("20261350",)) in [(e.path, e.values) for e in found.raw_extensions]


def test_control_characters_are_taken_out_of_text():
    found = order("PO1*1*1*EA*1**VN*A~PID*F****Bolt\x07 M8~")
    assert found.lines[0].item.description == "Bolt M8"
    assert [n.rule for n in found.normalisations] == ["control-characters"]


def test_partners_own_meaning_of_a_unit_is_put_in_its_place():
    found = order("PO1*1*1*CS*1**VN*A~", CodecProfile(units_in={"CS": "CA"}))
    assert found.lines[0].uom.code == "CA"
    assert [n.rule for n in found.normalisations] == ["unit-override"]


def test_currency_of_the_partner_stands_in():
    assert order("PO1*1*1*EA*1**VN*A~", CodecProfile(default_currency="NOK")).currency == "NOK"
    assert order("CUR*BY*USD~PO1*1*1*EA*1**VN*A~", CodecProfile(default_currency="NOK")).currency == "USD"


def change(body: str, profile=None):
    return decoded("860", f"BCH*04*SA*PO1***20260115~{body}", profile)


def test_changed_quantity_is_the_new_total():
    line = change("POC*1*QD*8*8*EA*1**VN*A~").lines[0]
    assert (line.action, line.quantity, line.quantity_change) == (LineAction.CHANGE, 8, None)


@pytest.mark.parametrize(("code", "difference"), [("QI", 8), ("QD", -8)])
def test_changed_quantity_is_a_difference_where_the_profile_says_so(code, difference):
    line = change(f"POC*1*{code}*8*8*EA*1**VN*A~", CodecProfile(quantity_is_delta=True)).lines[0]
    assert (line.quantity, line.quantity_change) == (None, difference)


def test_unknown_action_is_held():
    assert rules(change("POC*1*ZZ*8*8*EA*1**VN*A~")) == {"line-action-unknown": "hold"}


def response(body: str, kind: str = "AC"):
    return decoded("855", f"BAK*00*{kind}*PO1*20260115~PO1*1*48*EA*1**VN*A~{body}")


def test_line_answered_in_parts_is_split():
    found = response("ACK*IA*36*EA~ACK*IB*12*EA*069*20260301~")
    line = found.lines[0]
    assert (line.action, line.quantity) == (ResponseAction.SPLIT, Decimal(48))
    assert [part.action.value for part in line.parts] == ["accepted", "backordered"]
    assert found.findings == ()


def test_quantities_that_do_not_answer_the_order_are_told():
    found = response("ACK*IA*36*EA~ACK*IB*10*EA~")
    assert rules(found) == {"confirmed-quantity-sum": "warning", "backorder-without-date": "warning"}


@pytest.mark.parametrize(
    ("kind", "action", "finding"),
    [
        ("AC", "accepted", {"line-without-answer": "warning"}),
        ("AD", "accepted", {}),
        ("RJ", "rejected", {}),
    ],
)
def test_line_without_answer_takes_the_orders(kind, action, finding):
    found = response("", kind)
    assert (found.lines[0].action.value, rules(found)) == (action, finding)


def test_purpose_that_is_none_of_ours_stays_raw():
    found = decoded("860", "BCH*18*SA*PO1***20260115~POC*1*NC*8*8*EA*1**VN*A~")
    assert found.purpose.value == "change"
    assert [(e.path, e.values) for e in found.raw_extensions] == [("BCH[1]/01", ("18",))]
