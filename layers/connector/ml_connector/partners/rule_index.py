"""Rules ready for asking: those that can't match a document's values are passed over without a test."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ml_connector.partners.conditions import All, Test, Value
from ml_connector.partners.fields import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ml_connector.partners.conditions import Condition
    from ml_connector.partners.rules import Rule


Demand = tuple[Field, frozenset[Value]]


class RuleIndex:
    """The rules of one level by a value each of them demands; those that demand none are always asked."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._always: list[int] = []
        self._fields: dict[str, Field] = {}
        self._by_value: dict[tuple[str, Value], list[int]] = {}
        demands = [list(_demands(rule.condition)) for rule in rules]
        sharing = Counter((field.name, v) for ours in demands for field, values in ours for v in values)
        for position, ours in enumerate(demands):
            rarest = min(ours, key=lambda demand: _rivals(demand, sharing), default=None)
            self._add(position, rarest)

    def candidates(self, read: Callable[[Field], tuple[Value, ...]]) -> Iterator[Rule]:
        """Yield, in order, every rule that may match what ``read`` finds."""
        positions = set(self._always)
        for name, field in self._fields.items():
            for value in read(field):
                key = value.casefold() if isinstance(value, str) else value
                positions.update(self._by_value.get((name, key), ()))
        return (self._rules[position] for position in sorted(positions))

    def _add(self, position: int, demand: Demand | None) -> None:
        if demand is None:
            self._always.append(position)
            return
        field, values = demand
        self._fields[field.name] = field
        for value in values:
            self._by_value.setdefault((field.name, value), []).append(position)


def _rivals(demand: Demand, sharing: Counter[tuple[str, Value]]) -> int:
    """Return how many demands of all rules share one of these values: the fewer, the more it sorts out."""
    field, values = demand
    return sum(sharing[field.name, value] for value in values)


def _demands(condition: Condition) -> Iterator[Demand]:
    """Yield fields with the values of which a matching document must have one."""
    if isinstance(condition, Test):
        yield from _values(condition)
    elif isinstance(condition, All):
        for term in condition.terms:
            yield from _demands(term)


def _values(test: Test) -> Iterator[Demand]:
    if test.operator == "is":
        yield test.field, frozenset({test.operand})
    elif test.operator == "in":
        yield test.field, frozenset(test.operand)
    elif test.operator == "table":
        yield test.field, test.operand[1]
