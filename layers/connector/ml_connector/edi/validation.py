"""Validation: a message against its schema and the partner's overlay, every finding at once.

Most segments of most messages are faultless, so each is first offered to a pattern compiled from its rules
(`ml_connector.edi.patterns`) and to a table of ways from place to place; only what neither accepts is taken
apart and explained. Memory doesn't grow with the message, nor does the cost per segment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ml_connector.edi.discrimination import DiscriminationCheck
from ml_connector.edi.explanation import Explanation
from ml_connector.edi.faults import Fault
from ml_connector.edi.hierarchy import CpsCheck, HlCheck
from ml_connector.edi.loops import schema_of
from ml_connector.edi.overlay import apply_overlay
from ml_connector.edi.patterns import compile_segment, compile_shape
from ml_connector.edi.placement import Walker
from ml_connector.edi.report import Report

if TYPE_CHECKING:
    from ml_connector.edi.finding import Finding
    from ml_connector.edi.message import Message
    from ml_connector.edi.notation import Node
    from ml_connector.edi.overlay import Overlay
    from ml_connector.edi.patterns import Matcher
    from ml_connector.edi.placement import Deviation
    from ml_connector.edi.schema import MessageSchema
    from ml_connector.edi.segment import Block, Segment
    from ml_connector.edi.syntax import Syntax

#: A pattern costs a millisecond to make and saves ten microseconds a segment: worth it from this many on.
_WORTH_A_PATTERN = 16

#: So many whole segments are remembered per place: partners send the same units, dates and names again.
_MOST_REMEMBERED = 256

#: Segments whose content decides the tree, so that each is looked at.
_HIERARCHIES: dict[str, dict[str, type[HlCheck] | type[CpsCheck]]] = {
    "x12": {"HL": HlCheck},
    "edifact": {"CPS": CpsCheck},
}


def validate(
    message: Message, *, schema: MessageSchema | None = None, overlay: Overlay | None = None
) -> list[Finding]:
    """All findings of a message against its schema, in the order of its segments; never an exception.

    What reading found (counts, control numbers, repairs) is in ``message.findings``, not here. A message too
    long to be held is streamed through once.

    Args:
        message: The message.
        schema: The rules; by default those of its type and version, or of the nearest version held, which an
            INFO finding says. A type without rules gives one finding that says so.
        overlay: A partner's own rules over the standard's.
    """
    report = Report(message.standard.value, overlay.weights if overlay else None)
    found = schema or schema_of(message)
    if found is None:
        _note_unknown_type(message, report)
        return report.findings
    if not found.exact:
        asked = message.version or "no version"
        told = f"Read by the rules of {found.version}, the nearest held to {asked}."
        report.note(Fault.VERSION_NOT_HELD, told, message.header, value=message.version)
    check = MessageCheck(apply_overlay(found, overlay), message.interchange.syntax, report)
    for block in message.read_blocks():
        check.see(block)
    check.finish()
    report.findings.sort(key=lambda finding: finding.position or 0)
    return report.findings


def _note_unknown_type(message: Message, report: Report) -> None:
    told = f"No rules are known for the message type {message.type!r}; only its envelope was checked."
    report.note(Fault.TYPE_UNKNOWN, told, message.header, value=message.type)


class Way(NamedTuple):
    """A way a segment may go without being taken apart, if its bytes match.

    Attributes:
        state: The place it leads to.
        fits: Whether a segment is faultless and of the usual shape.
        limit: How often that place may be taken in a row, where this is a repetition of it; 0 where nothing
            is counted, -1 where counting begins.
        matches: Whether a segment is faultless.
    """

    state: int
    fits: Matcher
    limit: int
    matches: Matcher


_UNCOUNTED, _BEGIN = 0, -1

Ways: TypeAlias = list[dict[bytes, Way]]


class MessageCheck:
    """Checks one message, a block of segments at a time.

    Args:
        schema: The rules.
        syntax: The interchange's separators.
        report: Where the findings go.
    """

    def __init__(self, schema: MessageSchema, syntax: Syntax, report: Report) -> None:
        self._schema = schema
        self._syntax = syntax
        self._report = report
        self._walker = Walker(schema)
        key = (syntax.tag, syntax.element, syntax.component, syntax.repetition, syntax.release)
        if ("ways", key) not in schema.tables:
            schema.tables["ways", key] = _Tables(schema)
        self._tables: _Tables = schema.tables["ways", key]
        checks = _HIERARCHIES.get(schema.standard, {})
        self._hierarchies: dict[str, HlCheck | CpsCheck] = {tag: make(report) for tag, make in checks.items()}
        self._discrimination = DiscriminationCheck(schema, report)

    def see(self, block: Block) -> None:
        """Check the next segments."""
        walker = self._walker
        counts = walker.counts
        state = walker.state
        ways, passed = self._known_ways()
        for index, raw in enumerate(block.raws):
            known = passed[state]
            way = known.get(raw)
            if way is None:
                way = ways[state].get(raw[:3])
                if way is not None:
                    if way[1](raw) is None and way[3](raw) is None:
                        way = None
                    elif len(known) < _MOST_REMEMBERED:
                        known[raw] = way
            if way is not None:
                target, _, limit, _ = way
                if limit == _UNCOUNTED:
                    state = target
                    continue
                if limit == _BEGIN:
                    counts[target] = 1
                    state = target
                    continue
                if counts[target] < limit:
                    counts[target] += 1
                    state = target
                    continue
            walker.state = state
            self._look_into(block.segment(index))
            state = walker.state
            ways, passed = self._known_ways()
        walker.state = state

    def _known_ways(self) -> tuple[Ways, Ways]:
        """The ways learnt, by a segment's first bytes and by all of them.

        None while a loop that is open needs attention at its end.
        """
        tables = self._tables
        return (tables.none, tables.none) if self._walker.irregular else (tables.ways, tables.passed)

    def finish(self) -> None:
        """End the message: what is missing at its end, and what its hierarchy lacks."""
        self._walker.finish()
        self._note_deviations()
        for hierarchy in self._hierarchies.values():
            hierarchy.finish()
        self._discrimination.finish()

    def _look_into(self, segment: Segment) -> None:
        """Place a segment and explain what it holds."""
        walker = self._walker
        tag, before = segment.tag, walker.state
        step = walker.step(tag)
        taken = walker.take(step, segment)
        self._note_deviations()
        node = taken.node
        if node is not None and node.tag in self._hierarchies:
            self._hierarchies[node.tag].see(segment)
        if node is not None and self._schema.watches:
            self._discrimination.see(node, segment, backward=taken.backward)
        rule = self._schema.rule_of(node) if node is not None else self._schema.rules.get(tag)
        if tag in self._schema.variants:
            rule = self._schema.variant_of(segment, rule)
        if rule is not None and not self._tables.matches(node, segment.raw):
            Explanation(segment, rule, walker.loop, self._report).explain()
        if node is not None and taken is step and not (step.backward or step.missing or step.implied):
            self._tables.learn(before, node, segment.raw, self._syntax, repeats=step.repeats)

    def _note_deviations(self) -> None:
        for deviation in self._walker.deviations:
            self._note(deviation)
        self._walker.deviations.clear()

    def _note(self, deviation: Deviation) -> None:
        node, segment = deviation.node, deviation.segment
        place: dict[str, str | int | None] = {"loop": deviation.loop}
        if node is not None and deviation.fault is Fault.SEGMENT_MISSING:
            place["tag"] = node.tag
        self._report.note(deviation.fault, _sentence(deviation), segment, **place)


def _sentence(deviation: Deviation) -> str:
    """What was expected and what was found of a segment's place."""
    node, segment = deviation.node, deviation.segment
    tag = segment.tag if segment is not None else ""
    where = f"in {deviation.loop}"
    if node is None:
        told = {
            Fault.UNKNOWN_SEGMENT: f"Expected a segment of the standard {where}, found {tag!r}.",
            Fault.NOT_IN_MESSAGE: f"Expected a segment of this message {where}, found {tag}.",
            Fault.UNEXPECTED: f"Expected another segment {where}, found {tag}, which has no place here.",
        }
        return told[deviation.fault]
    thing = f"loop {node.loop}" if node.loop else f"segment {node.tag}"
    told = {
        Fault.SEGMENT_MISSING: f"Expected {thing} {where}, found {tag or 'the end of the message'}.",
        Fault.OUT_OF_SEQUENCE: f"Expected {tag} earlier {where}, found it here.",
        Fault.SEGMENT_UNUSED: f"Expected no {tag} {where}, which the partner does not use, found one.",
        Fault.CPS_MISSING: f"Expected CPS before {tag}, found none; read as one consignment level.",
    }
    return told.get(
        deviation.fault, f"Expected {thing} at most {node.maximum} times {where}, found one more."
    )


class _Tables:
    """What was learnt of a schema under one set of separators, shared by all messages."""

    def __init__(self, schema: MessageSchema) -> None:
        self.ways: Ways = [{} for _ in schema.nodes]
        # Apart from the ways: a segment of nothing but its tag is no way that was learnt for the tag.
        self.passed: Ways = [{} for _ in schema.nodes]
        self.none: Ways = [{}] * len(schema.nodes)
        self._schema = schema
        # Segments that are looked at one by one: where loops are watched all, as any may end one.
        watched = schema.tags() if schema.watches else frozenset()
        self._looked_at = watched | set(_HIERARCHIES.get(schema.standard, ()))
        self._seen: dict[str, int] = {}
        self._matchers: dict[str, Matcher | None] = {}

    def matches(self, node: Node | None, raw: bytes) -> bool:
        """Whether a pattern is at hand and says that a segment is faultless."""
        matcher = self._matchers.get(node.tag) if node is not None else None
        return matcher is not None and matcher(raw) is not None

    def learn(self, state: int, node: Node, raw: bytes, syntax: Syntax, *, repeats: bool) -> None:
        """Remember the way a segment went, once its pattern is worth making."""
        tag = node.tag
        seen = self._seen[tag] = self._seen.get(tag, 0) + 1
        over = repeats and node.maximum == 1  # a repetition that is always a fault is no way to remember
        varies = tag in self._schema.variants
        if varies or seen < _WORTH_A_PATTERN or over or not raw.startswith(tag.encode()):
            return
        if tag not in self._matchers:
            self._matchers[tag] = compile_segment(self._schema.rule_of(node), syntax)
        matches = self._matchers[tag]
        if matches is not None and tag not in self._looked_at:
            rule = self._schema.rule_of(node)
            fits = compile_shape(rule, raw, syntax) if matches(raw) else matches
            self.ways[state][raw[:3]] = Way(node.index, fits, _limit(node, repeats=repeats), matches)


def _limit(node: Node, *, repeats: bool) -> int:
    if node.maximum is None or node.maximum == 1:
        return _UNCOUNTED
    return node.maximum if repeats else _BEGIN
