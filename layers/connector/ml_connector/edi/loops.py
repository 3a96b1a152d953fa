"""Messages as trees: loops, segment groups and HL hierarchies, in the order their segments were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.edi.placement import Walker
from ml_connector.edi.schema import MessageSchema, find_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.edi.message import Message
    from ml_connector.edi.segment import Segment


class Loop:
    """A loop (X12), a segment group (EDIFACT), or the whole message.

    Attributes:
        name: ``PO1``, ``SG25``; the message's type for the outermost.
        trigger: The tag that opens it; empty for the outermost.
        area: ``header``, ``detail``, ``summary``; ``message`` for the outermost and where none are marked.
        children: Segments and loops in the order sent, the trigger's segment first.
        unplaced: On the outermost loop: the segments no place was found for.
    """

    __slots__ = ("_areas", "area", "children", "name", "trigger", "unplaced")

    def __init__(self, name: str, trigger: str = "", area: str = "message") -> None:
        self.name = name
        self.trigger = trigger
        self.area = area
        self.children: list[Segment | Loop] = []
        self.unplaced: list[Segment] = []
        self._areas: list[str] = []

    def __repr__(self) -> str:
        return f"Loop({self.name!r}, {len(self.children)} children)"

    def add(self, child: Segment | Loop, area: str) -> None:
        """Append a segment or loop that stands in an area of the message."""
        self.children.append(child)
        self._areas.append(area)

    def remove(self, child: Loop) -> None:
        """Take out a loop directly in this one."""
        index = next(index for index, held in enumerate(self.children) if held is child)
        del self.children[index], self._areas[index]

    def segments(self, tag: str | None = None, *, area: str | None = None) -> list[Segment]:
        """The segments directly in this loop, of one tag and area if given; loops inside are not entered."""
        return [
            child
            for child, where in zip(self.children, self._areas, strict=True)
            if not isinstance(child, Loop) and tag in (None, child.tag) and area in (None, where)
        ]

    def segment(self, tag: str, *, area: str | None = None) -> Segment | None:
        """The first segment of a tag directly in this loop."""
        return next(iter(self.segments(tag, area=area)), None)

    def loops(self, name: str | None = None, *, area: str | None = None) -> list[Loop]:
        """The loops directly in this loop, by name or trigger (group numbers change between directories)."""
        return [
            child
            for child in self.children
            if isinstance(child, Loop)
            and name in (None, child.name, child.trigger)
            and area in (None, child.area)
        ]

    def descend(self, name: str | None = None) -> Iterator[Loop]:
        """All loops below this one, depth first, by name or trigger."""
        waiting = self.loops()[::-1]
        while waiting:  # not by recursion: a partner decides how deep its levels go
            loop = waiting.pop()
            if loop.named(name):
                yield loop
            waiting += loop.loops()[::-1]

    def named(self, name: str | None) -> bool:
        """Whether this is the loop's name or trigger; every loop answers to ``None``."""
        return name in (None, self.name, self.trigger)

    @property
    def head(self) -> Segment | None:
        """The segment that opened the loop."""
        return next((child for child in self.children if not isinstance(child, Loop)), None)


def schema_of(message: Message) -> MessageSchema | None:
    """The rules for a message by its own type and version; ``None`` for a type no rules are known for."""
    syntax = message.interchange.version
    return find_schema(message.standard.value, message.type, message.version, syntax=syntax)


def place(message: Message, *, schema: MessageSchema | None = None) -> Loop:
    """The message as a tree; segments without a place are in ``unplaced``, and nothing is refused.

    X12 HL loops hang under the HL loop their HL02 names, wherever it stands; one that names none, or an
    unknown one, or closes a circle, hangs under the message.

    Args:
        message: The message.
        schema: Rules to place by; by default those of the message's type and version. With none known all
            segments are unplaced.
    """
    schema = schema or schema_of(message)
    if schema is None:
        root = Loop(message.type)
        root.unplaced.extend(message.segments)
        return root
    return build_tree(schema, message.segments)


def build_tree(schema: MessageSchema, segments: Iterable[Segment]) -> Loop:
    """The tree of a message's segments."""
    root = Loop(schema.type)
    path = [root]
    levels = _Levels(root)
    for segment, step in Walker(schema).walk(segments):
        node = step.node
        if node is None:
            root.unplaced.append(segment)
            continue
        target = path[-1 - step.closes]
        if step.closes and (node.loop or not step.backward):
            del path[-step.closes :]
        if step.implied is not None:
            target = Loop(step.implied.loop, step.implied.tag, step.implied.area)
            path[-1].add(target, target.area)
            path.append(target)
        if node.loop:
            loop = Loop(node.loop, node.tag, node.area)
            loop.add(segment, node.area)
            around = levels.parent_of(loop, segment) if node.tag == "HL" else path[-1]
            around.add(loop, node.area)
            path.append(loop)
        else:
            target.add(segment, node.area)
    levels.rehang()
    return root


class _Levels:
    """The HL loops of a message by number, and those whose parent has not come yet."""

    def __init__(self, root: Loop) -> None:
        self._root = root
        self._by_number: dict[str, Loop] = {}
        self._waiting: list[tuple[Loop, str]] = []

    def parent_of(self, loop: Loop, segment: Segment) -> Loop:
        """Where an HL loop hangs for now."""
        number, parent = segment.element(1), segment.element(2)
        found = self._by_number.get(parent)
        if found is None and parent:
            self._waiting.append((loop, parent))
        self._by_number.setdefault(number, loop)
        return found or self._root

    def rehang(self) -> None:
        """Hang the loops that came before their parents under them, unless that closes a circle."""
        for loop, number in self._waiting:
            parent = self._by_number.get(number)
            if parent is None or parent is loop or any(below is parent for below in loop.descend()):
                continue
            self._root.remove(loop)
            parent.add(loop, loop.area)
