"""Order numbers as the ledger knows them, out of what partners make of them, and names of lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml_connector.documents.invoice import InvoiceLine, OrderReference
    from ml_connector.documents.order import OrderLine
    from ml_connector.mapping.context import Context


def order_numbers(
    context: Context, of_line: OrderReference | None, of_document: Sequence[OrderReference]
) -> tuple[str, ...]:
    """Return the order numbers a line may belong to: its own, else all the document names."""
    own = of_line.po_number if of_line else None
    sent = [own] if own else [reference.po_number for reference in of_document if reference.po_number]
    return tuple(dict.fromkeys(order_number(context, number) for number in sent if number))


def order_number(context: Context, sent: str) -> str:
    """Return the number within what the partner sends, by its `order_numbers:` patterns; else all of it."""
    text = sent.strip()
    for entry in context.partner.order_numbers:
        found = re.search(entry.pattern, text)
        if found:
            named = found.groupdict().get("number")
            return named or (found[1] if found.re.groups else found[0])
    return text


def line_name(line: InvoiceLine | OrderLine) -> str:
    """Return what complaints and decisions call a line."""
    return f"Line {line.line_number or ''}".strip()
