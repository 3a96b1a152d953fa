"""*send document*, last step: the EDI is in the partner's Sterling mailbox exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.send_to_sterling import Consignment

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.partners.configuration import Configuration
    from ml_connector.store.audit import AuditTrail, Origin


@dataclass(frozen=True, slots=True)
class Sending:
    """What the step works with."""

    audit: AuditTrail
    configuration: Configuration
    send: Callable[[Consignment], dict[str, Any]]


def send_document(given: dict[str, Any], parts: Sending, origin: Origin) -> dict[str, Any]:
    """Return the step's input with Sterling's id of the message.

    Raises:
        Unavailable: Sterling did not answer; the next try looks before it sends.
        Misconfigured: Sterling refused the message for good.
    """
    document = given["document"]
    partner = parts.configuration.partner(document["partner"])
    where = parts.send(
        Consignment(
            send_id=document["id"],
            partner=partner.id,
            label=f"{document['type']}-{document['number']}",
            content=ObjectRef(**given["formatted"]),
            mailbox=partner.mailboxes.outbound or "",
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
