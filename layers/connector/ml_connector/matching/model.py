"""What is matched with what: the invoice's lines, the order's and receipt's lines, and the outcome.

Quantities and prices here are already in the order line's unit and the document's currency; amounts are
positive, whatever the document is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

ZERO = Decimal(0)

#: Visma keeps prices and quantities to six decimals.
PRICE_STEP = _QUANTITY_STEP = Decimal("0.000001")


class Result(StrEnum):
    """How an invoice compares with its orders and receipts."""

    MATCHED = "matched"
    WITHIN_TOLERANCE = "matched_within_tolerance"
    EXCEPTION = "exception"
    NOT_MATCHED = "not_matched"


class LinkType(StrEnum):
    """What an invoice line is linked to, in Visma's own words (LinkLineDto.purchaseType)."""

    ORDER = "PurchaseOrder"
    RECEIPT = "PurchaseReceipt"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a purchase order with what was received and invoiced of it so far.

    Attributes:
        over_receipt: The percentage over the ordered quantity that the order itself allows (maxReceipt).
    """

    order: str
    line: int
    item: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    invoiced: Decimal = ZERO
    received: Decimal = ZERO
    stock: bool = False
    supplier_item: str = ""
    date: date | None = None
    over_receipt: Decimal = ZERO
    currency: str = ""
    closed: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """Order number and line: what the line is known by."""
        return (self.order, self.line)

    @property
    def open(self) -> Decimal:
        """What was ordered and not invoiced yet; never negative."""
        return max(self.quantity - self.invoiced, ZERO)


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A line of a released purchase receipt, with the order line it belongs to."""

    receipt: str
    line: int
    order: str
    order_line: int
    quantity: Decimal
    invoiced: Decimal = ZERO
    date: date | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Receipt number and line: what the line is known by."""
        return (self.receipt, self.line)

    @property
    def open(self) -> Decimal:
        """What was received and not invoiced yet; never negative."""
        return max(self.quantity - self.invoiced, ZERO)


@dataclass(frozen=True, slots=True)
class Original:
    """An invoice that a credit note is against: its sum without VAT, and what was credited of it before.

    Attributes:
        amount: None where the ledger does not say.
        credits: The credit notes against it that stand, by number, with their sums.
    """

    number: str
    amount: Decimal | None
    credits: tuple[tuple[str, Decimal], ...] = ()
    currency: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of the invoice, in the ledger's terms.

    Attributes:
        number: The line's own number, as its partner numbers it.
        orders: Order numbers the line may belong to, the likeliest first; empty means any open order.
        order_line: The partner's reference to a line of the order.
        factors: By unit, how many of it one of the line's unit is.
        routed: A rule says where the line belongs, so it need not be on an order.
        named: The line names its order itself, not just its document.
        stock: It is an item that is kept in stock.
    """

    number: str
    item: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    orders: tuple[str, ...] = ()
    order_line: int | None = None
    supplier_item: str = ""
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    routed: bool = False
    named: bool = True
    stock: bool = False

    @property
    def needs_order(self) -> bool:
        """Whether it is an exception on no order: without a rule for it, or where it is said to be on one.

        A document's order is that of its goods; the freight that a rule knows beside them is on none.
        """
        return not self.routed or (bool(self.orders) and (self.named or self.stock))

    def in_unit(self, unit: str) -> InvoiceLine | None:
        """Return the line counted in another unit, amount unchanged; none where no conversion is known."""
        if unit == self.unit:
            return self
        factor = self.factors.get(unit)
        if not factor:
            return None
        quantity = (self.quantity * factor).quantize(_QUANTITY_STEP)
        return replace(self, unit=unit, quantity=quantity, unit_price=self.unit_price / factor, factors={})


@dataclass(frozen=True, slots=True)
class Variance:
    """One figure that differs, by how much, and whether the tolerance allows it.

    Attributes:
        name: Which comparison: quantity, unit_price, line_amount, document_total, rounding, not_on_order ...
        line: The invoice line's number; empty for the document.
        level: The order, receipt or document compared with, as text.
    """

    name: str
    expected: Decimal | None
    found: Decimal | None
    tolerated: bool
    line: str = ""
    against: str = ""
    detail: str = ""

    @property
    def difference(self) -> Decimal | None:
        """What was found less what was expected, where both are figures."""
        return self.found - self.expected if self.found is not None and self.expected is not None else None

    def as_dict(self) -> dict[str, object]:
        """Return the variance as plain JSON values."""
        return {
            "name": self.name,
            "line": self.line,
            "expected": None if self.expected is None else plain(self.expected),
            "found": None if self.found is None else plain(self.found),
            "tolerated": self.tolerated,
            "against": self.against,
            "sentence": self.sentence(),
        }

    def sentence(self) -> str:
        """Return the variance as a person reads it in the document's note."""
        place = f"line {self.line}: " if self.line else ""
        compared = f" against {self.against}" if self.against else ""
        if self.expected is None or self.found is None:
            return f"{place}{self.name}{compared}: {self.detail}".rstrip(": ")
        verdict = "within tolerance" if self.tolerated else "over tolerance"
        return (
            f"{place}{self.name}{compared} is {plain(self.found)}, expected {plain(self.expected)} "
            f"({plain(self.difference, signed=True)}, {verdict})"
        )


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of an invoice line given to an order line, and to a receipt of it where there is one."""

    order: str
    order_line: int
    quantity: Decimal
    amount: Decimal
    receipt: str = ""
    receipt_line: int = 0
    stock: bool = False
    item: str = ""

    @property
    def link(self) -> tuple[LinkType, str, int]:
        """What the posted line links to: the receipt line where there is one, else the order line."""
        if self.receipt:
            return LinkType.RECEIPT, self.receipt, self.receipt_line
        return LinkType.ORDER, self.order, self.order_line


@dataclass(frozen=True, slots=True)
class MatchedLine:
    """One invoice line in the unit of its order, what it was allocated to and what differs."""

    line: InvoiceLine
    level: str
    allocations: tuple[Allocation, ...] = ()
    variances: tuple[Variance, ...] = ()

    @property
    def unallocated(self) -> Decimal:
        """What of the line's quantity no order line took, in the unit of the line as matched."""
        return self.line.quantity - sum((part.quantity for part in self.allocations), ZERO)

    def as_dict(self) -> dict[str, object]:
        """Return the line's part of the outcome as plain JSON values."""
        allocations = [
            {
                "order": part.order,
                "order_line": part.order_line,
                "receipt": part.receipt,
                "quantity": plain(part.quantity),
                "amount": plain(part.amount),
            }
            for part in self.allocations
        ]
        return {"line": self.line.number, "level": self.level, "allocations": allocations}


@dataclass(frozen=True, slots=True)
class Match:
    """The outcome for a whole invoice.

    Attributes:
        rounding: What goes into the rounding field: payable less the sum of lines, charges and taxes.
        originals: The invoices that it credits.
    """

    result: Result
    lines: tuple[MatchedLine, ...] = ()
    variances: tuple[Variance, ...] = ()
    rounding: Decimal = ZERO
    orders: tuple[str, ...] = field(default=())
    originals: tuple[str, ...] = ()

    @property
    def all_variances(self) -> tuple[Variance, ...]:
        """Every variance of the document and its lines, the document's first."""
        return (*self.variances, *(variance for line in self.lines for variance in line.variances))

    def as_dict(self) -> dict[str, object]:
        """Return the outcome as plain JSON values."""
        return {
            "result": self.result.value,
            "orders": list(self.orders),
            "rounding": plain(self.rounding),
            "lines": [line.as_dict() for line in self.lines],
            "variances": [variance.as_dict() for variance in self.all_variances],
        }


def plain(number: Decimal | None, *, signed: bool = False) -> str:
    """Return a figure as people write it: no exponent, no trailing zeros beyond it."""
    if number is None:
        return "none"
    text = format(number.normalize() if number else ZERO, "f")
    return f"+{text}" if signed and number > 0 else text
