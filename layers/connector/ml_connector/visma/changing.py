"""Applies a change to a purchase order exactly once and never after a newer one (API A4, A8, B2).

The change carries its stamp into a custom field of the order, in the same update under If-Match as the lines
themselves. So an order whose field holds the stamp was changed by it, whatever became of the answer, and
nobody's change in between is overwritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.errors import Held, Rejected
from ml_connector.visma.models.purchase_order_change import PurchaseOrderChange
from ml_connector.visma.posting import Posted
from ml_connector.visma.wire import path_key

if TYPE_CHECKING:
    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.posting import Posting
    from ml_connector.visma.wire import Json

#: What the ledger calls it; no entity of Visma's, where it is an update of a PurchaseOrder.
ENTITY = "PurchaseOrderChange"
#: The free field that says which change the order has seen last, as ``mlc-... 3``.
_FIELD = "customStr4"


def change_purchase_order(client: VismaClient, posting: Posting) -> Posted:
    """Return once the order is changed, by this call or by an earlier one.

    Raises:
        Rejected: Visma has no such order, or refuses the change.
        Held: A newer change of the order was applied before.
        Unavailable: Nothing was changed, or somebody changed the order meanwhile; try again.
        OutcomeUnknown: It may have been changed; the next try looks first.
    """
    body, calls = posting.body, client.calls
    if not isinstance(body, PurchaseOrderChange):
        raise TypeError(type(body).__name__)
    path, stamp = f"/v1/purchaseorder/{path_key(body.order_number)}", posting.key.stamp
    there = client.find(path, {"includeCustomFreeFields": True})
    if there is None:
        raise Rejected(f"Visma has no purchase order {body.order_number}.", advice="Post the order first.")
    applied, sequence = _last_change(there.body)
    if applied == stamp:
        return Posted(body.order_number, ENTITY, repeated=True, calls=client.calls - calls, stamp=stamp)
    _stop_if_older(body, sequence)
    update = body.model_copy(update={"custom_str4": f"{stamp} {body.custom_str4 or ''}".strip()}).body()
    update.pop("orderNumber")
    client.change(path, update, etag=there.etag or str(there.body.get("timeStamp", "")))
    return Posted(body.order_number, ENTITY, repeated=False, calls=client.calls - calls, stamp=stamp)


def _last_change(order: Json) -> tuple[str, str]:
    stamp, _, sequence = str(order.get(_FIELD) or "").partition(" ")
    return stamp, sequence


def _stop_if_older(change: PurchaseOrderChange, applied: str) -> None:
    sent = change.custom_str4 or ""
    if sent.isdigit() and applied.isdigit() and int(sent) <= int(applied):
        raise Held(
            f"It is change {sent} of order {change.order_number}, which has change {applied} already.",
            advice="Compare it with the order in Visma and apply by hand what is still right.",
        )
