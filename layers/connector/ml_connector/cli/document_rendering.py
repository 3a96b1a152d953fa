"""Business documents as people read them on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ml_connector.documents import (
    DespatchAdvice,
    FunctionalAcknowledgement,
    Invoice,
    OrderResponse,
    PaymentInstruction,
    PurchaseOrder,
    RemittanceAdvice,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.documents import DespatchItem, Document, Item, Party, UnitOfMeasure

_STYLES = {"error": "bold red", "hold": "bold red", "warning": "yellow", "info": "dim"}


def rendering_of(document: Document) -> RenderableType:
    """A document as a heading, its parties, its lines in a table, its totals and what was found."""
    parts: list[RenderableType] = [_heading(document)]
    parts += [Text(f"  {line}") for line in _parties(document)]
    table = _lines(document)
    if table is not None and table.row_count:
        parts.append(table)
    parts += [Text(f"  {line}") for line in _totals(document)]
    parts += _findings(document)
    return Group(*parts)


def _heading(document: Document) -> Text:
    text = Text(f"{_kind(document)} {document.number}", style="bold")
    if isinstance(document, FunctionalAcknowledgement):
        text.append(f": {document.status.value.replace('_', ' ')}")
    source = document.source
    if source:
        sent = f" ({source.standard} {source.message} {source.version or ''}, {source.sender_id or '?'} to "
        text.append(
            f"{sent}{source.receiver_id or '?'}{', test' if source.test else ''})", style="not bold dim"
        )
    dated = getattr(document, "issue_date", None) or getattr(document, "issue_datetime", None)
    if dated:
        text.append(f" of {dated}", style="not bold")
    return text


def _kind(document: Document) -> str:
    if not isinstance(document, Invoice):
        return document.document_type.replace("_", " ")
    kind = document.invoice_type.value.replace("_", " ")
    return kind if kind.endswith(("invoice", "note")) else f"{kind} invoice"


def _parties(document: Document) -> Iterable[str]:
    parties: tuple[Party, ...] = getattr(document, "parties", ())
    extra = (getattr(document, "payer", None), getattr(document, "payee", None))
    for party in (*filter(None, extra), *parties):
        ids = ", ".join(f"{i.scheme.value} {i.value}" for i in party.ids)
        yield f"{party.role.value.replace('_', ' ')}: {party.name or ''} {f'({ids})' if ids else ''}".rstrip()


def _lines(document: Document) -> Table | None:
    if isinstance(document, PurchaseOrder):
        rows = [
            (
                line.line_number,
                _name(line.item),
                _amount(line.quantity, line.uom),
                line.unit_price,
                line.action,
            )
            for line in document.lines
        ]
        return _table(("line", "item", "quantity", "price", "action"), rows)
    if isinstance(document, OrderResponse):
        answers = [
            (line.line_number, _name(line.item), _amount(line.quantity, line.uom), line.action)
            for line in document.lines
        ]
        return _table(("line", "item", "quantity", "answer"), answers)
    if isinstance(document, Invoice):
        billed = [
            (
                line.line_number,
                _name(line.item),
                _amount(line.quantity, line.uom),
                line.price.net if line.price else None,
                line.net_amount,
            )
            for line in document.lines
        ]
        return _table(("line", "item", "quantity", "price", "net"), billed)
    return _other_lines(document)


def _other_lines(document: Document) -> Table | None:
    if isinstance(document, DespatchAdvice):
        shipped = [
            (package.id.value if package.id else package.level.value, item.po_number, *_shipped(item))
            for package in document.all_packages()
            for item in package.items
        ]
        return _table(("package", "order", "line", "item", "quantity"), shipped)
    if isinstance(document, RemittanceAdvice | PaymentInstruction):
        paid = [
            (
                line.document_type.value,
                line.document_number,
                line.gross_amount,
                line.discount,
                line.paid_amount,
            )
            for line in document.lines
        ]
        return _table(("pays", "number", "gross", "discount", "paid"), paid)
    if isinstance(document, FunctionalAcknowledgement):
        answered = [
            (message.type, message.control_number, message.status, len(message.errors))
            for message in document.messages
        ]
        return _table(("message", "number", "verdict", "errors"), answered)
    return None


def _shipped(item: DespatchItem) -> tuple[object, ...]:
    return (item.po_line, _name(item.item), _amount(item.qty, item.uom))


def _table(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Table:
    table = Table(*columns, box=None, pad_edge=True, padding=(0, 2))
    for row in rows:
        table.add_row(*("" if cell is None else Text(str(cell).replace("\n", " ")) for cell in row))
    return table


def _name(item: Item) -> str:
    identifier = next(item.identifiers(), None)
    number = identifier.value if identifier else ""
    return f"{number} {item.name or item.description or ''}".strip()


def _amount(quantity: object, unit: UnitOfMeasure | None) -> str | None:
    return None if quantity is None else f"{quantity} {unit.code if unit else ''}".rstrip()


def _totals(document: Document) -> Iterable[str]:
    totals = getattr(document, "totals", None)
    currency = getattr(document, "currency", None) or ""
    shown = dict(totals) if totals else {}
    if "amount" in type(document).model_fields:
        shown = {"amount": getattr(document, "amount", None), **shown}
    told = [f"{name.replace('_', ' ')} {value}" for name, value in shown.items() if value is not None]
    if told:
        yield f"totals: {', '.join(told)} {currency}".rstrip()


def _findings(document: Document) -> list[RenderableType]:
    found: list[RenderableType] = []
    for finding in document.findings:
        line = Text(f"  {finding.severity.value}", style=_STYLES[finding.severity.value])
        line.append(f" {finding.message} ", style="default")
        found.append(line.append(f"[{finding.rule}]", style="dim"))
    if document.normalisations:
        found.append(Text(f"  changed on the way in: {len(document.normalisations)} values", style="dim"))
    if document.raw_extensions:
        paths = ", ".join(extension.path for extension in document.raw_extensions[:5])
        more = len(document.raw_extensions) - 5
        found.append(Text(f"  kept raw: {paths}{f' and {more} more' if more > 0 else ''}", style="dim"))
    return found
