"""Messages in mailboxes, read from either of Sterling's two shapes.

A field is ``{"code": true, "display": "Yes"}`` in a full read and a plain ``true`` in a mailbox's contents;
absent fields are left out. Both are read alike.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ml_connector.sterling.timestamps import parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class MailboxMessage:
    """One message of a mailbox.

    Attributes:
        message_id: Sterling's number, as text; unique in one database, whatever the mailbox.
        name: The message's name; several messages may share it.
        mailbox: The mailbox's absolute path; empty when the listing didn't say.
        document_id: The id of the payload's document; empty when the listing didn't say.
        arrived_at: When Sterling says it arrived, in UTC; seconds only, so messages tie.
        size: Bytes of the payload as Sterling counts them.
        extractable: Whether Sterling would let a consumer extract it; None when it didn't say.
        number_reused: The id was seen before with another document, as after a new installation of Sterling.
    """

    message_id: str
    name: str
    mailbox: str = ""
    document_id: str = ""
    arrived_at: datetime | None = None
    size: int | None = None
    extractable: bool | None = None
    number_reused: bool = False

    @property
    def key(self) -> str:
        """What the message is known by here: its id, and its document's digest if the id was used before."""
        return f"{self.message_id}-{_digest(self.document_id)}" if self.number_reused else self.message_id

    @property
    def complete(self) -> bool:
        """Whether the listing said all that receiving needs; otherwise the message is read on its own."""
        return bool(self.mailbox and self.document_id and self.arrived_at)

    @property
    def raw_key(self) -> str:
        """Its S3 key, the same at every attempt: ``raw/sterling/{mailbox}/{yyyy}/{mm}/{dd}/{id}``."""
        day = self.arrived_at.strftime("%Y/%m/%d") if self.arrived_at else "undated"
        return f"raw/sterling/{slug(self.mailbox)}/{day}/{quote(self.key, safe='')}"

    @property
    def execution_name(self) -> str:
        """The name of the execution that receives it: the same at every attempt, at most 80 characters."""
        tail = _digest(f"{self.mailbox}|{self.key}|{self.document_id}")
        name = f"receive-{slug(self.mailbox)[:32]}-{slug(self.message_id)[:20]}-{tail}"
        return name.replace(".", "-")


def read_message(fields: Mapping[str, Any], *, mailbox: str = "", zone: str = "") -> MailboxMessage:
    """Return the message a JSON object of mailboxmessages or mailboxcontents describes."""
    size = str(plain(fields.get("size", "")))
    return MailboxMessage(
        message_id=str(plain(fields.get("id", fields.get("_id", "")))),
        name=str(plain(fields.get("name", ""))),
        mailbox=str(plain(fields.get("mailboxPath", ""))) or mailbox,
        document_id=str(plain(fields.get("documentId", ""))),
        arrived_at=parse_time(str(plain(fields.get("creationDate", ""))), zone),
        size=int(size) if size.isdigit() else None,
        extractable=_extractable(fields),
    )


def merge(listed: MailboxMessage, read: MailboxMessage) -> MailboxMessage:
    """Return what the listing and the message's own read say together; the listing's mailbox stands."""
    return replace(
        read,
        message_id=listed.message_id,
        name=read.name or listed.name,
        mailbox=listed.mailbox or read.mailbox,
        document_id=read.document_id or listed.document_id,
        arrived_at=read.arrived_at or listed.arrived_at,
        size=listed.size if read.size is None else read.size,
        number_reused=listed.number_reused,
    )


def listed_id(key: str) -> str:
    """Return the id a message of this key is listed under: a reused one carries a digest behind it."""
    return key.partition("-")[0]


def plain(value: object) -> object:
    """Return the value of a field in either shape: ``{"code": x, "display": ...}`` and ``x`` are both x."""
    return value["code"] if isinstance(value, dict) and "code" in value else value


def as_flag(value: object) -> bool | None:
    """Return a yes-or-no field in any spelling (true, "1", "Yes", a code object), None if absent."""
    found = plain(value)
    if found is None:
        return None
    return str(found).lower() in ("true", "1", "yes")


def slug(text: str) -> str:
    """Return a text of letters, digits, ``.``, ``_`` and ``-`` that a key may carry, never empty."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.") or "root"


def _extractable(fields: Mapping[str, Any]) -> bool | None:
    count = plain(fields.get("extractableCount"))
    if count is not None:
        return str(count) != "0"
    return as_flag(fields.get("extractableAlways"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
