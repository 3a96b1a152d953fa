"""What the cXML DTD demands of orders and invoices (source: cXML 1.2, OrderRequest and InvoiceDetail)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.faults import Fault, Names, missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_NAMES = Names({})
_ENVELOPE = (
    "@payloadID",
    "@timestamp",
    "Header/From/Credential/Identity",
    "Header/To/Credential/Identity",
    "Header/Sender/Credential/Identity",
)
_ORDER = "Request/OrderRequest"
_INVOICE = "Request/InvoiceDetailRequest"
_MONEY = ("Money", "Money/@currency")


def _below(path: str, *demands: str) -> tuple[str, ...]:
    return tuple(f"{path}/{demand}" for demand in demands)


_DEMANDS = {
    "OrderRequest": (
        *_below(
            f"{_ORDER}/OrderRequestHeader", "@orderID", "@orderDate", *_below("Total", *_MONEY), "BillTo"
        ),
        *_below(f"{_ORDER}/ItemOut", "@quantity", "ItemID/SupplierPartID"),
        *_below(
            f"{_ORDER}/ItemOut/ItemDetail?", *_below("UnitPrice", *_MONEY), "Description", "UnitOfMeasure"
        ),
    ),
    "InvoiceDetailRequest": (
        *_below(f"{_INVOICE}/InvoiceDetailRequestHeader", "@invoiceID", "@invoiceDate"),
        *_below(f"{_INVOICE}/InvoiceDetailOrder?", "InvoiceDetailOrderInfo"),
        *_below(
            f"{_INVOICE}/InvoiceDetailOrder?/InvoiceDetailItem?",
            "@invoiceLineNumber",
            "@quantity",
            "UnitOfMeasure",
            *_below("UnitPrice", *_MONEY),
            "InvoiceDetailItemReference/@lineNumber",
        ),
        *_below(f"{_INVOICE}/InvoiceDetailSummary/SubtotalAmount", *_MONEY),
        *_below(f"{_INVOICE}/InvoiceDetailSummary/Tax", *_MONEY),
        *_below(f"{_INVOICE}/InvoiceDetailSummary/NetAmount", *_MONEY),
    ),
}


def faults(root: Element, message: str) -> Iterator[Fault]:
    """What a cXML document lacks."""
    yield from missing(root, (*_ENVELOPE, *_DEMANDS[message]), _NAMES, "the cXML DTD")
