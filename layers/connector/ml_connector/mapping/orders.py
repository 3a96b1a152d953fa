"""An order becomes a PurchaseOrder (of our own hub) or a SalesOrder (of a customer)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents import day_of
from ml_connector.documents.order import PurchaseOrder as OrderDocument
from ml_connector.errors import Misconfigured
from ml_connector.mapping.coding import (
    ORDER_LINE,
    SALES_LINE,
    account_fallbacks,
    apply_line_rules,
    apply_rules,
    plain_line,
    put_account,
    put_segments,
)
from ml_connector.mapping.header import (
    hold_findings,
    ignores,
    issue_date,
    note_routing,
    note_text,
    put_branch,
    put_currency,
    put_hold,
    put_terms,
)
from ml_connector.mapping.items import code_of, find_item, find_unit, routed_item
from ml_connector.mapping.locations import put_location
from ml_connector.mapping.numbers import line_name
from ml_connector.mapping.parties import find_place
from ml_connector.mapping.result import Decision, Draft, Source, decisions_of
from ml_connector.visma.models.purchase_order import PurchaseOrder
from ml_connector.visma.models.sales_order import SalesOrder

if TYPE_CHECKING:
    from datetime import date

    from ml_connector.documents.order import OrderLine
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.items import FoundItem
    from ml_connector.mapping.parties import Found
    from ml_connector.mapping.routing import Routing

#: A purchase order's line's name of the subaccount.
SEGMENTS = "sub"


class OrderMapper:
    """What purchase and sales orders share: the lines' items, units, quantities and dates."""

    def __init__(self, context: Context, routing: Routing, party: Found | None, kind: str) -> None:
        if not isinstance(context.document, OrderDocument):
            raise TypeError(context.document)
        self.context = context
        self.order = context.document
        self.routing = routing
        self.party = party
        self.resolved = {kind: party.record.number} if party else {}
        self.head = Draft()
        self.lines: list[Draft] = []

    def require_party(self) -> Found:
        """Return the supplier or customer, once nothing is lacking.

        Raises:
            Misconfigured: The configuration lacks what the order needs; everything at once.
        """
        self.context.stop_if_lacking()
        if self.party is None:
            raise Misconfigured(f"Whose order {self.order.number} is, is unknown.")
        return self.party

    def route(self, line: OrderLine, found: FoundItem | None) -> Routing | None:
        """Return what the rules say about a line; none where one ignores it."""
        resolved = dict(self.resolved)
        if found:
            resolved["item"] = found.record.number
        routing = self.context.route("line", resolved, line)
        note_routing(self.context, routing, f"line {line.line_number}")
        return None if ignores(self.context, routing, f"Line {line.line_number}") else routing

    def item(self, found: FoundItem | None, routing: Routing) -> FoundItem | None:
        """Return the item that a rule gives the line, else the one that was found."""
        routed = routing.get("item")
        return routed_item(self.context, routed) if routed else found

    def find(self, line: OrderLine) -> FoundItem | None:
        """Return the line's item."""
        return find_item(
            self.context, line.item, line.line_number or "", next(iter(self.resolved.values()), "")
        )

    def requested(self, line: OrderLine) -> date | None:
        """Return when the line is wanted: its own date, its first schedule's, or the order's."""
        scheduled = [schedule.date for schedule in line.delivery_schedules if schedule.date]
        moments = (line.requested_delivery, *scheduled, self.order.requested_delivery)
        return next((day_of(moment) for moment in moments if moment), None)

    def put_quantity(
        self, draft: Draft, line: OrderLine, found: FoundItem | None, unit: str, qty: str
    ) -> None:
        """Set quantity and unit under the names of the write model."""
        number = line.line_number or ""
        if line.quantity is None:
            self.context.sheet.hold(f"Line {number} has no quantity.")
        draft.put(qty, line.quantity, Source.DOCUMENT)
        if unit_found := find_unit(self.context, line.uom, found, number):
            draft.put(unit, unit_found.unit, unit_found.source, unit_found.where, unit_found.detail)

    def put_price(self, draft: Draft, line: OrderLine, name: str) -> None:
        """Set the price of one unit: the stated one by its base; without one, Visma's own."""
        if line.unit_price is None:
            where = f"Line {line.line_number}"
            self.context.sheet.note(where, "no price", Source.DEFAULT, "Visma", "Visma's own price is taken")
            return
        base = line.price_base or Decimal(1)
        detail = f"price per {base.normalize():f}" if base != 1 else ""
        draft.put(name, line.unit_price / base, Source.DOCUMENT, detail=detail)

    def decisions(self, lines: str) -> list[Decision]:
        """Return the reason of every value of the order and its lines."""
        return decisions_of(self.head, {lines: self.lines})


def map_purchase_order(
    context: Context, routing: Routing, supplier: Found | None
) -> tuple[PurchaseOrder, list[Decision]]:
    """Return the purchase order to post and the reason of every value.

    Raises:
        Misconfigured: The configuration lacks what the order needs.
        Rejected: The order has no date.
    """
    mapper = OrderMapper(context, routing, supplier, "supplier")
    for line in mapper.order.lines:
        if draft := purchase_line(mapper, line):
            mapper.lines.append(draft)
    _purchase_head(mapper)
    found = mapper.require_party()
    mapper.head.put("supplier", found.record.number, found.source, found.where, found.detail)
    hold_findings(context)
    put_hold(context, mapper.head)
    mapper.head.put("note", note_text(context), Source.COMPUTED)
    body = PurchaseOrder.model_validate(
        {**mapper.head.plain(), "lines": [plain_line(d, SEGMENTS) for d in mapper.lines]}
    )
    return body, mapper.decisions("lines")


def purchase_line(mapper: OrderMapper, line: OrderLine) -> Draft | None:
    """Return a line of a purchase order, every value with its reason; none where a rule ignores it."""
    found = mapper.find(line)
    routing = mapper.route(line, found)
    if routing is None:
        return None
    found = mapper.item(found, routing)
    context, draft, name = mapper.context, Draft(), line_name(line)
    routings = [routing, mapper.routing]
    if found:
        draft.put("inventory", found.record.number, found.source, found.where, found.detail)
        kind = "GoodsForInventory" if found.record.stock else "NonStock"
        draft.put("line_type", kind, Source.LOOK_UP, "Visma item", "stock item" if found.record.stock else "")
    draft.put("alternate_id", code_of(line.item) or None, Source.DOCUMENT)
    draft.put("line_description", line.item.description or line.item.name, Source.DOCUMENT)
    mapper.put_quantity(draft, line, found, "uom", "order_qty")
    mapper.put_price(draft, line, "unit_cost")
    for name_ in ("requested", "promised"):
        draft.put(name_, mapper.requested(line), Source.DOCUMENT)
    _put_warehouse(context, draft, "warehouse", found)
    apply_line_rules(context, draft, ORDER_LINE, routing, mapper.routing)
    if not found:
        _put_expense(mapper, draft, line, name)
    put_segments(context, draft, SEGMENTS, routings, name, needed=not found)
    return draft


def _put_expense(mapper: OrderMapper, draft: Draft, line: OrderLine, name: str) -> None:
    context = mapper.context
    default = context.configuration.company.defaults.line_type or "NonStock"
    if not draft.has("line_type"):
        where = context.company_where("defaults", "line_type")
        draft.put("line_type", default, Source.DEFAULT, where, "the item is unknown")
    ruled = draft.has("account")
    put_account(context, draft, "account", account_fallbacks(context, charge=False), name)
    if not ruled:
        context.sheet.hold(
            f"{name}: the item {code_of(line.item) or line.item.description or '(none named)'} is in no "
            f'table and not in Visma. Add `- {{code: "{code_of(line.item)}", item: NUMBER}}` to `items:` in '
            f"{context.file}."
        )


def _put_warehouse(context: Context, draft: Draft, name: str, found: FoundItem | None) -> None:
    """Set the warehouse: of the place that is delivered to, else the item's own, else the company's."""
    place = find_place(context)
    if place and place[0].warehouse:
        draft.put(name, place[0].warehouse, Source.TABLE, place[1], f"delivered to {place[0].id}")
    elif found and found.record.warehouse:
        draft.put(name, found.record.warehouse, Source.LOOK_UP, "Visma item", "the item's own warehouse")
    else:
        default = context.configuration.company.defaults.warehouse
        draft.put(name, default, Source.DEFAULT, context.company_where("defaults", "warehouse"))


def _purchase_head(mapper: OrderMapper) -> None:
    context, order, head = mapper.context, mapper.order, mapper.head
    kind = "DropShip" if order.order_type == "drop_ship" else "RegularOrder"
    head.put("order_type", kind, Source.DOCUMENT, detail=order.order_type.value)
    if context.partner.numbering == "keep":
        head.put("order_number", order.number.strip(), Source.DOCUMENT)
        head.put(
            "override_number_series",
            value=True,
            source=Source.PARTNER,
            where=context.where("numbering"),
            detail="number kept",
        )
    head.put("date", issue_date(context), Source.DOCUMENT)
    head.put("promised_on", day_of(order.requested_delivery), Source.DOCUMENT)
    head.put("supplier_ref", order.number.strip(), Source.DOCUMENT)
    head.put("description", f"{context.partner.name} {order.number}", Source.DEFAULT)
    apply_rules(context, head, {"description": "description"}, [mapper.routing])
    put_location(context, head, "location", "supplier", mapper.party, mapper.routing)
    put_currency(context, head, "currency", mapper.party.record if mapper.party else None)
    put_branch(context, head, "branch", mapper.routing)
    put_terms(context, head, "terms", mapper.routing)
    head.put("custom_str1", context.document_id[:100], Source.COMPUTED, detail="our document")
    head.put("custom_str2", context.partner.id[:100], Source.COMPUTED, detail="our partner")
    source = order.source
    if source and source.control_numbers.interchange:
        head.put("custom_str3", source.control_numbers.interchange, Source.DOCUMENT, detail="interchange")


def map_sales_order(
    context: Context, routing: Routing, customer: Found | None
) -> tuple[SalesOrder, list[Decision]]:
    """Return the sales order to post and the reason of every value.

    Raises:
        Misconfigured: The configuration lacks what the order needs.
        Rejected: The order has no date.
    """
    mapper = OrderMapper(context, routing, customer, "customer")
    for line in mapper.order.lines:
        if draft := _sales_line(mapper, line):
            mapper.lines.append(draft)
    head, order = mapper.head, mapper.order
    head.put("date", issue_date(context), Source.DOCUMENT)
    head.put("request_on", day_of(order.requested_delivery), Source.DOCUMENT)
    cancel_by = order.delivery.cancel_after_date if order.delivery else None
    head.put("cancel_by", day_of(cancel_by), Source.DOCUMENT)
    head.put("description", f"{context.partner.name} {order.number}", Source.DEFAULT)
    apply_rules(context, head, {"description": "description", "project": "project_id"}, [routing])
    put_currency(context, head, "currency_id", customer.record if customer else None)
    found = mapper.require_party()
    _note_location(mapper, customer)
    head.put("customer.id", found.record.number, found.source, found.where, found.detail)
    head.put("customer.order", order.number.strip(), Source.DOCUMENT)
    hold_findings(context)
    _put_status(context, head)
    head.put("note", note_text(context), Source.COMPUTED)
    lines = [draft.plain() for draft in mapper.lines]
    return SalesOrder.model_validate({**head.plain(), "order_lines": lines}), mapper.decisions("orderLines")


def _note_location(mapper: OrderMapper, customer: Found | None) -> None:
    """Record the customer's location; Visma's service takes none in a new sales order that is published."""
    place = Draft()
    put_location(mapper.context, place, "location", "customer", customer, mapper.routing)
    for decision in place.decisions():
        mapper.context.sheet.note(
            "location", decision.value, decision.source, decision.where, decision.detail
        )


def _put_status(context: Context, head: Draft) -> None:
    hold = Draft()
    put_hold(context, hold)
    (decision,) = hold.decisions()
    status = "Hold" if decision.value else "Open"
    head.put("status", status, decision.source, decision.where, decision.detail)


def _sales_line(mapper: OrderMapper, line: OrderLine) -> Draft | None:
    found = mapper.find(line)
    routing = mapper.route(line, found)
    if routing is None:
        return None
    found = mapper.item(found, routing)
    context, draft = mapper.context, Draft()
    if found:
        draft.put("inventory_id", found.record.number, found.source, found.where, found.detail)
    else:
        context.sheet.lack(
            f"Line {line.line_number}: the item {code_of(line.item)} is in no table and not in Visma, and a "
            f"sales order needs an item.",
            f'Add `- {{code: "{code_of(line.item)}", item: NUMBER}}` to `items:` in {context.file}.',
        )
    draft.put("description", line.item.description or line.item.name, Source.DOCUMENT)
    mapper.put_quantity(draft, line, found, "unit_of_measure", "quantity")
    mapper.put_price(draft, line, "unit_price")
    draft.put("requested_on", mapper.requested(line), Source.DOCUMENT)
    _put_warehouse(context, draft, "warehouse_id", found)
    apply_line_rules(context, draft, SALES_LINE, routing, mapper.routing)
    return draft
