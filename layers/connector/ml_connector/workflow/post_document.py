"""*process document*, last step: the mapped entity is in Visma exactly once, whatever happens in between."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Held, Misconfigured
from ml_connector.store.ledger import BusinessKey
from ml_connector.store.objects import ObjectRef
from ml_connector.visma.entities import entity_named
from ml_connector.visma.posting import Posted, Posting, post
from ml_connector.workflow.tickets import DocumentTicket

if TYPE_CHECKING:
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.ledger import PostingLedger
    from ml_connector.store.raw import RawStore
    from ml_connector.visma.client import VismaClient


@dataclass(frozen=True, slots=True)
class PostingParts:
    """What the step works with."""

    store: RawStore
    audit: AuditTrail
    ledger: PostingLedger
    visma: VismaClient


def post_document(given: dict[str, Any], parts: PostingParts, origin: Origin) -> dict[str, Any]:
    """Return the step's input with Visma's number of the document.

    Raises:
        Rejected: Visma refused the document, with its own words.
        Held: The same document number is in Visma with other content.
        Unavailable: Nothing was posted; try again.
        OutcomeUnknown: It may have been posted; the next try looks first.
    """
    ticket = DocumentTicket(**given["document"])
    mapped = json.loads(parts.store.get(ObjectRef(**given["mapped"])), parse_float=Decimal)
    posted = _post(_posting(ticket, mapped), parts, owner=f"{origin.execution}#{origin.retry}")
    parts.audit.record(
        ticket.id,
        "posted",
        origin=origin,
        state={"visma_number": posted.number, "visma_entity": posted.entity, "note": _note(posted, mapped)},
        numbers={"visma_number": posted.number},
        facts={
            "number": posted.number,
            "entity": posted.entity,
            "already_there": posted.repeated,
            "calls": posted.calls,
            "stamp": posted.stamp,
            "holds": mapped["holds"],
        },
    )
    return {**given, "visma_number": posted.number}


def _posting(ticket: DocumentTicket, mapped: dict[str, Any]) -> Posting:
    company, entity, partner, number, kind = mapped["business_key"]
    return Posting(
        key=BusinessKey(company, entity, partner, number, kind),
        document_id=ticket.id,
        content_sha256=mapped["content_sha256"],
        body=entity_named(mapped["entity"]).model.model_validate(mapped["body"]),
    )


def _post(posting: Posting, parts: PostingParts, *, owner: str) -> Posted:
    try:
        return post(parts.visma, parts.ledger, posting, owner=owner)
    except Misconfigured as error:
        if error.context.get("held"):
            raise Held(error.message, advice=error.advice, **error.context) from error
        raise


def _note(posted: Posted, mapped: dict[str, Any]) -> str:
    said = "It was in Visma already." if posted.repeated else ""
    return " ".join([said, *mapped["holds"]]).strip()
