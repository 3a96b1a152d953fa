"""A supplier's answer to an order (855, ORDRSP) is reconciled with the order that was sent.

- accepted as it is: the order says so, and the answer is logged;
- accepted with changes, or rejected: the order says so, and the answer waits for a purchaser;
- received only, or on hold: the order says so; another answer will follow;
- a later answer replaces an earlier one, as suppliers answer in steps; both stay in the order's story;
- unknown: it names no order that was sent to this partner; it is logged and says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ml_connector.documents import OrderResponse, ResponseAction, ResponseType

if TYPE_CHECKING:
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.workflow.tickets import DocumentTicket

_AS_ORDERED = frozenset({ResponseAction.ACCEPTED, ResponseAction.SHIPPED})
_FOR_A_PERSON = frozenset({ResponseType.ACCEPTED_WITH_CHANGE, ResponseType.REJECTED})
_SAID = {
    ResponseType.ACCEPTED: "accepted",
    ResponseType.ACCEPTED_WITH_CHANGE: "accepted with changes",
    ResponseType.REJECTED: "rejected",
    ResponseType.RECEIVED: "received",
    ResponseType.ON_HOLD: "put on hold",
}
_MOST_LINES = 100


class SentOrders(Protocol):
    """Finds what was sent, and what is known of it."""

    def by_number(self, number: str) -> list[dict[str, Any]]:
        """Return the current states of all items with this number, the latest first."""
        ...

    def state(self, item: str) -> dict[str, Any] | None:
        """Return the current state of an item, or None."""
        ...


@dataclass(frozen=True, slots=True)
class AnsweredOrders:
    """What the reconciliation works with."""

    audit: AuditTrail
    queries: SentOrders


def reconcile_order_response(
    ticket: DocumentTicket, response: OrderResponse, parts: AnsweredOrders, origin: Origin
) -> None:
    """Record what the answer means for the order that was sent; repeating changes nothing.

    Raises:
        Unavailable: The audit trail did not answer.
    """
    order = _answered(ticket, response, parts.queries)
    if order is None:
        note = f"No order {response.order_number} was sent to {ticket.partner}; logged for reference."
        parts.audit.record(ticket.id, "logged", origin=origin, state={"note": note}, facts={"note": note})
        return
    answer = verdict_of(response)
    known = parts.queries.state(ticket.id) or {}
    if not known.get("answers"):  # a replay of it must not replace what came later
        _tell(order["item"], ticket, response, answer, parts, origin)
    _close(order["item"], ticket, response, answer, parts, origin)


def verdict_of(response: OrderResponse) -> ResponseType:
    """Return what the answer says of the order as a whole: acceptance with a changed line is a change."""
    if response.response_type is not ResponseType.ACCEPTED:
        return response.response_type
    actions = {part.action for line in response.lines for part in line.parts}
    return ResponseType.ACCEPTED if actions <= _AS_ORDERED else ResponseType.ACCEPTED_WITH_CHANGE


def _answered(ticket: DocumentTicket, response: OrderResponse, queries: SentOrders) -> dict[str, Any] | None:
    """The order as it was sent last: a change of it has the same number and is the later one."""
    for state in queries.by_number(response.order_number):
        ours = state.get("direction") == "out" and state.get("type") == "PurchaseOrder"
        if ours and state.get("partner") == ticket.partner and state.get("control_number"):
            return state
    return None


def _tell(
    order: str,
    ticket: DocumentTicket,
    response: OrderResponse,
    answer: ResponseType,
    parts: AnsweredOrders,
    origin: Origin,
) -> None:
    actions = Counter(part.action.value for line in response.lines for part in line.parts)
    facts = {
        "answer": answer.value,
        "response": ticket.id,
        "type": ticket.type,
        "number": response.number,
        "actions": dict(actions),
        "lines": _lines(response),
    }
    state = {"answer": answer.value, "answered_by": ticket.id}
    parts.audit.record(order, "answered", origin=origin, state=state, facts=facts)


def _lines(response: OrderResponse) -> list[dict[str, str]]:
    """The lines that come otherwise than ordered, with what their supplier says of them."""
    parted = [(line, part) for line in response.lines for part in line.parts]
    return [
        {"line": line.line_number or "", "action": part.action.value, "note": part.note or ""}
        for line, part in parted
        if part.action not in _AS_ORDERED
    ][:_MOST_LINES]


def _close(
    order: str,
    ticket: DocumentTicket,
    response: OrderResponse,
    answer: ResponseType,
    parts: AnsweredOrders,
    origin: Origin,
) -> None:
    said = f"{ticket.partner} {_SAID[answer]} order {response.order_number}."
    state: dict[str, Any] = {"answers": order, "verdict": answer.value}
    if answer in _FOR_A_PERSON:
        advice = "Change or cancel the order in Visma as agreed, then: "
        state |= {"reason": said, "advice": f"{advice}ml-connector documents review {ticket.id} --close"}
    else:
        state |= {"note": said}
    event = "held" if answer in _FOR_A_PERSON else "logged"
    parts.audit.record(ticket.id, event, origin=origin, state=state, facts=state)
