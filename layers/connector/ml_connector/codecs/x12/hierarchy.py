"""The tree that HL segments span: by HL02 alone, whatever their order and HL04 say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ml_connector.documents import MOST_NESTED, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.x12.elements import X12Reading
    from ml_connector.edi.loops import Loop

#: 735 hierarchical level: HL03, outermost first, for levels that name no parent.
_ORDER = ("S", "O", "T", "P", "Q", "I", "F")


@dataclass(slots=True, eq=False)
class Level:
    """One HL loop with what hangs under it."""

    id: str
    code: str
    loop: Loop
    parent: Level | None = None
    children: list[Level] = field(default_factory=list)

    def walk(self) -> Iterator[Level]:
        """This level and all below, depth first."""
        waiting = [self]
        while waiting:
            level = waiting.pop()
            yield level
            waiting += reversed(level.children)


def read_hierarchy(reading: X12Reading, tree: Loop) -> list[Level]:
    """The outermost levels of a message's HL loops.

    Raises:
        Rejected: A level names a parent that does not exist, or itself, directly or in a circle; or levels
            stand in each other deeper than any shipment is packed.
    """
    levels: list[Level] = []
    claims: list[str | None] = []
    by_id: dict[str, Level] = {}
    for loop in tree.descend("HL"):
        hl = reading.take(loop.segments("HL")[0])
        level = Level(hl[1] or "", hl.code(3) or "", loop)
        _check_id(reading, level, by_id, len(levels) + 1)
        by_id.setdefault(level.id, level)
        levels.append(level)
        claims.append(hl[2])
    for index, (level, claim) in enumerate(zip(levels, claims, strict=True)):
        level.parent = _parent(reading, level, claim, by_id, levels[:index])
        if level.parent:
            level.parent.children.append(level)
    _refuse_circles(reading, levels)
    _refuse_depth(reading, levels)
    for level in levels:
        hl = reading.take(level.loop.segments("HL")[0])
        hl.take_code(4, "1" if level.children else "0")
    return [level for level in levels if level.parent is None]


def _check_id(reading: X12Reading, level: Level, known: dict[str, Level], expected: int) -> None:
    if level.id in known:
        raise reading.refuse("hl-id-repeated", f"Two HL segments are numbered {level.id}.", found=level.id)
    if level.id != str(expected) and level.id.lstrip("0") != str(expected):
        reading.find(
            Severity.WARNING,
            "hl-numbering",
            f"HL01 is {level.id} where {expected} was expected; the tree is built from HL02.",
            path=f"HL {level.id}",
            expected=expected,
            found=level.id,
        )


def _parent(
    reading: X12Reading, level: Level, claim: str | None, by_id: dict[str, Level], before: list[Level]
) -> Level | None:
    if claim is None:
        return _nearest_above(reading, level, before)
    if claim not in by_id:
        raise reading.refuse(
            "hl-parent-unknown",
            f"HL {level.id} names {claim} as its parent, and there is no such HL.",
            path=f"HL {level.id}",
            found=claim,
        )
    return by_id[claim]


def _nearest_above(reading: X12Reading, level: Level, before: list[Level]) -> Level | None:
    """The last level that can hold one which names no parent; the outermost needs none."""
    rank = _rank(level.code)
    found = next((other for other in reversed(before) if _rank(other.code) < rank), None)
    if found is not None:
        reading.find(
            Severity.WARNING,
            "hl-parent-missing",
            f"HL {level.id} ({level.code}) names no parent; taken as inside HL {found.id} ({found.code}).",
            path=f"HL {level.id}",
        )
    return found


def _rank(code: str) -> int:
    return _ORDER.index(code) if code in _ORDER else len(_ORDER)


def _refuse_circles(reading: X12Reading, levels: list[Level]) -> None:
    reached = {id(level) for top in levels if top.parent is None for level in top.walk()}
    lost = [level.id for level in levels if id(level) not in reached]
    if lost:
        raise reading.refuse(
            "hl-circle", f"HL {', '.join(lost)} are inside each other in a circle.", found=lost[0]
        )


def _refuse_depth(reading: X12Reading, levels: list[Level]) -> None:
    depths: dict[int, int] = {}
    for top in (level for level in levels if level.parent is None):
        for level in top.walk():
            depths[id(level)] = depth = 1 + (depths[id(level.parent)] if level.parent else 0)
            if depth > MOST_NESTED:
                message = f"HL {level.id} stands more than {MOST_NESTED} levels deep."
                raise reading.refuse("hl-depth", message, path=f"HL {level.id}", found=level.id)
