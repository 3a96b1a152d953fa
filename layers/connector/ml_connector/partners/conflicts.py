"""What single files of a configuration can't tell: entries that contradict, or point to nothing.

Wherever several entries could answer for one code the first would silently win; so the second is a fault
here, unless it says the same.
"""

from __future__ import annotations

from operator import ne
from typing import TYPE_CHECKING, Any

from ml_connector.partners.conditions import tests_in
from ml_connector.partners.identity import gln_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from ml_connector.partners.company import Company, OwnIdentity
    from ml_connector.partners.fragments import Segments, UnitReference
    from ml_connector.partners.located import LocatedYaml, ValuePath
    from ml_connector.partners.overlays import Fault
    from ml_connector.partners.profile import Identity, ItemReference, Partner, PartyIdentity, SentMessage
    from ml_connector.partners.rules import Rule, RuleSet

#: Schemes of party ids that mean the same in every partner's file.
REGISTERED = frozenset({"GLN", "DUNS", "DUNS4", "VAT", "COMPANY_REG"})


def conflicts(
    company: Company | None,
    partners: Sequence[Partner],
    rules: Iterable[RuleSet],
    sources: Mapping[str, LocatedYaml],
) -> Iterator[Fault]:
    """Yield every such fault, with its place."""
    if company:
        yield from _of_company(company, sources["company.yaml"])
    for partner in partners:
        yield from _of_partner(partner, company, sources[_file(partner)])
    yield from _between_partners(partners, sources)
    ids = {partner.id for partner in partners}
    for rule in (rule for rule_set in rules for rule in rule_set.rules):
        yield from _of_rule(rule, ids)


def _of_company(company: Company, source: LocatedYaml) -> Iterator[Fault]:
    yield from _hidden(company, _OF_COMPANY, source)
    yield from _segments(company.defaults.subaccount, company, source, "defaults", "subaccount")


def _of_partner(partner: Partner, company: Company | None, source: LocatedYaml) -> Iterator[Fault]:
    yield from _hidden(partner, _OF_PARTNER, source)
    if company is None:
        return
    for index, identity in enumerate(partner.identities):
        if any(_ours(own, identity) for own in company.identities):
            yield (
                source.where("identities", index),
                f"{identity.standard} {identity.id} is one of our own identities in company.yaml",
            )
    yield from _segments(partner.subaccount, company, source, "subaccount")
    for index, charge in enumerate(partner.charges):
        yield from _segments(charge.subaccount, company, source, "charges", index, "subaccount")


def _hidden(owner: object, lists: Mapping[str, _Same], source: LocatedYaml) -> Iterator[Fault]:
    """Yield the entries that an earlier one of their list hides."""
    for name, (key_of, hides) in lists.items():
        earlier: dict[Hashable, list[tuple[int, object]]] = {}
        for index, entry in enumerate(getattr(owner, name)):
            same = earlier.setdefault(key_of(entry), [])
            first = next((at for at, other in same if hides(other, entry)), None)
            if first is not None:
                place = source.where(name, first)
                yield source.where(name, index), f"{place} answers for what this entry of `{name}:` would"
            same.append((index, entry))


def _same_unit(earlier: UnitReference, later: UnitReference) -> bool:
    return earlier.code == later.code and earlier.list in ("*", later.list) and earlier.unit != later.unit


def _same_item(earlier: ItemReference, later: ItemReference) -> bool:
    means = (earlier.item, earlier.unit) == (later.item, later.unit)
    return earlier.code == later.code and earlier.scheme in (None, later.scheme) and not means


def _same_address(earlier: OwnIdentity, later: OwnIdentity) -> bool:
    return (
        earlier.id == later.id
        and earlier.standard in (None, later.standard)
        and earlier.qualifier in (None, later.qualifier)
        and (earlier.branch, earlier.company) != (later.branch, later.company)
    )


def _other_number(earlier: PartyIdentity, later: PartyIdentity) -> bool:
    numbers = ((earlier.supplier, later.supplier), (earlier.customer, later.customer))
    differs = any(one and other and one != other for one, other in numbers)
    return earlier.id == later.id and earlier.scheme in (None, later.scheme) and differs


def _other_overlay(earlier: SentMessage, later: SentMessage) -> bool:
    return None not in (earlier.overlay, later.overlay) and earlier.overlay != later.overlay


#: Lists of a file: what entries about the same thing share, and whether an earlier one hides a later one.
_Same = tuple["Callable[[Any], Hashable]", "Callable[[Any, Any], bool]"]
_OF_COMPANY: dict[str, _Same] = {
    "dimensions": (lambda entry: entry.segment, lambda _one, _other: True),
    "places": (lambda entry: entry.id, ne),
    "units": (lambda entry: entry.code, _same_unit),
    "vat": (lambda entry: entry.rate, lambda one, other: one.overlaps(other) and one.code != other.code),
    "terms": (lambda _: "terms", lambda one, other: one.pattern.items() <= other.pattern.items()),
    "identities": (lambda entry: entry.id, _same_address),
}
_OF_PARTNER: dict[str, _Same] = {
    "items": (lambda entry: entry.code, _same_item),
    "units": (lambda entry: entry.code, _same_unit),
    "locations": (lambda entry: entry.id, ne),
    "charges": (lambda entry: (entry.code, entry.text), ne),
    "outgoing": (lambda entry: entry.entity, lambda _one, _other: True),
    "messages": (lambda entry: (entry.standard, entry.type), _other_overlay),
    "party_ids": (lambda entry: entry.id, _other_number),
}


def _ours(own: OwnIdentity, identity: Identity) -> bool:
    return (
        own.id == identity.id
        and own.standard in (None, identity.standard)
        and (own.qualifier is None or identity.qualifier in (None, own.qualifier))
    )


def _segments(segments: Segments, company: Company, source: LocatedYaml, *path: str | int) -> Iterator[Fault]:
    known = {dimension.segment for dimension in company.dimensions}
    for segment in segments:
        if segment not in known:
            listed = ", ".join(map(str, sorted(known))) or "none"
            where: ValuePath = (*path, str(segment))
            sentence = f"company.yaml names no dimension segment {segment}; it names {listed}"
            yield source.where(*where), sentence


def _between_partners(partners: Sequence[Partner], sources: Mapping[str, LocatedYaml]) -> Iterator[Fault]:
    """Yield addresses, and registered numbers, that two partners' files claim for different things."""
    addresses: dict[tuple[str | None, ...], Partner] = {}
    numbers: dict[tuple[str, str], tuple[str, Partner]] = {}
    mailboxes: dict[str, Partner] = {}
    for partner in partners:
        source = sources[_file(partner)]
        for mailbox in partner.mailboxes.inbound:
            other = mailboxes.setdefault(mailbox, partner)
            if _bytes_read(other) != _bytes_read(partner):
                sentence = f"{mailbox} is also a mailbox of {_file(other)}, whose `reading:` says otherwise"
                yield source.where("mailboxes", "inbound"), sentence
        for index, identity in enumerate(partner.identities):
            for other in _others(
                partner, [addresses.setdefault(k, partner) for k in _keys(partner, identity)]
            ):
                sentence = f"{identity.standard} {identity.id} is also an identity of {_file(other)}"
                yield source.where("identities", index), sentence
        for index, entry in enumerate(partner.party_ids):
            for key, number in _registered(partner, entry):
                first, other = numbers.setdefault(key, (number, partner))
                if first != number and other is not partner:
                    sentence = f"{entry.id} is {key[1]} {first} in {_file(other)}, and {number} here"
                    yield source.where("party_ids", index), sentence


def _bytes_read(partner: Partner) -> tuple[bool, bool, str | None]:
    """Return how what stands in the partner's mailbox is read before it is known whose it is."""
    return partner.reading.strict, partner.reading.lenient_counts, partner.reading.charset


def _others(partner: Partner, owners: Iterable[Partner]) -> list[Partner]:
    return list({owner.id: owner for owner in owners if owner is not partner}.values())


def _keys(partner: Partner, identity: Identity) -> Iterator[tuple[str | None, ...]]:
    """Yield what nobody else may use: an address, or a GLN whatever its qualifier: senders err in it."""
    gln = gln_of(identity.id)
    for usage in partner.usage:
        yield (identity.standard, usage, "GLN", gln) if gln else (
            identity.standard, usage, identity.qualifier, identity.id,
        )  # fmt: skip


def _registered(partner: Partner, entry: PartyIdentity) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the ledger's numbers for an id that every partner's documents may name."""
    if entry.scheme in REGISTERED or (entry.scheme is None and gln_of(entry.id)):
        if number := entry.supplier or partner.supplier:
            yield (entry.id, "supplier"), number
        if number := entry.customer or partner.customer:
            yield (entry.id, "customer"), number


def _of_rule(rule: Rule, partners: set[str]) -> Iterator[Fault]:
    if rule.reroute and rule.reroute not in partners:
        yield rule.where, f"the rule {rule.name!r} reroutes to {rule.reroute!r}, which is no partner"
    for test in tests_in(rule.condition):
        for name in test.written if test.field.name == "partner" else ():
            if name.casefold() not in {partner.casefold() for partner in partners}:
                yield rule.where, f"the rule {rule.name!r} asks for partner {name!r}, which is none"


def _file(partner: Partner) -> str:
    return f"partners/{partner.id}.yaml"
