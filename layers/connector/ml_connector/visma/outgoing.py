"""The documents of the ledger that leave it: where each is listed and read, and when it is ready to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.visma.paging import VISMA_CLOCK_OVERLAP, changed_since, read_time
from ml_connector.visma.wire import path_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ml_connector.visma.client import VismaClient

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OutgoingEntity:
    """One kind of document that is sent to partners.

    Attributes:
        name: Visma's name of it.
        path: Where it is listed and, with its number, read.
        number: The member that holds its number.
        partner: The member that names the supplier or customer it is for.
        ready: Statuses in which it may go (API A11).
    """

    name: str
    path: str
    number: str
    partner: str
    ready: frozenset[str]

    def changed(self, client: VismaClient, since: datetime) -> Iterator[OutgoingDocument]:
        """Yield the documents changed since a moment of Visma's clock, less a few minutes."""
        for row in client.rows(self.path, changed_since(since - VISMA_CLOCK_OVERLAP)):
            yield self._document(row)

    def read(self, client: VismaClient, number: str) -> OutgoingDocument | None:
        """Return one document as it is now; None if it is gone."""
        found = client.find(f"{self.path}/{path_key(number)}")
        return self._document(found.body) if found else None

    def _document(self, row: Row) -> OutgoingDocument:
        return OutgoingDocument(
            entity=self.name,
            number=str(row[self.number]),
            partner=str((row.get(self.partner) or {}).get("number", "")),
            version=str(row.get("lastModifiedDateTime") or ""),
            ready=row.get("status") in self.ready,
            status=str(row.get("status") or ""),
            content=row,
        )


@dataclass(frozen=True, slots=True)
class OutgoingDocument:
    """A document of the ledger as it was read; ``version`` is its last modification as Visma wrote it."""

    entity: str
    number: str
    partner: str
    version: str
    ready: bool
    status: str
    content: Row

    @property
    def modified_at(self) -> datetime | None:
        """When it was last modified, by Visma's clock and without a zone, as Visma says it."""
        return read_time(self.version)


ENTITIES = {
    entity.name: entity
    for entity in (
        OutgoingEntity(
            name="PurchaseOrder",
            path="/v1/purchaseorder",
            number="orderNbr",
            partner="supplier",
            ready=frozenset({"Open", "Printed"}),
        ),
    )
}
