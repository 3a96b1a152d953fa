"""References to other documents, and free notes."""

from __future__ import annotations

from enum import StrEnum

from ml_connector.documents.base import Model, Moment


class ReferenceType(StrEnum):
    """What a reference points to; what fits nowhere is OTHER and keeps its source qualifier."""

    PURCHASE_ORDER = "purchase_order"
    SALES_ORDER = "sales_order"
    CONTRACT = "contract"
    INVOICE = "invoice"
    DESPATCH_ADVICE = "despatch_advice"
    DELIVERY_NOTE = "delivery_note"
    PROOF_OF_DELIVERY = "proof_of_delivery"
    PRICE_LIST = "price_list"
    ORIGINAL_INVOICE = "original_invoice"
    SHIPMENT = "shipment"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"
    ORDER_RESPONSE = "order_response"
    RECEIVING_ADVICE = "receiving_advice"
    CUSTOMER_REFERENCE = "customer_reference"
    DEPARTMENT = "department"
    VENDOR_NUMBER = "vendor_number"
    BILL_OF_LADING = "bill_of_lading"
    CARRIER_REFERENCE = "carrier_reference"
    PACKING_LIST = "packing_list"
    PROMOTION = "promotion"
    LINE_ITEM = "line_item"
    LOT = "lot"
    SERIAL = "serial"
    PROJECT = "project"
    COST_CENTRE = "cost_centre"
    OTHER = "other"


class Reference(Model):
    """A pointer to another document or thing."""

    type: ReferenceType
    number: str | None = None
    line_number: str | None = None
    issue_date: Moment | None = None
    release: str | None = None
    description: str | None = None
    source_qualifier: str | None = None


class Note(Model):
    """Free text; ``subject`` is the standard's own subject code (X12 128 of N9, EDIFACT 4451)."""

    text: str
    subject: str | None = None
