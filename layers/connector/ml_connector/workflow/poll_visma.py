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
from ml_connector.visma.paging import own_clock_window
from ml_connector.workflow.tickets import execution_name, message_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.leases import Leases
    from ml_connector.store.watermarks import Marks
    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.outgoing import OutgoingDocument, OutgoingEntity

LEASE = "poll-visma"
# Nothing of it is read yet, so what is sent will be the newest: a change now is no change after sending.
_ANNOUNCED = "received"
_LEASE_MARGIN = 30.0
_SPARE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class VismaPoll:
    """What a poll works with."""

    client: VismaClient
    configuration: Configuration
    leases: Leases
    marks: Marks
    audit: AuditTrail
    queries: AuditQueries
    start_sending: Callable[[str, dict[str, Any]], bool]
    remaining_seconds: Callable[[], float]
    now: Callable[[], datetime]


def poll_visma(poll: VismaPoll) -> dict[str, float]:
    """Poll once and return ``changed``, ``started``, ``changed_after_sending`` and ``lease_contended``.

    Raises:
        ConnectorError: Visma or a store did not answer; the next poll goes on where this one stopped.
    """
    with poll.leases.held(LEASE, poll.remaining_seconds() + _LEASE_MARGIN) as ours:
        if not ours:
            return {"lease_contended": 1.0}
        counts: Counter[str] = Counter()
        for name in _wanted(poll.configuration):
            counts += _poll_entity(ENTITIES[name], poll)
        return {name: float(count) for name, count in counts.items()}


def document_item(entity: str, number: str) -> str:
    """Return the audit id of a document of the ledger."""
    return message_item("visma", entity, number)


def _wanted(configuration: Configuration) -> list[str]:
    named = {message.entity for partner in configuration.partners for message in partner.outgoing}
    return sorted(named)


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far polls of one entity came, and where they began; both are times of Visma's own."""

    at: datetime
    begun: datetime


def _poll_entity(entity: OutgoingEntity, poll: VismaPoll) -> Counter[str]:
    counts: Counter[str] = Counter()
    mark = _read_mark(entity, poll)
    if mark is None:
        _begin(entity, poll)
        return counts
    seen = mark.at
    for document in entity.changed(poll.client, mark.at):
        if poll.remaining_seconds() < _SPARE_SECONDS:
            return counts  # the watermark stays, so the next poll sees all of it again
        if document.modified_at is None or document.modified_at > mark.begun:
            counts["changed"] += 1
            counts += _take(document, poll)
        seen = max(seen, document.modified_at or seen)
    if seen > mark.at:
        _write_mark(entity, _Mark(seen, mark.begun), poll)
    return counts


def _begin(entity: OutgoingEntity, poll: VismaPoll) -> None:
    """Start after what Visma holds already; that went to partners before there was a connector."""
    since = own_clock_window(poll.now().astimezone(UTC)).replace(tzinfo=None)
    times = [document.modified_at for document in entity.changed(poll.client, since)]
    latest = max((time for time in times if time), default=since)
    _write_mark(entity, _Mark(latest, latest), poll)


def _read_mark(entity: OutgoingEntity, poll: VismaPoll) -> _Mark | None:
    kept = poll.marks.read(f"changed-{entity.name}")
    if not kept:
        return None
    return _Mark(datetime.fromisoformat(kept["at"]), datetime.fromisoformat(kept["begun"]))


def _write_mark(entity: OutgoingEntity, mark: _Mark, poll: VismaPoll) -> None:
    poll.marks.write(f"changed-{entity.name}", at=mark.at.isoformat(), begun=mark.begun.isoformat())


def _take(document: OutgoingDocument, poll: VismaPoll) -> Counter[str]:
    started = Counter[str]()
    for partner in _receivers(document, poll.configuration) if document.ready else ():
        item = document_item(document.entity, document.number)
        known = poll.queries.state(item)
        if known is None:
            _announce(item, document, partner, poll)
        elif known.get("version") != document.version and known.get("status") != _ANNOUNCED:
            _note_change(item, document, poll)
            started["changed_after_sending"] += 1
            continue
        started["started"] += _start(item, document, partner, poll)
    return started


def _receivers(document: OutgoingDocument, configuration: Configuration) -> Iterator[Partner]:
    for partner in configuration.partners:
        number = partner.supplier if document.party == "supplier" else partner.customer
        ours = document.partner and document.partner == number
        if ours and partner.gets(document.entity):
            yield partner
            return


def _announce(item: str, document: OutgoingDocument, partner: Partner, poll: VismaPoll) -> None:
    state = {
        "kind": "document",
        "direction": "out",
        "type": document.entity,
        "number": document.number,
        "visma_entity": document.entity,
        "visma_number": document.number,
        "version": document.version,
        "partner": partner.id,
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
    """Record that the document changed after it was taken; a person decides what the partner gets."""
    note = f"It changed in Visma ({document.version}) after it was taken to be sent; that was not sent."
    poll.audit.record(
        item,
        "changed",
        origin=Origin(step="poll"),
        state={"version": document.version, "note": note},
        facts={"status": document.status, "modified": document.version},
    )


def _start(item: str, document: OutgoingDocument, partner: Partner, poll: VismaPoll) -> int:
    name = execution_name(document.entity, partner.id, document.number, item)
    given = {
        "document": {
            "id": item,
            "direction": "out",
            "type": document.entity,
            "number": document.number,
            "partner": partner.id,
        }
    }
    return int(poll.start_sending(name, given))
