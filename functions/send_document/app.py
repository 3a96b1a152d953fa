"""Lambda of *send document*: put EDI into the partner's Sterling mailbox exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import step_handler
from ml_connector.assembly.steps import sending
from ml_connector.workflow.send_document import send_document

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.store.audit import Origin


@step_handler("send")
def handle(parts: Parts, origin: Origin, given: dict[str, Any]) -> dict[str, Any]:
    """Return Sterling's id of the message."""
    return send_document(given, sending(parts), origin)
