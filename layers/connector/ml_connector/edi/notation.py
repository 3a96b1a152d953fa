"""The notation of the schema files: messages, segments and elements as one line of text each.

==========  ==========================================================================================
a tree      ``ST! BEG! REF* PER:3 SAC:25(CUR) PO1!:100000(...)``; ``!`` mandatory, ``*`` without limit,
            ``:3`` at most three, parentheses hold what follows the trigger inside a loop or group,
            ``LIN#25!:200000(...)`` is EDIFACT segment group 25
a segment   ``98! 93 66 67 706 98 | R0203 P0304``: positions, then X12 conditions; ``^10`` repeats,
            ``-`` is a position nothing is known about
an element  ``AN 1/30``: type, minimum and maximum length
==========  ==========================================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NODE = re.compile(
    r"(?P<tag>[A-Z0-9]+)(?:#(?P<group>\d+))?(?P<must>!?)(?P<max>\*|:\d+)?(?P<open>\()?|(?P<close>\))"
)
_PART = re.compile(r"(?P<name>[A-Za-z0-9_]+|-)(?P<must>!?)(?:\^(?P<repeat>\d+))?")


@dataclass(frozen=True, slots=True)
class Element:
    """A data element: its type, its lengths and the values it may hold.

    Attributes:
        name: The standard's identifier: ``353``, ``1225``; in TRADACOMS a mnemonic.
        type: X12 ``AN ID DT TM R N0 N2 B``, EDIFACT ``a an n``, TRADACOMS ``X 9 date time``.
        minimum: Least length in characters.
        maximum: Greatest length; sign and decimal mark don't count.
        codes: The values known; empty where there is no list.
        closed: Whether a value outside the list is an error rather than a warning.
    """

    name: str
    type: str
    minimum: int
    maximum: int
    codes: frozenset[str] = frozenset()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A relation between positions: ``P0304`` is the rule ``P`` over positions 3 and 4.

    P: all or none. R: at least one. E: at most one. C: the first demands all others.
    L: the first demands at least one of the others.
    """

    rule: str
    positions: tuple[int, ...]

    @property
    def name(self) -> str:
        """The condition as the standard writes it."""
        return self.rule + "".join(f"{position:02d}" for position in self.positions)


@dataclass(frozen=True, slots=True)
class Part:
    """A position of a segment or composite.

    Attributes:
        mandatory: Whether it must hold a value.
        repeat: How often it may repeat.
        element: Its element, if simple.
        composite: Its composite, if not. Neither is known at a position that is known only to exist.
        unused: Whether a partner's guide says it is not used.
    """

    mandatory: bool = False
    repeat: int = 1
    element: Element | None = None
    composite: Composite | None = None
    unused: bool = False

    @property
    def name(self) -> str:
        """The identifier of what stands here; empty where unknown."""
        known = self.element or self.composite
        return known.name if known else ""


@dataclass(frozen=True, slots=True)
class Composite:
    """Components under one identifier."""

    name: str
    parts: tuple[Part, ...]
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """The positions of a segment and the conditions between them."""

    tag: str
    parts: tuple[Part, ...]
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A place in a message tree: a segment, or a loop (group) with its trigger.

    Attributes:
        index: Its place in the tree read from the top; the message itself is 0.
        tag: The segment, or the loop's trigger; empty for the message.
        mandatory: Whether the segment or loop must occur in its parent.
        maximum: How often it may occur there; ``None`` without limit.
        loop: Name of the loop this node opens (``PO1``, ``SG25``); empty for a plain segment.
        area: ``header``, ``detail``, ``summary``, or ``message`` where the standard marks none.
        parent: Index of the loop it stands in.
        children: Indexes of what follows the trigger.
    """

    index: int
    tag: str
    mandatory: bool
    maximum: int | None
    loop: str
    area: str
    parent: int
    children: tuple[int, ...] = ()


def read_tree(message: str, areas: dict[str, str]) -> tuple[Node, ...]:
    """The nodes of a message in order, the message itself first.

    Args:
        message: The message's name, which names the outermost loop.
        areas: The areas' lines in this module's notation, in order.
    """
    drafts: list[tuple[re.Match[str] | None, str, int]] = [(None, "message", -1)]
    for area, line in areas.items():
        path = [0]
        for match in _NODE.finditer(line):
            if match["close"]:
                path.pop()
                continue
            drafts.append((match, area, path[-1]))
            if match["open"]:
                path.append(len(drafts) - 1)
    children: dict[int, list[int]] = {}
    for index, (_, _, parent) in enumerate(drafts):
        children.setdefault(parent, []).append(index)
    return tuple(
        _node(index, draft, message, tuple(children.get(index, ()))) for index, draft in enumerate(drafts)
    )


def _node(
    index: int, draft: tuple[re.Match[str] | None, str, int], message: str, children: tuple[int, ...]
) -> Node:
    match, area, parent = draft
    if match is None:
        return Node(
            index, "", mandatory=True, maximum=1, loop=message, area=area, parent=-1, children=children
        )
    limit = match["max"]
    loop = f"SG{match['group']}" if match["group"] else match["tag"] if match["open"] else ""
    maximum = 1 if not limit else None if limit == "*" else int(limit[1:])
    return Node(index, match["tag"], bool(match["must"]), maximum, loop, area, parent, children)


def read_element(name: str, text: str, codes: str = "") -> Element:
    """An element from ``AN 1/30`` and its values in one line."""
    kind, _, lengths = text.partition(" ")
    least, _, most = lengths.partition("/")
    return Element(name, kind, int(least), int(most), frozenset(codes.split()))


def read_conditions(text: str) -> tuple[Condition, ...]:
    """Conditions from ``R0203 P0304``."""
    return tuple(
        Condition(word[0], tuple(int(word[i : i + 2]) for i in range(1, len(word), 2)))
        for word in text.split()
    )


def read_parts(text: str) -> list[tuple[str, bool, int]]:
    """The positions of a line: name, whether mandatory, how often it may repeat."""
    return [(match["name"], bool(match["must"]), int(match["repeat"] or 1)) for match in _PART.finditer(text)]
