"""Lists of messages: pages that overlap by one item, so a deletion between two pages is noticed.

Sterling pages by position (``_range=0-999``). When another consumer removes a message from a page already
read, every later message moves up and one would be skipped; the repeated item shows whether that happened.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ml_connector.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

_ATTEMPTS = 5
# Caps are round numbers; asking on after every short page would double the calls of most polls.
_ROUND = 50

Page = list[dict[str, Any]]


class ListMoved(Unavailable):
    """The list changed under the reader at every attempt; the next poll tries again."""


def read_pages(fetch: Callable[[int, int], Page], size: int, *, confirm_end: bool = False) -> Page:
    """Return all items of a list, none skipped by deletions while it was read.

    Args:
        fetch: Returns the items from a position to another, both included.
        size: Items per page.
        confirm_end: Ask on after a short page of a round number of items: the server may cap its pages.

    Raises:
        ListMoved: Items vanished between pages at each of five attempts.
    """
    for _ in range(_ATTEMPTS):
        items = list(_read_once(fetch, size, confirm_end=confirm_end))
        if None not in items:
            return _without_repeats(item for item in items if item is not None)
        log.info("Messages were removed while the list was read; it is read again.")
    raise ListMoved(f"The list of messages changed between its pages {_ATTEMPTS} times in a row.")


def _read_once(
    fetch: Callable[[int, int], Page], size: int, *, confirm_end: bool
) -> Iterator[dict[str, Any] | None]:
    page = fetch(0, size - 1)
    yield from page
    position = len(page)
    while page and (len(page) >= size or (confirm_end and len(page) % _ROUND == 0)):
        last = page[-1]
        page = fetch(position - 1, position + size - 2)
        if not page or _id(page[0]) != _id(last):
            yield None
            return
        yield from page[1:]
        position += len(page) - 1
        if len(page) == 1:
            return


def _without_repeats(items: Iterator[dict[str, Any]]) -> Page:
    return list({_id(item): item for item in items}.values())


def _id(item: dict[str, Any]) -> str:
    return str(item.get("id", item.get("_id", "")))
