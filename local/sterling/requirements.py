"""What request bodies have to hold, and how they say yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.sterling.answers import Refusal

if TYPE_CHECKING:
    from local.sterling.shaping import Fields


def require(body: Fields, *names: str) -> None:
    """Refuse a body without one of these fields.

    Raises:
        Refusal: Some are missing or empty.
    """
    if absent := [name for name in names if not body.get(name)]:
        raise Refusal(400, "API000108", f"Required: {', '.join(absent)}.")


def is_true(value: object) -> bool:
    """Whether a field says yes, as ``true``, ``1`` or ``Yes``."""
    return str(value).lower() in ("true", "1", "yes")
