"""The way out and back: what people release in Visma leaves as EDI, and its receivers say what they think."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local.demo.following import Row
from local.demo.partners import Partners, message_in, numbers_in
from local.demo.purchasing import release_invoice, release_order, set_status
from ml_connector.workflow.poll_visma import document_item

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.demo.surroundings import Site
    from ml_connector.store.audit_queries import AuditQueries

# A document that was sent is finished with when its receiver has judged it; where a standard knows no answer,
# when it lies in the receiver's mailbox.
ANSWERED = frozenset({"accepted", "rejected"})
SENT = frozenset({"sent"})
_STOPPED = frozenset({"failed", "held"})


@dataclass(frozen=True, slots=True)
class Release:
    """What a person does in the ledger with one document, so that it leaves."""

    entity: str
    number: str
    title: str
    partner: str
    act: Callable[[Site, str], None]
    ends: frozenset[str] = ANSWERED


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
    # These two travel in one file of TRADACOMS, this one as UBL.
    Release("CustomerInvoice", "003905", "invoice", "lakeside-stores", release_invoice, SENT),
    Release("CustomerInvoice", "003906", "invoice", "lakeside-stores", release_invoice, SENT),
    Release("CustomerInvoice", "003907", "invoice", "oresund-handel", release_invoice, SENT),
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
    partners = Partners(site, sorted({release.partner for release in RELEASES if release.ends == ANSWERED}))
    began = datetime.now(UTC)
    for release in RELEASES:
        release.act(site, release.number)
    deadline = time.monotonic() + within
    ended: dict[str, float] = {}
    while True:
        partners.answer()
        rows = [_row(release, site, queries, began, ended) for release in RELEASES]
        show(rows)
        if all(row.seconds is not None for row in rows) or time.monotonic() > deadline:
            return rows
        time.sleep(0.5)


def _row(
    release: Release, site: Site, queries: AuditQueries, began: datetime, ended: dict[str, float]
) -> Row:
    state = queries.state(document_item(release.entity, release.number)) or {}
    outcome = state.get("status", "not polled")
    if outcome in release.ends | _STOPPED:
        ended.setdefault(release.number, (datetime.now(UTC) - began).total_seconds())
    return Row(
        id=state.get("item", ""),
        type=f"{release.title} sent",
        partner=state.get("partner", "?"),
        number=release.number,
        outcome=outcome,
        in_visma=f"{release.entity} {release.number}",
        why=_why(state, site) if release.number in ended else "",
        seconds=ended.get(release.number),
    )


def _why(state: Mapping[str, str], site: Site) -> str:
    """Where it lies, with what else, and what was answered; why it stopped where it was not sent."""
    reason = state.get("reason", "")
    if "sterling_message" not in state:
        return reason
    number = f", control number {state['control_number']}" if "control_number" in state else ""
    message = message_in(site, state["mailbox"], state["sterling_message"])
    with_others = f" It holds {' and '.join(documents)}." if len(documents := numbers_in(message)) > 1 else ""
    said = f"As {state['standard']} in {state['mailbox']}{number}.{with_others}"
    return f"{said} {reason or ('It was acknowledged.' if state.get('acknowledgement') else '')}".strip()
