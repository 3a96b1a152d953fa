"""What was sent and which answer came, and what is overdue after its partner's time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from ml_connector.store.audit import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit import AuditTrail
    from ml_connector.store.audit_queries import Page

# How far back what was sent is looked at; older documents without an answer were marked long ago.
LOOK_BACK = timedelta(days=30)
_PAGE = 200
_PAUSE = timedelta(hours=1)
_MARK = "overdue-checked"
_AWAITED = "sent"
_SHOWN = frozenset({"sent", "accepted", "rejected", "overdue"})
# TRADACOMS knows no acknowledgements, and a UBL document is answered by its access point, if at all.
_UNANSWERED = frozenset({"tradacoms", "ubl"})


class SentByPartner(Protocol):
    """Lists a partner's items."""

    def by_partner(self, partner: str, *, since: str = "", limit: int, token: str | None = None) -> Page:
        """Return a partner's items changed since a moment, latest change first."""
        ...


class Marks(Protocol):
    """Remembers when something was done last."""

    def read(self, name: str) -> dict[str, Any]:
        """Return what was remembered."""
        ...

    def write(self, name: str, **facts: object) -> None:
        """Remember facts."""
        ...


@dataclass(frozen=True, slots=True)
class OverdueCheck:
    """What a check works with."""

    configuration: Configuration
    queries: SentByPartner
    audit: AuditTrail
    marks: Marks


@dataclass(frozen=True, slots=True)
class AwaitedAnswer:
    """A document that was sent, and its answer so far.

    Attributes:
        item: Its id in the audit trail.
        status: ``sent``, ``accepted``, ``rejected`` or ``overdue``.
        verdict: What the acknowledgement says; empty while there is none.
        since: Since when it has its status.
        due: Until when the partner has time to answer; None where there is no answer to wait for.
    """

    item: str
    partner: str
    type: str
    number: str
    control_number: str
    status: str
    verdict: str
    since: datetime
    due: datetime | None

    def overdue(self, now: datetime) -> bool:
        """Tell whether the answer should have come."""
        late = self.status == _AWAITED and self.due is not None and self.due < now
        return late or self.status == "overdue"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "id": self.item,
            "partner": self.partner,
            "type": self.type,
            "number": self.number,
            "control_number": self.control_number,
            "status": self.status,
            "verdict": self.verdict,
            "since": self.since.isoformat(),
            "due": self.due.isoformat() if self.due else None,
        }


def awaited_answers(
    configuration: Configuration, queries: SentByPartner, since: datetime, partner: str = ""
) -> Iterator[AwaitedAnswer]:
    """Yield what was sent since a moment with its answer, partner by partner, the latest change first."""
    for one in configuration.partners:
        if one.outgoing and partner in ("", one.id):
            yield from _of_partner(one, queries, since)


def mark_overdue(
    configuration: Configuration, queries: SentByPartner, audit: AuditTrail, now: datetime
) -> int:
    """Record as overdue what its partner should have answered by now; return how many became so.

    Raises:
        Unavailable: The audit trail did not answer; the next check goes on.
    """
    marked = 0
    for answer in awaited_answers(configuration, queries, now - LOOK_BACK):
        if answer.status == _AWAITED and answer.overdue(now):
            reason = f"{answer.partner} has not answered control number {answer.control_number} in time."
            advice = "Ask the partner whether it arrived; an answer that still comes closes it."
            marked += audit.record(
                answer.item,
                "overdue",
                origin=Origin(step="acknowledgements", entered_at=answer.due or now),
                state={"reason": reason, "advice": advice},
                facts={"sent": answer.since.isoformat(), "control_number": answer.control_number},
            )
    return marked


def check_overdue(checking: OverdueCheck, now: datetime) -> int:
    """Mark what is overdue, once an hour however often it is asked; return how many became so."""
    last = checking.marks.read(_MARK).get("at")
    if last and now - datetime.fromisoformat(last) < _PAUSE:
        return 0
    marked = mark_overdue(checking.configuration, checking.queries, checking.audit, now)
    checking.marks.write(_MARK, at=now.isoformat())
    return marked


def _of_partner(partner: Partner, queries: SentByPartner, since: datetime) -> Iterator[AwaitedAnswer]:
    token: str | None = None
    while True:
        begin = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
        page = queries.by_partner(partner.id, since=begin, limit=_PAGE, token=token)
        for state in page.items:
            if state.get("direction") == "out" and state.get("status") in _SHOWN:
                yield _answer(state, partner)
        token = page.next_token
        if token is None:
            return


def _answer(state: dict[str, Any], partner: Partner) -> AwaitedAnswer:
    since = datetime.fromisoformat(state["status_since"])
    hours = timedelta(hours=partner.acknowledgements.overdue_after_hours)
    waits = state["status"] == _AWAITED and state.get("standard") not in _UNANSWERED
    return AwaitedAnswer(
        item=state["item"],
        partner=partner.id,
        type=str(state.get("type") or ""),
        number=str(state.get("number") or ""),
        control_number=str(state.get("control_number") or ""),
        status=state["status"],
        verdict=str(state.get("acknowledgement") or ""),
        since=since,
        due=since + hours if waits else None,
    )
