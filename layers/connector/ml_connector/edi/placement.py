"""Placement: which place in its message's tree each segment stands in.

A segment belongs to the nearest place that follows the segment before it: inside the loop that is open,
else in the loops around it. The answer depends only on the place of the segment before and on the tag, so
it is computed once per schema and kept (`Step`). Segments out of order are placed where they would belong
and said to be out of order; segments no place exists for are set aside, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.edi.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.edi.notation import Node
    from ml_connector.edi.schema import MessageSchema
    from ml_connector.edi.segment import Segment


@dataclass(frozen=True, slots=True)
class Deviation:
    """A departure from the tree.

    Attributes:
        fault: What is wrong.
        node: The place concerned; ``None`` for a segment without one.
        loop: Name of the loop it is about.
        segment: The segment at fault, or where the absence of one was noticed.
    """

    fault: Fault
    node: Node | None
    loop: str
    segment: Segment | None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The way from one place to the next.

    Attributes:
        node: Where the segment belongs; ``None`` if nowhere.
        closes: How many open loops end before it.
        missing: The mandatory places passed over.
        backward: Whether the place lies before the last one, so the segment is out of order.
        repeats: Whether it is the same place again.
        simple: Whether it needs no bookkeeping: a new plain segment in the loop that is open.
        implied: A loop that opens before the place without its trigger.
    """

    node: Node | None
    closes: int = 0
    missing: tuple[Node, ...] = ()
    backward: bool = False
    repeats: bool = False
    simple: bool = False
    implied: Node | None = None


#: Triggers that senders leave out, the loop being clear without.
IMPLIED_TRIGGERS = frozenset({"CPS"})


class Walker:
    """Walks one message through its tree, a segment at a time, in constant memory.

    Which loops are open follows from the last place taken, so the state is that place and how often each
    place was taken in a row.

    Attributes:
        state: Index of the last place taken.
        counts: By place, how often it was taken in a row in the loop that is open.
        irregular: Whether a loop that is open lacks something or went back, so that its end needs attention.
        deviations: What was wrong so far; the caller may take findings out of it as they come.
    """

    def __init__(self, schema: MessageSchema) -> None:
        self._schema = schema
        tables: list[dict[str, Step]] = schema.tables.setdefault("steps", [{} for _ in schema.nodes])
        self._tables = tables
        self._lacking: dict[int, list[Deviation]] = {}
        self._reached: dict[int, int] = {}
        self.state = 0
        self.counts = [0] * len(schema.nodes)
        self.irregular = False
        self.deviations: list[Deviation] = []

    @property
    def loop(self) -> str:
        """Name of the innermost open loop."""
        node = self._schema.nodes[self.state]
        return node.loop or self._schema.nodes[node.parent].loop

    def walk(self, segments: Iterable[Segment]) -> Iterator[tuple[Segment, Step]]:
        """Each segment with the step that leads to it; call `finish` afterwards."""
        for segment in segments:
            yield segment, self.take(self.step(segment.tag), segment)

    def step(self, tag: str) -> Step:
        """The way from where the message stands to the nearest place for a tag."""
        known = self._tables[self.state].get(tag)
        if known is None:
            known = next(_steps(self._schema, self.state, tag), None) or self._implied(tag)
            self._tables[self.state][tag] = known
        return known

    def take(self, step: Step, segment: Segment) -> Step:
        """Go a way with a segment; another way is gone, and returned, where the nearest place is full."""
        node = step.node
        if node is None:
            self._set_aside(segment)
            return step
        # Ways that need no counting leave the count as it was; who repeats a place has taken it once.
        count = max(self.counts[node.index], 1) + 1 if step.repeats else 1
        if node.maximum is not None and count > node.maximum:
            later = self._elsewhere(segment.tag, node)
            if later is not None:
                return self.take(later, segment)
            self._exceed(node, segment)
        self._arrive(step, node, count, segment)
        return step

    def _arrive(self, step: Step, node: Node, count: int, segment: Segment) -> None:
        if step.backward:
            self._go_back(node, segment)
        if step.missing:
            self._lack(step.missing, segment)
        if node.loop or not step.backward:
            if step.closes and self.irregular:
                self._close(self._open_loops()[: step.closes])
            if step.implied is not None:
                self._imply(step.implied, segment)
            self.state = node.index
            self.counts[node.index] = count

    def finish(self) -> None:
        """End the message: what the loops still open lack is noted."""
        last = self._schema.nodes[-1]
        if self.state != last.index:
            missing = _passed_over(self._schema, self.state, None)
            self._lack([node for node in missing if node is not last], None)
        self._close(self._open_loops())

    def _open_loops(self) -> list[int]:
        """The loops that are open, the innermost first."""
        nodes = self._schema.nodes
        last = nodes[self.state]
        index = last.index if last.loop else last.parent
        found = []
        while index >= 0:
            found.append(index)
            index = nodes[index].parent
        return found

    def _implied(self, tag: str) -> Step:
        """The way into a loop whose trigger senders leave out: LIN without CPS is in a first CPS group."""
        for closes, candidates in _levels(self._schema, self.state):
            for loop in candidates:
                if loop.tag not in IMPLIED_TRIGGERS or loop.index < closes_at(
                    self._schema, self.state, closes
                ):
                    continue
                for index in loop.children:
                    if self._schema.nodes[index].tag == tag:
                        missing = tuple(_passed_over(self._schema, self.state, loop))
                        return Step(self._schema.nodes[index], closes, missing, implied=loop)
        return Step(None)

    def _set_aside(self, segment: Segment) -> None:
        tag = segment.tag
        known = Fault.UNEXPECTED if tag in self._schema.tags() else Fault.NOT_IN_MESSAGE
        fault = known if tag in self._schema.rules else Fault.UNKNOWN_SEGMENT
        self.deviations.append(Deviation(fault, None, self.loop, segment))

    def _exceed(self, node: Node, segment: Segment) -> None:
        fault = Fault.LOOP_OVER_MAXIMUM if node.loop else Fault.SEGMENT_OVER_MAXIMUM
        fault = fault if node.maximum else Fault.SEGMENT_UNUSED
        self.deviations.append(Deviation(fault, node, self._around(node), segment))

    def _imply(self, loop: Node, segment: Segment) -> None:
        self.deviations.append(Deviation(Fault.CPS_MISSING, loop, self._around(loop), segment))
        self.counts[loop.index] = 1

    def _around(self, node: Node) -> str:
        return self._schema.nodes[node.parent].loop

    def _elsewhere(self, tag: str, node: Node) -> Step | None:
        """The next place for a tag whose nearest place is full."""
        steps = (step for step in _steps(self._schema, self.state, tag) if not step.backward)
        return next((step for step in steps if step.node is not None and step.node.index > node.index), None)

    def _go_back(self, node: Node, segment: Segment) -> None:
        """Note a segment out of order; what it was missed as is no longer missing."""
        self.deviations.append(Deviation(Fault.OUT_OF_SEQUENCE, node, self._around(node), segment))
        around = node.parent
        self._reached[around] = max(self._reached.get(around, 0), self.state)
        lacking = self._lacking.get(around)
        if lacking:
            lacking[:] = [lack for lack in lacking if lack.node is not node]
        self.irregular |= around > 0

    def _lack(self, missing: Iterable[Node], segment: Segment | None) -> None:
        """Note absent places in the open loops they belong to; one may yet come, out of order."""
        for node in missing:
            if node.index > self._reached.get(node.parent, 0):
                lack = Deviation(Fault.SEGMENT_MISSING, node, self._around(node), segment)
                self._lacking.setdefault(node.parent, []).append(lack)
                self.irregular |= node.parent > 0

    def _close(self, loops: Iterable[int]) -> None:
        """End loops: what they lack will not come any more."""
        for loop in loops:
            self.deviations.extend(self._lacking.pop(loop, ()))
            self._reached.pop(loop, None)
        self.irregular = any(loop > 0 for loop in (*self._lacking, *self._reached))


def _steps(schema: MessageSchema, state: int, tag: str) -> Iterator[Step]:
    """Every way from a place to a tag, the nearest first: forward, then backward."""
    for backward in (False, True):
        for closes, candidates in _levels(schema, state):
            for node in candidates:
                if node.tag == tag and (node.index < closes_at(schema, state, closes)) is backward:
                    yield _step(schema, state, node, closes, backward=backward)


def closes_at(schema: MessageSchema, state: int, closes: int) -> int:
    """The place in the loop that stays open after closing some: what lies before it is behind."""
    node = schema.nodes[state]
    if node.loop and closes == 0:
        return 0
    steps = closes - 1 if node.loop else closes
    for _ in range(steps):
        node = schema.nodes[node.parent]
    return node.index


def _levels(schema: MessageSchema, state: int) -> Iterator[tuple[int, list[Node]]]:
    """The places inside each open loop, the innermost first, with how many loops end to get there."""
    node = schema.nodes[state]
    inner = node if node.loop else schema.nodes[node.parent]
    closes = 0
    while True:
        yield closes, [schema.nodes[index] for index in inner.children]
        if inner.parent < 0:
            return
        inner, closes = schema.nodes[inner.parent], closes + 1


def _step(schema: MessageSchema, state: int, node: Node, closes: int, *, backward: bool) -> Step:
    repeats = node.index == closes_at(schema, state, closes)
    missing = () if backward else tuple(_passed_over(schema, state, node))
    counted = node.maximum == 0 or (repeats and node.maximum is not None)
    simple = not (closes or node.loop or backward or missing or counted)
    return Step(node, closes, missing, backward=backward, repeats=repeats, simple=simple)


def _passed_over(schema: MessageSchema, state: int, target: Node | None) -> Iterator[Node]:
    """The mandatory places between two places: in the loops that end, and in the one that stays open."""
    stays_open = target.parent if target else -1
    for closes, candidates in _levels(schema, state):
        behind = closes_at(schema, state, closes)
        parent = candidates[0].parent if candidates else None
        limit = target.index if target and parent == stays_open else len(schema.nodes)
        yield from (node for node in candidates if node.mandatory and behind < node.index < limit)
        if parent == stays_open:
            return
