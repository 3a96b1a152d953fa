"""*send document*, last step: the EDI is in the partner's Sterling mailbox exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.gathering import gathering_item, scope_of_gathering
from ml_connector.workflow.instructions import instructions_in, stop_if_held
from ml_connector.workflow.send_to_sterling import Consignment

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.partners.configuration import Configuration
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.gatherings import Gatherings


@dataclass(frozen=True, slots=True)
class Sending:
    """What the step works with."""

    audit: AuditTrail
    queries: AuditQueries
    configuration: Configuration
    send: Callable[[Consignment], dict[str, Any]]
    gatherings: Gatherings


def send_document(given: dict[str, Any], parts: Sending, origin: Origin) -> dict[str, Any]:
    """Return the step's input with Sterling's id of the message, or with the gathering it waits in.

    Raises:
        Held: A person stopped the document, or one that travels with it.
        Unavailable: Sterling did not answer; the next try looks before it sends.
        Misconfigured: Sterling refused the message for good.
    """
    document, told = given["document"], instructions_in(given)
    for one in (document["id"], *(member["id"] for member in given.get("members", ()))):
        stop_if_held(parts.queries.state(one), one)
    partner = parts.configuration.partner(document["partner"])
    message = partner.gets(document["type"])
    if message and message.is_gathered and not told.mailbox and "gathering" not in document:
        scope = scope_of_gathering(document, partner, message)
        return _wait(given, scope, message.documents_per_interchange, parts, origin)
    where = parts.send(
        Consignment(
            # In another mailbox it is another consignment: what was planned for the first stays as it is.
            send_id=f"{document['id']}-{told.mailbox}" if told.mailbox else document["id"],
            partner=partner.id,
            label=f"{document['type']}-{document['number']}",
            content=ObjectRef(**given["formatted"]),
            mailbox=told.mailbox or partner.mailboxes.outbound or "",
            extension=given["formatted"]["key"].rpartition(".")[2],
        )
    )
    _record(given, where, parts, origin)
    return {**given, "sterling": where}


def _wait(given: dict[str, Any], scope: str, most: int, parts: Sending, origin: Origin) -> dict[str, Any]:
    """Let the document wait for others; one that travelled already is where they are."""
    # What was recorded of it since this moment stands: it may be on its way before it is told that it waits.
    before = datetime.now(UTC)
    document = given["document"]["id"]
    joined = parts.gatherings.join(scope, document, most)
    item = gathering_item(scope, joined.number)
    travelled = parts.queries.state(item) or {}
    if travelled.get("sterling_message"):
        where = {"mailbox": travelled["mailbox"], "message_id": travelled["sterling_message"]}
        _record(given, where, parts, origin)
        return {**given, "sterling": where}
    facts = {"gathering": item, "place": joined.members.index(document) + 1}
    parts.audit.record(document, "gathered", origin=origin, state={"parent": item}, facts=facts, at=before)
    return {**given, "gathered": item}


def _record(given: dict[str, Any], where: dict[str, Any], parts: Sending, origin: Origin) -> None:
    """Record that it was sent: of a document, or of each that travels in an interchange and then of that."""
    item = given["document"]["id"]
    told = {"mailbox": where["mailbox"], "sterling_message": where["message_id"]}
    for member in given.get("members", ()):
        numbers = {**given["numbers"], **{name: member[name] for name in member if name != "id"}}
        state = {**told, **numbers, "parent": item}
        parts.audit.record(member["id"], "sent", origin=origin, state=state, numbers=numbers, facts=where)
    event = "travelled" if "members" in given else "sent"
    parts.audit.record(item, event, origin=origin, state=told, facts=where)
