"""Starting a document again from its stored bytes: after a rule, a code or a partner file was mended."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Rejected
from ml_connector.store.audit import Origin
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.tickets import DocumentTicket, execution_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.audit_queries import AuditQueries

_MOST_ATTEMPTS = 1000


@dataclass(frozen=True, slots=True)
class Replaying:
    """What a replay works with."""

    queries: AuditQueries
    audit: AuditTrail
    start_document: Callable[[str, dict[str, Any]], bool]


def replay_document(document: str, parts: Replaying, *, reason: str, actor: str = "") -> dict[str, Any]:
    """Start a new execution of a document and return ``{document, execution, attempt}``.

    A document that is in Visma already is found there by the posting ledger and not posted again.

    Raises:
        Rejected: Nobody knows the document, or it is no document that can be replayed.
    """
    ticket = _ticket(document, parts)
    origin = Origin(step="replay", actor=actor or getpass.getuser())
    parts.audit.record(document, "replayed", origin=origin, facts={"reason": reason})
    for attempt in range(1, _MOST_ATTEMPTS):
        name = execution_name(ticket.type, ticket.partner, ticket.number, document, attempt=attempt)
        if parts.start_document(name, {"document": ticket.model_dump()}):
            return {"document": document, "execution": name, "attempt": attempt}
    raise Rejected(f"{document} was replayed {_MOST_ATTEMPTS} times.", advice="Look for what starts it.")


def _ticket(document: str, parts: Replaying) -> DocumentTicket:
    state = parts.queries.state(document)
    if state is None:
        raise Rejected(
            f"There is no document {document!r}.", advice="Look it up with: ml-connector documents list"
        )
    if state.get("kind") != "document" or state.get("direction") != "in":
        raise Rejected(f"{document} is no document that came in.", advice="Give a document's id.")
    return DocumentTicket(
        id=document,
        direction="in",
        standard=state["standard"],
        type=state["type"],
        number=state.get("number", ""),
        partner=state["partner"],
        control_number=state.get("control_number", ""),
        parent=state.get("parent", ""),
        bytes=ObjectRef(**{**state["bytes"], "size": int(state["bytes"]["size"])}),
    )
