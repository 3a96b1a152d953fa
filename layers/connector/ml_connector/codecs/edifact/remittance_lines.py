"""The DOC groups of REMADV: the documents a remittance settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.dates import read_day, write_moment
from ml_connector.codecs.edifact.qualifiers import first_codes, source_code
from ml_connector.codecs.edifact.references import reference_of, write_references
from ml_connector.documents import Adjustment, CodedValue, Reference, RemittanceLine, RemittanceLineType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from ml_connector.codecs.edifact.reading import EdifactReading, GroupReader
    from ml_connector.edi.rows import Row

# 1001 of DOC; what lowers the payment is said by its type, its amounts are positive in the message.
_TYPES = {
    "380": RemittanceLineType.INVOICE,
    "381": RemittanceLineType.CREDIT_NOTE,
    "83": RemittanceLineType.CREDIT_NOTE,
    "383": RemittanceLineType.DEBIT,
    "84": RemittanceLineType.DEBIT,
    "ZZZ": RemittanceLineType.ADJUSTMENT,
}
_TYPE_CODES = first_codes(_TYPES)
_LOWERING = (RemittanceLineType.CREDIT_NOTE, RemittanceLineType.DEBIT)
# 5025: 12 remitted, 11 paid; 9 due; 39, 77 invoice total; 52 discount; 165 adjustment.
_PAID, _DUE, _GROSS, _DISCOUNT, _ADJUSTED = ("12", "11"), ("9",), ("77", "39"), ("52", "138"), ("165",)
_REASONS = "UNCL4465"


def read_lines(reading: EdifactReading) -> tuple[RemittanceLine, ...]:
    """The lines of a remittance."""
    return tuple(_read_line(group) for group in reading.root.groups("DOC"))


def _read_line(group: GroupReader) -> RemittanceLine:
    head = group.head
    code = head.part(1, 1)
    kind = _TYPES.get(code or "", RemittanceLineType.ADJUSTMENT)
    number = head.part(2, 1) or head.part(2, 3) or head.part(1, 4)
    date = group.first("DTM", "137", "3", "171")
    references = [reference for segment in group.segments("RFF") if (reference := reference_of(segment))]
    return RemittanceLine(
        document_type=kind,
        document_number=number,
        document_date=read_day(date) if date else None,
        due_amount=group.amount(*_DUE),
        gross_amount=group.amount(*_GROSS),
        discount=group.amount(*_DISCOUNT),
        adjustments=tuple(_read_adjustments(group)),
        paid_amount=_signed(group.amount(*_PAID), kind),
        references=tuple(references),
        source_qualifier=source_code(code, _TYPES),
    )


def _signed(amount: Decimal | None, kind: RemittanceLineType) -> Decimal | None:
    """What a line adds to the payment; senders who write the sign themselves are taken at their word."""
    return -amount if amount is not None and kind in _LOWERING and amount > 0 else amount


def _read_adjustments(group: GroupReader) -> Iterator[Adjustment]:
    for adjustment in group.groups("AJT"):
        amount = adjustment.amount(*_ADJUSTED, "8", "9", "12")
        if amount is None:
            continue
        reference = adjustment.segment("RFF")
        yield Adjustment(
            amount=amount,
            code=CodedValue(value=adjustment.head.part(1) or "", list=_REASONS),
            reference=reference_of(reference) if reference else None,
        )


def write_lines(lines: Sequence[RemittanceLine]) -> Iterator[Row]:
    """The DOC groups of a remittance's lines."""
    for line in lines:
        yield from _write_line(line)


def _write_line(line: RemittanceLine) -> Iterator[Row]:
    code = line.source_qualifier if line.source_qualifier in _TYPES else _TYPE_CODES[line.document_type]
    yield ("DOC", [code, line.document_number or ""])
    paid = -line.paid_amount if line.paid_amount and line.document_type in _LOWERING else line.paid_amount
    amounts = (
        (_DUE, line.due_amount),
        (_PAID, paid),
        (_GROSS, line.gross_amount),
        (_DISCOUNT, line.discount),
    )
    for codes, amount in amounts:
        if amount is not None:
            yield ("MOA", [[codes[0], amount]])
    yield from write_moment("137", line.document_date)
    yield from write_references(line.references)
    for adjustment in line.adjustments:
        yield from _write_adjustment(adjustment)


def _write_adjustment(adjustment: Adjustment) -> Iterator[Row]:
    yield ("AJT", [adjustment.code.value if adjustment.code else "ZZZ"])
    yield ("MOA", [[_ADJUSTED[0], adjustment.amount]])
    reference: Reference | None = adjustment.reference
    if reference is not None:
        yield from write_references([reference])
