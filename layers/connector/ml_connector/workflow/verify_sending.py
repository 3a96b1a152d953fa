"""Whether Sterling has what we say we sent, once, and nothing of ours that we do not know of."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ml_connector.workflow.faults import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import timedelta

    from ml_connector.sterling.messages import MailboxMessage
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.workflow.faults import Report

# What Sterling took of a document is told as delivered, of an acknowledgement as sent.
_TAKEN = frozenset({"delivered", "sent"})
# The end that send_to_sterling gives every name: the identity's digest and an extension.
_OURS = re.compile(r"-[0-9a-f]{16}\.[A-Za-z0-9_-]+$")


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that Sterling took, as the audit trail has it."""

    item: str
    mailbox: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SentMailboxes:
    """Where messages of ours are.

    Attributes:
        paths: The mailboxes of all partners that get something.
        listed: Returns the messages Sterling lists in a mailbox, none if there is no such mailbox.
        kept: How long Sterling keeps what it was sent, at the least.
    """

    paths: Collection[str]
    listed: Callable[[str], Iterable[MailboxMessage]]
    kept: timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """What is verified: from when to when, and the present moment."""

    since: datetime
    until: datetime
    now: datetime


def sent_in(item: str, events: Iterable[Mapping[str, Any]]) -> Iterator[SentMessage]:
    """Yield the messages that Sterling took for an item, each with the first moment it is told of."""
    told: set[tuple[str, str]] = set()
    for event in events:
        place = event["facts"].get("mailbox", ""), event["facts"].get("name", "")
        if event["event"] in _TAKEN and event["step"] == "send" and place[1] and place not in told:
            told.add(place)
            yield SentMessage(item, *place, datetime.fromisoformat(event["at"]))


def check_sending(
    sent: Sequence[SentMessage],
    mailboxes: SentMailboxes,
    queries: AuditQueries,
    period: Period,
    report: Report,
) -> Iterator[Fault]:
    """Yield what does not agree between what was sent in a period and what Sterling lists.

    Sterling deletes old messages, so one that is not listed is a fault only if it was sent within the time
    that Sterling keeps messages, or if an older one of the same mailbox is still there.
    """
    for path in sorted({*mailboxes.paths, *(one.mailbox for one in sent)}):
        listed = [one for one in mailboxes.listed(path) if _OURS.search(one.name)]
        ours = [one for one in sent if one.mailbox == path]
        yield from _missing(ours, listed, mailboxes.kept, period)
        yield from _doubled(path, listed)
        yield from _unrecorded(path, listed, {one.name for one in ours}, queries, period, report)


def _missing(
    sent: Iterable[SentMessage], listed: Sequence[MailboxMessage], kept: timedelta, period: Period
) -> Iterator[Fault]:
    names = {one.name for one in listed}
    oldest = min((one.arrived_at for one in listed if one.arrived_at), default=period.now)
    for one in sent:
        if one.name not in names and (one.at >= period.now - kept or oldest < one.at):
            what = f"It was sent as {one.mailbox}/{one.name}, which Sterling does not list."
            yield Fault(FaultKind.NOT_IN_STERLING, one.item, what)


def _doubled(path: str, listed: Iterable[MailboxMessage]) -> Iterator[Fault]:
    for name, count in Counter(one.name for one in listed).items():
        if count > 1:
            yield Fault(FaultKind.TWICE_IN_STERLING, name, f"{path} has {count} messages {name}.")


def _unrecorded(
    path: str,
    listed: Iterable[MailboxMessage],
    known: Collection[str],
    queries: AuditQueries,
    period: Period,
    report: Report,
) -> Iterator[Fault]:
    for one in listed:
        if one.arrived_at is None or not period.since <= one.arrived_at <= period.until:
            continue
        report.count("sent_messages")
        if one.name not in known and not queries.by_number(one.name):
            what = f"{path}/{one.name} (message {one.message_id}) is named like ours without a record."
            yield Fault(FaultKind.UNRECORDED_MESSAGE, one.message_id, what)
