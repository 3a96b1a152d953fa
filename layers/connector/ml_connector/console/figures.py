"""The pages of figures: how partners stand, how much goes through, how well invoices match.

Each reads the totals of days and a bounded number of items, so that a page costs the same in every season.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ml_connector.console.charts import stacked
from ml_connector.console.documents import MOST_READ, PAGE
from ml_connector.errors import Rejected
from ml_connector.workflow.find_documents import Search, find
from ml_connector.workflow.matching_report import matching_report
from ml_connector.workflow.overview import open_by_partner

if TYPE_CHECKING:
    from ml_connector.assembly.parts import Parts

DAYS = 14
# So many items of each open status are counted on a page; more are shown as "200 and more".
MOST_OPEN = 200
MOST_INVOICES = 100
SERIES = ("done", "stopped")
_INVOICE = "SupplierInvoice"
_ENDS = {
    "posted": "done",
    "sent": "done",
    "logged": "done",
    "reconciled": "done",
    "failed": "stopped",
    "held": "stopped",
    "quarantined": "stopped",
    "unassigned": "stopped",
    "rejected": "stopped",
}
_DONE = frozenset(status for status, end in _ENDS.items() if end == "done")


def overview_page(parts: Parts) -> dict[str, Any]:
    """Return how all partners stand, and what happened on each of the last days."""
    totals = _totals(parts)
    ended = {day: _ends(sum(map(Counter, of.values()), Counter())) for day, of in totals.items()}
    partners = open_by_partner(parts.queries, parts.configuration.partners, most=MOST_OPEN)
    received = {
        one.partner: sum(of.get(one.partner, {}).get("received", 0) for of in totals.values())
        for one in partners
    }
    return {
        "volume": stacked(ended, SERIES),
        "partners": sorted(partners, key=lambda one: (-one.failures, one.partner)),
        "received": received,
        "most": MOST_OPEN,
        "days": DAYS,
    }


def partner_page(partner: str, parts: Parts) -> dict[str, Any]:
    """Return one partner's figures and latest documents.

    Raises:
        Rejected: There is no such partner.
    """
    profile = next((one for one in parts.configuration.partners if one.id == partner), None)
    if profile is None:
        raise Rejected(f"There is no partner {partner!r}.", advice="The overview lists all.")
    search = Search(partner=partner)
    latest = find(parts.queries, search, limit=MOST_READ, most_read=MOST_READ).items
    items, more = latest[:PAGE], len(latest) > PAGE
    return {
        "partner": profile,
        "volume": stacked(_by_day(latest), SERIES),
        "items": items,
        "next_page": parts.queries.token_after("by-partner", items[-1]) if more else None,
        "last_success": next((one["status_since"] for one in latest if one.get("status") in _DONE), ""),
        "counted": len(latest),
        "days": DAYS,
    }


def matching_page(parts: Parts) -> dict[str, Any]:
    """Return how the latest invoices matched, by partner, and why the others did not."""
    now = datetime.now(UTC)
    search = Search(since=now - timedelta(days=DAYS))
    items = find(parts.queries, search, limit=MOST_READ, most_read=MOST_READ).items
    invoices = [one for one in items if one.get("entity") == _INVOICE][:MOST_INVOICES]
    rows = matching_report(invoices, parts.queries)
    return {
        "rows": [row.as_dict() for row in rows],
        "read": len(invoices),
        "most": MOST_INVOICES,
        "days": DAYS,
    }


def _days() -> list[str]:
    today = datetime.now(UTC).date()
    return [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]


def _totals(parts: Parts) -> dict[str, dict[str, dict[str, int]]]:
    """How often each event happened: by day, oldest first, then by partner, where the event names one."""
    return {day: parts.queries.day_totals(day) for day in _days()}


def _ends(events: dict[str, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for event, count in events.items():
        if event in _ENDS:
            found[_ENDS[event]] += count
    return dict(found)


def _by_day(items: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """How many of these items came to their end on each day."""
    found: dict[str, Counter[str]] = {day: Counter() for day in _days()}
    for one in items:
        day, end = str(one.get("status_since", ""))[:10], _ENDS.get(str(one.get("status")))
        if day in found and end:
            found[day][end] += 1
    return {day: dict(counts) for day, counts in found.items()}
