"""What the rules say about a document, a line or a charge."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ml_connector.partners.conditions import holds
from ml_connector.partners.fields import field_named
from ml_connector.partners.rules import FieldValue, TableValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.partners.conditions import Value
    from ml_connector.partners.fields import Field, Level
    from ml_connector.partners.rules import Rule, RuleSet
    from ml_connector.partners.rules import Source as ValueSource
    from ml_connector.partners.subject import Subject


@dataclass(frozen=True, slots=True)
class RoutedValue:
    """A value a rule set, and the rule."""

    value: str
    rule: Rule
    detail: str = ""


@dataclass(slots=True)
class Routing:
    """Everything the matching rules decided; of two that set one value, the one nearer the top stands."""

    values: dict[str, RoutedValue] = field(default_factory=dict)
    holds: list[tuple[str, Rule]] = field(default_factory=list)
    ignored: tuple[str, Rule] | None = None
    split: Rule | None = None
    reroute: tuple[str, Rule] | None = None
    tables_missed: list[str] = field(default_factory=list)
    matched: list[Rule] = field(default_factory=list)

    def get(self, name: str) -> RoutedValue | None:
        """Return what a rule set for ``name``, or none."""
        return self.values.get(name)


def route(rule_sets: Iterable[RuleSet], level: Level, subject: Subject) -> Routing:
    """Return what the rules of ``level`` decide for ``subject``."""
    routing, read = Routing(), _Reader(subject)
    for rule_set in rule_sets:
        for rule in _matching(rule_set, level, read):
            _apply(rule, routing, subject)
            if rule_set.mode == "first":
                break
    return routing


class _Reader:
    """Reads each field of a subject once, however many rules ask for it."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._read: dict[str, tuple[Value, ...]] = {}

    def __call__(self, field_: Field) -> tuple[Value, ...]:
        values = self._read.get(field_.name)
        if values is None:
            values = self._read[field_.name] = field_.values(self._subject)
        return values


def _matching(rule_set: RuleSet, level: Level, read: _Reader) -> Iterator[Rule]:
    return (rule for rule in rule_set.index(level).candidates(read) if holds(rule.condition, read))


def _apply(rule: Rule, routing: Routing, subject: Subject) -> None:
    routing.matched.append(rule)
    for name, source in rule.values.items():
        if name not in routing.values:
            _set(name, source, rule, routing, subject)
    if rule.hold:
        routing.holds.append((rule.hold, rule))
    if rule.ignore and routing.ignored is None:
        routing.ignored = (rule.ignore, rule)
    if rule.split and routing.split is None:
        routing.split = rule
    if rule.reroute and routing.reroute is None:
        routing.reroute = (rule.reroute, rule)


def _set(name: str, source: ValueSource, rule: Rule, routing: Routing, subject: Subject) -> None:
    if isinstance(source, TableValue):
        found, detail = _from_table(source, rule, subject)
    elif isinstance(source, FieldValue):
        found, detail = _from_field(source, rule, subject)
    else:
        found, detail = source, ""
    if found is None:
        routing.tables_missed.append(f"{rule.label} sets {name}, but {detail}")
    else:
        routing.values[name] = RoutedValue(found, rule, detail)


def _from_table(source: TableValue, rule: Rule, subject: Subject) -> tuple[str | None, str]:
    table = rule.tables[source.table]
    keys = _texts(source.by, rule, subject)
    for key in keys:
        if key in table:
            return table[key], f"code table {source.table} by {source.by} {key}"
    if source.otherwise is not None:
        return (
            source.otherwise,
            f"code table {source.table} has no {source.by} {', '.join(keys) or '(absent)'}",
        )
    return (
        None,
        f"code table {source.table} in company.yaml has no {source.by} {', '.join(keys) or '(absent)'}",
    )


def _from_field(source: FieldValue, rule: Rule, subject: Subject) -> tuple[str | None, str]:
    for text in _texts(source.field, rule, subject):
        found = re.search(source.pattern, text) if source.pattern else None
        if found:
            return found[1] if found.re.groups else found[0], f"found in {source.field} {text!r}"
        if not source.pattern:
            return text, f"copied from {source.field}"
    return None, f"{source.field} has no value for it"


def _texts(name: str, rule: Rule, subject: Subject) -> list[str]:
    field_ = field_named(rule.level, name)
    return [str(value) for value in field_.values(subject)] if field_ else []
