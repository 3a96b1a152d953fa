"""VAT: which VAT code a category and rate mean at a date, and whether the stated tax adds up.

Our own computation never replaces the partner's figure silently: a difference beyond the tolerance holds
the document.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents.money import round_money
from ml_connector.mapping.result import Draft, Source
from ml_connector.matching import within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ml_connector.documents.commercial import TaxSubtotal
    from ml_connector.documents.invoice import Invoice
    from ml_connector.mapping.context import Context
    from ml_connector.partners.company import VatRow
    from ml_connector.partners.fragments import Tolerances

#: Categories that carry no rate by nature; a partner may leave the rate out.
_RATELESS = frozenset({"AE", "E", "O", "Z", "G", "K"})


class VatTable:
    """The company's VAT table as seen from one supplier at one date."""

    def __init__(self, context: Context, country: str, zone: str, on: date | None) -> None:
        self._context = context
        self._country = country
        self._zone = zone
        self._on = on

    def row(self, category: str | None, rate: Decimal | None) -> tuple[VatRow, str] | None:
        """Return the row for a category and rate, and its line; none also where rows give several codes."""
        found = self._rows(category, rate)
        return found[0] if len({row.code for row, _ in found}) == 1 else None

    def _rows(self, category: str | None, rate: Decimal | None) -> list[tuple[VatRow, str]]:
        """Return the rows for a category and rate with their lines; where some name the VAT zone, those."""
        matching = [
            (row, str(self._context.company_where("vat", index)))
            for index, row in enumerate(self._context.configuration.company.vat)
            if self._fits(row, category, rate)
        ]
        return [found for found in matching if found[0].zone] or matching

    def _fits(self, row: VatRow, category: str | None, rate: Decimal | None) -> bool:
        category_fits = category is None or row.category.upper() == category.upper()
        rate_fits = row.rate == rate or (rate is None and (category or "").upper() in _RATELESS)
        dated = self._on is None or (row.since or self._on) <= self._on <= (row.until or self._on)
        return (
            category_fits
            and rate_fits
            and dated
            and row.country.upper() == self._country
            and row.zone in (None, self._zone)
        )

    def put_code(self, draft: Draft, tax: TaxSubtotal | None, line: str) -> None:
        """Set the line's VAT code from its stated tax; an unknown combination is lacking."""
        if tax is None or (tax.category is None and tax.rate is None):
            return
        found = self.row(tax.category, tax.rate)
        if found:
            row, where = found
            draft.put("vat_code_id", row.code, Source.TABLE, where, self._describe(tax))
            return
        self._lack(tax, line)

    def _lack(self, tax: TaxSubtotal, line: str) -> None:
        if several := self._rows(tax.category, tax.rate):
            codes = ", ".join(f"{row.code} ({where})" for row, where in several)
            self._context.sheet.lack(
                f"{line}: several VAT codes for {self._describe(tax)}: {codes}.",
                f"Add `vat_code: CODE` to {self._context.file}, or a rule that says which one.",
            )
            return
        self._context.sheet.lack(
            f"{line}: no VAT code for {self._describe(tax)}: company.yaml has no such row in `vat:`.",
            f"Add `- {{country: {self._country}, category: {tax.category or 'S'}, rate: "
            f"{tax.rate if tax.rate is not None else 0}, code: CODE}}` to `vat:` in company.yaml.",
        )

    def _describe(self, tax: TaxSubtotal) -> str:
        rate = "no rate" if tax.rate is None else f"{tax.rate.normalize():f} %"
        on = f" on {self._on.isoformat()}" if self._on else ""
        return f"country {self._country}, category {tax.category or '(none)'}, {rate}{on}"


def stated_taxes(vat: VatTable, invoice: Invoice) -> Iterator[Draft]:
    """Yield the VAT details the invoice states per rate, if the table knows the VAT of each; else none."""
    rows = [(tax, vat.row(tax.category, tax.rate)) for tax in invoice.tax_subtotals]
    if any(found is None or found[0].tax_id is None for _, found in rows):
        return
    for tax, found in rows:
        if found is None:
            continue
        draft = Draft()
        draft.put("tax_id", found[0].tax_id, Source.TABLE, found[1])
        draft.put("taxable_amount", tax.taxable_amount, Source.DOCUMENT)
        draft.put("vat_amount", tax.tax_amount, Source.DOCUMENT)
        yield draft


def only_tax(invoice: Invoice) -> TaxSubtotal | None:
    """Return the invoice's tax where all of it is of one category and rate: it then is every line's."""
    kinds = {(tax.category, tax.rate) for tax in invoice.tax_subtotals}
    return invoice.tax_subtotals[0] if len(kinds) == 1 else None


def check_vat(context: Context, invoice: Invoice, tolerances: Tolerances) -> None:
    """Hold the invoice when the tax it states is not its rate of its base, for any of its subtotals."""
    for tax in invoice.tax_subtotals:
        if tax.rate is None or tax.taxable_amount is None or tax.tax_amount is None:
            continue
        computed = round_money(tax.taxable_amount * tax.rate / 100, invoice.currency)
        if not within(tax.tax_amount, computed, tolerances.vat):
            context.sheet.hold(
                f"The invoice states {tax.tax_amount} tax at {tax.rate.normalize():f} % on "
                f"{tax.taxable_amount}; that would be {computed}."
            )


def tax_total(invoice: Invoice) -> Decimal:
    """Return the invoice's tax: as declared, else the sum of its subtotals."""
    if invoice.totals.tax_total is not None:
        return invoice.totals.tax_total
    return sum((tax.tax_amount for tax in invoice.tax_subtotals if tax.tax_amount is not None), Decimal(0))
