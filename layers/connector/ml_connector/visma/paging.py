"""Lists read to their end, and the parameters of a delta.

The total stands in the metadata of every element (API A5); a few lists come in an envelope, and some
endpoints are not paged and answer everything at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ml_connector.visma.wire import Json

Row = dict[str, Any]

# The time zone of lastModifiedDateTime is not documented, so a delta reaches back over every zone there is
# when it starts from our clock; from Visma's own values, a few minutes do.
OWN_CLOCK_OVERLAP = timedelta(hours=26)
VISMA_CLOCK_OVERLAP = timedelta(minutes=10)


def read_pages(read: Callable[[dict[str, int]], Any], page_size: int) -> Iterator[list[Row]]:
    """Yield the pages of a list until its total is reached or a page comes back empty.

    Args:
        read: Reads the page of the given ``pageNumber`` and ``pageSize``.
        page_size: The size asked for; Visma silently cuts it to the endpoint's largest.
    """
    seen = 0
    page_number = 1
    before: list[Row] = []
    while True:
        body = read({"pageNumber": page_number, "pageSize": page_size})
        rows = _rows(body)
        # A list that is not paged answers every page alike.
        if not rows or rows == before:
            return
        yield rows
        seen += len(rows)
        if _is_end(body, rows, seen, page_size):
            return
        before = rows
        page_number += 1


def _is_end(body: Json, rows: list[Row], seen: int, page_size: int) -> bool:
    total = _total(body, rows)
    # Some lists carry no total; there, only a short page is the last.
    return len(rows) < page_size if total is None else seen >= total


def read_indexed_pages(read: Callable[[dict[str, int]], Any], page_size: int = 100) -> Iterator[list[Row]]:
    """Yield the pages of a list that counts its pages from zero under ``pageIndex``."""
    seen = 0
    while True:
        body = read({"pageIndex": seen // page_size, "pageSize": page_size})
        rows = _rows(body)
        if rows:
            yield rows
        seen += len(rows)
        if len(rows) < page_size or seen >= int(body.get("totalCount", 0)):
            return


def _rows(body: Json) -> list[Row]:
    rows = body.get("records", body.get("value")) if isinstance(body, dict) else body
    if not isinstance(rows, list):
        # Taking no list for an empty one would make a posted document look as if it were not there.
        raise Unavailable("Visma's answer to a list is no list.", advice="See https://status.visma.com.")
    return rows


def _total(body: Json, rows: list[Row]) -> int | None:
    if isinstance(body, dict):
        return int(body.get("totalCount", len(rows)))
    metadata = rows[0].get("metadata") if isinstance(rows[0], dict) else None
    return int(metadata["totalCount"]) if metadata and "totalCount" in metadata else None


def changed_since(moment: datetime | None, *, field: str = "lastModifiedDateTime") -> dict[str, str]:
    """Return the two parameters of a delta; one without the other would be ignored (API A5)."""
    if moment is None:
        return {}
    return {field: filter_time(moment), f"{field}Condition": ">="}


def filter_time(moment: datetime) -> str:
    """Return a moment as a filter takes it: milliseconds, no zone."""
    local = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return local.isoformat(timespec="milliseconds")


def own_clock_window(moment: datetime) -> datetime:
    """Return the start of a window that surely holds what Visma made at or after our ``moment``."""
    return moment - OWN_CLOCK_OVERLAP


def read_time(text: str | None) -> datetime | None:
    """Return a time of Visma's, which comes with or without fraction and zone; naive stays naive."""
    if not text:
        return None
    whole, _, rest = text.partition(".")
    fraction = "".join(c for c in rest if c.isdigit())[:6] if rest else ""
    moment = datetime.fromisoformat(whole.removesuffix("Z") + (f".{fraction:0<6}" if fraction else ""))
    return moment.replace(tzinfo=None)
