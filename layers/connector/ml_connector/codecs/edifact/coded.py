"""Which components of EDIFACT segments hold codes, so that ``nad+by`` is read as the buyer it is.

Data elements with an odd number are coded (UNTDED, ISO 7372). Those of at most three characters have values
from a code list; longer ones identify what somebody has numbered, and are kept as they are sent.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ml_connector.edi.schema import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.edi.notation import Element, Part

_LONGEST = 3
#: 7065 type of packages: a list of its own (Recommendation 21), in elements that are longer.
_LONGER = frozenset({"7065"})


@cache
def coded_places(tag: str, version: str) -> frozenset[tuple[int, int]]:
    """Element and component of each code of a segment, by the directory a message version is read with."""
    rule = load_rules("edifact", version).get(tag)
    return frozenset(_places(rule.parts)) if rule else frozenset()


def _places(parts: tuple[Part, ...]) -> Iterator[tuple[int, int]]:
    for number, part in enumerate(parts, 1):
        held = [one.element for one in part.composite.parts] if part.composite else [part.element]
        for component, element in enumerate(held, 1):
            if element is not None and _is_coded(element):
                yield number, component


def _is_coded(element: Element) -> bool:
    if not element.name.isdecimal() or int(element.name) % 2 == 0:
        return False
    return element.maximum <= _LONGEST or element.name in _LONGER
