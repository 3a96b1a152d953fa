"""The canonical business documents: standard-neutral, frozen, complete.

Names follow UBL 2.1 and GS1. Amounts are positive and the document's type carries the sign; nothing a partner
sent is dropped: what no field took stands in ``raw_extensions``, what was changed in ``normalisations``, what
is worth a look in ``findings``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from ml_connector.documents.acknowledgement import (
    AcknowledgedError,
    AcknowledgedMessage,
    AcknowledgementKind,
    AcknowledgementStatus,
    FunctionalAcknowledgement,
)
from ml_connector.documents.base import Model, Moment, Number, day_of
from ml_connector.documents.commercial import (
    AllowanceCharge,
    AllowanceChargeKind,
    BankAccount,
    Level,
    PaymentBasis,
    PaymentMeans,
    PaymentTerms,
    Settlement,
    TaxSubtotal,
)
from ml_connector.documents.delivery import Delivery, DeliverySchedule, DeliveryTerms, Transport
from ml_connector.documents.despatch_advice import (
    MOST_NESTED,
    Carrier,
    DespatchAdvice,
    DespatchItem,
    DespatchOrder,
    DespatchTotals,
    Package,
    PackageLevel,
)
from ml_connector.documents.identifiers import Identifier, IdentifierScheme
from ml_connector.documents.invoice import (
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    LinePrice,
    OrderReference,
)
from ml_connector.documents.items import Item
from ml_connector.documents.measures import CodedValue, Price, UnitList, UnitOfMeasure
from ml_connector.documents.money import minor_units, round_money
from ml_connector.documents.order import (
    LineAction,
    OrderLine,
    OrderTotals,
    OrderType,
    PurchaseOrder,
    Purpose,
    SubLine,
)
from ml_connector.documents.order_response import (
    LineConfirmation,
    OrderResponse,
    OrderResponseLine,
    PromisedDate,
    ResponseAction,
    ResponseType,
)
from ml_connector.documents.parties import Address, Contact, Party, PartyRole, party_of
from ml_connector.documents.provenance import (
    BusinessDocument,
    ControlNumbers,
    DocumentFinding,
    Normalisation,
    RawExtension,
    Severity,
    Source,
)
from ml_connector.documents.references import Note, Reference, ReferenceType
from ml_connector.documents.remittance import (
    Adjustment,
    PaymentInstruction,
    PaymentType,
    RemittanceAdvice,
    RemittanceLine,
    RemittanceLineType,
    RemittanceTotals,
)

Document = Annotated[
    PurchaseOrder
    | OrderResponse
    | Invoice
    | DespatchAdvice
    | RemittanceAdvice
    | PaymentInstruction
    | FunctionalAcknowledgement,
    Field(discriminator="document_type"),
]
"""Any business document; ``document_type`` says which."""

DOCUMENTS: TypeAdapter[Document] = TypeAdapter(Document)
"""Reads any document from JSON (``validate_json``) or plain data (``validate_python``)."""

__all__ = [
    "DOCUMENTS",
    "MOST_NESTED",
    "AcknowledgedError",
    "AcknowledgedMessage",
    "AcknowledgementKind",
    "AcknowledgementStatus",
    "Address",
    "Adjustment",
    "AllowanceCharge",
    "AllowanceChargeKind",
    "BankAccount",
    "BusinessDocument",
    "Carrier",
    "CodedValue",
    "Contact",
    "ControlNumbers",
    "Delivery",
    "DeliverySchedule",
    "DeliveryTerms",
    "DespatchAdvice",
    "DespatchItem",
    "DespatchOrder",
    "DespatchTotals",
    "Document",
    "DocumentFinding",
    "FunctionalAcknowledgement",
    "Identifier",
    "IdentifierScheme",
    "Invoice",
    "InvoiceLine",
    "InvoiceTotals",
    "InvoiceType",
    "Item",
    "Level",
    "LineAction",
    "LineConfirmation",
    "LinePrice",
    "Model",
    "Moment",
    "Normalisation",
    "Note",
    "Number",
    "OrderLine",
    "OrderReference",
    "OrderResponse",
    "OrderResponseLine",
    "OrderTotals",
    "OrderType",
    "Package",
    "PackageLevel",
    "Party",
    "PartyRole",
    "PaymentBasis",
    "PaymentInstruction",
    "PaymentMeans",
    "PaymentTerms",
    "PaymentType",
    "Price",
    "PromisedDate",
    "PurchaseOrder",
    "Purpose",
    "RawExtension",
    "Reference",
    "ReferenceType",
    "RemittanceAdvice",
    "RemittanceLine",
    "RemittanceLineType",
    "RemittanceTotals",
    "ResponseAction",
    "ResponseType",
    "Settlement",
    "Severity",
    "Source",
    "SubLine",
    "TaxSubtotal",
    "Transport",
    "UnitList",
    "UnitOfMeasure",
    "day_of",
    "minor_units",
    "party_of",
    "round_money",
]
