"""Totals: computed anew from the lines, and laid beside what the sender declared.

Rounding is half up to the currency's minor unit, line by line.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents import AllowanceChargeKind, InvoiceTotals, OrderTotals, Severity, round_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ml_connector.codecs.reading import Reading
    from ml_connector.documents import AllowanceCharge, InvoiceLine, OrderLine, TaxSubtotal

ZERO = Decimal(0)

#: Up to here a difference is rounding and goes to the rounding field; above, it is told, and mapping judges
#: it by the tolerances of company and partner.
ROUNDING_TOLERANCE = Decimal("0.05")


def extension(quantity: Decimal | None, price: Decimal | None, base: Decimal | None) -> Decimal | None:
    """Quantity times price per base, unrounded; None where quantity or price is not known."""
    if quantity is None or price is None:
        return None
    return quantity * price / base if base else quantity * price


def charge_amount(charge: AllowanceCharge, base: Decimal) -> Decimal:
    """What it comes to: its amount, else its percentage of ``base``, else its rate times its quantity."""
    if charge.amount is not None:
        return charge.amount
    if charge.percentage is not None:
        return (charge.base_amount if charge.base_amount is not None else base) * charge.percentage / 100
    if charge.rate is not None and charge.quantity is not None:
        return charge.rate * charge.quantity
    return ZERO


def sum_of(charges: Iterable[AllowanceCharge], kind: AllowanceChargeKind, base: Decimal) -> Decimal:
    """The sum of allowances, or of charges, that change the total."""
    return sum((charge_amount(c, base) for c in charges if c.kind is kind and c.changes_total), ZERO)


def net_effect(charges: Sequence[AllowanceCharge], base: Decimal) -> Decimal:
    """Charges less allowances, of those that change the total."""
    charged = sum_of(charges, AllowanceChargeKind.CHARGE, base)
    return charged - sum_of(charges, AllowanceChargeKind.ALLOWANCE, base)


def line_net(
    extended: Decimal | None, charges: Sequence[AllowanceCharge], currency: str | None = None
) -> Decimal | None:
    """A line's net amount: its extension with its allowances and charges, rounded to the minor unit."""
    if extended is None:
        return None
    return round_money(extended + net_effect(charges, extended), currency)


def order_totals(
    lines: Sequence[OrderLine], charges: Sequence[AllowanceCharge], currency: str | None
) -> OrderTotals:
    """Totals of an order's lines; amounts only if every line has one."""
    amounts = [line.line_net_amount for line in lines]
    net = None if None in amounts else round_money(sum(filter(None, amounts), ZERO), currency)
    return OrderTotals(
        line_count=len(lines),
        sum_qty=sum((line.quantity for line in lines if line.quantity is not None), ZERO),
        net_amount=net,
        gross_amount=None if net is None else round_money(net + net_effect(charges, net), currency),
    )


def invoice_totals(
    lines: Sequence[InvoiceLine],
    charges: Sequence[AllowanceCharge],
    taxes: Sequence[TaxSubtotal],
    currency: str | None,
) -> InvoiceTotals:
    """Totals of an invoice's lines, charges and taxes.

    Tax is the document's subtotals, else the sum over the lines and charges; an amount not stated is worked
    out from rate and base.
    """
    net = sum((line.net_amount for line in lines if line.net_amount is not None), ZERO)
    allowances = sum_of(charges, AllowanceChargeKind.ALLOWANCE, net)
    added = sum_of(charges, AllowanceChargeKind.CHARGE, net)
    exclusive = net - allowances + added
    stated = list(taxes) or [tax for line in lines for tax in line.tax]
    tax = sum((tax_amount(tax, exclusive) for tax in stated), ZERO)
    tax += sum((tax_amount(t, charge_amount(c, net)) for c in charges for t in c.taxes), ZERO)
    payable = round_money(exclusive + tax, currency)
    return InvoiceTotals(
        line_extension=round_money(net, currency),
        allowance_total=round_money(allowances, currency),
        charge_total=round_money(added, currency),
        tax_exclusive=round_money(exclusive, currency),
        tax_total=round_money(tax, currency),
        tax_inclusive=payable,
        payable=payable,
        hash=sum((line.quantity for line in lines if line.quantity is not None), ZERO),
        declared_line_count=len(lines),
    )


def tax_amount(tax: TaxSubtotal, base: Decimal) -> Decimal:
    """The tax as stated, else its rate of what it is stated to be on, else of ``base``."""
    if tax.tax_amount is not None:
        return tax.tax_amount
    taxable = tax.taxable_amount if tax.taxable_amount is not None else base
    return taxable * (tax.rate or ZERO) / 100


def check_total(
    reading: Reading,
    rule: str,
    name: str,
    declared: Decimal | int | None,
    computed: Decimal | int | None,
    *,
    severity: Severity = Severity.WARNING,
) -> bool:
    """Whether a declared total is the computed one; a difference is a finding named ``rule``."""
    if declared is None or computed is None or declared == computed:
        return True
    reading.find(
        severity,
        rule,
        f"The {name} is declared as {declared}, but the document adds up to {computed}.",
        path=name,
        expected=computed,
        found=declared,
    )
    return False


def check_count(
    reading: Reading,
    rule: str,
    name: str,
    declared: Decimal | int | None,
    computed: Decimal | int | None,
) -> bool:
    """As :func:`check_total`, for counts: a warning, or an error where the partner is strict."""
    severity = Severity.ERROR if reading.profile.strict_counts else Severity.WARNING
    return check_total(reading, rule, name, declared, computed, severity=severity)


def rounding_of(declared: Decimal | None, computed: Decimal | None) -> Decimal | None:
    """The difference between declared and computed total, if it is no more than rounding; else None."""
    if declared is None or computed is None:
        return None
    difference = declared - computed
    return difference if abs(difference) <= ROUNDING_TOLERANCE else None
