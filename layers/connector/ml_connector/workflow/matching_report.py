"""How many invoices matched untouched over a period, by partner, and why the others did not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ml_connector.store.audit_queries import AuditQueries

_UNTOUCHED = frozenset({"matched", "matched_within_tolerance"})


@dataclass(slots=True)
class PartnerMatching:
    """One partner's invoices by outcome, and the named reasons of the exceptions."""

    partner: str
    results: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def compared(self) -> int:
        """How many invoices were compared with orders."""
        return sum(count for result, count in self.results.items() if result != "not_matched")

    @property
    def untouched(self) -> int:
        """How many of them matched, exactly or within tolerance."""
        return sum(self.results[result] for result in _UNTOUCHED)

    @property
    def share(self) -> float | None:
        """The untouched share of those compared, from 0 to 1; none where none was compared."""
        return self.untouched / self.compared if self.compared else None

    def add(self, match: Mapping[str, Any]) -> None:
        """Count one invoice's outcome; a reason counts once for an invoice."""
        self.results[str(match["result"])] += 1
        if match["result"] == "exception":
            names = {str(v["name"]) for v in match.get("variances", ()) if not v.get("tolerated")}
            self.reasons.update(names)

    def as_dict(self) -> dict[str, object]:
        """Return the figures as plain JSON values."""
        return {
            "partner": self.partner,
            "compared": self.compared,
            "untouched": self.untouched,
            "share": round(self.share, 4) if self.share is not None else None,
            "results": dict(self.results),
            "reasons": dict(self.reasons.most_common()),
        }


def matching_report(items: Iterable[Mapping[str, Any]], queries: AuditQueries) -> list[PartnerMatching]:
    """Return the figures of each partner, and of all together last; a document counts by its last match."""
    partners: dict[str, PartnerMatching] = {}
    everybody = PartnerMatching("all")
    for item in items:
        match = _last_match(queries.events(str(item["item"])))
        if match:
            name = str(item.get("partner", ""))
            partners.setdefault(name, PartnerMatching(name)).add(match)
            everybody.add(match)
    return [*(partners[name] for name in sorted(partners)), everybody]


def _last_match(events: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    found = [event["facts"]["match"] for event in events if "match" in (event.get("facts") or {})]
    return found[-1] if found else None
