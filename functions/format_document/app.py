"""Lambda of *send document*: a Visma document becomes the partner's EDI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import step_handler
from ml_connector.assembly.steps import formatting
from ml_connector.workflow.format_document import format_document

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.store.audit import Origin


@step_handler("format")
def handle(parts: Parts, origin: Origin, given: dict[str, Any]) -> dict[str, Any]:
    """Return the reference of the EDI that is to be sent."""
    return format_document(given, formatting(parts), origin)
