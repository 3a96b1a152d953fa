"""X12 820 Payment Order / Remittance Advice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.totals import check_total
from ml_connector.codecs.x12.accounts import account_values, bank_values, read_account
from ml_connector.codecs.x12.adaptation import adapted
from ml_connector.codecs.x12.assembly import interchange_of
from ml_connector.codecs.x12.elements import X12Reading
from ml_connector.codecs.x12.headers import opening, read_currency
from ml_connector.codecs.x12.parties import read_parties, write_parties
from ml_connector.codecs.x12.qualifiers import code_for
from ml_connector.codecs.x12.references import read_references, write_references
from ml_connector.codecs.x12.remittance_lines import (
    read_adjustment,
    read_remittance_line,
    write_adjustment,
    write_remittance_line,
)
from ml_connector.codecs.x12.writing import SetWriter
from ml_connector.documents import (
    Note,
    PartyRole,
    PaymentInstruction,
    PaymentType,
    RemittanceAdvice,
    RemittanceTotals,
    Severity,
)
from ml_connector.edi.loops import place

if TYPE_CHECKING:
    from datetime import date

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Adjustment, Party, RemittanceLine
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.loops import Loop

#: 305 transaction handling: BPR01. The first code of a type is the one written.
_TYPES = {
    "I": PaymentType.REMITTANCE_ONLY,
    "H": PaymentType.REMITTANCE_ONLY,
    "C": PaymentType.PAYMENT_WITH_REMITTANCE,
    "U": PaymentType.PAYMENT_WITH_REMITTANCE,
    "X": PaymentType.PAYMENT_WITH_REMITTANCE,
    "D": PaymentType.PAYMENT_ONLY,
    "P": PaymentType.PRENOTE,
}
_CREATED = "097"
_CURRENT_TRACE = "1"
_ZERO = Decimal(0)


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> RemittanceAdvice:
    """The remittance advice of an 820, its amount checked against its lines.

    Raises:
        Rejected: The amount is missing or can't be read.
    """
    reading = X12Reading(interchange, message, profile)
    tree = place(message)
    bpr = opening(reading, tree, "BPR")
    amount = bpr.number(2)
    if amount is None:
        raise reading.refuse("amount-missing", f"{bpr.path(2)}, the amount, is missing.", path=bpr.path(2))
    currency, _ = read_currency(reading, tree)
    lines, unallocated = _read_entities(reading, tree)
    advice = RemittanceAdvice(
        number=_read_number(reading, tree),
        type=_TYPES.get(bpr.code(1) or "", PaymentType.REMITTANCE_ONLY),
        type_code=bpr.code(1),
        amount=amount,
        credit_debit=bpr.code(3),
        payment_method=bpr.code(4),
        payment_format=bpr.code(5),
        payer_account=read_account(bpr, 6),
        originator_id=bpr[10],
        payee_account=read_account(bpr, 12),
        value_date=bpr.day(16),
        issue_date=_read_issue_date(reading, tree),
        currency=currency,
        references=read_references(reading, tree.segments("REF")),
        notes=_read_notes(reading, tree),
        lines=lines,
        unallocated=unallocated,
        totals_computed=_totals(lines, unallocated),
        **_sorted_parties(read_parties(reading, tree.loops("N1"))),
    )
    _check_amount(reading, advice)
    return advice.model_copy(update=dict(reading.provenance(tree)))


def _read_number(reading: X12Reading, tree: Loop) -> str:
    """The trace number (TRN02); without one the set's control number, so that the advice can be named."""
    if segment := tree.segment("TRN"):
        trn = reading.take(segment)
        if trn.code(1) != _CURRENT_TRACE:
            trn.leave(1)
        if number := trn[2]:
            return number
    own = reading.message.control_number
    reading.find(
        Severity.WARNING,
        "number-missing",
        f"TRN02, the trace number, is missing; the control number {own} stands in for it.",
        path="TRN02",
    )
    return own


def _read_issue_date(reading: X12Reading, tree: Loop) -> date | None:
    for segment in tree.segments("DTM"):
        dtm = reading.take(segment)
        if dtm.code(1) == _CREATED:
            return dtm.day(2)
        dtm.leave(1)
    return None


def _read_notes(reading: X12Reading, tree: Loop) -> tuple[Note, ...]:
    notes = []
    for segment in tree.segments("NTE"):
        nte = reading.take(segment)
        if text := nte[2]:
            notes.append(Note(text=text, subject=nte.code(1)))
    return tuple(notes)


def _sorted_parties(parties: tuple[Party, ...]) -> dict[str, Any]:
    """Payer and payee by name, all others in ``parties``."""
    payer = next((party for party in parties if party.role is PartyRole.PAYER), None)
    payee = next((party for party in parties if party.role is PartyRole.PAYEE), None)
    others = tuple(party for party in parties if party is not payer and party is not payee)
    return {"payer": payer, "payee": payee, "parties": others}


def _read_entities(
    reading: X12Reading, tree: Loop
) -> tuple[tuple[RemittanceLine, ...], tuple[Adjustment, ...]]:
    """The lines (RMR) and adjustments (ADX) of all entities; ENT only numbers them."""
    lines: list[RemittanceLine] = []
    unallocated: list[Adjustment] = []
    for number, entity in enumerate(tree.loops("ENT"), start=1):
        reading.take(entity.segments("ENT")[0]).take_code(1, str(number))
        lines += [read_remittance_line(reading, loop) for loop in entity.loops("RMR")]
        unallocated += [read_adjustment(reading, loop) for loop in entity.loops("ADX")]
    return tuple(lines), tuple(unallocated)


def settled(line: RemittanceLine) -> Decimal:
    """What a line adds to the payment: what is said to be paid, else gross less discount."""
    if line.paid_amount is not None:
        return line.paid_amount
    return (line.gross_amount or _ZERO) - (line.discount or _ZERO)


def _totals(lines: tuple[RemittanceLine, ...], unallocated: tuple[Adjustment, ...]) -> RemittanceTotals:
    adjusted = sum((adjustment.amount for adjustment in unallocated), _ZERO)
    return RemittanceTotals(
        line_count=len(lines),
        paid_amount=sum(map(settled, lines), _ZERO) + adjusted,
        discount=sum((line.discount or _ZERO for line in lines), _ZERO),
        adjustments=adjusted,
    )


def _check_amount(reading: X12Reading, advice: RemittanceAdvice) -> None:
    """Money must add up exactly: the amount is the sum of what is paid and of what stands for no document."""
    if advice.lines or advice.unallocated:
        computed = advice.totals_computed.paid_amount
        check_total(reading, "remittance-total", "BPR02", advice.amount, computed, severity=Severity.HOLD)


def encode(document: RemittanceAdvice | PaymentInstruction, version: str, profile: CodecProfile) -> bytes:
    """An interchange with the remittance advice or payment instruction as an 820.

    Raises:
        Misconfigured: The document holds what an 820 can't carry.
    """
    writer = SetWriter(version, profile)
    document = adapted(writer, document)
    _write_bpr(writer, document)
    for note in document.notes:
        writer.put("NTE", note.subject, note.text)
    writer.put("TRN", _CURRENT_TRACE, document.number)
    if document.currency:
        writer.put("CUR", "PR", document.currency)
    write_references(writer, document.references)
    if document.issue_date:
        writer.put("DTM", _CREATED, document.issue_date)
    for name, party in (("payer", document.payer), ("payee", document.payee)):
        if party is not None:
            write_parties(writer, [party], name)
    write_parties(writer, document.parties)
    _write_entity(writer, document)
    return interchange_of(document, "820", writer, decode)


def _write_bpr(writer: SetWriter, document: RemittanceAdvice | PaymentInstruction) -> None:
    payer, payee = document.payer_account, document.payee_account
    writer.put(
        "BPR",
        code_for(_TYPES, document.type, document.type_code),
        document.amount,
        document.credit_debit or "C",
        document.payment_method,
        document.payment_format,
        *bank_values(writer, payer, "payer_account"),
        *account_values(payer),
        document.originator_id,
        None,
        *bank_values(writer, payee, "payee_account"),
        *account_values(payee),
        document.value_date,
    )


def _write_entity(writer: SetWriter, document: RemittanceAdvice | PaymentInstruction) -> None:
    if not document.lines and not document.unallocated:
        return
    writer.put("ENT", 1)
    for index, adjustment in enumerate(document.unallocated):
        with writer.within(f"unallocated[{index}]"):
            write_adjustment(writer, adjustment)
    for index, line in enumerate(document.lines):
        with writer.within(f"lines[{index}]"):
            write_remittance_line(writer, line)
