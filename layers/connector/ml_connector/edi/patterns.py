"""Segment rules as regular expressions over bytes: the fast path of validation.

The pattern of a segment accepts only segments without a fault, so that one match in C answers for most of
them. What it refuses is explained in Python (`ml_connector.edi.explanation`), which may find nothing after
all: a released separator, a number in an unusual notation, 29 February.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ml_connector.edi.values import DATE_PATTERNS, pattern_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ml_connector.edi.notation import Composite, Condition, Part, SegmentRule
    from ml_connector.edi.syntax import Syntax

    Matcher = Callable[[bytes], object]

_NEVER = b"(?!)"
#: More conditions than this on one position make the decision tree larger than it is worth.
_MOST_GROUPS = 6


def holds(condition: Condition, present: set[int]) -> bool:
    """Whether a condition is met by the positions that hold a value (X12 5.3.2, syntax notes P R E C L)."""
    first, *others = condition.positions
    count = len(present.intersection(condition.positions))
    if condition.rule == "P":
        return count in (0, len(condition.positions))
    if condition.rule == "R":
        return count > 0
    if condition.rule == "E":
        return count < 2
    if first not in present:
        return True
    return all(other in present for other in others) if condition.rule == "C" else count > 1


def compile_segment(rule: SegmentRule, syntax: Syntax) -> Matcher | None:
    """A function that is true only of the bytes of a faultless segment; ``None`` where none can be made.

    Args:
        rule: The segment's positions and conditions.
        syntax: The interchange's separators.
    """
    separators = (syntax.tag, syntax.element, syntax.component, syntax.repetition, syntax.release)
    if any(len(separator) > 1 for separator in separators) or not syntax.component:
        return None
    builder = _Builder(syntax)
    tail = builder.positions(rule.parts, rule.conditions, re.escape(syntax.element), b"e")
    tag = rule.tag.encode("ascii")
    if syntax.tag != syntax.element:
        first = re.escape(syntax.element)
        tail = tail.replace(first, re.escape(syntax.tag), 1)
    pattern = tag + tail + rb"\Z"
    return re.compile(pattern, re.DOTALL).match


class _Builder:
    """Builds patterns for one interchange's separators."""

    def __init__(self, syntax: Syntax) -> None:
        used = b"".join((syntax.element, syntax.component, syntax.repetition, syntax.release, syntax.tag))
        if syntax.tag != syntax.element:
            used = used.replace(syntax.tag, b"")
        self._text = b"[^" + re.escape(used) + rb"\x00-\x1f\x7f]"
        self._any = b"[^" + re.escape(syntax.element + syntax.release) + rb"\x00-\x1f\x7f]"
        self._element = re.escape(syntax.element)
        self._component = re.escape(syntax.component)
        self._repetition = re.escape(syntax.repetition)

    def positions(
        self, parts: Sequence[Part], conditions: Sequence[Condition], separator: bytes, prefix: bytes
    ) -> bytes:
        """Everything after the tag, or after a composite's start, the separators in front."""
        watched = {position for condition in conditions for position in condition.positions}
        tail = b""
        for number in range(len(parts), 0, -1):
            end = self._end(number - 1, parts, conditions, prefix)
            value = self._value(parts[number - 1], prefix + b"%d_" % number)
            held = b"(?P<%s%d>%s)" % (prefix, number, value) if number in watched else value
            here = self._presence(number, parts[number - 1], held, conditions, prefix)
            more = separator + here + tail
            if end == _NEVER:
                tail = more
            elif end == b"":
                tail = b"(?:" + more + b")?"
            else:
                tail = b"(?:" + more + b"|" + end + b")"
        return tail

    def _presence(
        self, number: int, part: Part, value: bytes, conditions: Sequence[Condition], prefix: bytes
    ) -> bytes:
        """The value at a position, and the conditions that can be told once it is known."""
        decided = [condition for condition in conditions if max(condition.positions) == number]
        watched = sorted({position for condition in decided for position in condition.positions})

        def leaf(present: set[int]) -> bytes:
            return b"" if all(holds(condition, present) for condition in decided) else _NEVER

        check = _decide(watched, leaf, prefix)
        if part.unused:
            return check
        return (value if part.mandatory else b"(?:" + value + b")?+") + check

    def _end(
        self, number: int, parts: Sequence[Part], conditions: Sequence[Condition], prefix: bytes
    ) -> bytes:
        """Whether a segment may end after a position: nothing, never, or as the positions before decide."""
        if any(part.mandatory for part in parts[number:]):
            return _NEVER
        pending = [condition for condition in conditions if max(condition.positions) > number]
        watched = sorted({p for condition in pending for p in condition.positions if p <= number})

        def leaf(present: set[int]) -> bytes:
            return b"" if all(holds(condition, present) for condition in pending) else _NEVER

        return _decide(watched, leaf, prefix)

    def _value(self, part: Part, prefix: bytes) -> bytes:
        if part.composite is not None:
            value = self._composite(part.composite, prefix)
        elif part.element is not None:
            value = pattern_of(part.element, self._text)
        else:
            value = self._any + b"+"
        if part.repeat > 1 and self._repetition and b"(?P<" not in value:
            value += b"(?:%s%s){0,%d}" % (self._repetition, value, part.repeat - 1)
        return value

    def _composite(self, composite: Composite, prefix: bytes) -> bytes:
        if composite.name == "C507":
            return self._dated(composite)
        tail = self.positions(composite.parts, composite.conditions, self._component, prefix)
        not_empty = b"(?=%s*[^%s%s])" % (self._component, self._component, self._element)
        return not_empty + tail.replace(self._component, b"", 1)

    def _dated(self, composite: Composite) -> bytes:
        """A date in the formats that most dates have, with its qualifier (EDIFACT C507)."""
        qualifier = composite.parts[0].element
        assert qualifier is not None  # noqa: S101 # C507 starts with 2005 in every directory
        dates = (date + self._component + layout for layout, date in DATE_PATTERNS.items())
        return pattern_of(qualifier, self._text) + self._component + b"(?:" + b"|".join(dates) + b")"


def _decide(
    watched: Sequence[int],
    leaf: Callable[[set[int]], bytes],
    prefix: bytes,
    present: frozenset[int] = frozenset(),
) -> bytes:
    """A decision tree over which groups matched, branches that agree folded into one."""
    if len(watched) > _MOST_GROUPS:
        return _NEVER
    if not watched:
        return leaf(set(present))
    first, *rest = watched
    there = _decide(rest, leaf, prefix, present | {first})
    absent = _decide(rest, leaf, prefix, present)
    if there == absent:
        return there
    return b"(?(%s%d)%s|%s)" % (prefix, first, there, absent)
