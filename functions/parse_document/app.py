"""Lambda of *process document*: one message's bytes become a business document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import step_handler
from ml_connector.assembly.steps import parsing
from ml_connector.workflow.parse_document import parse_document

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.store.audit import Origin


@step_handler("parse")
def handle(parts: Parts, origin: Origin, given: dict[str, Any]) -> dict[str, Any]:
    """Return the reference of the parsed document."""
    return parse_document(given, parsing(parts), origin)
