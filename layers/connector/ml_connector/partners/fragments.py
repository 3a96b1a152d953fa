"""The pieces that company and partner files share: codes, tolerances, units, dimensions."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

#: A code or number of a ledger or partner: compared as text, so leading zeros count.
Code = Annotated[
    str, Field(min_length=1), WithJsonSchema({"type": ["string", "integer"], "description": "a code"})
]

#: ISO 3166-1 alpha-2, and ISO 4217.
Country = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


def _compilable(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


#: A regular expression.
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_compilable)]

#: An amount, quantity or percentage.
Number = Annotated[Decimal, WithJsonSchema({"type": ["number", "string"]})]

#: Values of a segmented key by segment number, as Visma's subaccount takes them.
Segments = dict[int, Code]

Standard = Literal["x12", "edifact", "tradacoms", "ubl", "cxml", "idoc"]
DocumentType = Literal[
    "order",
    "order_change",
    "order_response",
    "invoice",
    "despatch_advice",
    "remittance_advice",
    "payment_instruction",
]
Entity = Literal[
    "purchase_order",
    "sales_order",
    "supplier_invoice",
    "journal_transaction",
    "cash_transaction",
    "log",
    "none",
]
ENTITIES: tuple[Entity, ...] = get_args(Entity)

#: Which documents an entity is made of; what is not listed takes any.
BECOMES: dict[str, frozenset[str]] = {
    "purchase_order": frozenset({"order", "order_change"}),
    "sales_order": frozenset({"order", "order_change"}),
    "supplier_invoice": frozenset({"invoice"}),
    "journal_transaction": frozenset({"invoice", "remittance_advice"}),
    "cash_transaction": frozenset({"invoice", "remittance_advice"}),
}


#: The documents of the ledger that can be sent.
OutgoingEntityName = Literal[
    "PurchaseOrder",
    "CustomerInvoice",
    "CustomerCreditNote",
    "SalesOrder",
    "Shipment",
    "SupplierPayment",
]


class Fragment(BaseModel):
    """A frozen piece of configuration that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tolerance(Fragment):
    """How far two figures may lie apart: within the percentage and within the amount, where given.

    With both, the wider one counts unless ``both`` is set; with none, they must be equal.
    """

    percent: Number | None = Field(None, ge=0)
    amount: Number | None = Field(None, ge=0)
    both: bool = False


class Tolerances(Fragment):
    """What may differ between an invoice, its order and its receipts; absent means "as the company says"."""

    quantity: Tolerance | None = None
    unit_price: Tolerance | None = None
    line: Tolerance | None = None
    document: Tolerance | None = None
    rounding: Number | None = Field(None, ge=0)
    vat: Tolerance | None = None
    charge: Tolerance | None = None

    def over(self, other: Tolerances) -> Tolerances:
        """Return these tolerances with what they leave open taken from ``other``."""
        own = {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}
        return other.model_copy(update=own)


class BankAccount(Fragment):
    """An account that payments go from or to: its number (IBAN or national), and its bank's BIC."""

    number: Code
    bic: Code | None = None
    holder: Code | None = None


class UnitReference(Fragment):
    """A partner's or a standard's unit code and the ledger's unit for it."""

    code: Code
    list: Literal["X12_355", "UNECE_REC20", "UNECE_REC21", "ANA_4", "ERP", "*"] = "*"
    unit: Code


def _number(value: object) -> object:
    """Return the number that text spells; a file's scalars are text."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


#: Not matched, matched with orders, or with orders and receipts.
Ways = Annotated[Literal[0, 2, 3], BeforeValidator(_number)]


class Matching(Fragment):
    """How supplier invoices are matched and what becomes of those that don't match."""

    ways: Ways = 2
    on_exception: Literal["hold", "park"] = "hold"
    release_matched: bool = False


class MatchingSettings(Fragment):
    """The same as `Matching` for one partner; absent means "as the company says"."""

    ways: Ways | None = None
    on_exception: Literal["hold", "park"] | None = None
    release_matched: bool | None = None

    def over(self, company: Matching) -> Matching:
        """Return the company's settings with this partner's own in their place."""
        own = {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}
        return company.model_copy(update=own)
