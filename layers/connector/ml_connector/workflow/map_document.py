"""*process document*, second step: a document becomes a Visma entity, every value with its reason."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ml_connector.documents import DOCUMENTS, FunctionalAcknowledgement, OrderResponse
from ml_connector.errors import Held, Rejected
from ml_connector.mapping import Disposition, MappingResult
from ml_connector.mapping import map_document as map_to_visma
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.claiming import map_alone
from ml_connector.workflow.instructions import instructions_in
from ml_connector.workflow.precedence import wait_for_predecessors
from ml_connector.workflow.reconcile_order_response import AnsweredOrders, reconcile_order_response
from ml_connector.workflow.tickets import DocumentTicket

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.mapping.lookups import Lookups
    from ml_connector.matching.model import Match
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.subject import AnyDocument
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.order_claims import OrderClaims
    from ml_connector.store.raw import RawStore
    from ml_connector.workflow.instructions import Instructions

_MOST_DECISIONS = 400  # an event's facts must fit a DynamoDB item; all decisions stand in the mapped object


@dataclass(frozen=True, slots=True)
class Mapping:
    """What the step works with; ``on_match`` is told how an invoice compared with its orders.

    Without ``claims`` nobody else matches invoices at the same time.
    """

    store: RawStore
    audit: AuditTrail
    queries: AuditQueries
    configuration: Configuration
    lookups: Lookups
    claims: OrderClaims | None = None
    on_match: Callable[[Match], None] = lambda _match: None


def map_document(given: dict[str, Any], parts: Mapping, origin: Origin) -> dict[str, Any]:
    """Return the step's input with the reference of the mapped entity, and whether to post it.

    Raises:
        Misconfigured: A supplier, unit, VAT code or account is unknown; says what to add where.
        Held: A rule or a mismatch parks the document until a person decides.
        Unavailable: Visma did not answer a look-up, the order it changes is still on its way, or another
            invoice of its order is.
    """
    ticket = DocumentTicket(**given["document"])
    told = instructions_in(given)
    document = _parsed(given, parts)
    if not told.released:
        wait_for_predecessors(ticket.id, document, parts.queries)
    document = told.document(document)
    result = _mapped(ticket, document, told, parts)
    content = _content(result, document)
    ref = parts.store.put(f"mapped/{ticket.id}.json", content, metadata={"document": ticket.id})
    # Only a corrected number is new: the one that came was recorded when the bytes were parsed.
    numbers = {"corrected_number": document.number} if told.fields else {}
    _record(ticket, result, ref, parts, origin, numbers)
    if result.disposition is Disposition.PARK and not told.released:
        advice = f"Decide, then: ml-connector documents release {ticket.id} --reason ..."
        raise Held(" ".join(result.holds), advice=advice)
    post = result.body is not None and result.disposition is not Disposition.NONE
    if isinstance(document, OrderResponse):
        reconcile_order_response(ticket, document, AnsweredOrders(parts.audit, parts.queries), origin)
    elif not post:
        _log(ticket, parts, origin)
    return {**given, "mapped": ref.model_dump(), "post": post}


def _parsed(given: dict[str, Any], parts: Mapping) -> AnyDocument:
    document = DOCUMENTS.validate_json(parts.store.get(ObjectRef(**given["parsed"])))
    if isinstance(document, FunctionalAcknowledgement):
        raise Rejected("An acknowledgement becomes no Visma entity.", advice="It answers what was sent.")
    return document


def _mapped(
    ticket: DocumentTicket, document: AnyDocument, told: Instructions, parts: Mapping
) -> MappingResult:
    partner = told.partner(parts.configuration.partner(ticket.partner), document.document_type)
    map_once = partial(
        map_to_visma,
        document,
        partner,
        parts.configuration,
        parts.lookups,
        document_id=ticket.id,
        company=told.company,
    )
    return map_alone(map_once, parts.claims, ticket.id)


def _content(result: MappingResult, document: AnyDocument) -> bytes:
    # Where it came from is no part of what it says: the same invoice sent again has other control numbers.
    said = document.model_dump_json(exclude={"source"}).encode()
    mapped = {
        "content_sha256": hashlib.sha256(said).hexdigest(),
        "entity": result.entity,
        "company": result.company,
        "business_key": result.business_key,
        "disposition": result.disposition.value,
        "configuration_version": result.configuration_version,
        "body": result.body.model_dump(mode="json", exclude_none=True) if result.body else None,
        "holds": list(result.holds),
        "release": result.release,
        "orders": list(result.linked_orders),
        "decisions": result.explanation(),
    }
    return json.dumps(mapped, ensure_ascii=False, indent=1).encode()


def _record(
    ticket: DocumentTicket,
    result: MappingResult,
    ref: ObjectRef,
    parts: Mapping,
    origin: Origin,
    numbers: dict[str, str],
) -> None:
    event = "mapped" if result.match is None else "matched"
    facts: dict[str, object] = {
        "entity": result.entity,
        "company": result.company,
        "configuration_version": result.configuration_version,
        "mapped": ref.model_dump(),
        "holds": list(result.holds),
        "decisions": result.explanation()[:_MOST_DECISIONS],
    }
    if result.match is not None:
        facts["match"] = result.match.as_dict()
        parts.on_match(result.match)
    state = {
        "entity": result.entity,
        "company": result.company,
        "configuration_version": result.configuration_version,
    }
    parts.audit.record(ticket.id, event, origin=origin, state=state, numbers=numbers, facts=facts)


def _log(ticket: DocumentTicket, parts: Mapping, origin: Origin) -> None:
    note = "Logged for reference; it changes nothing in Visma."
    parts.audit.record(ticket.id, "logged", origin=origin, state={"note": note})
