"""How many invoices went through untouched over a period, by partner, and why the others did not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ml_connector.store.audit_queries import AuditQueries

_MATCHED = frozenset({"matched", "matched_within_tolerance"})

#: Why a document that matched went to a person all the same.
_HELD, _STOPPED = "held for another reason", "stopped"
_STOPS = frozenset({"failed", "held", "rerouted"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one invoice compared with its orders in the end, and why a person had to look at it on the way.

    Attributes:
        reasons: The names of the variances that were over tolerance, or why else; none means untouched.
    """

    result: str
    reasons: frozenset[str]


@dataclass(slots=True)
class PartnerMatching:
    """One partner's invoices by outcome, and the named reasons of those a person had to look at."""

    partner: str
    results: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    untouched: int = 0

    @property
    def compared(self) -> int:
        """How many invoices were compared with orders."""
        return sum(count for result, count in self.results.items() if result != "not_matched")

    @property
    def share(self) -> float | None:
        """The untouched share of those compared, from 0 to 1; none where none was compared."""
        return self.untouched / self.compared if self.compared else None

    def add(self, comparison: Comparison) -> None:
        """Count one invoice; a reason counts once for an invoice."""
        self.results[comparison.result] += 1
        if comparison.result == "not_matched":
            return
        self.reasons.update(comparison.reasons)
        self.untouched += comparison.result in _MATCHED and not comparison.reasons

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
    """Return the figures of each partner, and of all together last.

    A document's result is that of its last match, but it is untouched only if no match before, no hold and no
    stop asked for a person: what matches after somebody mended it was not untouched.
    """
    partners: dict[str, PartnerMatching] = {}
    everybody = PartnerMatching("all")
    for item in items:
        comparison = _comparison(list(queries.events(str(item["item"]))))
        if comparison:
            name = str(item.get("partner", ""))
            partners.setdefault(name, PartnerMatching(name)).add(comparison)
            everybody.add(comparison)
    return [*(partners[name] for name in sorted(partners)), everybody]


def _comparison(events: Sequence[Mapping[str, Any]]) -> Comparison | None:
    matched = [facts for event in events if "match" in (facts := event.get("facts") or {})]
    if not matched:
        return None
    reasons = {reason for facts in matched for reason in _reasons(facts)}
    if not reasons and any(event.get("event") in _STOPS for event in events):
        reasons.add(_STOPPED)
    return Comparison(str(matched[-1]["match"]["result"]), frozenset(reasons))


def _reasons(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield why one attempt at matching went to a person."""
    over = {str(one["name"]) for one in facts["match"].get("variances", ()) if not one.get("tolerated")}
    yield from over
    if facts.get("holds") and not over:
        yield _HELD
