"""What the directories differ in that a codec must know: the width of text components."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ml_connector.edi.schema import find_schema
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from ml_connector.edi.notation import SegmentRule


class Widths(NamedTuple):
    """How long one component of a text may be: FTX 4440 and IMD 7008 grew between the directories."""

    free_text: int
    description: int


def rules_of(message: str, version: str) -> dict[str, SegmentRule]:
    """The segments of a directory, of the nearest one known."""
    schema = find_schema("edifact", message, version)
    if schema is None:
        raise Misconfigured(f"No schema is known for EDIFACT {message} {version}.")
    return schema.rules


@cache
def widths_of(version: str) -> Widths:
    """The widths of a directory, of the nearest one known."""
    rules = rules_of("ORDERS", version)
    return Widths(_width(rules["FTX"], 4, 1), _width(rules["IMD"], 3, 4))


def is_from_2000_on(version: str) -> bool:
    """Whether a directory has what came with the new century: SRV for a GTIN, longer texts."""
    return widths_of(version) == widths_of("D.01B")


def _width(rule: SegmentRule, element: int, component: int) -> int:
    composite = rule.parts[element - 1].composite
    found = composite.parts[component - 1].element if composite else None
    return found.maximum if found else 0
