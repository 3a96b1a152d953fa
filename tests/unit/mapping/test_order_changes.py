from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from tests.unit.mapping.papers import order, order_line, party

from ml_connector.documents.order import LineAction
from ml_connector.errors import Misconfigured
from ml_connector.mapping import Disposition, map_document

HUB = [party("seller", ("SELLER_ASSIGNED", "MALMBERG"))]


@pytest.fixture
def mapped(example, ledger):
    def run(*lines, partner="nordlys-hub", number="000051", purpose="change", **more):
        more.setdefault("parties", HUB)
        document = order(*lines, number=number, document_type="order_change", purpose=purpose, **more)
        return map_document(document, example.partner(partner), example, ledger, document_id="d")

    return run


def changed(number, action="change", quantity=None, price=None, **codes):
    line = order_line(number, quantity or 0, price, **codes)
    update = {"action": LineAction(action)} | ({} if quantity is not None else {"quantity": None})
    return line.model_copy(update=update)


def lines(result):
    return [
        (line.operation, line.line_number, line.inventory, line.order_qty, line.unit_cost)
        for line in result.body.lines
    ]


def test_each_line_is_found_in_the_order_by_its_item(mapped):
    result = mapped(changed(10, quantity=50, price="90.00", seller="MV-1003"), change_sequence="2")
    assert (result.entity, result.disposition) == ("PurchaseOrderChange", Disposition.POST)
    assert lines(result) == [("Update", 3, None, Decimal(50), Decimal("90.00"))]
    assert (result.body.order_number, result.body.custom_str4) == ("000051", "2")
    assert result.business_key == ("4242", "PurchaseOrderChange", "nordlys-hub", "000051", "change 2")


def test_every_value_says_what_stood_before(mapped):
    result = mapped(changed(10, quantity=50, price="90.00", seller="MV-1003"))
    why = {decision.field: decision.detail for decision in result.decisions}
    assert why["lines[0].orderQty"] == "before 40"
    assert why["lines[0].unitCost"] == "before 89.00"


def test_what_is_not_named_stays(mapped):
    result = mapped(changed(10, quantity=50, seller="MV-1003"))
    body = result.body.body()["lines"][0]
    assert set(body) == {"operation", "lineNumber", "orderQty"}


def test_quantity_and_price_come_in_the_unit_of_the_order(mapped):
    result = mapped(changed(1, quantity=5, price="890.00", uom="BX", seller="MV-1003"))
    assert lines(result) == [("Update", 3, None, Decimal(50), Decimal("89.00"))]


def test_a_line_is_added_like_a_line_of_an_order(mapped):
    result = mapped(changed(4, "add", 10, "7.50", seller="MV-1004", uom="ST"))
    assert lines(result) == [("Insert", None, "1004", Decimal(10), Decimal("7.50"))]


def test_a_line_that_stays_as_it_is_is_not_sent(mapped):
    result = mapped(changed(1, "unchanged", 10, seller="MV-1001"), changed(3, quantity=50, seller="MV-1003"))
    assert [line.line_number for line in result.body.lines] == [3]


def test_the_order_is_wanted_on_another_day(mapped):
    result = mapped(requested_delivery=date(2026, 4, 1))
    assert (result.body.promised_on, result.body.lines) == (date(2026, 4, 1), ())


def test_a_change_without_sequence_is_told_by_its_content(mapped):
    first, second = (mapped(changed(3, quantity=n, seller="MV-1003")) for n in (50, 60))
    assert first.business_key != second.business_key
    assert first.business_key == mapped(changed(3, quantity=50, seller="MV-1003")).business_key


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"line": changed(3, quantity=10, seller="MV-1003")}, "Line 3 is to be 10, but 20 came already."),
        ({"line": changed(3, "delete", seller="MV-1003")}, "Line 3 is cancelled, but 20 of it were received"),
        ({"line": changed(3, quantity=0, seller="MV-1003")}, "Line 3 is cancelled"),
        ({"line": changed(3, quantity=500, seller="MV-1003")}, "Line 3 is to grow from 40 to 500."),
        ({"line": changed(9, quantity=5, seller="MV-1004", uom="ST")}, "stands in no line of the order"),
        ({"line": changed(9, quantity=5)}, r"the item \(none named\) stands in no line"),
        (
            {"line": changed(3, quantity=50, seller="MV-1003"), "number": "999999"},
            "not in Visma as an open order",
        ),
        (
            {"line": changed(3, quantity=50, seller="MV-1003"), "number": "000052"},
            "not in Visma as an open order of supplier 50002",
        ),
        ({"purpose": "cancel"}, "no call for: cancel it in Visma"),
        ({"purpose": "replace"}, "compare it with the order in Visma"),
        ({"order_type": "cancel"}, "cancel it in Visma"),
        ({}, "It changes nothing of the order."),
    ],
)
def test_what_is_for_a_person_is_parked_whole_with_the_reason(mapped, given, reason):
    sent = [given.pop("line")] if "line" in given else []
    good = changed(2, quantity=30, seller="MV-1002", uom="ST")
    result = mapped(*([good, *sent] if sent else []), **given)
    assert (result.disposition, result.body) == (Disposition.PARK, None)
    assert re.search(reason, " ".join(result.holds)), result.holds


def test_what_is_for_a_person_is_told_in_words(mapped):
    result = mapped(changed(3, quantity=10, price="90", seller="MV-1003"))
    assert "Line 3: change, item MV-1003, quantity 10 EA, price 90." in " ".join(result.holds)


def test_a_customers_change_is_held_in_words_since_visma_publishes_no_such_call(mapped):
    result = mapped(changed(1, quantity=5, buyer="HB-HAMMER"), partner="hardanger-bygg", parties=())
    assert (result.entity, result.disposition, result.body) == ("SalesOrder", Disposition.PARK, None)
    assert "Line 1: change, item HB-HAMMER, quantity 5 EA." in result.holds[0]


def test_whose_order_it_is_must_be_known(mapped):
    with pytest.raises(Misconfigured, match="supplier of partner nordlys-hub of order_change 000051"):
        mapped(changed(3, quantity=50, seller="MV-1003"), parties=())
