"""The customer's configuration: a folder of YAML, loaded whole or refused with every fault named.

::

    company.yaml        who we are, defaults, dimensions, VAT table, units, tolerances, code tables
    partners/*.yaml     one trading partner each
    rules/*.yaml        routing rules, in the order of the files' names
    lookups.yaml        optional: a snapshot of the ledger's codes, for explaining rules offline
    overlays/*.yaml     optional: partners' own rules over a message's
    tests/              optional: examples for ``rules test``; not part of the version
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from ml_connector.errors import ConnectorError, Misconfigured
from ml_connector.partners.company import Company
from ml_connector.partners.conflicts import conflicts
from ml_connector.partners.directory import Directory
from ml_connector.partners.folder import read_folder
from ml_connector.partners.located import LocatedYaml, Location, Yaml, read_yaml
from ml_connector.partners.overlays import missing_overlays, read_overlays
from ml_connector.partners.profile import Partner
from ml_connector.partners.reachability import unreachable_rules
from ml_connector.partners.rules import RuleFile, RuleSet, compile_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ml_connector.edi import Address, Overlay
    from ml_connector.partners.company import OwnIdentity

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Configuration:
    """One version of the configuration, complete and consistent.

    Attributes:
        version: The digest of all files: the same text gives the same version anywhere.
        files: The text of every file by its path in the folder.
        overlays: Partners' own rules over messages, by the names that partner files have for them.
    """

    company: Company
    partners: tuple[Partner, ...]
    rules: tuple[RuleSet, ...]
    version: str
    files: Mapping[str, str]
    sources: Mapping[str, LocatedYaml]
    overlays: Mapping[str, Overlay] = field(default_factory=dict)

    @cached_property
    def directory(self) -> Directory:
        """The partners by the addresses they use."""
        return Directory(self.company, self.partners)

    def partner(self, partner_id: str) -> Partner:
        """Return the partner with this id.

        Raises:
            Misconfigured: There is none.
        """
        for partner in self.partners:
            if partner.id == partner_id:
                return partner
        raise Misconfigured(
            f"No partner has the id {partner_id!r}.",
            advice=f"Add partners/{partner_id}.yaml, or use one of {', '.join(p.id for p in self.partners)}.",
            partner=partner_id,
        )

    def partner_for(
        self,
        standard: str,
        sender: Address,
        receiver: Address,
        test: bool,  # noqa: FBT001 - fixed signature
    ) -> Partner | None:
        """Return the partner an interchange is from, or none: then it belongs on the unassigned list.

        None also when ``receiver`` is not one of our own identities, where the company lists any for the
        standard, or when the partner is known but not for test (or production) interchanges.
        """
        return self.directory.find(standard, sender, receiver, test=test)

    def require_partner(
        self,
        standard: str,
        sender: Address,
        receiver: Address,
        test: bool,  # noqa: FBT001 - as partner_for
    ) -> Partner:
        """Return the partner an interchange is from.

        Raises:
            Misconfigured: There is none; says what was looked for and the lines to add where.
        """
        if partner := self.partner_for(standard, sender, receiver, test):
            return partner
        raise self.directory.explain_unknown(standard, sender, receiver, test=test)

    def own_identity(self, standard: str, receiver: Address) -> OwnIdentity | None:
        """Return which of our identities ``receiver`` is: its branch, and company, serve the document."""
        return self.directory.own(standard, receiver)

    def where(self, file: str, *path: str | int) -> Location:
        """Return the line of a value of this configuration, for decisions and complaints."""
        source = self.sources.get(file)
        return source.where(*path) if source else Location(file, 1)

    def partner_file(self, partner: Partner) -> str:
        """Return the path of the partner's file."""
        return f"partners/{partner.id}.yaml"


def load(folder: Path) -> Configuration:
    """Return the configuration in ``folder``.

    Raises:
        Misconfigured: A file is missing, is not YAML, or says what it can't; every fault with file and line.
    """
    return parse(read_folder(folder))


def version_of(files: Mapping[str, str]) -> str:
    """Return the digest of these files, whatever order they come in."""
    return hashlib.sha256(json.dumps(files, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def parse(files: Mapping[str, str]) -> Configuration:
    """Return the configuration made of these files.

    Raises:
        Misconfigured: As `load`.
    """
    faults: list[Misconfigured] = []
    sources = dict(_sources(files, faults))
    company = _company(sources, faults)
    partners = tuple(_partners(sources, faults))
    rules = tuple(_rules(sources, company, faults)) if company else ()
    faults.extend(_fault(*fault) for fault in conflicts(company, partners, rules, sources))
    overlays, wrong = read_overlays(_under(sources, "overlays/"))
    known = {
        source.file.removeprefix("overlays/").removesuffix(".yaml") for source in _under(sources, "overlays/")
    }
    faults.extend(_fault(*fault) for fault in (*wrong, *missing_overlays(partners, known, sources)))
    if faults or company is None:
        raise _all_of(faults)
    return Configuration(company, partners, rules, version_of(files), dict(files), sources, overlays)


def _sources(files: Mapping[str, str], faults: list[Misconfigured]) -> Iterator[tuple[str, LocatedYaml]]:
    for file, text in sorted(files.items()):
        try:
            yield file, read_yaml(text, file)
        except Misconfigured as error:
            faults.append(error)


def _company(sources: Mapping[str, LocatedYaml], faults: list[Misconfigured]) -> Company | None:
    source = sources.get("company.yaml")
    if source is None:
        if not any(fault.context.get("file") == "company.yaml" for fault in faults):
            faults.append(
                Misconfigured("company.yaml is missing.", advice="It says whose ledger this is: add it.")
            )
        return None
    return _validated(Company, source, faults)


def _partners(sources: Mapping[str, LocatedYaml], faults: list[Misconfigured]) -> Iterator[Partner]:
    for source in _under(sources, "partners/"):
        name = source.file.removeprefix("partners/").removesuffix(".yaml")
        data: Yaml = {"id": name, **source.data} if isinstance(source.data, dict) else source.data
        partner = _validated(Partner, LocatedYaml(source.file, data, source.lines), faults)
        if partner and partner.id != name:
            faults.append(
                _fault(source.where("id"), f"the id {partner.id!r} is not the file's name {name!r}")
            )
        elif partner:
            yield partner


def _rules(
    sources: Mapping[str, LocatedYaml], company: Company, faults: list[Misconfigured]
) -> Iterator[RuleSet]:
    for source in _under(sources, "rules/"):
        file = _validated(RuleFile, source, faults)
        if file is None:
            continue
        try:
            rules = compile_rules(file, source, company)
        except Misconfigured as error:
            faults.append(error)
            continue
        faults.extend(
            _fault(found.rule.where, f"the rule {found.rule.name!r}: {found.reason}")
            for found in unreachable_rules(rules)
        )
        yield rules


def _under(sources: Mapping[str, LocatedYaml], prefix: str) -> Iterable[LocatedYaml]:
    return (source for file, source in sorted(sources.items()) if file.startswith(prefix))


def _validated(model: type[Model], source: LocatedYaml, faults: list[Misconfigured]) -> Model | None:
    try:
        return model.model_validate(source.data if source.data is not None else {})
    except ValidationError as error:
        for item in error.errors(include_url=False):
            key = ".".join(str(step) for step in item["loc"])
            said = item["msg"].removeprefix("Value error, ")
            sentence = f"{key}: {said}" if key else said
            faults.append(_fault(source.where(*item["loc"]), sentence))
    return None


def _fault(where: Location, sentence: str) -> Misconfigured:
    return Misconfigured(
        f"{where}: {sentence}.".replace("..", "."),
        advice=f"Mend {where.file}.",
        file=where.file,
        line=where.line,
    )


def _all_of(faults: list[Misconfigured]) -> Misconfigured:
    if len(faults) == 1:
        return faults[0]
    listed = "\n".join(f"  {fault.message}" for fault in faults)
    return Misconfigured(
        f"The configuration has {len(faults)} faults:\n{listed}",
        advice="Mend these lines.",
        faults=[{"message": fault.message, **fault.context} for fault in faults],
    )


def faults_of(error: ConnectorError) -> list[dict[str, object]]:
    """Return the single faults of an error of `load` as plain data, one entry each."""
    many = error.context.get("faults")
    return list(many) if isinstance(many, list) else [{"message": error.message, **error.context}]
