from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ml_connector.matching import (
    InvoiceLine,
    LinkType,
    OrderLine,
    Original,
    ReceiptLine,
    Result,
    Terms,
    Totals,
    creditable,
    match,
    within,
)
from ml_connector.partners.company import REFERENCE_TOLERANCES
from ml_connector.partners.fragments import Tolerance, Tolerances


def d(value):
    return Decimal(str(value))


def ordered(quantity=10, price=100, *, order="PO1", line=1, item="A", **more):
    return OrderLine(order, line, item, more.pop("unit", "EA"), d(quantity), d(price), **more)


def received(quantity, *, receipt="R1", line=1, order="PO1", order_line=1, **more):
    return ReceiptLine(receipt, line, order, order_line, d(quantity), **more)


def invoiced(quantity=10, price=100, *, number="1", item="A", orders=("PO1",), amount=None, **more):
    total = d(amount) if amount is not None else d(quantity) * d(price)
    return InvoiceLine(
        number, item, more.pop("unit", "EA"), d(quantity), d(price), total, tuple(orders), **more
    )


def run(lines, orders, receipts=(), *, ways=2, payable=None, tolerances=REFERENCE_TOLERANCES, **more):
    amount = sum((line.amount for line in lines), Decimal(0))
    charges, tax = d(more.pop("charges", 0)), d(more.pop("tax", 0))
    whole = d(payable) if payable is not None else amount + charges + tax
    return match(
        lines,
        orders,
        receipts,
        Totals(whole, amount, charges, tax),
        Terms(ways=ways, tolerances=tolerances, **more),
    )


def variances(found):
    return {variance.name: variance.tolerated for variance in found.all_variances}


class TestFinding:
    def test_order_and_line_are_the_surest_key(self):
        found = run([invoiced(5, order_line=2)], [ordered(line=1), ordered(line=2)])
        assert found.lines[0].level == "exact_line"
        assert [part.order_line for part in found.lines[0].allocations] == [2]

    def test_a_line_reference_to_another_item_counts_for_nothing(self):
        found = run([invoiced(5, order_line=2)], [ordered(line=1), ordered(line=2, item="B")])
        assert found.lines[0].level == "item"
        assert [part.order_line for part in found.lines[0].allocations] == [1]

    def test_without_an_order_number_any_open_order_has_the_item(self):
        found = run([invoiced(5, orders=())], [ordered(order="PO7")])
        assert found.lines[0].level == "open_orders"
        assert found.orders == ("PO7",)

    def test_the_suppliers_own_code_finds_an_order_line_without_item(self):
        found = run([invoiced(5, item="", supplier_item="S-1")], [ordered(item="", supplier_item="S-1")])
        assert found.result is Result.MATCHED

    def test_an_order_that_has_no_such_line_is_an_exception(self):
        found = run([invoiced(5, item="B")], [ordered()])
        assert variances(found) == {"not_on_order": False}
        assert "PO1 has no such line" in found.all_variances[0].sentence()

    def test_a_line_a_rule_routed_needs_no_order(self):
        found = run([invoiced(5), invoiced(1, 80, number="2", item="", orders=(), routed=True)], [ordered()])
        assert found.result is Result.MATCHED
        assert found.lines[1].level == "routed"

    @pytest.mark.parametrize(
        ("line", "level"),
        [
            ({"item": "", "named": False}, "routed"),
            ({"item": "", "named": True}, "none"),
            ({"item": "B", "named": False, "stock": True}, "none"),
            ({"item": "B", "named": False, "stock": False}, "routed"),
            ({"item": "", "named": False, "routed": False}, "none"),
        ],
    )
    def test_beside_the_goods_of_a_documents_order_only_what_a_rule_knows_needs_none(self, line, level):
        freight = invoiced(1, 80, number="2", **{"routed": True, **line})
        found = run([invoiced(5), freight], [ordered()])
        assert found.lines[1].level == level
        assert found.result is (Result.MATCHED if level == "routed" else Result.EXCEPTION)

    @pytest.mark.parametrize(
        ("line", "order", "level"),
        [
            ({"item": ""}, {}, "exact_line"),
            ({"item": "A"}, {"item": ""}, "exact_line"),
            ({"item": "", "supplier_item": "S-1"}, {"item": "", "supplier_item": "S-2"}, "none"),
            ({"item": "B"}, {}, "none"),
            ({"item": "", "order_line": None}, {}, "none"),
        ],
    )
    def test_a_line_reference_is_enough_where_no_item_says_otherwise(self, line, order, level):
        found = run([invoiced(5, **{"order_line": 1, **line})], [ordered(**order)])
        assert found.lines[0].level == level
        assert [part.item for part in found.lines[0].allocations] == (
            [order.get("item", "A")] if level == "exact_line" else []
        )

    def test_a_cancelled_order_is_not_there(self):
        assert variances(run([invoiced(5)], [ordered(closed=True)])) == {"not_on_order": False}


class TestQuantity:
    def test_part_of_an_order_matches(self):
        assert run([invoiced(4)], [ordered()]).result is Result.MATCHED

    def test_what_was_invoiced_before_is_not_open(self):
        found = run([invoiced(4)], [ordered(invoiced=d(7))])
        assert variances(found)["quantity"] is False
        assert found.lines[0].allocations[0].quantity == 3
        assert found.lines[0].unallocated == 1

    def test_two_lines_do_not_take_the_same_quantity(self):
        found = run([invoiced(6), invoiced(6, number="2")], [ordered()])
        assert variances(found)["quantity"] is False
        assert sum(part.quantity for line in found.lines for part in line.allocations) == 10

    def test_an_invoice_line_is_spread_over_order_lines_oldest_first(self):
        orders = [
            ordered(6, line=2, date=date(2026, 2, 1)),
            ordered(6, line=1, date=date(2026, 3, 1)),
        ]
        found = run([invoiced(8)], orders)
        assert [(p.order_line, p.quantity) for p in found.lines[0].allocations] == [(2, 6), (1, 2)]
        assert found.result is Result.MATCHED

    def test_order_lines_of_the_invoiced_price_go_first(self):
        orders = [
            ordered(6, 90, line=1, date=date(2026, 2, 1)),
            ordered(6, 100, line=2, date=date(2026, 3, 1)),
        ]
        found = run([invoiced(6)], orders)
        assert [part.order_line for part in found.lines[0].allocations] == [2]

    def test_an_order_line_may_be_invoiced_by_several_lines(self):
        found = run([invoiced(4), invoiced(6, number="2")], [ordered()])
        assert found.result is Result.MATCHED

    def test_a_return_within_an_invoice_is_an_exception(self):
        assert variances(run([invoiced(5), invoiced(-1, number="2")], [ordered()])) == {"returned": False}

    def test_a_line_of_nothing_takes_nothing_unless_it_costs_something(self):
        assert run([invoiced(5), invoiced(0, 0, number="2", unit="")], [ordered()]).result is Result.MATCHED
        found = run([invoiced(5), invoiced(0, 0, number="2", unit="", amount=30)], [ordered()])
        assert variances(found) == {"line_amount": False}

    @pytest.mark.parametrize(("percent", "tolerated"), [(10, True), ("9.9", False)])
    def test_over_delivery_is_a_percentage_of_what_was_ordered(self, percent, tolerated):
        tolerances = Tolerances(quantity=Tolerance(percent=d(percent))).over(REFERENCE_TOLERANCES)
        found = run([invoiced(11)], [ordered()], tolerances=tolerances)
        assert variances(found)["quantity"] is tolerated

    def test_the_order_itself_may_allow_more(self):
        found = run([invoiced(11)], [ordered(over_receipt=d(10))])
        assert found.result is Result.WITHIN_TOLERANCE


class TestReceipts:
    def test_three_way_asks_for_what_was_received(self):
        found = run([invoiced(8)], [ordered(stock=True)], [received(5)], ways=3)
        assert variances(found)["quantity"] is False
        assert "received on order PO1 line 1" in found.all_variances[0].sentence()

    def test_two_way_does_not(self):
        found = run([invoiced(8)], [ordered()], [received(5)])
        assert found.result is Result.MATCHED

    def test_parts_link_to_their_receipts_oldest_first(self):
        receipts = [
            received(5, receipt="R2", date=date(2026, 3, 2)),
            received(5, receipt="R1", date=date(2026, 3, 1)),
        ]
        found = run([invoiced(7)], [ordered(stock=True)], receipts, ways=3)
        assert [part.link for part in found.lines[0].allocations] == [
            (LinkType.RECEIPT, "R1", 1),
            (LinkType.RECEIPT, "R2", 1),
        ]

    def test_what_was_not_received_links_to_the_order(self):
        found = run([invoiced(7)], [ordered()], [received(5)])
        assert [part.link[0] for part in found.lines[0].allocations] == [LinkType.RECEIPT, LinkType.ORDER]

    def test_a_stock_item_without_receipt_is_an_exception_since_nothing_would_count_it(self):
        found = run([invoiced(7)], [ordered(stock=True)])
        assert variances(found) == {"not_received": False}

    def test_a_tolerance_is_for_the_last_invoice_of_a_line_and_not_for_each_more(self):
        tolerances = REFERENCE_TOLERANCES.model_copy(update={"quantity": Tolerance(percent=Decimal(50))})
        first = run([invoiced(11)], [ordered(quantity=d(10))], tolerances=tolerances)
        assert variances(first)["quantity"] is True
        second = run([invoiced(1)], [ordered(quantity=d(10), invoiced=d(10))], tolerances=tolerances)
        assert variances(second)["quantity"] is False

    def test_receipts_invoiced_before_are_not_open(self):
        found = run([invoiced(5)], [ordered(invoiced=d(5))], [received(5, invoiced=d(5))], ways=3)
        assert variances(found)["quantity"] is False


class TestPrice:
    @pytest.mark.parametrize(
        ("price", "order_price", "tolerated"),
        [
            ("100.01", 100, True),
            ("99.99", 100, True),
            ("100.02", 100, False),
            ("99.98", 100, False),
            ("100.50", 100, False),
            ("1.005", 1, True),
            ("1.0051", 1, False),
            ("0.51", "0.50", False),
        ],
    )
    def test_half_a_percent_and_no_more_than_a_cent_either_way_is_tolerated(
        self, price, order_price, tolerated
    ):
        found = run([invoiced(10, price)], [ordered(10, order_price)])
        assert variances(found)["unit_price"] is tolerated

    @pytest.mark.parametrize(
        ("quantity", "price", "result"),
        [
            (100, "100.01", Result.WITHIN_TOLERANCE),
            (101, "100.01", Result.EXCEPTION),
            (10_000, "100.01", Result.EXCEPTION),
            (10_000, "100.50", Result.EXCEPTION),
        ],
    )
    def test_a_price_is_tolerated_up_to_what_a_line_may_differ(self, quantity, price, result):
        found = run([invoiced(quantity, price)], [ordered(quantity)])
        assert found.result is result
        assert variances(found)["line_amount"] is (result is Result.WITHIN_TOLERANCE)

    @pytest.mark.parametrize(("percent", "line"), [("0.4", True), ("0.39", False)])
    def test_who_allows_a_price_difference_on_many_allows_it_on_the_line_too(self, percent, line):
        wide = Tolerances(unit_price=Tolerance(percent=d("0.5")), line=Tolerance(percent=d(percent)))
        found = run([invoiced(1000, "100.40")], [ordered(1000)], tolerances=wide.over(REFERENCE_TOLERANCES))
        assert variances(found) == {"unit_price": True, "line_amount": line}

    @pytest.mark.parametrize(("amount", "tolerated"), [("1001.10", False), ("1001.00", True)])
    def test_a_tolerated_price_excuses_no_other_amount(self, amount, tolerated):
        found = run([invoiced(10, "100.01", amount=amount)], [ordered()])
        assert variances(found) == {"unit_price": True, "line_amount": tolerated}

    def test_an_amount_that_is_not_quantity_by_price_is_named(self):
        found = run([invoiced(10, amount="1005.00")], [ordered()])
        assert variances(found)["line_amount"] is False

    def test_units_are_converted_price_and_quantity_together(self):
        found = run([invoiced(2, 500, unit="BX", factors={"EA": d(5)})], [ordered(10, 100)])
        assert found.result is Result.MATCHED
        assert found.lines[0].line.quantity == 10

    def test_a_price_that_does_not_divide_is_no_difference(self):
        found = run([invoiced(1, 100, unit="CS", factors={"EA": d(12)})], [ordered(24, "8.333333")])
        assert found.result is Result.MATCHED

    def test_of_order_lines_in_several_units_those_in_the_lines_own_go_first(self):
        orders = [ordered(3, 100), ordered(2, 1000, line=2, unit="BX")]
        found = run([invoiced(1, 1000, unit="BX", factors={"EA": d(10)})], orders)
        assert found.result is Result.MATCHED
        assert [part.order_line for part in found.lines[0].allocations] == [2]
        converted = run([invoiced(1, 300, unit="CS", factors={"EA": d(3)})], [orders[1], orders[0]])
        assert [part.order_line for part in converted.lines[0].allocations] == [1]

    def test_units_that_do_not_convert_are_an_exception(self):
        assert variances(run([invoiced(2, 500, unit="BX")], [ordered()])) == {"unit": False}

    def test_another_currency_is_an_exception(self):
        found = run([invoiced(5)], [ordered(currency="SEK")], currency="NOK")
        assert variances(found) == {"currency": False}

    def test_a_zero_price_is_a_price(self):
        assert variances(run([invoiced(5, 0)], [ordered()]))["unit_price"] is False
        assert run([invoiced(5, 0)], [ordered(10, 0)]).result is Result.MATCHED


class TestTotals:
    @pytest.mark.parametrize(
        ("payable", "name", "tolerated", "rounding"),
        [
            ("1000.50", "rounding", True, "0.50"),
            ("999.50", "rounding", True, "-0.50"),
            ("1000.99", "document_total", True, "0.99"),
            ("999.01", "document_total", True, "-0.99"),
            ("1001.01", "document_total", False, "0"),
            ("995.00", "document_total", False, "0"),
        ],
    )
    def test_small_differences_are_rounding(self, payable, name, tolerated, rounding):
        found = run([invoiced()], [ordered()], payable=payable)
        assert variances(found) == {name: tolerated}
        assert found.rounding == d(rounding)

    def test_a_large_document_may_differ_by_its_percentage(self):
        found = run([invoiced(10, 1000)], [ordered(10, 1000)], payable="10004.00")
        assert variances(found) == {"document_total": True}
        assert found.rounding == 4

    def test_charges_and_tax_are_part_of_the_total(self):
        assert run([invoiced()], [ordered()], charges=50, tax="262.50").result is Result.MATCHED

    def test_totals_are_compared_without_orders_too(self):
        found = run([invoiced()], [], ways=0, payable="900")
        assert found.result is Result.EXCEPTION
        assert run([invoiced()], [], ways=0).result is Result.NOT_MATCHED


class TestCredit:
    def test_what_was_invoiced_can_be_credited(self):
        orders = creditable([ordered(invoiced=d(4)), ordered(line=2, invoiced=d(0))])
        found = run([invoiced(3)], orders, credit=True)
        assert found.result is Result.MATCHED

    def test_more_than_was_invoiced_can_not(self):
        orders = creditable([ordered(invoiced=d(4), closed=True)])
        found = run([invoiced(5)], orders, credit=True)
        assert variances(found)["quantity"] is False

    @pytest.mark.parametrize(
        ("amount", "before", "result"),
        [
            (100, (), Result.NOT_MATCHED),
            (100, (("C-0", 40),), Result.EXCEPTION),
            (99.5, (), Result.NOT_MATCHED),
            (99.5, (("C-0", 100),), Result.EXCEPTION),
            (None, (("C-0", 40),), Result.NOT_MATCHED),
        ],
    )
    def test_no_more_is_credited_than_is_left_of_the_original_with_or_without_orders(
        self, amount, before, result
    ):
        credited = tuple((number, d(sum_)) for number, sum_ in before)
        original = Original("GL-1", None if amount is None else d(amount), credited)
        found = run([invoiced(1)], [], ways=0, credit=True, originals=(original,))
        assert found.result is result
        assert found.originals == ("GL-1",)

    @pytest.mark.parametrize(("charges", "result"), [(20, Result.NOT_MATCHED), (22, Result.EXCEPTION)])
    def test_charges_are_credited_of_the_original_like_goods(self, charges, result):
        original = Original("GL-1", d(120))
        found = run([invoiced(1)], [], ways=0, credit=True, originals=(original,), charges=charges)
        assert found.result is result

    def test_several_originals_are_one_sum_and_a_credit_of_both_counts_once(self):
        originals = [Original(number, d(100), (("C-0", d(50)),)) for number in ("GL-1", "GL-2")]
        assert run([invoiced(1, 150)], [], ways=0, credit=True, originals=originals).variances == ()
        found = run([invoiced(1, 152)], [], ways=0, credit=True, originals=originals)
        assert variances(found) == {"credited": False}

    def test_an_original_in_another_currency_is_an_exception(self):
        original = Original("GL-1", d(1000), currency="SEK")
        found = run([invoiced(1)], [], ways=0, credit=True, currency="NOK", originals=(original,))
        assert variances(found) == {"currency": False}


@pytest.mark.parametrize(
    ("tolerance", "difference", "inside"),
    [
        (None, 0, True),
        (None, "0.01", False),
        (Tolerance(), "0.01", False),
        (Tolerance(percent=d(1)), 1, True),
        (Tolerance(percent=d(1)), "1.01", False),
        (Tolerance(amount=d(2)), 2, True),
        (Tolerance(percent=d(1), amount=d(2)), 2, True),
        (Tolerance(percent=d(1), amount=d(2), both=True), 2, False),
    ],
)
def test_a_tolerance_is_the_wider_of_its_two_unless_both_count(tolerance, difference, inside):
    for sign in (1, -1):
        assert within(d(100) + sign * d(difference), d(100), tolerance) is inside
