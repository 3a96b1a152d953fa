"""Starting a document, or a message that became none, again, in the way that fits what stopped it.

- *redrive*: the same execution goes on where it stopped, with its input and definition; right after an
  outage, and possible for 14 days (API RedriveExecution);
- *anew*: a new execution from the stored bytes; right after a rule, the code or a partner's file was mended;
- *send*: a document that leaves and was formatted already is only sent;
- *receive*: a message or an interchange is received again from the stored bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Rejected
from ml_connector.store.audit import Origin
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.document_story import known_state
from ml_connector.workflow.failure import failed_in_passing
from ml_connector.workflow.receive_again import receiving_input, start_receiving
from ml_connector.workflow.tickets import DocumentTicket, execution_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.audit_queries import AuditQueries

_MOST_ATTEMPTS = 1000
# Fourteen days are Step Functions' own limit; an hour of them is left for the command to run.
_REDRIVABLE = timedelta(days=14) - timedelta(hours=1)
# What *receive interchange* makes documents of.
_RECEIVED = frozenset({"message", "interchange"})


class Way(StrEnum):
    """How something is started again."""

    REDRIVE = "redrive"
    ANEW = "anew"
    SEND = "send"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class Replaying:
    """What a replay works with.

    Attributes:
        start_document: Starts *process document*; False if the name was used before.
        start_sending: Starts *send document*, likewise.
        start_receiving: Starts *receive interchange*, likewise.
        redrive: Lets a failed execution go on; False if Step Functions will not.
    """

    queries: AuditQueries
    audit: AuditTrail
    start_document: Callable[[str, dict[str, Any]], bool]
    start_sending: Callable[[str, dict[str, Any]], bool]
    start_receiving: Callable[[str, dict[str, Any]], bool]
    redrive: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a replay of one document, interchange or message would do: for a person to agree to."""

    document: str
    way: Way
    state: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return what a person needs to see of it, as plain values."""
        seen = ("type", "partner", "number", "status", "error", "reason")
        return {"document": self.document, "way": self.way.value} | {
            name: self.state.get(name, "") for name in seen
        }


def plan_replay(document: str, queries: AuditQueries, *, now: datetime | None = None) -> Plan:
    """Return how a document, interchange or message would be started again.

    Raises:
        Rejected: Nobody knows it.
    """
    state = known_state(document, queries)
    return Plan(document, _way(state, now or datetime.now(UTC)), state)


def replay(plan: Plan, parts: Replaying, *, reason: str, actor: str) -> dict[str, Any]:
    """Start a document as planned and return ``{document, way, execution, attempt}``.

    A document that is in Visma already is found there by the posting ledger and not posted again; one that
    Step Functions does not redrive any more is started anew.
    """
    before = datetime.now(UTC)
    done = _start(plan, parts)
    # Recorded after the start, so that an interrupted command leaves the document failed for the next one;
    # with the moment before, so that what the execution has recorded meanwhile stands.
    origin = Origin(step="replay", actor=actor)
    facts = {"reason": reason, "way": done["way"], "started": done["execution"]}
    parts.audit.record(plan.document, "replayed", origin=origin, facts=facts, at=before)
    return done


def _start(plan: Plan, parts: Replaying) -> dict[str, Any]:
    if plan.way is Way.REDRIVE:
        execution = str(plan.state["last_execution"])
        if parts.redrive(execution):
            return {"document": plan.document, "way": "redrive", "execution": execution, "attempt": 0}
    if plan.state.get("kind") in _RECEIVED:
        given = receiving_input(plan.document, plan.state, parts.queries)
        started = start_receiving(plan.document, given, parts.start_receiving)
        return {"document": plan.document, "way": Way.RECEIVE.value, **started}
    document_state(plan.document, parts.queries)
    return start_anew(plan.document, plan.state, parts, sending_only=plan.way is Way.SEND)


def start_anew(
    document: str, state: Mapping[str, Any], parts: Replaying, *, sending_only: bool = False
) -> dict[str, Any]:
    """Start a new execution under a name never used before and return what was started.

    Raises:
        Rejected: The document was started absurdly often.
    """
    start = parts.start_document if state["direction"] == "in" else parts.start_sending
    given = _input(document, state, sending_only=sending_only)
    for attempt in range(1, _MOST_ATTEMPTS):
        name = execution_name(
            state["type"], state["partner"], state.get("number", ""), document, attempt=attempt
        )
        if start(name, given):
            way = Way.SEND if sending_only else Way.ANEW
            return {"document": document, "way": way.value, "execution": name, "attempt": attempt}
    raise Rejected(f"{document} was replayed {_MOST_ATTEMPTS} times.", advice="Look for what starts it.")


def document_state(document: str, queries: AuditQueries) -> dict[str, Any]:
    """Return the state of a document.

    Raises:
        Rejected: Nobody knows it, or it is a message or an interchange.
    """
    state = queries.state(document)
    if state is None:
        raise Rejected(
            f"There is no document {document!r}.", advice="Look it up with: ml-connector documents list"
        )
    if state.get("kind") != "document":
        raise Rejected(
            f"{document} is no document but {state.get('kind', 'something else')}.",
            advice="Give a document's id; `ml-connector interchanges show ID` lists those of an interchange.",
        )
    return state


def _way(state: Mapping[str, Any], now: datetime) -> Way:
    passing = failed_in_passing(state) and state.get("last_execution")
    if passing and now - datetime.fromisoformat(state["status_since"]) < _REDRIVABLE:
        return Way.REDRIVE
    if state.get("kind") in _RECEIVED:
        return Way.RECEIVE
    outbound = state.get("direction") == "out"
    # An interchange of several documents is formatted again, to the same bytes, for it tells who is in it.
    formatted = state.get("step") == "send" and state.get("bytes") and not state.get("gathering")
    return Way.SEND if outbound and formatted else Way.ANEW


def _input(document: str, state: Mapping[str, Any], *, sending_only: bool) -> dict[str, Any]:
    if state["direction"] == "out":
        ticket = {name: state.get(name, "") for name in ("direction", "type", "number", "partner")}
        ticket |= {name: state[name] for name in ("follows", "gathering") if state.get(name)}
        formatted = {"formatted": _reference(state).model_dump()} if sending_only else {}
        return {"document": {"id": document, **ticket}, **formatted, **_told(state)}
    return {"document": _ticket(document, state).model_dump(), **_told(state)}


def _told(state: Mapping[str, Any]) -> dict[str, Any]:
    return {"instructions": state["instructions"]} if state.get("instructions") else {}


def _ticket(document: str, state: Mapping[str, Any]) -> DocumentTicket:
    return DocumentTicket(
        id=document,
        direction="in",
        standard=state["standard"],
        type=state["type"],
        number=state.get("number", ""),
        partner=state["partner"],
        control_number=state.get("control_number", ""),
        parent=state.get("parent", ""),
        bytes=_reference(state),
    )


def _reference(state: Mapping[str, Any]) -> ObjectRef:
    return ObjectRef(**state["bytes"])
