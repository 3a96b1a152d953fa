"""What is traded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents.base import Model
from ml_connector.documents.identifiers import Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator


class Item(Model):
    """An article with the numbers each party knows it by; ids beyond the first of a kind are additional."""

    gtin: Identifier | None = None
    seller_id: Identifier | None = None
    buyer_id: Identifier | None = None
    manufacturer_id: Identifier | None = None
    additional_ids: tuple[Identifier, ...] = ()
    name: str | None = None
    description: str | None = None
    lot: str | None = None
    country: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Every identifier of the item, the four named ones first."""
        yield from filter(None, (self.gtin, self.seller_id, self.buyer_id, self.manufacturer_id))
        yield from self.additional_ids
