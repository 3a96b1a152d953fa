"""Rules that can never count: their own tests contradict each other, or earlier rules take all they match.

Conditions are written out as alternatives of plain tests. What is found is certain; what is too large to
write out, or rests on patterns, is taken as reachable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.partners.conditions import OPERATORS, All, Not, Test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.partners.conditions import Condition
    from ml_connector.partners.rules import Rule, RuleSet

_MOST_ALTERNATIVES = 64

#: What can't be told of a value without the value.
_OPAQUE = ("matches", "each")


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A rule that can never count, and why."""

    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class _Literal:
    field: str
    single: bool
    operator: str
    operand: Any
    negated: bool
    documents: frozenset[str] = frozenset()

    @property
    def candidates(self) -> frozenset[Any] | None:
        """The only values a positive test lets pass, where it names them."""
        if self.negated:
            return None
        if self.operator == "is":
            return frozenset({self.operand})
        if self.operator == "in":
            return frozenset(self.operand)
        return self.operand[1] if self.operator == "table" else None

    @property
    def positive(self) -> bool:
        """Whether only documents that have the field can pass."""
        return self.operand is not self.negated if self.operator == "present" else not self.negated

    def passes(self, value: object) -> bool:
        return OPERATORS[self.operator](value, self.operand) is not self.negated


_Alternative = tuple[_Literal, ...]


def unreachable_rules(rules: RuleSet) -> Iterator[Unreachable]:
    """Yield the rules of a file that can never count."""
    earlier = _Earlier()
    for rule in rules.rules:
        written = _written_out(rule.condition)
        if written is None:
            continue
        possible = [alternative for alternative in written if not _contradicts_itself(alternative)]
        if not possible:
            yield Unreachable(rule, "its own tests contradict each other, so it never matches")
        elif shadow := _shadow(rule, possible, earlier, rules.mode):
            yield Unreachable(rule, f"{shadow} take all it could match, so it never counts")
        earlier.add(rule, possible)


class _Earlier:
    """The alternatives of the rules so far, by level and by a value each of them demands."""

    def __init__(self) -> None:
        self._always: dict[str, list[tuple[Rule, _Alternative]]] = {}
        self._by_value: dict[tuple[str, str, Any], list[tuple[Rule, _Alternative]]] = {}

    def add(self, rule: Rule, alternatives: list[_Alternative]) -> None:
        """Add a rule's alternatives."""
        for alternative in alternatives:
            entry = (rule, alternative)
            keys = min(
                (_keys(rule.level, literal) for literal in alternative if literal.candidates),
                key=len,
                default=None,
            )
            if keys is None:
                self._always.setdefault(rule.level, []).append(entry)
            else:
                for key in keys:
                    self._by_value.setdefault(key, []).append(entry)

    def takers(self, rule: Rule, possible: list[_Alternative], outcome: str | None = None) -> str:
        """Return the labels of the rules that between them take every alternative, or nothing.

        With an ``outcome``, only rules that decide that too count.
        """
        labels: dict[str, None] = {}
        for alternative in possible:
            taker = next(
                (
                    other
                    for other, wide in self._near(rule, alternative)
                    if (outcome is None or outcome in other.outcomes) and _covers(wide, alternative)
                ),
                None,
            )
            if taker is None:
                return ""
            labels[taker.label] = None
        return ", ".join(labels)

    def _near(self, rule: Rule, alternative: _Alternative) -> Iterator[tuple[Rule, _Alternative]]:
        """Yield what may cover the alternative: to do so it must allow any value the alternative names."""
        yield from self._always.get(rule.level, ())
        for literal in alternative:
            if literal.candidates:
                yield from self._by_value.get(_keys(rule.level, literal)[0], ())


def _keys(level: str, literal: _Literal) -> list[tuple[str, str, Any]]:
    return [(level, literal.field, value) for value in literal.candidates or ()]


def _shadow(rule: Rule, possible: list[_Alternative], earlier: _Earlier, mode: str) -> str:
    if mode == "first":
        return earlier.takers(rule, possible)
    if rule.hold or rule.split:
        return ""
    takers = [earlier.takers(rule, possible, outcome) for outcome in rule.outcomes]
    return ", ".join(sorted(set(takers))) if all(takers) else ""


def _covers(wide: _Alternative, narrow: _Alternative) -> bool:
    return all(_implied(literal, narrow) for literal in wide)


def _implied(literal: _Literal, given: _Alternative) -> bool:
    return literal in given or any(
        _implies(other, literal) for other in given if other.field == literal.field
    )


def _implies(given: _Literal, wanted: _Literal) -> bool:
    if wanted.operator == "present":
        return wanted.operand is not wanted.negated and not given.negated and given.operator != "present"
    if wanted.operator in _OPAQUE or (wanted.negated and not wanted.single):
        return False
    if (candidates := given.candidates) is not None:
        return all(wanted.passes(value) for value in candidates)
    if given.negated or wanted.negated:
        return False
    return _range_implies(given, wanted) or _text_implies(given, wanted)


def _text_implies(given: _Literal, wanted: _Literal) -> bool:
    pair = (given.operator, wanted.operator)
    if pair == ("starts", "starts"):
        return str(given.operand).startswith(wanted.operand)
    return pair in {("starts", "contains"), ("contains", "contains")} and wanted.operand in given.operand


def _range_implies(given: _Literal, wanted: _Literal) -> bool:
    pair = (given.operator, wanted.operator)
    if pair in {("from", "from"), ("above", "above"), ("above", "from")}:
        return bool(given.operand >= wanted.operand)
    if pair in {("to", "to"), ("below", "below"), ("below", "to")}:
        return bool(given.operand <= wanted.operand)
    return pair == ("from", "above") and given.operand > wanted.operand


def _contradicts_itself(alternative: _Alternative) -> bool:
    fields = {literal.field for literal in alternative if literal.single}
    return (
        any(_impossible([literal for literal in alternative if literal.field == name]) for name in fields)
        or any(_impossible_together(literal) for literal in alternative)
        or _of_no_document(alternative)
    )


def _impossible_together(literal: _Literal) -> bool:
    """Tell whether no one value can pass what is asked of it together."""
    asked = literal.operand if literal.operator == "each" and not literal.negated else ()
    return _impossible([_literal(test, negated=False) for test in asked])


def _of_no_document(alternative: _Alternative) -> bool:
    """Tell whether no type of document has all the fields that are asked for."""
    had = [literal.documents for literal in alternative if literal.positive and literal.documents]
    named = [
        candidates
        for literal in alternative
        if literal.field == "document_type" and (candidates := literal.candidates) is not None
    ]
    asked = [*had, *named]
    return bool(asked) and not frozenset.intersection(*asked)


def _impossible(literals: list[_Literal]) -> bool:
    presence = {
        literal.operand is not literal.negated for literal in literals if literal.operator == "present"
    }
    tests = [literal for literal in literals if literal.operator not in ("present", *_OPAQUE)]
    if len(presence) == 2 or (False in presence and any(not literal.negated for literal in tests)):
        return True
    named = [candidates for literal in tests if (candidates := literal.candidates) is not None]
    if named:
        left = frozenset.intersection(*named)
        return not any(all(literal.passes(value) for literal in tests) for value in left)
    return _empty_range(tests) or _different_starts(tests)


def _different_starts(literals: list[_Literal]) -> bool:
    starts = sorted(
        literal.operand for literal in literals if literal.operator == "starts" and not literal.negated
    )
    return any(not longer.startswith(starts[0]) for longer in starts[1:])


def _empty_range(literals: list[_Literal]) -> bool:
    plain = [literal for literal in literals if not literal.negated]
    lower = [literal for literal in plain if literal.operator in ("from", "above")]
    upper = [literal for literal in plain if literal.operator in ("to", "below")]
    return any(
        low.operand > high.operand
        or (low.operand == high.operand and (low.operator, high.operator) != ("from", "to"))
        for low in lower
        for high in upper
    )


def _written_out(condition: Condition, *, negated: bool = False) -> list[_Alternative] | None:
    """Return the condition as alternatives of literals, or nothing when there would be too many."""
    if isinstance(condition, Not):
        return _written_out(condition.term, negated=not negated)
    if isinstance(condition, Test):
        return [(_literal(condition, negated=negated),)]
    parts = [_written_out(term, negated=negated) for term in condition.terms]
    if any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    joined = isinstance(condition, All) is not negated
    return _product(known) if joined else _sum(known)


def _literal(test: Test, *, negated: bool) -> _Literal:
    field = test.field
    return _Literal(field.name, field.single, test.operator, test.operand, negated, field.documents)


def _sum(parts: list[list[_Alternative]]) -> list[_Alternative] | None:
    alternatives = [alternative for part in parts for alternative in part]
    return alternatives if len(alternatives) <= _MOST_ALTERNATIVES else None


def _product(parts: list[list[_Alternative]]) -> list[_Alternative] | None:
    alternatives: list[_Alternative] = [()]
    for part in parts:
        alternatives = [(*left, *right) for left in alternatives for right in part]
        if len(alternatives) > _MOST_ALTERNATIVES:
            return None
    return alternatives
