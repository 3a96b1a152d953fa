"""The way out and back: what people release in Visma leaves as EDI, and its receivers say what they think."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local.demo.following import Row
from local.demo.partners import Partners
from local.demo.purchasing import release_invoice, release_order, set_status
from ml_connector.workflow.poll_visma import document_item

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.demo.surroundings import Site
    from ml_connector.store.audit_queries import AuditQueries

# A document that was sent is finished with when its receiver has judged it.
ANSWERED = frozenset({"accepted", "rejected"})
_STOPPED = frozenset({"failed", "held"})


@dataclass(frozen=True, slots=True)
class Release:
    """What a person does in the ledger with one document, so that it leaves."""

    entity: str
    number: str
    title: str
    partner: str
    act: Callable[[Site, str], None]


RELEASES = (
    Release("PurchaseOrder", "HUB-4501", "order", "malmberg-verktyg", release_order),
    Release("CustomerInvoice", "003904", "invoice", "hardanger-bygg", release_invoice),
    Release(
        "SalesOrder", "000853", "order confirmation", "hardanger-bygg", set_status("sales_order", "Open")
    ),
    Release("Shipment", "000553", "despatch advice", "hardanger-bygg", set_status("shipment", "Confirmed")),
    Release(
        "SupplierPayment", "000752", "payment", "great-lakes-tools", set_status("supplier_payment", "Closed")
    ),
)


def make_round_trip(
    site: Site, queries: AuditQueries, *, within: float, show: Callable[[list[Row]], None] = lambda _: None
) -> list[Row]:
    """Release the documents, let partners answer, and return a row for each when all are answered.

    Args:
        site: Where the simulators are.
        queries: The audit trail of the deployment.
        within: After so many seconds the rows are returned as they are.
        show: Gets the rows at every look.
    """
    partners = Partners(site, sorted({release.partner for release in RELEASES}))
    began = datetime.now(UTC)
    for release in RELEASES:
        release.act(site, release.number)
    deadline = time.monotonic() + within
    ended: dict[str, float] = {}
    while True:
        partners.answer()
        rows = [_row(release, queries, began, ended) for release in RELEASES]
        show(rows)
        if all(row.seconds is not None for row in rows) or time.monotonic() > deadline:
            return rows
        time.sleep(0.5)


def _row(release: Release, queries: AuditQueries, began: datetime, ended: dict[str, float]) -> Row:
    state = queries.state(document_item(release.entity, release.number)) or {}
    outcome = state.get("status", "not polled")
    if outcome in ANSWERED | _STOPPED:
        ended.setdefault(release.number, (datetime.now(UTC) - began).total_seconds())
    return Row(
        id=state.get("item", ""),
        type=f"{release.title} sent",
        partner=state.get("partner", "?"),
        number=release.number,
        outcome=outcome,
        in_visma=f"{release.entity} {release.number}",
        why=_why(state),
        seconds=ended.get(release.number),
    )


def _why(state: Mapping[str, str]) -> str:
    said = (
        f"As {state.get('standard')} in {state.get('mailbox')}, control number {state.get('control_number')}."
    )
    reason = state.get("reason") or ("It was acknowledged." if state.get("acknowledgement") else "")
    return f"{said} {reason}".strip()
