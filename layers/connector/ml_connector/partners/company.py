"""``company.yaml``: who we are, and what counts for every partner unless its file or a rule says more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from ml_connector.partners.fragments import (
    BankAccount,
    Code,
    Fragment,
    Matching,
    Number,
    OutgoingEntityName,
    Segments,
    Standard,
    Tolerance,
    Tolerances,
    UnitReference,
)

#: The reference tolerances for a company that sets none: half a percent on prices, one on line and document.
REFERENCE_TOLERANCES = Tolerances(
    quantity=Tolerance(percent=Decimal(0)),
    unit_price=Tolerance(percent=Decimal("0.5"), amount=Decimal("0.01")),
    line=Tolerance(amount=Decimal("1.00")),
    document=Tolerance(amount=Decimal("1.00"), percent=Decimal("0.05")),
    rounding=Decimal("1.00"),
    vat=Tolerance(amount=Decimal("1.00")),
    charge=Tolerance(amount=Decimal(0)),
)


class OwnIdentity(Fragment):
    """One of our own identities, and the branch that messages to it belong to."""

    id: Code
    standard: Standard | None = None
    qualifier: str | None = None
    scheme: str | None = None
    branch: Code | None = None
    company: Code | None = None


class Place(Fragment):
    """A place of ours as partners name it: ship-to GLN or store code, and what it means in the ledger."""

    id: Code
    branch: Code | None = None
    warehouse: Code | None = None


class Defaults(Fragment):
    """What a document gets when neither a rule nor a look-up says."""

    account: Code | None = None
    charge_account: Code | None = None
    subaccount: Segments = Field(default_factory=dict)
    branch: Code | None = None
    warehouse: Code | None = None
    terms: Code | None = None
    line_type: Literal["GoodsForInventory", "NonStock", "Service", "Description"] | None = None
    hold: bool = True


class Dimension(Fragment):
    """One segment of the subaccount: its number, name and the length its values are padded to."""

    segment: int = Field(ge=1)
    name: Code
    length: int | None = Field(None, ge=1)
    required: bool = True


class VatRow(Fragment):
    """One row of the VAT table: which VAT code a category and rate of a country means at a date.

    With ``tax_id`` on every row an invoice needs, the tax it states per rate is posted as its VAT details.
    ``category`` is the EDI category (UNCL 5305: S standard, Z zero, E exempt, AE reverse charge, O outside).
    """

    country: Code
    category: Code
    rate: Number = Field(ge=0, le=100)
    code: Code
    since: date | None = None
    until: date | None = None
    zone: Code | None = None
    tax_id: Code | None = None


class TermsRow(Fragment):
    """Which credit terms of the ledger a partner's payment terms mean."""

    terms: Code
    code: Code | None = None
    net_days: int | None = None
    discount_percent: Number | None = None
    discount_days: int | None = None
    end_of_month: bool | None = None


class CashAccount(BankAccount):
    """The bank account behind a cash account of the ledger."""

    cash_account: Code


class Sends(Fragment):
    """Documents of the ledger that are sent, and in which statuses; by default the ones that are final."""

    entity: OutgoingEntityName
    statuses: tuple[Code, ...] = ()


class Company(Fragment):
    """The company whose ledger the documents go to.

    Attributes:
        id: The company id every Visma call carries.
        sends: Which documents leave the ledger; without it every one that a partner gets.
    """

    id: Code
    name: Code
    country: Code
    currency: Code
    identities: tuple[OwnIdentity, ...] = ()
    places: tuple[Place, ...] = ()
    defaults: Defaults = Defaults()
    dimensions: tuple[Dimension, ...] = ()
    vat: tuple[VatRow, ...] = ()
    terms: tuple[TermsRow, ...] = ()
    sends: tuple[Sends, ...] = ()
    bank_accounts: tuple[CashAccount, ...] = ()
    units: tuple[UnitReference, ...] = ()
    tolerances: Tolerances = Tolerances()
    matching: Matching = Matching()
    tables: dict[str, dict[str, Code]] = Field(default_factory=dict)

    @property
    def effective_tolerances(self) -> Tolerances:
        """The company's tolerances, with the reference figures where it sets none."""
        return self.tolerances.over(REFERENCE_TOLERANCES)

    def sends_entity(self, entity: str) -> bool:
        """Tell whether documents of this kind leave the ledger at all."""
        return not self.sends or any(one.entity == entity for one in self.sends)

    def sent_statuses(self, entity: str) -> frozenset[str]:
        """Return the statuses in which a document of this kind leaves; empty means the usual ones."""
        return frozenset(status for one in self.sends if one.entity == entity for status in one.statuses)

    def padded(self, segment: int, value: str) -> str:
        """Return a dimension's value as long as its segment: Visma compares them padded with zeros."""
        for dimension in self.dimensions:
            if dimension.segment == segment and dimension.length and value.isdigit():
                return value.zfill(dimension.length)
        return value
