"""*send document*, last step: the EDI is in the partner's Sterling mailbox exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.instructions import instructions_in, stop_if_held
from ml_connector.workflow.send_to_sterling import Consignment

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.partners.configuration import Configuration
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.audit_queries import AuditQueries


@dataclass(frozen=True, slots=True)
class Sending:
    """What the step works with."""

    audit: AuditTrail
    queries: AuditQueries
    configuration: Configuration
    send: Callable[[Consignment], dict[str, Any]]


def send_document(given: dict[str, Any], parts: Sending, origin: Origin) -> dict[str, Any]:
    """Return the step's input with Sterling's id of the message.

    Raises:
        Held: A person stopped the document.
        Unavailable: Sterling did not answer; the next try looks before it sends.
        Misconfigured: Sterling refused the message for good.
    """
    document, told = given["document"], instructions_in(given)
    stop_if_held(parts.queries.state(document["id"]), document["id"])
    partner = parts.configuration.partner(document["partner"])
    where = parts.send(
        Consignment(
            # In another mailbox it is another consignment: what was planned for the first stays as it is.
            send_id=f"{document['id']}-{told.mailbox}" if told.mailbox else document["id"],
            item=document["id"],
            partner=partner.id,
            label=f"{document['type']}-{document['number']}",
            content=ObjectRef(**given["formatted"]),
            mailbox=told.mailbox or partner.mailboxes.outbound or "",
            extension=given["formatted"]["key"].rpartition(".")[2],
        )
    )
    parts.audit.record(
        document["id"],
        "sent",
        origin=origin,
        state={"mailbox": where["mailbox"], "sterling_message": where["message_id"]},
        facts=where,
    )
    return {**given, "sterling": where}
