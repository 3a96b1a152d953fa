"""Documents of a partner that travel together: each joins an interchange to be, and the next poll sends it.

A document that was formatted joins the gathering of its message, and its own execution ends. The poll starts
one execution for each gathering that holds somebody; that closes it, so that nobody joins any more, makes one
interchange of its members' messages, and sends it under the gathering's identity. What stands in which
interchange is decided once (`ml_connector.store.gatherings`), so any of these may be repeated at any time.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from ml_connector.workflow.tickets import execution_name, message_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ml_connector.partners.outgoing import OutgoingMessage
    from ml_connector.partners.profile import Partner
    from ml_connector.store.gatherings import Gathering
    from ml_connector.workflow.sent_versions import DocumentStates

_DIGEST = 8


def scope_of_gathering(ticket: dict[str, Any], partner: Partner, message: OutgoingMessage) -> str:
    """Return what a document is gathered with: documents for one partner that are written in one way.

    An order and its changes are messages of two types. What is written in another way, because the partner's
    file changed while others waited, is gathered by itself.
    """
    kind = f"{message.entity}Change" if _is_order_change(ticket) else message.entity
    written = {
        "message": message.model_dump(mode="json", exclude={"documents_per_interchange"}),
        "codec": partner.codec.model_dump(mode="json"),
        "identities": [one.model_dump(mode="json") for one in partner.identities],
    }
    way = hashlib.sha256(json.dumps(written, sort_keys=True, default=sorted).encode()).hexdigest()
    return f"{partner.id}|{kind}|{way[:_DIGEST]}"


def gathering_item(scope: str, number: int) -> str:
    """Return the audit id of an interchange of several documents."""
    return message_item("gathering", scope, str(number))


def start_gathered(gatherings: Iterable[Gathering], start: Callable[[str, dict[str, Any]], bool]) -> int:
    """Start the execution of each gathering, once however often it is asked; return how many began."""
    return sum(int(start(*_execution(one))) for one in gatherings)


def leaving(states: DocumentStates) -> Callable[[str], bool]:
    """Return what tells whether a document leaves: it does not while a person holds it, or closed it."""

    def leaves(document: str) -> bool:
        state = states.state(document) or {}
        return not state.get("held_because") and state.get("status") != "closed"

    return leaves


def _is_order_change(ticket: dict[str, Any]) -> bool:
    return ticket["type"] == "PurchaseOrder" and bool(ticket.get("follows"))


def _execution(gathering: Gathering) -> tuple[str, dict[str, Any]]:
    partner, kind, _ = gathering.scope.split("|")
    item = gathering_item(gathering.scope, gathering.number)
    number = str(gathering.number)
    ticket = {
        "id": item,
        "direction": "out",
        "type": "Interchange",
        "number": f"{kind}-{number}",
        "partner": partner,
        "gathering": {"scope": gathering.scope, "number": number},
    }
    return execution_name("together", partner, kind, number, item), {"document": ticket}
