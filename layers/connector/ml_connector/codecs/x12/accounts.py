"""Bank accounts in BPR: bank qualifier and number, account type and number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.x12.qualifiers import code_for
from ml_connector.documents import BankAccount, Identifier, IdentifierScheme

if TYPE_CHECKING:
    from ml_connector.codecs.x12.elements import Elements
    from ml_connector.codecs.x12.writing import SetWriter

#: 506 bank id qualifier: BPR06, BPR12.
_BANK_SCHEMES = {"01": IdentifierScheme.BANK, "02": IdentifierScheme.BIC, "04": IdentifierScheme.BANK}


def read_account(bpr: Elements, first: int) -> BankAccount | None:
    """The account whose four elements start at ``first``; None where they are empty."""
    qualifier, bank = bpr.code(first), bpr[first + 1]
    kind, account = bpr.code(first + 2), bpr[first + 3]
    if bank is None and account is None:
        bpr.leave(first)
        bpr.leave(first + 2)
        return None
    return BankAccount(
        bank=_bank(qualifier, bank) if bank else None,
        account=Identifier(scheme=IdentifierScheme.ACCOUNT, value=account) if account else None,
        account_type=kind,
    )


def _bank(qualifier: str | None, number: str) -> Identifier:
    scheme = _BANK_SCHEMES.get(qualifier or "", IdentifierScheme.OTHER)
    return Identifier(scheme=scheme, value=number, source_qualifier=qualifier)


def bank_values(writer: SetWriter, account: BankAccount | None, field: str) -> tuple[str | None, str | None]:
    """Qualifier and number of the account's bank.

    Raises:
        Misconfigured: The account holds what BPR can't carry.
    """
    if account is None:
        return None, None
    for name in ("holder", "bank_name", "country", "currency"):
        if (value := getattr(account, name)) is not None:
            raise writer.refuse(f"{field}.{name}", "BPR has no place for it", value)
    bank = account.bank
    if bank is None:
        return None, None
    kept = bank.source_qualifier
    if bank.scheme is IdentifierScheme.OTHER and kept and kept not in _BANK_SCHEMES:
        return kept, bank.value
    code = code_for(_BANK_SCHEMES, bank.scheme, kept)
    if code is None:
        raise writer.refuse(
            f"{field}.bank", "BPR has no qualifier for this kind of number", bank.scheme.value
        )
    return code, bank.value


def account_values(account: BankAccount | None) -> tuple[str | None, str | None]:
    """Type and number of the account."""
    if account is None:
        return None, None
    return account.account_type, account.account.value if account.account else None
