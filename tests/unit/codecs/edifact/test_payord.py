"""PAYORD, out only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.codecs.roundtrip import faults, written

from ml_connector.documents import (
    BankAccount,
    Identifier,
    IdentifierScheme,
    Party,
    PartyRole,
    PaymentInstruction,
    RemittanceLine,
    RemittanceLineType,
)
from ml_connector.errors import Misconfigured


def _account(number: str) -> BankAccount:
    return BankAccount(account=Identifier(scheme=IdentifierScheme.ACCOUNT, value=number))


def _payment(lines: int = 1) -> PaymentInstruction:
    return PaymentInstruction(
        number="PAY-1",
        issue_date=date(2026, 3, 2),
        value_date=date(2026, 3, 5),
        amount=Decimal("1250.50"),
        currency="EUR",
        payer=Party(role=PartyRole.PAYER, name="Northwind"),
        payee=Party(role=PartyRole.PAYEE, name="Contoso"),
        payer_account=_account("1111"),
        payee_account=_account("2222"),
        lines=tuple(
            RemittanceLine(document_type=RemittanceLineType.INVOICE, document_number=f"INV-{index}")
            for index in range(lines)
        ),
    )


@pytest.mark.parametrize("version", ["D.96A", "D.01B"])
def test_a_payment_order_passes_its_own_check(version):
    data = written(_payment(3), "edifact", version)

    assert faults(data) == []
    assert data.count(b"DOC+380+INV-") == 3
    assert b"MOA+9:1250.5:EUR'" in data or b"MOA+9:1250.50:EUR'" in data
    assert b"BGM+450+PAY-1+9'" in data


def test_more_documents_than_it_has_room_for_are_refused():
    with pytest.raises(Misconfigured, match="at most 10"):
        written(_payment(11), "edifact", "D.96A")
