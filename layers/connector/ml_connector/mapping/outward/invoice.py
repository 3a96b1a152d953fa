"""Our customer invoice or credit note as the customer gets it: 810, INVOIC, INVFIL."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents import (
    AllowanceCharge,
    AllowanceChargeKind,
    CodedValue,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    Level,
    LinePrice,
    OrderReference,
    PartyRole,
    PaymentTerms,
    Reference,
    ReferenceType,
)
from ml_connector.errors import Misconfigured
from ml_connector.mapping.outward.receiver import customers_order
from ml_connector.mapping.outward.taxes import tax_of_line, tax_subtotal
from ml_connector.visma.models.customer_invoice import ReadCustomerInvoice, ReadCustomerInvoiceLine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ml_connector.documents import Party
    from ml_connector.mapping.outward.receiver import Receiver
    from ml_connector.partners.company import TermsRow

_TYPES = {
    "Invoice": InvoiceType.INVOICE,
    "CreditNote": InvoiceType.CREDIT_NOTE,
    "DebitNote": InvoiceType.DEBIT_NOTE,
}
# A TRADACOMS file names no due date beside its terms, and its credit notes neither order nor delivery.
_TRADACOMS = "tradacoms"
# What a shipment is called in references.
_SHIPMENTS = {"x12": ReferenceType.SHIPMENT, _TRADACOMS: ReferenceType.DELIVERY_NOTE}
# A discount, in the list of codes each standard has for allowances.
_DISCOUNTS = {
    "x12": CodedValue(value="C310", list="X12_1300"),
    "edifact": CodedValue(value="DI", list="UNCL7161"),
    "ubl": CodedValue(value="95", list="UNCL5189"),
}
# Prices there have four decimals.
_PRICE = Decimal("0.0001")


def invoice(row: Mapping[str, Any], receiver: Receiver) -> Invoice:
    """Return the invoice with amounts in its currency, positive whatever its type.

    Raises:
        Held: It names no order of the customer's.
        Misconfigured: It is of a type that is no invoice.
    """
    found = ReadCustomerInvoice.model_validate(row)
    number = found.reference_number
    if found.document_type not in _TYPES:
        raise Misconfigured(
            f"{found.document_type} {number} is no invoice.", advice="Nothing is sent for it."
        )
    company, standard = receiver.configuration.company, receiver.message.standard
    filed, ubl = standard == _TRADACOMS, standard == "ubl"
    order = OrderReference(
        po_number=customers_order(found.customer_ref_number, f"{found.document_type} {number}")
    )
    issued = found.document_date.date() if found.document_date else None
    credit = found.document_type == "CreditNote"
    named = not (filed and credit)
    return Invoice(
        invoice_type=_TYPES[found.document_type],
        invoice_number=number,
        issue_date=issued,
        tax_point_date=issued if filed else None,
        due_date=found.due if not filed and not (credit and ubl) else None,
        order_references=(order,) if named else (),
        despatch_references=_shipments(found, receiver) if named else (),
        parties=_parties(found, receiver),
        currency=found.currency_id,
        payment_terms=_terms(found, receiver),
        allowances_charges=_discounts(found, receiver),
        tax_subtotals=tuple(tax_subtotal(tax, company) for tax in found.tax_details),
        lines=tuple(_line(line, found, order if filed and named else None, receiver) for line in found.lines),
        totals_declared=_totals(found, receiver),
    )


def _shipments(found: ReadCustomerInvoice, receiver: Receiver) -> tuple[Reference, ...]:
    kind = _SHIPMENTS.get(receiver.message.standard, ReferenceType.DESPATCH_ADVICE)
    numbers = dict.fromkeys(line.so_shipment_nbr for line in found.lines if line.so_shipment_nbr)
    return tuple(Reference(type=kind, number=number) for number in numbers)


def _parties(found: ReadCustomerInvoice, receiver: Receiver) -> tuple[Party, ...]:
    name = found.customer.name if found.customer else None
    parties = (receiver.seller(), receiver.counterpart(PartyRole.BUYER, name))
    # A TRADACOMS file names the customer before the supplier.
    return parties[::-1] if receiver.message.standard == _TRADACOMS else parties


def _terms(found: ReadCustomerInvoice, receiver: Receiver) -> tuple[PaymentTerms, ...]:
    """The invoice's terms of payment, where company.yaml says what they are."""
    wanted = found.credit_terms.id if found.credit_terms else ""
    if found.document_type != "Invoice":
        return ()
    known = (terms for terms in receiver.configuration.company.terms if terms.terms == wanted)
    return tuple(_terms_in(receiver.message.standard, terms, found) for terms in known)[:1]


def _terms_in(standard: str, terms: TermsRow, found: ReadCustomerInvoice) -> PaymentTerms:
    """Terms as the standard has places for them: UBL a text only, TRADACOMS days or a date."""
    if standard == "ubl":
        return PaymentTerms(text=_words(terms))
    if standard == _TRADACOMS:
        return PaymentTerms(net_days=terms.net_days)
    return PaymentTerms(
        net_days=terms.net_days,
        net_due_date=found.due,
        discount_days=terms.discount_days,
        discount_percent=terms.discount_percent,
    )


def _words(terms: TermsRow) -> str:
    net = f"Net {terms.net_days} days" if terms.net_days is not None else f"Terms {terms.terms}"
    if terms.discount_percent is None:
        return net
    return f"{net}, {terms.discount_percent} % discount within {terms.discount_days} days"


def _discounts(found: ReadCustomerInvoice, receiver: Receiver) -> tuple[AllowanceCharge, ...]:
    """The discount on the whole document; in UBL with its VAT, which is known where there is one rate."""
    discounts = _allowances(found.discount_total_in_currency, Level.HEADER, receiver)
    if receiver.message.standard != "ubl" or len(found.tax_details) != 1:
        return discounts
    tax = tax_subtotal(found.tax_details[0], receiver.configuration.company)
    said = {"tax_category": tax.category, "tax_rate": tax.rate}
    return tuple(discount.model_copy(update=said) for discount in discounts)


def _allowances(amount: Decimal, level: Level, receiver: Receiver) -> tuple[AllowanceCharge, ...]:
    if not amount:
        return ()
    code = _DISCOUNTS.get(receiver.message.standard)
    kind = AllowanceChargeKind.ALLOWANCE
    return (AllowanceCharge(kind=kind, level=level, amount=abs(amount), code=code),)


def _line(
    line: ReadCustomerInvoiceLine,
    found: ReadCustomerInvoice,
    order: OrderReference | None,
    receiver: Receiver,
) -> InvoiceLine:
    number = line.inventory_number or ""
    filed, x12 = receiver.message.standard == _TRADACOMS, receiver.message.standard == "x12"
    return InvoiceLine(
        line_number=str(line.line_number),
        order_ref=order,
        item=receiver.sold_item(number, line.description),
        quantity=line.quantity,
        uom=receiver.unit(line.uom or "", number),
        price=_price_after_discount(line) if filed else LinePrice(net=line.unit_price_in_currency),
        allowances=() if filed else _allowances(line.discount_amount_in_currency, Level.LINE, receiver),
        net_amount=line.amount_in_currency,
        tax=() if x12 else tax_of_line(line, found, receiver.configuration.company),
    )


def _price_after_discount(line: ReadCustomerInvoiceLine) -> LinePrice:
    """The price where no place is left for a discount: less it, and beside it the price before."""
    if not line.discount_amount_in_currency or not line.quantity:
        return LinePrice(net=line.unit_price_in_currency)
    net = (line.amount_in_currency / line.quantity).quantize(_PRICE)
    return LinePrice(net=net, gross=line.unit_price_in_currency)


def _totals(found: ReadCustomerInvoice, receiver: Receiver) -> InvoiceTotals:
    if receiver.message.standard == "x12":  # TDS holds what is to be paid, and no other total
        return InvoiceTotals(payable=found.amount_in_currency)
    filed, ubl = receiver.message.standard == _TRADACOMS, receiver.message.standard == "ubl"
    return InvoiceTotals(
        line_extension=found.detail_total_in_currency,
        allowance_total=found.discount_total_in_currency or None if ubl else None,
        tax_exclusive=found.amount_in_currency - found.vat_total_in_currency,
        tax_total=found.vat_total_in_currency,
        tax_inclusive=None if filed else found.amount_in_currency,
        payable=found.amount_in_currency,
    )
