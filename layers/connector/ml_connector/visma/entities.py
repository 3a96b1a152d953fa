"""The entities the connector posts: where, how a posting is stamped, and how it is found again.

Visma has no idempotency key and no filter on the supplier's reference, so each posted document carries the
stamp of its business key in a field that its list returns; a look-up reads the list of the narrowest
filter there is and compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Misconfigured
from ml_connector.visma.models.cash_transaction import CashTransaction
from ml_connector.visma.models.journal_transaction import JournalTransaction
from ml_connector.visma.models.purchase_order import PurchaseOrder
from ml_connector.visma.models.sales_order import SalesOrder
from ml_connector.visma.models.supplier_invoice import SupplierInvoice
from ml_connector.visma.paging import changed_since, filter_time
from ml_connector.visma.wire import path_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.settings import VismaSettings
    from ml_connector.visma.wire import WriteModel

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entity:
    """How one kind of document is posted and found.

    Attributes:
        name: Visma's name of the entity, as it stands in the ledger's keys.
        model: The write model.
        path: Where it is posted, below ``base_url`` or as a whole URL.
        number_field: The member of a listed document that holds its number.
        stamp: Returns the document with the stamp in it.
        stamped_text: Returns the text of a listed document that would hold the stamp.
        search: Yields the listed documents among which a posted one must be: those of the given document's
            party and number, or of any where none is given.
        dated: The member of the write model that holds the document's date.
        noted_in: The dataset whose readers must know of a posted document at once; empty if none must.
    """

    name: str
    model: type[WriteModel]
    path: Callable[[VismaSettings], str]
    number_field: str
    stamp: Callable[[Any, str, VismaSettings], WriteModel]
    stamped_text: Callable[[Row, VismaSettings], str]
    search: Callable[[VismaClient, Any, datetime], Iterator[Row]]
    dated: str = "date"
    noted_in: str = ""

    def find(self, client: VismaClient, document: WriteModel | None, stamp: str, since: datetime) -> str:
        """Return the number of the document that carries the stamp, or an empty string.

        Args:
            client: Where to look.
            document: What the party and number looked for are of; None looks among those of any.
            stamp: What was stamped into it.
            since: From when on to look.
        """
        rows = self.search(client, document, since)
        numbers = [
            str(row[self.number_field]) for row in rows if stamp in self.stamped_text(row, client.settings)
        ]
        # A person who copied the document copied its stamp with it; ours is the first.
        return min(numbers, default="")

    def date_of(self, document: WriteModel) -> datetime | None:
        """Return the first moment of the document's date, or None where it has none."""
        day: date | None = getattr(document, self.dated)
        return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None


def _marked(text: str | None, stamp: str) -> str:
    return f"{text} [{stamp}]" if text else f"[{stamp}]"


def _stamp_purchase_order(order: PurchaseOrder, stamp: str, settings: VismaSettings) -> PurchaseOrder:
    field = settings.stamp_field.replace("customStr", "custom_str")
    return order.model_copy(update={field: stamp})


def _stamp_note(document: WriteModel, stamp: str, _: VismaSettings) -> WriteModel:
    return document.model_copy(update={"note": _marked(getattr(document, "note", None), stamp)})


def _stamp_description(document: WriteModel, stamp: str, _: VismaSettings) -> WriteModel:
    text = _marked(getattr(document, "description", None), stamp)
    return document.model_copy(update={"description": text})


def _text_of(field: str) -> Callable[[Row, VismaSettings], str]:
    return lambda row, _: str(row.get(field) or "")


def _search_purchase_orders(
    client: VismaClient, order: PurchaseOrder | None, since: datetime
) -> Iterator[Row]:
    if order and order.order_number:
        path = f"/v1/purchaseorder/{path_key(order.order_number)}"
        there = client.find(path, {"includeCustomFreeFields": True})
        return iter([there.body] if there else [])
    party = {"supplier": order.supplier} if order else {}
    return client.rows(
        "/v1/purchaseorder", {**party, "includeCustomFreeFields": True, **changed_since(since)}
    )


def _search_supplier_invoices(
    client: VismaClient, invoice: SupplierInvoice | None, since: datetime
) -> Iterator[Row]:
    window = changed_since(since, field="createdDateTime")
    kind = {"supplier": invoice.supplier_number, "documentType": invoice.document_type} if invoice else {}
    return client.rows("/v1/supplierInvoice", {**kind, "expandNote": True, **window})


def _search_journal(client: VismaClient, _: JournalTransaction | None, since: datetime) -> Iterator[Row]:
    # This list knows no condition beside its lastModifiedDateTime (API B8).
    window = {"lastModifiedDateTime": filter_time(since), "module": "GL"}
    return client.rows("/v2/journaltransaction", window)


def _search_cash(client: VismaClient, _: CashTransaction | None, since: datetime) -> Iterator[Row]:
    return client.rows("/v1/cashTransaction", changed_since(since))


def _search_sales_orders(client: VismaClient, order: SalesOrder | None, since: datetime) -> Iterator[Row]:
    party = {"customerId": order.customer.id} if order else {}
    return client.indexed_rows(
        _sales_order_path(client.settings), {**party, "modifiedSince": f"{filter_time(since)}Z"}
    )


def _sales_order_path(settings: VismaSettings) -> str:
    return f"{settings.sales_orders}SalesOrders"


def _path(path: str) -> Callable[[VismaSettings], str]:
    return lambda _: path


ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        Entity(
            "PurchaseOrder",
            PurchaseOrder,
            _path("/v1/purchaseorder"),
            "orderNbr",
            _stamp_purchase_order,
            lambda row, settings: str(row.get(settings.stamp_field) or ""),
            _search_purchase_orders,
        ),
        Entity(
            "SupplierInvoice",
            SupplierInvoice,
            _path("/v1/supplierInvoice"),
            "referenceNumber",
            _stamp_note,
            _text_of("note"),
            _search_supplier_invoices,
            noted_in="supplier_invoices",
        ),
        Entity(
            "SalesOrder",
            SalesOrder,
            _sales_order_path,
            "orderId",
            _stamp_description,
            _text_of("description"),
            _search_sales_orders,
        ),
        Entity(
            "JournalTransaction",
            JournalTransaction,
            _path("/v2/journaltransaction"),
            "batchNumber",
            _stamp_description,
            _text_of("description"),
            _search_journal,
            dated="transaction_date",
        ),
        Entity(
            "CashTransaction",
            CashTransaction,
            _path("/v1/cashTransaction"),
            "referenceNbr",
            _stamp_description,
            _text_of("description"),
            _search_cash,
            dated="tran_date",
        ),
    )
}


def entity_named(name: str) -> Entity:
    """Return the entity of a name.

    Raises:
        Misconfigured: The connector posts no such entity.
    """
    try:
        return ENTITIES[name]
    except KeyError:
        known = ", ".join(ENTITIES)
        raise Misconfigured(f"There is no entity {name} to post to.", advice=f"Use one of {known}.") from None


def entity_of(document: WriteModel) -> Entity:
    """Return the entity a write model belongs to."""
    return next(entity for entity in ENTITIES.values() if isinstance(document, entity.model))
