"""An order change becomes an update of the purchase order that stands, whole or not at all.

Each of its lines is found in the order by its item, and by its number where the item stands in several lines.
What can't be told for certain, takes back what was received or invoiced, or has no call in Visma's interface
is for a person, with the change in words.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents import day_of
from ml_connector.documents.order import LineAction, OrderType, Purpose
from ml_connector.mapping.coding import plain_line
from ml_connector.mapping.header import finding_holds
from ml_connector.mapping.items import code_of, conversion, find_unit
from ml_connector.mapping.numbers import line_name, order_number
from ml_connector.mapping.orders import SEGMENTS, OrderMapper, purchase_line
from ml_connector.mapping.result import Decision, Draft, Source
from ml_connector.visma.models.purchase_order_change import PurchaseOrderChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml_connector.documents.order import OrderLine, PurchaseOrder
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.items import FoundItem
    from ml_connector.mapping.parties import Found
    from ml_connector.mapping.routing import Routing
    from ml_connector.matching import OrderLine as StandingLine

_GOES = frozenset({LineAction.DELETE, LineAction.CANCEL})
#: A quantity that grows by more than this is likelier a difference, or a slip, than a new total.
_MOST_GROWTH = 10


@dataclass(slots=True)
class _Change:
    """A change in the making: the lines' drafts, and why a person must look."""

    mapper: OrderMapper
    standing: Sequence[StandingLine]
    reasons: list[str] = field(default_factory=list)

    def line(self, line: OrderLine) -> Draft | None:
        """Return what becomes of a line; none where nothing does, or a person must say."""
        action = line.action or LineAction.CHANGE
        name = line_name(line)
        if action is LineAction.UNCHANGED:
            return None
        if action is LineAction.ADD:
            return purchase_line(self.mapper, line)
        found = self.mapper.find(line)
        standing = self._standing(line, found, name)
        if standing is None:
            return None
        draft = Draft()
        detail = f"line of item {standing.item or standing.supplier_item}"
        draft.put("line_number", standing.line, Source.LOOK_UP, f"Visma order {standing.order}", detail)
        if action in _GOES or line.quantity == 0:
            return self._gone(draft, standing, name, action)
        draft.put("operation", "Update", Source.DOCUMENT, detail=action.value)
        self._put_quantity(draft, line, found, standing, name)
        for date_name in ("requested", "promised"):
            draft.put(date_name, self.mapper.requested(line), Source.DOCUMENT)
        return draft

    def _standing(self, line: OrderLine, found: FoundItem | None, name: str) -> StandingLine | None:
        codes = {code for code in (found.record.number if found else "", code_of(line.item)) if code}
        same = [one for one in self.standing if {one.item, one.supplier_item} & codes]
        numbered = [one for one in same if str(one.line) == (line.line_number or "").lstrip("0")]
        chosen = same if len(same) == 1 else numbered
        if len(chosen) == 1:
            return chosen[0]
        what = f"{name}: the item {code_of(line.item) or '(none named)'} stands in "
        self.reasons.append(what + (f"{len(same)} lines of the order." if same else "no line of the order."))
        return None

    def _gone(self, draft: Draft, standing: StandingLine, name: str, action: LineAction) -> Draft | None:
        if standing.received or standing.invoiced:
            self.reasons.append(
                f"{name} is cancelled, but {standing.received} of it were received and {standing.invoiced} "
                f"invoiced."
            )
            return None
        draft.put("operation", "Delete", Source.DOCUMENT, detail=action.value)
        return draft

    def _put_quantity(
        self, draft: Draft, line: OrderLine, found: FoundItem | None, standing: StandingLine, name: str
    ) -> None:
        factor = self._factor(line, found, standing, name)
        if line.quantity is not None:
            quantity = line.quantity * factor
            least = max(standing.received, standing.invoiced)
            if quantity < least:
                self.reasons.append(f"{name} is to be {quantity}, but {least} came already.")
            if standing.quantity and quantity > standing.quantity * _MOST_GROWTH:
                self.reasons.append(f"{name} is to grow from {standing.quantity} to {quantity}.")
            draft.put("order_qty", quantity, Source.DOCUMENT, detail=f"before {standing.quantity}")
        if line.unit_price is not None:
            price = line.unit_price / (line.price_base or Decimal(1)) / factor
            draft.put("unit_cost", price, Source.DOCUMENT, detail=f"before {standing.unit_price}")

    def _factor(self, line: OrderLine, found: FoundItem | None, standing: StandingLine, name: str) -> Decimal:
        """Return how many of the order's unit one of the line's is; a line without unit is in the order's."""
        if line.uom is None:
            return Decimal(1)
        unit = find_unit(self.mapper.context, line.uom, found, line.line_number or "")
        factor = conversion(found.record if found else None, unit.unit, standing.unit) if unit else None
        if factor is None:
            sent = unit.unit if unit else line.uom.code
            self.reasons.append(f"{name} is in {sent}, the order's line in {standing.unit}.")
        return factor or Decimal(1)


def map_order_change(
    context: Context, routing: Routing, supplier: Found | None
) -> tuple[PurchaseOrderChange | None, list[Decision], list[str]]:
    """Return the update to send, the reason of every value, and why a person must look; then no update.

    Raises:
        Misconfigured: The configuration lacks what the change needs.
    """
    mapper = OrderMapper(context, routing, supplier, "supplier")
    document, found = mapper.order, mapper.require_party()
    number = order_number(context, document.number)
    if reason := _whole(document):
        return None, [], [reason]
    standing = [
        line for line in context.lookups.order_lines(found.record.number, (number,)) if not line.closed
    ]
    if not standing:
        who = f"supplier {found.record.number}"
        return None, [], [f"It changes order {number}, which is not in Visma as an open order of {who}."]
    change = _Change(mapper, standing)
    mapper.lines = [draft for line in document.lines if (draft := change.line(line))]
    mapper.require_party()
    _put_head(mapper, number)
    reasons = [*change.reasons, *context.sheet.holds, *finding_holds(context)]
    if reasons or not (mapper.lines or mapper.head.has("promised_on")):
        return None, [], reasons or ["It changes nothing of the order."]
    values = {**mapper.head.plain(), "lines": [plain_line(draft, SEGMENTS) for draft in mapper.lines]}
    return PurchaseOrderChange.model_validate(values), mapper.decisions("lines"), []


def _whole(document: PurchaseOrder) -> str:
    if document.purpose is Purpose.CANCEL or document.order_type is OrderType.CANCEL:
        return "It cancels the order, which Visma's interface has no call for: cancel it in Visma."
    if document.purpose is Purpose.REPLACE:
        return "It replaces the order as a whole; compare it with the order in Visma."
    return ""


def _put_head(mapper: OrderMapper, number: str) -> None:
    document = mapper.order
    mapper.head.put("order_number", number, Source.DOCUMENT)
    mapper.head.put("promised_on", day_of(document.requested_delivery), Source.DOCUMENT)
    mapper.head.put("custom_str4", document.change_sequence, Source.DOCUMENT, detail="which change it is")


def in_words(document: PurchaseOrder) -> str:
    """Return what a change asks for, line by line, for who applies it by hand."""
    return " ".join(_line_in_words(line) for line in document.lines) or "It names no line."


def _line_in_words(line: OrderLine) -> str:
    action = (line.action or LineAction.CHANGE).value
    facts = [f"item {code_of(line.item)}"] if code_of(line.item) else []
    if line.quantity is not None:
        facts.append(f"quantity {line.quantity}{f' {line.uom.code}' if line.uom else ''}")
    if line.unit_price is not None:
        facts.append(f"price {line.unit_price}")
    if line.requested_delivery:
        facts.append(f"wanted {day_of(line.requested_delivery)}")
    return f"Line {line.line_number or '?'}: {action}, {', '.join(facts)}."


def change_key(document: PurchaseOrder) -> str:
    """Return what tells one change of an order from the next: its sequence, else its content."""
    said = document.model_dump_json(exclude={"source"}).encode()
    return f"change {document.change_sequence or hashlib.sha256(said).hexdigest()[:12]}"
