"""What invoices and credit notes of TRADACOMS have in common: VAT, terms, totals, and their scale."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.codecs.tradacoms.numbers import (
    AMOUNT,
    PERCENT,
    PRICE,
    read_number,
    write_date,
    write_number,
)
from ml_connector.documents import Invoice, InvoiceTotals, PaymentTerms, Severity, TaxSubtotal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml_connector.codecs.tradacoms.reading import SegmentReader, TradacomsReading
    from ml_connector.edi.rows import Row

CURRENCY = "GBP"
# BIC list 12: VAT codes that are not named as UNCL 5305 names them.
_CATEGORIES = {"X": "E", "E": "G", "L": "AA"}
_CODES = {category: code for code, category in _CATEGORIES.items()}
_ROUNDING = Decimal("0.05")
# British rates since 1979, and none.
_USUAL_RATES = ("0", "5", "8", "12.5", "15", "17.5", "20")


def read_rate(text: str, known: Sequence[str], path: str) -> tuple[Decimal | None, bool]:
    """A VAT percentage, and whether its form was the standard's (``20000`` is 20 %).

    Senders also write 20, 2000 or 0.20; the only form that gives a known rate is taken.
    """
    standard = read_number(text, PERCENT, path)
    if standard is None or str(standard.normalize()) in _plain(known):
        return standard, True
    raw = Decimal(text.replace("+", "").strip())
    fitting = {value for value in (raw, raw / 100, raw * 100) if str(value.normalize()) in _plain(known)}
    return (fitting.pop(), False) if len(fitting) == 1 else (standard, False)


def _plain(rates: Sequence[str]) -> set[str]:
    return {str(Decimal(rate).normalize()) for rate in rates}


def read_vat(
    segment: SegmentReader, reading: TradacomsReading, code: int, rate: int
) -> tuple[TaxSubtotal, ...]:
    """VATC and VATP at their positions; a rate of another form is recorded, an unknown one waits."""
    letter, text = segment.code(code), segment.part(rate)
    if letter is None and text is None:
        return ()
    value = None
    if text is not None and text.replace(".", "", 1).isdecimal():
        known = reading.profile.known_tax_rates or _USUAL_RATES
        value, regular = read_rate(text, known, segment.path(rate))
        if not regular:
            _note_rate(reading, segment.path(rate), text, value, known)
    category = _CATEGORIES.get(letter or "", letter)
    return (TaxSubtotal(scheme="VAT", category=category, rate=value),)


def _note_rate(
    reading: TradacomsReading, path: str, text: str, value: Decimal | None, known: Sequence[str]
) -> None:
    if value is not None and str(value.normalize()) in _plain(known):
        reading.normalised("vat-percentage-form", path, text, value)
        return
    message = f"{path} says {text}, which is no VAT rate known in any form."
    reading.find(Severity.HOLD, "vat-percentage", message, path=path, found=text)


def vat_values(taxes: Sequence[TaxSubtotal]) -> tuple[str, str]:
    """VATC and VATP of the first tax; standard rate of nothing where there is none."""
    if not taxes:
        return "Z", "0"
    tax = taxes[0]
    code = _CODES.get(tax.category or "", tax.category or "S")
    return code, write_number(tax.rate, PERCENT, "tax.rate", digits=3) or "0"


def read_subtotals(
    segments: Sequence[SegmentReader],
    reading: TradacomsReading,
    *,
    exclusive: int,
    tax: int,
    places: int = AMOUNT,
) -> tuple[TaxSubtotal, ...]:
    """STL or CST: VAT by code and rate."""
    found = []
    for index, segment in enumerate(segments, 1):
        segment.take_code(1, str(index))
        vat = read_vat(segment, reading, 2, 3)
        base, amount = segment.number(exclusive, places), segment.number(tax, places)
        gross = None if base is None or amount is None else base + amount
        segment.take_same(base, places, 5, exclusive - 2)
        segment.take_same(gross, places, tax + 1, tax + 2)
        plain = vat[0] if vat else TaxSubtotal(scheme="VAT")
        found.append(plain.model_copy(update={"taxable_amount": base, "tax_amount": amount}))
    return tuple(found)


def subtotal_rows(tag: str, invoice: Invoice, *, exclusive: int) -> Iterator[Row]:
    """STL or CST of the tax subtotals."""
    for index, tax in enumerate(invoice.tax_subtotals, 1):
        taxable, amount = tax.taxable_amount or Decimal(0), tax.tax_amount or Decimal(0)
        lines = sum(1 for line in invoice.lines if vat_values(line.tax) == vat_values((tax,)))
        base = write_number(taxable, AMOUNT, "tax_subtotals.taxable_amount")
        gross = write_number(taxable + amount, AMOUNT, "tax_subtotals")
        values = [str(index), *vat_values((tax,)), str(lines), base]
        values += [""] * (exclusive - 3 - len(values)) + [base, "", base]
        yield (tag, [*values, write_number(amount, AMOUNT, "tax_subtotals.tax_amount"), gross, gross])


def read_totals(
    segment: SegmentReader, places: int, *, lines: int, exclusive: int, tax: int, payable: int
) -> InvoiceTotals:
    """TLR or CTR: VAT is on the amount less settlement discount, what is to pay is not less it."""
    net, based = segment.number(exclusive, places), segment.number(exclusive + 2, places)
    full, reduced = segment.number(payable, places), segment.number(payable + 1, places)
    return InvoiceTotals(
        line_extension=segment.number(lines, places),
        tax_exclusive=net,
        tax_total=segment.number(tax, places),
        payable=reduced if full is None else full,
        discount_base=based if based != net else None,
        discounted_payable=reduced if full is not None and reduced != full else None,
    )


def scale_of_totals(
    reading: TradacomsReading, declared: str | None, extensions: Sequence[Decimal | None]
) -> int:
    """How many decimals the totals imply: two as specified, or four as the printed samples have.

    Whichever makes the sum of the lines decides; a choice of four is recorded, none that fits waits.
    """
    if declared is None or not declared.isdecimal() or None in extensions:
        return AMOUNT
    total = sum(filter(None, extensions), Decimal(0))
    fitting = [
        places for places in (AMOUNT, PRICE) if abs(Decimal(declared).scaleb(-places) - total) <= _ROUNDING
    ]
    if PRICE in fitting and AMOUNT not in fitting:
        reading.normalised("totals-scale", "CTR", declared, Decimal(declared).scaleb(-PRICE))
        return PRICE
    if not fitting and extensions:
        message = f"The totals say {declared}, which at no scale is the sum of the lines, {total}."
        reading.find(Severity.HOLD, "totals-scale", message, expected=total, found=declared)
    return AMOUNT


def read_terms(segments: Sequence[SegmentReader]) -> tuple[PaymentTerms, ...]:
    """PYT: days from the invoice date, or a fixed date, with the discount for keeping it."""
    terms = []
    for index, segment in enumerate(segments, 1):
        segment.take_code(1, str(index))
        days, discount = segment.number(4, 0), segment.number(3, PERCENT, 2)
        if discount is None:
            discount = segment.number(4, PERCENT, 2)
        terms.append(
            PaymentTerms(
                text=segment.part(2),
                net_days=int(days) if days is not None else None,
                net_due_date=segment.date(3),
                discount_percent=discount or None,
            )
        )
    return tuple(term for term in terms if term != PaymentTerms())


def terms_rows(terms: Sequence[PaymentTerms]) -> Iterator[Row]:
    """PYT of payment terms."""
    for index, term in enumerate(terms, 1):
        discount = write_number(term.discount_percent, PERCENT, "discount_percent", digits=3)
        due = write_date(term.net_due_date, "net_due_date")
        days = "" if term.net_days is None else str(term.net_days)
        fixed = [due, discount] if due else ""
        yield ("PYT", [str(index), term.text or "", fixed, [days, "" if due else discount] if days else ""])
