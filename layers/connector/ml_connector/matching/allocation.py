"""Giving an invoice line's quantity to the order lines and receipts that are open for it, oldest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from ml_connector.matching.model import ZERO, Allocation, InvoiceLine, OrderLine, ReceiptLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NO_DATE = date.max


@dataclass(frozen=True, slots=True)
class Candidates:
    """The order lines an invoice line may belong to, and how surely (exact_line, item, open_orders, none)."""

    level: str
    lines: tuple[OrderLine, ...]


class Ledger:
    """What is open on the supplier's order and receipt lines while one invoice is allocated.

    The figures shrink as lines take their part, so two lines of an invoice never take the same quantity.
    """

    def __init__(self, orders: Iterable[OrderLine], receipts: Iterable[ReceiptLine] = ()) -> None:
        self._orders = sorted(
            (line for line in orders if not line.closed), key=lambda line: (line.date or _NO_DATE, line.key)
        )
        self._receipts: dict[tuple[str, int], list[ReceiptLine]] = {}
        for receipt in sorted(receipts, key=lambda r: (r.date or _NO_DATE, r.receipt, r.line)):
            self._receipts.setdefault((receipt.order, receipt.order_line), []).append(receipt)
        self._open = {line.key: line.open for line in self._orders}
        self._unbilled = {
            (receipt.receipt, receipt.line): receipt.open
            for receipts_of_line in self._receipts.values()
            for receipt in receipts_of_line
        }

    def candidates(self, line: InvoiceLine) -> Candidates:
        """Return the order lines for an invoice line by the first key that finds any.

        The keys, surest first: order and order line; order and item; item on the supplier's open orders.
        """
        named = [order for order in self._orders if order.order in line.orders]
        exact = [order for order in named if order.line == line.order_line and _may_be(order, line)]
        if exact:
            return Candidates("exact_line", tuple(exact))
        same = [order for order in named if _same_item(order, line)]
        if same:
            return Candidates("item", tuple(same))
        if line.orders:
            return Candidates("none", ())
        anywhere = [order for order in self._orders if _same_item(order, line) and self._open[order.key]]
        return Candidates("open_orders" if anywhere else "none", tuple(anywhere))

    def open_quantity(self, order: OrderLine, *, received_only: bool) -> Decimal:
        """Return how much of an order line can still be invoiced: of the ordered, or of the received."""
        ordered = self._open[order.key]
        if not received_only:
            return ordered
        return min(ordered, sum((self._unbilled[(r.receipt, r.line)] for r in self._of(order)), ZERO))

    def take(
        self, line: InvoiceLine, orders: Sequence[OrderLine], *, received_only: bool
    ) -> tuple[Allocation, ...]:
        """Allocate the line's quantity to ``orders`` as far as they are open, oldest first.

        Amounts are shared by quantity and sum to the line's amount when all of it is allocated.
        """
        parts: list[Allocation] = []
        left = line.quantity
        for order in orders:
            for part in self._parts(order, left, received_only=received_only):
                parts.append(part)
                left -= part.quantity
        return _with_amounts(parts, line)

    def _parts(self, order: OrderLine, wanted: Decimal, *, received_only: bool) -> Iterable[Allocation]:
        for receipt in self._of(order):
            key = (receipt.receipt, receipt.line)
            quantity = min(wanted, self._unbilled[key], self._open[order.key])
            if quantity <= 0:
                continue
            self._unbilled[key] -= quantity
            self._open[order.key] -= quantity
            wanted -= quantity
            yield Allocation(*order.key, quantity, ZERO, *key, stock=order.stock, item=order.item)
        quantity = min(wanted, self._open[order.key])
        if quantity > 0 and not received_only:
            self._open[order.key] -= quantity
            yield Allocation(*order.key, quantity, ZERO, stock=order.stock, item=order.item)

    def _of(self, order: OrderLine) -> list[ReceiptLine]:
        return self._receipts.get(order.key, [])


def _same_item(order: OrderLine, line: InvoiceLine) -> bool:
    if line.item and order.item:
        return line.item == order.item
    return bool(line.supplier_item) and line.supplier_item == order.supplier_item


def _may_be(order: OrderLine, line: InvoiceLine) -> bool:
    """Tell whether a line that names an order line means it: the same item, or none on either side."""
    coded = (line.item or line.supplier_item, order.item or order.supplier_item)
    return _same_item(order, line) or not all(coded)


def _with_amounts(parts: list[Allocation], line: InvoiceLine) -> tuple[Allocation, ...]:
    amounts = share(line.amount, [part.quantity for part in parts], line.quantity)
    return tuple(replace(part, amount=amount) for part, amount in zip(parts, amounts, strict=True))


def share(amount: Decimal, weights: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    """Split ``amount`` by ``weights`` of ``whole`` to its own decimals; what is left over goes to the last.

    The parts sum to the amount exactly when the weights sum to the whole.
    """
    if not weights or whole == 0:
        return [ZERO for _ in weights]
    step = Decimal(1).scaleb(min(int(amount.as_tuple().exponent), -2))
    parts = [(amount * weight / whole).quantize(step, ROUND_HALF_UP) for weight in weights]
    if sum(weights) == whole:
        parts[-1] = amount - sum(parts[:-1], ZERO)
    return parts
