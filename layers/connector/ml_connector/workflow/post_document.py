"""*process document*, last step: the mapped entity is in Visma exactly once, whatever happens in between."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Held, Misconfigured
from ml_connector.store.ledger import BusinessKey
from ml_connector.store.objects import ObjectRef
from ml_connector.visma.changing import ENTITY as CHANGE
from ml_connector.visma.changing import change_purchase_order
from ml_connector.visma.entities import entity_named
from ml_connector.visma.models.purchase_order_change import PurchaseOrderChange
from ml_connector.visma.posting import Clock, Posted, Posting, post, utc_now
from ml_connector.workflow.claiming import keep_alone
from ml_connector.workflow.finish_posting import Finish, ToFinish
from ml_connector.workflow.instructions import instructions_in, stop_if_held
from ml_connector.workflow.tickets import DocumentTicket

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.ledger import PostingLedger
    from ml_connector.store.order_claims import OrderClaims
    from ml_connector.store.raw import RawStore
    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.wire import WriteModel


_DIGITS_OF_CONTENT = 12


@dataclass(frozen=True, slots=True)
class PostingParts:
    """What the step works with; ``on_posted`` is told the id of a document that is new in Visma."""

    store: RawStore
    audit: AuditTrail
    queries: AuditQueries
    ledger: PostingLedger
    visma_of: Callable[[str], VismaClient]
    on_posted: Callable[[str], None] = lambda _document: None
    now: Clock = utc_now
    claims: OrderClaims | None = None


def post_document(given: dict[str, Any], parts: PostingParts, origin: Origin) -> dict[str, Any]:
    """Return the step's input with Visma's number of the document.

    Raises:
        Rejected: Visma refused the document, with its own words.
        Held: The same document number is in Visma with other content, or a person stopped the document.
        Unavailable: Nothing was posted, or what follows a posting is still to be done; try again.
        OutcomeUnknown: It may have been posted or released; the next try looks first.
        Misconfigured: It goes to a company that this deployment does not serve.
    """
    ticket = DocumentTicket(**given["document"])
    known = parts.queries.state(ticket.id)
    stop_if_held(known, ticket.id)
    mapped = json.loads(parts.store.get(ObjectRef(**given["mapped"])), parse_float=Decimal)
    posting = _posting(ticket, mapped)
    if instructions_in(given).released:
        posting = _beside_its_namesake(posting, parts.ledger)
    visma = parts.visma_of(posting.key.company)
    orders = tuple(mapped.get("orders") or ())
    keep_alone(parts.claims, posting, orders, parts.ledger)
    posted = _post(visma, posting, parts, owner=f"{origin.execution}#{origin.retry}")
    if parts.claims:
        parts.claims.give_back(posting.key.company, orders, ticket.id)
    edi, release = parts.store.get(ticket.bytes), bool(mapped.get("release"))
    finish = ToFinish(visma, ticket, posting.body, posted, edi=edi, release=release).run(known or {})
    parts.audit.record(
        ticket.id,
        "posted",
        origin=origin,
        state=_state(posting, posted, finish, mapped),
        numbers={"visma_number": posted.number},
        facts=_facts(posting, posted, finish, mapped),
    )
    if not posted.repeated:
        parts.on_posted(ticket.id)
    if finish.passing:
        raise finish.passing
    return {**given, "visma_number": posted.number}


def _state(posting: Posting, posted: Posted, finish: Finish, mapped: dict[str, Any]) -> dict[str, Any]:
    return {
        "visma_number": posted.number,
        "visma_entity": posted.entity,
        "company": posting.key.company,
        "note": _note(posted, finish, mapped),
        **finish.state,
    }


def _facts(posting: Posting, posted: Posted, finish: Finish, mapped: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": posted.number,
        "entity": posted.entity,
        "company": posting.key.company,
        "already_there": posted.repeated,
        "calls": posted.calls,
        "stamp": posted.stamp,
        "holds": mapped["holds"],
        **finish.facts,
    }


def _posting(ticket: DocumentTicket, mapped: dict[str, Any]) -> Posting:
    company, entity, partner, number, kind = mapped["business_key"]
    return Posting(
        key=BusinessKey(company, entity, partner, number, kind),
        document_id=ticket.id,
        content_sha256=mapped["content_sha256"],
        body=_model_of(mapped["entity"]).model_validate(mapped["body"]),
    )


def _model_of(entity: str) -> type[WriteModel]:
    return PurchaseOrderChange if entity == CHANGE else entity_named(entity).model


def _beside_its_namesake(posting: Posting, ledger: PostingLedger) -> Posting:
    """Return the posting under a key of its own if its number is in Visma with other content."""
    there = ledger.read(posting.key)
    if there is None or not there.number or there.content_sha256 == posting.content_sha256:
        return posting
    kind = f"{posting.key.kind}+{posting.content_sha256[:_DIGITS_OF_CONTENT]}"
    return replace(posting, key=replace(posting.key, kind=kind))


def _post(visma: VismaClient, posting: Posting, parts: PostingParts, *, owner: str) -> Posted:
    if posting.key.entity == CHANGE:
        return change_purchase_order(visma, posting)
    try:
        return post(visma, parts.ledger, posting, owner=owner, now=parts.now)
    except Misconfigured as error:
        if error.context.get("held"):
            raise Held(error.message, advice=error.advice, **error.context) from error
        raise


def _note(posted: Posted, finish: Finish, mapped: dict[str, Any]) -> str:
    # What was compared this time counts the document itself as invoiced, so it says nothing.
    said = "It was in Visma already." if posted.repeated else " ".join(mapped["holds"])
    return f"{said} {finish.note}".strip()
