"""Which supplier or customer of the ledger a document is from, and which branch and place of ours it is for.

Order of attempts: the partner's own file and its party ids; registered numbers (GLN, DUNS, VAT) among any
partner file's party ids; GLN; VAT number; company number. DUNS and codes that buyer or seller hand out count
only through the files. Nothing is created.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.documents.identifiers import IdentifierScheme
from ml_connector.documents.parties import PartyRole, party_of
from ml_connector.mapping.result import Source
from ml_connector.partners.conflicts import REGISTERED
from ml_connector.partners.identity import gln_of, vat_forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ml_connector.documents.identifiers import Identifier
    from ml_connector.documents.parties import Party
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.lookups import BusinessPartner, Kind
    from ml_connector.partners.company import OwnIdentity, Place

#: Roles a supplier, or customer, may have in a document, the likeliest first.
_ROLES: dict[Kind, tuple[PartyRole, ...]] = {
    "supplier": (
        PartyRole.SELLER,
        PartyRole.PAYEE,
        PartyRole.REMIT_TO,
        PartyRole.ISSUER,
        PartyRole.SHIP_FROM,
    ),
    "customer": (
        PartyRole.BUYER,
        PartyRole.ORDERED_BY,
        PartyRole.SOLD_TO,
        PartyRole.INVOICEE,
        PartyRole.BILL_TO,
    ),
}

_LEDGER_SCHEMES = (IdentifierScheme.GLN, IdentifierScheme.VAT, IdentifierScheme.COMPANY_REG)


@dataclass(frozen=True, slots=True)
class Found:
    """A business partner of the ledger, and how it was found."""

    record: BusinessPartner
    source: Source
    where: str
    detail: str


def find_business_partner(context: Context, kind: Kind) -> Found | None:
    """Return the document's supplier or customer; without one, the worksheet says what to add where."""
    attempts: Sequence[Callable[[Context, Kind], Found | None]] = (_by_profile, _by_party_table, _by_ledger)
    for attempt in attempts:
        if found := attempt(context, kind):
            return found
        if context.sheet.missing:
            return None
    context.sheet.lack(*_unknown(context, kind))
    return None


def _by_profile(context: Context, kind: Kind) -> Found | None:
    number = context.partner.supplier if kind == "supplier" else context.partner.customer
    if not number:
        return None
    return _record(
        context, kind, number, str(context.where(kind)), f"`{kind}:` of partner {context.partner.id}"
    )


def _by_party_table(context: Context, kind: Kind) -> Found | None:
    sent = {identifier.matching_key: identifier for identifier in _identifiers(context, kind)}
    values = {identifier.value for identifier in sent.values()}
    for partner in (context.partner, *context.configuration.partners):
        file = context.configuration.partner_file(partner)
        for index, entry in enumerate(partner.party_ids):
            number = (entry.supplier if kind == "supplier" else entry.customer) or (
                partner.supplier if kind == "supplier" else partner.customer
            )
            schemes = {key[0] for key, identifier in sent.items() if identifier.value == entry.id}
            ours = partner is context.partner or schemes & REGISTERED
            if number and ours and entry.id in values and (entry.scheme is None or entry.scheme in schemes):
                where = str(context.configuration.where(file, "party_ids", index))
                return _record(context, kind, number, where, f"party id {entry.id}")
    return None


def _by_ledger(context: Context, kind: Kind) -> Found | None:
    ask = context.lookups.suppliers_by if kind == "supplier" else context.lookups.customers_by
    for scheme in _LEDGER_SCHEMES:
        for identifier in _identifiers(context, kind):
            for form in _forms(identifier, scheme, _country(context, kind)):
                found = [record for record in ask(scheme.value, form) if record.active]
                if len(found) == 1:
                    detail = f"{scheme.value} {identifier.value}"
                    return Found(found[0], Source.LOOK_UP, f"Visma {kind} by {scheme.value}", detail)
                if found:
                    context.sheet.lack(*_several(context, kind, scheme.value, identifier.value, found))
                    return None
    return None


def _record(context: Context, kind: Kind, number: str, where: str, detail: str) -> Found | None:
    record = context.lookups.supplier(number) if kind == "supplier" else context.lookups.customer(number)
    if record is None or not record.active:
        state = "knows no" if record is None else "has closed its"
        context.sheet.lack(
            f"{where} says {kind} {number}, but Visma {state} {kind} of that number.",
            f"Correct the number at {where}, or add the {kind} in Visma.",
        )
        return None
    return Found(record, Source.PARTNER, where, detail)


def _identifiers(context: Context, kind: Kind) -> Iterator[Identifier]:
    for party in _parties(context, kind):
        yield from (*party.ids, *party.tax_ids)


def _parties(context: Context, kind: Kind) -> list[Party]:
    parties: tuple[Party, ...] = getattr(context.document, "parties", ())
    return [party for role in _ROLES[kind] for party in parties if party.role is role]


def _country(context: Context, kind: Kind) -> str:
    addressed = [party.address.country for party in _parties(context, kind) if party.address]
    return next((country for country in addressed if country), context.partner.country or "")


def _forms(identifier: Identifier, scheme: IdentifierScheme, country: str) -> tuple[str, ...]:
    if scheme is IdentifierScheme.GLN:
        if identifier.scheme is scheme:
            return (identifier.matching_value,)
        proved = gln_of(identifier.value) if identifier.scheme in _UNSURE else None
        return (proved,) if proved else ()
    return vat_forms(identifier.value, country) if identifier.scheme is scheme else ()


#: Schemes partners put on a GLN by mistake; the check digit then decides.
_UNSURE = frozenset({
    IdentifierScheme.MUTUAL, IdentifierScheme.OTHER, IdentifierScheme.BUYER_ASSIGNED,
    IdentifierScheme.SELLER_ASSIGNED,
})  # fmt: skip


def _unknown(context: Context, kind: Kind) -> tuple[str, str]:
    sent = [f"{identifier.scheme.value} {identifier.value}" for identifier in _identifiers(context, kind)]
    names = [party.name for party in _parties(context, kind) if party.name]
    who = f"{names[0]!r}" if names else f"of partner {context.partner.id}"
    looked = ", ".join(dict.fromkeys(sent)) or f"no identity of the {kind}"
    sentence = (
        f"The {kind} {who} of {context.document.document_type} {context.document.number} is unknown: "
        f"the document gives {looked}; no partner file and no {kind} in Visma has it."
    )
    advice = f"Add `{kind}: NUMBER` to {context.file}"
    if sent:
        value = next(_identifiers(context, kind)).value
        advice += f', or `- {{id: "{value}", {kind}: NUMBER}}` to its `party_ids:`'
    return sentence, f"{advice}, with the number the {kind} has in Visma."


def _several(
    context: Context, kind: Kind, scheme: str, value: str, found: Sequence[BusinessPartner]
) -> tuple[str, str]:
    numbers = ", ".join(record.number for record in found)
    return (
        f"{scheme} {value} is that of several {kind}s in Visma: {numbers}.",
        f'Say which one: add `- {{id: "{value}", {kind}: NUMBER}}` to `party_ids:` in {context.file}.',
    )


def our_party(context: Context) -> tuple[OwnIdentity, str] | None:
    """Return which identity of ours a party of the document is, with its line in company.yaml."""
    sells = context.partner.target(context.document.document_type) == "sales_order"
    roles = (PartyRole.SELLER,) if sells else (PartyRole.INVOICEE, PartyRole.BILL_TO, PartyRole.BUYER)
    parties: tuple[Party, ...] = getattr(context.document, "parties", ())
    for role in roles:
        for identifier in (i for p in parties if p.role is role for i in (*p.ids, *p.tax_ids)):
            for index, identity in enumerate(context.configuration.company.identities):
                if identity.branch and identity.id in (identifier.value, identifier.matching_value):
                    return identity, str(context.company_where("identities", index))
    return None


def find_place(context: Context) -> tuple[Place, str] | None:
    """Return the place of ours a document is delivered to, with its line in company.yaml, if it names one."""
    parties: tuple[Party, ...] = getattr(context.document, "parties", ())
    ship_to = party_of(parties, PartyRole.SHIP_TO, PartyRole.WAREHOUSE, PartyRole.ULTIMATE_CONSIGNEE)
    if ship_to is None:
        return None
    codes = {form for identifier in ship_to.ids for form in (identifier.value, identifier.matching_value)}
    for index, place in enumerate(context.configuration.company.places):
        if place.id in codes:
            return place, str(context.company_where("places", index))
    return None
