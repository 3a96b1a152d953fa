"""*send document* for a gathering: the messages of its members become one interchange."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ml_connector.edi import read_interchanges
from ml_connector.edi.together import Together, compose_together, message_numbers
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.control_number_scopes import counters_between
from ml_connector.workflow.gathering import leaving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ml_connector.store.audit import Origin
    from ml_connector.workflow.format_document import Formatting


def format_interchange(
    given: dict[str, Any], parts: Formatting, origin: Origin, prepared_at: datetime
) -> dict[str, Any]:
    """Return the step's input with the interchange's reference, its numbers and its members.

    The gathering is closed by this: its members are those that leave now. One that nobody leaves with comes
    back without a reference.

    Raises:
        Unavailable: A store did not answer; a repeat makes the same interchange.
    """
    ticket = given["document"]
    _announce(ticket, parts, origin)
    told = ticket["gathering"]
    closed = parts.gatherings.close(told["scope"], int(told["number"]), leaving(parts.queries))
    if not closed.members:
        return _skip(given, parts, origin)
    contents = [_content(member, parts) for member in closed.members]
    standard, numbers = _numbers(ticket, contents[0], parts)
    around = Together(
        control_number=numbers["control_number"],
        group_number=numbers.get("group_number", ""),
        prepared_at=prepared_at.replace(tzinfo=None),
    )
    content = compose_together(contents, around)
    ref = parts.store.put(f"outbound/{ticket['id']}.edi", content, metadata={"document": ticket["id"]})
    state = {
        "standard": standard,
        **numbers,
        "bytes": ref.model_dump(),
        "prepared_at": prepared_at.isoformat(),
    }
    facts = {"bytes": ref.model_dump(), "documents": list(closed.members)}
    parts.audit.record(ticket["id"], "composed", origin=origin, state=state, numbers=numbers, facts=facts)
    members = _members(closed.members, standard, contents)
    return {**given, "formatted": ref.model_dump(), "numbers": numbers, "members": members}


def _announce(ticket: dict[str, Any], parts: Formatting, origin: Origin) -> None:
    names = ("direction", "type", "number", "partner", "gathering")
    state = {"kind": "document", **{name: ticket[name] for name in names}}
    parts.audit.record(ticket["id"], "received", origin=origin.of_execution, state=state, first=True)


def _skip(given: dict[str, Any], parts: Formatting, origin: Origin) -> dict[str, Any]:
    reason = "All its documents were held or closed before it left."
    parts.audit.record(
        given["document"]["id"], "skipped", origin=origin, state={"reason": reason}, facts={"reason": reason}
    )
    return given


def _content(member: str, parts: Formatting) -> bytes:
    state = parts.queries.state(member) or {}
    return parts.store.get(ObjectRef(**state["bytes"]))


def _numbers(ticket: dict[str, Any], content: bytes, parts: Formatting) -> tuple[str, dict[str, str]]:
    """The standard, and the numbers drawn for the interchange, as the audit trail calls them."""
    (first,) = read_interchanges(io.BytesIO(content))
    partner = parts.configuration.partner(ticket["partner"])
    standard = first.standard.value
    counters = counters_between(standard, first.sender.id, first.receiver.id, partner, test=parts.test)
    called = {"interchange": "control_number"} | ({"group": "group_number"} if standard == "x12" else {})
    return standard, {
        called[level]: str(parts.numbers.draw(counter.scope, ticket["id"], counter.within))
        for level, counter in counters.items()
        if level in called
    }


def _members(ids: Sequence[str], standard: str, contents: Sequence[bytes]) -> list[dict[str, str]]:
    """The documents inside, each with the number of its message, where answers name messages."""
    if standard == "tradacoms":
        return [{"id": member} for member in ids]
    numbers = (message_numbers(content)[0] for content in contents)
    return [{"id": member, "message_number": number} for member, number in zip(ids, numbers, strict=True)]
