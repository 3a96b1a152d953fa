"""``company.yaml``: who we are, and what counts for every partner unless its file or a rule says more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from ml_connector.partners.fragments import (
    BankAccount,
    Code,
    Country,
    Currency,
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

#: Where cash has no coins below one, documents are rounded to the whole.
_WHOLE_ROUNDING = dict.fromkeys(("NOK", "SEK", "DKK"), Decimal("1.00"))

#: The reference tolerances for a company that sets none: half a percent on prices, at most a cent a unit;
#: one on line and document.
REFERENCE_TOLERANCES = Tolerances(
    quantity=Tolerance(percent=Decimal(0)),
    unit_price=Tolerance(percent=Decimal("0.5"), amount=Decimal("0.01"), both=True),
    line=Tolerance(amount=Decimal("1.00")),
    document=Tolerance(amount=Decimal("1.00"), percent=Decimal("0.05")),
    rounding=Decimal("0.50"),
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

    country: Country
    category: Code
    rate: Number = Field(ge=0, le=100)
    code: Code
    since: date | None = None
    until: date | None = None
    zone: Code | None = None
    tax_id: Code | None = None

    @model_validator(mode="after")
    def _lasts(self) -> VatRow:
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"it begins on {self.since}, after it ends on {self.until}")
        return self

    def overlaps(self, other: VatRow) -> bool:
        """Tell whether both rows are for the same category and rate on some day, so that two codes fit."""
        return (
            (self.country.upper(), self.category.upper(), self.rate, self.zone)
            == (other.country.upper(), other.category.upper(), other.rate, other.zone)
            and (self.since or date.min) <= (other.until or date.max)
            and (other.since or date.min) <= (self.until or date.max)
        )


class TermsRow(Fragment):
    """Which credit terms of the ledger a partner's payment terms mean."""

    terms: Code
    code: Code | None = None
    net_days: int | None = None
    discount_percent: Number | None = None
    discount_days: int | None = None
    end_of_month: bool | None = None

    @property
    def pattern(self) -> dict[str, object]:
        """What it asks of a partner's terms."""
        return self.model_dump(exclude={"terms"}, exclude_none=True)

    @model_validator(mode="after")
    def _asks(self) -> TermsRow:
        if not self.pattern:
            raise ValueError("it says of no terms that they are these: give `net_days:`, `code:` or the like")
        return self


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
    country: Country
    currency: Currency
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

    def effective_tolerances(self, currency: str) -> Tolerances:
        """Return the company's tolerances, with the reference figures for the currency where it sets none."""
        return self.tolerances.over(Tolerances(rounding=_WHOLE_ROUNDING.get(currency))).over(
            REFERENCE_TOLERANCES
        )

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
