"""Lambda of *process document*: a business document becomes a Visma entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import step_handler
from ml_connector.assembly.steps import mapping
from ml_connector.workflow.map_document import map_document

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.store.audit import Origin


@step_handler("map")
def handle(parts: Parts, origin: Origin, given: dict[str, Any]) -> dict[str, Any]:
    """Return the reference of the mapped entity, and whether there is anything to post."""
    return map_document(given, mapping(parts), origin)
