"""The last step of *send document*: bytes become exactly one message in a partner's mailbox.

Sterling has no idempotency key, and a call that timed out may have succeeded. So the intent is written first,
the message's name carries the identity of what is sent, and after any doubt the mailbox is searched for that
name. Not finding it proves nothing while the server may still be working on the first call; only after the
settling time (longer than the router's 180 seconds) is it sent again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from ml_connector.errors import ConnectorError, OutcomeUnknown, Unavailable
from ml_connector.sterling.messages import slug
from ml_connector.sterling.settings import SendWay
from ml_connector.store.outbox import Outgoing, SendState
from ml_connector.workflow.login_pause import LoginPause

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ml_connector.sterling.client import SterlingClient
    from ml_connector.store.objects import ObjectRef
    from ml_connector.store.outbox import Outbox
    from ml_connector.store.raw import RawStore
    from ml_connector.store.watermarks import Marks
    from ml_connector.workflow.receive_message import Audit

# DB2 for z/OS keeps no longer names; every other database keeps 255.
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class SendPorts:
    """What the step works with, all of it handed in."""

    client: SterlingClient
    marks: Marks
    outbox: Outbox
    raw: RawStore
    audit: Audit
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is sent.

    Attributes:
        send_id: Its identity: the same at every attempt, another for another document.
        partner: Who it is for; decides the mailbox.
        label: What a person recognises it by, such as ``invoice-4711``; begins the message's name.
        content: Its bytes.
        mailbox: The mailbox, if not the partner's usual one.
        extension: The end of the message's name.
        item: What the audit trail is told it of; the identity if left out.
    """

    send_id: str
    partner: str
    label: str
    content: ObjectRef
    mailbox: str = ""
    extension: str = "edi"
    item: str = ""


def message_name(consignment: Consignment) -> str:
    """Return the message's name: readable, of plain characters, with the identity's digest at its end."""
    identity = hashlib.sha256(consignment.send_id.encode()).hexdigest()[:16]
    ending = f"-{identity}.{slug(consignment.extension)}"
    start = f"{slug(consignment.label)}-{slug(consignment.partner)}"
    return start[: _LONGEST_NAME - len(ending)] + ending


def send_to_sterling(consignment: Consignment, ports: SendPorts) -> dict[str, Any]:
    """Return where the message is; repeating sends nothing.

    Returns:
        ``mailbox``, ``name``, ``message_id`` and ``attempts``.

    Raises:
        Unavailable: Try again, after ``retry_after`` seconds if given; it will look before it sends.
        Misconfigured: Sterling refused it for good: mailbox, permission or login. A refused login is not
            repeated by this or any other consignment until the pause is over.
    """
    mailbox = consignment.mailbox or ports.client.settings.mailbox_of(consignment.partner)
    planned = Outgoing(
        send_id=consignment.send_id,
        mailbox=mailbox,
        name=message_name(consignment),
        sha256=consignment.content.sha256,
    )
    outgoing = ports.outbox.plan(planned)
    if outgoing.state is not SendState.SENT:
        with LoginPause(ports.client, ports.marks, ports.now).kept():
            outgoing = _Sending(consignment, ports).run(outgoing, mailbox)
    return {
        "mailbox": outgoing.mailbox,
        "name": outgoing.name,
        "message_id": outgoing.message_id,
        "attempts": outgoing.attempts,
    }


class _Sending:
    """One attempt at one consignment."""

    def __init__(self, consignment: Consignment, ports: SendPorts) -> None:
        self._consignment, self._ports = consignment, ports
        self._settings = ports.client.settings

    def run(self, outgoing: Outgoing, mailbox: str) -> Outgoing:
        if outgoing.state is SendState.PLANNED and outgoing.mailbox != mailbox:
            # It certainly did not arrive: where it goes may have been mended meanwhile.
            outgoing = self._change(outgoing, mailbox=mailbox)
        if outgoing.state in (SendState.SENDING, SendState.UNKNOWN):
            outgoing = self._look(outgoing)
        return outgoing if outgoing.state is SendState.SENT else self._attempt(outgoing)

    def _look(self, outgoing: Outgoing) -> Outgoing:
        """Return the record as SENT if the mailbox has the message; as it is if it may be sent again.

        Raises:
            Unavailable: It isn't there, but the last attempt may still arrive.
        """
        found = self._ports.client.find_named(outgoing.mailbox, outgoing.name)
        if found:
            return self._sent(outgoing, found[0].message_id, found_by="search")
        if outgoing.attempted_at is None:
            return outgoing
        settled_at = outgoing.attempted_at + timedelta(seconds=self._settings.settle_seconds)
        wait = (settled_at - self._ports.now()).total_seconds()
        if wait > 0:
            raise Unavailable(
                f"It is not known whether {outgoing.name} arrived in {outgoing.mailbox}; "
                f"it is not there yet and is searched for again in {wait:.0f} seconds.",
                retry_after=wait,
                send_id=outgoing.send_id,
            )
        return outgoing

    def _attempt(self, outgoing: Outgoing) -> Outgoing:
        with self._ports.raw.open(self._consignment.content) as content:
            by_batch = self._by_batch()
            if not by_batch:
                outgoing = self._with_document(outgoing, content)
            outgoing = self._claim(outgoing)
            try:
                if by_batch:
                    number = self._ports.client.create_batch(outgoing.mailbox, outgoing.name, content)
                else:
                    number = self._ports.client.create_message(
                        outgoing.mailbox, outgoing.name, outgoing.document_id
                    )
            except OutcomeUnknown as doubt:
                return self._doubt(outgoing, doubt)
            except ConnectorError:
                self._change(outgoing, state=SendState.PLANNED)  # it certainly did not arrive
                raise
        return self._sent(outgoing, number, found_by="batch" if by_batch else "message")

    def _by_batch(self) -> bool:
        way = self._settings.send_way
        large = self._consignment.content.size > self._settings.batch_above_bytes
        return way is SendWay.BATCH or (way is SendWay.AUTO and large)

    def _with_document(self, outgoing: Outgoing, content: BinaryIO) -> Outgoing:
        """Return the record with its document made; one left behind by a crash is purged by its lifespan."""
        same = outgoing.sha256 == self._consignment.content.sha256
        if outgoing.document_id and same:
            return outgoing
        try:
            number = self._ports.client.create_document(outgoing.name, content)
        except OutcomeUnknown as doubt:  # a document without a message reaches nobody: make another
            raise Unavailable(doubt.message, send_id=outgoing.send_id) from doubt
        return self._change(outgoing, document_id=number, sha256=self._consignment.content.sha256)

    def _claim(self, outgoing: Outgoing) -> Outgoing:
        return self._change(
            outgoing,
            state=SendState.SENDING,
            attempted_at=self._ports.now(),
            attempts=outgoing.attempts + 1,
            sha256=self._consignment.content.sha256,
        )

    def _doubt(self, outgoing: Outgoing, doubt: OutcomeUnknown) -> Outgoing:
        outgoing = self._change(outgoing, state=SendState.UNKNOWN)
        self._record("outcome-unknown", name=outgoing.name, reason=doubt.message)
        looked = self._look(outgoing)
        if looked.state is SendState.SENT:
            return looked
        raise Unavailable(doubt.message, advice=doubt.advice, retry_after=0.0, send_id=outgoing.send_id)

    def _sent(self, outgoing: Outgoing, number: str, *, found_by: str) -> Outgoing:
        # The event comes first: repeated after a crash it is recorded again, which loses nothing.
        self._record(
            "sent",
            mailbox=outgoing.mailbox,
            name=outgoing.name,
            message_id=number,
            attempts=outgoing.attempts,
            known_by=found_by,
        )
        return self._change(outgoing, state=SendState.SENT, message_id=number)

    def _record(self, event: str, **facts: object) -> None:
        self._ports.audit.record(self._consignment.item or self._consignment.send_id, event, **facts)

    def _change(self, outgoing: Outgoing, **fields: object) -> Outgoing:
        changed = outgoing.changed(**fields)
        if not self._ports.outbox.change(changed):
            raise Unavailable(
                f"Another execution is sending {outgoing.name}.",
                retry_after=self._settings.read_timeout,
                send_id=outgoing.send_id,
            )
        return changed
