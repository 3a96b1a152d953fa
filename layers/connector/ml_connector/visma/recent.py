"""Supplier invoices posted a moment ago, in the shape in which Visma lists them.

What an order line was invoiced stands on the invoices alone; without these a second partial invoice of the
same minutes would be matched as if the first were not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.visma.models.supplier_invoice import ReadSupplierInvoice, SupplierInvoice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ml_connector.visma.models.purchase_receipt import ReadReceipt
    from ml_connector.visma.models.supplier_invoice import SupplierInvoiceLine
    from ml_connector.visma.wire import WriteModel


def invoice_row(document: WriteModel, number: str) -> dict[str, Any]:
    """Return what a list would say of a supplier invoice that was just posted."""
    if not isinstance(document, SupplierInvoice):
        raise TypeError(f"Only supplier invoices are noted, not {type(document).__name__}.")
    return {
        "documentType": document.document_type,
        "referenceNumber": number,
        "status": "Hold" if document.hold else "Balanced",
        "supplier": {"number": document.supplier_number},
        "supplierReference": document.supplier_reference,
        "currencyId": document.currency_id,
        "note": document.note,
        "invoiceLines": [
            _line_row(index, line) for index, line in enumerate(document.invoice_lines, start=1)
        ],
    }


def _line_row(index: int, line: SupplierInvoiceLine) -> dict[str, Any]:
    row: dict[str, Any] = {
        "lineNumber": index,
        "inventoryNumber": line.inventory_number,
        "quantity": str(line.quantity or 0),
        "uom": line.uom,
        "costInCurrency": str(line.cost_in_currency or 0),
    }
    link = line.link_line
    if link and link.purchase_type == "PurchaseOrder":
        row |= {"poNumber": link.purchase_number, "poLineNr": link.purchase_line_nbr}
    elif link:
        row |= {"poReceiptNbr": link.purchase_number, "poReceiptLineNbr": link.purchase_line_nbr}
    return row


def noted_invoices(
    rows: Iterable[Mapping[str, Any]], known: set[str], supplier: str, receipts: Iterable[ReadReceipt]
) -> list[ReadSupplierInvoice]:
    """Return the noted invoices of a supplier that a copy does not hold, their order lines filled in.

    Args:
        rows: The notes.
        known: ``documentType/referenceNumber`` of what the copy holds.
        supplier: The supplier's number.
        receipts: The supplier's receipts, which tell a linked receipt line's order line.
    """
    order_lines = {
        (receipt.receipt_nbr, line.line_nbr): (line.po_order_nbr, line.po_order_line_nbr)
        for receipt in receipts
        for line in receipt.lines
    }
    found = {
        f"{row['documentType']}/{row['referenceNumber']}": _with_orders(row, order_lines)
        for row in rows
        if row["supplier"]["number"] == supplier
    }
    return [ReadSupplierInvoice.model_validate(row) for key, row in found.items() if key not in known]


def _with_orders(
    row: Mapping[str, Any], order_lines: Mapping[tuple[str, int], tuple[str | None, int | None]]
) -> dict[str, Any]:
    lines = []
    for line in row["invoiceLines"]:
        place = (line.get("poReceiptNbr"), line.get("poReceiptLineNbr"))
        order, order_line = order_lines.get(place, (line.get("poNumber"), line.get("poLineNr")))
        lines.append({**line, "poNumber": order, "poLineNr": order_line})
    return {**row, "invoiceLines": lines}
