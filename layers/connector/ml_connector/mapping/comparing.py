"""Brings invoice and ledger together for matching, and puts the links it finds on the posted lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

from ml_connector.mapping.items import conversion
from ml_connector.mapping.result import Draft, Source
from ml_connector.mapping.vat import tax_total
from ml_connector.matching import (
    Allocation,
    InvoiceLine,
    LinkType,
    Match,
    MatchedLine,
    OrderLine,
    Original,
    ReceiptLine,
    Result,
    Terms,
    Totals,
    creditable,
    creditable_receipts,
    match,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ml_connector.documents.invoice import Invoice
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.invoice_lines import MappedLine
    from ml_connector.mapping.lookups import EarlierInvoice
    from ml_connector.partners.fragments import Tolerances

Line = TypeVar("Line", OrderLine, ReceiptLine)

_PRICE_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Comparison:
    """An invoice ready to be compared with the ledger.

    Attributes:
        currency: What it is posted in, whether it says so itself or its partner's file does.
    """

    context: Context
    invoice: Invoice
    supplier: str
    currency: str
    lines: tuple[MappedLine, ...]
    charges: Decimal
    tolerances: Tolerances
    ways: Literal[0, 2, 3]


def compare(comparison: Comparison) -> Match:
    """Return how the invoice matches the supplier's orders and receipts (a credit note: its original)."""
    lines = [_to_match(line) for line in comparison.lines]
    originals = tuple(_originals(comparison)) if comparison.invoice.is_credit else ()
    orders, receipts = _ledger(comparison, originals) if comparison.ways else ((), ())
    terms = Terms(
        ways=comparison.ways,
        tolerances=comparison.tolerances,
        currency=comparison.currency,
        credit=comparison.invoice.is_credit,
        originals=tuple(map(_to_credit, originals)),
    )
    return match(lines, orders, receipts, _totals(comparison), terms)


def _to_match(line: MappedLine) -> InvoiceLine:
    record = line.item.record if line.item else None
    units = record.units() if record else frozenset()
    factors = {unit: factor for unit in units if (factor := conversion(record, line.unit, unit))}
    return InvoiceLine(
        number=line.number,
        item=record.number if record else "",
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        orders=line.orders,
        order_line=line.order_line,
        supplier_item=line.supplier_item,
        factors=factors,
        routed=line.routed,
        named=line.named,
        stock=bool(record and record.stock),
    )


def _to_credit(original: EarlierInvoice) -> Original:
    return Original(
        original.supplier_reference or original.number,
        original.amount,
        tuple(original.credits.items()),
        original.currency,
    )


def _ledger(
    comparison: Comparison, originals: Sequence[EarlierInvoice]
) -> tuple[Sequence[OrderLine], Sequence[ReceiptLine]]:
    lookups, supplier = comparison.context.lookups, comparison.supplier
    named = tuple(sorted({order for line in comparison.lines for order in line.orders}))
    if not comparison.invoice.is_credit:
        orders = () if all(not line.orders for line in comparison.lines) and _all_routed(comparison) else None
        if orders is not None:
            return orders, ()
        everything = any(not line.orders for line in comparison.lines)
        asked = () if everything else named
        return lookups.order_lines(supplier, asked), lookups.receipt_lines(supplier, asked)
    return _credited(comparison, named, originals)


def _credited(
    comparison: Comparison, named: tuple[str, ...], originals: Sequence[EarlierInvoice]
) -> tuple[Sequence[OrderLine], Sequence[ReceiptLine]]:
    """Return what a credit note can credit: what its original invoices billed, else what was invoiced."""
    lookups, supplier = comparison.context.lookups, comparison.supplier
    if not originals:
        lines, receipts = lookups.order_lines(supplier, named), lookups.receipt_lines(supplier, named)
        return creditable(lines), creditable_receipts(receipts)
    lines = [line for original in originals for line in original.lines]
    receipts = [line for original in originals for line in original.receipts]
    return creditable(_together(lines)), creditable_receipts(_together(receipts))


def _originals(comparison: Comparison) -> Iterator[EarlierInvoice]:
    sent = (reference.number for reference in comparison.invoice.original_invoice_references)
    for number in dict.fromkeys(filter(None, sent)):
        if original := comparison.context.lookups.earlier_invoice(comparison.supplier, number):
            where = "Visma supplier invoice by its reference"
            comparison.context.sheet.note("original", original.number, Source.LOOK_UP, where, number)
            yield original


def _together(lines: Iterable[Line]) -> list[Line]:
    """Return each line once, with what all originals billed of it, but no more than it has."""
    found: dict[tuple[str, int], Line] = {}
    for line in lines:
        other = found.get(line.key)
        billed = line.invoiced + (other.invoiced if other else 0)
        found[line.key] = replace(line, invoiced=min(billed, line.quantity))
    return list(found.values())


def _all_routed(comparison: Comparison) -> bool:
    """Whether rules say where every line belongs, so that no order needs to be read."""
    return all(line.routed for line in comparison.lines)


def _totals(comparison: Comparison) -> Totals:
    totals = comparison.invoice.totals
    spread = sum((line.spread for line in comparison.lines), Decimal(0))
    return Totals(
        payable=totals.payable,
        lines=sum((line.amount for line in comparison.lines), Decimal(0)) + spread,
        charges=comparison.charges,
        tax=tax_total(comparison.invoice),
        prepaid=totals.prepaid or Decimal(0),
    )


def matched_lines(result: Match, mapped: Sequence[MappedLine]) -> Iterator[Draft]:
    """Yield the posted lines: one for each part of an invoice line that goes to an order or receipt line.

    Exceptions are posted as the invoice has them, without links: a person decides.
    """
    if result.result in (Result.EXCEPTION, Result.NOT_MATCHED) or not result.lines:
        yield from (_unlinked(line) for line in mapped)
        return
    for line, found in zip(mapped, result.lines, strict=True):
        yield from _linked(line, found) if found.allocations else [_unlinked(line)]


def _unlinked(line: MappedLine) -> Draft:
    draft = line.draft
    if line.quantity:
        draft.put("quantity", line.quantity, Source.DOCUMENT)
        _put_cost(draft, line.quantity, line.unit_price, line.amount + line.spread)
    else:
        draft.put("cost_in_currency", line.amount + line.spread, Source.DOCUMENT)
    return draft


def _linked(line: MappedLine, found: MatchedLine) -> Iterator[Draft]:
    parts = [(part, part.quantity, part.amount) for part in found.allocations]
    rest = found.unallocated
    left = line.amount - sum((amount for _, _, amount in parts), Decimal(0)) + line.spread
    first, *others = parts
    parts = [first, *others] if rest else [(first[0], first[1], first[2] + left), *others]
    for part, quantity, amount in parts:
        draft = line.draft.copy()
        _put_part(draft, found, quantity, amount)
        _put_item(draft, part)
        _put_link(draft, part, found)
        yield draft
    if rest:
        draft = line.draft.copy()
        _put_part(draft, found, rest, left)
        yield draft


def _put_part(draft: Draft, found: MatchedLine, quantity: Decimal, amount: Decimal) -> None:
    if found.line.unit != draft.value("uom"):
        draft.put("uom", found.line.unit, Source.MATCHING, detail="unit of the order line")
    draft.put("quantity", quantity, Source.MATCHING, detail="part of the line for this order line")
    _put_cost(draft, quantity, found.line.unit_price, amount)


def _put_item(draft: Draft, part: Allocation) -> None:
    """Give a line that only names its order line that line's item, in place of an account by default."""
    if draft.has("inventory_number") or not part.item:
        return
    where = f"order {part.order} line {part.order_line}"
    draft.put("inventory_number", part.item, Source.MATCHING, where, "the line names no item of its own")
    for name in draft.names():
        coding = draft.decision(name) if name.split(".")[0] in ("account_number", "subaccount") else None
        if coding and coding.source is not Source.RULE:
            draft.drop(name)


def _put_cost(draft: Draft, quantity: Decimal, price: Decimal, amount: Decimal) -> None:
    """Set price and amount; where they disagree the amount stands and the price follows it."""
    exact = (quantity * price).quantize(Decimal("0.01"))
    if exact == amount.quantize(Decimal("0.01")):
        draft.put("unit_cost_in_currency", _step(price), Source.DOCUMENT)
    else:
        detail = "amount by quantity, since the line's amount is not quantity by price"
        draft.put("unit_cost_in_currency", _step(amount / quantity), Source.COMPUTED, detail=detail)
    draft.put("cost_in_currency", amount, Source.DOCUMENT)


def _step(price: Decimal) -> Decimal:
    return price.quantize(_PRICE_STEP) if -int(price.as_tuple().exponent) > 6 else price


def _put_link(draft: Draft, part: Allocation, found: MatchedLine) -> None:
    kind, number, line = part.link
    if kind is LinkType.ORDER and part.stock:
        return
    where = f"order {part.order} line {part.order_line}"
    draft.put("link_line.purchase_type", kind.value, Source.MATCHING, where, found.level)
    draft.put("link_line.purchase_number", number, Source.MATCHING, where, found.level)
    draft.put("link_line.purchase_line_nbr", line, Source.MATCHING, where, found.level)
