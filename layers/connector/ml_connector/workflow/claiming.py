"""Matching alone: no two invoices are given the same open quantity of an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.errors import Held, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ml_connector.mapping import MappingResult
    from ml_connector.store.ledger import PostingLedger
    from ml_connector.store.order_claims import OrderClaims
    from ml_connector.visma.posting import Posting

_MOST_ROUNDS = 5


def map_alone(
    map_once: Callable[[], MappingResult], claims: OrderClaims | None, document: str
) -> MappingResult:
    """Return what a document is mapped to while it alone has the orders that are matched with it.

    It is mapped again after each order that it claims, since another may have been posted just before.

    Raises:
        Unavailable: Another document that is on its way has one of the orders.
    """
    result, held = map_once(), set[str]()
    if claims is None:
        return result
    for _ in range(_MOST_ROUNDS):
        wanted = set(result.linked_orders)
        claims.give_back(result.company, sorted(held - wanted), document)
        held = wanted
        if not claims.take(result.company, wanted, document):
            return result
        result = map_once()
    claims.give_back(result.company, sorted(held), document)
    raise Unavailable(f"The orders that {document} is matched with change all the time.", retry_after=5)


def keep_alone(
    claims: OrderClaims | None,
    posting: Posting,
    orders: Sequence[str],
    ledger: PostingLedger,
) -> None:
    """Let a document be posted whose orders are its own still, or which an earlier attempt may have posted.

    Raises:
        Held: It was stopped and another invoice took an order meanwhile, so it must be matched anew.
    """
    lost = claims.keep(posting.key.company, orders, posting.document_id) if claims and orders else ""
    if not lost:
        return
    there = ledger.read(posting.key)
    if there is None or not (there.doubtful or there.number):
        raise Held(
            f"While it was stopped, another invoice was matched with order {lost}, so what was open then may "
            f"be invoiced by now.",
            advice=f"Match it anew: ml-connector documents replay {posting.document_id} --reason ...",
        )
