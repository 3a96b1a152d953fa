"""Which location of a supplier or customer a document is about: where it sends from, or wants delivery.

Order of attempts: a rule; the partner file's ``locations:``; GLN, then EDI code, over the ledger's locations
of that business partner. None leaves Visma's own default, several hold the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents.parties import PartyRole
from ml_connector.mapping.coding import put_routed
from ml_connector.mapping.result import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml_connector.documents.parties import Party
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.lookups import Kind, PartnerLocation
    from ml_connector.mapping.parties import Found
    from ml_connector.mapping.result import Draft
    from ml_connector.mapping.routing import Routing

#: Parties that stand for a place, the nearest first.
_PLACES: dict[Kind, tuple[PartyRole, ...]] = {
    "supplier": (PartyRole.SHIP_FROM, PartyRole.SELLER, PartyRole.ISSUER),
    "customer": (PartyRole.SHIP_TO, PartyRole.ULTIMATE_CONSIGNEE, PartyRole.BUYER),
}


def put_location(
    context: Context, draft: Draft, name: str, kind: Kind, party: Found | None, routing: Routing
) -> None:
    """Set the business partner's location, where the document tells it."""
    if routed := routing.get("location"):
        put_routed(context, draft, name, "location", routed)
        return
    if party is None:
        return
    known = context.lookups.locations(kind, party.record.number)
    for sent in _codes(context, kind):
        if _put_from_table(context, draft, name, sent) or _put_from_ledger(context, draft, name, sent, known):
            return
    if len(known) > 1:
        sentence = f"Visma's own of {len(known)}: the document names none of them"
        context.sheet.note("default location", "", Source.DEFAULT, "Visma", sentence)


def _codes(context: Context, kind: Kind) -> list[str]:
    """Return the codes of the document's places, each as it stands and in the form it is compared in."""
    parties: tuple[Party, ...] = getattr(context.document, "parties", ())
    placed = [party for role in _PLACES[kind] for party in parties if party.role is role]
    forms = (form for party in placed for one in party.ids for form in (one.value, one.matching_value))
    return list(dict.fromkeys(forms))


def _put_from_table(context: Context, draft: Draft, name: str, sent: str) -> bool:
    for index, entry in enumerate(context.partner.locations):
        if entry.id == sent:
            where = context.where("locations", index)
            draft.put(name, entry.location, Source.PARTNER, where, f"place {sent}")
            return True
    return False


def _put_from_ledger(
    context: Context, draft: Draft, name: str, sent: str, known: Sequence[PartnerLocation]
) -> bool:
    """Set the one location with this GLN or EDI code; tell whether any has it."""
    for field, words in (("gln", "GLN"), ("edi_code", "EDI code")):
        found = [location for location in known if getattr(location, field) == sent]
        if len(found) == 1:
            where = f"Visma location by {words}"
            draft.put(name, found[0].id, Source.LOOK_UP, where, f"{words} {sent}")
            return True
        if found:
            ids = ", ".join(location.id for location in found)
            context.sheet.hold(
                f"{words} {sent} is that of several locations in Visma ({ids}); say which one: add "
                f'`- {{id: "{sent}", location: ID}}` to `locations:` in {context.file}.'
            )
            return True
    return False
