"""Lambda of *send document*: read the Visma document that is to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import step_handler
from ml_connector.assembly.steps import fetching
from ml_connector.workflow.fetch_document import fetch_document

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.store.audit import Origin


@step_handler("fetch")
def handle(parts: Parts, origin: Origin, given: dict[str, Any]) -> dict[str, Any]:
    """Return the reference of what was read."""
    return fetch_document(given, fetching(parts), origin)
