"""*send document*, first step: the document as Visma has it now is read and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Held
from ml_connector.visma.outgoing import ENTITIES
from ml_connector.visma.wire import dump_json
from ml_connector.workflow.sent_versions import last_sent

if TYPE_CHECKING:
    from ml_connector.partners.company import Company
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.raw import RawStore
    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.outgoing import OutgoingDocument, OutgoingEntity
    from ml_connector.workflow.sent_versions import DocumentStates, SentVersion


@dataclass(frozen=True, slots=True)
class Fetching:
    """What the step works with."""

    store: RawStore
    audit: AuditTrail
    visma: VismaClient
    queries: DocumentStates
    company: Company

    def entity(self, name: str) -> OutgoingEntity:
        """Return the entity with the statuses in which this company sends it."""
        return ENTITIES[name].sent_in(self.company.sent_statuses(name))


def fetch_document(given: dict[str, Any], parts: Fetching, origin: Origin) -> dict[str, Any]:
    """Return the step's input with the reference of what was read, and of what the partner knows of it.

    A change of a document that is on hold again comes back without one: there is nothing to format yet.

    Raises:
        Held: The document is gone, or is in no status any more in which it may be sent.
        Unavailable: Visma did not answer, or the version before a change is still on its way.
    """
    document = given["document"]
    # Looked up before the document is read, so that what is read is never older than what was sent.
    sent = last_sent(document["follows"], parts.queries) if document.get("follows") else None
    found = parts.entity(document["type"]).read(parts.visma, document["number"])
    if found is not None and sent is not None and not (found.ready or found.voided):
        return _skip(given, found, parts, origin)
    if found is None or not (found.ready or (sent and found.voided)):
        raise Held(
            f"{document['type']} {document['number']} is "
            f"{f'in status {found.status}' if found else 'no longer in Visma'}: it is not sent.",
            advice=f"If it is to be sent: ml-connector documents replay {document['id']} --reason ...",
        )
    content = dump_json(found.content).encode()
    ref = parts.store.put(f"fetched/{document['id']}.json", content, metadata={"document": document["id"]})
    parts.audit.record(
        document["id"],
        "fetched",
        origin=origin,
        state={"version": found.version, "fetched": ref.model_dump()},
        facts={"fetched": ref.model_dump(), "status": found.status, "modified": found.version},
    )
    return {**given, "fetched": ref.model_dump(), **_change(sent, found)}


def _change(sent: SentVersion | None, found: OutgoingDocument) -> dict[str, Any]:
    if sent is None:
        return {}
    modified = found.modified_at
    return {
        "change": {
            "of": sent.item,
            "sent": sent.content.model_dump(),
            "sequence": sent.sequence + 1,
            "cancelled": found.voided,
            "on": modified.date().isoformat() if modified else None,
        }
    }


def _skip(given: dict[str, Any], found: OutgoingDocument, parts: Fetching, origin: Origin) -> dict[str, Any]:
    """Leave a change of a document that is being worked at; the poll sees it again once it is ready."""
    parts.audit.record(
        given["document"]["id"],
        "skipped",
        origin=origin,
        state={"version": found.version, "reason": f"It is in status {found.status} and will change again."},
        facts={"status": found.status, "modified": found.version},
    )
    return given
