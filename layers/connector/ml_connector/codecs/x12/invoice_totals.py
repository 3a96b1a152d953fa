"""An 810's totals: the sign of the whole, the scale of TDS, and whether the document adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.totals import check_count, extension, invoice_totals, line_net, rounding_of
from ml_connector.codecs.x12.signs import turned_charges, turned_lines, turned_taxes, turned_totals
from ml_connector.documents import InvoiceTotals, InvoiceType, LinePrice, Severity

if TYPE_CHECKING:
    from decimal import Decimal

    from ml_connector.codecs.x12.elements import X12Reading
    from ml_connector.documents import Invoice, InvoiceLine, TaxSubtotal
    from ml_connector.edi.loops import Loop

_HUNDRED = 100
#: TXI01 TX is the sum of all taxes: beside its parts it would count twice.
_ALL_TAXES = "TOTAL"


def declared_totals(reading: X12Reading, tree: Loop) -> InvoiceTotals:
    """Totals as sent: TDS (two implied decimals) and CTT."""
    found: dict[str, Decimal | int | None] = {}
    if segment := tree.segment("TDS"):
        tds = reading.take(segment)
        found = {
            "payable": tds.implied(1),
            "discount_base": tds.implied(2),
            "discounted_payable": tds.implied(3),
            "discount_amount": tds.implied(4),
        }
    if found.get("payable") is None:
        reading.find(Severity.HOLD, "total-missing", "TDS01, the invoice total, is missing.", path="TDS01")
    if segment := tree.segment("CTT"):
        ctt = reading.take(segment)
        found |= {"declared_line_count": ctt.whole(1), "hash": ctt.number(2)}
    return InvoiceTotals.model_validate(found)


def compute(invoice: Invoice) -> InvoiceTotals:
    """Totals anew from lines, charges and taxes; a line that states no net amount has the one it comes to."""
    lines = [
        line if line.net_amount is not None else line.model_copy(update={"net_amount": _net(line, invoice)})
        for line in invoice.lines
    ]
    return invoice_totals(
        lines, invoice.allowances_charges, counted_taxes(invoice.tax_subtotals), invoice.currency
    )


def counted_taxes(taxes: tuple[TaxSubtotal, ...]) -> tuple[TaxSubtotal, ...]:
    """The taxes to add up: the sum of all taxes only counts where its parts are not told."""
    parts = tuple(tax for tax in taxes if tax.scheme != _ALL_TAXES)
    return parts or taxes


def settle_sign(reading: X12Reading, invoice: Invoice) -> Invoice:
    """The invoice with positive amounts, its type carrying the sign.

    A credit memo may be sent either way. Any other invoice with a negative total is taken for a credit note
    and held, because nobody has said that it is one.
    """
    declared = invoice.totals_declared.payable
    computed = compute(invoice).payable
    total = declared or computed
    if reading.profile.allow_negative or total is None:
        return invoice
    if invoice.invoice_type is not InvoiceType.CREDIT_NOTE:
        if total >= 0:
            _tell_negative_lines(reading, invoice)
            return invoice
        invoice = _taken_for_credit(reading, invoice, total)
    return _turned(reading, invoice, declared, computed)


def _taken_for_credit(reading: X12Reading, invoice: Invoice, total: Decimal) -> Invoice:
    reading.find(
        Severity.HOLD,
        "negative-invoice",
        f"BIG07 is {invoice.invoice_type_code or 'empty'}, but the total is {total}; taken as a credit.",
        path="BIG07",
        found=total,
    )
    reading.normalised("negative-invoice", "invoice_type", invoice.invoice_type.value, "credit_note")
    return invoice.model_copy(update={"invoice_type": InvoiceType.CREDIT_NOTE})


def _turned(
    reading: X12Reading, invoice: Invoice, declared: Decimal | None, computed: Decimal | None
) -> Invoice:
    """The credit note with what is negative turned: declared totals and contents each by their own sign."""
    if declared is not None and declared < 0:
        reading.normalised("credit-sign", "totals_declared", declared, -declared)
        invoice = invoice.model_copy(update={"totals_declared": turned_totals(invoice.totals_declared)})
    if computed is None or computed >= 0 or not _is_negative(invoice):
        return invoice
    reading.normalised("credit-sign", "lines", computed, -computed)
    hash_total = invoice.totals_declared.hash
    totals = invoice.totals_declared
    if hash_total is not None and hash_total < 0:
        totals = totals.model_copy(update={"hash": -hash_total})
    return invoice.model_copy(
        update={
            "lines": turned_lines(invoice.lines),
            "allowances_charges": turned_charges(invoice.allowances_charges),
            "tax_subtotals": turned_taxes(invoice.tax_subtotals),
            "totals_declared": totals,
        }
    )


def _is_negative(invoice: Invoice) -> bool:
    """Whether the contents are written with negative quantities or prices, and not merely outweighed."""
    prices = (line.price.net for line in invoice.lines if line.price)
    quantities = (line.quantity for line in invoice.lines)
    return not invoice.lines or any(value is not None and value < 0 for value in (*quantities, *prices))


def _tell_negative_lines(reading: X12Reading, invoice: Invoice) -> None:
    for line in invoice.lines:
        if line.net_amount is not None and line.net_amount < 0:
            reading.find(
                Severity.WARNING,
                "negative-line",
                f"Line {line.line_number} of an invoice comes to {line.net_amount}.",
                path=f"line {line.line_number}",
                found=line.net_amount,
            )


def check_totals(reading: X12Reading, invoice: Invoice) -> Invoice:
    """The invoice with computed totals; where declared and computed part, a finding says what was seen."""
    computed = compute(invoice)
    declared = invoice.totals_declared
    check_count(reading, "ctt-line-count", "CTT01", declared.declared_line_count, len(invoice.lines))
    check_count(reading, "ctt-hash-total", "CTT02", declared.hash, computed.hash)
    rounding = rounding_of(declared.payable, computed.payable)
    if rounding is not None:
        computed = computed.model_copy(update={"rounding": rounding or None})
        return invoice.model_copy(update={"totals_computed": computed})
    if declared.payable is not None and computed.payable is not None:
        declared = _explain(reading, invoice, computed, declared.payable, computed.payable)
    return invoice.model_copy(update={"totals_declared": declared, "totals_computed": computed})


def _explain(
    reading: X12Reading, invoice: Invoice, totals: InvoiceTotals, declared: Decimal, computed: Decimal
) -> InvoiceTotals:
    """Tell why the total may be off: a scale of 100 in TDS01 or in SAC05, or simply another sum."""
    kept = invoice.totals_declared
    if declared * _HUNDRED == computed:
        if reading.profile.correct_scale:
            reading.normalised("scale-corrected", "TDS01", declared, computed)
            return kept.model_copy(update={"payable": computed})
        _hold(reading, "scale-suspicion", "TDS01 seems to be in whole units", declared, computed)
    elif compute(_without_line_charges(invoice)).payable == declared:
        _hold(
            reading, "charges-told-twice", "Charges stand on lines and in the summary too", declared, computed
        )
    elif _with_scaled_charges(invoice, totals) == declared:
        _hold(reading, "scale-suspicion", "SAC05 seems to be in whole units", declared, computed)
    else:
        _hold(reading, "total-mismatch", "The lines, charges and taxes are another sum", declared, computed)
    return kept


def _without_line_charges(invoice: Invoice) -> Invoice:
    """The invoice as it would be if the summary's charges were the sum of the lines'."""
    lines = (line.model_copy(update={"allowances": (), "net_amount": None}) for line in invoice.lines)
    return invoice.model_copy(update={"lines": tuple(lines)})


def _net(line: InvoiceLine, invoice: Invoice) -> Decimal | None:
    price = line.price or LinePrice()
    return line_net(extension(line.quantity, price.net, price.base), line.allowances, invoice.currency)


def _with_scaled_charges(invoice: Invoice, totals: InvoiceTotals) -> Decimal | None:
    """What the total would be if charges had no implied decimals."""
    if totals.tax_total is None or not invoice.allowances_charges:
        return None
    scaled = tuple(
        charge.model_copy(update={"amount": charge.amount * _HUNDRED if charge.amount is not None else None})
        for charge in invoice.allowances_charges
    )
    return compute(invoice.model_copy(update={"allowances_charges": scaled})).payable


def _hold(reading: X12Reading, rule: str, reason: str, declared: Decimal, computed: Decimal) -> None:
    reading.find(
        Severity.HOLD,
        rule,
        f"The invoice total is declared as {declared}, but the document adds up to {computed}. {reason}.",
        path="TDS01",
        expected=computed,
        found=declared,
    )
