"""A list read page by page over several polls, so that no poll makes more calls than it may.

A list of one page is read whole each time. A longer one is walked in rounds: a poll goes on where the last
one stopped, and every second poll looks where the highest number was seen, since that is where news come in
either order of numbers. Positions shift when others remove messages; the items read last show by how much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from ml_connector.sterling.polling import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ml_connector.sterling.messages import MailboxMessage

    Page = list[MailboxMessage]

# A quarter of each page is read again, at most so many items: they show how far the list moved meanwhile.
_MOST_OVERLAP = 100
# Servers cap their pages at round numbers; a page of such a length may hide that the list goes on.
_ROUND = 50


class Place(BaseModel):
    """Where reading stands in a list.

    Attributes:
        position: Where the round goes on; 0 where it begins.
        behind: The ids of the items just before it.
        newest: Where the highest number was seen.
        number: That number.
        visit_newest: Whether the next poll looks there instead of going on with the round.
        short: The length of a page shorter than asked for, while it isn't known whether the list ended there.
        cap: How many items a page of this server has at the most, if fewer than are asked for.
        longest: The most items one page had: no cap is lower.
    """

    model_config = ConfigDict(frozen=True)

    position: int = 0
    behind: tuple[str, ...] = ()
    newest: int = 0
    number: int = 0
    visit_newest: bool = False
    short: int = 0
    cap: int = 0
    longest: int = 0


class Walk:
    """What one poll reads of the list.

    Args:
        fetch: Returns the items from a position to another, both included.
        size: Items per page.
        place: Where the last poll stopped.
        confirm_end: Go on after a page that a cap of the server may have cut short.
    """

    def __init__(
        self, fetch: Callable[[int, int], Page], size: int, place: Place, *, confirm_end: bool = False
    ) -> None:
        self._fetch, self._size, self._confirm_end, self._start = fetch, size, confirm_end, place
        self._short, self._cap, self._longest = place.short, place.cap, place.longest
        self._at_newest = place.visit_newest
        self._position, self._behind = place.position, place.behind
        if self._at_newest:
            # Half a page before it and half a page after it, so that neither order of numbers hides news.
            self._position, self._behind = max(0, place.newest - self._full // 2), ()
        self._from_start = self._position == 0
        self._read: list[tuple[int, MailboxMessage]] = []
        self._ended = self._lost = False

    @property
    def more(self) -> bool:
        """Whether there may be more to read now."""
        return not self._ended and not self._lost

    @property
    def whole(self) -> bool:
        """Whether this poll has read the whole list."""
        return self._ended and self._from_start

    @property
    def round_over(self) -> bool:
        """Whether every message that was listed all the time has been read since the round began."""
        return self.whole or (self._ended and not self._at_newest)

    def read(self) -> Page:
        """Return the items of the next page that were not read just before."""
        first = max(0, self._position - len(self._behind))
        page = self._fetch(first, first + self._size - 1)
        known = [index for index, item in enumerate(page) if first and item.message_id in self._behind]
        fresh = page[known[-1] + 1 :] if known else page
        self._read += [(first + len(page) - len(fresh) + index, item) for index, item in enumerate(fresh)]
        if first and self._behind and not known:
            self._step_back(first)
        else:
            self._from_start |= not first
            self._go_on(first, page, fresh)
        return fresh

    def stop(self, left: Collection[str]) -> Place:
        """Return where the next poll goes on: before the first of those that this one had to leave.

        Args:
            left: The ids of messages that could be received and were not for want of time.
        """
        newest, number = self._newest()
        found = {
            "newest": newest,
            "number": number,
            "cap": self._cap,
            "longest": self._longest,
            "short": self._short,
        }
        if self._at_newest:
            return self._start.model_copy(update={**found, "visit_newest": bool(left)})
        position, behind = (0, ()) if self.round_over and not left else self._before_first(left)
        visit_newest = bool(position) and not left and not self._short
        return Place(position=position, behind=behind, visit_newest=visit_newest, **found)

    # Details

    @property
    def _full(self) -> int:
        return min(self._size, self._cap or self._size)

    def _go_on(self, first: int, page: Page, fresh: Page) -> None:
        if len(page) > self._cap:
            self._cap = 0
        self._longest = max(self._longest, len(page))
        if self._short and fresh:
            self._cap = self._short  # the list went on behind a page that was shorter than asked for
        self._position = first + len(page)
        overlap = min(_MOST_OVERLAP, max(1, len(page) // 4))
        self._behind = tuple(item.message_id for item in page[-overlap:])
        self._short = 0
        if len(page) < self._full:
            may_be_cut = page and len(page) % _ROUND == 0 and len(page) >= self._longest
            if may_be_cut and self._confirm_end and not self._at_newest:
                self._short = len(page)
            else:
                self._ended = True

    def _step_back(self, first: int) -> None:
        """None of the items read last is where they were: so many were removed before them, or they were."""
        if self._at_newest:
            self._lost = True
            return
        again = max(0, first - max(1, self._full - len(self._behind)))
        self._position = again + len(self._behind) if again else 0
        self._behind = self._behind if again else ()
        self._from_start |= not again
        self._short = 0

    def _before_first(self, left: Collection[str]) -> tuple[int, tuple[str, ...]]:
        places = [place for place, item in self._read if item.message_id in left]
        stop = min(places, default=self._position)
        if not places or stop >= self._position:
            return self._position, self._behind
        if stop < self._full:
            return 0, ()
        before = [item.message_id for place, item in self._read if place < stop][-_MOST_OVERLAP:]
        if not before:
            return (self._start.position, self._start.behind) if self._start.position <= stop else (0, ())
        return stop, tuple(before[-max(1, min(_MOST_OVERLAP, self._full // 4)) :])

    def _newest(self) -> tuple[int, int]:
        seen = max(((number_of(item), place) for place, item in self._read), default=(0, 0))
        if self._at_newest or self.whole or seen[0] >= self._start.number:
            return seen[1], seen[0]
        return self._start.newest, self._start.number
