"""Applies a change to a purchase order exactly once and never after a newer one (API A4, A8, B2).

The change carries its stamp into a custom field of the order, in the same update under If-Match as the lines
themselves. So an order whose field holds the stamp was changed by it, whatever became of the answer, and
nobody's change in between is overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
        Unavailable: Nothing was changed, or somebody changes the order again and again; try again.
        OutcomeUnknown: It may have been changed; the next try looks first.
    """
    body, calls = posting.body, client.calls
    if not isinstance(body, PurchaseOrderChange):
        raise TypeError(type(body).__name__)
    change = _Change(body, posting.key.stamp)
    path = f"/v1/purchaseorder/{path_key(body.order_number)}"
    try:
        client.edit(path, change.update, params={"includeCustomFreeFields": True})
    except Rejected as error:
        if error.context.get("status") != 404:
            raise
        message = f"Visma has no purchase order {body.order_number}."
        raise Rejected(message, advice="Post the order first.", **error.context) from error
    return Posted(body.order_number, ENTITY, change.repeated, client.calls - calls, change.stamp)


@dataclass(slots=True)
class _Change:
    """A change on its way; ``repeated`` once the order has it already."""

    body: PurchaseOrderChange
    stamp: str
    repeated: bool = False

    def update(self, order: Json) -> dict[str, Any] | None:
        """Return the update for the order as it was read, or None if it has this change."""
        applied, sequence = _last_change(order)
        if applied == self.stamp:
            self.repeated = True
            return None
        _stop_if_older(self.body, sequence)
        marked = f"{self.stamp} {self.body.custom_str4 or ''}".strip()
        update = self.body.model_copy(update={"custom_str4": marked}).body()
        update.pop("orderNumber")
        return update


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
