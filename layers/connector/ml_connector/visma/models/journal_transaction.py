"""Journal transactions, version 2: a charge or a remittance booked straight to the ledger (API B8)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from ml_connector.visma.models.shared import Day, Operation, Subaccount
from ml_connector.visma.wire import Plain, ReadModel, WriteModel


class JournalTransactionLine(WriteModel):
    """One side of a booking; debit or credit, the other zero."""

    schema_name: ClassVar[str] = "JournalTransactionLineUpdateDto"
    operation: Operation = "Insert"
    line_number: int | None = None
    account_number: str
    subaccount: Subaccount = ()
    project: str | None = None
    project_task: str | None = None
    reference_number: str | None = None
    transaction_description: str | None = None
    debit_amount_in_currency: Decimal | None = None
    credit_amount_in_currency: Decimal | None = None
    vat_code_id: str | None = None
    vat_id: str | None = None
    branch: str | None = None
    note: str | None = None


class JournalTransaction(WriteModel):
    """A journal transaction to be posted; its lines must balance."""

    schema_name: ClassVar[str] = "JournalTransactionUpdateDto"
    hold: bool = True
    transaction_date: Day | None = None
    post_period: str | None = Field(default=None, pattern=r"^(0[1-9]|1[0-3])\d{4}$")
    financial_period: str | None = Field(default=None, pattern=r"^\d{4}(0[1-9]|1[0-3])$")
    ledger: str | None = None
    currency_id: str | None = None
    exchange_rate: Decimal | None = None
    auto_reversing: bool | None = None
    description: str | None = None
    control_total_in_currency: Decimal | None = None
    create_vat_transaction: bool | None = None
    skip_vat_amount_validation: bool | None = None
    transaction_code: str | None = None
    branch: str | None = None
    journal_transaction_lines: Annotated[tuple[JournalTransactionLine, ...], Plain()] = ()


class ReadJournalTransaction(ReadModel):
    """A journal transaction as Visma has it."""

    schema_name: ClassVar[str] = "JournalTransactionDto"
    module: str | None = None
    batch_number: str
    status: str = ""
    hold: bool = False
    description: str | None = None
    financial_period: str | None = None
    debit_total_in_currency: Decimal = Decimal(0)
    credit_total_in_currency: Decimal = Decimal(0)
    last_modified_date_time: datetime | None = None
    time_stamp: str = ""
