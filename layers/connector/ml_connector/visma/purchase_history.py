"""What was received and invoiced of a supplier's orders: two lists kept as copies, refreshed by delta."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ml_connector.visma.copies import Copies
from ml_connector.visma.datasets import MINUTE, Dataset
from ml_connector.visma.models.purchase_receipt import ReadReceipt
from ml_connector.visma.models.supplier_invoice import ReadSupplierInvoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ml_connector.store.reference_cache import ReferenceCache
    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.models.shared import NumberName

RECEIPTS = Dataset(
    "purchase_receipts",
    "/v2/PurchaseReceipt",
    ReadReceipt,
    lambda row: str(row.receipt_nbr),
    MINUTE,
    horizon_days=180,
)
INVOICES = Dataset(
    "supplier_invoices",
    "/v1/supplierInvoice",
    ReadSupplierInvoice,
    lambda row: f"{row.document_type}/{row.reference_number}",
    MINUTE,
    horizon_days=180,
)
_COUNTED = "Released"
_VOID = "Voided"


class PurchaseHistory:
    """The released receipts and the invoices of one company's suppliers in the last 180 days."""

    def __init__(
        self,
        client: VismaClient,
        *,
        cache: ReferenceCache | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._copies = Copies(client, cache, clock)

    def receipts(self, supplier: str) -> list[ReadReceipt]:
        """Return the released receipts (and returns) of a supplier."""
        found: list[ReadReceipt] = self._copies.matching(RECEIPTS, "supplier", _supplier, supplier)
        return [receipt for receipt in found if receipt.status == _COUNTED]

    def invoices(self, supplier: str) -> list[ReadSupplierInvoice]:
        """Return the invoices and adjustments of a supplier that are not void, held ones included."""
        found: list[ReadSupplierInvoice] = self._copies.matching(INVOICES, "supplier", _supplier, supplier)
        return [invoice for invoice in found if invoice.status != _VOID]


def _supplier(row: ReadReceipt | ReadSupplierInvoice) -> Iterator[str]:
    supplier: NumberName | None = row.supplier
    if supplier and supplier.number:
        yield supplier.number
