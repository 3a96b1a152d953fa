"""The documents in Visma that carry our stamp, whoever they are for: what the connector must know of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.visma.entities import ENTITIES
from ml_connector.visma.paging import changed_since, filter_time, own_clock_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.entities import Row

# As BusinessKey.stamp writes it: ten bytes in base 32.
_STAMP = re.compile(r"mlc-[a-z2-7]{16}")


@dataclass(frozen=True, slots=True)
class StampedDocument:
    """A document in Visma that carries a stamp."""

    company: str
    entity: str
    number: str
    stamp: str


def stamped_documents(client: VismaClient, since: datetime) -> Iterator[StampedDocument]:
    """Yield the orders and invoices with a stamp that were made or changed at or after our ``since``.

    The time zone of Visma's times is not documented, so what is a day older may be among them.

    Raises:
        Unavailable: Visma did not answer.
    """
    start = own_clock_window(since)
    for name, rows in _LISTS.items():
        entity = ENTITIES[name]
        for row in rows(client, start):
            found = _STAMP.search(entity.stamped_text(row, client.settings))
            if found:
                number = str(row[entity.number_field])
                yield StampedDocument(client.settings.company_id, name, number, found[0])


def _orders(client: VismaClient, since: datetime) -> Iterator[Row]:
    return client.rows("/v1/purchaseorder", {"includeCustomFreeFields": True, **changed_since(since)})


def _invoices(client: VismaClient, since: datetime) -> Iterator[Row]:
    window = changed_since(since, field="createdDateTime")
    return client.rows("/v1/supplierInvoice", {"expandNote": True, **window})


def _sales_orders(client: VismaClient, since: datetime) -> Iterator[Row]:
    path = ENTITIES["SalesOrder"].path(client.settings)
    return client.indexed_rows(path, {"modifiedSince": f"{filter_time(since)}Z"})


_LISTS: dict[str, Callable[[VismaClient, datetime], Iterator[Row]]] = {
    "PurchaseOrder": _orders,
    "SupplierInvoice": _invoices,
    "SalesOrder": _sales_orders,
}
