"""Receiving single interchanges of a stored message again: their partner was added, or they are released."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.edi import read_interchanges
from ml_connector.errors import Rejected
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.tickets import execution_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.raw import RawStore
    from ml_connector.workflow.decisions import Person

_MOST_ATTEMPTS = 1000


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
    message = _message(state["parent"], parts)
    found = _partner(interchange, message, parts)
    if partner and found.id != partner:
        raise Rejected(
            f"{interchange} is from {found.id}, not from {partner}: its addresses say so.",
            advice="Correct `identities:` in the partners' files.",
        )
    facts = {"reason": person.reason, "partner": found.id}
    parts.audit.record(interchange, "assigned", origin=person.origin("assign"), facts=facts)
    return _receive(interchange, message, parts) | {"partner": found.id}


def release_interchange(interchange: str, person: Person, parts: ReceivingAgain) -> dict[str, Any]:
    """Let an interchange go on whose control number came before with other content.

    Raises:
        Rejected: It is not held.
    """
    state = _state(interchange, "held", parts)
    message = _message(state["parent"], parts)
    facts = {"reason": person.reason}
    parts.audit.record(interchange, "released", origin=person.origin("release"), facts=facts)
    return _receive(interchange, message, parts, released=True)


def _state(interchange: str, status: str, parts: ReceivingAgain) -> dict[str, Any]:
    state = parts.queries.state(interchange)
    if state is None or state.get("kind") != "interchange" or state.get("status") != status:
        what = f"is {state.get('status')}" if state else "is not known"
        raise Rejected(
            f"The interchange {interchange} {what}; expected one that is {status}.",
            advice=f"List them with: ml-connector interchanges list --status {status}",
        )
    return state


def _message(item: str, parts: ReceivingAgain) -> dict[str, Any]:
    """Return the input its first execution had: the message's facts and the reference of its bytes."""
    for event in parts.queries.events(item):
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


def _receive(
    interchange: str, message: dict[str, Any], parts: ReceivingAgain, *, released: bool = False
) -> dict[str, Any]:
    given = {**message, "interchanges": [interchange], **({"released": True} if released else {})}
    for attempt in range(1, _MOST_ATTEMPTS):
        name = execution_name("receive", interchange, attempt=attempt)
        if parts.start_receiving(name, given):
            return {"interchange": interchange, "execution": name, "attempt": attempt}
    raise Rejected(f"{interchange} was received {_MOST_ATTEMPTS} times.", advice="Look for what starts it.")
