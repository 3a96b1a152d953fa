"""Segment rules as regular expressions over bytes: the fast path of validation.

The pattern of a segment accepts only segments without a fault, so that one match in C answers for most of
them. What it refuses is explained in Python (`ml_connector.edi.explanation`), which may find nothing after
all: a released separator, a number in an unusual notation, 29 February.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ml_connector.edi.splitting import split_elements
from ml_connector.edi.values import DATE_PATTERNS, is_text, pattern_of, text_of

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
    if syntax.tag != syntax.element:
        tail = tail.replace(re.escape(syntax.element), re.escape(syntax.tag), 1)
    return re.compile(rule.tag.encode("ascii") + tail, re.DOTALL).fullmatch


def compile_shape(rule: SegmentRule, raw: bytes, syntax: Syntax) -> Matcher:
    """A function true only of faultless segments with values at the same positions as one that is faultless.

    Which positions hold values decides mandatory positions and conditions, so the pattern has only values to
    look at and is twice as fast as the general one. Most segments of a partner have the shape of the last.
    """
    builder = _Builder(syntax)
    tag, *elements = split_elements(raw, syntax)
    held = zip(rule.parts, elements, strict=False)
    values = [builder.shaped(part, element) for part, element in held]
    separators = [re.escape(syntax.tag), *[re.escape(syntax.element)] * len(values)]
    tail = b"".join(separator + value for separator, value in zip(separators, values, strict=False))
    return re.compile(re.escape(tag) + tail, re.DOTALL).fullmatch


class _Builder:
    """Builds patterns for one interchange's separators.

    What a value holds ends at the next separator whatever the rules, so nothing is ever tried twice:
    quantifiers are possessive.
    """

    def __init__(self, syntax: Syntax) -> None:
        used = b"".join((syntax.element, syntax.component, syntax.repetition, syntax.release))
        self._text = b"[^" + re.escape(used) + rb"\x00-\x1f\x7f]"
        self._any = b"[^" + re.escape(syntax.element + syntax.release) + rb"\x00-\x1f\x7f]"
        self._element = re.escape(syntax.element)
        self._separator = syntax.component
        self._component = re.escape(syntax.component)
        self._repetition = re.escape(syntax.repetition)

    def positions(
        self, parts: Sequence[Part], conditions: Sequence[Condition], separator: bytes, prefix: bytes
    ) -> bytes:
        """Everything after the tag, or after a composite's start, the separators in front."""
        pairs = _lone_pairs(parts, conditions)
        watched = {position for c in conditions if c not in pairs.values() for position in c.positions}
        tail = b""
        for number in range(len(parts), 0, -1):
            if number in pairs:
                continue
            part = parts[number - 1]
            inner = prefix + b"%d_" % number
            if number + 1 in pairs:
                second = self._value(parts[number], prefix + b"%d_" % (number + 1))
                both = self._value(part, inner) + separator + second
                here = b"(?:" + both + b"|" + separator + b"?+)"
            else:
                here = self._presence(number, part, inner, watched, conditions)
            tail = self._ended(number - 1, separator + here + tail, parts, conditions, prefix)
        return tail

    def shaped(self, part: Part, element: bytes) -> bytes:
        """The value of an element as one that is faultless has it, its components at the same places."""
        composite = part.composite
        if not element:
            return b""
        if composite is None or composite.name == "C507" or (self._repetition and part.repeat > 1):
            return self._value(part, b"s")
        components = element.split(self._separator)
        held = zip(composite.parts, components, strict=False)
        return self._component.join(self._value(inner, b"s") if value else b"" for inner, value in held)

    def _presence(
        self, number: int, part: Part, inner: bytes, watched: set[int], conditions: Sequence[Condition]
    ) -> bytes:
        """The value at a position, and the conditions that can be told once it is known."""
        if number not in watched:
            return self._value(part, inner) if part.mandatory else self._optional(part, inner)
        prefix = inner[:-1].removesuffix(b"%d" % number)
        decided = [condition for condition in conditions if max(condition.positions) == number]
        places = sorted({position for condition in decided for position in condition.positions})
        held = b"(?P<%s%d>%s)" % (prefix, number, self._value(part, inner))
        check = _decide(places, lambda present: all(holds(c, present) for c in decided), prefix)
        return (held if part.mandatory else held + b"?+") + check

    def _ended(
        self, number: int, more: bytes, parts: Sequence[Part], conditions: Sequence[Condition], prefix: bytes
    ) -> bytes:
        """What follows a position: more, or the end where neither position nor condition demands more."""
        if any(part.mandatory for part in parts[number:]):
            return more
        pending = [condition for condition in conditions if max(condition.positions) > number]
        places = sorted({p for condition in pending for p in condition.positions if p <= number})
        end = _decide(places, lambda present: all(holds(c, present) for c in pending), prefix)
        if end == _NEVER:
            return more
        return b"(?:" + more + b")?+" if end == b"" else b"(?>" + more + b"|" + end + b")"

    def _optional(self, part: Part, prefix: bytes) -> bytes:
        """A value or nothing."""
        element = part.element
        if part.unused:
            return b""
        if element is not None and part.repeat == 1 and element.minimum == 1 and is_text(element):
            return text_of(element, self._text, least=0)
        return b"(?:" + self._value(part, prefix, may_be_empty=True) + b")?+"

    def _value(self, part: Part, prefix: bytes, *, may_be_empty: bool = False) -> bytes:
        if part.unused:
            return _NEVER
        if part.composite is not None:
            value = self._composite(part.composite, prefix, may_be_empty=may_be_empty)
        elif part.element is not None:
            value = pattern_of(part.element, self._text)
        else:
            value = self._any + b"++"
        if part.repeat > 1 and self._repetition and b"(?P<" not in value:
            value += b"(?:%s%s){0,%d}+" % (self._repetition, value, part.repeat - 1)
        return value

    def _composite(self, composite: Composite, prefix: bytes, *, may_be_empty: bool) -> bytes:
        if composite.name == "C507":
            return self._dated(composite)
        tail = self.positions(composite.parts, composite.conditions, self._component, prefix)
        body = tail.replace(self._component, b"", 1)
        if may_be_empty or composite.parts[0].mandatory:
            return body
        return b"(?=%s*[^%s%s])" % (self._component, self._component, self._element) + body

    def _dated(self, composite: Composite) -> bytes:
        """A date in the formats that most dates have, with its qualifier (EDIFACT C507)."""
        qualifier = composite.parts[0].element
        assert qualifier is not None  # noqa: S101 # C507 starts with 2005 in every directory
        dates = (date + self._component + layout for layout, date in DATE_PATTERNS.items())
        return pattern_of(qualifier, self._text) + self._component + b"(?:" + b"|".join(dates) + b")"


def _lone_pairs(parts: Sequence[Part], conditions: Sequence[Condition]) -> dict[int, Condition]:
    """The pairs of neighbours nothing else depends on, by their second position; they need no memory."""
    uses = Counter(position for condition in conditions for position in condition.positions)
    found = {}
    for condition in conditions:
        first, last = condition.positions[0], condition.positions[-1]
        together = condition.rule == "P" and len(condition.positions) == 2 and last == first + 1
        free = (
            uses[first] == uses[last] == 1
            and not parts[first - 1].mandatory
            and not parts[last - 1].mandatory
        )
        if together and free and not (parts[first - 1].unused or parts[last - 1].unused):
            found[last] = condition
    return found


def _decide(
    places: Sequence[int],
    allowed: Callable[[set[int]], bool],
    prefix: bytes,
    present: frozenset[int] = frozenset(),
) -> bytes:
    """A decision tree over which groups matched: nothing where that is allowed, never where it is not."""
    if len(places) > _MOST_GROUPS:
        return _NEVER
    if not places:
        return b"" if allowed(set(present)) else _NEVER
    first, *rest = places
    there = _decide(rest, allowed, prefix, present | {first})
    absent = _decide(rest, allowed, prefix, present)
    return there if there == absent else b"(?(%s%d)%s|%s)" % (prefix, first, there, absent)
