"""One poll of Sterling's mailboxes: every new message is received once, whatever breaks in between.

A message is received when its bytes are in S3 and its record is in DynamoDB. After a crash the next poll goes
on where the records say this one stopped. Settled messages have a receipt for good, and only the receipt
decides what is new; watermarks merely spare looking every listed message up, and every so often a sweep looks
all of them up nevertheless.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ml_connector.sterling.polling import in_order, is_wanted, may_be_new, silence, watermarks_after
from ml_connector.workflow.login_pause import LoginPause
from ml_connector.workflow.receive_message import Outcome, PollPorts, Receiver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.sterling.messages import MailboxMessage
    from ml_connector.store.receipts import Receipt
    from ml_connector.store.state_table import Item

__all__ = ["COUNTS", "GAUGES", "PollPorts", "poll_sterling"]

COUNTS = (
    "listed",
    "new",
    "received",
    "started",
    "refused",
    "troubled",
    "vanished",
    "dead_letters",
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
    looked up. Unless it left at once for one of the first two, so is every name of :data:`GAUGES`:
    ``backlog`` is what was listed and not received when the poll ended, ``silent`` is 1 when nothing came
    for longer than expected.

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


class _Poll:
    """One run, holding the lease."""

    def __init__(self, ports: PollPorts) -> None:
        self._ports, self._settings = ports, ports.client.settings
        self._counts: Counter[str] = Counter()
        self._receiver = Receiver(ports, self._counts)
        self._on_the_way: dict[str, Receipt] = {}
        self._unreceived: dict[str, MailboxMessage] = {}

    def run(self) -> dict[str, float]:
        calls_before = self._ports.client.calls
        self._on_the_way = self._ports.receipts.on_the_way()
        self._finish_interrupted()
        sweep = self._ports.marks.read("sweep")
        sweeping = self._sweep_due(sweep)
        longest = int(sweep.get("longest_page", 0))
        listed = self._ports.client.list_messages(confirm_end=sweeping, uncapped=longest)
        self._note_dead_letters(listed)
        wanted = [message for message in listed if is_wanted(message, self._settings)]
        self._forget_vanished(wanted)
        wanted, new = self._tell_new(wanted, sweeping=sweeping)
        self._receive_all(new)
        for mailbox, mark in watermarks_after(wanted, self._unreceived).items():
            self._ports.watermarks.raise_to(mailbox, mark)
        if sweeping:
            longest = max(longest, self._ports.client.longest_page)
            self._ports.marks.write("sweep", at=self._ports.now().isoformat(), longest_page=longest)
        self._counts["listed"] = len(listed)
        return self._metrics(self._ports.client.calls - calls_before)

    def _finish_interrupted(self) -> None:
        now = self._ports.now()
        for receipt in self._on_the_way.values():
            if receipt.state != "troubled" and receipt.due(now) and not self._out_of_time():
                self._receiver.finish(receipt)

    def _sweep_due(self, sweep: Item) -> bool:
        at = sweep.get("at")
        due = at is None or self._ports.now() - datetime.fromisoformat(at) >= self._settings.sweep_every
        self._counts["swept"] = int(due)
        return due

    def _note_dead_letters(self, listed: list[MailboxMessage]) -> None:
        if not self._settings.watch_dead_letter:
            return
        dead = {found.key: found for found in listed if found.mailbox == self._settings.dead_letter_mailbox}
        known = self._ports.receipts.settled(dead)
        for key in dead.keys() - known.keys():
            self._receiver.note(dead[key], "dead-letter", "noted")
            self._counts["dead_letters"] += 1

    def _forget_vanished(self, wanted: list[MailboxMessage]) -> None:
        # Only the record of the trouble goes: should the message be listed again, it is new again.
        listed = {message.message_id for message in wanted}
        for key, receipt in self._on_the_way.items():
            if receipt.state == "troubled" and _listed_id(key) not in listed:
                self._receiver.note_vanished(receipt)
                self._ports.receipts.release(key)

    def _tell_new(
        self, wanted: list[MailboxMessage], *, sweeping: bool
    ) -> tuple[list[MailboxMessage], list[MailboxMessage]]:
        """Return the wanted messages, reused numbers told apart, and the new ones among them in order."""
        marks, overlap = self._ports.watermarks.read(), self._settings.overlap
        held = {_listed_id(key) for key in self._on_the_way}
        candidates = {
            message.message_id
            for message in wanted
            if sweeping or message.message_id in held or may_be_new(message, marks, overlap)
        }
        settled = self._ports.receipts.settled(candidates)
        wanted = [_tell_reused(message, settled) for message in wanted]
        settled |= self._ports.receipts.settled(found.key for found in wanted if found.number_reused)
        new = (found for found in wanted if found.message_id in candidates and found.key not in settled)
        return wanted, in_order(new)

    def _receive_all(self, new: list[MailboxMessage]) -> None:
        now, failures = self._ports.now(), 0
        self._unreceived = {message.key: message for message in new}
        for message in new:
            before = self._on_the_way.get(message.key)
            self._counts["new"] += before is None
            if before is not None and (before.state != "troubled" or not before.due(now)):
                continue
            if failures >= _FAILURES_IN_A_ROW or self._out_of_time():
                continue
            outcome = self._receiver.receive(message, before)
            failures = failures + 1 if outcome is Outcome.FAILED else 0
            if outcome is Outcome.RECEIVED:
                del self._unreceived[message.key]

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


def _listed_id(key: str) -> str:
    return key.partition("-")[0]  # a reused number carries its document's digest behind it


def _tell_reused(message: MailboxMessage, settled: Mapping[str, Receipt]) -> MailboxMessage:
    receipt = settled.get(message.message_id)
    known = receipt.document_id if receipt else ""
    reused = bool(known and message.document_id and known != message.document_id)
    return replace(message, number_reused=reused)
