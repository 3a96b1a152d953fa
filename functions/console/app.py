"""Lambda of the web page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import plain_handler
from ml_connector.console.app import respond

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts


@plain_handler
def handle(parts: Parts, event: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one request."""
    return respond(parts, event)
