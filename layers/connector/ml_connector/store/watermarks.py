"""Watermarks: how far each mailbox is received, and what a whole system's polling has to remember.

A watermark only ever rises. It bounds what a poll has to look up; which messages are received is known from
their receipts alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from ml_connector.store.state_table import Item, StateTable, number

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far one mailbox is received.

    Attributes:
        arrived_at: No unreceived message is older than this, but for those that show up late.
        message_id: No unreceived message has a lower number, as far as numbers rise with arrival.
    """

    arrived_at: datetime
    message_id: int


class Watermarks:
    """Keeps the watermarks of one system's mailboxes.

    Args:
        table: The state table.
        system: The system the mailboxes are of.
    """

    def __init__(self, table: Table, *, system: str) -> None:
        self._state, self._pk = StateTable(table), f"watermark#{system}"

    def read(self) -> dict[str, Watermark]:
        """Return the watermark of each mailbox that has one."""
        return {item["sk"]: _watermark(item) for item in self._state.query(self._pk)}

    def raise_to(self, mailbox: str, mark: Watermark) -> bool:
        """Move a mailbox's watermark up; False, changing nothing, if it stands as high already."""
        item = {
            "pk": self._pk,
            "sk": mailbox,
            "arrived_at": mark.arrived_at.isoformat(),
            "instant": number(mark.arrived_at.timestamp()),
            "message_id": mark.message_id,
        }
        higher = (
            Attr("pk").not_exists()
            | Attr("instant").lt(item["instant"])
            | (Attr("instant").eq(item["instant"]) & Attr("message_id").lt(mark.message_id))
        )
        return self._state.put(item, higher)


class Marks:
    """Moments a poll remembers from one run to the next, such as its last sweep.

    Args:
        table: The state table.
        system: The system that is polled.
    """

    def __init__(self, table: Table, *, system: str) -> None:
        self._state, self._pk = StateTable(table), f"mark#{system}"

    def read(self, name: str) -> Item:
        """Return what was remembered under a name, or an empty item."""
        return self._state.get(self._pk, name) or {}

    def write(self, name: str, **facts: object) -> None:
        """Remember facts under a name; times are given as ISO texts."""
        self._state.put({"pk": self._pk, "sk": name, **facts})


def _watermark(item: Item) -> Watermark:
    return Watermark(datetime.fromisoformat(item["arrived_at"]), int(item["message_id"]))
