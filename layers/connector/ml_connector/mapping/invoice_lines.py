"""The lines of an invoice: item, unit, quantity, price, VAT code and coding of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.mapping.charges import counts, signed
from ml_connector.mapping.coding import (
    INVOICE_LINE,
    account_fallbacks,
    apply_line_rules,
    put_account,
    put_segments,
)
from ml_connector.mapping.header import ignores, note_routing
from ml_connector.mapping.items import code_of, find_item, find_unit, routed_item
from ml_connector.mapping.numbers import line_name, order_numbers
from ml_connector.mapping.result import Draft, Source
from ml_connector.mapping.vat import only_tax

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.documents.commercial import TaxSubtotal
    from ml_connector.documents.invoice import Invoice, InvoiceLine
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.items import FoundItem, FoundUnit
    from ml_connector.mapping.routing import Routing
    from ml_connector.mapping.vat import VatTable

_PRICE_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class MappedLine:
    """A line in the making, with what matching needs to know of it."""

    number: str
    draft: Draft
    item: FoundItem | None
    unit: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    orders: tuple[str, ...]
    order_line: int | None
    supplier_item: str
    routed: bool
    named: bool
    spread: Decimal = Decimal(0)

    def with_share(self, share: Decimal) -> MappedLine:
        """Return the line with a share of a spread charge on top of its amount when it is posted."""
        return replace(self, spread=share)


@dataclass(frozen=True, slots=True)
class LineMapper:
    """Maps the lines of one invoice."""

    context: Context
    invoice: Invoice
    document_routing: Routing
    resolved: Mapping[str, str]
    vat: VatTable

    def map(self, line: InvoiceLine, *, less: Decimal) -> MappedLine | None:
        """Return the line, without the charges split off it; none where a rule ignores it."""
        number = line.line_number or ""
        found = find_item(self.context, line.item, number, self.resolved.get("supplier", ""))
        orders = order_numbers(self.context, line.order_ref, self.invoice.order_references)
        routing = self._route(line, found, orders)
        if ignores(self.context, routing, f"Line {number}"):
            return None
        if routed := routing.get("item"):
            found = routed_item(self.context, routed)
        unit = find_unit(self.context, line.uom, found, number) if _counted(line) else None
        return self._mapped(line, found, unit, orders, routing, less)

    def _route(self, line: InvoiceLine, found: FoundItem | None, orders: tuple[str, ...]) -> Routing:
        resolved = dict(self.resolved)
        if found:
            resolved["item"] = found.record.number
        if orders:
            resolved["order"] = orders[0]
        routing = self.context.route("line", resolved, line)
        note_routing(self.context, routing, f"line {line.line_number}")
        return routing

    def _mapped(
        self,
        line: InvoiceLine,
        found: FoundItem | None,
        unit: FoundUnit | None,
        orders: tuple[str, ...],
        routing: Routing,
        less: Decimal,
    ) -> MappedLine:
        quantity, price = line.quantity or Decimal(0), unit_price(line)
        amount = net_amount(line) - less
        draft = self._draft(line, found, unit, routing)
        return MappedLine(
            number=line.line_number or "",
            draft=draft,
            item=found,
            unit=unit.unit if unit else "",
            quantity=quantity,
            unit_price=_net_price(quantity, price, amount),
            amount=amount,
            orders=orders,
            order_line=_order_line(line),
            supplier_item=line.item.seller_id.value if line.item.seller_id else "",
            routed=routing.get("account") is not None,
            named=bool(line.order_ref and line.order_ref.po_number),
        )

    def _draft(
        self, line: InvoiceLine, found: FoundItem | None, unit: FoundUnit | None, routing: Routing
    ) -> Draft:
        draft, name = Draft(), line_name(line)
        if found:
            draft.put("inventory_number", found.record.number, found.source, found.where, found.detail)
        draft.put("external_inventory_id", code_of(line.item) or None, Source.DOCUMENT)
        text = line.item.description or line.item.name
        draft.put("transaction_description", text, Source.DOCUMENT)
        if unit:
            draft.put("uom", unit.unit, unit.source, unit.where, unit.detail)
        routings = [routing, self.document_routing]
        apply_line_rules(self.context, draft, INVOICE_LINE, routing, self.document_routing)
        self._put_vat(draft, line, name)
        if not draft.has("inventory_number"):
            put_account(
                self.context, draft, "account_number", account_fallbacks(self.context, charge=False), name
            )
            self._hold_unknown_item(draft, line, routing)
        needed = not draft.has("inventory_number")
        put_segments(self.context, draft, "subaccount", routings, name, needed=needed)
        return draft

    def _put_vat(self, draft: Draft, line: InvoiceLine, name: str) -> None:
        partner = self.context.partner
        if draft.has("vat_code_id"):
            return
        if partner.vat_code:
            draft.put("vat_code_id", partner.vat_code, Source.PARTNER, self.context.where("vat_code"))
            return
        stated: TaxSubtotal | None = line.tax[0] if line.tax else only_tax(self.invoice)
        self.vat.put_code(draft, stated, name)
        if stated is None and len(self.invoice.tax_subtotals) > 1:
            self.context.sheet.hold(f"{name} does not say which of the invoice's VAT rates it is under.")

    def _hold_unknown_item(self, draft: Draft, line: InvoiceLine, routing: Routing) -> None:
        code, partner = code_of(line.item), self.context.partner
        if routing.get("account") or partner.account or not code:
            return
        self.context.sheet.hold(
            f"Line {line.line_number}: the item {code} is in no table and not in Visma; it goes to account "
            f'{draft.value("account_number")}. Add `- {{code: "{code}", item: NUMBER}}` to `items:` in '
            f"{self.context.file}."
        )


def _counted(line: InvoiceLine) -> bool:
    return bool(line.quantity) and (line.uom is not None or code_of(line.item) != "")


def unit_price(line: InvoiceLine) -> Decimal | None:
    """Return the net price of one unit: the stated price by its base (per 100, per 1000)."""
    if line.price is None or line.price.net is None:
        return None
    return line.price.net / (line.price.base or Decimal(1))


def net_amount(line: InvoiceLine) -> Decimal:
    """Return the line's net amount: as stated, else quantity by price with the line's charges."""
    if line.net_amount is not None:
        return line.net_amount
    gross = (line.quantity or Decimal(0)) * (unit_price(line) or Decimal(0))
    for charge in line.allowances:
        if counts(charge):
            gross += signed(charge)
    return gross.quantize(Decimal("0.01"))


def _net_price(quantity: Decimal, price: Decimal | None, amount: Decimal) -> Decimal:
    """Return the price of one unit after discount: what orders are compared with."""
    if not quantity:
        return price or Decimal(0)
    if price is not None and abs(quantity * price - amount) <= Decimal("0.01") * max(quantity, Decimal(1)):
        return price
    return (amount / quantity).quantize(_PRICE_STEP)


def _order_line(line: InvoiceLine) -> int | None:
    number = line.order_ref.po_line if line.order_ref else None
    return int(number) if number and number.isdigit() else None
