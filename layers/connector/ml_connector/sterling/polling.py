"""What a poll decides, free of calls: which messages are candidates, when to retry, where watermarks go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ml_connector.store.watermarks import Watermark

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ml_connector.sterling.messages import MailboxMessage
    from ml_connector.sterling.settings import SterlingSettings

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def number_of(message: MailboxMessage) -> int:
    """Return the message's id as the number it is, or 0 for one that isn't."""
    return int(message.message_id) if message.message_id.isdigit() else 0


def in_order(messages: Iterable[MailboxMessage]) -> list[MailboxMessage]:
    """Return messages by arrival and id, those of unknown arrival last."""
    return sorted(
        messages,
        key=lambda found: (
            found.arrived_at is None,
            found.arrived_at.timestamp() if found.arrived_at else 0.0,
            number_of(found),
            found.key,
        ),
    )


def is_wanted(message: MailboxMessage, settings: SterlingSettings) -> bool:
    """Whether the settings ask for a message; one whose mailbox isn't known yet may be."""
    mailbox_fits = not message.mailbox or settings.wants_mailbox(message.mailbox)
    return mailbox_fits and settings.wants_name(message.name)


def may_be_new(message: MailboxMessage, marks: Mapping[str, Watermark], overlap: timedelta) -> bool:
    """Whether a message has to be looked up: it may not be received yet.

    True for arrivals not older than the watermark less the overlap; and, whatever its time says, for a
    number above the watermark's, so that a skewed clock hides nothing.
    """
    mark = marks.get(message.mailbox)
    if mark is None or message.arrived_at is None:
        return True
    return message.arrived_at >= mark.arrived_at - overlap or number_of(message) > mark.message_id


def next_retry(attempts: int, now: datetime, settings: SterlingSettings) -> datetime:
    """Return when a message that failed so many times is tried again: the distance doubles up to a limit."""
    doubled: timedelta = settings.retry_first * (1 << min(attempts - 1, 16))
    return now + min(doubled, settings.retry_at_most)


def highest(listed: Iterable[MailboxMessage]) -> dict[str, Watermark]:
    """Return the latest arrival and the highest number of each mailbox that these messages tell."""
    by_mailbox: dict[str, list[MailboxMessage]] = {}
    for message in listed:
        if message.mailbox and message.arrived_at:
            by_mailbox.setdefault(message.mailbox, []).append(message)
    return {
        path: Watermark(
            max(found.arrived_at for found in held if found.arrived_at), max(map(number_of, held))
        )
        for path, held in by_mailbox.items()
    }


def later(marks: Mapping[str, Watermark], others: Mapping[str, Watermark]) -> dict[str, Watermark]:
    """Return the marks that are as high as both in both respects."""
    merged = {**marks}
    for path, other in others.items():
        mark = merged.get(path, other)
        arrived = max(mark.arrived_at, other.arrived_at)
        merged[path] = Watermark(arrived, max(mark.message_id, other.message_id))
    return merged


def held_back(marks: Mapping[str, Watermark], unreceived: Iterable[MailboxMessage]) -> dict[str, Watermark]:
    """Return the marks of mailboxes read to their end, none past a message that isn't received."""
    bounded = dict(marks)
    for message in unreceived:
        mark = bounded.get(message.mailbox)
        if mark is None:
            continue
        if message.arrived_at is None:
            del bounded[message.mailbox]
            continue
        arrived = min(mark.arrived_at, message.arrived_at)
        bounded[message.mailbox] = Watermark(arrived, min(mark.message_id, number_of(message) - 1))
    return bounded


def silence(last: datetime, now: datetime, weekdays: Collection[str]) -> timedelta:
    """Return how long nothing came, counting only the hours of the weekdays on which something should."""
    expected = {_WEEKDAYS.index(day) for day in weekdays if day in _WEEKDAYS}
    total, moment = timedelta(0), last
    while moment < now:
        midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        end = min(midnight, now)
        if moment.weekday() in expected:
            total += end - moment
        moment = end
    return total
