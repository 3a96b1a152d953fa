"""What a partner is told of a document that changed, or was voided, after it was sent.

Orders know a change message that says which lines changed (860, ORDCHG); responses and despatch advices are
sent again as replacement or cancellation (BAK01, BSN01, DE 1225). Invoices and remittance advices know
neither: a person decides, usually for a credit note.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents import DespatchAdvice, LineAction, OrderResponse, PurchaseOrder, Purpose
from ml_connector.errors import Held

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from ml_connector.documents import Document, OrderLine

# Standards whose messages have a place for a change, a replacement or a cancellation.
_KNOWING = frozenset({"x12", "edifact"})
# What says nothing to the partner: when the ledger last wrote the document.
_UNTOLD: dict[type, dict[str, object]] = {DespatchAdvice: {"issue_datetime": None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to a document that was sent.

    Attributes:
        sequence: Which change to it this is, from 1 on.
        on: The day of the change.
        cancelled: It was voided.
        received: Of an order, how much of each line has come already.
    """

    sequence: int
    on: date | None
    cancelled: bool
    received: Mapping[str, Decimal] = field(default_factory=dict)


def changed_document(now: Document, sent: Document, change: Change, standard: str) -> Document | None:
    """Return what is sent so that a partner who knows ``sent`` knows ``now``; None if it knows already.

    Raises:
        Held: The standard has no message that says it.
    """
    if not change.cancelled and _told(now) == _told(sent):
        return None
    if standard in _KNOWING:
        if isinstance(now, PurchaseOrder) and isinstance(sent, PurchaseOrder):
            return _order_change(now, sent, change, standard)
        purpose = Purpose.CANCEL if change.cancelled else Purpose.REPLACE
        if isinstance(now, OrderResponse) and isinstance(sent, OrderResponse):
            return (sent if change.cancelled else now).model_copy(update={"purpose": purpose})
        if isinstance(now, DespatchAdvice) and isinstance(sent, DespatchAdvice):
            return (sent if change.cancelled else now).model_copy(update={"function": purpose})
    happened = "was voided" if change.cancelled else "changed"
    raise Held(
        f"{now.number} {happened} after it was sent, and {standard} has no message that says so.",
        advice="Agree with the partner what to do, such as a credit note; then close this document.",
    )


def _told(document: Document) -> Document:
    return document.model_copy(update=_UNTOLD.get(type(document), {}))


def _order_change(now: PurchaseOrder, sent: PurchaseOrder, change: Change, standard: str) -> PurchaseOrder:
    lines = _deleted(sent.lines) if change.cancelled else _changed(now.lines, sent.lines)
    if standard == "x12":  # POC03 demands what is left to receive beside it (POC04)
        lines = (_with_open(line, change) for line in lines)
    # BCH05 counts the changes of an order; BGM 1004 numbers the message among all messages.
    sequence = str(change.sequence)
    return (sent if change.cancelled else now).model_copy(
        update={
            "document_type": "order_change",
            "purpose": Purpose.CANCEL if change.cancelled else Purpose.CHANGE,
            "change_sequence": sequence if standard == "x12" else f"{now.order_number}-{sequence}",
            "change_date": change.on,
            "lines": tuple(lines),
        }
    )


def _changed(now: tuple[OrderLine, ...], sent: tuple[OrderLine, ...]) -> Iterator[OrderLine]:
    """The lines that differ, each with its whole new state, and those that are gone; others are left out."""
    before = {line.line_number: line for line in sent}
    for line in now:
        known = before.pop(line.line_number, None)
        if known is None:
            yield line.model_copy(update={"action": LineAction.ADD})
        elif line != known:
            yield line.model_copy(update={"action": LineAction.CHANGE})
    yield from _deleted(tuple(before.values()))


def _deleted(lines: tuple[OrderLine, ...]) -> Iterator[OrderLine]:
    for line in lines:
        yield line.model_copy(update={"action": LineAction.DELETE})


def _with_open(line: OrderLine, change: Change) -> OrderLine:
    received = change.received.get(line.line_number or "", Decimal(0))
    ordered = Decimal(0) if line.action is LineAction.DELETE else line.quantity or Decimal(0)
    return line.model_copy(update={"quantity_open": max(ordered - received, Decimal(0))})
