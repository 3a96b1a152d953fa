"""Follows mailbox messages through the audit trail until everything in them is settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ml_connector.store.audit_queries import today

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ml_connector.store.audit_queries import AuditQueries

SETTLED = frozenset(
    {
        "posted",
        "logged",
        "failed",
        "held",
        "skipped",
        "quarantined",
        "unassigned",
        "duplicate",
        "sent",
        "accepted",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a document, or an interchange that never became documents."""

    id: str
    type: str
    partner: str
    number: str
    outcome: str
    in_visma: str
    why: str
    seconds: float | None

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.outcome in SETTLED


class Follower:
    """Looks up what became of the messages that were dropped.

    Args:
        queries: The audit trail of the deployment.
        dropped: When each message was dropped, by its name.
    """

    def __init__(self, queries: AuditQueries, dropped: Mapping[str, datetime]) -> None:
        self._queries = queries
        self._dropped = dropped
        self._settled: dict[str, list[Row]] = {}

    def look(self) -> tuple[list[Row], bool]:
        """Return all rows there are by now, and whether every message is settled."""
        messages = self._messages()
        rows = [row for message in messages.values() for row in self._rows_of(message)]
        complete = len(messages) == len(self._dropped) and all(row.settled for row in rows)
        return rows, complete

    def _messages(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        items = self._queries.by_day(today(), limit=1000).items
        for item in sorted(items, key=lambda one: one["created_at"]):
            if item.get("kind") == "message" and item.get("number") in self._dropped:
                found[item["number"]] = item
        return found

    def _rows_of(self, message: dict[str, Any]) -> list[Row]:
        if message["item"] in self._settled:
            return self._settled[message["item"]]
        rows = list(self._read(message)) or [self._row(message, message)]
        if message.get("status") not in {"split", *SETTLED} and rows[-1].settled:  # more may still come
            rows.append(self._row(message, message))
        if all(row.settled for row in rows):
            self._settled[message["item"]] = rows
        return rows

    def _read(self, message: dict[str, Any]) -> Iterator[Row]:
        for interchange in self._queries.by_interchange(message["item"]).items:
            if interchange.get("status") != "split":
                yield self._row(interchange, message)
                continue
            expected = self._documents_of(interchange["item"])
            documents = self._queries.by_interchange(interchange["item"]).items
            yield from (self._row(document, message) for document in documents)
            if len(documents) < expected:
                yield self._row(interchange, message)

    def _documents_of(self, interchange: str) -> int:
        events = self._queries.events(interchange)
        return max((int(event["facts"].get("messages", 0)) for event in events), default=0)

    def _row(self, item: dict[str, Any], message: dict[str, Any]) -> Row:
        ended = datetime.fromisoformat(item["status_since"])
        done = item.get("status") in SETTLED
        return Row(
            id=item["item"],
            type=_TYPES.get(item.get("type", ""), item.get("type", "")),
            partner=item.get("partner") or item.get("sender") or "?",
            number=item.get("number", ""),
            outcome=item.get("status", ""),
            in_visma=f"{item.get('visma_entity', '')} {item.get('visma_number', '')}".strip(),
            why=_why(item),
            seconds=(ended - self._dropped[message["number"]]).total_seconds() if done else None,
        )


_TYPES = {
    "850": "850 order",
    "810": "810 invoice",
    "856": "856 despatch advice",
    "ORDERS": "ORDERS order",
    "INVOIC": "INVOIC invoice",
}


def _why(item: dict[str, Any]) -> str:
    said = item.get("reason") or item.get("note") or ""
    if item.get("error"):
        said = f"{item['error']}: {said}"
    return f"{said} {item.get('advice') or ''}".strip()
