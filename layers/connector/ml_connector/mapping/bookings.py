"""Documents that rules book straight to the ledger: as a journal transaction, or as a cash transaction.

An invoice of charges debits its lines' accounts and credits the offset account; a customer's remittance
advice credits what it settles and debits the offset account; a credit note turns the sides. In a cash
transaction the cash account is the other side. Nothing is matched, and no business partner is looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents.commercial import AllowanceCharge, AllowanceChargeKind
from ml_connector.documents.invoice import Invoice
from ml_connector.documents.remittance import RemittanceAdvice
from ml_connector.mapping.charges import counts, describe, signed
from ml_connector.mapping.coding import (
    account_fallbacks,
    apply_line_rules,
    numbered_lines,
    put_account,
    put_routed,
    put_segments,
)
from ml_connector.mapping.header import (
    hold_findings,
    ignores,
    issue_date,
    note_routing,
    put_branch,
    put_currency,
    put_description,
    put_hold,
)
from ml_connector.mapping.invoice_lines import net_amount
from ml_connector.mapping.numbers import line_name
from ml_connector.mapping.result import Decision, Draft, Source, decisions_of
from ml_connector.mapping.vat import tax_total
from ml_connector.matching import within
from ml_connector.visma.models.cash_transaction import CashTransaction
from ml_connector.visma.models.journal_transaction import JournalTransaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ml_connector.documents.remittance import Adjustment
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.routing import Routing
    from ml_connector.partners.fragments import Tolerances
    from ml_connector.partners.subject import AnyLine

_ZERO = Decimal(0)

#: What a line of each entity calls what rules set.
_JOURNAL_LINE = {
    "account": "account_number",
    "branch": "branch",
    "project": "project",
    "project_task": "project_task",
    "vat_code": "vat_code_id",
    "description": "transaction_description",
}
_CASH_LINE = {
    "account": "offset_account",
    "branch": "branch_number",
    "vat_code": "vat_code",
    "description": "description",
}


@dataclass(frozen=True, slots=True)
class _Form:
    """How the lines of an entity are called, in Visma's words too, and their fields."""

    lines: str
    shown: str
    names: Mapping[str, str]
    segments: str

    @property
    def account(self) -> str:
        return self.names["account"]

    @property
    def text(self) -> str:
        return self.names["description"]


_JOURNAL = _Form("journal_transaction_lines", "journalTransactionLines", _JOURNAL_LINE, "subaccount")
_CASH = _Form("cash_transaction_details", "cashTransactionDetails", _CASH_LINE, "offset_subaccount")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One account's part of a document; a negative amount stands on the other side."""

    amount: Decimal
    draft: Draft


class BookingMapper:
    """Maps one invoice or remittance advice to its bookings."""

    def __init__(self, context: Context, routing: Routing, form: _Form) -> None:
        self.context = context
        self.document = context.document
        self.routing = routing
        self.form = form
        self.head = Draft()
        self.lines: list[Draft] = []

    def entries(self) -> list[_Entry]:
        """Return what the document books to which account, without the other side."""
        document = self.document
        if isinstance(document, Invoice):
            return [*self._of_lines(document), *self._of_charges(document.allowances_charges)]
        if isinstance(document, RemittanceAdvice):
            return [*self._of_payments(document), *self._of_adjustments(document.unallocated, None)]
        raise TypeError(document)

    @property
    def tolerances(self) -> Tolerances:
        """What may differ, in the document's currency."""
        currency = getattr(self.document, "currency", None)
        return self.context.tolerances(currency or self.context.partner.currency or "")

    def check_total(self, booked: Decimal, declared: Decimal | None, *, exact: bool) -> None:
        """Hold the document when its parts do not sum to what it says."""
        allowed = None if exact else self.tolerances.document
        if declared is None or within(declared, booked, allowed):
            return
        self.context.sheet.hold(f"{self.document.number} is over {declared}, but its parts sum to {booked}.")

    def put_head(self, date_name: str) -> None:
        """Set date and description, and hold what reading the document found wrong."""
        self.head.put(date_name, issue_date(self.context), Source.DOCUMENT)
        put_description(self.context, self.head, self.routing)
        hold_findings(self.context, self.tolerances)

    def require(self, field: str, name: str, draft: Draft) -> None:
        """Set what only a rule can give; without it the worksheet says what to add where."""
        if routed := self.routing.get(field):
            put_routed(self.context, draft, name, field, routed)
            return
        rule = self.routing.get("entity")
        where = f"the rule {rule.rule.label}" if rule else "a rule for the document in rules/"
        self.context.sheet.lack(
            f"{self.document.number} is to be booked, and no rule gives its {field.replace('_', ' ')}.",
            f"Add `{field}: VALUE` to `set:` of {where}.",
        )

    def plain_lines(self) -> list[dict[str, object]]:
        """Return the lines as the write model takes them, numbered as they stand."""
        return numbered_lines(self.lines, self.form.segments)

    def decisions(self) -> list[Decision]:
        """Return the reason of every value of the document and its lines."""
        return decisions_of(self.head, {self.form.shown: self.lines})

    def _of_lines(self, invoice: Invoice) -> Iterator[_Entry]:
        for line in invoice.lines:
            name = line_name(line)
            routing = self._routed(name, line, None)
            if routing is None:
                continue
            text = line.item.description or line.item.name or invoice.number
            yield _Entry(net_amount(line), self._draft(routing, text, name, charge=False))

    def _of_charges(self, charges: tuple[AllowanceCharge, ...]) -> Iterator[_Entry]:
        for charge in charges:
            name = f"Charge {describe(charge)}"
            if counts(charge) and (routing := self._routed(name, None, charge)):
                yield _Entry(signed(charge), self._draft(routing, describe(charge), name, charge=True))

    def _of_payments(self, advice: RemittanceAdvice) -> Iterator[_Entry]:
        for line in advice.lines:
            name = f"Line of {line.document_number or 'no document'}"
            routing = self._routed(name, line, None)
            if routing is None:
                continue
            split = list(self._of_adjustments(line.adjustments, line))
            paid = (line.paid_amount or _ZERO) - sum((entry.amount for entry in split), _ZERO)
            text = f"{line.document_type.value.replace('_', ' ')} {line.document_number or ''}".strip()
            draft = self._draft(routing, text, name, charge=False)
            yield _Entry(paid, draft)
            yield from split

    def _of_adjustments(self, adjustments: tuple[Adjustment, ...], line: AnyLine | None) -> Iterator[_Entry]:
        """Yield the adjustments of a payment; one of a line that no rule codes stays within the line."""
        for adjustment in adjustments:
            charge = _as_charge(adjustment)
            name = f"Adjustment {describe(charge)}"
            routing = self._routed(name, line, charge)
            if routing and (line is None or routing.get("account")):
                yield _Entry(adjustment.amount, self._draft(routing, describe(charge), name, charge=True))

    def _routed(self, name: str, line: AnyLine | None, charge: AllowanceCharge | None) -> Routing | None:
        level = "charge" if charge else "line"
        routing = self.context.route(level, {}, line, charge)  # type: ignore[arg-type]  # one of the levels
        note_routing(self.context, routing, name.lower())
        return None if ignores(self.context, routing, name) else routing

    def _draft(self, routing: Routing, text: str, name: str, *, charge: bool) -> Draft:
        draft, routings = Draft(), [routing, self.routing]
        draft.put(self.form.text, text, Source.DOCUMENT)
        apply_line_rules(self.context, draft, self.form.names, routing, self.routing)
        # What a customer paid is in no default account for purchases.
        ours = isinstance(self.document, Invoice)
        fallbacks = account_fallbacks(self.context, charge=charge) if ours else []
        put_account(self.context, draft, self.form.account, fallbacks, name)
        put_segments(self.context, draft, self.form.segments, routings, name, needed=True)
        return draft


def map_journal_transaction(context: Context, routing: Routing) -> tuple[JournalTransaction, list[Decision]]:
    """Return the journal transaction to post and the reason of every value; its sides balance.

    Raises:
        Misconfigured: The configuration lacks an account or a dimension; everything at once.
        Rejected: The document has no date.
    """
    mapper = BookingMapper(context, routing, _JOURNAL)
    document, entries = context.document, mapper.entries()
    if isinstance(document, Invoice) and (tax := tax_total(document)):
        entries.append(_Entry(tax, _other_side(mapper, "tax_account", "VAT as stated")))
    booked = sum((entry.amount for entry in entries), _ZERO)
    mapper.check_total(booked, _declared(context), exact=isinstance(document, RemittanceAdvice))
    entries.append(_Entry(-booked, _other_side(mapper, "offset_account", "the other side")))
    mapper.put_head("transaction_date")
    put_currency(context, mapper.head, "currency_id", None)
    put_branch(context, mapper.head, "branch", routing)
    mapper.lines = [_on_its_side(context, entry) for entry in entries if entry.amount]
    context.stop_if_lacking()
    put_hold(context, mapper.head)
    values = {**mapper.head.plain(), mapper.form.lines: mapper.plain_lines()}
    return JournalTransaction.model_validate(values), mapper.decisions()


def _other_side(mapper: BookingMapper, field: str, text: str) -> Draft:
    draft = Draft()
    draft.put(mapper.form.text, f"{mapper.document.number}: {text}", Source.COMPUTED)
    mapper.require(field, mapper.form.account, draft)
    put_segments(mapper.context, draft, mapper.form.segments, [mapper.routing], text, needed=True)
    return draft


def _on_its_side(context: Context, entry: _Entry) -> Draft:
    debits = entry.amount > 0
    if isinstance(context.document, RemittanceAdvice) or _lowers(context):
        debits = not debits
    name = "debit_amount_in_currency" if debits else "credit_amount_in_currency"
    entry.draft.put(name, abs(entry.amount), Source.DOCUMENT)
    return entry.draft


def map_cash_transaction(context: Context, routing: Routing) -> tuple[CashTransaction, list[Decision]]:
    """Return the cash transaction to post and the reason of every value.

    Raises:
        Misconfigured: The configuration lacks the cash account, its entry type, an account or a dimension.
        Rejected: The document has no date.
    """
    mapper = BookingMapper(context, routing, _CASH)
    document, entries, head = context.document, mapper.entries(), mapper.head
    booked = sum((entry.amount for entry in entries), _ZERO)
    tax = tax_total(document) if isinstance(document, Invoice) else _ZERO
    mapper.check_total(booked + tax, _declared(context), exact=isinstance(document, RemittanceAdvice))
    mapper.put_head("tran_date")
    mapper.require("cash_account", "cash_account", head)
    mapper.require("entry_type", "entry_type", head)
    head.put("document_ref", document.number, Source.DOCUMENT)
    sign = -1 if _lowers(context) else 1
    head.put("control_total", sign * (booked + tax), Source.COMPUTED, detail="sum of the lines and their VAT")
    head.put("vat_amount", sign * tax or None, Source.DOCUMENT)
    for entry in entries:
        entry.draft.put("quantity", Decimal(1), Source.DEFAULT, detail="an amount is one")
        for name in ("price", "amount"):
            entry.draft.put(name, sign * entry.amount, Source.DOCUMENT)
        if not entry.draft.has("branch_number"):  # a cash transaction's head has no branch
            put_branch(context, entry.draft, "branch_number", routing)
        mapper.lines.append(entry.draft)
    context.stop_if_lacking()
    put_hold(context, head)
    return CashTransaction.model_validate({**head.plain(), mapper.form.lines: mapper.plain_lines()}), (
        mapper.decisions()
    )


def _lowers(context: Context) -> bool:
    return isinstance(context.document, Invoice) and context.document.is_credit


def _declared(context: Context) -> Decimal | None:
    document = context.document
    if isinstance(document, RemittanceAdvice):
        return document.amount
    return document.totals.payable if isinstance(document, Invoice) else None


def _as_charge(adjustment: Adjustment) -> AllowanceCharge:
    """Return an adjustment of a payment as rules for charges know it: what lowers is an allowance."""
    kind = AllowanceChargeKind.CHARGE if adjustment.amount > 0 else AllowanceChargeKind.ALLOWANCE
    reference = adjustment.reference
    return AllowanceCharge(
        kind=kind,
        amount=abs(adjustment.amount),
        code=adjustment.code,
        reason_text=reference.description if reference else None,
    )
