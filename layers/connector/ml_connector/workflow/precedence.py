"""What must be in Visma before a document: an order before its change, one change before the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.errors import Held, Unavailable
from ml_connector.workflow.failure import failed_in_passing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.partners.subject import AnyDocument
    from ml_connector.store.audit_queries import AuditQueries

_FOLLOWING = "order_change"
_BEFORE = frozenset({"order", "order_change"})
_ON_ITS_WAY = frozenset({"received", "processing", "waiting"})
_STOPPED = frozenset({"failed", "held"})
_LOOK_AGAIN_SECONDS = 30.0


def wait_for_predecessors(item: str, document: AnyDocument, queries: AuditQueries) -> None:
    """Let a document pass unless one it follows has not reached Visma; only order changes follow others.

    Raises:
        Unavailable: One that came before it is still on its way, or failed in an outage; after one they may
            start together.
        Held: One that came before it was stopped for another reason, so a person decides in which order they
            go on.
    """
    if document.document_type != _FOLLOWING or (own := queries.state(item)) is None:
        return
    number = document.number
    earlier = [state for state in queries.by_number(number) if _precedes(state, own)]
    if stopped := next((state for state in earlier if _stopped(state)), None):
        raise Held(
            f"It changes order {number}, of which {stopped['item']} came before and is {stopped['status']}.",
            advice=f"Mend {stopped['item']} first; then: ml-connector documents release {own['item']} "
            "--reason ...",
        )
    if waited := next((state for state in earlier if is_on_its_way(state) or failed_in_passing(state)), None):
        raise Unavailable(
            f"It changes order {number}, of which {waited['item']} came before and is not in Visma yet.",
            retry_after=_LOOK_AGAIN_SECONDS,
            advice="Nothing: it goes on by itself.",
        )


def is_on_its_way(state: Mapping[str, Any] | None) -> bool:
    """Tell whether a document, by its state in the audit trail, is still being processed."""
    return (state or {}).get("status") in _ON_ITS_WAY


def _stopped(state: Mapping[str, Any]) -> bool:
    return state.get("status") in _STOPPED and not failed_in_passing(state)


def _precedes(state: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    same = all(state.get(name) == own.get(name) for name in ("kind", "direction", "partner"))
    return same and _is_order(state) and state["item"] != own["item"] and _began(state) < _began(own)


def _is_order(state: Mapping[str, Any]) -> bool:
    # What was not parsed yet does not say what it is, but stands under its number already.
    return state.get("document_type", "order") in _BEFORE


def _began(state: Mapping[str, Any]) -> tuple[str, str]:
    return str(state.get("created_at", "")), str(state["item"])
