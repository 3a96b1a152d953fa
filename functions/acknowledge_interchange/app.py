"""Lambda of *receive interchange*: answer an interchange as its partner agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import step_handler
from ml_connector.assembly.steps import acknowledging
from ml_connector.workflow.acknowledge_interchange import acknowledge_interchange

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.store.audit import Origin


@step_handler("acknowledge")
def handle(parts: Parts, origin: Origin, given: dict[str, Any]) -> dict[str, Any]:
    """Return which acknowledgements were sent."""
    return acknowledge_interchange(given, acknowledging(parts), origin)
