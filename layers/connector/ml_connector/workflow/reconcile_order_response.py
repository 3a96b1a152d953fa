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
    one = _Reconciliation(order["item"], ticket, response, verdict_of(response), parts.audit, origin)
    known = parts.queries.state(ticket.id) or {}
    if not known.get("answers"):  # a replay of it must not replace what came later
        one.tell()
    one.close()


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


@dataclass(frozen=True, slots=True)
class _Reconciliation:
    """One answer to an order, and where what it means is recorded."""

    order: str
    ticket: DocumentTicket
    response: OrderResponse
    answer: ResponseType
    audit: AuditTrail
    origin: Origin

    def tell(self) -> None:
        """Record on the order what its supplier says of it."""
        actions = Counter(part.action.value for line in self.response.lines for part in line.parts)
        facts = {
            "answer": self.answer.value,
            "response": self.ticket.id,
            "type": self.ticket.type,
            "number": self.response.number,
            "actions": dict(actions),
            "lines": _lines(self.response),
        }
        state = {"answer": self.answer.value, "answered_by": self.ticket.id}
        self.audit.record(self.order, "answered", origin=self.origin, state=state, facts=facts)

    def close(self) -> None:
        """Record on the answer itself which order it is for, and whether a person has to act."""
        said = f"{self.ticket.partner} {_SAID[self.answer]} order {self.response.order_number}."
        state: dict[str, Any] = {"answers": self.order, "verdict": self.answer.value}
        if self.answer in _FOR_A_PERSON:
            close = f"ml-connector documents review {self.ticket.id} --close"
            advice = f"Change or cancel the order in Visma as agreed, then: {close}"
            state |= {"reason": said, "advice": advice}
        else:
            state |= {"note": said}
        event = "held" if self.answer in _FOR_A_PERSON else "logged"
        self.audit.record(self.ticket.id, event, origin=self.origin, state=state, facts=state)


def _lines(response: OrderResponse) -> list[dict[str, str]]:
    """The lines that come otherwise than ordered, with what their supplier says of them."""
    parted = [(line, part) for line in response.lines for part in line.parts]
    return [
        {"line": line.line_number or "", "action": part.action.value, "note": part.note or ""}
        for line, part in parted
        if part.action not in _AS_ORDERED
    ][:_MOST_LINES]
