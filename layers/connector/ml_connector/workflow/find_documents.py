"""Finding documents, interchanges and messages by what people know of them; each way is a key query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Rejected
from ml_connector.store.audit import OPEN_STATUSES
from ml_connector.store.audit_queries import Page, today

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ml_connector.store.audit_queries import AuditQueries

_PAGE = 200
_LONGEST_PERIOD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Search:
    """What to find; everything given must fit.

    Attributes:
        kind: ``document``, ``interchange`` or ``message``; empty for all.
        number: A business number of either system.
        since: Not before this moment, aware: of the last change where a partner is given, of coming into
            the status where one is, else of the first sight.
        until: Not after this moment, likewise.
        error: An error's class, or a part of the reason.
    """

    kind: str = "document"
    partner: str = ""
    type: str = ""
    status: str = ""
    number: str = ""
    error: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, item: Mapping[str, Any]) -> bool:
        """Whether an item's state is what is looked for, its time aside."""
        wanted = {"kind": self.kind, "partner": self.partner, "status": self.status}
        same = all(item.get(name, "") == value for name, value in wanted.items() if value)
        types = (item.get("type", ""), item.get("document_type", ""))
        return same and (not self.type or self.type in types) and self._fits_error(item)

    def _fits_error(self, item: Mapping[str, Any]) -> bool:
        said = f"{item.get('error', '')} {item.get('reason', '')}".lower()
        return self.error.lower() in said


def find(
    queries: AuditQueries,
    search: Search,
    *,
    limit: int,
    token: str | None = None,
    most_read: int | None = None,
) -> Page:
    """Return at most ``limit`` items, latest first, and the token that continues after them.

    Args:
        queries: The audit trail.
        search: What to find.
        limit: The most that are returned.
        token: Where to continue.
        most_read: So many are looked at; the page then ends early, and its token continues there.

    Raises:
        Rejected: The page token is none, or the period is longer than a year.
    """
    if search.number:
        found = [item for item in queries.by_number(search.number) if search.fits(item)]
        return Page(found[:limit], None)
    kept: list[dict[str, Any]] = []
    last: dict[str, Any] = {}
    for read, (index, item) in enumerate(_candidates(queries, search, token)):
        if len(kept) == limit or read == most_read:
            return Page(kept, queries.token_after(index, last))
        if search.fits(item):
            kept.append(item)
        last = item
    return Page(kept, None)


def find_all(queries: AuditQueries, search: Search) -> Iterator[dict[str, Any]]:
    """Yield every item that fits, latest first."""
    if search.number:
        yield from find(queries, search, limit=_PAGE).items
        return
    yield from (item for _, item in _candidates(queries, search, None) if search.fits(item))


def _candidates(
    queries: AuditQueries, search: Search, token: str | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield items of the narrowest index there is, with the index's name."""
    since, until = _stamp(search.since), _stamp(search.until)
    if search.partner:
        pages = _pages(lambda t: queries.by_partner(search.partner, since=since, limit=_PAGE, token=t), token)
        index, time = "by-partner", "updated_at"
    elif search.status in OPEN_STATUSES:
        pages = _pages(lambda t: queries.by_status(search.status, since=since, limit=_PAGE, token=t), token)
        index, time = "by-status", "status_since"
    else:
        pages = _days(queries, search, token)
        index, time = "by-day", "created_at"
    for item in pages:
        if (not until or item[time] <= until) and (not since or item[time] >= since):
            yield index, item


def _days(queries: AuditQueries, search: Search, token: str | None) -> Iterator[dict[str, Any]]:
    for day in days_between(search.since, search.until, start=queries.day_in(token) if token else ""):
        yield from _pages(lambda t, day=day: queries.by_day(day, limit=_PAGE, token=t), token)
        token = None


def days_between(since: datetime | None, until: datetime | None, *, start: str = "") -> Iterator[str]:
    """Yield the days of a period, latest first; today alone if no period is given.

    Args:
        since: Its beginning.
        until: Its end; now if left out.
        start: The day to begin with instead of the last, when a page is continued.

    Raises:
        Rejected: It is longer than a year.
    """
    last = date.fromisoformat(start or (f"{until.astimezone(UTC):%Y-%m-%d}" if until else today()))
    first = since.astimezone(UTC).date() if since else last
    if last - first > _LONGEST_PERIOD:
        raise Rejected(f"From {first} to {last} is more than a year.", advice="Ask for a shorter period.")
    while last >= first:
        yield last.isoformat()
        last -= timedelta(days=1)


def _pages(read: Any, token: str | None) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - one page by its token
    while True:
        page = read(token)
        yield from page.items
        token = page.next_token
        if not token:
            return


def _stamp(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}" if moment else ""
