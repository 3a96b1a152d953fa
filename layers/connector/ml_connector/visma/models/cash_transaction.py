"""Cash transactions: money in or out of a cash account, such as an incoming remittance (API B9)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ml_connector.visma.models.shared import Day, Operation, Subaccount
from ml_connector.visma.wire import Plain, ReadModel, WriteModel


class CashTransactionLine(WriteModel):
    """A line of a cash transaction, booked against its offset account."""

    schema_name: ClassVar[str] = "CashTransactionDetailUpdateDto"
    operation: Operation = "Insert"
    line_number: int | None = None
    branch_number: str | None = None
    inventory_number: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    uom: str | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    offset_account: str | None = None
    offset_subaccount: Subaccount = ()
    vat_code: str | None = None


class CashTransaction(WriteModel):
    """A cash transaction to be posted."""

    schema_name: ClassVar[str] = "CashTransactionUpdateDto"
    hold: bool | None = True
    tran_date: Day | None = None
    financial_period: str | None = Field(default=None, pattern=r"^\d{4}(0[1-9]|1[0-3])$")
    description: str | None = None
    cash_account: str
    entry_type: str
    document_ref: str | None = None
    control_total: Decimal | None = None
    vat_amount: Decimal | None = None
    vat_zone: str | None = None
    tax_calculation_mode: Literal["TaxSetting", "Gross", "Net"] | None = None
    cash_transaction_details: Annotated[tuple[CashTransactionLine, ...], Plain()] = ()


class ReadCashTransaction(ReadModel):
    """A cash transaction as Visma has it."""

    schema_name: ClassVar[str] = "CashTransactionDto"
    reference_nbr: str
    status: str = ""
    hold: bool = False
    description: str | None = None
    document_ref: str | None = None
    amount: Decimal = Decimal(0)
    last_modified_date_time: datetime | None = None
    time_stamp: str = ""
