"""Account, dimensions, branch, project, VAT code and the like of a line: rules first, then the defaults.

Of a line, in this order: a rule for the line (or charge), a rule for the document, the partner's file,
company.yaml. What none of them gives is left to Visma's own defaults, save an account where there is no item
to take one from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.mapping.lookups import Master
from ml_connector.mapping.result import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ml_connector.mapping.context import Context
    from ml_connector.mapping.result import Draft
    from ml_connector.mapping.routing import RoutedValue, Routing

#: What rules set, under the names the write models have for it.
INVOICE_LINE = {
    "account": "account_number",
    "branch": "branch_number",
    "project": "project_id",
    "project_task": "project_task_id",
    "vat_code": "vat_code_id",
    "description": "transaction_description",
}
ORDER_LINE = {
    "account": "account",
    "branch": "branch",
    "warehouse": "warehouse",
    "project": "project",
    "project_task": "project_task",
    "vat_code": "tax_category",
    "description": "line_description",
    "line_type": "line_type",
}
#: What a document and its lines each have of their own, so that the document's does not serve its lines.
OWN = frozenset({"branch", "description"})
SALES_LINE = {"warehouse": "warehouse_id", "description": "description"}

#: Which ledger table a rule's value must be in.
MASTERS = {
    "account": Master.ACCOUNT,
    "offset_account": Master.ACCOUNT,
    "tax_account": Master.ACCOUNT,
    "branch": Master.BRANCH,
    "warehouse": Master.WAREHOUSE,
    "terms": Master.TERMS,
    "vat_code": Master.VAT_CODE,
    "project": Master.PROJECT,
    "location": Master.LOCATION,
}


#: What rules set that an entity has no place for, at any level or, with a level before it, at that one.
_BOOKED = frozenset({"offset_account", "tax_account", "cash_account", "entry_type"})
NOT_TAKEN: dict[str, frozenset[str]] = {
    "purchase_order": _BOOKED,
    "supplier_invoice": _BOOKED | {"warehouse", "line_type"},
    # Visma's service for new sales orders publishes nothing to put these in; it takes its own defaults.
    "sales_order": _BOOKED
    | {"account", "subaccount", "branch", "vat_code", "terms", "line_type", "project_task", "line.project"},
    "journal_transaction": frozenset(
        {"cash_account", "entry_type", "warehouse", "location", "terms", "line_type", "item"}
    ),
    "cash_transaction": frozenset(
        {"offset_account", "tax_account", "project", "project_task", "warehouse", "location", "terms"}
    )
    | {"line_type", "item"},
}


def note_not_taken(context: Context, entity: str) -> None:
    """Record what rules set that the entity has no place for: nothing a person wrote is lost unsaid."""
    without = NOT_TAKEN.get(entity, frozenset())
    said = {
        (f"{level}.{name}", routed.rule.label): routed
        for level, routing in context.sheet.routings
        for name, routed in routing.values.items()
        if {name.partition(".")[0], f"{level}.{name}"} & without
    }
    for (name, label), routed in said.items():
        detail = f"a {entity.replace('_', ' ')} has no place for it"
        context.sheet.note(f"{name} (not taken)", routed.value, Source.RULE, label, detail)


@dataclass(frozen=True, slots=True)
class Fallback:
    """A value of a file that counts when no rule gives one."""

    value: str
    source: Source
    where: str


def account_fallbacks(context: Context, *, charge: bool) -> list[Fallback]:
    """Return the accounts the files give for lines, or for charges, the partner's first."""
    name = "charge_account" if charge else "account"
    return [
        *_fallback(getattr(context.partner, name), Source.PARTNER, context.where(name)),
        *_fallback(
            getattr(context.configuration.company.defaults, name),
            Source.DEFAULT,
            context.company_where("defaults", name),
        ),
    ]


def _fallback(value: str | None, source: Source, where: object) -> Iterable[Fallback]:
    return [Fallback(value, source, str(where))] if value else []


def apply_rules(
    context: Context, draft: Draft, names: Mapping[str, str], routings: Sequence[Routing]
) -> None:
    """Set what the rules give, an earlier routing's values before a later one's; unknown codes lack."""
    for field, name in names.items():
        if routed := first_of(field, routings):
            put_routed(context, draft, name, field, routed)


def apply_line_rules(
    context: Context, draft: Draft, names: Mapping[str, str], of_line: Routing, of_document: Routing
) -> None:
    """Set what the rules give a line: those about it, and those about its document where they serve lines."""
    shared = {field: name for field, name in names.items() if field not in OWN}
    own = {field: name for field, name in names.items() if field in OWN}
    apply_rules(context, draft, shared, [of_line, of_document])
    apply_rules(context, draft, own, [of_line])


def first_of(field: str, routings: Sequence[Routing]) -> RoutedValue | None:
    """Return the value of the first routing that has one."""
    return next((routed for routing in routings if (routed := routing.get(field))), None)


def put_routed(context: Context, draft: Draft, name: str, field: str, routed: RoutedValue) -> None:
    """Set a rule's value, if the ledger has it."""
    master = MASTERS.get(field)
    if master and not context.lookups.exists(master, routed.value):
        context.sheet.lack(
            f"The rule {routed.rule.label} sets {field} {routed.value}, which Visma does not have.",
            f"Correct the {field} at {routed.rule.where}, or add it in Visma.",
        )
        return
    draft.put(name, routed.value, Source.RULE, routed.rule.label, routed.detail)


def put_account(context: Context, draft: Draft, name: str, fallbacks: Sequence[Fallback], line: str) -> None:
    """Set the account of a line without an item; without any the worksheet says what to add where."""
    if draft.has(name):
        return
    for fallback in fallbacks:
        if context.lookups.exists(Master.ACCOUNT, fallback.value):
            draft.put(name, fallback.value, fallback.source, fallback.where, "no rule gives an account")
            return
        context.sheet.lack(
            f"{fallback.where} says account {fallback.value}, which Visma does not have.",
            f"Correct the account at {fallback.where}.",
        )
        return
    context.sheet.lack(
        f"{line} has no account: no rule matches it, and neither {context.file} nor company.yaml gives one.",
        f"Add a rule with `set: {{account: NUMBER}}` in rules/, or `account: NUMBER` to {context.file}.",
    )


def put_segments(
    context: Context,
    draft: Draft,
    name: str,
    routings: Sequence[Routing],
    line: str,
    *,
    needed: bool,
) -> None:
    """Set the subaccount's segments; Visma wants every one of them, or none where an item has its own.

    What the draft has already, from an entry of a file for such lines, gives way to rules only.

    Args:
        context: The document.
        draft: The line.
        name: The write model's field.
        routings: What rules say, the line's before the document's.
        line: The line's name in complaints.
        needed: Whether the line has no item, so that its subaccount must be given.
    """
    dimensions = context.configuration.company.dimensions
    ruled = any(first_of(f"subaccount.{dimension.segment}", routings) for dimension in dimensions)
    if not dimensions or not (ruled or needed):
        return
    for dimension in dimensions:
        _put_segment(context, draft, f"{name}.{dimension.segment}", dimension.segment, routings)
        if dimension.required and not draft.has(f"{name}.{dimension.segment}"):
            context.sheet.lack(
                f"{line} has no value for dimension {dimension.segment} ({dimension.name}).",
                f"Add `{dimension.segment}: VALUE` to `subaccount:` in {context.file} or in `defaults:` of "
                f"company.yaml, or set it by a rule.",
            )


def _put_segment(
    context: Context,
    draft: Draft,
    name: str,
    segment: int,
    routings: Sequence[Routing],
) -> None:
    routed = first_of(f"subaccount.{segment}", routings)
    if routed:
        value, source, where = routed.value, Source.RULE, routed.rule.label
    elif own := draft.decision(name):
        value, source, where = str(own.value), own.source, own.where
    elif segment in context.partner.subaccount:
        value, source = context.partner.subaccount[segment], Source.PARTNER
        where = str(context.where("subaccount", str(segment)))
    elif segment in context.configuration.company.defaults.subaccount:
        value, source = context.configuration.company.defaults.subaccount[segment], Source.DEFAULT
        where = str(context.company_where("defaults", "subaccount", str(segment)))
    else:
        return
    value = context.configuration.company.padded(segment, value)
    if context.lookups.segment_exists(segment, value):
        draft.put(name, value, source, where, routed.detail if routed else "")
        return
    context.sheet.lack(
        f"{where} sets dimension {segment} to {value}, which Visma does not have.",
        f"Correct the value at {where}, or add it to the dimension in Visma.",
    )


def plain_line(draft: Draft, segments: str) -> dict[str, object]:
    """Return a line as its write model takes it; ``segments`` is that model's name of the subaccount."""
    values = draft.plain()
    if segments in values:
        values[segments] = _plain_segments(values[segments])
    return values


def numbered_lines(drafts: Iterable[Draft], segments: str) -> list[dict[str, object]]:
    """Return lines as their write model takes them, numbered as they stand."""
    written = []
    for number, draft in enumerate(drafts, start=1):
        draft.put("line_number", number, Source.COMPUTED, detail="lines are numbered as they stand")
        written.append(plain_line(draft, segments))
    return written


def _plain_segments(values: Mapping[str, str]) -> tuple[dict[str, object], ...]:
    return tuple(
        {"segment_id": int(segment), "segment_value": value} for segment, value in sorted(values.items())
    )
