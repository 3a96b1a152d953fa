"""Supplier invoices matched to their orders and receipts."""

from ml_connector.matching.match import Terms, Totals, creditable, creditable_receipts, match
from ml_connector.matching.model import (
    Allocation,
    InvoiceLine,
    LinkType,
    Match,
    MatchedLine,
    OrderLine,
    Original,
    ReceiptLine,
    Result,
    Variance,
)
from ml_connector.matching.tolerance import within

__all__ = [
    "Allocation",
    "InvoiceLine",
    "LinkType",
    "Match",
    "MatchedLine",
    "OrderLine",
    "Original",
    "ReceiptLine",
    "Result",
    "Terms",
    "Totals",
    "Variance",
    "creditable",
    "creditable_receipts",
    "match",
    "within",
]
