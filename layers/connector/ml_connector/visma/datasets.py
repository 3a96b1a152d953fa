"""The masters the connector keeps copies of: where each is read, by which key, and how old it may grow.

Calls are scarce (a test company has 500 an hour), so a list is read whole once, and afterwards only what
changed; lists without a delta are small and change seldom, so they may grow older.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ml_connector.visma.models import masters
from ml_connector.visma.models.purchase_order import ReadPurchaseOrder
from ml_connector.visma.models.purchase_receipt import ReadReceipt
from ml_connector.visma.models.supplier_invoice import ReadSupplierInvoice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ml_connector.visma.wire import ReadModel

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Dataset:
    """One list of masters.

    Attributes:
        name: What the copy is called.
        path: Where it is read.
        model: What a row is.
        key: The member that tells rows apart.
        max_age: Seconds until the copy is refreshed.
        delta: The list knows ``lastModifiedDateTime`` and its condition.
        paged: The list has pages; else it answers whole, and a single document is a list of one.
        needed: A company without a single row of it is surely the wrong company.
        params: What else the request asks for.
        horizon_days: How far back a whole read goes; 0 for everything.
    """

    name: str
    path: str
    model: type[ReadModel]
    key: Callable[[Any], str]
    max_age: float
    delta: bool = True
    paged: bool = True
    needed: bool = False
    params: Mapping[str, str | bool] = field(default_factory=dict)
    horizon_days: int = 0


def _location_key(row: masters.SupplierLocation) -> str:
    return f"{row.baccount.number}/{row.location_id}"


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset("suppliers", "/v1/supplier", masters.Supplier, lambda r: str(r.number), 30 * MINUTE),
        Dataset(
            "supplier_locations",
            "/v1/supplierlocation",
            masters.SupplierLocation,
            _location_key,
            30 * MINUTE,
        ),
        Dataset("customers", "/v1/customer", masters.Customer, lambda r: str(r.number), HOUR),
        Dataset("customer_locations", "/v1/location", masters.SupplierLocation, _location_key, HOUR),
        Dataset(
            "items",
            "/v1/inventory",
            masters.Item,
            lambda r: str(r.inventory_number),
            30 * MINUTE,
            params={"expandCrossReference": True, "expandInventoryUnits": True},
        ),
        Dataset(
            "accounts",
            "/v1/account",
            masters.Account,
            lambda r: str(r.account_cd),
            4 * HOUR,
            paged=False,
            needed=True,
        ),
        Dataset(
            "subaccount",
            "/v1/dimension/SUBACCOUNT",
            masters.Dimension,
            lambda r: str(r.id),
            HOUR,
            delta=False,
            paged=False,
            params={"expandSegmentsValues": True},
        ),
        Dataset("vat_codes", "/v1/vat", masters.VatCode, lambda r: str(r.vat_id), 12 * HOUR, paged=False),
        Dataset(
            "vat_categories",
            "/v1/vatCategory",
            masters.VatCategory,
            lambda r: str(r.vat_category_id),
            12 * HOUR,
            paged=False,
        ),
        Dataset("vat_zones", "/v1/vatZone", masters.VatZone, lambda r: str(r.id), DAY, delta=False),
        Dataset(
            "branches",
            "/v1/branch",
            masters.Branch,
            lambda r: str(r.number),
            12 * HOUR,
            paged=False,
            needed=True,
        ),
        Dataset(
            "warehouses", "/v1/warehouse", masters.Warehouse, lambda r: str(r.warehouse_id), DAY, delta=False
        ),
        Dataset("credit_terms", "/v1/creditTerm", masters.CreditTerm, lambda r: str(r.terms_id), 12 * HOUR),
        Dataset(
            "currencies", "/v1/currency", masters.Currency, lambda r: str(r.id), DAY, delta=False, paged=False
        ),
        Dataset(
            "purchase_orders",
            "/v1/purchaseorder",
            ReadPurchaseOrder,
            lambda r: str(r.order_nbr),
            15 * MINUTE,
            horizon_days=90,
        ),
        Dataset(
            "purchase_receipts",
            "/v2/PurchaseReceipt",
            ReadReceipt,
            lambda r: str(r.receipt_nbr),
            15 * MINUTE,
            horizon_days=180,
        ),
        # What was invoiced of an order stands on no order line, only on the invoices themselves.
        Dataset(
            "supplier_invoices",
            "/v1/supplierInvoice",
            ReadSupplierInvoice,
            lambda r: f"{r.document_type}/{r.reference_number}",
            15 * MINUTE,
            params={"expandNote": True},
            horizon_days=365,
        ),
    )
}
