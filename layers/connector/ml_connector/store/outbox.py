"""The outbox: what was meant to be sent, written before it is sent, and how far it came.

States: ``PLANNED`` (nothing was sent), ``SENDING`` (a sender is at it), ``UNKNOWN`` (it may or may not have
arrived), ``SENT``. A record is never removed, so repeating a send at any time finds where it stands.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import BaseModel, ConfigDict

from ml_connector.store.state_table import StateTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class SendState(StrEnum):
    """How far a message to be sent came."""

    PLANNED = "PLANNED"
    SENDING = "SENDING"
    UNKNOWN = "UNKNOWN"
    SENT = "SENT"


class Outgoing(BaseModel):
    """One message to be sent.

    Attributes:
        send_id: The identity of what is sent: the same for every attempt, different for another document.
        mailbox: Where it goes.
        name: The message's name there, which carries the identity.
        sha256: The digest of its bytes.
        state: How far it came.
        document_id: The document made for it, if it goes the way of two calls.
        message_id: Its number in the mailbox, once known.
        attempted_at: When the last attempt that may have put it there began.
        attempts: How many attempts began.
        version: Counts the changes of this record; a change is refused if another came in between.
    """

    model_config = ConfigDict(frozen=True)

    send_id: str
    mailbox: str
    name: str
    sha256: str
    state: SendState = SendState.PLANNED
    document_id: str = ""
    message_id: str = ""
    attempted_at: datetime | None = None
    attempts: int = 0
    version: int = 0

    def changed(self, **fields: object) -> Outgoing:
        """Return the record with other values and the next version."""
        return self.model_copy(update={**fields, "version": self.version + 1})


class Outbox:
    """Keeps what is sent to one system.

    Args:
        table: The state table.
        system: The system it is sent to.
    """

    def __init__(self, table: Table, *, system: str) -> None:
        self._state, self._system = StateTable(table), system

    def plan(self, outgoing: Outgoing) -> Outgoing:
        """Return the record of this send: the one there is, or this one, now written."""
        if self._put(outgoing, Attr("pk").not_exists()):
            return outgoing
        found = self.find(outgoing.send_id)
        return found or self.plan(outgoing)

    def find(self, send_id: str) -> Outgoing | None:
        """Return the record of a send, or None."""
        item = self._state.get(self._pk(send_id), "outgoing")
        return Outgoing.model_validate(_known(item)) if item else None

    def change(self, outgoing: Outgoing) -> bool:
        """Write the next version of a record; False if another sender wrote one meanwhile."""
        return self._put(outgoing, Attr("version").eq(outgoing.version - 1))

    def _put(self, outgoing: Outgoing, condition: ConditionBase) -> bool:
        item = {"pk": self._pk(outgoing.send_id), "sk": "outgoing", **outgoing.model_dump(mode="json")}
        return self._state.put(item, condition)

    def _pk(self, send_id: str) -> str:
        return f"outbox#{self._system}#{send_id}"


def _known(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in Outgoing.model_fields if name in item}
