"""Receiving a stored message or single interchanges of it again.

Their partner was added, they are released, or what stopped them was mended. Every interchange is judged anew
and every document's execution has the name it had, so that nothing is started twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.edi import read_interchanges
from ml_connector.errors import Rejected
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.tickets import execution_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.raw import RawStore
    from ml_connector.workflow.decisions import Person

_MOST_ATTEMPTS = 1000
# What a person decides of an interchange in such a status, with which command.
_TO_DECIDE = {"held": "documents release", "unassigned": "unassigned assign"}


@dataclass(frozen=True, slots=True)
class ReceivingAgain:
    """What it works with."""

    queries: AuditQueries
    audit: AuditTrail
    store: RawStore
    configuration: Configuration
    start_receiving: Callable[[str, dict[str, Any]], bool]


def assign(interchange: str, person: Person, parts: ReceivingAgain, *, partner: str = "") -> dict[str, Any]:
    """Receive an unassigned interchange again, now that its partner is known.

    Args:
        interchange: Its id.
        person: Who assigns it and why.
        parts: What to work with.
        partner: Whom it is expected to be from; whoever the configuration names if left out.

    Raises:
        Rejected: It is not unassigned, its partner is still unknown, or is another than expected.
        Misconfigured: The configuration still names nobody; says what to add where.
    """
    state = _state(interchange, "unassigned", parts)
    message = received_message(state["parent"], parts.queries)
    found = _partner(interchange, message, parts)
    if partner and found.id != partner:
        raise Rejected(
            f"{interchange} is from {found.id}, not from {partner}: its addresses say so.",
            advice="Correct `identities:` in the partners' files.",
        )
    facts = {"reason": person.reason, "partner": found.id}
    parts.audit.record(interchange, "assigned", origin=person.origin("assign"), facts=facts)
    given = {**message, "interchanges": [interchange]}
    return start_receiving(interchange, given, parts.start_receiving) | {"partner": found.id}


def release_interchange(interchange: str, person: Person, parts: ReceivingAgain) -> dict[str, Any]:
    """Let an interchange go on whose control number came before with other content.

    Raises:
        Rejected: It is not held.
    """
    state = _state(interchange, "held", parts)
    message = received_message(state["parent"], parts.queries)
    parts.audit.record(
        interchange,
        "released",
        origin=person.origin("release"),
        state={"released": True},
        facts={"reason": person.reason},
    )
    given = {**message, "interchanges": [interchange], "released": True}
    return start_receiving(interchange, given, parts.start_receiving)


def receiving_input(item: str, state: Mapping[str, Any], queries: AuditQueries) -> dict[str, Any]:
    """Return the input with which a message, or one interchange of it, is received again.

    What a person decided of it goes along: a released interchange passes, and those released one by one are
    left alone when their message is received again.

    Raises:
        Rejected: The interchange waits for a person's decision, or the bytes were never kept.
    """
    if state["kind"] == "message":
        return received_message(item, queries) | (state.get("receiving") or _not_released(item, queries))
    if decide := _TO_DECIDE.get(state.get("status", "")):
        raise Rejected(
            f"The interchange {item} is {state['status']}.", advice=f"Run: ml-connector {decide} {item}"
        )
    released = {"released": True} if state.get("released") else {}
    return received_message(state["parent"], queries) | {"interchanges": [item]} | released


def _not_released(message: str, queries: AuditQueries) -> dict[str, Any]:
    interchanges = list(queries.children(message))
    left = [one["item"] for one in interchanges if not one.get("released")]
    if not left and interchanges:
        return {"interchanges": [one["item"] for one in interchanges], "released": True}
    return {"interchanges": left} if len(left) < len(interchanges) else {}


def _state(interchange: str, status: str, parts: ReceivingAgain) -> dict[str, Any]:
    state = parts.queries.state(interchange)
    if state is None or state.get("kind") != "interchange" or state.get("status") != status:
        what = f"is {state.get('status')}" if state else "is not known"
        raise Rejected(
            f"The interchange {interchange} {what}; expected one that is {status}.",
            advice=f"List them with: ml-connector interchanges list --status {status}",
        )
    return state


def received_message(item: str, queries: AuditQueries) -> dict[str, Any]:
    """Return the input a message's first execution had: its facts and the reference of its bytes.

    Raises:
        Rejected: Its bytes were never kept.
    """
    for event in queries.events(item):
        facts = event["facts"]
        if event["event"] == "received" and facts.get("raw"):
            names = ("system", "mailbox", "message_id", "name", "arrived_at")
            raw = {**facts["raw"], "size": int(facts["raw"]["size"])}
            return {"message": {name: facts.get(name, "") for name in names}, "raw": raw}
    raise Rejected(
        f"The audit trail has no bytes of the message {item}.", advice="Run: ml-connector audit verify"
    )


def _partner(interchange: str, message: dict[str, Any], parts: ReceivingAgain) -> Partner:
    wanted = int(interchange.rpartition("-")[2])
    with parts.store.open(ObjectRef(**message["raw"])) as stream:
        for index, found in enumerate(read_interchanges(stream), start=1):
            if index == wanted:
                return parts.configuration.require_partner(
                    found.standard.value, found.sender, found.receiver, found.test
                )
    raise Rejected(
        f"The stored message has no interchange {wanted}.", advice="Run: ml-connector audit verify"
    )


def start_receiving(
    item: str, given: dict[str, Any], start: Callable[[str, dict[str, Any]], bool]
) -> dict[str, Any]:
    """Start *receive interchange* under a name never used before and return what was started.

    Raises:
        Rejected: It was started absurdly often.
    """
    for attempt in range(1, _MOST_ATTEMPTS):
        name = execution_name("receive", item, attempt=attempt)
        if start(name, given):
            return {"interchange": item, "execution": name, "attempt": attempt}
    raise Rejected(f"{item} was received {_MOST_ATTEMPTS} times.", advice="Look for what starts it.")
