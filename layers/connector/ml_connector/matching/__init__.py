"""Supplier invoices matched to their orders and receipts."""
