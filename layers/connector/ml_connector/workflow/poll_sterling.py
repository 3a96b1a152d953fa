"""One poll of Sterling's mailboxes: every new message is received once, whatever breaks in between.

A message is received when its bytes are in S3 and its record is in DynamoDB. After a crash the next poll goes
on where the records say this one stopped. Settled messages have a receipt for good, and only the receipt
decides what is new; watermarks merely spare looking every listed message up, and every so often a sweep looks
all of them up nevertheless.

A poll makes one call, and two for each new message: a list longer than a page is read over several polls, as
far as the new messages found pay for its pages.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from ml_connector.sterling.messages import listed_id
from ml_connector.sterling.polling import (
    held_back,
    highest,
    in_order,
    is_wanted,
    later,
    may_be_new,
    silence,
)
from ml_connector.sterling.settings import AfterReceipt
from ml_connector.sterling.walking import Place
from ml_connector.store.receipts import PASSED_BY
from ml_connector.store.watermarks import Watermark
from ml_connector.workflow.login_pause import LoginPause
from ml_connector.workflow.poll_listing import Listing, open_listing
from ml_connector.workflow.receive_message import Outcome, PollPorts, Receiver, message_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ml_connector.sterling.messages import MailboxMessage
    from ml_connector.store.receipts import Receipt

__all__ = ["COUNTS", "GAUGES", "ListKnown", "PollPorts", "poll_sterling"]

COUNTS = (
    "listed",
    "new",
    "received",
    "started",
    "refused",
    "troubled",
    "vanished",
    "dead_letters",
    "mailboxes_failed",
    "lease_contended",
    "login_held",
    "out_of_time",
    "swept",
    "calls",
)
# What only a poll can tell that looked at Sterling.
GAUGES = ("backlog", "oldest_unreceived_seconds", "silent", "silent_seconds")
LEASE = "poll-sterling"
# The lease outlives the function, so that only a crash, never a slow poll, lets another in.
_LEASE_MARGIN = 30.0
# After so many failures in a row it is Sterling that fails and not the messages: the poll ends.
_FAILURES_IN_A_ROW = 3


def poll_sterling(ports: PollPorts) -> dict[str, float]:
    """Poll once and return the metrics, which are also the alarms.

    Every name of :data:`COUNTS` is in it: ``troubled`` is what could not be read, started or settled and is
    tried again, ``lease_contended`` is 1 when another poll is running, ``login_held`` when a refused login
    is not repeated yet, ``out_of_time`` when the poll stopped early, ``swept`` when all listed messages were
    looked up, ``mailboxes_failed`` is how many mailboxes could not be listed. Unless it left at once for one
    of the first two, so is every name of :data:`GAUGES`: ``backlog`` is what was listed, or is on its way,
    and not received when the poll ended, ``silent`` is 1 when nothing came for longer than expected.

    Raises:
        LoginRefused: Sterling refused the login; polls then pause for 5 to 30 minutes, or until the secret
            has another version.
        ConnectorError: The mailboxes could not be listed, or a store did not answer.
    """
    with ports.leases.held(LEASE, ports.remaining_seconds() + _LEASE_MARGIN) as ours:
        if not ours:
            return dict.fromkeys(COUNTS, 0.0) | {"lease_contended": 1.0}
        pause = LoginPause(ports.client, ports.marks, ports.now)
        if pause.until:
            return dict.fromkeys(COUNTS, 0.0) | {"login_held": 1.0}
        with pause.kept():
            return _Poll(ports).run()


class ListKnown(BaseModel):
    """What polls remember of the list.

    Attributes:
        place: Where the next poll goes on.
        sweeping: Whether this round looks up all listed messages.
        seen: The highest arrival and number seen in each mailbox.
        before: Those seen before this round began: what is behind them, the round comes by.
        last: The mailboxes that come last, as they could not be listed, or there was no time for others.
    """

    model_config = ConfigDict(frozen=True)

    place: Place = Place()
    sweeping: bool = False
    seen: dict[str, Watermark] = {}
    before: dict[str, Watermark] = {}
    last: tuple[str, ...] = ()


class _Poll:
    """One run, holding the lease."""

    def __init__(self, ports: PollPorts) -> None:
        self._ports, self._settings = ports, ports.client.settings
        self._counts: Counter[str] = Counter()
        self._receiver = Receiver(ports, self._counts)
        self._on_the_way: dict[str, Receipt] = {}
        self._marks: dict[str, Watermark] = {}
        self._wanted: dict[str, MailboxMessage] = {}
        self._new: dict[str, MailboxMessage] = {}
        self._unreceived: dict[str, MailboxMessage] = {}

    def run(self) -> dict[str, float]:
        calls_before = self._ports.client.calls
        self._on_the_way = self._ports.receipts.on_the_way()
        self._finish_interrupted()
        self._marks = self._ports.watermarks.read()
        known = self._begin()
        listing = self._list(known)
        self._forget_vanished(listing)
        left = self._receive_all(listing)
        self._raise_watermarks(listing, known)
        self._end(listing, known, left)
        return self._metrics(self._ports.client.calls - calls_before)

    # Listing

    def _begin(self) -> ListKnown:
        """Return what is known of the list; a sweep begins with a round."""
        text = self._ports.marks.read("listing").get("round")
        known = ListKnown.model_validate_json(text) if text else ListKnown()
        if known.place.position:
            return known
        sweeping = known.sweeping or self._sweep_due()
        return known.model_copy(update={"sweeping": sweeping, "before": known.seen})

    def _sweep_due(self) -> bool:
        at = self._ports.marks.read("sweep").get("at")
        return at is None or self._ports.now() - datetime.fromisoformat(at) >= self._settings.sweep_every

    def _list(self, known: ListKnown) -> Listing:
        listing, messages = open_listing(
            self._ports.client, known.place, known.last, confirm_end=known.sweeping
        )
        self._take_in(messages, sweeping=known.sweeping)
        pages, until = 1, 0.0 if listing.costs_calls else self._ports.remaining_seconds() / 2
        while listing.more and (self._is_paid(pages + 1) if listing.costs_calls else self._may_list(until)):
            self._take_in(listing.read(), sweeping=known.sweeping)
            pages += 1
        return listing

    def _may_list(self, until: float) -> bool:
        """Whether time is left to list another mailbox, so that there is time to receive as well."""
        left = self._ports.remaining_seconds() > max(until, self._settings.time_to_spare)
        self._counts["out_of_time"] |= int(not left)
        return left

    def _is_paid(self, pages: int) -> bool:
        """Whether the new messages leave calls for so many pages: two each, less those to receive them."""
        action = self._settings.after_receipt is not AfterReceipt.NOTHING
        first_seen = [found for key, found in self._new.items() if key not in self._on_the_way]
        needed = sum(1 + (not found.complete) + action for found in first_seen)
        return pages + needed <= 1 + 2 * len(first_seen)

    def _take_in(self, listed: list[MailboxMessage], *, sweeping: bool) -> None:
        """Note the wanted messages among those listed, and which of them are new."""
        self._counts["listed"] += len(listed)
        self._note_dead_letters(listed)
        wanted = [message for message in listed if is_wanted(message, self._settings)]
        told, new = self._tell_new(wanted, sweeping=sweeping)
        self._wanted |= {message.key: message for message in told}
        self._new |= {message.key: message for message in new}

    def _forget_vanished(self, listing: Listing) -> None:
        # Only the record of the trouble goes: should the message be listed again, it is new again.
        listed = {message.message_id for message in self._wanted.values()}
        for key, receipt in self._on_the_way.items():
            covered = listing.covers(receipt.message["mailbox"])
            if receipt.state == "troubled" and covered and listed_id(key) not in listed:
                self._receiver.note_vanished(receipt)
                self._ports.receipts.release(key)

    def _raise_watermarks(self, listing: Listing, known: ListKnown) -> None:
        covered = {key: found for key, found in self._wanted.items() if listing.covers(found.mailbox)}
        marks = highest(covered.values())
        if listing.round_over:
            marks = later(known.before, marks)
        for mailbox, mark in held_back(marks, self._unreceived.values()).items():
            self._ports.watermarks.raise_to(mailbox, mark)

    def _end(self, listing: Listing, known: ListKnown, left: Collection[str]) -> None:
        """Remember where the next poll goes on."""
        self._counts["mailboxes_failed"] = len(listing.failed)
        place, seen = listing.stop(left), later(known.seen, highest(self._wanted.values()))
        swept = known.sweeping and listing.round_over and not left
        if swept:
            self._counts["swept"] = 1
            self._ports.marks.write("sweep", at=self._ports.now().isoformat())
        ended = known.model_copy(
            update={
                "place": place,
                "sweeping": known.sweeping and not swept,
                "seen": {} if listing.whole else seen,
                "last": tuple(sorted(listing.last)),
            }
        )
        if ended != known:
            self._ports.marks.write("listing", round=ended.model_dump_json())

    def _finish_interrupted(self) -> None:
        now = self._ports.now()
        for receipt in self._on_the_way.values():
            if receipt.state != "troubled" and receipt.due(now) and not self._out_of_time():
                self._receiver.finish(receipt)

    def _note_dead_letters(self, listed: list[MailboxMessage]) -> None:
        if not self._settings.watch_dead_letter:
            return
        dead = {found.key: found for found in listed if found.mailbox == self._settings.dead_letter_mailbox}
        known = self._ports.receipts.settled(dead)
        for key in dead.keys() - known.keys():
            self._receiver.note(dead[key], "dead-letter", "noted")
            self._counts["dead_letters"] += 1

    def _tell_new(
        self, wanted: list[MailboxMessage], *, sweeping: bool
    ) -> tuple[list[MailboxMessage], list[MailboxMessage]]:
        """Return the wanted messages, reused numbers told apart, and the new ones among them."""
        marks, overlap = self._marks, self._settings.overlap
        held = {listed_id(key) for key in self._on_the_way}
        candidates = {
            message.message_id
            for message in wanted
            if sweeping or message.message_id in held or may_be_new(message, marks, overlap)
        }
        settled = self._ports.receipts.settled(candidates)
        wanted = [_tell_reused(message, settled) for message in wanted]
        settled |= self._ports.receipts.settled(found.key for found in wanted if found.number_reused)
        new = [
            found
            for found in wanted
            if found.message_id in candidates and not self._is_done(found, settled.get(found.key))
        ]
        return wanted, new

    def _is_done(self, message: MailboxMessage, receipt: Receipt | None) -> bool:
        """Whether a message needs nothing more; one passed by is new once it is wanted where it stands."""
        if receipt is None:
            return False
        if receipt.state not in PASSED_BY:
            return True
        return not is_wanted(message if message.mailbox else message_of(receipt), self._settings)

    def _receive_all(self, listing: Listing) -> list[str]:
        """Receive what is new, and return the ids of messages not tried yet for which there was no time."""
        unlisted = self._unlisted(listing)
        self._unreceived = {**self._new, **unlisted}
        left, failures = [], 0
        # What failed before comes last: however much of it there is, the news are received.
        for message in sorted(in_order(self._unreceived.values()), key=self._retry_at):
            before, listed = self._on_the_way.get(message.key), message.key not in unlisted
            self._counts["new"] += before is None
            if before is not None and (before.state != "troubled" or not before.due(self._ports.now())):
                continue
            if failures >= _FAILURES_IN_A_ROW or self._out_of_time():
                left += [message.message_id] if before is None else []
                continue
            outcome = self._receiver.receive(message, before, listed=listed)
            failures = failures + 1 if outcome is Outcome.FAILED else 0
            if outcome is Outcome.RECEIVED or (outcome is Outcome.VANISHED and not listed):
                del self._unreceived[message.key]
        return left

    def _retry_at(self, message: MailboxMessage) -> float:
        before = self._on_the_way.get(message.key)
        return before.retry_at.timestamp() if before and before.retry_at else 0.0

    def _unlisted(self, listing: Listing) -> dict[str, MailboxMessage]:
        """Return the messages in trouble that may be listed where this poll did not look."""
        listed = {message.message_id for message in self._wanted.values()}
        return {
            key: message_of(receipt)
            for key, receipt in self._on_the_way.items()
            if receipt.state == "troubled"
            and listed_id(key) not in listed
            and not listing.covers(receipt.message["mailbox"])
        }

    def _out_of_time(self) -> bool:
        out = self._ports.remaining_seconds() <= self._settings.time_to_spare
        self._counts["out_of_time"] |= int(out)
        return out

    def _metrics(self, calls: int) -> dict[str, float]:
        now = self._ports.now()
        waiting = [message.arrived_at for message in self._unreceived.values() if message.arrived_at]
        oldest = max(((now - arrived).total_seconds() for arrived in waiting), default=0.0)
        return {
            **dict.fromkeys(COUNTS, 0.0),
            **{name: float(count) for name, count in self._counts.items()},
            **self._silence(now),
            "backlog": float(len(self._unreceived)),
            "oldest_unreceived_seconds": max(0.0, oldest),
            "calls": float(calls),
        }

    def _silence(self, now: datetime) -> dict[str, float]:
        within = self._settings.expect_message_within
        if within is None:
            return {"silent": 0.0, "silent_seconds": 0.0}
        last = self._ports.marks.read("arrival").get("at")
        if last is None or self._counts["received"]:
            self._ports.marks.write("arrival", at=now.isoformat())
            return {"silent": 0.0, "silent_seconds": 0.0}
        quiet = silence(datetime.fromisoformat(last), now, self._settings.expect_on_weekdays)
        return {"silent": float(quiet > within), "silent_seconds": quiet.total_seconds()}


def _tell_reused(message: MailboxMessage, settled: Mapping[str, Receipt]) -> MailboxMessage:
    receipt = settled.get(message.message_id)
    known = receipt.document_id if receipt else ""
    reused = bool(known and message.document_id and known != message.document_id)
    return replace(message, number_reused=reused)
