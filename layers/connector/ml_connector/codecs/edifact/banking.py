"""FII and PAI: accounts, banks and means of payment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ml_connector.documents import BankAccount, CodedValue, Identifier, IdentifierScheme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.edifact.reading import GroupReader, SegmentReader
    from ml_connector.edi.rows import Row

PAYMENT_MEANS_LIST = "UNCL4461"
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
# C088: 25 is the ISO bank identification list, 5 ISO itself.
_BIC_LIST = ("25", "5")
_ACCOUNT_PART, _HOLDER_PART = 1, 2


def read_account(segment: SegmentReader) -> BankAccount | None:
    """The account of an FII: number and holder (C078), bank by BIC (3433) or national number (3434)."""
    segment.part(1)
    number, bic, bank = segment.part(2, 1), segment.part(3, 1), segment.part(3, 4)
    if bic and (segment.peek(3, 2), segment.peek(3, 3)) == _BIC_LIST:
        segment.part(3, 2), segment.part(3, 3)
    found = BankAccount(
        account=account_number(number) if number else None,
        bank=_bank(bic, bank),
        holder=segment.part(2, 2),
        bank_name=segment.part(3, 7),
        country=segment.part(4),
        currency=segment.part(2, 4),
    )
    return found if found != BankAccount() else None


def account_number(number: str) -> Identifier:
    """An account number, as IBAN where it has the form of one."""
    iban = _IBAN.fullmatch(number.replace(" ", ""))
    return Identifier(scheme=IdentifierScheme.IBAN if iban else IdentifierScheme.ACCOUNT, value=number)


def _bank(bic: str | None, number: str | None) -> Identifier | None:
    if bic:
        return Identifier(scheme=IdentifierScheme.BIC, value=bic)
    return Identifier(scheme=IdentifierScheme.BANK, value=number) if number else None


def write_account(qualifier: str, account: BankAccount | None) -> Iterator[Row]:
    """The FII of an account; nothing for None."""
    if account is None:
        return
    bank = account.bank
    bic = bank.value if bank and bank.scheme is IdentifierScheme.BIC else ""
    number = bank.value if bank and not bic else ""
    known = _BIC_LIST if bic else ("", "")
    yield (
        "FII",
        [
            qualifier,
            [
                account.account.value if account.account else "",
                account.holder or "",
                "",
                account.currency or "",
            ],
            [bic, *known, number, "", "", account.bank_name or ""],
            account.country or "",
        ],
    )


def read_payment_means(root: GroupReader) -> CodedValue | None:
    """The means of payment (4461) of PAI."""
    segment = root.segment("PAI")
    code = segment.part(1, 3) if segment else None
    return CodedValue(value=code, list=PAYMENT_MEANS_LIST) if code else None


def write_payment_means(code: CodedValue | None) -> Iterator[Row]:
    """PAI of a means of payment; nothing for None."""
    if code is not None:
        yield ("PAI", [["", "", code.value]])
