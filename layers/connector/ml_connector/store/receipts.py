"""Receipts of mailbox messages: which are received, and which are on their way.

A message on its way has a record in one small partition, read whole by every poll: its bytes are kept but its
execution may not have started, or it could not be read yet. A settled message has a receipt of its own,
written once and kept for good: a message may stand in its mailbox for years, and only its receipt tells
that it isn't new.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel, ConfigDict

from ml_connector.store.objects import ObjectRef
from ml_connector.store.state_table import Item, StateTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb.service_resource import Table


#: States of a message that was not received because it was not asked for then.
PASSED_BY = frozenset({"ignored", "noted"})


class Receipt(BaseModel):
    """What is known here about one mailbox message.

    Attributes:
        key: What the message is known by.
        message: Its facts as they go to the execution: system, mailbox, message_id, name, arrived_at.
        document_id: The payload's document.
        state: ``troubled`` (could not be read yet), ``received`` (bytes and this record are kept), or how it
            was settled: ``started``, ``refused``; or passed by: ``ignored``, ``noted`` (a dead letter).
        at: When it came to this state.
        raw: Its bytes, once kept.
        execution: The name of its execution.
        attempts: How often reading it, or settling it in its mailbox, failed.
        retry_at: When the next attempt is due.
        trouble: What the last failure said.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    message: dict[str, str]
    document_id: str = ""
    state: str
    at: datetime | None = None
    raw: ObjectRef | None = None
    execution: str = ""
    attempts: int = 0
    retry_at: datetime | None = None
    trouble: str = ""

    def due(self, now: datetime) -> bool:
        """Whether the next attempt may be made."""
        return self.retry_at is None or self.retry_at <= now


class Receipts:
    """Keeps the receipts of one system.

    Args:
        table: The state table.
        system: The system the messages are of.
    """

    def __init__(self, table: Table, *, system: str) -> None:
        self._state, self._system, self._on_the_way = StateTable(table), system, f"on-the-way#{system}"

    def on_the_way(self) -> dict[str, Receipt]:
        """Return the messages that are neither new nor settled, by key."""
        return {item["sk"]: _receipt(item) for item in self._state.query(self._on_the_way)}

    def settled(self, keys: Iterable[str]) -> dict[str, Receipt]:
        """Return the receipts there are of these messages, by key."""
        found = self._state.get_many((self._pk(key), "receipt") for key in keys)
        return {receipt.key: receipt for receipt in map(_receipt, found)}

    def hold(self, receipt: Receipt) -> None:
        """Write or renew the record of a message on its way."""
        self._state.put({"pk": self._on_the_way, "sk": receipt.key, **_fields(receipt)})

    def settle(self, receipt: Receipt) -> bool:
        """Write the receipt of a message; False if it has one already.

        It is written once and for good, but for a message that was only passed by.
        """
        item = {"pk": self._pk(receipt.key), "sk": "receipt", **_fields(receipt)}
        passed_by = Attr("state").eq("ignored") | Attr("state").eq("noted")
        return self._state.put(item, Attr("pk").not_exists() | passed_by)

    def release(self, key: str) -> None:
        """Drop the record of a message on its way, after its receipt is written."""
        self._state.delete(self._on_the_way, key)

    def _pk(self, key: str) -> str:
        return f"receipt#{self._system}#{key}"


def _fields(receipt: Receipt) -> dict[str, Any]:
    return receipt.model_dump(mode="json", exclude_defaults=True)


def _receipt(item: Item) -> Receipt:
    return Receipt.model_validate({name: item[name] for name in Receipt.model_fields if name in item})
