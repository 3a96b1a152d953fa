"""One poll of Visma's changed documents: each that a partner is to get starts one execution, once.

Visma's times have no zone and a resolution nobody documents, so the watermark is always one of Visma's own
values and every poll reaches back a few minutes; what it sees again is known by number and starts nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ml_connector.store.audit import Origin
from ml_connector.visma.outgoing import ENTITIES
from ml_connector.visma.paging import VISMA_CLOCK_OVERLAP, own_clock_window
from ml_connector.workflow.gathering import start_gathered
from ml_connector.workflow.tickets import execution_name, message_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.gatherings import Gatherings
    from ml_connector.store.leases import Leases
    from ml_connector.store.watermarks import Marks
    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.outgoing import OutgoingDocument, OutgoingEntity

LEASE = "poll-visma"
# Nothing of it is read yet, so what is sent will be the newest: a change now is no change after sending.
_ANNOUNCED = "received"
_STOPPED = frozenset({"failed", "held"})
_LEASE_MARGIN = 30.0
_SPARE_SECONDS = 20.0
# No list of Visma's has smaller pages (API A5).
_ONE_PAGE = 50


@dataclass(frozen=True, slots=True)
class VismaPoll:
    """What a poll works with.

    Attributes:
        read_at_once: A list of so many documents came as one page, in one moment.
    """

    client: VismaClient
    configuration: Configuration
    leases: Leases
    marks: Marks
    audit: AuditTrail
    queries: AuditQueries
    gatherings: Gatherings
    start_sending: Callable[[str, dict[str, Any]], bool]
    remaining_seconds: Callable[[], float]
    now: Callable[[], datetime]
    read_at_once: int = _ONE_PAGE


def poll_visma(poll: VismaPoll) -> dict[str, float]:
    """Poll once and return what came of it.

    What waits to travel together leaves first: documents found now wait for the next poll.

    Returns:
        ``changed``, ``started``, ``changed_after_sending``, ``interchanges`` and ``lease_contended``.

    Raises:
        ConnectorError: Visma or a store did not answer; the next poll goes on where this one stopped.
    """
    with poll.leases.held(LEASE, poll.remaining_seconds() + _LEASE_MARGIN) as ours:
        if not ours:
            return {"lease_contended": 1.0}
        counts: Counter[str] = Counter()
        if left := start_gathered(poll.gatherings.waiting(), poll.start_sending):
            counts["interchanges"] = left
        for name in _wanted(poll.configuration):
            statuses = poll.configuration.company.sent_statuses(name)
            counts += _poll_entity(ENTITIES[name].sent_in(statuses), poll)
        return {name: float(count) for name, count in counts.items()}


def document_item(entity: str, number: str) -> str:
    """Return the audit id of a document of the ledger."""
    return message_item("visma", entity, number)


def change_item(entity: str, number: str, version: str) -> str:
    """Return the audit id of a later version of a document that was taken before."""
    return message_item("visma", entity, f"{number}@{version}")


def _wanted(configuration: Configuration) -> list[str]:
    named = {message.entity for partner in configuration.partners for message in partner.outgoing}
    return sorted(name for name in named if configuration.company.sends_entity(name))


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far polls of one entity came, and where they began; both are times of Visma's own.

    Attributes:
        at: The latest change that was seen.
        begun: The latest change there was before the first poll.
        known: What polls saw when they began, of the time they reach back to: it was there before. Anything
            else of that time came late, or in the same moment as the latest.
    """

    at: datetime
    begun: datetime
    known: frozenset[str] = frozenset()

    def is_new(self, document: OutgoingDocument) -> bool:
        """Tell whether a document changed after polls began."""
        changed = document.modified_at
        return changed is None or changed > self.begun or _version(document) not in self.known


def _version(document: OutgoingDocument) -> str:
    return f"{document.number}@{document.version}"


def _poll_entity(entity: OutgoingEntity, poll: VismaPoll) -> Counter[str]:
    counts: Counter[str] = Counter()
    mark = _read_mark(entity, poll)
    if mark is None:
        _begin(entity, poll)
        return counts
    seen, read_before = mark.at, set[str]()
    while True:
        read: set[str] = set()
        for document in entity.changed(poll.client, mark.at):
            if poll.remaining_seconds() < _SPARE_SECONDS:
                return counts  # the watermark stays, so the next poll sees all of it again
            version = _version(document)
            if version not in read | read_before and mark.is_new(document):
                counts["changed"] += 1
                counts += _take(document, poll)
            read.add(version)
            seen = max(seen, document.modified_at or seen)
        # A list of several pages may skip a document while others change; one that comes again was whole.
        if len(read) <= poll.read_at_once or read <= read_before:
            break
        read_before = read
    if seen > mark.at:
        _write_mark(entity, _Mark(seen, mark.begun, mark.known), poll)
    return counts


def _begin(entity: OutgoingEntity, poll: VismaPoll) -> None:
    """Start after what Visma holds already; that went to partners before there was a connector."""
    since = own_clock_window(poll.now().astimezone(UTC)).replace(tzinfo=None)
    there = list(entity.changed(poll.client, since))
    latest = max((one.modified_at for one in there if one.modified_at), default=since)
    reached = latest - VISMA_CLOCK_OVERLAP
    known = (_version(one) for one in there if one.modified_at and one.modified_at >= reached)
    _write_mark(entity, _Mark(latest, latest, frozenset(known)), poll)


def _read_mark(entity: OutgoingEntity, poll: VismaPoll) -> _Mark | None:
    kept = poll.marks.read(f"changed-{entity.name}")
    if not kept:
        return None
    at, begun = datetime.fromisoformat(kept["at"]), datetime.fromisoformat(kept["begun"])
    return _Mark(at, begun, frozenset(kept.get("known") or ()))


def _write_mark(entity: OutgoingEntity, mark: _Mark, poll: VismaPoll) -> None:
    times = {"at": mark.at.isoformat(), "begun": mark.begun.isoformat()}
    poll.marks.write(f"changed-{entity.name}", **times, known=sorted(mark.known))


def _take(document: OutgoingDocument, poll: VismaPoll) -> Counter[str]:
    counts = Counter[str]()
    for partner in _receivers(document, poll.configuration) if document.ready or document.voided else ():
        item = document_item(document.entity, document.number)
        known = poll.queries.state(item)
        if known is not None:
            counts += _go_on(known, document, partner, poll)
        elif document.ready:
            counts["started"] += _begin_sending(item, document, partner, poll)
    return counts


def _go_on(
    known: dict[str, Any], document: OutgoingDocument, partner: Partner, poll: VismaPoll
) -> Counter[str]:
    """Start what an interrupted poll left, and a change if the document isn't any more what was last read."""
    item, latest = known["item"], known.get("latest") or known["item"]
    state = known if latest == item else poll.queries.state(latest)
    if state is None:
        return Counter(started=_begin_sending(latest, document, partner, poll, known.get("previous", item)))
    counts = Counter(started=_start(latest, document, partner, poll, state.get("follows", "")))
    unread = state.get("status") == _ANNOUNCED and not state.get("fetched")
    if unread or state.get("version") == document.version:
        return counts
    counts["changed_after_sending"] += 1
    if state.get("status") in _STOPPED and not state.get("bytes"):
        _note_change(latest, document, poll)
        return counts
    change = change_item(document.entity, document.number, document.version)
    # The chain comes first: whatever happens now, the next poll begins this change before it looks at others.
    _record_change(item, document, poll, {"latest": change, "previous": latest})
    return counts + Counter(started=_begin_sending(change, document, partner, poll, latest))


def _begin_sending(
    item: str, document: OutgoingDocument, partner: Partner, poll: VismaPoll, follows: str = ""
) -> int:
    _announce(item, document, partner, poll, follows)
    return _start(item, document, partner, poll, follows)


def _receivers(document: OutgoingDocument, configuration: Configuration) -> Iterator[Partner]:
    for partner in configuration.partners:
        number = partner.supplier if document.party == "supplier" else partner.customer
        ours = document.partner and document.partner == number
        if ours and partner.gets(document.entity):
            yield partner
            return


def _announce(item: str, document: OutgoingDocument, partner: Partner, poll: VismaPoll, follows: str) -> None:
    state = {
        "kind": "document",
        "direction": "out",
        "type": document.entity,
        "number": document.number,
        "visma_entity": document.entity,
        "visma_number": document.number,
        "version": document.version,
        "partner": partner.id,
        **_link(follows),
    }
    poll.audit.record(
        item,
        "received",
        origin=Origin(step="poll"),
        state=state,
        numbers={"visma_number": document.number},
        facts={"status": document.status, "modified": document.version},
    )


def _note_change(item: str, document: OutgoingDocument, poll: VismaPoll) -> None:
    """Record a change of what stopped before it was formatted; a replay reads it as it is then."""
    note = f"It changed in Visma ({document.version}) after it stopped; a replay sends it as it is then."
    _record_change(item, document, poll, {"version": document.version, "note": note})


def _record_change(item: str, document: OutgoingDocument, poll: VismaPoll, state: dict[str, Any]) -> None:
    facts = {"status": document.status, "modified": document.version}
    poll.audit.record(item, "changed", origin=Origin(step="poll"), state=state, facts={**facts, **state})


def _link(follows: str) -> dict[str, str]:
    return {"follows": follows} if follows else {}


def _start(item: str, document: OutgoingDocument, partner: Partner, poll: VismaPoll, follows: str) -> int:
    name = execution_name(document.entity, partner.id, document.number, item)
    given = {
        "document": {
            "id": item,
            "direction": "out",
            "type": document.entity,
            "number": document.number,
            "partner": partner.id,
            **_link(follows),
        }
    }
    return int(poll.start_sending(name, given))
