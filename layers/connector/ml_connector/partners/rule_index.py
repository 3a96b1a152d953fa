"""Rules ready for asking: those that can't match a document's values are passed over without a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.partners.conditions import All, Test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ml_connector.partners.conditions import Condition, Value
    from ml_connector.partners.fields import Field
    from ml_connector.partners.rules import Rule


class RuleIndex:
    """The rules of one level by a value each of them demands; those that demand none are always asked."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._always: list[int] = []
        self._fields: dict[str, Field] = {}
        self._by_value: dict[tuple[str, Value], list[int]] = {}
        for position, rule in enumerate(rules):
            self._add(position, _demand(rule.condition))

    def candidates(self, read: Callable[[Field], tuple[Value, ...]]) -> Iterator[Rule]:
        """Yield, in order, every rule that may match what ``read`` finds."""
        positions = set(self._always)
        for name, field in self._fields.items():
            for value in read(field):
                key = value.casefold() if isinstance(value, str) else value
                positions.update(self._by_value.get((name, key), ()))
        return (self._rules[position] for position in sorted(positions))

    def _add(self, position: int, demand: tuple[Field, frozenset[Value]] | None) -> None:
        if demand is None:
            self._always.append(position)
            return
        field, values = demand
        self._fields[field.name] = field
        for value in values:
            self._by_value.setdefault((field.name, value), []).append(position)


def _demand(condition: Condition) -> tuple[Field, frozenset[Value]] | None:
    """Return a field and the values of which a matching document must have one, where it must."""
    if isinstance(condition, Test):
        return _values(condition)
    if isinstance(condition, All):
        demands = [demand for term in condition.terms if (demand := _demand(term))]
        return min(demands, key=lambda demand: len(demand[1])) if demands else None
    return None


def _values(test: Test) -> tuple[Field, frozenset[Value]] | None:
    if test.operator == "is":
        return test.field, frozenset({test.operand})
    if test.operator == "in":
        return test.field, frozenset(test.operand)
    return (test.field, test.operand[1]) if test.operator == "table" else None
