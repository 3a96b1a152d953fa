"""What a rule asks of a document: tests of fields, joined by all, any and not.

The whole form::

    when:
      currency: NOK                          a field equals a value
      charge.code: [FC, D240]                ... or is one of several
      amount: {from: 0, to: 5000}            ... or passes every test named
      any: [ {...}, {...} ]                  at least one holds
      all: [ {...}, {...} ]                  each holds
      not: {...}                             it does not hold

Several keys in one mapping must all hold. A field with several values (a document has many references)
passes when one of them passes all its tests; ``not`` then means that none does. Text compares without regard
to case, save in ``matches``, whose pattern says itself (``(?i)``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ml_connector.partners.fields import Field
    from ml_connector.partners.located import LocatedYaml, Location, ValuePath, Yaml

Value = str | Decimal | date | bool


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every term does; with no terms, always."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one term does."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its term does not."""

    term: Condition


@dataclass(frozen=True, slots=True)
class Test:
    """Holds when one of the field's values passes ``operator`` with ``operand``.

    Attributes:
        operand: For ``each``, tests that one and the same value must pass.
        written: The values as they are written, where it compares with any.
    """

    field: Field
    operator: str
    operand: Any
    written: tuple[str, ...] = ()


Condition = All | AnyOf | Not | Test


@dataclass(frozen=True, slots=True)
class Names:
    """What a condition may name: the fields of its level, and the company's code tables."""

    field: Callable[[str], Field | None]
    tables: Mapping[str, Mapping[str, str]]
    suggestions: Callable[[str], str]


def holds(condition: Condition, values: Callable[[Field], tuple[Value, ...]]) -> bool:
    """Tell whether ``condition`` holds for the fields that ``values`` reads."""
    if isinstance(condition, Test):
        return _passes(condition, values(condition.field))
    if isinstance(condition, Not):
        return not holds(condition.term, values)
    joined = all if isinstance(condition, All) else any
    return joined(holds(term, values) for term in condition.terms)


def _passes(test: Test, found: tuple[Value, ...]) -> bool:
    if test.operator == "present":
        return bool(found) is test.operand
    if test.operator == "each":
        return any(all(_passes(one, (value,)) for one in test.operand) for value in found)
    check = OPERATORS[test.operator]
    if test.operator == "matches":
        return any(check(value, test.operand) for value in found)
    return any(check(_folded(value), test.operand) for value in found)


def tests_in(condition: Condition) -> Iterator[Test]:
    """Yield every test of a condition."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from tests_in(condition.term)
    else:
        for term in condition.terms:
            yield from tests_in(term)


def _folded(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


#: What each operator asks of one value; text arrives folded, patterns are compiled without regard to that.
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, operand: value == operand,
    "in": lambda value, operand: value in operand,
    "table": lambda value, operand: value in operand[1],
    "from": lambda value, operand: value >= operand,
    "to": lambda value, operand: value <= operand,
    "above": lambda value, operand: value > operand,
    "below": lambda value, operand: value < operand,
    "starts": lambda value, operand: str(value).startswith(operand),
    "contains": lambda value, operand: operand in str(value),
    "matches": lambda value, operand: operand.search(str(value)) is not None,
    "present": lambda value, operand: value is operand,
}

_ORDERED = frozenset({"from", "to", "above", "below"})
_TEXTUAL = frozenset({"starts", "contains", "matches"})


def parse_condition(raw: Yaml, names: Names, source: LocatedYaml, path: ValuePath) -> Condition:
    """Return the condition written at ``path``.

    Raises:
        Misconfigured: It names an unknown field, table or operator, or compares what can't be compared;
            with file and line.
    """
    if not isinstance(raw, dict) or not raw:
        raise _wrong(source.where(*path), "a condition is a mapping of fields to what they must be")
    terms = tuple(_parse_entry(key, value, names, source, (*path, key)) for key, value in raw.items())
    return terms[0] if len(terms) == 1 else All(terms)


def _parse_entry(key: str, raw: Yaml, names: Names, source: LocatedYaml, path: ValuePath) -> Condition:
    if key == "not":
        return Not(parse_condition(raw, names, source, path))
    if key in ("all", "any"):
        terms = _parse_terms(raw, names, source, path)
        return All(terms) if key == "all" else AnyOf(terms)
    field = names.field(key)
    if field is None:
        raise _wrong(source.where(*path), f"no field is called {key!r}{names.suggestions(key)}")
    return _parse_tests(field, raw, names, source, path)


def _parse_terms(raw: Yaml, names: Names, source: LocatedYaml, path: ValuePath) -> tuple[Condition, ...]:
    if not isinstance(raw, list) or not raw:
        raise _wrong(source.where(*path), f"{path[-1]!r} takes a list of conditions, at least one")
    return tuple(parse_condition(term, names, source, (*path, index)) for index, term in enumerate(raw))


def _parse_tests(field: Field, raw: Yaml, names: Names, source: LocatedYaml, path: ValuePath) -> Condition:
    if raw == {}:
        raise _wrong(source.where(*path), f"nothing is asked of {field.name}")
    if isinstance(raw, dict):
        tests = [
            _parse_test(field, operator, operand, names, source.where(*path, operator))
            for operator, operand in raw.items()
        ]
        return _joined(field, tests)
    operator = "in" if isinstance(raw, list) else "is"
    return _parse_test(field, operator, raw, names, source.where(*path))


def _joined(field: Field, tests: list[Condition]) -> Condition:
    """Return the tests of one field as one condition: of several values, one must pass them together."""
    of_values = [test for test in tests if isinstance(test, Test) and test.operator != "present"]
    if not field.single and len(of_values) > 1:
        tests = [Test(field, "each", tuple(of_values)), *(test for test in tests if test not in of_values)]
    return tests[0] if len(tests) == 1 else All(tuple(tests))


def _parse_test(field: Field, operator: str, raw: Yaml, names: Names, where: Location) -> Condition:
    if operator == "not":
        inner = "in" if isinstance(raw, list) else "is"
        return Not(_parse_test(field, inner, raw, names, where))
    if operator not in OPERATORS:
        raise _wrong(where, f"no test is called {operator!r}; there are {', '.join(sorted(OPERATORS))}, not")
    if operator in _ORDERED and field.kind not in ("number", "date"):
        raise _wrong(where, f"{field.name} is {field.kind}, so {operator!r} says nothing about it")
    if operator in _TEXTUAL and field.kind != "text":
        raise _wrong(where, f"{field.name} is a {field.kind}, so {operator!r} says nothing about it")
    written = tuple(map(str, raw if isinstance(raw, list) else [raw])) if operator in ("is", "in") else ()
    return Test(field, operator, _operand(field, operator, raw, names, where), written)


def _operand(field: Field, operator: str, raw: Yaml, names: Names, where: Location) -> object:
    if operator == "present":
        return _value("flag", raw, where)
    if operator == "matches":
        return _pattern(raw, where)
    if operator == "table":
        return _table(raw, names, where)
    if operator == "in":
        if not isinstance(raw, list) or not raw:
            raise _wrong(where, "'in' takes a list of values, at least one")
        return tuple(_choice(field, item, where) for item in raw)
    return _choice(field, raw, where) if operator == "is" else _value(field.kind, raw, where)


def _choice(field: Field, raw: Yaml, where: Location) -> Value:
    value = _value(field.kind, raw, where)
    if field.choices is not None and value not in {choice.casefold() for choice in field.choices}:
        raise _wrong(where, f"{field.name} is never {raw!r}; it is {', '.join(sorted(field.choices))}")
    return value


def _pattern(raw: Yaml, where: Location) -> re.Pattern[str]:
    if not isinstance(raw, str) or not raw:
        raise _wrong(where, f"{raw!r} is no regular expression")
    try:
        return re.compile(raw)
    except re.error as error:
        raise _wrong(where, f"{raw!r} is no regular expression: {error}") from error


def _table(raw: Yaml, names: Names, where: Location) -> tuple[str, frozenset[str]]:
    if not isinstance(raw, str) or raw not in names.tables:
        known = ", ".join(sorted(names.tables)) or "none"
        raise _wrong(where, f"company.yaml has no code table {raw!r}; it has {known}")
    return raw, frozenset(key.casefold() for key in names.tables[raw])


def _value(kind: str, raw: Yaml, where: Location) -> Value:
    try:
        return _CONVERSIONS[kind](raw)
    except (ValueError, KeyError, InvalidOperation, TypeError) as error:
        raise _wrong(where, f"{raw!r} is no {kind}") from error


def _text(raw: Yaml) -> str:
    if not isinstance(raw, str) or not raw:
        raise TypeError(raw)
    return raw.casefold()


def _number(raw: Yaml) -> Decimal:
    number = Decimal(str(raw))
    if not number.is_finite():
        raise ValueError(raw)
    return number


_CONVERSIONS: dict[str, Callable[[Yaml], Value]] = {
    "text": _text,
    "number": _number,
    "date": lambda raw: date.fromisoformat(str(raw)),
    "flag": lambda raw: {"true": True, "yes": True, "false": False, "no": False}[str(raw).lower()],
}


def _wrong(where: Location, sentence: str) -> Misconfigured:
    return Misconfigured(
        f"{where}: {sentence}.", advice="Mend this condition.", file=where.file, line=where.line
    )
