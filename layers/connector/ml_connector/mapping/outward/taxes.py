"""VAT of what we invoice: the rates the ledger states, and which of them each line carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import TaxSubtotal
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from ml_connector.partners.company import Company
    from ml_connector.visma.models.customer_invoice import (
        ReadCustomerInvoice,
        ReadCustomerInvoiceLine,
        ReadTaxDetail,
    )


def tax_subtotal(tax: ReadTaxDetail, company: Company) -> TaxSubtotal:
    """Return the VAT of one rate, with the category company.yaml has for its code."""
    return TaxSubtotal(
        scheme="VAT",
        category=_category(tax, company),
        rate=tax.vat_rate,
        taxable_amount=tax.taxable_amount,
        tax_amount=tax.vat_amount,
    )


def tax_of_line(
    line: ReadCustomerInvoiceLine, invoice: ReadCustomerInvoice, company: Company
) -> tuple[TaxSubtotal, ...]:
    """Return the VAT of one line: that of its VAT code, or the only one there is.

    Raises:
        Misconfigured: The invoice states several rates, and none by the line's VAT code.
    """
    code = line.vat_code.id if line.vat_code else ""
    named = [tax for tax in invoice.tax_details if code and code in (tax.tax_id, tax.vat_id)]
    found = named or list(invoice.tax_details)
    if len({(tax.vat_rate, tax.tax_id) for tax in found}) > 1:
        stated = ", ".join(f"{tax.tax_id} {tax.vat_rate} %" for tax in invoice.tax_details)
        raise Misconfigured(
            f"Line {line.line_number} of invoice {invoice.reference_number} has VAT code {code!r}; "
            f"which of its rates that is can't be told: {stated}.",
            advice="Give the line a VAT code whose VAT the invoice states, and replay it.",
        )
    return tuple(
        TaxSubtotal(scheme="VAT", category=_category(tax, company), rate=tax.vat_rate) for tax in found[:1]
    )


def _category(tax: ReadTaxDetail, company: Company) -> str:
    """The category of the VAT table's row for the code; without one, standard or zero rate."""
    known = {tax.tax_id, tax.vat_id} - {"", None}
    rows = (row for row in company.vat if row.rate == tax.vat_rate and known & {row.code, row.tax_id})
    return next((row.category for row in rows), "S" if tax.vat_rate else "Z")
