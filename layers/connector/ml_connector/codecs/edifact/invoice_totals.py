"""The totals of INVOIC: MOA and CNT after the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import InvoiceTotals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.edifact.reading import EdifactReading
    from ml_connector.edi.rows import Row

# Field -> 5025, the one that counts first. 77 is the invoice amount with VAT, 86 the message total, 39 the
# invoice total; whichever comes first in the list is taken, and the others stay visible as unread.
AMOUNTS = {
    "line_extension": ("79", "66"),
    "allowance_total": ("260",),
    "charge_total": ("259",),
    "tax_exclusive": ("125",),
    "tax_total": ("176", "124"),
    "tax_inclusive": ("77", "86", "39", "128"),
    "prepaid": ("113",),
    "rounding": ("165",),
    "payable": ("9",),
    "discount_base": ("129",),
    "discount_amount": ("52", "138"),
}
_LINE_COUNT, _QUANTITY_SUM = "2", "1"


def read_totals(reading: EdifactReading) -> InvoiceTotals:
    """The totals an INVOIC declares."""
    root = reading.root
    amounts = {field: root.amount(*codes, area="summary") for field, codes in AMOUNTS.items()}
    return InvoiceTotals(
        **amounts, declared_line_count=root.count(_LINE_COUNT), hash=root.sum_of(_QUANTITY_SUM)
    )


def write_totals(totals: InvoiceTotals, line_count: int) -> Iterator[Row]:
    """UNS, CNT and MOA of the totals; the number of lines is always said."""
    yield ("UNS", ["S"])
    yield (
        "CNT",
        [[_LINE_COUNT, line_count if totals.declared_line_count is None else totals.declared_line_count]],
    )
    if totals.hash is not None:
        yield ("CNT", [[_QUANTITY_SUM, totals.hash]])
    for field, codes in AMOUNTS.items():
        amount = getattr(totals, field)
        if amount is not None:
            yield ("MOA", [[codes[0], amount]])
