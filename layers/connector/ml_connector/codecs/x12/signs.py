"""Signs of invoices: amounts are positive and the type says whether they are owed or credited.

Turning an invoice over keeps its arithmetic: every line, charge and tax changes sign, so what stood against
the others still does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.documents import AllowanceChargeKind, InvoiceTotals

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from ml_connector.documents import AllowanceCharge, InvoiceLine, TaxSubtotal

_OPPOSITE = {
    AllowanceChargeKind.ALLOWANCE: AllowanceChargeKind.CHARGE,
    AllowanceChargeKind.CHARGE: AllowanceChargeKind.ALLOWANCE,
}
_MONEY_TOTALS = ("payable", "discount_base", "discounted_payable", "discount_amount")


def turned_lines(lines: Iterable[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    """The lines with their signs changed: a negative price becomes positive, else the quantity turns."""
    return tuple(_turned_line(line) for line in lines)


def _turned_line(line: InvoiceLine) -> InvoiceLine:
    changed: dict[str, Any] = {
        "net_amount": negated(line.net_amount),
        "allowances": turned_charges(line.allowances),
        "tax": turned_taxes(line.tax),
        "shipped_quantity": negated(line.shipped_quantity),
    }
    price = line.price
    if price is not None and price.net is not None and price.net < 0:
        changed["price"] = price.model_copy(update={"net": -price.net})
    else:
        changed["quantity"] = negated(line.quantity)
    return line.model_copy(update=changed)


def turned_charges(charges: Iterable[AllowanceCharge]) -> tuple[AllowanceCharge, ...]:
    """The charges with their effect turned: a negative amount becomes positive, else the kind turns."""
    return tuple(_turned_charge(charge) for charge in charges)


def _turned_charge(charge: AllowanceCharge) -> AllowanceCharge:
    changed: dict[str, Any] = {"taxes": turned_taxes(charge.taxes)}
    if charge.amount is None:
        return charge.model_copy(update=changed)
    if charge.amount < 0:
        changed["amount"] = -charge.amount
    else:
        changed["kind"] = _OPPOSITE[charge.kind]
        changed["source_code"] = None
    return charge.model_copy(update=changed)


def negative_charges(charges: Iterable[AllowanceCharge]) -> tuple[AllowanceCharge, ...]:
    """The charges as a partner who credits with negative amounts writes them: same kind, negative amount."""
    return tuple(
        charge.model_copy(update={"amount": negated(charge.amount), "taxes": turned_taxes(charge.taxes)})
        for charge in charges
    )


def turned_taxes(taxes: Iterable[TaxSubtotal]) -> tuple[TaxSubtotal, ...]:
    """The taxes with their amounts' signs changed."""
    return tuple(
        tax.model_copy(
            update={"tax_amount": negated(tax.tax_amount), "taxable_amount": negated(tax.taxable_amount)}
        )
        for tax in taxes
    )


def turned_totals(totals: InvoiceTotals) -> InvoiceTotals:
    """The totals with the signs of their amounts changed."""
    return totals.model_copy(update={name: negated(getattr(totals, name)) for name in _MONEY_TOTALS})


def negated(value: Decimal | None) -> Decimal | None:
    """The value with its sign changed; None and zero stay."""
    return -value if value else value
