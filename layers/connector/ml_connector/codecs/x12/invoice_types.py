"""What an 810's codes mean: invoice types (DE 640) and dates (DE 374)."""

from __future__ import annotations

from ml_connector.documents import InvoiceType, ReferenceType

#: 640 transaction type: BIG07; an 810 without one is an ordinary invoice.
INVOICE_TYPES = {
    "DI": InvoiceType.INVOICE,
    "PR": InvoiceType.INVOICE,
    "CA": InvoiceType.INVOICE,
    "ME": InvoiceType.INVOICE,
    "CR": InvoiceType.CREDIT_NOTE,
    "CN": InvoiceType.CREDIT_NOTE,
    "DR": InvoiceType.DEBIT_NOTE,
    "CI": InvoiceType.CONSOLIDATED,
    "FB": InvoiceType.FINAL,
    "PP": InvoiceType.PREPAYMENT,
}

#: 374 date qualifiers of an 810's header; those of delivery by the field they fill.
DELIVERY_DATES = {
    "011": "ship_date",
    "035": "actual_date",
    "017": "estimated_date",
    "013": "due_date",
    "186": "period_start",
    "187": "period_end",
    "150": "period_start",
    "151": "period_end",
}

#: References to the delivery that an invoice bills.
DESPATCH_TYPES = (ReferenceType.DELIVERY_NOTE, ReferenceType.SHIPMENT, ReferenceType.PACKING_LIST)
