"""Lambda of the rule on ended executions: record those that ended without success."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import plain_handler
from ml_connector.workflow.failure import record_ended_execution

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts


@plain_handler
def handle(parts: Parts, event: dict[str, Any]) -> dict[str, Any]:
    """Return whether there was something to record."""
    return {"recorded": record_ended_execution(event, parts.audit, parts.queries)}
