"""Matches a supplier's invoice, or credit note, with orders and receipts, two or three ways."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ml_connector.matching.allocation import Candidates, Ledger
from ml_connector.matching.model import (
    PRICE_STEP,
    ZERO,
    InvoiceLine,
    Match,
    MatchedLine,
    OrderLine,
    Result,
    Variance,
)
from ml_connector.matching.tolerance import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ml_connector.matching.model import Allocation, Original, ReceiptLine
    from ml_connector.partners.fragments import Tolerances


@dataclass(frozen=True, slots=True)
class Totals:
    """The document's own totals, and what its parts sum to."""

    payable: Decimal | None
    lines: Decimal
    charges: Decimal = ZERO
    tax: Decimal = ZERO
    prepaid: Decimal = ZERO

    @property
    def computed(self) -> Decimal:
        """Lines, charges and tax, less what was paid already."""
        return self.lines + self.charges + self.tax - self.prepaid


@dataclass(frozen=True, slots=True)
class Terms:
    """How to match: with orders (2) or with receipts too (3), or not at all (0), and what may differ."""

    ways: Literal[0, 2, 3]
    tolerances: Tolerances
    currency: str = ""
    credit: bool = False
    originals: tuple[Original, ...] = ()


def match(
    lines: Sequence[InvoiceLine],
    orders: Iterable[OrderLine],
    receipts: Iterable[ReceiptLine],
    totals: Totals,
    terms: Terms,
) -> Match:
    """Return how the invoice compares with the orders and receipts of its supplier.

    The order of the lines makes no difference: the surest and best described take their part first. For a
    credit note ``orders`` are what was invoiced and can be credited.
    """
    matched = tuple(_match_lines(lines, Ledger(orders, receipts), terms)) if terms.ways else ()
    document = (*_total_variances(totals, terms.tolerances), *_credit_variances(totals, terms))
    rounding = _rounding(totals, document)
    variances = (*document, *(variance for line in matched for variance in line.variances))
    return Match(
        result=_result(variances, compared=any(line.allocations for line in matched)),
        lines=matched,
        variances=document,
        rounding=rounding,
        orders=tuple(dict.fromkeys(part.order for line in matched for part in line.allocations)),
        originals=tuple(original.number for original in terms.originals),
    )


def _result(variances: Sequence[Variance], *, compared: bool) -> Result:
    if any(not variance.tolerated for variance in variances):
        return Result.EXCEPTION
    if not compared:  # nothing of it is on an order: rules said where all of it belongs
        return Result.NOT_MATCHED
    return Result.WITHIN_TOLERANCE if variances else Result.MATCHED


def _match_lines(lines: Sequence[InvoiceLine], ledger: Ledger, terms: Terms) -> Iterator[MatchedLine]:
    found = [(position, line, ledger.candidates(line)) for position, line in enumerate(lines)]
    outcome: dict[int, MatchedLine] = {}
    for position, line, candidates in sorted(found, key=lambda entry: _precedence(entry[1], entry[2])):
        outcome[position] = _match_line(line, candidates, ledger, terms)
    return (outcome[position] for position in range(len(lines)))


_LEVELS = {"exact_line": 0, "item": 1, "open_orders": 2, "none": 3}


def _precedence(line: InvoiceLine, candidates: Candidates) -> tuple[object, ...]:
    described = (line.orders, line.order_line or 0, line.item, line.supplier_item, line.unit)
    return (_LEVELS[candidates.level], *described, line.unit_price, line.quantity, line.amount, line.number)


def _match_line(line: InvoiceLine, candidates: Candidates, ledger: Ledger, terms: Terms) -> MatchedLine:
    if candidates.level == "none":
        return _not_on_order(line) if line.needs_order else MatchedLine(line, "routed")
    if line.quantity <= 0:
        return MatchedLine(line, candidates.level, variances=tuple(_uncounted_variances(line)))
    counted = _counted(line, candidates.lines)
    if counted is None:
        return MatchedLine(line, candidates.level, variances=(_unit_variance(line, candidates.lines[0]),))
    orders = _cheapest_first(counted, [order for order in candidates.lines if order.unit == counted.unit])
    received_only = terms.ways == 3 and not terms.credit
    open_quantity = sum((ledger.open_quantity(o, received_only=received_only) for o in orders), ZERO)
    parts = ledger.take(counted, orders, received_only=received_only)
    variances = (
        *_quantity_variances(counted, orders, open_quantity, terms, received_only=received_only),
        *_price_variances(counted, orders, parts, terms),
        *_currency_variances(counted, orders, terms),
        *_receipt_variances(counted, orders, parts, terms),
    )
    return MatchedLine(counted, candidates.level, parts, variances)


def _counted(line: InvoiceLine, orders: Sequence[OrderLine]) -> InvoiceLine | None:
    """Return the line in its own unit where an order line has it, else in the first that it converts to."""
    units = sorted(dict.fromkeys(order.unit for order in orders), key=lambda unit: unit != line.unit)
    return next((counted for unit in units if (counted := line.in_unit(unit))), None)


def _cheapest_first(line: InvoiceLine, orders: list[OrderLine]) -> list[OrderLine]:
    """Put order lines of the invoiced price before others, and leave both oldest first."""
    return sorted(orders, key=lambda order: order.unit_price != line.unit_price)


def _not_on_order(line: InvoiceLine) -> MatchedLine:
    named = ", ".join(line.orders)
    detail = f"order {named} has no such line" if named else "no open order of the supplier has this item"
    variance = Variance("not_on_order", None, None, tolerated=False, line=line.number, detail=detail)
    return MatchedLine(line, "none", variances=(variance,))


def _uncounted_variances(line: InvoiceLine) -> Iterator[Variance]:
    """Yield why a line that takes nothing of an order can't be posted as it is, if it is not just text."""
    if line.quantity < 0:
        detail = "goods returned within an invoice link to no order line; a credit note would"
        yield Variance("returned", None, None, tolerated=False, line=line.number, detail=detail)
    elif line.amount:
        yield Variance(
            "line_amount", ZERO, line.amount, tolerated=False, line=line.number, against="no goods"
        )


def _unit_variance(line: InvoiceLine, order: OrderLine) -> Variance:
    detail = f"invoiced in {line.unit}, ordered in {order.unit}; the item has no conversion between them"
    return Variance(
        "unit", None, None, tolerated=False, line=line.number, against=_name(order), detail=detail
    )


def _quantity_variances(
    line: InvoiceLine,
    orders: Sequence[OrderLine],
    open_quantity: Decimal,
    terms: Terms,
    *,
    received_only: bool,
) -> Iterator[Variance]:
    excess = line.quantity - open_quantity
    if excess <= 0:
        return
    ordered = sum((order.quantity for order in orders), ZERO)
    allowed = max((order.over_receipt for order in orders), default=ZERO)
    tolerated = not received_only and excess <= ordered * allowed / 100
    tolerated = tolerated or within(ordered + excess, ordered, terms.tolerances.quantity)
    # A tolerance is for the last invoice of an order line: with nothing open it would be one for each more.
    tolerated = tolerated and open_quantity > 0
    basis = "invoiced before" if terms.credit else "received" if received_only else "open"
    yield Variance(
        "quantity", open_quantity, line.quantity, tolerated, line.number, f"{basis} on {_names(orders)}"
    )


def _price_variances(
    line: InvoiceLine, orders: Sequence[OrderLine], parts: Sequence[Allocation], terms: Terms
) -> Iterator[Variance]:
    if not line.quantity:
        return
    by_key = {order.key: order for order in orders}
    compared = list(dict.fromkeys((part.order, part.order_line) for part in parts)) or [orders[0].key]
    for key in compared:
        order = by_key[key]
        if _step(line.unit_price) == _step(order.unit_price):
            continue
        tolerated = within(line.unit_price, order.unit_price, terms.tolerances.unit_price)
        yield Variance("unit_price", order.unit_price, line.unit_price, tolerated, line.number, _name(order))
    yield from _amount_variances(line, _expected_amount(line, by_key, parts, compared[0]), terms)


def _step(price: Decimal) -> Decimal:
    """Return a price as exact as Visma keeps it: a third of a case is nobody's difference."""
    return price.quantize(PRICE_STEP)


def _expected_amount(
    line: InvoiceLine,
    by_key: dict[tuple[str, int], OrderLine],
    parts: Sequence[Allocation],
    first: tuple[str, int],
) -> Decimal:
    taken = sum((part.quantity for part in parts), ZERO)
    expected = sum((part.quantity * by_key[(part.order, part.order_line)].unit_price for part in parts), ZERO)
    return expected + (line.quantity - taken) * by_key[first].unit_price


def _amount_variances(line: InvoiceLine, expected: Decimal, terms: Terms) -> Iterator[Variance]:
    """Yield a line's amount that is not the order's: a tolerated price times the quantity is no excuse."""
    expected = expected.quantize(Decimal("0.01"))
    if abs(line.amount - expected) <= Decimal("0.005"):
        return
    tolerated = within(line.amount, expected, terms.tolerances.line)
    yield Variance("line_amount", expected, line.amount, tolerated, line.number, "quantity at order price")


def _currency_variances(line: InvoiceLine, orders: Sequence[OrderLine], terms: Terms) -> Iterator[Variance]:
    others = {order.currency for order in orders if order.currency} - {terms.currency}
    if others and terms.currency:
        detail = f"invoiced in {terms.currency}, ordered in {', '.join(sorted(others))}"
        yield Variance("currency", None, None, tolerated=False, line=line.number, detail=detail)


def _receipt_variances(
    line: InvoiceLine, orders: Sequence[OrderLine], parts: Sequence[Allocation], terms: Terms
) -> Iterator[Variance]:
    stock = {order.key for order in orders if order.stock}
    unreceived = [p for p in parts if not p.receipt and (p.order, p.order_line) in stock]
    if unreceived and not terms.credit:
        # Unlinked, it would not count as invoiced, and the next invoice would be given the same quantity.
        detail = "a stock item links to a receipt, and there is none to link to yet"
        names = ", ".join(f"{part.order}/{part.order_line}" for part in unreceived)
        yield Variance(
            "not_received", None, None, tolerated=False, line=line.number, against=names, detail=detail
        )


def _total_variances(totals: Totals, tolerances: Tolerances) -> Iterator[Variance]:
    if totals.payable is None or totals.payable == totals.computed:
        return
    difference = abs(totals.payable - totals.computed)
    if tolerances.rounding is not None and difference <= tolerances.rounding:
        yield Variance(
            "rounding", totals.computed, totals.payable, tolerated=True, against="sum of its parts"
        )
        return
    tolerated = within(totals.payable, totals.computed, tolerances.document)
    yield Variance("document_total", totals.computed, totals.payable, tolerated, against="sum of its parts")


def _credit_variances(totals: Totals, terms: Terms) -> Iterator[Variance]:
    """Yield where a credit note takes back more than is left of the invoices it is against, without VAT."""
    known = [original.amount for original in terms.originals if original.amount is not None]
    if not known or len(known) < len(terms.originals):
        return
    names = ", ".join(original.number for original in terms.originals)
    others = {one.currency for one in terms.originals if one.currency} - {terms.currency}
    if others and terms.currency:
        detail = f"credited in {terms.currency}, invoiced in {', '.join(sorted(others))}"
        yield Variance("currency", None, None, tolerated=False, against=f"invoice {names}", detail=detail)
        return
    before = dict(credit for original in terms.originals for credit in original.credits)
    left = max(sum(known, ZERO) - sum(before.values(), ZERO), ZERO)
    credited = totals.lines + totals.charges
    if credited > left:
        # A tolerance is for the last credit note of an invoice: with nothing left it would be one for each.
        tolerated = left > 0 and within(credited, left, terms.tolerances.document)
        yield Variance("credited", left, credited, tolerated, against=f"what is left of invoice {names}")


def _rounding(totals: Totals, variances: Sequence[Variance]) -> Decimal:
    if totals.payable is None or any(not variance.tolerated for variance in variances):
        return ZERO
    return totals.payable - totals.computed


def creditable(lines: Iterable[OrderLine]) -> tuple[OrderLine, ...]:
    """Return order lines as a credit note sees them: open is what was invoiced."""
    return tuple(
        replace(line, quantity=line.invoiced, invoiced=ZERO, closed=False) for line in lines if line.invoiced
    )


def creditable_receipts(receipts: Iterable[ReceiptLine]) -> tuple[ReceiptLine, ...]:
    """Return receipt lines as a credit note sees them: open is what was invoiced."""
    return tuple(replace(line, quantity=line.invoiced, invoiced=ZERO) for line in receipts if line.invoiced)


def _name(order: OrderLine) -> str:
    return f"order {order.order} line {order.line}"


def _names(orders: Sequence[OrderLine]) -> str:
    return ", ".join(_name(order) for order in orders)
