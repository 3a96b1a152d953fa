from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ml_connector.matching import InvoiceLine, OrderLine, ReceiptLine, Terms, Totals, match
from ml_connector.matching.allocation import share
from ml_connector.partners.company import REFERENCE_TOLERANCES

ITEMS = st.sampled_from(["A", "B", "C"])
ORDERS = st.sampled_from(["PO1", "PO2"])
QUANTITIES = st.decimals("0.001", "500", places=3)
PRICES = st.decimals("0", "900", places=4)
WAYS = st.sampled_from([2, 3])


@st.composite
def order_lines(draw):
    keys = draw(st.lists(st.tuples(ORDERS, st.integers(1, 4)), max_size=8, unique=True))
    return [
        OrderLine(
            order, line, draw(ITEMS), "EA", draw(QUANTITIES), draw(PRICES),
            invoiced=draw(st.decimals("0", "300", places=3)), stock=draw(st.booleans()),
        )
        for order, line in keys
    ]  # fmt: skip


@st.composite
def receipts_of(draw, orders):
    chosen = draw(st.lists(st.sampled_from(orders), max_size=6)) if orders else []
    return [
        ReceiptLine(
            f"R{n}", 1, order.order, order.line, draw(QUANTITIES), draw(st.decimals("0", "50", places=3))
        )
        for n, order in enumerate(chosen)
    ]


@st.composite
def invoice_lines(draw):
    lines = []
    for number in range(draw(st.integers(1, 6))):
        quantity, price = draw(QUANTITIES), draw(PRICES)
        amount = (quantity * price).quantize(Decimal("0.01"))
        orders = tuple(draw(st.lists(ORDERS, max_size=2, unique=True)))
        lines.append(InvoiceLine(str(number), draw(ITEMS), "EA", quantity, price, amount, orders))
    return lines


@st.composite
def cases(draw):
    orders = draw(order_lines())
    return draw(invoice_lines()), orders, draw(receipts_of(orders)), draw(WAYS)


def run(lines, orders, receipts, ways):
    amount = sum((line.amount for line in lines), Decimal(0))
    return match(
        lines, orders, receipts, Totals(amount, amount), Terms(ways=ways, tolerances=REFERENCE_TOLERANCES)
    )


@given(cases())
def test_no_more_is_allocated_than_is_open(case):
    _, orders, receipts, _ = case
    taken, billed = Counter(), Counter()
    for line in run(*case).lines:
        for part in line.allocations:
            assert part.quantity > 0
            taken[part.order, part.order_line] += part.quantity
            if part.receipt:
                billed[part.receipt, part.receipt_line] += part.quantity
    for order in orders:
        assert taken[order.key] <= order.open
    for receipt in receipts:
        assert billed[receipt.receipt, receipt.line] <= receipt.open


@given(cases())
def test_a_line_is_never_allocated_more_than_it_has(case):
    for line in run(*case).lines:
        assert line.unallocated >= 0


@given(cases())
def test_amounts_sum_to_the_line_to_the_last_decimal(case):
    for line in run(*case).lines:
        if line.allocations and not line.unallocated:
            assert sum(part.amount for part in line.allocations) == line.line.amount


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_lines_makes_no_difference(case, random):
    lines, orders, receipts, ways = case
    shuffled, others, more = (list(part) for part in (lines, orders, receipts))
    for part in (shuffled, others, more):
        random.shuffle(part)
    first, second = run(*case), run(shuffled, others, more, ways)
    assert first.result is second.result
    by_number = {line.line.number: line for line in second.lines}
    assert [by_number[line.line.number] for line in first.lines] == list(first.lines)


@given(cases())
def test_whatever_is_over_what_is_open_is_named(case):
    for line in run(*case).lines:
        names = {variance.name for variance in line.variances}
        if line.unallocated and line.level != "none":
            assert "quantity" in names


@given(
    st.decimals("-10000", "10000", places=4),
    st.lists(st.decimals("0.001", "100", places=3), min_size=1, max_size=8),
)
def test_shares_sum_to_the_whole(amount, weights):
    assert sum(share(amount, weights, sum(weights)), Decimal(0)) == amount


@given(cases())
def test_three_ways_never_allow_more_than_two(case):
    lines, orders, receipts, _ = case
    two, three = run(lines, orders, receipts, 2), run(lines, orders, receipts, 3)
    allocated = [
        sum((part.quantity for line in found.lines for part in line.allocations), Decimal(0))
        for found in (two, three)
    ]
    assert allocated[1] <= allocated[0]


@given(cases(), st.sampled_from(["1", "12", "24", "0.5"]))
def test_another_unit_of_the_invoice_makes_no_difference(case, factor):
    lines, orders, receipts, ways = case
    factor = Decimal(factor)
    packed = [
        replace(
            line, unit="BX", quantity=line.quantity / factor, unit_price=line.unit_price * factor,
            factors={"EA": factor},
        )
        for line in lines
        if line.quantity / factor == (line.quantity / factor).quantize(Decimal("0.000001"))
    ]  # fmt: skip
    plain = [line for line in lines if line.number in {one.number for one in packed}]
    if not plain:
        return
    first, second = run(plain, orders, receipts, ways), run(packed, orders, receipts, ways)
    assert first.result is second.result
