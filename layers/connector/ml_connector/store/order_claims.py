"""Claims on purchase orders: who matches an invoice with an order does so alone until it is in Visma.

What an order was invoiced stands on the invoices in Visma, so two invoices that are matched at the same time
would both be given the same open quantity. Each therefore claims its orders before it is matched for good,
and keeps them until it is posted. A document that stopped, or ended without giving its claims back, loses
them to the next that asks; while it posts it does not.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from ml_connector.errors import Unavailable
from ml_connector.store.state_table import StateTable, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from boto3.dynamodb.conditions import ConditionBase
    from mypy_boto3_dynamodb.service_resource import Table

#: A function that posts ends within five minutes, so whoever kept its claims for longer is not posting.
_POSTING_SECONDS = 330.0
#: An execution that waits for Visma gives up within a day; a claim older than this was forgotten.
_FORGOTTEN_SECONDS = 4 * 86_400.0


class OrderClaims:
    """The claims of documents on orders.

    Args:
        table: The state table.
        on_its_way: Tells whether a document, by its id, is still being processed.
        now: Returns the time as seconds since the epoch.
    """

    def __init__(
        self, table: Table, on_its_way: Callable[[str], bool], *, now: Callable[[], float] = time.time
    ) -> None:
        self._state, self._on_its_way, self._now = StateTable(table), on_its_way, now

    def take(self, company: str, orders: Iterable[str], document: str) -> bool:
        """Claim orders for a document; return whether any of them was not its own before.

        Raises:
            Unavailable: Another document on its way has one of them; none is claimed anew.
        """
        taken: list[str] = []
        for order in sorted(set(orders)):
            owner = self._take(company, order, document)
            if owner and owner != document:
                self.give_back(company, taken, document)
                raise Unavailable(
                    f"Order {order} is being matched with {owner}, which is on its way to Visma.",
                    retry_after=5,
                    advice="Nothing: it goes on by itself.",
                    other=owner,
                )
            if not owner:
                taken.append(order)
        return bool(taken)

    def keep(self, company: str, orders: Iterable[str], document: str) -> str:
        """Keep the claims while the document is posted; return an order that it lost, or an empty text."""
        ours = Attr("owner").eq(document)
        for order in sorted(set(orders)):
            if not self._put(company, order, document, ours, busy=_POSTING_SECONDS):
                return order
        return ""

    def give_back(self, company: str, orders: Iterable[str], document: str) -> None:
        """End the document's claims on orders; another's are left alone."""
        for order in orders:
            self._state.delete(_partition(company), order, Attr("owner").eq(document))

    def _take(self, company: str, order: str, document: str) -> str:
        """Return who had the claim and has it still; an empty text if it is the document's since now."""
        if self._put(company, order, document, Attr("pk").not_exists()):
            return ""
        there = self._state.get(_partition(company), order)
        if there is None:
            return self._take(company, order, document)
        owner, busy_until = str(there["owner"]), float(there["busy_until"])
        if owner == document:
            return owner
        forgotten = float(there["expires_at"]) <= self._now()
        if busy_until > self._now() or (not forgotten and self._on_its_way(owner)):
            return owner
        unchanged = Attr("owner").eq(owner) & Attr("busy_until").eq(there["busy_until"])
        return "" if self._put(company, order, document, unchanged) else owner

    def _put(
        self, company: str, order: str, document: str, condition: ConditionBase, *, busy: float = 0.0
    ) -> bool:
        now = self._now()
        item = {
            "pk": _partition(company),
            "sk": order,
            "owner": document,
            "busy_until": number(now + busy if busy else 0),
            "expires_at": int(now + _FORGOTTEN_SECONDS),
        }
        return self._state.put(item, condition)


def _partition(company: str) -> str:
    return f"claim#{company}"
