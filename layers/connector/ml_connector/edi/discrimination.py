"""Rules for segments by what their qualifier says: the N1 of the ship-to, the DTM of the delivery date.

A discriminator stands in brackets behind a tag: ``N1[ST]`` is an N1 whose first element is ST, ``HL[03=O]``
an HL whose third is O, ``DTM[01.1=137]`` names a component.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.edi.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml_connector.edi.notation import Node
    from ml_connector.edi.report import Report
    from ml_connector.edi.schema import MessageSchema
    from ml_connector.edi.segment import Segment

_STEP = re.compile(
    r"(?P<tag>[A-Z0-9]{2,3})(?:\[(?:(?P<number>\d\d)(?:\.(?P<component>\d+))?=)?(?P<code>[^\]=]+)\])?"
)


@dataclass(frozen=True, slots=True)
class Step:
    """A tag, and what one of its elements has to say; any segment of the tag where the code is empty."""

    tag: str
    code: str = ""
    number: int = 1
    component: int = 1

    def __str__(self) -> str:
        return f"{self.tag} with {self.code}" if self.code else self.tag

    def fits(self, segment: Segment) -> bool:
        """Whether a segment of the tag is one of those meant."""
        return not self.code or segment.element(self.number, self.component).strip().upper() == self.code


def read_step(text: str) -> Step | None:
    """A step from ``N1[ST]``; None where the text is none."""
    match = _STEP.fullmatch(text)
    if match is None:
        return None
    number, component = int(match["number"] or 1), int(match["component"] or 1)
    return Step(match["tag"], (match["code"] or "").strip().upper(), number, component)


@dataclass(frozen=True, slots=True)
class Watch:
    """How often segments with a code may occur in each loop around them.

    Attributes:
        node: The place.
        step: Which segments there.
        around: What the triggers of loops around it have to say, by place.
        required: Whether one has to occur.
        maximum: How many may; None without limit.
    """

    node: Node
    step: Step
    around: dict[int, Step]
    required: bool = False
    maximum: int | None = None


class DiscriminationCheck:
    """Counts segments by their codes, loop by loop, as they pass; a loop that ends tells what it lacks."""

    def __init__(self, schema: MessageSchema, report: Report) -> None:
        self._schema = schema
        self._report = report
        self._watches = schema.watches
        self._open: dict[int, Segment | None] = {0: None}
        self._counts = [0] * len(self._watches)

    def see(self, node: Node, segment: Segment, *, backward: bool = False) -> None:
        """Take in the next segment; one out of order ends no loop."""
        if not backward:
            self._end({*loops_around(self._schema.nodes, node)}, segment)
        for index, watch in enumerate(self._watches):
            if watch.node.index == node.index and watch.step.fits(segment) and self._applies(watch):
                self._counts[index] += 1
                if watch.maximum is not None and self._counts[index] > watch.maximum:
                    self._exceed(watch, segment)
        if node.loop and not backward:
            self._open[node.index] = segment

    def finish(self) -> None:
        """End the message."""
        self._end(set(), None)

    def _applies(self, watch: Watch) -> bool:
        """Whether the loops that are open are those the watch is for."""
        around = ((self._open.get(index), step) for index, step in watch.around.items())
        return all(trigger is not None and step.fits(trigger) for trigger, step in around)

    def _end(self, kept: set[int], segment: Segment | None) -> None:
        """End the open loops that are not kept, the innermost first."""
        for loop in sorted(set(self._open) - kept, reverse=True):
            for index, watch in enumerate(self._watches):
                if watch.node.parent == loop:
                    if watch.required and not self._counts[index] and self._applies(watch):
                        self._lack(watch, segment)
                    self._counts[index] = 0
            del self._open[loop]

    def _lack(self, watch: Watch, segment: Segment | None) -> None:
        loop = self._schema.nodes[watch.node.parent].loop
        found = segment.tag if segment is not None else "the end of the message"
        told = f"Expected {watch.step} in {loop}{_named(watch)}, found {found}."
        self._report.note(Fault.SEGMENT_MISSING, told, segment, tag=watch.node.tag, loop=loop)

    def _exceed(self, watch: Watch, segment: Segment) -> None:
        loop = self._schema.nodes[watch.node.parent].loop
        most = f"at most {watch.maximum}" if watch.maximum else "no"
        told = f"Expected {most} {watch.step} in {loop}{_named(watch)}, found one more."
        fault = Fault.SEGMENT_OVER_MAXIMUM if watch.maximum else Fault.SEGMENT_UNUSED
        self._report.note(fault, told, segment, loop=loop)


def loops_around(nodes: Sequence[Node], node: Node) -> Iterator[int]:
    """The loops around a place, the innermost first, the message itself last."""
    while node.parent >= 0:
        yield node.parent
        node = nodes[node.parent]


def _named(watch: Watch) -> str:
    """What the loops around have to say, in words."""
    return "".join(f" of {step}" for step in watch.around.values())
