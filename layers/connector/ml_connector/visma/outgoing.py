"""The documents of the ledger that leave it: where each is listed and read, and when it is ready to go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from ml_connector.visma.paging import VISMA_CLOCK_OVERLAP, changed_since, filter_time, read_time
from ml_connector.visma.wire import path_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ml_connector.visma.client import VismaClient

Row = dict[str, Any]
_ROW_VERSION = "#"


@dataclass(frozen=True, slots=True)
class OutgoingEntity:
    """One kind of document that is sent to partners.

    Attributes:
        name: Visma's name of it.
        path: Where it is listed and, with its number, read.
        number: The member that holds its number.
        party: Whether it is for a supplier or a customer; the member of that name says which.
        ready: Statuses in which it may go (API A11).
        types: Its types that may go, by the member ``type``; empty where every type may.
        voided: Statuses in which it is none any more, though it may have gone before (API A11).
    """

    name: str
    path: str
    number: str
    party: Literal["supplier", "customer"]
    ready: frozenset[str]
    types: frozenset[str] = frozenset()
    voided: frozenset[str] = frozenset({"Cancelled", "Canceled", "Voided"})

    def sent_in(self, statuses: frozenset[str]) -> OutgoingEntity:
        """Return the entity with other statuses in which it may go; as it is where none are named."""
        return replace(self, ready=statuses) if statuses else self

    def changed(self, client: VismaClient, since: datetime) -> Iterator[OutgoingDocument]:
        """Yield the documents changed since a moment of Visma's clock, less a few minutes."""
        for row in self._list(client, since - VISMA_CLOCK_OVERLAP):
            yield self._document(row)

    def read(self, client: VismaClient, number: str) -> OutgoingDocument | None:
        """Return one document as it is now; None if it is gone."""
        row = self._read(client, number)
        return self._document(row) if row else None

    def _list(self, client: VismaClient, since: datetime) -> Iterator[Row]:
        yield from client.rows(self.path, changed_since(since))

    def _read(self, client: VismaClient, number: str) -> Row | None:
        found = client.find(f"{self.path}/{path_key(number)}")
        return dict(found.body) if found else None

    def _document(self, row: Row) -> OutgoingDocument:
        party = row.get(self.party) or {}
        status = str(row.get("status") or "")
        return OutgoingDocument(
            entity=self.name,
            number=str(row[self.number]),
            party=self.party,
            partner=str(party.get("number") or party.get("id") or ""),
            version=_version(row),
            ready=status in self.ready and (not self.types or row.get("type") in self.types),
            voided=status in self.voided,
            status=status,
            content=row,
        )


class _SalesOrders(OutgoingEntity):
    """Sales orders stand in a service of their own, with pages and filters of its own (API A13)."""

    __slots__ = ()

    def _list(self, client: VismaClient, since: datetime) -> Iterator[Row]:
        url = f"{client.settings.sales_order_url.rstrip('/')}{self.path}"
        yield from client.indexed_rows(url, {"modifiedSince": filter_time(since)})

    def _read(self, client: VismaClient, number: str) -> Row | None:
        return read_sales_order(client, "SO", number)


class _Shipments(OutgoingEntity):
    """Shipments name our sales orders; their customers want to read their own orders' numbers."""

    __slots__ = ()

    def _read(self, client: VismaClient, number: str) -> Row | None:
        found = client.find(f"{self.path}/{path_key(number)}")
        if found is None:
            return None
        lines = found.body.get("shipmentDetailLines") or ()
        orders = dict.fromkeys((line.get("orderType") or "SO", line.get("orderNbr") or "") for line in lines)
        numbers = {order: _customers_number(client, kind, order) for kind, order in orders if order}
        return {**found.body, "customerOrders": numbers}


def read_sales_order(client: VismaClient, kind: str, number: str) -> Row | None:
    """Return a sales order with its lines; None if there is none."""
    url = f"{client.settings.sales_orders}SalesOrders/{kind}/{path_key(number)}"
    found = client.find(url)
    if found is None:
        return None
    lines = list(client.indexed_rows(f"{url}/lines"))
    return {**found.body, "orderLines": lines}


def _customers_number(client: VismaClient, kind: str, number: str) -> str | None:
    order = read_sales_order(client, kind, number) or {}
    return (order.get("customer") or {}).get("order") or None


@dataclass(frozen=True, slots=True)
class OutgoingDocument:
    """A document of the ledger as it was read.

    Attributes:
        partner: The number of the supplier or customer, whichever ``party`` says.
        version: When it was last modified, as Visma wrote it, and its row version where it has one.
    """

    entity: str
    number: str
    party: Literal["supplier", "customer"]
    partner: str
    version: str
    ready: bool
    voided: bool
    status: str
    content: Row

    @property
    def modified_at(self) -> datetime | None:
        """When it was last modified, by Visma's clock and without a zone, as Visma says it."""
        return read_time(self.version.partition(_ROW_VERSION)[0])


def _version(row: Row) -> str:
    """The time alone would not tell two changes of one moment apart; the row version does (API A6)."""
    modified = str(row.get("lastModifiedDateTime") or row.get("lastModified") or "")
    return f"{modified}{_ROW_VERSION}{row['timeStamp']}" if row.get("timeStamp") else modified


# Released documents of the receivables are open, or closed when they are paid (API A11).
_RELEASED = frozenset({"Open", "Closed"})

ENTITIES: dict[str, OutgoingEntity] = {
    entity.name: entity
    for entity in (
        OutgoingEntity(
            "PurchaseOrder", "/v1/purchaseorder", "orderNbr", "supplier", frozenset({"Open", "Printed"})
        ),
        OutgoingEntity("CustomerInvoice", "/v1/customerinvoice", "referenceNumber", "customer", _RELEASED),
        OutgoingEntity(
            "CustomerCreditNote", "/v1/customerCreditNote", "referenceNumber", "customer", _RELEASED
        ),
        _SalesOrders(
            "SalesOrder",
            "/api/v3/SalesOrders",
            "orderId",
            "customer",
            frozenset({"Open"}),
            frozenset({"SO"}),
        ),
        _Shipments(
            "Shipment",
            "/v1/shipment",
            "shipmentNumber",
            "customer",
            frozenset({"Confirmed", "PartiallyInvoiced", "Invoiced", "Completed"}),
        ),
        OutgoingEntity(
            "SupplierPayment",
            "/v1/supplierPayment",
            "refNbr",
            "supplier",
            frozenset({"Open", "Closed", "Printed"}),
            frozenset({"Payment", "Prepayment"}),
        ),
    )
}
