"""What becomes of the charges and allowances of an invoice: own lines, spread over the lines, or nothing.

In this order: a rule for the charge, the partner's table of charges, the company's charge account. A charge
nobody provided for is posted to the charge account and holds the document if it exceeds the tolerance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.mapping.coding import (
    INVOICE_LINE,
    account_fallbacks,
    apply_rules,
    put_account,
    put_segments,
)
from ml_connector.mapping.header import note_routing
from ml_connector.mapping.result import Draft, Source
from ml_connector.matching import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ml_connector.documents.commercial import AllowanceCharge
    from ml_connector.documents.invoice import InvoiceLine
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.routing import Routing
    from ml_connector.partners.fragments import Tolerances
    from ml_connector.partners.profile import Charge

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class MappedCharge:
    """A charge (positive) or allowance (negative), and its own line unless it is spread or ignored."""

    amount: Decimal
    draft: Draft | None
    spread: bool = False
    charge: AllowanceCharge | None = None


@dataclass(frozen=True, slots=True)
class ChargeMapper:
    """Maps the charges of one invoice."""

    context: Context
    document_routing: Routing
    resolved: Mapping[str, str]
    tolerances: Tolerances

    def header(self, charges: Iterable[AllowanceCharge]) -> Iterator[MappedCharge]:
        """Yield what becomes of the header's charges that change the total."""
        for index, charge in enumerate(charges, start=1):
            if counts(charge):
                yield self._map(charge, f"Charge {index}", None)

    def split_off(self, line: InvoiceLine) -> Iterator[MappedCharge]:
        """Yield the line's charges that a rule splits off; the others stay within the line's net amount."""
        for charge in line.allowances:
            if not counts(charge):
                continue
            routing = self._route(charge, line)
            decided = routing.get("charge")
            if routing.split or (decided and decided.value == "own_line"):
                yield self._map(charge, f"Charge of line {line.line_number}", line)

    def _route(self, charge: AllowanceCharge, line: InvoiceLine | None) -> Routing:
        return self.context.route("charge", self.resolved, line, charge)

    def _map(self, charge: AllowanceCharge, name: str, line: InvoiceLine | None) -> MappedCharge:
        routing, amount = self._route(charge, line), signed(charge)
        note_routing(self.context, routing, "charge")
        entry, where = self._entry(charge)
        action, why = self._action(routing, entry)
        note = self.context.sheet.note
        if routing.ignored or action == "ignore":
            why = routing.ignored[1].label if routing.ignored else why
            note(name, "ignored", Source.RULE, why or where, describe(charge))
            return MappedCharge(_ZERO, None, charge=charge)
        if action == "spread":
            note(name, "spread over the lines", Source.RULE, why or where, describe(charge))
            return MappedCharge(amount, None, spread=True, charge=charge)
        return MappedCharge(amount, self._line(charge, name, routing, entry, where), charge=charge)

    def _action(self, routing: Routing, entry: Charge | None) -> tuple[str, str]:
        if decided := routing.get("charge"):
            return decided.value, decided.rule.label
        return (entry.action if entry else "own_line"), ""

    def _entry(self, charge: AllowanceCharge) -> tuple[Charge | None, str]:
        code = charge.code.value if charge.code else None
        text = charge.reason_text or ""
        for index, entry in enumerate(self.context.partner.charges):
            by_code = entry.code is not None and entry.code == code
            by_text = entry.text is not None and re.search(entry.text, text, re.IGNORECASE)
            if by_code or by_text:
                return entry, str(self.context.where("charges", index))
        return None, ""

    def _line(
        self, charge: AllowanceCharge, name: str, routing: Routing, entry: Charge | None, where: str
    ) -> Draft:
        draft, amount = Draft(), signed(charge)
        draft.put("transaction_description", describe(charge), Source.DOCUMENT)
        draft.put("quantity", Decimal(1), Source.DEFAULT, detail="a charge is one")
        draft.put("unit_cost_in_currency", amount, Source.DOCUMENT)
        draft.put("cost_in_currency", amount, Source.DOCUMENT)
        routings = [routing, self.document_routing]
        apply_rules(self.context, draft, INVOICE_LINE, [routing])
        if entry and entry.account and not draft.has("account_number"):
            draft.put("account_number", entry.account, Source.PARTNER, where, describe(charge))
        if entry and entry.vat_code and not draft.has("vat_code_id"):
            draft.put("vat_code_id", entry.vat_code, Source.PARTNER, where)
        if not draft.has("account_number"):
            self._hold_unprovided(charge, amount)
        fallbacks = account_fallbacks(self.context, charge=True) or account_fallbacks(
            self.context, charge=False
        )
        put_account(self.context, draft, "account_number", fallbacks, f"{name} ({describe(charge)})")
        for segment, value in (entry.subaccount if entry else {}).items():
            draft.put(f"subaccount.{segment}", value, Source.PARTNER, where)
        put_segments(self.context, draft, "subaccount", routings, name, needed=True)
        return draft

    def _hold_unprovided(self, charge: AllowanceCharge, amount: Decimal) -> None:
        if within(abs(amount), _ZERO, self.tolerances.charge):
            return
        code = charge.code.value if charge.code else "none"
        self.context.sheet.hold(
            f"The charge {describe(charge)} (code {code}) of {amount} is provided for nowhere; to give it an "
            f"account, add a rule `for: charge`, or `charges:` to {self.context.file}."
        )


def counts(charge: AllowanceCharge) -> bool:
    """Tell whether a charge or allowance changes the total."""
    return charge.changes_total and bool(charge.amount)


def signed(charge: AllowanceCharge) -> Decimal:
    """Return the amount as it changes the total: charges raise it, allowances lower it."""
    amount = charge.amount or _ZERO
    return amount if charge.kind == "charge" else -amount


def describe(charge: AllowanceCharge) -> str:
    """Return what a person calls the charge."""
    code = charge.code.value if charge.code else ""
    return charge.reason_text or f"{charge.kind.value.capitalize()} {code}".strip()
