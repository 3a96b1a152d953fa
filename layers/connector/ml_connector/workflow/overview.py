"""How each partner stands: the last success, what waits, what failed, what was not answered in time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from ml_connector.store.audit import OPEN_STATUSES
from ml_connector.workflow.find_documents import Search, find_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit_queries import AuditQueries

NOBODY = "-"
_SUCCESSES = frozenset({"posted", "logged", "sent", "accepted"})
_UNDER_WAY = frozenset({"received", "processing", "waiting"})
# So far back a success is looked for; an older one is no news.
_LOOKED_THROUGH = 500


@dataclass(slots=True)
class PartnerOverview:
    """How one partner stands.

    Attributes:
        partner: Its id; ``-`` for what nobody is known to have sent.
        last_success: When something of it last ended well; empty if nothing did among its latest items.
        open: How many of its documents and interchanges are in each open status.
        oldest_open: Since when the oldest of them is in its status.
    """

    partner: str
    name: str = ""
    last_success: str = ""
    open: Counter[str] = field(default_factory=Counter)
    oldest_open: str = ""

    @property
    def backlog(self) -> int:
        """How many are on their way by themselves."""
        return sum(count for status, count in self.open.items() if status in _UNDER_WAY)

    @property
    def failures(self) -> int:
        """How many wait for a person."""
        return sum(count for status, count in self.open.items() if status not in _UNDER_WAY | {"overdue"})

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "partner": self.partner,
            "name": self.name,
            "last_success": self.last_success,
            "backlog": self.backlog,
            "failures": self.failures,
            "overdue_acknowledgements": self.open["overdue"],
            "open": dict(self.open),
            "oldest_open": self.oldest_open,
        }


def partner_overviews(queries: AuditQueries, partners: Iterable[Partner]) -> list[PartnerOverview]:
    """Return how every partner stands, and what is nobody's if there is any."""
    found = open_by_partner(queries, partners)
    for one in found:
        one.last_success = last_success(one.partner, queries) if one.partner != NOBODY else ""
    return found


def open_by_partner(
    queries: AuditQueries, partners: Iterable[Partner], *, most: int | None = None
) -> list[PartnerOverview]:
    """Return what is open of every partner, and of nobody if there is any, without the last successes.

    Args:
        queries: The audit trail.
        partners: Those to name although nothing of them is open.
        most: So many items of each status are counted, the latest first; all if left out.
    """
    found = {one.id: PartnerOverview(one.id, one.name) for one in partners}
    for status in sorted(OPEN_STATUSES):
        for item in islice(find_all(queries, Search(kind="", status=status)), most):
            if item.get("kind") != "message" or status not in _UNDER_WAY:
                partner = item.get("partner") or NOBODY
                _add(found.setdefault(partner, PartnerOverview(partner)), status, item)
    return list(found.values())


def _add(overview: PartnerOverview, status: str, item: dict[str, Any]) -> None:
    overview.open[status] += 1
    overview.oldest_open = min(overview.oldest_open or item["status_since"], item["status_since"])


def last_success(partner: str, queries: AuditQueries) -> str:
    """Return when something of a partner last ended well; empty if nothing did among its latest items."""
    items = find_all(queries, Search(partner=partner))
    ended = (i["status_since"] for i in islice(items, _LOOKED_THROUGH) if i.get("status") in _SUCCESSES)
    return next(ended, "")
