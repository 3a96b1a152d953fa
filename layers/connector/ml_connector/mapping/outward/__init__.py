"""Documents of the ledger as business documents, in the partner's codes: what is encoded and sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.errors import Misconfigured
from ml_connector.mapping.outward.changes import Change, changed_document
from ml_connector.mapping.outward.despatch_advice import despatch_advice
from ml_connector.mapping.outward.invoice import invoice
from ml_connector.mapping.outward.order_response import order_response
from ml_connector.mapping.outward.purchase_order import purchase_order, received_quantities
from ml_connector.mapping.outward.receiver import ItemCodes, Receiver
from ml_connector.mapping.outward.remittance import payment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ml_connector.documents import Document
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.outgoing import OutgoingMessage
    from ml_connector.partners.profile import Partner

__all__ = ["Change", "ItemCodes", "changed_document", "document_of", "received_quantities"]

# What turns each document of the ledger into a business document.
_MAPS: dict[str, Callable[[Mapping[str, Any], Receiver], Document]] = {
    "PurchaseOrder": purchase_order,
    "CustomerInvoice": invoice,
    "CustomerCreditNote": invoice,
    "SalesOrder": order_response,
    "Shipment": despatch_advice,
    "SupplierPayment": payment_of,
}


def document_of(
    entity: str,
    row: Mapping[str, Any],
    partner: Partner,
    message: OutgoingMessage,
    configuration: Configuration,
    codes: ItemCodes,
) -> Document:
    """Return the business document of a document of the ledger.

    Raises:
        Misconfigured: A unit of the ledger has no code in the partner's standard, or the entity isn't sent.
        Held: The document lacks what its receiver can't do without.
    """
    if entity not in _MAPS:
        raise Misconfigured(f"Nothing turns a {entity} into EDI.", advice="Take it out of `outgoing:`.")
    return _MAPS[entity](row, Receiver(partner, message, configuration, codes))
