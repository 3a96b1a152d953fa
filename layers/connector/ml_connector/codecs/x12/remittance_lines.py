"""Lines of an 820: RMR with its references, dates and adjustments (ADX)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.codecs.x12.qualifiers import REFERENCE_TYPES, code_for
from ml_connector.codecs.x12.references import read_references, reference_of, write_references
from ml_connector.documents import (
    Adjustment,
    CodedValue,
    Reference,
    ReferenceType,
    RemittanceLine,
    RemittanceLineType,
    Severity,
    day_of,
)

if TYPE_CHECKING:
    from datetime import date

    from ml_connector.codecs.x12.elements import X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

#: 128 reference qualifier: RMR01. Whatever else is paid counts as an invoice, under its own qualifier.
_TYPES = {
    "IV": RemittanceLineType.INVOICE,
    "CM": RemittanceLineType.CREDIT_NOTE,
    "CD": RemittanceLineType.CREDIT_NOTE,
    "DB": RemittanceLineType.DEBIT,
    "DL": RemittanceLineType.DEBIT,
    "AJ": RemittanceLineType.ADJUSTMENT,
}
_REASONS = "X12_426"
_INVOICE_DATE = "003"
_ZERO = Decimal(0)


def read_remittance_line(reading: X12Reading, loop: Loop) -> RemittanceLine:
    """The line of an RMR loop; a negative amount is what it takes off the payment."""
    rmr = reading.take(loop.segments("RMR")[0])
    qualifier = rmr.code(1)
    adjustments = [read_adjustment(reading, inner) for inner in loop.loops("ADX")]
    if (amount := rmr.number(8)) is not None:
        adjustments.insert(0, Adjustment(amount=amount, code=_reason(rmr.code(7))))
    line = RemittanceLine(
        document_type=_TYPES.get(qualifier or "", RemittanceLineType.INVOICE),
        document_number=rmr[2],
        document_date=_read_date(reading, loop),
        action_code=rmr.code(3),
        paid_amount=rmr.number(4),
        gross_amount=rmr.number(5),
        discount=rmr.number(6),
        adjustments=tuple(adjustments),
        references=read_references(reading, _references(loop)),
        source_qualifier=qualifier,
    )
    _check_arithmetic(reading, line, rmr.path(4))
    return line


def _references(loop: Loop) -> list[Segment]:
    return [*loop.segments("REF"), *(inner.segments("REF")[0] for inner in loop.loops("REF"))]


def _read_date(reading: X12Reading, loop: Loop) -> date | None:
    for segment in loop.segments("DTM"):
        dtm = reading.take(segment)
        if dtm.code(1) == _INVOICE_DATE:
            return dtm.day(2)
        dtm.leave(1)
    return None


def _check_arithmetic(reading: X12Reading, line: RemittanceLine, path: str) -> None:
    """Paid is gross less discount plus adjustments, where all of them are told."""
    if line.paid_amount is None or line.gross_amount is None:
        return
    adjusted = sum((adjustment.amount for adjustment in line.adjustments), _ZERO)
    expected = line.gross_amount - (line.discount or _ZERO) + adjusted
    if line.paid_amount != expected:
        reading.find(
            Severity.WARNING,
            "remittance-line-arithmetic",
            f"{line.document_number} is paid with {line.paid_amount}, but its amounts come to {expected}.",
            path=path,
            expected=expected,
            found=line.paid_amount,
        )


def read_adjustment(reading: X12Reading, loop: Loop) -> Adjustment:
    """The adjustment of an ADX loop, its document in the reference."""
    adx = reading.take(loop.segments("ADX")[0])
    qualifier, number = adx.code(3), adx[4]
    reference = None
    if qualifier and number:
        reference = _dated(reading, loop, reference_of(qualifier, number))
    return Adjustment(amount=adx.number(1) or _ZERO, code=_reason(adx.code(2)), reference=reference)


def _dated(reading: X12Reading, loop: Loop, reference: Reference) -> Reference:
    """The document adjusted, with the date that a REF of the same number below the ADX gives it."""
    for inner in loop.loops("REF"):
        ref = reading.take(inner.segments("REF")[0])
        if reference_of(ref.code(1), ref[2]) == reference:
            if day := _read_date(reading, inner):
                return reference.model_copy(update={"issue_date": day})
        else:
            ref.leave(1)
            ref.leave(2)
    return reference


def _reason(code: str | None) -> CodedValue | None:
    return CodedValue(value=code, list=_REASONS) if code else None


def write_remittance_line(writer: SetWriter, line: RemittanceLine) -> None:
    """Put the RMR loop of a line.

    Raises:
        Misconfigured: The line holds what the loop can't carry.
    """
    for field in ("due_amount", "reference"):
        if (value := getattr(line, field)) is not None:
            raise writer.refuse(field, "RMR has no place for it", value)
    writer.put(
        "RMR",
        _qualifier(writer, line),
        line.document_number,
        line.action_code,
        line.paid_amount,
        line.gross_amount,
        line.discount,
    )
    write_references(writer, line.references)
    if line.document_date:
        writer.put("DTM", _INVOICE_DATE, line.document_date)
    for index, adjustment in enumerate(line.adjustments):
        with writer.within(f"adjustments[{index}]"):
            write_adjustment(writer, adjustment)


def _qualifier(writer: SetWriter, line: RemittanceLine) -> str:
    kept = line.source_qualifier
    if line.document_type is RemittanceLineType.INVOICE and kept and kept not in _TYPES:
        return kept
    code = code_for(_TYPES, line.document_type, kept)
    if code is None:
        raise writer.refuse("document_type", "RMR01 has no qualifier for it", line.document_type.value)
    return code


def write_adjustment(writer: SetWriter, adjustment: Adjustment) -> None:
    """Put the ADX of an adjustment."""
    reference = adjustment.reference
    qualifier = number = None
    if reference is not None:
        number = reference.number
        qualifier = _reference_qualifier(writer, reference)
    code = adjustment.code.value if adjustment.code else None
    writer.put("ADX", adjustment.amount, code, qualifier, number)
    if reference is not None and reference.issue_date is not None:
        writer.put("REF", qualifier, number)
        writer.put("DTM", _INVOICE_DATE, day_of(reference.issue_date))


def _reference_qualifier(writer: SetWriter, reference: Reference) -> str:
    kept = reference.source_qualifier
    if reference.type is ReferenceType.OTHER and kept and kept not in REFERENCE_TYPES:
        return kept
    code = code_for(REFERENCE_TYPES, reference.type, kept)
    if code is None:
        raise writer.refuse("reference.type", "ADX03 has no qualifier for it", reference.type.value)
    return code
