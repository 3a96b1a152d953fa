"""Lambda of *process document*: post a mapped entity to Visma exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import step_handler
from ml_connector.assembly.steps import posting
from ml_connector.workflow.post_document import post_document

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts
    from ml_connector.store.audit import Origin


@step_handler("post")
def handle(parts: Parts, origin: Origin, given: dict[str, Any]) -> dict[str, Any]:
    """Return Visma's number of the document."""
    return post_document(given, posting(parts), origin)
