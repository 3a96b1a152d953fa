"""Maps one business document of a partner to what is posted in Visma, or to nothing, with every reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ml_connector.documents.invoice import Invoice
from ml_connector.documents.order import PurchaseOrder as OrderDocument
from ml_connector.documents.order import Purpose
from ml_connector.documents.remittance import RemittanceAdvice
from ml_connector.errors import Misconfigured
from ml_connector.mapping.bookings import map_cash_transaction, map_journal_transaction
from ml_connector.mapping.coding import note_not_taken
from ml_connector.mapping.context import Context
from ml_connector.mapping.header import company_of, ignores, note_routing
from ml_connector.mapping.invoice import DOCUMENT_TYPES, map_supplier_invoice
from ml_connector.mapping.order_changes import change_key, in_words, map_order_change
from ml_connector.mapping.orders import map_purchase_order, map_sales_order
from ml_connector.mapping.parties import find_business_partner
from ml_connector.mapping.result import Disposition, MappingResult, Source, Worksheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.mapping.lookups import Kind, Lookups
    from ml_connector.mapping.parties import Found
    from ml_connector.mapping.result import Decision
    from ml_connector.mapping.routing import Routing
    from ml_connector.matching import Match
    from ml_connector.partners import Configuration, Partner
    from ml_connector.partners.fragments import Entity
    from ml_connector.partners.rules import Rule
    from ml_connector.partners.subject import AnyDocument
    from ml_connector.visma.wire import WriteModel

#: Visma's names of the entities, as the posting ledger has them.
ENTITY_NAMES: dict[Entity, str] = {
    "purchase_order": "PurchaseOrder",
    "sales_order": "SalesOrder",
    "supplier_invoice": "SupplierInvoice",
    "journal_transaction": "JournalTransaction",
    "cash_transaction": "CashTransaction",
    "log": "none",
    "none": "none",
}

_ASKED: dict[Entity, Kind] = {
    "purchase_order": "supplier",
    "supplier_invoice": "supplier",
    "sales_order": "customer",
}

_BOOKED: dict[Entity, Callable[[Context, Routing], tuple[WriteModel, list[Decision]]]] = {
    "journal_transaction": map_journal_transaction,
    "cash_transaction": map_cash_transaction,
}

#: What each entity is made of; a document of another kind can't become it.
_MADE_OF: dict[Entity, tuple[str, tuple[type, ...]]] = {
    "purchase_order": ("order", (OrderDocument,)),
    "sales_order": ("order", (OrderDocument,)),
    "supplier_invoice": ("invoice", (Invoice,)),
    "journal_transaction": ("money", (Invoice, RemittanceAdvice)),
    "cash_transaction": ("money", (Invoice, RemittanceAdvice)),
}

#: Orders that say something else than "deliver this" are for a person.
_FOR_A_PERSON = frozenset({Purpose.CANCEL, Purpose.CHANGE, Purpose.REPLACE})


@dataclass(frozen=True, slots=True)
class _Mapped:
    body: WriteModel | None
    decisions: list[Decision]
    disposition: Disposition
    match: Match | None = None
    release: bool = False
    entity: str = ""


def map_document(
    document: AnyDocument,
    partner: Partner,
    configuration: Configuration,
    lookups: Lookups,
    *,
    document_id: str,
    company: str = "",
) -> MappingResult:
    """Return what ``document`` becomes in Visma, and the reason of every value.

    Args:
        document: The decoded document.
        partner: Whose it is.
        configuration: The version of the configuration to go by.
        lookups: The ledger's reference data.
        document_id: Our id of the document; it goes into the posted one's note.
        company: The company a person decided on; it outranks rules and files.

    Raises:
        Misconfigured: The document can't be posted before a person adds something; the error lists all that
            is missing, and the line to add to which file.
        Rejected: The document lacks what it can't be booked without.
    """
    return _routed(Context(document, partner, configuration, lookups, document_id, company))


def _routed(context: Context, *, rerouted_by: str = "", in_company: str = "") -> MappingResult:
    """Map by the partner and the look-ups of the company the rules decide on, each decided once."""
    target = context.partner.target(context.document.document_type)
    found = find_business_partner(context, _ASKED[target]) if target in _ASKED else None
    routing = context.route("document", _resolved(target, found))
    if routing.reroute and routing.reroute[0] != context.partner.id:
        again, label = _for_other_partner(context, *routing.reroute, rerouted_by), routing.reroute[1].label
        return _routed(again, rerouted_by=label, in_company=in_company)
    company = company_of(context, routing)
    lookups = context.lookups.of_company(company)
    if lookups is not context.lookups:
        again = _for_other_company(context, company, lookups, in_company)
        return _routed(again, rerouted_by=rerouted_by, in_company=company)
    note_routing(context, routing, "document")
    return _map(context, routing, target, found, company)


def _for_other_partner(context: Context, other: str, rule: Rule, rerouted_by: str) -> Context:
    """Return the document as another partner's.

    Raises:
        Misconfigured: A rule rerouted it before.
    """
    if rerouted_by:
        raise Misconfigured(
            f"{rerouted_by} reroutes {context.document.number} to {context.partner.id}, and {rule.label} on "
            f"to {other}.",
            advice="Let one rule reroute a document, to where it belongs.",
        )
    sheet = Worksheet()
    sheet.note("partner", other, Source.RULE, rule.label, f"rerouted from {context.partner.id}")
    return replace(context, partner=context.configuration.partner(other), sheet=sheet)


def _for_other_company(context: Context, company: str, lookups: Lookups, in_company: str) -> Context:
    """Return the document with the look-ups of another company.

    Raises:
        Misconfigured: It was moved before, so by each company's look-ups it goes to the other.
    """
    if in_company:
        raise Misconfigured(
            f"The rules send {context.document.number} to company {in_company}, and by its look-ups on to "
            f"company {company}.",
            advice="Let the rule that sets the company ask fields of the document, not the ledger's numbers.",
        )
    rerouting = [note for note in context.sheet.notes if note.field == "partner"]
    return replace(context, lookups=lookups, sheet=Worksheet(notes=rerouting))


def _resolved(target: Entity, found: Found | None) -> dict[str, str]:
    return {_ASKED[target]: found.record.number} if found and target in _ASKED else {}


def _map(
    context: Context, routing: Routing, target: Entity, found: Found | None, company: str
) -> MappingResult:
    if routed := routing.get("entity"):
        asked = target
        target = routed.value  # type: ignore[assignment]  # the rules' own model lists the entities
        context.sheet.note("entity", target, Source.RULE, routed.rule.label)
        found = _of_kind(context, found, asked, target)
    if ignores(context, routing, "document"):
        context.sheet.missing.clear()
        target = "none"
    mapped = _mapped(context, routing, target, found)
    note_not_taken(context, target)
    entity = mapped.entity or ENTITY_NAMES[target]
    return MappingResult(
        entity=entity if mapped.disposition is not Disposition.NONE else "none",
        company=company,
        body=mapped.body,
        business_key=(company, entity, context.partner.id, context.document.number, _kind(context.document)),
        disposition=mapped.disposition,
        decisions=(*mapped.decisions, *context.sheet.notes),
        holds=tuple(context.sheet.holds),
        match=mapped.match,
        configuration_version=context.configuration.version,
        partner=context.partner.id,
        release=mapped.release,
    )


def _of_kind(context: Context, found: Found | None, asked: Entity, target: Entity) -> Found | None:
    """Return the ledger's partner that the entity a rule chose needs; another kind is looked up anew."""
    if _ASKED.get(asked) == _ASKED.get(target):
        return found
    context.sheet.missing.clear()
    return find_business_partner(context, _ASKED[target]) if target in _ASKED else None


def _mapped(context: Context, routing: Routing, target: Entity, found: Found | None) -> _Mapped:
    if target not in _ASKED and target not in _BOOKED:
        return _Mapped(None, [], Disposition.NONE)
    if target == "purchase_order" and _changes(context.document):
        return _order_change(context, routing, found)
    if reason := _for_a_person(context) or _unlike(context, target):
        context.sheet.hold(reason)
        return _Mapped(None, [], Disposition.PARK)
    if target == "supplier_invoice":
        mapper, body, match, disposition = map_supplier_invoice(context, routing, found)
        return _Mapped(body, mapper.decisions(), disposition, match, mapper.releases(match))
    if target in _BOOKED:
        body_, decisions = _BOOKED[target](context, routing)
    else:
        order = map_purchase_order if target == "purchase_order" else map_sales_order
        body_, decisions = order(context, routing, found)
    held = Disposition.HOLD if context.sheet.holds else Disposition.POST
    return _Mapped(body_, decisions, held)


def _order_change(context: Context, routing: Routing, found: Found | None) -> _Mapped:
    """Return the update of an order that stands; where a person must look, the change in words."""
    body, decisions, reasons = map_order_change(context, routing, found)
    for reason in reasons:
        context.sheet.hold(reason)
    if body is None and isinstance(context.document, OrderDocument):
        context.sheet.hold(in_words(context.document))
    disposition = Disposition.PARK if body is None else Disposition.POST
    return _Mapped(body, decisions, disposition, entity="PurchaseOrderChange")


def _unlike(context: Context, target: Entity) -> str:
    """Return why the document can't become the entity; nothing if it can."""
    what, kinds = _MADE_OF[target]
    document = context.document
    if isinstance(document, kinds):
        return ""
    kind = document.document_type.replace("_", " ")
    return f"The {kind} {document.number} is no {what}, so it becomes no {target.replace('_', ' ')}."


def _for_a_person(context: Context) -> str:
    document = context.document
    if isinstance(document, Invoice):
        if document.invoice_type in DOCUMENT_TYPES:
            return ""
        kind = document.invoice_type.value
        return f"A {kind} invoice is not posted; book {document.number} by hand if it counts."
    if isinstance(document, OrderDocument) and (_changes(document) or document.purpose in _FOR_A_PERSON):
        kind = document.document_type.replace("_", " ")
        return (
            f"The {kind} {document.number} ({document.purpose.value}) changes an order that stands; apply it "
            f"in Visma by hand. {in_words(document)}"
        )
    return ""


def _kind(document: AnyDocument) -> str:
    """Return what tells documents of one number apart."""
    if isinstance(document, Invoice):
        return document.invoice_type.value
    return change_key(document) if isinstance(document, OrderDocument) and _changes(document) else ""


def _changes(document: AnyDocument) -> bool:
    return document.document_type == "order_change"
