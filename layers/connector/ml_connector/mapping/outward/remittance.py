"""Our payment as the advice its supplier gets: 820, REMADV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import PartyRole, RemittanceAdvice, RemittanceLine, RemittanceLineType
from ml_connector.visma.models.supplier_payment import ReadPaymentLine, ReadSupplierPayment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ml_connector.mapping.outward.receiver import Receiver

# Visma's types of what is paid; a DebitAdj is the supplier's credit note, with a positive amount (API A11).
_TYPES = {
    "Invoice": RemittanceLineType.INVOICE,
    "CreditAdj": RemittanceLineType.INVOICE,
    "DebitAdj": RemittanceLineType.CREDIT_NOTE,
}
# BPR04 is mandatory: the money travels outside the message.
_NO_PAYMENT_DATA = "NON"


def remittance_advice(row: Mapping[str, Any], receiver: Receiver) -> RemittanceAdvice:
    """Return the advice; each line names the supplier's own document."""
    payment = ReadSupplierPayment.model_validate(row)
    name = payment.supplier.name if payment.supplier else None
    day = payment.application_date.date() if payment.application_date else None
    return RemittanceAdvice(
        number=payment.payment_ref or payment.ref_nbr,
        issue_date=day,
        value_date=day,
        payer=receiver.company(PartyRole.PAYER),
        payee=receiver.counterpart(PartyRole.PAYEE, name),
        payment_method=_NO_PAYMENT_DATA if receiver.message.standard == "x12" else None,
        currency=payment.currency.id if payment.currency else None,
        amount=payment.payment_amount,
        lines=tuple(map(_line, payment.payment_lines)),
    )


def _line(line: ReadPaymentLine) -> RemittanceLine:
    kind = _TYPES.get(line.doc_type or "", RemittanceLineType.ADJUSTMENT)
    lowers = kind is RemittanceLineType.CREDIT_NOTE
    return RemittanceLine(
        document_type=kind,
        document_number=line.supplier_ref or line.invoice_ref_nbr,
        document_date=line.date.date() if line.date else None,
        discount=line.cash_discount_taken or None,
        paid_amount=-line.amount_paid if lowers else line.amount_paid,
    )
