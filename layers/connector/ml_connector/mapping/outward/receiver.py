"""The partner a document goes to, and what our items, units and addresses are called there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ml_connector.codecs.ubl.parties import party_number
from ml_connector.documents import (
    Address,
    Identifier,
    IdentifierScheme,
    Item,
    Party,
    PartyRole,
    UnitList,
    UnitOfMeasure,
)
from ml_connector.errors import Held, Misconfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.outgoing import OutgoingMessage
    from ml_connector.partners.profile import Partner

# Whose unit codes each standard writes; ANA has its own list (codes of one list mean nothing in another).
_UNIT_LISTS = {
    "x12": (UnitList.X12_355,),
    "edifact": (UnitList.UNECE_REC20, UnitList.UNECE_REC21),
    "tradacoms": (UnitList.ANA_4,),
    "ubl": (UnitList.UNECE_REC20, UnitList.UNECE_REC21),
}


# Standards whose invoices say the seller's VAT number where the party stands.
_SAY_VAT = frozenset({"edifact", "ubl"})
# How much text describes an item: PID05, two 7008 of IMD in D.96A, the first half of TDES.
_TEXT_WIDTHS = {"x12": 80, "edifact": 70, "tradacoms": 40}
_PACKAGE = re.compile("X[A-Z0-9]{2}")
_GLN = re.compile(r"\d{13}")


class ItemCodes(Protocol):
    """Answers by which other numbers an item is known."""

    def codes_of(self, item: str) -> Mapping[tuple[str, str], str]:
        """Return an item's cross references: ``{(type, business account): number}``."""
        ...


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets a document, as which message, and where codes are looked up."""

    partner: Partner
    message: OutgoingMessage
    configuration: Configuration
    codes: ItemCodes

    def bought_item(self, number: str, description: str | None, alternate: str | None) -> Item:
        """Return an item we buy from the partner; VPN is the supplier's number for it (API B15)."""
        item = self._item(number, "SELLER", ("VPN", self.partner.supplier or ""), alternate)
        return self._described(item, description)

    def sold_item(self, number: str, description: str | None = None) -> Item:
        """Return an item we sell to the partner; CPN is the customer's number for it (API B15)."""
        item = self._item(number, "BUYER", ("CPN", self.partner.customer or ""), None)
        return self._described(item, description)

    def _described(self, item: Item, description: str | None) -> Item:
        """The item with what it is called, which is for people and so is cut where it is too long.

        UBL calls it the item's name (PEPPOL BIS, BR-25); other standards have a place for a description.
        """
        field = "name" if self.message.standard == "ubl" else "description"
        width = _TEXT_WIDTHS.get(self.message.standard)
        return item.model_copy(update={field: (description or "").strip()[:width].strip() or None})

    def _item(self, number: str, theirs: str, reference: tuple[str, str], alternate: str | None) -> Item:
        codes = self.codes.codes_of(number) if number else {}
        ours = "BUYER" if theirs == "SELLER" else "SELLER"
        found = {
            "GTIN": codes.get(("Barcode", "")),
            ours: number,
            theirs: self._agreed_code(number, theirs) or codes.get(reference) or alternate,
        }
        return Item(
            gtin=_item_number(found["GTIN"], IdentifierScheme.GTIN),
            seller_id=_item_number(found["SELLER"], IdentifierScheme.SELLER_ASSIGNED),
            buyer_id=_item_number(found["BUYER"], IdentifierScheme.BUYER_ASSIGNED),
        )

    def _agreed_code(self, number: str, scheme: str) -> str | None:
        """The code the partner's file has for an item, read backwards; it goes before the ledger's."""
        agreed = (one.code for one in self.partner.items if one.item == number and one.scheme == scheme)
        return next(agreed, None) if number else None

    def unit(self, unit: str, item: str) -> UnitOfMeasure:
        """Return the code of a unit of the ledger in the message's standard.

        Raises:
            Misconfigured: Neither the partner nor the company names one.
        """
        lists = _UNIT_LISTS[self.message.standard]
        for reference in (*self.partner.units, *self.configuration.company.units):
            if reference.unit == unit and reference.list in lists:
                return _as_written(UnitOfMeasure(code=reference.code, list=UnitList(reference.list)))
        raise Misconfigured(
            f"Unit {unit!r} of item {item} has no code of {' or '.join(lists)}.",
            advice=f'Add `- {{code: CODE, list: {lists[0]}, unit: "{unit}"}}` to `units:` in company.yaml.',
            unit=unit,
            item=item,
        )

    def company(self, role: PartyRole) -> Party:
        """Return us in a role, by our address in the message's standard."""
        company = self.configuration.company
        return self._party(role, company.identities, company.name, company.country)

    def seller(self) -> Party:
        """Return us as who sells, with our VAT number where the standard says it with the party."""
        numbers = tuple(
            Identifier(scheme=IdentifierScheme.VAT, value=one.id)
            for one in self.configuration.company.identities
            if one.scheme == IdentifierScheme.VAT
        )
        said = numbers[:1] if self.message.standard in _SAY_VAT else ()
        return self.company(PartyRole.SELLER).model_copy(update={"tax_ids": said})

    def counterpart(self, role: PartyRole, name: str | None = None) -> Party:
        """Return the partner in a role, by its address in the message's standard."""
        partner = self.partner
        return self._party(role, partner.identities, name or partner.name, partner.country)

    def _party(
        self, role: PartyRole, identities: tuple[_Address, ...], name: str, country: str | None
    ) -> Party:
        ids = [self._identifier(one, role) for one in identities if self._speaks(one)]
        # A party of a UBL document has an address, and that a country (PEPPOL BIS, BR-09 and BR-11).
        address = Address(country=country) if country and self.message.standard == "ubl" else None
        return Party(role=role, ids=tuple(ids[:1]), name=name, address=address)

    def _identifier(self, address: _Address, role: PartyRole) -> Identifier:
        """An address as an identifier: 14 (UNB 0007) and 08 (ISA05) say GLN, and ANA numbers are GLNs."""
        if self.message.standard == "ubl":
            return party_number(address.id, address.qualifier or "")
        ana = self.message.standard == "tradacoms" and _GLN.fullmatch(address.id)
        if ana or address.qualifier in ("14", "08"):
            return Identifier(scheme=IdentifierScheme.GLN, value=address.id)
        scheme = _OTHERWISE.get(role, IdentifierScheme.BUYER_ASSIGNED)
        return Identifier(scheme=scheme, value=address.id)

    def _speaks(self, identity: _Address) -> bool:
        return identity.standard == self.message.standard


class _Address(Protocol):
    """An address in envelopes, ours or a partner's."""

    @property
    def standard(self) -> str | None: ...
    @property
    def id(self) -> str: ...
    @property
    def qualifier(self) -> str | None: ...


# Who numbers parties that have no GLN; the buyer does unless it is the seller's number for itself.
_OTHERWISE = {
    PartyRole.SELLER: IdentifierScheme.SELLER_ASSIGNED,
    PartyRole.SHIP_FROM: IdentifierScheme.SELLER_ASSIGNED,
    PartyRole.PAYEE: IdentifierScheme.SELLER_ASSIGNED,
}


def customers_order(number: str | None, what: str) -> str:
    """Return the customer's order number of a document.

    Raises:
        Held: There is none; most customers can't take a document that doesn't name their order.
    """
    if not number:
        raise Held(
            f"{what} names no order of the customer's.",
            advice="Fill in the customer's order number in Visma and replay it.",
        )
    return number


def _as_written(unit: UnitOfMeasure) -> UnitOfMeasure:
    """The unit as EDIFACT writes it: packages of Recommendation 21 have an X in front, wherever listed."""
    package = _PACKAGE.fullmatch(unit.code)
    if unit.list is UnitList.UNECE_REC21 and not package:
        return UnitOfMeasure(code=f"X{unit.code}", list=UnitList.UNECE_REC21)
    if unit.list is UnitList.UNECE_REC20 and package:
        return UnitOfMeasure(code=unit.code, list=UnitList.UNECE_REC21)
    return unit


def _item_number(value: str | None, scheme: IdentifierScheme) -> Identifier | None:
    return Identifier(scheme=scheme, value=value) if value else None
