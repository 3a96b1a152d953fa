"""REMADV: remittance advice message."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.edifact.banking import read_account, write_account
from ml_connector.codecs.edifact.commercial import read_currencies, write_currencies
from ml_connector.codecs.edifact.dates import write_moment
from ml_connector.codecs.edifact.order_header import read_document_date
from ml_connector.codecs.edifact.parties import read_parties, write_parties
from ml_connector.codecs.edifact.reading import EdifactReading
from ml_connector.codecs.edifact.references import reference_of, write_references
from ml_connector.codecs.edifact.remittance_lines import read_lines, write_lines
from ml_connector.codecs.edifact.texts import read_notes, write_notes
from ml_connector.codecs.edifact.writing import Writing
from ml_connector.documents import (
    BankAccount,
    Party,
    PartyRole,
    PaymentType,
    RemittanceAdvice,
    RemittanceLine,
    RemittanceTotals,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.rows import Row

# 1001: 481 remittance advice. 5025: 12 remitted, 9 due, 11 paid, in this order. 4461: PAI.
_REMITTANCE_ADVICE = "481"
_REMITTED = ("12", "11", "9")
_PAYMENT_CURRENCY = "11"
# 3035 of FII: OR ordering bank, PH and BB the payer's; RB and BF the payee's.
_PAYER_BANKS, _PAYEE_BANKS = ("PH", "OR", "BB"), ("RB", "BF")


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> RemittanceAdvice:
    """The remittance advice a REMADV says. Lines of credit and debit notes lower the amount.

    Raises:
        Rejected: It has no number.
    """
    reading = EdifactReading(interchange, message, profile)
    root, begin = reading.root, reading.begin()
    begin.take_code(1, _REMITTANCE_ADVICE)
    begin.take_code(3, "9")
    number = begin.part(2)
    if number is None:
        raise reading.refuse(
            "remittance-number-missing", "BGM gives no remittance number (1004).", path="BGM02"
        )
    currencies = read_currencies(reading)
    lines = read_lines(reading)
    computed = _computed(lines)
    declared = root.amount(*_REMITTED, area="summary")
    amount = declared if declared is not None else computed.paid_amount or Decimal(0)
    _check(reading, declared, computed)
    return RemittanceAdvice(
        number=number,
        type=PaymentType.REMITTANCE_ONLY,
        issue_date=read_document_date(root, "137"),
        value_date=read_document_date(root, "138", "203"),
        **_read_parties(reading),
        **_read_accounts(reading),
        payment_method=_read_method(reading),
        currency=currencies["currency"],
        amount=amount,
        references=tuple(filter(None, (reference_of(segment) for segment in root.segments("RFF")))),
        notes=read_notes(root, reading.widths.free_text),
        lines=lines,
        totals_declared=RemittanceTotals(paid_amount=declared),
        totals_computed=computed,
        **reading.provenance(reading.tree),
    )


def _computed(lines: Sequence[RemittanceLine]) -> RemittanceTotals:
    return RemittanceTotals(
        line_count=len(lines),
        paid_amount=sum((line.paid_amount for line in lines if line.paid_amount is not None), Decimal(0)),
        discount=sum((line.discount for line in lines if line.discount is not None), Decimal(0)),
        adjustments=sum((a.amount for line in lines for a in line.adjustments), Decimal(0)),
    )


def _check(reading: EdifactReading, declared: Decimal | None, computed: RemittanceTotals) -> None:
    """Money is exact: a remittance whose lines do not make its amount waits for a person."""
    if declared is not None and computed.paid_amount != declared and computed.line_count:
        message = f"{declared} is remitted, but the lines add up to {computed.paid_amount}."
        reading.find(Severity.HOLD, "remitted-total", message, expected=computed.paid_amount, found=declared)


def _read_parties(reading: EdifactReading) -> dict[str, Any]:
    """Payer and payee under their names, other parties as a list."""
    values: dict[str, Any] = {}
    others: list[Party] = []
    for party in read_parties(reading.root.groups("NAD")):
        field = {PartyRole.PAYER: "payer", PartyRole.PAYEE: "payee"}.get(party.role)
        if field and field not in values:
            values[field] = party
        else:
            others.append(party)
    return {**values, "parties": tuple(others)}


def _read_accounts(reading: EdifactReading) -> dict[str, BankAccount | None]:
    values: dict[str, BankAccount | None] = {}
    for segment in reading.root.segments("FII"):
        code = segment.peek(1)
        field = "payer_account" if code in _PAYER_BANKS else "payee_account" if code in _PAYEE_BANKS else ""
        if field and field not in values:
            values[field] = read_account(segment)
    return values


def _read_method(reading: EdifactReading) -> str | None:
    segment = reading.root.segment("PAI")
    return segment.part(1, 3) if segment else None


def encode(document: RemittanceAdvice, version: str, profile: CodecProfile) -> bytes:
    """The remittance advice as a REMADV interchange.

    Raises:
        Misconfigured: REMADV can't carry a value of the advice; the error names the field.
    """
    writing = Writing("REMADV", version, profile)
    return writing.interchange(_write(document, writing), document, decode)


def _write(advice: RemittanceAdvice, writing: Writing) -> Iterator[Row]:
    yield ("BGM", [_REMITTANCE_ADVICE, advice.number, "9"])
    yield from write_moment("137", advice.issue_date)
    yield from write_moment("138", advice.value_date)
    yield from write_references(advice.references)
    yield from write_account(_PAYER_BANKS[0], advice.payer_account)
    yield from write_account(_PAYEE_BANKS[0], advice.payee_account)
    if advice.payment_method:
        yield ("PAI", [["", "", advice.payment_method]])
    yield from write_notes(advice.notes, writing.widths.free_text)
    yield from write_parties(filter(None, (advice.payer, advice.payee, *advice.parties)))
    yield from write_currencies(advice.currency, _PAYMENT_CURRENCY)
    yield from write_lines(advice.lines)
    yield ("UNS", ["S"])
    declared = advice.totals_declared.paid_amount
    yield ("MOA", [[_REMITTED[0], advice.amount if declared is None else declared]])
