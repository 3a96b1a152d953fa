"""Our payment as the advice its supplier gets (820, REMADV), or as the order a bank gets (PAYORD)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.banking import account_number
from ml_connector.documents import (
    BankAccount,
    Identifier,
    IdentifierScheme,
    PartyRole,
    PaymentInstruction,
    RemittanceAdvice,
    RemittanceLine,
    RemittanceLineType,
)
from ml_connector.errors import Misconfigured
from ml_connector.visma.models.supplier_payment import ReadPaymentLine, ReadSupplierPayment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ml_connector.mapping.outward.receiver import Receiver
    from ml_connector.partners.fragments import BankAccount as KnownAccount

# Visma's types of what is paid; a DebitAdj is the supplier's credit note, with a positive amount (API A11).
_TYPES = {
    "Invoice": RemittanceLineType.INVOICE,
    "CreditAdj": RemittanceLineType.INVOICE,
    "DebitAdj": RemittanceLineType.CREDIT_NOTE,
}
# BPR04 is mandatory: the money travels outside the message.
_NO_PAYMENT_DATA = "NON"
_PAYMENT_ORDER = "PAYORD"
# A payment order names the documents paid; the bank is told one amount.
_UNTOLD = {"discount": None, "paid_amount": None}


def payment_of(row: Mapping[str, Any], receiver: Receiver) -> RemittanceAdvice | PaymentInstruction:
    """Return the advice or the order to pay; each line names the supplier's own document.

    Raises:
        Misconfigured: An order to pay lacks the account the money goes from or to.
    """
    payment = ReadSupplierPayment.model_validate(row)
    name = payment.supplier.name if payment.supplier else None
    day = payment.application_date.date() if payment.application_date else None
    told = {
        "number": payment.payment_ref or payment.ref_nbr,
        "issue_date": day,
        "value_date": day,
        "payer": receiver.company(PartyRole.PAYER),
        "payee": receiver.counterpart(PartyRole.PAYEE, name),
        "currency": payment.currency.id if payment.currency else None,
        "amount": payment.payment_amount,
    }
    if receiver.message.message == _PAYMENT_ORDER:
        lines = (_line(line).model_copy(update=_UNTOLD) for line in payment.payment_lines)
        return PaymentInstruction(**told, lines=tuple(lines), **_accounts(payment, receiver))
    method = _NO_PAYMENT_DATA if receiver.message.standard == "x12" else None
    return RemittanceAdvice(**told, payment_method=method, lines=tuple(map(_line, payment.payment_lines)))


def _accounts(payment: ReadSupplierPayment, receiver: Receiver) -> dict[str, BankAccount]:
    """The accounts the money goes from and to."""
    ours = (
        one
        for one in receiver.configuration.company.bank_accounts
        if one.cash_account == payment.cash_account
    )
    found: dict[str, KnownAccount | None] = {
        "payer_account": next(ours, None),
        "payee_account": receiver.partner.bank_account,
    }
    if found["payer_account"] is None:
        raise Misconfigured(
            f"Payment {payment.ref_nbr} goes from cash account {payment.cash_account}, which has no account.",
            advice=f"Add `- {{cash_account: {payment.cash_account}, number: IBAN}}` to `bank_accounts:` "
            "in company.yaml.",
        )
    if found["payee_account"] is None:
        raise Misconfigured(
            f"Payment {payment.ref_nbr} goes to partner {receiver.partner.id}, which has no account.",
            advice=f"Add `bank_account: {{number: IBAN}}` to partners/{receiver.partner.id}.yaml.",
        )
    return {side: _account(known) for side, known in found.items() if known}


def _account(known: KnownAccount) -> BankAccount:
    bank = Identifier(scheme=IdentifierScheme.BIC, value=known.bic) if known.bic else None
    return BankAccount(account=account_number(known.number), bank=bank, holder=known.holder)


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
