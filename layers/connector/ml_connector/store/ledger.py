"""The posting ledger: what was meant to be posted, by whom, and what became of it.

One item per business key in the state table. The intent is written before the write, the outcome after it.
An execution works on an item only under a lease with a fence, a number that grows with each holder; every
change names the fence it was made under, so whoever lost its lease can neither change nor release the item.
Items are never deleted and never expire. A restored table has lost what was written after its point in time,
and DynamoDB says which point that is.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.errors import Misconfigured, Unavailable
from ml_connector.store.recent_postings import RecentPostings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb.service_resource import Table


class PostingState(StrEnum):
    """Where a posting stands; only PLANNED and REJECTED are certain to have left nothing in Visma."""

    PLANNED = "PLANNED"
    SENDING = "SENDING"
    UNKNOWN = "UNKNOWN"
    POSTED = "POSTED"
    REJECTED = "REJECTED"


DOUBTFUL = frozenset({PostingState.SENDING, PostingState.UNKNOWN})
# What a restored table lost comes again soon after it is back in use; later a look-up for it finds nothing.
_RESTORED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class BusinessKey:
    """What makes a document the same document: the partner's number for it, in one company.

    Attributes:
        company: The company's number in Visma.
        entity: Visma's entity, such as PurchaseOrder.
        partner: The trading partner.
        number: The partner's document number, as sent.
        kind: What tells documents of one number apart, such as invoice and credit note.
    """

    company: str
    entity: str
    partner: str
    number: str
    kind: str = ""

    def __str__(self) -> str:
        parts = (self.company, self.entity, self.partner, self.number, self.kind)
        return "|".join(quote(part, safe="") for part in parts)

    @property
    def stamp(self) -> str:
        """A short mark, the same for each attempt, by which the posted document is found again."""
        digest = hashlib.sha256(str(self).encode()).digest()
        return f"mlc-{b32encode(digest[:10]).decode().lower()}"


@dataclass(frozen=True, slots=True)
class PostingRecord:
    """A ledger item as read; ``fence`` is 0 until somebody claimed it."""

    key: BusinessKey
    state: PostingState
    document_id: str
    content_sha256: str
    owner: str = ""
    claim_id: str = ""
    fence: int = 0
    attempts: int = 0
    lease_until: datetime | None = None
    planned_at: datetime | None = None
    sent_at: datetime | None = None
    number: str = ""
    background_id: str = ""
    reason: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether a write was begun whose outcome is not known."""
        return self.state in DOUBTFUL


class LeaseLost(Exception):
    """Somebody else took the item over; what its former holder wanted to write was not written."""


class PostingLedger:
    """The ledger over the state table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, key: BusinessKey) -> PostingRecord | None:
        """Return the item of a key, or None."""
        with _reaching():
            item = self._table.get_item(Key=_item_key(key), ConsistentRead=True).get("Item")
        return _record(key, item) if item else None

    def lost_since(self, now: datetime) -> datetime | None:
        """Return the moment from which on postings may be missing here; None where none can be.

        It is the point in time that the table was restored to, for 30 days after the restored table was
        made (DynamoDB API DescribeTable: RestoreSummary, CreationDateTime). The table is asked once.

        Raises:
            Unavailable: DynamoDB did not say.
        """
        with _reaching():
            restored = self._table.restore_summary
        if not restored or now - self._table.creation_date_time >= _RESTORED_FOR:
            return None
        return restored["RestoreDateTime"].astimezone(UTC)

    def claim(self, intent: PostingRecord, *, now: datetime, lease: timedelta) -> PostingRecord:
        """Take the item of a key under a lease, writing the intent where there is none yet.

        An item that is POSTED comes back as it is, unclaimed.

        Raises:
            Unavailable: Another execution works on it; ``retry_after`` says how long its lease runs.
        """
        intent = replace(intent, claim_id=uuid4().hex)
        written = self._plan(intent, now=now, lease=lease)
        if written:
            return written
        found = self.read(intent.key)
        if found is None:
            raise Unavailable(f"The ledger item of {intent.key} vanished.", retry_after=1)
        if found.state is PostingState.POSTED:
            return found
        if found.claim_id == intent.claim_id:
            return found  # the SDK repeated our own write, whose answer had got lost
        return self._take(found, intent, now=now, lease=lease)

    def advance(self, record: PostingRecord, state: PostingState, **facts: object) -> PostingRecord:
        """Write a claimed item's new state and facts.

        Args:
            record: The item as this execution holds it.
            state: Its new state.
            facts: Attributes of the record to change with it.

        Raises:
            LeaseLost: Another execution has taken the item over.
        """
        return self._write(record, {"state": state, **facts}, fence=record.fence)

    def note_posted(self, key: BusinessKey, dataset: str, row: Mapping[str, Any], *, now: datetime) -> None:
        """Tell readers of a dataset of a document that their copies can't hold yet.

        Raises:
            Unavailable: The note was not taken.
        """
        notes = RecentPostings(self._table, key.company)
        notes.note(dataset, str(row.get("referenceNumber", "")), row, at=now.timestamp())

    def release(self, record: PostingRecord) -> None:
        """Give a claimed item free; does nothing when the lease is another's by now."""
        try:
            self._write(record, {"lease_until": None}, fence=record.fence)
        except LeaseLost:
            return

    def _plan(self, intent: PostingRecord, *, now: datetime, lease: timedelta) -> PostingRecord | None:
        item: dict[str, str | int] = {
            **_item_key(intent.key),
            "state": PostingState.PLANNED.value,
            "document_id": intent.document_id,
            "content_sha256": intent.content_sha256,
            "owner": intent.owner,
            "claim_id": intent.claim_id,
            "fence": 1,
            "attempts": 0,
            "stamp": intent.key.stamp,
            "planned_at": now.isoformat(),
            "lease_until": (now + lease).isoformat(),
        }
        try:
            with _reaching():
                self._table.put_item(Item=item, ConditionExpression="attribute_not_exists(pk)")
        except LeaseLost:
            return None
        return _record(intent.key, item)

    def _take(
        self, found: PostingRecord, intent: PostingRecord, *, now: datetime, lease: timedelta
    ) -> PostingRecord:
        if found.lease_until and found.lease_until > now:
            raise _busy(found, (found.lease_until - now).total_seconds())
        facts = {
            "owner": intent.owner,
            "claim_id": intent.claim_id,
            "fence": found.fence + 1,
            "lease_until": now + lease,
        }
        try:
            return self._write(found, facts, fence=found.fence)
        except LeaseLost:
            current = self.read(intent.key)
            if current is not None and current.claim_id == intent.claim_id:
                return current
            raise _busy(found, 1) from None

    def _write(self, record: PostingRecord, facts: Mapping[str, object], *, fence: int) -> PostingRecord:
        names = {f"#{index}": name for index, name in enumerate(facts)}
        values = {f":{index}": _stored(value) for index, value in enumerate(facts.values())}
        assignments = ", ".join(f"#{index} = :{index}" for index in range(len(facts)))
        with _reaching():
            answer = self._table.update_item(
                Key=_item_key(record.key),
                UpdateExpression=f"SET {assignments}",
                ConditionExpression="#fence = :fence",
                ExpressionAttributeNames={**names, "#fence": "fence"},
                ExpressionAttributeValues={**values, ":fence": fence},
                ReturnValues="ALL_NEW",
            )
        return _record(record.key, answer["Attributes"])


@contextmanager
def _reaching() -> Iterator[None]:
    """Turn DynamoDB's failures into the house's errors, and a failed condition into LeaseLost."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise LeaseLost from error
        if code in {"ResourceNotFoundException", "AccessDeniedException"}:
            advice = "Check the state table's name and the function's permissions."
            raise Misconfigured(f"The posting ledger refused: {error}", advice=advice) from error
        raise Unavailable(f"The posting ledger did not answer: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"The posting ledger did not answer: {error}") from error


def _item_key(key: BusinessKey) -> dict[str, str]:
    return {"pk": f"POSTING#{key}", "sk": "POSTING"}


def _busy(record: PostingRecord, seconds: float) -> Unavailable:
    return Unavailable(
        f"Another execution ({record.owner}) is posting {record.key}.",
        retry_after=seconds,
        advice="It finishes, or its lease runs out.",
        owner=record.owner,
    )


def _stored(value: object) -> str | int | None:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, PostingState):
        return value.value
    return value if isinstance(value, str | int) else None


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value).astimezone(UTC) if value else None


def _record(key: BusinessKey, item: Mapping[str, Any]) -> PostingRecord:
    return PostingRecord(
        key=key,
        state=PostingState(item["state"]),
        document_id=item["document_id"],
        content_sha256=item["content_sha256"],
        owner=item.get("owner", ""),
        claim_id=item.get("claim_id", ""),
        fence=int(Decimal(item.get("fence", 0))),
        attempts=int(Decimal(item.get("attempts", 0))),
        lease_until=_moment(item.get("lease_until")),
        planned_at=_moment(item.get("planned_at")),
        sent_at=_moment(item.get("sent_at")),
        number=item.get("number", ""),
        background_id=item.get("background_id", ""),
        reason=item.get("reason", ""),
    )
