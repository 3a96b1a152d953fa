"""Lambda of *receive interchange*: split a mailbox message and start an execution for each document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import step_handler
from ml_connector.assembly.steps import splitting
from ml_connector.workflow.split_interchange import split_interchange

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.store.audit import Origin


@step_handler("split")
def handle(parts: Parts, origin: Origin, given: dict[str, Any]) -> dict[str, Any]:
    """Return how far the split has come, and whether an acknowledgement is due."""
    return split_interchange(given, splitting(parts), origin)
