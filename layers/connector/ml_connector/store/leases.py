"""Leases: the right to do a thing alone until a moment, kept in DynamoDB.

A lease that isn't given back, as after a crash, ends by itself. DynamoDB removes expired items only within
days, so the moment is compared here as well. A lease keeps two polls from doing the same work twice; that
nothing is *received* twice never depends on it.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from ml_connector.store.state_table import StateTable, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb.service_resource import Table


class Leases:
    """Takes and gives back leases.

    Args:
        table: The state table.
        now: Returns the time as seconds since the epoch.
        new_owner: Returns a text no other holder has.
    """

    def __init__(
        self,
        table: Table,
        *,
        now: Callable[[], float],
        new_owner: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._state, self._now, self._new_owner = StateTable(table), now, new_owner

    def take(self, name: str, seconds: float) -> str:
        """Return the owner's token of a lease that is now ours, or an empty text if another holds it."""
        owner, now = self._new_owner(), self._now()
        free = Attr("pk").not_exists() | Attr("held_until").lte(number(now))
        item = {
            "pk": f"lease#{name}",
            "sk": "lease",
            "owner": owner,
            "held_until": number(now + seconds),
            "expires_at": int(now + seconds) + 86_400,
        }
        return owner if self._state.put(item, free) else ""

    def give_back(self, name: str, owner: str) -> bool:
        """End a lease; False if it had ended before and perhaps is another's by now."""
        return self._state.delete(f"lease#{name}", "lease", Attr("owner").eq(owner))

    @contextmanager
    def held(self, name: str, seconds: float) -> Iterator[bool]:
        """Hold a lease while the block runs; gives False, holding nothing, if another has it."""
        owner = self.take(name, seconds)
        try:
            yield bool(owner)
        finally:
            if owner:
                self.give_back(name, owner)
