"""*send document*, first step: the document as Visma has it now is read and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Held
from ml_connector.visma.outgoing import ENTITIES
from ml_connector.visma.wire import dump_json

if TYPE_CHECKING:
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.raw import RawStore
    from ml_connector.visma.client import VismaClient


@dataclass(frozen=True, slots=True)
class Fetching:
    """What the step works with."""

    store: RawStore
    audit: AuditTrail
    visma: VismaClient


def fetch_document(given: dict[str, Any], parts: Fetching, origin: Origin) -> dict[str, Any]:
    """Return the step's input with the reference of what was read.

    Raises:
        Held: The document is gone, or is in no status any more in which it may be sent.
        Unavailable: Visma did not answer.
    """
    document = given["document"]
    found = ENTITIES[document["type"]].read(parts.visma, document["number"])
    if found is None or not found.ready:
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
        state={"version": found.version},
        facts={"fetched": ref.model_dump(), "status": found.status, "modified": found.version},
    )
    return {**given, "fetched": ref.model_dump()}
