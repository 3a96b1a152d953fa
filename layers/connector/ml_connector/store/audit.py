"""The audit trail: append-only events of every message, interchange and document, beside its current state.

One DynamoDB table holds, under ``pk = ITEM#<id>``:

- ``EVT#<when>#<token>``: one event, written once and never changed;
- ``META``: the current state, moved only forward in time;
- ``NUM#<kind>#<value>``: one row per business number, found through the index ``by-number``;

and, under ``pk = DAY#<date>``, how often each event happened to each partner, in several rows that add up:
on a single one the writes of many documents at once would refuse each other.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zlib import crc32

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field

from ml_connector import __version__
from ml_connector.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

# What an event makes of its item's status; an event without a row leaves the status as it was.
STATUS_AFTER = {
    "received": "received",
    "unassigned": "unassigned",
    "quarantined": "quarantined",
    "duplicate": "duplicate",
    "split": "split",
    "settled": "split",
    "validated": "processing",
    "parsed": "processing",
    "mapped": "processing",
    "matched": "processing",
    "formatted": "processing",
    "gathered": "waiting",
    "composed": "processing",
    "travelled": "logged",
    "delayed": "waiting",
    "posted": "posted",
    "logged": "logged",
    "reconciled": "logged",
    "sent": "sent",
    "skipped": "skipped",
    "failed": "failed",
    "held": "held",
    "replayed": "processing",
    "rerouted": "processing",
    "released": "processing",
    "closed": "closed",
    "accepted": "accepted",
    "rejected": "rejected",
    "overdue": "overdue",
}
# Somebody or something still has to act on an item in one of these; only they stand in the sparse index.
OPEN_STATUSES = frozenset(
    {
        "received",
        "processing",
        "waiting",
        "failed",
        "held",
        "quarantined",
        "unassigned",
        "rejected",
        "overdue",
    }
)
# Transactions on the same row refuse each other (DynamoDB API TransactWriteItems, TransactionConflict).
_COUNTERS = 16
# The state counts its events in the transaction that appends them, so that a missing one shows.
_COUNTING = "ADD event_count :one"
_MAX_FACTS = 200_000  # bytes; a DynamoDB item holds 400 KB


class Origin(BaseModel):
    """Where an event comes from: an execution's visit to one of its states, a poll, or a person.

    A repeated invocation of the same visit has the same origin and therefore records the same events,
    which is what makes :meth:`AuditTrail.record` idempotent.
    """

    model_config = ConfigDict(frozen=True)

    step: str
    execution: str = ""
    entered_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    started_at: datetime | None = None
    retry: int = 0
    redrive: int = 0
    actor: str = ""

    @property
    def of_execution(self) -> Origin:
        """The same origin for all visits and retries of one step in one execution.

        What a step records so, it records once however many visits it takes.
        """
        return self.model_copy(update={"entered_at": self.started_at or self.entered_at, "retry": 0})

    @property
    def token(self) -> str:
        """What tells this visit's events from every other visit's."""
        return (
            f"{self.entered_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}#{self.step}#{self.redrive}.{self.retry}"
        )


class AuditTrail:
    """Writes the audit trail.

    Args:
        dynamodb: A boto3 DynamoDB client.
        table: The name of the audit table.
        kept_days: Days after which DynamoDB removes what is written; an item's state stays as long as its
            latest event. 0 keeps it for ever.
        configuration_version: Returns the version of the customer's configuration that is gone by; empty
            where a step goes by none.
        clock: Returns the present moment, aware.
    """

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        *,
        kept_days: int = 0,
        configuration_version: Callable[[], str] = lambda: "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._kept = timedelta(days=kept_days)
        self._configuration_version = configuration_version
        self._clock = clock
        self._serialize = TypeSerializer().serialize

    def record(  # noqa: PLR0913 - an event has that many sides, all but two by name
        self,
        item: str,
        event: str,
        *,
        origin: Origin,
        state: Mapping[str, object] | None = None,
        numbers: Mapping[str, str] | None = None,
        facts: Mapping[str, object] | None = None,
        first: bool = False,
        at: datetime | None = None,
    ) -> bool:
        """Append one event and move the item's current state; return False if it stood there already.

        Args:
            item: The id of a message, interchange or document.
            event: One word of :data:`STATUS_AFTER` or another that leaves the status alone.
            origin: Who or what the event comes from.
            state: Fields of the current state to set (``partner``, ``type``, ``number``, ``reason`` ...).
            numbers: Business numbers to find the item by, by their kind.
            facts: What a person will want to know of this event, as plain JSON values.
            first: The event begins the item's story: it moves the state of none that has one already, save
                one that could not be read before, whose bytes it brings.
            at: When it happened, if not now; what was recorded of later moments stands.

        Raises:
            Unavailable: DynamoDB did not take the write.
        """
        now = at or self._clock()
        changes = _state_after(event, now, dict(state or {}))
        writes = [
            self._put_event(item, event, now, origin, facts or {}),
            self._update_state(item, now, changes, first=first),
            self._count(item, now, str(changes.get("partner") or "-"), event),
            *(self._put_number(item, now, kind, value) for kind, value in (numbers or {}).items() if value),
        ]
        return self._write(writes)

    def _write(self, writes: list[dict[str, Any]]) -> bool:
        try:
            self._dynamodb.transact_write_items(TransactItems=writes)  # type: ignore[arg-type] # built as plain dicts
        except ClientError as error:
            failed = _failed_conditions(error)
            if 0 in failed:
                return False
            if failed == {1}:  # a later event has moved the state on: the event alone is still appended
                return self._write([writes[0], _count_only(writes[1]), *writes[2:]])
            raise Unavailable(
                f"DynamoDB did not take an audit event: {error.response['Error']['Code']}."
            ) from error
        return True

    def _put_event(
        self, item: str, event: str, now: datetime, origin: Origin, facts: Mapping[str, object]
    ) -> dict[str, Any]:
        row = {
            "pk": f"ITEM#{item}",
            "sk": f"EVT#{origin.token}#{event}",
            "event": event,
            "at": _stamp(now),
            "step": origin.step,
            "execution": origin.execution,
            "actor": origin.actor,
            "configuration_version": self._configuration_version(),
            "code_version": __version__,
            "facts": _trim(facts),
            **self._expiry(now),
        }
        return {
            "Put": {
                "TableName": self._table,
                "Item": self._row(row),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }

    def _update_state(
        self, item: str, now: datetime, changes: dict[str, object], *, first: bool
    ) -> dict[str, Any]:
        # Index keys must not be empty, so an empty value is no value.
        removed = [name for name, value in changes.items() if value in (None, "")]
        kept = {name: value for name, value in changes.items() if name not in removed}
        kept |= {"item": item, **self._expiry(now)}
        names = {f"#{i}": name for i, name in enumerate([*kept, *removed])}
        sets = ", ".join(f"#{i} = :{i}" for i in range(len(kept)))
        removes = ", ".join(f"#{i}" for i in range(len(kept), len(names)))
        values = self._row({f":{i}": value for i, value in enumerate(kept.values())})
        stamp, day = _stamp(now), f"{now:%Y-%m-%d}"
        return {
            "Update": {
                "TableName": self._table,
                "Key": self._row({"pk": f"ITEM#{item}", "sk": "META"}),
                "UpdateExpression": f"SET {sets}, updated_at = :at, "
                "created_at = if_not_exists(created_at, :at), created_day = if_not_exists(created_day, :day)"
                + (f" REMOVE {removes}" if removes else "")
                + f" {_COUNTING}",
                "ConditionExpression": "attribute_not_exists(updated_at) OR "
                + (_whose_bytes_are_new(names) if first else "updated_at <= :at"),
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": values | self._row({":at": stamp, ":day": day, ":one": 1}),
            }
        }

    def _put_number(self, item: str, now: datetime, kind: str, value: str) -> dict[str, Any]:
        row = {
            "pk": f"ITEM#{item}",
            "sk": f"NUM#{kind}#{value}",
            "business_number": searchable_number(value),
            "number_kind": kind,
            "item": item,
            "at": _stamp(now),
            **self._expiry(now),
        }
        return {"Put": {"TableName": self._table, "Item": self._row(row)}}

    def _count(self, item: str, now: datetime, partner: str, event: str) -> dict[str, Any]:
        part = crc32(item.encode()) % _COUNTERS
        return {
            "Update": {
                "TableName": self._table,
                "Key": self._row({"pk": f"DAY#{now:%Y-%m-%d}", "sk": f"{partner}#{event}#{part}"}),
                "UpdateExpression": "ADD happened :one",
                "ExpressionAttributeValues": self._row({":one": 1}),
            }
        }

    def _expiry(self, now: datetime) -> dict[str, int]:
        """The attribute of DynamoDB's time to live, in seconds since 1970; none where nothing expires."""
        return {"expires_at": int((now + self._kept).timestamp())} if self._kept else {}

    def _row(self, values: Mapping[str, object]) -> dict[str, Any]:
        return {name: self._serialize(_storable(value)) for name, value in values.items()}


def searchable_number(number: str) -> str:
    """Return a business number as people search for it: upper case, without spaces."""
    return "".join(number.upper().split())


def _state_after(event: str, now: datetime, changes: dict[str, object]) -> dict[str, object]:
    status = STATUS_AFTER.get(event)
    if status is None:
        return {"last_event": event} | changes
    opened = {"open_status": status if status in OPEN_STATUSES else None}
    mended = {} if status in OPEN_STATUSES else {"reason": None, "advice": None, "error": None}
    return {"last_event": event, "status": status, "status_since": _stamp(now)} | opened | mended | changes


def _whose_bytes_are_new(names: Mapping[str, str]) -> str:
    """The condition under which an event that begins a story moves a state that is there."""
    alias = next((alias for alias, name in names.items() if name == "bytes"), "")
    return f"attribute_not_exists({alias})" if alias else "attribute_not_exists(updated_at)"


def _count_only(update: Mapping[str, Any]) -> dict[str, Any]:
    """The write of an item's state, reduced to counting the event."""
    given = update["Update"]
    return {
        "Update": {
            "TableName": given["TableName"],
            "Key": given["Key"],
            "UpdateExpression": _COUNTING,
            "ExpressionAttributeValues": {":one": given["ExpressionAttributeValues"][":one"]},
        }
    }


def _failed_conditions(error: ClientError) -> set[int]:
    reasons = error.response.get("CancellationReasons", [])
    return {i for i, reason in enumerate(reasons) if reason.get("Code") == "ConditionalCheckFailed"}


def _trim(facts: Mapping[str, object]) -> dict[str, object]:
    kept: dict[str, object] = {}
    room = _MAX_FACTS
    for name, value in facts.items():
        room -= len(str(value).encode())
        if room < 0:
            return kept | {"cut": f"facts from {name!r} on were left out: more than {_MAX_FACTS} bytes"}
        kept[name] = value
    return kept


def _storable(value: object) -> object:
    """The value as plain JSON with decimals, which is all that DynamoDB takes."""
    return json.loads(json.dumps(value, default=str), parse_float=Decimal)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
