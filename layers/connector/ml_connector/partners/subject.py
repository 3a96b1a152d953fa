"""What a rule is asked about: a document, or one line or charge of it, with what look-ups found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.documents import DespatchAdvice, Invoice, OrderResponse, PurchaseOrder
    from ml_connector.documents.commercial import AllowanceCharge
    from ml_connector.documents.invoice import InvoiceLine
    from ml_connector.documents.order import OrderLine
    from ml_connector.documents.remittance import PaymentInstruction, RemittanceAdvice, RemittanceLine

    AnyDocument = (
        Invoice | PurchaseOrder | DespatchAdvice | OrderResponse | RemittanceAdvice | PaymentInstruction
    )
    AnyLine = InvoiceLine | OrderLine | RemittanceLine


@dataclass(frozen=True, slots=True)
class Subject:
    """A document, and the line or charge of it that is asked about.

    Attributes:
        resolved: What look-ups found: ``supplier``, ``customer``, ``item``, ``unit``, ``order`` ...
    """

    document: AnyDocument
    partner: str = ""
    line: AnyLine | None = None
    charge: AllowanceCharge | None = None
    resolved: Mapping[str, str] = field(default_factory=dict)
