"""An acknowledgement that comes back is reconciled, by control number, with the documents it answers.

Documents that travelled in one interchange have each the verdict on its own message.

- accepted or rejected: the document's status says so, with what its receiver found;
- late: an overdue document is overdue no more;
- duplicate: it says again what is known; only itself is recorded as such;
- contradictory: a rejection counts, whenever it comes; an acceptance after it waits for a person;
- unknown: it names nothing that was sent to this partner, and waits for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ml_connector.workflow.acknowledgement_answers import AnswerVerdict, plain_number, read_answer

if TYPE_CHECKING:
    from ml_connector.edi import Message
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.workflow.acknowledgement_answers import Answer
    from ml_connector.workflow.tickets import DocumentTicket


class SentDocuments(Protocol):
    """Finds documents by the numbers they carry."""

    def by_number(self, number: str) -> list[dict[str, Any]]:
        """Return the current states of all items with this number, the latest first."""
        ...


@dataclass(frozen=True, slots=True)
class Reconciling:
    """What a reconciliation works with."""

    audit: AuditTrail
    queries: SentDocuments


_EVENTS = {
    AnswerVerdict.ARRIVED: "arrived",
    AnswerVerdict.ACCEPTED: "accepted",
    AnswerVerdict.ACCEPTED_WITH_ERRORS: "accepted",
    AnswerVerdict.REJECTED: "rejected",
}
_MEND = "Its story shows the findings; mend the partner file or the document in Visma and replay it."


def reconcile_acknowledgement(
    ticket: DocumentTicket, message: Message, parts: Reconciling, origin: Origin
) -> None:
    """Record what the acknowledgement means for what was sent; repeating changes nothing.

    Raises:
        Unavailable: The audit trail did not answer.
    """
    one = _Reconciliation(ticket, parts, origin)
    answer = read_answer(message)
    if answer is None:
        one.hold(f"This {ticket.type} names no control number, or gives no verdict.")
        return
    documents = _answered(ticket, answer, parts.queries)
    if documents:
        one.apply(documents, answer)
    else:
        one.hold(_unknown(ticket, answer))


def _answered(ticket: DocumentTicket, answer: Answer, queries: SentDocuments) -> list[dict[str, Any]]:
    """The documents the answer is for: by our control number, else by the number of its own it names."""
    found = [state for state in queries.by_number(answer.number) if answer.number and _sent_to(ticket, state)]
    for name in answer.numbered:
        numbered = [state for state in found if _carries(state, name, answer.number)]
        if numbered:
            return _together(numbered)
    for number in answer.documents:
        found = [state for state in queries.by_number(number) if _sent_to(ticket, state)]
        if len(found) == 1:  # an order and its change have the same number: then a person has to tell
            return found
    return []


def _carries(state: dict[str, Any], name: str, number: str) -> bool:
    return plain_number(str(state.get(name) or "")) == number


def _together(states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The latest, and what travelled with it: after numbers began anew, others have the same one."""
    latest = states[0]
    parent = latest.get("parent")
    return [state for state in states if state.get("parent") == parent] if parent else [latest]


def _unknown(ticket: DocumentTicket, answer: Answer) -> str:
    if not answer.documents:
        return f"Nothing with control number {answer.number} was sent to {ticket.partner}."
    return f"No document, or more than one, with number {answer.documents[0]} was sent to {ticket.partner}."


def _sent_to(ticket: DocumentTicket, state: dict[str, Any]) -> bool:
    # An interchange of several documents is not answered, they are.
    ours = state.get("direction") == "out" and not state.get("gathering")
    ours = ours and state.get("standard") == ticket.standard
    return ours and state.get("partner") == ticket.partner


@dataclass(frozen=True, slots=True)
class _Reconciliation:
    """One acknowledgement, and where what it means is recorded."""

    ticket: DocumentTicket
    parts: Reconciling
    origin: Origin

    def apply(self, documents: list[dict[str, Any]], answer: Answer) -> None:
        """Record what the answer makes of the documents, by what is known of them already."""
        single = len(documents) == 1
        said = {
            document["item"]: self._apply(
                document, answer if single else answer.of_message(str(document.get("message_number") or ""))
            )
            for document in documents
        }
        contradicted = [item for item, event in said.items() if event == "contradicted"]
        if contradicted:
            self.hold(f"It says {answer.verdict.value}; {', '.join(contradicted)} was rejected before.")
            return
        news = [event for event in said.values() if event != "duplicate"]
        answered = documents[0]["item"] if single else documents[0]["parent"]
        self.close("reconciled" if news else "duplicate", answered, answer)

    def _apply(self, document: dict[str, Any], answer: Answer) -> str:
        """Record what the answer makes of one document; return what kind of answer it is to it."""
        before = document.get("acknowledgement")
        if document.get("acknowledged_by") == self.ticket.id:
            return "reconciled"
        if before and (before == answer.verdict or answer.verdict is AnswerVerdict.ARRIVED):
            return "duplicate"
        if before == AnswerVerdict.REJECTED:
            self._tell(document, answer, "contradicted", {})
            return "contradicted"
        self._tell(document, answer, _EVENTS[answer.verdict], self._state(answer))
        return "reconciled"

    def close(self, event: str, answered: str, answer: Answer) -> None:
        """Record on the acknowledgement itself what it answers: a document, or an interchange of several."""
        state = {"answers": answered, "verdict": answer.verdict.value}
        self.parts.audit.record(self.ticket.id, event, origin=self.origin, state=state, facts=state)

    def hold(self, reason: str) -> None:
        """Record that a person has to look at the acknowledgement."""
        advice = f"Look into it, then: ml-connector documents review {self.ticket.id} --close"
        state = {"reason": reason, "advice": advice}
        facts = {"reason": reason}
        self.parts.audit.record(self.ticket.id, "held", origin=self.origin, state=state, facts=facts)

    def _tell(self, document: dict[str, Any], answer: Answer, event: str, state: dict[str, str]) -> None:
        """Record on the sent document what its receiver says of it."""
        facts = {
            "acknowledgement": self.ticket.id,
            "type": self.ticket.type,
            "verdict": answer.verdict.value,
            "late": document.get("status") == "overdue",
            "findings": list(answer.findings),
        }
        self.parts.audit.record(document["item"], event, origin=self.origin, state=state, facts=facts)

    def _state(self, answer: Answer) -> dict[str, str]:
        if answer.verdict is AnswerVerdict.ARRIVED:
            return {}
        state = {"acknowledgement": answer.verdict.value, "acknowledged_by": self.ticket.id}
        if answer.verdict is AnswerVerdict.REJECTED:
            state |= {"reason": self._rejection(answer), "advice": _MEND}
        return state

    def _rejection(self, answer: Answer) -> str:
        found = "".join(f": {_sentence(finding)}" for finding in answer.findings[:1])
        return (
            f"{self.ticket.partner} rejected it with {self.ticket.type} {self.ticket.control_number}{found}."
        )


def _sentence(finding: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in finding.items())
