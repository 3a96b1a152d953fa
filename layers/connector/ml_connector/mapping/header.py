"""What orders and invoices have in common at their head: currency, branch, terms, company, hold."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents import Invoice, Severity, day_of
from ml_connector.edi import Address
from ml_connector.errors import Rejected
from ml_connector.mapping.coding import put_routed
from ml_connector.mapping.lookups import CREDITS, Master
from ml_connector.mapping.parties import find_place, our_party
from ml_connector.mapping.result import Source
from ml_connector.matching import within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.documents import DocumentFinding
    from ml_connector.documents.commercial import PaymentTerms
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.lookups import BusinessPartner
    from ml_connector.mapping.result import Draft
    from ml_connector.mapping.routing import Routing
    from ml_connector.partners.company import OwnIdentity, TermsRow
    from ml_connector.partners.fragments import Tolerances

_FARTHEST_AHEAD = timedelta(days=60)

#: Findings of totals that differ from the computed ones, and the tolerance each is judged by; more than the
#: document's, a difference up to the rounding is none.
_TOTALS = {
    "total-mismatch": "document",
    "line-extension-total": "document",
    "tax-exclusive-total": "document",
    "tax-inclusive-total": "document",
    "payable-total": "document",
    "tax-total-total": "vat",
}


def own_identity(context: Context) -> OwnIdentity | None:
    """Return which identity of ours the document was addressed to."""
    source = context.document.source
    if source is None or not source.receiver_id:
        return None
    address = Address(source.receiver_id, source.receiver_qualifier or "")
    return context.configuration.own_identity(source.standard, address)


def company_of(context: Context, routing: Routing) -> str:
    """Return the company whose ledger the document goes to: by person, rule, file or default."""
    sheet, identity = context.sheet, own_identity(context)
    if context.company:
        sheet.note("company", context.company, Source.PERSON, "rerouted")
        return context.company
    if routed := routing.get("company"):
        sheet.note("company", routed.value, Source.RULE, routed.rule.label, routed.detail)
        return routed.value
    if context.partner.company:
        sheet.note("company", context.partner.company, Source.PARTNER, context.where("company"))
        return context.partner.company
    if identity and identity.company:
        sheet.note("company", identity.company, Source.TABLE, context.company_where("identities"))
        return identity.company
    company = context.configuration.company.id
    sheet.note("company", company, Source.DEFAULT, context.company_where("id"))
    return company


def put_branch(context: Context, draft: Draft, name: str, routing: Routing) -> None:
    """Set the branch: by rule, by our identity it was sent to or names, by place, partner, or default."""
    if routed := routing.get("branch"):
        put_routed(context, draft, name, "branch", routed)
        return
    identity, place = own_identity(context), find_place(context)
    defaults = context.configuration.company.defaults
    if identity and identity.branch:
        index = context.configuration.company.identities.index(identity)
        where = context.company_where("identities", index)
        draft.put(name, identity.branch, Source.TABLE, where, f"our identity {identity.id}")
    elif party := our_party(context):
        draft.put(
            name, party[0].branch, Source.TABLE, party[1], f"our identity {party[0].id} in the document"
        )
    elif place and place[0].branch:
        draft.put(name, place[0].branch, Source.TABLE, place[1], f"delivered to {place[0].id}")
    elif context.partner.branch:
        draft.put(name, context.partner.branch, Source.PARTNER, context.where("branch"))
    else:
        draft.put(name, defaults.branch, Source.DEFAULT, context.company_where("defaults", "branch"))


def put_description(context: Context, draft: Draft, routing: Routing) -> None:
    """Set the description: by rule, else the partner's name and the document's number."""
    if routed := routing.get("description"):
        put_routed(context, draft, "description", "description", routed)
        return
    kind = context.document.document_type.replace("_", " ")
    text = f"{context.partner.name} {context.document.number}"
    draft.put("description", text, Source.DEFAULT, detail=f"partner's name and {kind} number")


def put_currency(context: Context, draft: Draft, name: str, party: BusinessPartner | None) -> None:
    """Set the currency: as the document says, else as the partner's file or the ledger does."""
    sent = getattr(context.document, "currency", None)
    if sent:
        draft.put(name, sent, Source.DOCUMENT)
    elif context.partner.currency:
        draft.put(name, context.partner.currency, Source.PARTNER, context.where("currency"))
    elif party and party.currency:
        draft.put(name, party.currency, Source.LOOK_UP, f"Visma {party.number}", "the document names none")
    currency = draft.value(name)
    if currency is None:
        context.sheet.lack(
            f"The {context.document.document_type} names no currency, and neither its partner's file does.",
            f"Add `currency: CODE` to {context.file}.",
        )
    elif not context.lookups.exists(Master.CURRENCY, currency):
        context.sheet.lack(
            f"The currency {currency} is not enabled in Visma.",
            f"Enable {currency} in Visma, or hold the document.",
        )


def put_terms(context: Context, draft: Draft, name: str, routing: Routing) -> None:
    """Set the credit terms: by rule, partner's file, or the company's table of terms; else Visma's own."""
    if routed := routing.get("terms"):
        put_routed(context, draft, name, "terms", routed)
    elif context.partner.terms:
        draft.put(name, context.partner.terms, Source.PARTNER, context.where("terms"))
    else:
        for sent in getattr(context.document, "payment_terms", ()):
            for index, row in enumerate(context.configuration.company.terms):
                if _same_terms(row, sent):
                    where = context.company_where("terms", index)
                    draft.put(name, row.terms, Source.TABLE, where, "payment terms as sent")
                    return


def _same_terms(row: TermsRow, sent: PaymentTerms) -> bool:
    asked = [
        (row.code, sent.code.value if sent.code else None),
        (row.net_days, sent.net_days),
        (row.discount_percent, sent.discount_percent),
        (row.discount_days, sent.discount_days),
        (row.end_of_month, sent.basis == "end_of_month"),
    ]
    given = [(wanted, found) for wanted, found in asked if wanted is not None]
    return bool(given) and all(wanted == found for wanted, found in given)


def issue_date(context: Context) -> date:
    """Return the document's date.

    Raises:
        Rejected: It has none: a document without a date can't be booked.
    """
    issued: date | None = getattr(context.document, "issue_date", None)
    if issued is None:
        raise Rejected(
            f"The {context.document.document_type} {context.document.number} has no date.",
            advice="Ask the partner to send it with a date.",
            document_id=context.document_id,
        )
    received = day_of(context.document.source.received_at) if context.document.source else None
    if received and issued - received > _FARTHEST_AHEAD:
        context.sheet.hold(f"The date {issued} lies more than 60 days after it came in on {received}.")
    return issued


def finding_holds(context: Context, tolerances: Tolerances | None = None) -> Iterator[str]:
    """Yield what reading the document found that asks for a person; totals within tolerance are noted."""
    for finding in context.document.findings:
        if finding.severity not in (Severity.HOLD, Severity.ERROR):
            continue
        if tolerances and _within_tolerance(finding, tolerances):
            context.sheet.note(finding.rule, finding.message, Source.MATCHING, detail="within tolerance")
        else:
            yield f"{finding.message} ({finding.rule})"


def _within_tolerance(finding: DocumentFinding, tolerances: Tolerances) -> bool:
    name = _TOTALS.get(finding.rule)
    if name is None or finding.found is None or finding.expected is None:
        return False
    found, expected = Decimal(finding.found), Decimal(finding.expected)
    return _rounds(found, expected, name, tolerances) or within(found, expected, getattr(tolerances, name))


def _rounds(found: Decimal, expected: Decimal, name: str, tolerances: Tolerances) -> bool:
    return name == "document" and abs(found - expected) <= (tolerances.rounding or 0)


def hold_findings(context: Context, tolerances: Tolerances | None = None) -> None:
    """Hold the document for what reading it found wrong, unless a total differs within the tolerances."""
    for reason in finding_holds(context, tolerances):
        context.sheet.hold(reason)


def note_routing(context: Context, routing: Routing, level: str) -> None:
    """Record what rules decided beside values: holds, and tables that had no row."""
    for reason, rule in routing.holds:
        context.sheet.hold(reason)
        context.sheet.note(f"{level}.hold", reason, Source.RULE, rule.label)
    for missed in routing.tables_missed:
        context.sheet.lack(
            f"{missed}.", "Add the row to the table in company.yaml, or an `else:` to the rule."
        )


def ignores(context: Context, routing: Routing, name: str) -> bool:
    """Tell whether a rule leaves out the document, line or charge; then that is recorded under its name."""
    if routing.ignored:
        reason, rule = routing.ignored
        context.sheet.note(name, "ignored", Source.RULE, rule.label, reason)
    return routing.ignored is not None


def note_text(context: Context) -> str:
    """Return what the Visma document's note says: where it came from, and why it is held."""
    source = context.document.source
    origin = f"{source.standard} {source.message}" if source else "EDI"
    lines = [f"{origin} {context.document.number} from {context.partner.id}, document {context.document_id}"]
    lines.extend(f"Location: {note.value}" for note in context.sheet.notes if note.field == "location")
    originals = getattr(context.document, "original_invoice_references", ()) if _credits(context) else ()
    lines.extend(f"{CREDITS}{one}" for one in dict.fromkeys(original.number for original in originals) if one)
    return "\n".join([*lines, *(f"Hold: {reason}" for reason in context.sheet.holds)])


def _credits(context: Context) -> bool:
    return isinstance(context.document, Invoice) and context.document.is_credit


def put_hold(context: Context, draft: Draft, *, release: bool = False) -> None:
    """Set hold: by what was found, else by the company's default; matched invoices may be released."""
    if context.sheet.holds:
        draft.put("hold", value=True, source=Source.COMPUTED, detail="; ".join(context.sheet.holds))
    elif release:
        draft.put(
            "hold",
            value=False,
            source=Source.MATCHING,
            where=context.company_where("matching", "release_matched"),
        )
    else:
        held = context.configuration.company.defaults.hold
        draft.put("hold", held, Source.DEFAULT, context.company_where("defaults", "hold"))
