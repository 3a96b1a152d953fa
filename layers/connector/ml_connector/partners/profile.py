"""``partners/*.yaml``: one trading partner, who it is, what it sends and what its codes mean."""

from __future__ import annotations

import codecs
from itertools import chain
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from ml_connector.partners.fragments import (
    BECOMES,
    BankAccount,
    Code,
    Country,
    Currency,
    DocumentType,
    Entity,
    Fragment,
    MatchingSettings,
    Pattern,
    Segments,
    Standard,
    Tolerances,
    UnitReference,
)
from ml_connector.partners.outgoing import ControlNumbers, OutgoingMessage

Role = Literal["supplier", "customer", "own_hub"]

#: What an order means by who sent it: a customer's order is our sales order, our hub's is our own order.
ENTITY_OF_ROLE: dict[Role, dict[DocumentType, Entity]] = {
    "customer": {"order": "sales_order", "order_change": "sales_order", "remittance_advice": "log"},
    "own_hub": {"order": "purchase_order", "order_change": "purchase_order", "invoice": "supplier_invoice"},
    "supplier": {"order": "purchase_order", "invoice": "supplier_invoice", "order_response": "log"},
}

#: Standards whose messages say their version: GS08, UNH 0052 and 0054, the digit of MHD's type.
_VERSIONED = frozenset({"x12", "edifact", "tradacoms"})


class Identity(Fragment):
    """An address the partner uses in interchange envelopes (ISA05/06, UNB S002, STX FROM)."""

    standard: Standard
    id: Code
    qualifier: str | None = None


class PartyIdentity(Fragment):
    """An identity the partner, or a supplier behind a hub, uses inside documents (N1, NAD, SDT)."""

    id: Code
    scheme: Code | None = None
    supplier: Code | None = None
    customer: Code | None = None


class LocationReference(Fragment):
    """A code or GLN by which the partner calls a place, and the location of the ledger it is."""

    id: Code
    location: Code


class SentMessage(Fragment):
    """A message the partner sends and the versions of it.

    Attributes:
        versions: Those agreed, such as 004010 or D.96A; another is noticed. Without any, all are fine.
        overlay: The file below ``overlays/`` it is held to, in place of the one in `reading`.
    """

    standard: Standard
    type: Code
    versions: tuple[Code, ...] = ()
    overlay: Code | None = None

    @model_validator(mode="after")
    def _names_versions_there_are(self) -> SentMessage:
        if self.versions and self.standard not in _VERSIONED:
            raise ValueError(f"a message of {self.standard} says no version: leave out `versions`")
        return self


class Acknowledgements(Fragment):
    """Which acknowledgements the connector sends; Sterling may send them already, then none."""

    x12: Literal["none", "997", "999", "ta1", "ta1+997", "ta1+999"] = "none"
    edifact: Literal["none", "contrl"] = "none"
    overdue_after_hours: int = Field(24, ge=1)


Character = Annotated[str, Field(min_length=1, max_length=1)]


class Layout(Fragment):
    """How bytes written for the partner look; absent means the standard's usual."""

    element: Character | None = None
    component: Character | None = None
    repetition: Character | None = None
    release: Character | None = None
    terminator: str | None = None
    decimal: Literal[",", "."] | None = None
    charset: str | None = None
    line_breaks: bool = False
    service_string: bool = True


class Codec(Fragment):
    """How this partner's documents depart from the standard; the fields are those of the codecs' profile."""

    allow_negative: bool = False
    correct_scale: bool = False
    quantity_is_delta: bool = False
    count_hierarchy: bool | None = None
    strict_counts: bool = False
    default_currency: Code | None = None
    credit_negative: bool = False
    item_qualifiers: dict[str, Code] = Field(default_factory=dict)
    units_in: dict[str, Code] = Field(default_factory=dict)
    units_out: dict[str, Code] = Field(default_factory=dict)
    known_tax_rates: tuple[Code, ...] = ()
    structure: Literal["shipment_order_package_item", "shipment_order_item"] | None = None
    layout: Layout = Layout()


def _known_charset(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ValueError(f"no character set is called {name!r}; write it as latin-1, utf-8, cp865") from error
    return name


class Reading(Fragment):
    """How this partner's interchanges are read: repairs refused, character set, overlay of every message."""

    strict: bool = False
    lenient_counts: bool = False
    charset: Annotated[str, AfterValidator(_known_charset)] | None = None
    overlay: str | None = None


class Mailboxes(Fragment):
    """The partner's mailbox paths in Sterling: where its messages come in and where ours go."""

    inbound: tuple[Code, ...] = ()
    outbound: Code | None = None


class ItemReference(Fragment):
    """A partner's item code and our item for it; ``scheme`` narrows which of the codes is meant."""

    code: Code
    item: Code
    scheme: Literal["GTIN", "SELLER", "BUYER", "MANUFACTURER"] | None = None
    unit: Code | None = None


class Charge(Fragment):
    """What a charge or allowance of this code (SAC02, ALC 7161, or a keyword of its text) becomes."""

    code: Code | None = None
    text: Pattern | None = None
    account: Code | None = None
    subaccount: Segments = Field(default_factory=dict)
    vat_code: Code | None = None
    action: Literal["own_line", "spread", "ignore"] = "own_line"

    @model_validator(mode="after")
    def _says_which(self) -> Charge:
        if self.code is None and self.text is None:
            raise ValueError("it says neither by `code:` nor by `text:` which charges it is about")
        return self


class OrderNumber(Fragment):
    """How the partner decorates order numbers: the pattern's group 1 (or ``number``) is the number."""

    pattern: Pattern


class Partner(Fragment):
    """One trading partner.

    Attributes:
        id: The name of its file, used in every record.
        numbering: Whether an order posted for the partner keeps its number, or takes one of Visma's series.
        usage: Which interchanges this profile serves: production, test (ISA15 T, UNB 0035 1), or both.
    """

    id: Code
    name: Code
    roles: tuple[Role, ...] = Field(("supplier",), min_length=1)
    country: Country | None = None
    usage: tuple[Literal["production", "test"], ...] = ("production",)
    identities: tuple[Identity, ...] = ()
    party_ids: tuple[PartyIdentity, ...] = ()
    locations: tuple[LocationReference, ...] = ()
    supplier: Code | None = None
    customer: Code | None = None
    company: Code | None = None
    branch: Code | None = None
    currency: Currency | None = None
    terms: Code | None = None
    messages: tuple[SentMessage, ...] = ()
    outgoing: tuple[OutgoingMessage, ...] = ()
    bank_account: BankAccount | None = None
    control_numbers: ControlNumbers = ControlNumbers()
    targets: dict[DocumentType, Entity] = Field(default_factory=dict)
    acknowledgements: Acknowledgements = Acknowledgements()
    codec: Codec = Codec()
    reading: Reading = Reading()
    mailboxes: Mailboxes = Mailboxes()
    numbering: Literal["keep", "series"] = "keep"
    items: tuple[ItemReference, ...] = ()
    units: tuple[UnitReference, ...] = ()
    charges: tuple[Charge, ...] = ()
    order_numbers: tuple[OrderNumber, ...] = ()
    tolerances: Tolerances = Tolerances()
    matching: MatchingSettings = MatchingSettings()
    vat_zone: Code | None = None
    vat_code: Code | None = None
    account: Code | None = None
    charge_account: Code | None = None
    subaccount: Segments = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sends_something(self) -> Partner:
        if "supplier" not in self.roles and self.supplier:
            raise ValueError("a partner with a `supplier:` number needs `supplier` among its roles")
        if "customer" not in self.roles and self.customer:
            raise ValueError("a partner with a `customer:` number needs `customer` among its roles")
        return self

    @field_validator("targets")
    @classmethod
    def _can_become(cls, targets: dict[DocumentType, Entity]) -> dict[DocumentType, Entity]:
        for kind, entity in targets.items():
            if entity in BECOMES and kind not in BECOMES[entity]:
                raise ValueError(f"{kind} can't become {entity}")
        return targets

    def target(self, document_type: DocumentType) -> Entity:
        """Return the Visma entity a document of this partner becomes, or log or none.

        An order of a partner with no role that says otherwise becomes a purchase order.
        """
        if document_type in self.targets:
            return self.targets[document_type]
        for role in self.roles:
            if document_type in ENTITY_OF_ROLE[role]:
                return ENTITY_OF_ROLE[role][document_type]
        return "purchase_order" if document_type == "order" else "log"

    def overlay_for(self, standard: str, message: str) -> str | None:
        """Return the name of the rules that a message of the partner is held to beside the standard's."""
        own = (m.overlay for m in self.messages if (m.standard, m.type) == (standard, message))
        return next(filter(None, own), self.reading.overlay)

    def agreed_versions(self, standard: str, message: str) -> frozenset[str]:
        """Return the versions a message of the partner was agreed to come in; none where all are fine."""
        named = [m.versions for m in self.messages if (m.standard, m.type) == (standard, message)]
        return frozenset(chain.from_iterable(named)) if all(named) else frozenset()

    def gets(self, entity: str) -> OutgoingMessage | None:
        """Return the message the partner gets a document of the ledger as; none if it gets none."""
        return next((message for message in self.outgoing if message.entity == entity), None)

    def serves(self, *, test: bool) -> bool:
        """Tell whether this profile is for test, or for production, interchanges."""
        return ("test" if test else "production") in self.usage
