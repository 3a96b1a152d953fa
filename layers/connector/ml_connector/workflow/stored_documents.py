"""The documents of a period as the audit trail knows them, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.store.audit_queries import AuditQueries

_PAGE = 200


def documents_between(queries: AuditQueries, since: date, until: date) -> Iterator[dict[str, Any]]:
    """Yield the current state of every incoming document first seen from ``since`` to ``until``."""
    day = since
    while day <= until:
        yield from (item for item in _of_day(queries, day.isoformat()) if item.get("parsed"))
        day += timedelta(days=1)


def _of_day(queries: AuditQueries, day: str) -> Iterator[dict[str, Any]]:
    token: str | None = None
    while True:
        items, token = queries.by_day(day, limit=_PAGE, token=token)
        yield from items
        if token is None:
            return
