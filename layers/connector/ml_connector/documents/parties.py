"""Parties of a document: who buys, sells, ships, pays, and where they are."""

from __future__ import annotations

from enum import StrEnum

from ml_connector.documents.base import Model
from ml_connector.documents.identifiers import Identifier
from ml_connector.documents.references import Reference


class PartyRole(StrEnum):
    """What a party is to the document."""

    BUYER = "buyer"
    SELLER = "seller"
    SHIP_TO = "ship_to"
    SHIP_FROM = "ship_from"
    BILL_TO = "bill_to"
    INVOICEE = "invoicee"
    PAYEE = "payee"
    PAYER = "payer"
    CARRIER = "carrier"
    REMIT_TO = "remit_to"
    ULTIMATE_CONSIGNEE = "ultimate_consignee"
    SOLD_TO = "sold_to"
    ORDERED_BY = "ordered_by"
    MARK_FOR = "mark_for"
    WAREHOUSE = "warehouse"
    ISSUER = "issuer"
    MANUFACTURER = "manufacturer"
    CONSIGNEE = "consignee"
    CONSIGNOR = "consignor"
    FREIGHT_FORWARDER = "freight_forwarder"
    ULTIMATE_CUSTOMER = "ultimate_customer"
    MESSAGE_SENDER = "message_sender"
    MESSAGE_RECIPIENT = "message_recipient"
    BENEFICIARY = "beneficiary"
    ORDERING_CUSTOMER = "ordering_customer"
    OTHER = "other"


class Address(Model):
    """A postal address; country is ISO 3166-1 alpha-2 where the source gave that."""

    lines: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    post_code: str | None = None
    country: str | None = None


class Contact(Model):
    """A person or department to talk to."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    fax: str | None = None
    function: str | None = None


class Party(Model):
    """One party; ``source_qualifier`` keeps the standard's own role code (X12 98, EDIFACT 3035)."""

    role: PartyRole
    ids: tuple[Identifier, ...] = ()
    name: str | None = None
    name2: str | None = None
    address: Address | None = None
    contact: Contact | None = None
    tax_ids: tuple[Identifier, ...] = ()
    references: tuple[Reference, ...] = ()
    source_qualifier: str | None = None


def party_of(parties: tuple[Party, ...], *roles: PartyRole) -> Party | None:
    """The first party with one of the roles, roles tried in the order given; None if there is none."""
    return next((party for role in roles for party in parties if party.role is role), None)
