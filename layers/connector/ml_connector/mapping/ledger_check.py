"""Whether the ledger has every code the configuration names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.errors import Misconfigured
from ml_connector.mapping.coding import MASTERS
from ml_connector.mapping.lookups import Master
from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.partners.conditions import tests_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ml_connector.mapping.lookups import Kind, Lookups
    from ml_connector.partners import Configuration, Partner
    from ml_connector.partners.fragments import Segments
    from ml_connector.partners.located import Location
    from ml_connector.partners.rules import Rule


@dataclass(frozen=True, slots=True)
class Unknown:
    """A code the configuration names and the ledger does not have."""

    where: Location
    what: str
    code: str

    @property
    def sentence(self) -> str:
        """The fault as a person reads it."""
        return f"{self.where}: Visma has no {self.what} {self.code}."

    def as_dict(self) -> dict[str, object]:
        """Return the fault as plain JSON values."""
        return {
            "file": self.where.file,
            "line": self.where.line,
            "what": self.what,
            "code": self.code,
            "message": self.sentence,
        }


def require_known_codes(configuration: Configuration) -> None:
    """Let a configuration pass whose own ``lookups.yaml`` has every code it names; without one, any.

    Raises:
        Misconfigured: A code is unknown, or ``lookups.yaml`` is not what it should be; with file and line.
    """
    if "lookups.yaml" not in configuration.files:
        return
    unknown = list(LedgerCheck(configuration, snapshot_of(configuration)).unknown())
    if unknown:
        listed = "\n".join(f"  {fault.sentence}" for fault in unknown)
        raise Misconfigured(
            f"The configuration names what lookups.yaml does not have:\n{listed}",
            advice="Correct these codes, or add them to lookups.yaml.",
            faults=[fault.as_dict() for fault in unknown],
        )


class LedgerCheck:
    """Asks the ledger for each code a configuration names."""

    def __init__(self, configuration: Configuration, lookups: Lookups) -> None:
        self._configuration = configuration
        self._lookups = lookups

    def unknown(self) -> Iterator[Unknown]:
        """Yield every code the ledger does not have, file by file."""
        yield from self._company()
        for partner in self._configuration.partners:
            yield from self._partner(partner)
        for rules in self._configuration.rules:
            for rule in rules.rules:
                yield from self._rule(rule)

    def _company(self) -> Iterator[Unknown]:
        company, file = self._configuration.company, "company.yaml"
        defaults = company.defaults
        for name, master in _MASTERS_OF_DEFAULTS:
            yield from self._code(master, getattr(defaults, name), file, "defaults", name)
        yield from self._segments(defaults.subaccount, file, "defaults", "subaccount")
        yield from self._code(Master.CURRENCY, company.currency, file, "currency")
        for index, identity in enumerate(company.identities):
            yield from self._code(Master.BRANCH, identity.branch, file, "identities", index)
        for index, place in enumerate(company.places):
            yield from self._code(Master.BRANCH, place.branch, file, "places", index)
            yield from self._code(Master.WAREHOUSE, place.warehouse, file, "places", index)
        for index, row in enumerate(company.vat):
            yield from self._code(Master.VAT_CODE, row.code, file, "vat", index)
        for index, terms in enumerate(company.terms):
            yield from self._code(Master.TERMS, terms.terms, file, "terms", index)
        for index, unit in enumerate(company.units):
            yield from self._code(Master.UNIT, unit.unit, file, "units", index)

    def _partner(self, partner: Partner) -> Iterator[Unknown]:
        file = self._configuration.partner_file(partner)
        for name, master in _MASTERS_OF_PARTNERS:
            yield from self._code(master, getattr(partner, name), file, name)
        yield from self._party("supplier", partner.supplier, file, "supplier")
        yield from self._party("customer", partner.customer, file, "customer")
        yield from self._segments(partner.subaccount, file, "subaccount")
        for index, entry in enumerate(partner.party_ids):
            yield from self._party("supplier", entry.supplier, file, "party_ids", index)
            yield from self._party("customer", entry.customer, file, "party_ids", index)
        for index, item in enumerate(partner.items):
            if self._lookups.item(item.item) is None:
                yield Unknown(self._where(file, "items", index), "item", item.item)
            yield from self._code(Master.UNIT, item.unit, file, "items", index)
        yield from self._locations(partner, file)
        for index, charge in enumerate(partner.charges):
            yield from self._code(Master.ACCOUNT, charge.account, file, "charges", index)
            yield from self._code(Master.VAT_CODE, charge.vat_code, file, "charges", index)
            yield from self._segments(charge.subaccount, file, "charges", index)
        for index, unit in enumerate(partner.units):
            yield from self._code(Master.UNIT, unit.unit, file, "units", index)

    def _locations(self, partner: Partner, file: str) -> Iterator[Unknown]:
        parties: tuple[tuple[Kind, str | None], ...] = (
            ("supplier", partner.supplier),
            ("customer", partner.customer),
        )
        known = {
            location.id
            for kind, number in parties
            if number
            for location in self._lookups.locations(kind, number)
        }
        for index, entry in enumerate(partner.locations if partner.supplier or partner.customer else ()):
            if entry.location not in known:
                yield Unknown(self._where(file, "locations", index), "location", entry.location)

    def _rule(self, rule: Rule) -> Iterator[Unknown]:
        yield from self._asked(rule)
        for name, source in rule.values.items():
            for code in _codes(rule, source):
                yield from self._ruled(rule, name, code)

    def _asked(self, rule: Rule) -> Iterator[Unknown]:
        """Yield the numbers a rule's condition compares with that nothing in the ledger has."""
        asks: Mapping[str, Callable[[str], object]] = {
            "supplier": self._lookups.supplier,
            "customer": self._lookups.customer,
            "item": self._lookups.item,
            "branch": lambda code: self._lookups.exists(Master.BRANCH, code),
        }
        for test in tests_in(rule.condition):
            for code in test.written if test.field.name in asks else ():
                if not asks[test.field.name](code):
                    yield Unknown(rule.where, test.field.name, code)

    def _ruled(self, rule: Rule, name: str, code: str) -> Iterator[Unknown]:
        base, _, segment = name.partition(".")
        if base == "subaccount":
            if not self._lookups.segment_exists(int(segment), self._padded(int(segment), code)):
                yield Unknown(rule.where, f"value of dimension {segment}", code)
        elif base == "item":
            if self._lookups.item(code) is None:
                yield Unknown(rule.where, "item", code)
        elif base in MASTERS and not self._lookups.exists(MASTERS[base], code):
            yield Unknown(rule.where, base.replace("_", " "), code)

    def _code(self, master: Master, code: str | None, file: str, *path: str | int) -> Iterator[Unknown]:
        if code and not self._lookups.exists(master, code):
            yield Unknown(self._where(file, *path), master.value.replace("_", " "), code)

    def _party(self, kind: str, number: str | None, file: str, *path: str | int) -> Iterator[Unknown]:
        ask = self._lookups.supplier if kind == "supplier" else self._lookups.customer
        if number and ask(number) is None:
            yield Unknown(self._where(file, *path), kind, number)

    def _segments(self, segments: Segments, file: str, *path: str | int) -> Iterator[Unknown]:
        for segment, value in segments.items():
            if not self._lookups.segment_exists(segment, self._padded(segment, value)):
                where = self._where(file, *path, str(segment))
                yield Unknown(where, f"value of dimension {segment}", value)

    def _padded(self, segment: int, value: str) -> str:
        return self._configuration.company.padded(segment, value)

    def _where(self, file: str, *path: str | int) -> Location:
        return self._configuration.where(file, *path)


_MASTERS_OF_DEFAULTS = (
    ("account", Master.ACCOUNT),
    ("charge_account", Master.ACCOUNT),
    ("branch", Master.BRANCH),
    ("warehouse", Master.WAREHOUSE),
    ("terms", Master.TERMS),
)
_MASTERS_OF_PARTNERS = (
    ("account", Master.ACCOUNT),
    ("charge_account", Master.ACCOUNT),
    ("branch", Master.BRANCH),
    ("terms", Master.TERMS),
    ("currency", Master.CURRENCY),
    ("vat_code", Master.VAT_CODE),
)


def _codes(rule: Rule, source: object) -> list[str]:
    """Return the codes a rule may set: the one it names, or all of the table it looks them up in."""
    if isinstance(source, str):
        return [source]
    table = getattr(source, "table", None)
    if table is None:
        return []
    otherwise = getattr(source, "otherwise", None)
    return [*rule.tables[table].values(), *([otherwise] if otherwise else [])]
