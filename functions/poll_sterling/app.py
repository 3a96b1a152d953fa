"""Lambda of the schedule: poll Sterling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.assembly.handler import plain_handler
from ml_connector.assembly.polling import poll_sterling

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts


@plain_handler
def handle(parts: Parts, _tick: dict[str, Any]) -> dict[str, Any]:
    """Return what the poll found and did."""
    return poll_sterling(parts)
