"""What came from or for nobody known, with the lines by which a person finds out whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.workflow.find_documents import Search, find

if TYPE_CHECKING:
    from ml_connector.store.audit_queries import AuditQueries


def find_unassigned(
    queries: AuditQueries, *, limit: int, token: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return unassigned interchanges, the latest first, and the token that continues after them.

    Each is its current state, with ``sender``, ``receiver``, ``reason`` and ``advice``, and ``first_lines``:
    its first bytes as they came.
    """
    items, more = find(queries, Search(kind="interchange", status="unassigned"), limit=limit, token=token)
    return [{**item, "first_lines": _first_lines(item["item"], queries)} for item in items], more


def _first_lines(item: str, queries: AuditQueries) -> str:
    told = (event["facts"].get("first_lines", "") for event in reversed(queries.events(item)))
    return str(next(filter(None, told), ""))
