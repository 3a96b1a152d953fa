"""Our customer invoice or credit note as the customer gets it: 810, INVOIC, INVFIL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import (
    AllowanceCharge,
    AllowanceChargeKind,
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
    TaxSubtotal,
)
from ml_connector.errors import Misconfigured
from ml_connector.mapping.outward.receiver import customers_order
from ml_connector.visma.models.customer_invoice import (
    ReadCustomerInvoice,
    ReadCustomerInvoiceLine,
    ReadTaxDetail,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from typing import Any

    from ml_connector.documents import Party
    from ml_connector.mapping.outward.receiver import Receiver

_TYPES = {
    "Invoice": InvoiceType.INVOICE,
    "CreditNote": InvoiceType.CREDIT_NOTE,
    "DebitNote": InvoiceType.DEBIT_NOTE,
}


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
    order = customers_order(found.customer_ref_number, f"{found.document_type} {number}")
    due = found.document_due_date.date() if found.document_due_date else None
    return Invoice(
        invoice_type=_TYPES[found.document_type],
        invoice_number=number,
        issue_date=found.document_date.date() if found.document_date else None,
        due_date=due,
        order_references=(OrderReference(po_number=order),),
        despatch_references=_shipments(found, receiver),
        parties=_parties(found, receiver),
        currency=found.currency_id,
        payment_terms=_terms(found, receiver),
        allowances_charges=_allowances(found.discount_total_in_currency, Level.HEADER),
        tax_subtotals=tuple(map(_tax, found.tax_details)),
        lines=tuple(_line(line, receiver) for line in found.lines),
        totals_declared=_totals(found, receiver),
    )


def _shipments(found: ReadCustomerInvoice, receiver: Receiver) -> tuple[Reference, ...]:
    kind = ReferenceType.SHIPMENT if receiver.message.standard == "x12" else ReferenceType.DESPATCH_ADVICE
    numbers = dict.fromkeys(line.so_shipment_nbr for line in found.lines if line.so_shipment_nbr)
    return tuple(Reference(type=kind, number=number) for number in numbers)


def _parties(found: ReadCustomerInvoice, receiver: Receiver) -> tuple[Party, ...]:
    name = found.customer.name if found.customer else None
    return (receiver.company(PartyRole.SELLER), receiver.counterpart(PartyRole.BUYER, name))


def _terms(found: ReadCustomerInvoice, receiver: Receiver) -> tuple[PaymentTerms, ...]:
    """The invoice's terms of payment, where company.yaml says what they are."""
    wanted = found.credit_terms.id if found.credit_terms else ""
    due = found.document_due_date.date() if found.document_due_date else None
    if found.document_type != "Invoice":
        return ()
    return tuple(
        PaymentTerms(
            net_days=terms.net_days,
            net_due_date=due,
            discount_days=terms.discount_days,
            discount_percent=terms.discount_percent,
        )
        for terms in receiver.configuration.company.terms
        if terms.terms == wanted
    )[:1]


def _allowances(amount: Decimal, level: Level) -> tuple[AllowanceCharge, ...]:
    if not amount:
        return ()
    return (AllowanceCharge(kind=AllowanceChargeKind.ALLOWANCE, level=level, amount=abs(amount)),)


def _tax(tax: ReadTaxDetail) -> TaxSubtotal:
    return TaxSubtotal(
        scheme="VAT",
        category="S" if tax.vat_rate else "Z",
        rate=tax.vat_rate,
        taxable_amount=tax.taxable_amount,
        tax_amount=tax.vat_amount,
    )


def _line(line: ReadCustomerInvoiceLine, receiver: Receiver) -> InvoiceLine:
    number = line.inventory_number or ""
    return InvoiceLine(
        line_number=str(line.line_number),
        item=receiver.sold_item(number, line.description),
        quantity=line.quantity,
        uom=receiver.unit(line.uom or "", number),
        price=LinePrice(net=line.unit_price_in_currency),
        allowances=_allowances(line.discount_amount_in_currency, Level.LINE),
        net_amount=line.amount_in_currency,
    )


def _totals(found: ReadCustomerInvoice, receiver: Receiver) -> InvoiceTotals:
    if receiver.message.standard == "x12":  # TDS holds what is to be paid, and no other total
        return InvoiceTotals(payable=found.amount_in_currency)
    return InvoiceTotals(
        line_extension=found.detail_total_in_currency,
        tax_exclusive=found.amount_in_currency - found.vat_total_in_currency,
        tax_total=found.vat_total_in_currency,
        tax_inclusive=found.amount_in_currency,
        payable=found.amount_in_currency,
    )
