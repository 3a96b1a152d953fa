"""Invoices once they are read: signs put right by the type, totals computed and laid beside the declared.

The type carries the sign: amounts of a credit note are positive. A credit note with a negative total is
turned round and that is recorded; an invoice with a negative total is a credit note a person should look at.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from ml_connector.codecs.totals import ROUNDING_TOLERANCE, extension, invoice_totals, line_net
from ml_connector.documents import Invoice, InvoiceLine, InvoiceTotals, InvoiceType, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import AllowanceCharge, TaxSubtotal

_CENT = Decimal("0.01")


class Notes(Protocol):
    """Where findings and changes are noted while a document is read."""

    @property
    def profile(self) -> CodecProfile:
        """The partner's ways."""

    def find(
        self,
        severity: Severity,
        rule: str,
        message: str,
        *,
        path: str | None = None,
        expected: object = None,
        found: object = None,
    ) -> None:
        """Note a finding."""

    def normalised(self, rule: str, path: str, original: object, value: object) -> None:
        """Note a change."""


def finish_invoice(invoice: Invoice, notes: Notes) -> Invoice:
    """The invoice with positive amounts and computed totals; what does not add up is found."""
    positive = _with_sign_of_type(invoice, notes)
    lines = [_with_net_amount(line, positive.currency) for line in positive.lines]
    computed = invoice_totals(lines, positive.allowances_charges, positive.tax_subtotals, positive.currency)
    computed = _settled(computed, positive.totals_declared)
    _check_lines(positive, notes)
    _check_taxes(positive, notes)
    _check_totals(positive, computed, notes)
    return positive.model_copy(update={"totals_computed": computed})


def _with_net_amount(line: InvoiceLine, currency: str | None) -> InvoiceLine:
    if line.net_amount is not None or line.price is None:
        return line
    price = line.price.net if line.price.net is not None else line.price.gross
    net = line_net(extension(line.quantity, price, line.price.base), line.allowances, currency)
    return line.model_copy(update={"net_amount": net})


def _settled(computed: InvoiceTotals, declared: InvoiceTotals) -> InvoiceTotals:
    """The computed totals with what only the sender can know: prepaid, rounding."""
    inclusive = computed.tax_inclusive or Decimal(0)
    payable = inclusive - (declared.prepaid or 0) + (declared.rounding or 0)
    rounding = declared.rounding
    if declared.to_pay is not None and rounding is None:
        difference = declared.to_pay - payable
        if difference and abs(difference) <= ROUNDING_TOLERANCE:
            rounding, payable = difference, declared.to_pay
    return computed.model_copy(update={"prepaid": declared.prepaid, "rounding": rounding, "payable": payable})


def _check_lines(invoice: Invoice, notes: Notes) -> None:
    """Lines whose net amount is not quantity times price per base; a base not said shows by its factor."""
    for index, line in enumerate(invoice.lines):
        price = line.price
        if price is None or line.net_amount is None:
            continue
        unit = price.net if price.net is not None else price.gross
        extended = extension(line.quantity, unit, price.base)
        made = line_net(extended, line.allowances, invoice.currency)
        plain = line_net(extended, (), invoice.currency)
        tolerance = max(abs(line.quantity or Decimal(1)), Decimal(1)) * _CENT
        if made is None or any(
            value is not None and abs(value - line.net_amount) <= tolerance for value in (made, plain)
        ):
            continue
        notes.find(
            Severity.WARNING,
            "line-net-amount",
            f"Line {line.line_number or index + 1} bills {line.net_amount}, "
            f"but quantity and price make {made}{_base_hint(line.net_amount, made)}.",
            path=f"lines[{index}].net_amount",
            expected=made,
            found=line.net_amount,
        )


def _base_hint(declared: Decimal, made: Decimal) -> str:
    for factor in (10, 100, 1000):
        if declared and made in (declared * factor, declared / factor):
            return f"; a price per {factor} would explain it"
    return ""


def _check_taxes(invoice: Invoice, notes: Notes) -> None:
    """Subtotals whose tax is not their rate of what they tax, beyond a cent for each line."""
    tolerance = _CENT * max(len(invoice.lines), 1)
    for index, tax in enumerate(invoice.tax_subtotals):
        if tax.rate is None or tax.taxable_amount is None or tax.tax_amount is None:
            continue
        expected = tax.taxable_amount * tax.rate / 100
        if abs(expected - tax.tax_amount) > tolerance:
            notes.find(
                Severity.WARNING,
                "tax-amount",
                f"{tax.rate} % of {tax.taxable_amount} is {expected.quantize(_CENT)}, not {tax.tax_amount}.",
                path=f"tax_subtotals[{index}].tax_amount",
                expected=expected.quantize(_CENT),
                found=tax.tax_amount,
            )


def _check_totals(invoice: Invoice, computed: InvoiceTotals, notes: Notes) -> None:
    declared = invoice.totals_declared
    for field, name in (
        ("line_extension", "sum of the lines"),
        ("tax_exclusive", "total without tax"),
        ("tax_total", "total of tax"),
        ("tax_inclusive", "total with tax"),
        ("payable", "amount to pay"),
    ):
        _check_amount(field, name, getattr(declared, field), getattr(computed, field), notes)
    count = declared.declared_line_count
    if count is not None and count != len(invoice.lines):
        severity = Severity.ERROR if notes.profile.strict_counts else Severity.WARNING
        message = f"{count} lines are declared, but the invoice has {len(invoice.lines)}."
        notes.find(severity, "line-count", message, expected=len(invoice.lines), found=count)


def _check_amount(
    field: str, name: str, declared: Decimal | None, computed: Decimal | None, notes: Notes
) -> None:
    if declared is None or computed is None or abs(declared - computed) <= ROUNDING_TOLERANCE:
        return
    notes.find(
        Severity.HOLD,
        f"{field.replace('_', '-')}-total",
        f"The {name} is declared as {declared}, but the invoice adds up to {computed}.",
        path=f"totals_declared.{field}",
        expected=computed,
        found=declared,
    )


def _with_sign_of_type(invoice: Invoice, notes: Notes) -> Invoice:
    total = _total(invoice)
    if total is None or total >= 0 or notes.profile.allow_negative:
        return invoice
    positive = _negated(invoice)
    notes.normalised("sign", "totals_declared", total, -total)
    if invoice.invoice_type is InvoiceType.CREDIT_NOTE:
        return positive
    notes.find(
        Severity.HOLD,
        "negative-invoice",
        f"The {invoice.invoice_type.value} totals {total}; it is taken as a credit note.",
        path="invoice_type",
        found=total,
    )
    return positive.model_copy(update={"invoice_type": InvoiceType.CREDIT_NOTE})


def _total(invoice: Invoice) -> Decimal | None:
    """What decides the sign: the declared total, else the sum of the lines."""
    declared = invoice.totals_declared
    for value in (declared.payable, declared.tax_inclusive, declared.tax_exclusive, declared.line_extension):
        if value:
            return value
    amounts = [line.net_amount for line in invoice.lines if line.net_amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def _negated(invoice: Invoice) -> Invoice:
    fields = type(invoice.totals_declared).model_fields
    kept = {"declared_line_count", "hash"}
    totals = {name: _minus(getattr(invoice.totals_declared, name)) for name in fields if name not in kept}
    return invoice.model_copy(
        update={
            "lines": tuple(_negated_line(line) for line in invoice.lines),
            "allowances_charges": _negated_charges(invoice.allowances_charges),
            "tax_subtotals": _negated_taxes(invoice.tax_subtotals),
            "totals_declared": invoice.totals_declared.model_copy(update=totals),
        }
    )


def _negated_line(line: InvoiceLine) -> InvoiceLine:
    negative_quantity = line.quantity is not None and line.quantity < 0
    update: dict[str, object] = {
        "net_amount": _minus(line.net_amount),
        "allowances": _negated_charges(line.allowances),
        "tax": _negated_taxes(line.tax),
    }
    if negative_quantity:
        update["quantity"] = _minus(line.quantity)
    elif line.price is not None and min(line.price.net or 0, line.price.gross or 0) < 0:
        price = {"net": _minus(line.price.net), "gross": _minus(line.price.gross)}
        update["price"] = line.price.model_copy(update=price)
    return line.model_copy(update=update)


def _negated_charges(charges: Sequence[AllowanceCharge]) -> tuple[AllowanceCharge, ...]:
    return tuple(
        charge.model_copy(update={"amount": _minus(charge.amount), "base_amount": _minus(charge.base_amount)})
        for charge in charges
    )


def _negated_taxes(taxes: Sequence[TaxSubtotal]) -> tuple[TaxSubtotal, ...]:
    return tuple(
        tax.model_copy(
            update={"taxable_amount": _minus(tax.taxable_amount), "tax_amount": _minus(tax.tax_amount)}
        )
        for tax in taxes
    )


def _minus(value: Decimal | None) -> Decimal | None:
    return -value if value else value
