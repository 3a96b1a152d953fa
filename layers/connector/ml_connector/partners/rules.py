"""``rules/*.yaml``: which document, line or charge gets which account, dimension, VAT code and the like.

Files are read in the order of their names. In a file of ``mode: first`` the first rule that matches counts;
in one of ``mode: layered`` every matching rule does. Wherever two rules give a value, the one nearer the
top stands: of an earlier file, or of an earlier line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Discriminator, Tag
from pydantic import Field as ModelField

from ml_connector.errors import Misconfigured
from ml_connector.partners.conditions import All, Names, Test, parse_condition
from ml_connector.partners.fields import Level, field_named, suggest
from ml_connector.partners.fragments import BECOMES, Code, Entity, Fragment, Pattern
from ml_connector.partners.rule_index import RuleIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ml_connector.partners.company import Company
    from ml_connector.partners.conditions import Condition
    from ml_connector.partners.located import LocatedYaml, Location


class TableValue(Fragment):
    """A value looked up in a code table of ``company.yaml`` by a field; ``else`` when the table lacks it."""

    table: Code
    by: Code
    otherwise: Code | None = ModelField(None, alias="else")


class FieldValue(Fragment):
    """A value copied from a field, or from group 1 of a pattern found in it."""

    field: Code
    pattern: Pattern | None = None


def _form(value: object) -> str:
    """Return which form of a source is meant, so that a fault is one sentence about that form."""
    if isinstance(value, TableValue) or (isinstance(value, dict) and "table" in value):
        return "table"
    return "field" if isinstance(value, dict | FieldValue) else "code"


Source = Annotated[
    Annotated[Code, Tag("code")] | Annotated[TableValue, Tag("table")] | Annotated[FieldValue, Tag("field")],
    Discriminator(_form),
]
SegmentSources = dict[int, Source]
LineType = Literal["GoodsForInventory", "NonStock", "Service", "Freight", "Description"]


class Values(Fragment):
    """What a rule sets."""

    account: Source | None = None
    subaccount: SegmentSources = ModelField(default_factory=dict)
    branch: Source | None = None
    warehouse: Source | None = None
    location: Source | None = None
    project: Source | None = None
    project_task: Source | None = None
    vat_code: Source | None = None
    terms: Source | None = None
    item: Source | None = None
    description: Source | None = None
    line_type: LineType | None = None
    charge: Literal["own_line", "spread", "ignore"] | None = None
    company: Source | None = None
    entity: Entity | None = None
    offset_account: Source | None = None
    tax_account: Source | None = None
    cash_account: Source | None = None
    entry_type: Source | None = None


class Reroute(Fragment):
    """Treat the document as another partner's."""

    partner: Code


class RuleEntry(Fragment):
    """One rule as it is written."""

    name: Code
    level: Level = ModelField("document", alias="for")
    when: dict[str, Any] = ModelField(default_factory=dict)
    set: Values = Values()
    hold: str | None = None
    ignore: str | None = None
    split: bool = False
    reroute: Reroute | None = None


class RuleFile(Fragment):
    """One file of rules."""

    mode: Literal["first", "layered"] = "first"
    rules: tuple[RuleEntry, ...] = ()


#: What a document has once: where it goes, and how it is booked straight to the ledger.
OF_DOCUMENTS = frozenset({"company", "entity", "offset_account", "tax_account", "cash_account", "entry_type"})

#: What is done to a thing of one level only.
_LEVEL_OF_ACTIONS: dict[str, Level] = {"split": "charge", "reroute": "document"}

#: What can be set at each level; a document's values also serve its lines and charges.
SETTABLE: dict[Level, frozenset[str]] = {
    "document": frozenset(Values.model_fields) - {"item", "charge"},
    "line": frozenset(Values.model_fields) - {"terms", "charge", "location"} - OF_DOCUMENTS,
    "charge": frozenset(
        {"account", "subaccount", "branch", "project", "project_task", "vat_code", "description", "charge"}
    ),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, understood: its condition compiled, its values by field name.

    ``values`` holds a source per field; a dimension is the field ``subaccount.N``.
    """

    name: str
    where: Location
    level: Level
    condition: Condition
    values: Mapping[str, Source]
    hold: str | None = None
    ignore: str | None = None
    split: bool = False
    reroute: str | None = None
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The rule's name and place, as every decision shows it."""
        return f"{self.name} ({self.where})"

    @property
    def outcomes(self) -> frozenset[str]:
        """Everything the rule decides, so that two rules can be compared."""
        marks = {"hold": self.hold, "ignore": self.ignore, "split": self.split, "reroute": self.reroute}
        return frozenset(self.values) | {mark for mark, given in marks.items() if given}


@dataclass(frozen=True)
class RuleSet:
    """The rules of one file, in order."""

    file: str
    mode: Literal["first", "layered"]
    rules: tuple[Rule, ...]

    def index(self, level: Level) -> RuleIndex:
        """Return the rules about documents, lines or charges, ready for asking."""
        return self._indexes[level]

    @cached_property
    def _indexes(self) -> dict[Level, RuleIndex]:
        return {level: RuleIndex([rule for rule in self.rules if rule.level == level]) for level in SETTABLE}


def compile_rules(file: RuleFile, source: LocatedYaml, company: Company) -> RuleSet:
    """Return the rules of ``file``, understood.

    Raises:
        Misconfigured: A rule names an unknown field, table or dimension, sets what its level has not, sets
            nothing, or shares its name with another; with file and line.
    """
    rules = tuple(_compile(entry, index, source, company) for index, entry in enumerate(file.rules))
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.name in seen:
            raise _wrong(rule.where, f"{seen[rule.name].where} has a rule named {rule.name!r} too")
        seen[rule.name] = rule
    return RuleSet(source.file, file.mode, rules)


def _compile(entry: RuleEntry, index: int, source: LocatedYaml, company: Company) -> Rule:
    path = ("rules", index)
    names = Names(
        field=lambda name: field_named(entry.level, name),
        tables=company.tables,
        suggestions=lambda name: suggest(entry.level, name),
    )
    rule = Rule(
        name=entry.name,
        where=source.where(*path),
        level=entry.level,
        condition=parse_condition(entry.when, names, source, (*path, "when")) if entry.when else All(()),
        values=dict(_flatten(entry.set)),
        hold=entry.hold,
        ignore=entry.ignore,
        split=entry.split,
        reroute=entry.reroute.partner if entry.reroute else None,
        tables=company.tables,
    )
    _check_values(rule, names, company, source, path)
    return rule


def _flatten(values: Values) -> Iterator[tuple[str, Source]]:
    for name in Values.model_fields:
        given = getattr(values, name)
        if name == "subaccount":
            yield from ((f"subaccount.{segment}", source) for segment, source in sorted(given.items()))
        elif given is not None:
            yield name, given


def _check_values(
    rule: Rule, names: Names, company: Company, source: LocatedYaml, path: tuple[str | int, ...]
) -> None:
    if not rule.outcomes:
        raise _wrong(rule.where, f"the rule {rule.name!r} decides nothing")
    for action, level in _LEVEL_OF_ACTIONS.items():
        if action in rule.outcomes and rule.level != level:
            raise _wrong(source.where(*path, action), f"only a rule for a {level} can {action}")
    _check_entity(rule, source.where(*path, "set", "entity"))
    for name, value in rule.values.items():
        where = source.where(*path, "set", *name.split("."))
        base = name.partition(".")[0]
        if base not in SETTABLE[rule.level]:
            raise _wrong(where, f"a rule for a {rule.level} can't set {base}")
        if base == "subaccount":
            _check_segment(int(name.partition(".")[2]), company, where)
        _check_source(value, names, where)


def _check_entity(rule: Rule, where: Location) -> None:
    """Refuse an entity that none of the document types the rule asks for can become."""
    entity = rule.values.get("entity")
    made_of = BECOMES.get(str(entity))
    types = [
        set(test.written)
        for test in (rule.condition.terms if isinstance(rule.condition, All) else (rule.condition,))
        if isinstance(test, Test) and test.field.name == "document_type" and test.written
    ]
    if made_of and types and not set.intersection(*types, set(made_of)):
        raise _wrong(where, f"{'/'.join(sorted(types[0]))} can't become {entity}")


def _check_segment(segment: int, company: Company, where: Location) -> None:
    known = {dimension.segment for dimension in company.dimensions}
    if segment not in known:
        listed = ", ".join(str(number) for number in sorted(known)) or "none"
        raise _wrong(where, f"company.yaml names no dimension segment {segment}; it names {listed}")


def _check_source(value: Source, names: Names, where: Location) -> None:
    if isinstance(value, TableValue) and value.table not in names.tables:
        known = ", ".join(sorted(names.tables)) or "none"
        raise _wrong(where, f"company.yaml has no code table {value.table!r}; it has {known}")
    by = value.by if isinstance(value, TableValue) else value.field if isinstance(value, FieldValue) else None
    if by and names.field(by) is None:
        raise _wrong(where, f"no field is called {by!r}{names.suggestions(by)}")


def _wrong(where: Location, sentence: str) -> Misconfigured:
    return Misconfigured(f"{where}: {sentence}.", advice="Mend this rule.", file=where.file, line=where.line)
