"""What a poll lists: pages of all messages, or the contents of one mailbox after the other."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from ml_connector.errors import ConnectorError, without_words
from ml_connector.sterling.answers import LoginRefused
from ml_connector.sterling.client import LIST_MISSING
from ml_connector.sterling.settings import PollStrategy
from ml_connector.sterling.walking import Place, Walk

if TYPE_CHECKING:
    from collections.abc import Collection

    from ml_connector.sterling.client import SterlingClient
    from ml_connector.sterling.messages import MailboxMessage

log = logging.getLogger(__name__)


class Listing(Protocol):
    """Reads what is listed, a piece at a time.

    Attributes:
        costs_calls: Whether each further piece has to be paid by new messages.
    """

    costs_calls: bool

    @property
    def more(self) -> bool:
        """Whether there is more to read now."""
        ...

    @property
    def whole(self) -> bool:
        """Whether this poll has read all there is."""
        ...

    @property
    def round_over(self) -> bool:
        """Whether everything that was listed all the time has been read since the round began."""
        ...

    @property
    def failed(self) -> Collection[str]:
        """The mailboxes whose messages could not be listed."""
        ...

    @property
    def last(self) -> Collection[str]:
        """The mailboxes that the next poll lists last."""
        ...

    def read(self) -> list[MailboxMessage]:
        """Return the next piece."""
        ...

    def covers(self, mailbox: str) -> bool:
        """Whether all messages of a mailbox were listed by this poll."""
        ...

    def stop(self, left: Collection[str]) -> Place:
        """Return where the next poll begins, having to leave messages of these ids."""
        ...


class Pages:
    """The list of mailboxmessages, or as much of it as this poll may read."""

    costs_calls = True
    failed: Collection[str] = ()
    last: Collection[str] = ()

    def __init__(self, client: SterlingClient, place: Place, *, confirm_end: bool) -> None:
        size = client.settings.page_size
        self._walk = Walk(client.list_page, size, place, confirm_end=confirm_end)

    @property
    def more(self) -> bool:
        """Whether there is more to read now."""
        return self._walk.more

    @property
    def whole(self) -> bool:
        """Whether this poll has read the whole list."""
        return self._walk.whole

    @property
    def round_over(self) -> bool:
        """Whether everything that was listed all the time has been read since the round began."""
        return self._walk.round_over

    def read(self) -> list[MailboxMessage]:
        """Return the next page."""
        return self._walk.read()

    def covers(self, mailbox: str) -> bool:  # noqa: ARG002 - one list holds all mailboxes
        """Whether the whole list was read by this poll."""
        return self.whole

    def stop(self, left: Collection[str]) -> Place:
        """Return where the next poll begins, having to leave messages of these ids."""
        return self._walk.stop(left)


class Contents:
    """The contents of each wanted mailbox; one that can't be listed keeps no other from being received.

    Args:
        client: Sterling.
        last: Mailboxes that come last, as the poll before says.
        confirm_end: Go on after a page that a cap of the server may have cut short.
    """

    costs_calls = False

    def __init__(self, client: SterlingClient, last: Collection[str], *, confirm_end: bool) -> None:
        self._client, self._confirm_end = client, confirm_end
        self._paths = sorted(client.wanted_mailboxes(), key=lambda path: (path in last, path))
        self._unread = [*self._paths]
        self._failed: dict[str, ConnectorError] = {}

    @property
    def more(self) -> bool:
        """Whether a mailbox is left."""
        return bool(self._unread)

    @property
    def whole(self) -> bool:
        """Whether each mailbox was listed."""
        return not self._unread and not self._failed

    @property
    def round_over(self) -> bool:
        """Whether each mailbox was tried."""
        return not self._unread

    @property
    def failed(self) -> Collection[str]:
        """The mailboxes that could not be listed."""
        return self._failed.keys()

    @property
    def last(self) -> Collection[str]:
        """Those that failed; and those that were listed, if there was no time for others."""
        return [path for path in self._paths if path not in self._unread] if self._unread else self._failed

    def read(self) -> list[MailboxMessage]:
        """Return the messages of the next mailbox; none of one that can't be listed.

        Raises:
            LoginRefused: The login is refused, so no other mailbox would be listed either.
            ConnectorError: None of the mailboxes could be listed.
        """
        if not self._unread:
            return []
        path = self._unread.pop(0)
        try:
            return self._client.list_mailbox(path, confirm_end=self._confirm_end)
        except LoginRefused:
            raise
        except ConnectorError as error:
            log.warning("The mailbox %s could not be listed: %s", path, without_words(error))
            self._failed[path] = error
            if len(self._failed) == len(self._paths):
                raise
            return []

    def covers(self, mailbox: str) -> bool:
        """Whether a mailbox was listed; one that is no longer wanted or shown holds nothing to wait for."""
        return mailbox not in self._failed and mailbox not in self._unread

    def stop(self, left: Collection[str]) -> Place:  # noqa: ARG002 - all is listed again
        """Return the beginning."""
        return Place()


def open_listing(
    client: SterlingClient, place: Place, last: Collection[str], *, confirm_end: bool
) -> tuple[Listing, list[MailboxMessage]]:
    """Return what is listed by the strategy, and the first piece of it.

    With the strategy ``auto``, a server that refuses the list of mailboxmessages has the contents of each
    wanted mailbox listed.
    """
    listing: Listing
    strategy = client.settings.poll_strategy
    if strategy is not PollStrategy.CONTENTS:
        listing = Pages(client, place, confirm_end=confirm_end)
        try:
            return listing, listing.read()
        except LIST_MISSING:
            if strategy is PollStrategy.MESSAGES:
                raise
    listing = Contents(client, last, confirm_end=confirm_end)
    return listing, listing.read()
