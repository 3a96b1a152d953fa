"""Proves that the stored bytes, the audit trail and both systems agree for a period."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from ml_connector.workflow.faults import Fault, FaultKind, Report
from ml_connector.workflow.find_documents import Search, days_between, find_all
from ml_connector.workflow.tickets import message_item
from ml_connector.workflow.verify_objects import check_objects, references_in
from ml_connector.workflow.verify_sending import Period, check_sending, sent_in
from ml_connector.workflow.verify_stories import check_story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ml_connector.sterling.messages import MailboxMessage
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.raw import RawStore
    from ml_connector.visma.stamped import StampedDocument
    from ml_connector.workflow.verify_sending import SentMailboxes, SentMessage

_ENTITIES = frozenset({"PurchaseOrder", "SupplierInvoice", "SalesOrder"})
# Company, entity and number of a document in Visma.
_InVisma = tuple[str, str, str]
# Most of the time goes into waiting for S3 and DynamoDB.
_AT_A_TIME = 8
# A message may be kept before midnight and recorded after it.
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Verifying:
    """What a verification works with.

    Attributes:
        in_visma: Yields Visma's documents with our stamp since a moment; None if Visma is left out.
        in_mailboxes: Returns the messages Sterling lists that we want; None if Sterling is left out.
        sent_mailboxes: Where Sterling has what we sent; None if it is left out.
        grace: How long something may be under way before it counts as lost.
    """

    queries: AuditQueries
    store: RawStore
    in_visma: Callable[[datetime], Iterable[StampedDocument]] | None = None
    in_mailboxes: Callable[[], Iterable[MailboxMessage]] | None = None
    sent_mailboxes: SentMailboxes | None = None
    grace: timedelta = timedelta(hours=24)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def verify_audit(since: datetime, until: datetime, parts: Verifying) -> Report:
    """Return what was looked at and every fault among what was first seen in the period.

    Raises:
        Unavailable: A store or a system did not answer, so nothing is proved.
        Rejected: The period is longer than a year.
    """
    report = Report()
    posted: dict[_InVisma, str] = {}
    sent: list[SentMessage] = []
    for found in _checked(find_all(parts.queries, Search(kind="", since=since, until=until)), parts):
        found.enter(report)
        sent += sent_in(found.item["item"], found.events)
        if found.posted:
            posted[_place_of(found.item)] = found.item["item"]
    report.faults += _unrecorded_objects(since, until, parts, report)
    if parts.in_visma:
        report.faults += _against_visma(parts.in_visma(since), posted, parts.queries, report)
    if parts.in_mailboxes:
        report.faults += _against_mailboxes(since, until, parts, report)
    if parts.sent_mailboxes:
        period = Period(since, min(until, parts.now() - parts.grace), parts.now())
        report.faults += check_sending(sent, parts.sent_mailboxes, parts.queries, period, report)
    return report


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found of one item."""

    item: dict[str, Any]
    events: list[dict[str, Any]]
    objects: int
    faults: list[Fault]

    @property
    def posted(self) -> bool:
        """Whether it was posted now; one found there already may be older than what Visma is asked for."""
        now = any(e["event"] == "posted" and not e["facts"].get("already_there") for e in self.events)
        return now and bool(self.item.get("visma_number"))

    def enter(self, report: Report) -> None:
        """Enter it into the report."""
        report.faults += self.faults
        report.count(f"{self.item.get('kind', 'item')}s")
        report.count("events", len(self.events))
        report.count("objects", self.objects)


def _checked(items: Iterable[dict[str, Any]], parts: Verifying) -> Iterator[_Checked]:
    """Yield what is found of each item, several looked at together."""
    waiting = iter(items)
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        while batch := list(islice(waiting, _AT_A_TIME * 4)):
            yield from pool.map(lambda item: _check_item(item, parts), batch)


def _check_item(item: dict[str, Any], parts: Verifying) -> _Checked:
    events = parts.queries.events(item["item"])
    settled_by = f"{parts.now() - parts.grace:%Y-%m-%dT%H:%M:%S.%fZ}"
    references = set(references_in([item, *events]))
    faults = [
        *check_story(item, events, parts.queries, settled_by=settled_by),
        *check_objects(item["item"], references, parts.store),
    ]
    return _Checked(item, events, len(references), faults)


def _unrecorded_objects(
    since: datetime, until: datetime, parts: Verifying, report: Report
) -> Iterator[Fault]:
    """Yield messages whose bytes were kept in the period and of which nothing is recorded."""
    recorded = {
        item["bytes"]["key"]
        for day in days_between(since - _MARGIN, until + _MARGIN)
        for item in find_all(parts.queries, _whole_day(day))
        if item.get("bytes")
    }
    for key, written in parts.store.keys("raw/"):
        if since <= written <= min(until, parts.now() - parts.grace):
            report.count("raw_objects")
            if key not in recorded:
                yield Fault(
                    FaultKind.UNRECORDED_OBJECT,
                    key,
                    f"{key} was kept at {written:%Y-%m-%d %H:%M} and has no record.",
                )


def _whole_day(day: str) -> Search:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return Search(kind="message", since=start, until=start + timedelta(days=1, microseconds=-1))


def _against_visma(
    stamped: Iterable[StampedDocument],
    posted: dict[_InVisma, str],
    queries: AuditQueries,
    report: Report,
) -> Iterator[Fault]:
    seen: set[_InVisma] = set()
    for document in stamped:
        report.count("visma_documents")
        place = (document.company, document.entity, document.number)
        seen.add(place)
        if place not in posted and not any(map(place.__eq__, _recorded(document.number, queries))):
            what = f"{document.entity} {document.number} carries our stamp {document.stamp} without a record."
            yield Fault(FaultKind.UNRECORDED_IN_VISMA, document.number, what)
    for place, item in posted.items():
        _, entity, number = place
        if entity in _ENTITIES and place not in seen:
            what = f"It was posted as {entity} {number}, which Visma does not list with our stamp."
            yield Fault(FaultKind.NOT_IN_VISMA, item, what)


def _recorded(number: str, queries: AuditQueries) -> Iterator[_InVisma]:
    return map(_place_of, queries.by_number(number))


def _place_of(state: dict[str, Any]) -> _InVisma:
    return state.get("company", ""), state.get("visma_entity", ""), state.get("visma_number", "")


def _against_mailboxes(since: datetime, until: datetime, parts: Verifying, report: Report) -> Iterator[Fault]:
    if parts.in_mailboxes is None:
        return
    latest = min(until, parts.now() - parts.grace)
    for message in parts.in_mailboxes():
        if message.arrived_at is None or not since <= message.arrived_at <= latest or not message.mailbox:
            continue
        report.count("sterling_messages")
        if parts.queries.state(message_item("sterling", message.mailbox, message.key)) is None:
            where = f"{message.mailbox}/{message.name}"
            what = f"{where} (message {message.message_id}) arrived at {message.arrived_at:%Y-%m-%d %H:%M}."
            yield Fault(FaultKind.UNRECORDED_MESSAGE, message.message_id, f"Nothing is recorded of {what}")
