"""PAYORD: payment order message, out only: one transfer from one account to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.banking import write_account
from ml_connector.codecs.edifact.dates import write_moment
from ml_connector.codecs.edifact.parties import write_party
from ml_connector.codecs.edifact.references import write_references
from ml_connector.codecs.edifact.texts import write_notes
from ml_connector.codecs.edifact.writing import Writing
from ml_connector.codecs.validity import check_validity
from ml_connector.documents import PartyRole, RemittanceLineType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import PaymentInstruction
    from ml_connector.edi.rows import Row

# 1001: 450 payment order; 2005: 203 execution date, requested; 5025: 9 amount due, to be paid.
_PAYMENT_ORDER = "450"
_EXECUTION = "203"
_AMOUNT = "9"
# 3035: OR ordered bank, BF beneficiary's bank; OY ordering customer, BE beneficiary.
_ORDERED_BANK, _BENEFICIARY_BANK = "OR", "BF"
_PARTIES = {PartyRole.PAYER: "OY", PartyRole.PAYEE: "BE"}
_DOCUMENTS = {
    RemittanceLineType.INVOICE: "380",
    RemittanceLineType.CREDIT_NOTE: "381",
    RemittanceLineType.DEBIT: "383",
}
_DOCUMENTS_AT_MOST = 10


def encode(document: PaymentInstruction, version: str, profile: CodecProfile) -> bytes:
    """The payment instruction as a PAYORD interchange; it names the documents paid, not their amounts.

    Raises:
        Misconfigured: PAYORD can't carry a value of the instruction: it has room for ten documents.
    """
    writing = Writing("PAYORD", version, profile)
    _refuse_what_has_no_place(document, writing)
    data = writing.unread_interchange(_write(document, writing), document)
    check_validity(data, document, f"PAYORD {version}")
    return data


def _refuse_what_has_no_place(payment: PaymentInstruction, writing: Writing) -> None:
    if len(payment.lines) > _DOCUMENTS_AT_MOST:
        raise writing.refuse(
            "lines", f"at most {_DOCUMENTS_AT_MOST} documents have a place", len(payment.lines)
        )
    for index, line in enumerate(payment.lines):
        if line.document_type not in _DOCUMENTS or not line.document_number:
            raise writing.refuse(f"lines[{index}]", "only numbered invoices and notes have a place", line)
    if payment.unallocated or payment.parties:
        raise writing.refuse(
            "unallocated", "only payer, payee and documents have a place", payment.unallocated
        )


def _write(payment: PaymentInstruction, writing: Writing) -> Iterator[Row]:
    yield ("BGM", [_PAYMENT_ORDER, payment.number, "9"])
    yield from write_moment("137", payment.issue_date)
    yield from write_moment(_EXECUTION, payment.value_date)
    yield from write_notes(payment.notes, writing.widths.free_text)
    yield from write_references(payment.references)
    yield ("MOA", [[_AMOUNT, payment.amount, payment.currency or ""]])
    yield from write_account(_ORDERED_BANK, payment.payer_account)
    yield from write_account(_BENEFICIARY_BANK, payment.payee_account)
    for party in filter(None, (payment.payer, payment.payee)):
        plain = party.model_copy(
            update={"source_qualifier": _PARTIES[party.role], "references": (), "tax_ids": ()}
        )
        yield from write_party(plain)
    for line in payment.lines:
        yield ("DOC", [_DOCUMENTS[line.document_type], line.document_number or ""])
        yield from write_moment("137", line.document_date)
