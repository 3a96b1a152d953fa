"""One mailbox message on its way in: bytes kept, record written, execution started, receipt settled.

Every step can be repeated. The bytes go to the same key; the record is written before the execution is
started; the execution's name is made from the message, so starting it again starts nothing; the receipt is
written once; and only then does the record of a message on its way go.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Protocol

from ml_connector.errors import ConnectorError, without_words
from ml_connector.sterling.answers import LoginRefused, NotThere
from ml_connector.sterling.messages import MailboxMessage, listed_id
from ml_connector.sterling.payload import PayloadTooLarge
from ml_connector.sterling.polling import is_wanted, next_retry
from ml_connector.sterling.settings import AfterReceipt
from ml_connector.store.receipts import Receipt
from ml_connector.workflow.tickets import message_item

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from ml_connector.sterling.client import SterlingClient
    from ml_connector.store.leases import Leases
    from ml_connector.store.raw import RawStore
    from ml_connector.store.receipts import Receipts
    from ml_connector.store.watermarks import Marks, Watermarks

log = logging.getLogger(__name__)

SYSTEM = "sterling"


class Audit(Protocol):
    """Where events of messages go."""

    def record(self, document_or_message_id: str, event: str, /, **facts: Any) -> object:  # noqa: ANN401 - facts are any JSON
        """Record an event."""
        ...


class StartExecution(Protocol):
    """Starts *receive interchange*; a name that was started before is success and starts nothing."""

    def __call__(self, name: str, input: dict[str, Any], /) -> object:  # noqa: A002 - Step Functions' own word
        """Start the execution."""
        ...


@dataclass(frozen=True, slots=True)
class PollPorts:
    """What a poll works with, all of it handed in.

    Attributes:
        client: Sterling.
        leases: Keeps polls apart.
        watermarks: How far each mailbox is received.
        marks: What polls remember: the last sweep, the last arrival, a refused login.
        receipts: Which messages are received or on their way.
        raw: Where bytes go.
        audit: Where events go.
        start_execution: Starts *receive interchange*.
        remaining_seconds: How long the function may still run.
        now: The present moment, aware.
    """

    client: SterlingClient
    leases: Leases
    watermarks: Watermarks
    marks: Marks
    receipts: Receipts
    raw: RawStore
    audit: Audit
    start_execution: StartExecution
    remaining_seconds: Callable[[], float]
    now: Callable[[], datetime]


class Outcome(Enum):
    """What became of an attempt to receive a message."""

    RECEIVED = auto()
    """It is received, or settled otherwise for good."""
    VANISHED = auto()
    """It was listed and could not be found when it was read."""
    FAILED = auto()
    """It is still to be received."""


class Receiver:
    """Receives messages one at a time.

    Args:
        ports: What it works with.
        counts: Where it counts what happened.
    """

    def __init__(self, ports: PollPorts, counts: Counter[str]) -> None:
        self._ports, self._settings, self._counts = ports, ports.client.settings, counts

    def receive(self, message: MailboxMessage, before: Receipt | None, *, listed: bool = True) -> Outcome:
        """Read, keep and start one message.

        Args:
            message: The message as listed.
            before: The record an earlier attempt left of it.
            listed: Whether it was listed just now; otherwise "not found" is the end of it.

        Raises:
            LoginRefused: The login is refused, so nothing else would work either.
        """
        try:
            receipt = self._keep(message)
        except LoginRefused:
            raise
        except PayloadTooLarge as error:
            self._refuse(message, error)
            return Outcome.RECEIVED
        except ConnectorError as error:
            if isinstance(error, NotThere) and not listed:
                self.note_vanished(self._receipt(message, "troubled"))
                self._ports.receipts.release(message.key)
                return Outcome.VANISHED
            return self._hold_troubled(message, before, error)
        if receipt is not None:
            self.finish(receipt)
        return Outcome.RECEIVED

    def finish(self, receipt: Receipt) -> None:
        """Start a received message's execution, settle its receipt, and do what the setting says then.

        What fails here is tried again by later polls; the message is received all the same.
        """
        try:
            if receipt.state == "received":
                receipt = self._start(receipt)
            self._settle_in_mailbox(receipt)
        except LoginRefused:
            raise
        except ConnectorError as error:
            self._hold_again(receipt, error)
        else:
            self._ports.receipts.release(receipt.key)

    def note(self, message: MailboxMessage, event: str, state: str) -> None:
        """Record an event of a message that isn't received, and settle it so that this happens once."""
        receipt = self._receipt(message, state)
        self._record(receipt, event)
        self._ports.receipts.settle(receipt)

    def note_vanished(self, receipt: Receipt) -> None:
        """Record that a message was listed once and is gone."""
        self._counts["vanished"] += 1
        self._record(receipt, "vanished")

    # The way in

    def _keep(self, message: MailboxMessage) -> Receipt | None:
        """Return the record of a message whose bytes are kept; None for one that turns out not wanted."""
        if not message.complete:
            message = self._ports.client.read_details(message)
            if not is_wanted(message, self._settings):
                self._ports.receipts.settle(self._receipt(message, "ignored"))
                return None
        metadata = {"system": SYSTEM, "message-id": message.message_id}
        with self._ports.client.read_payload(message) as payload:
            ref = self._ports.raw.put(message.raw_key, payload, metadata=metadata)
        update = {"raw": ref, "execution": message.execution_name}
        receipt = self._receipt(message, "received").model_copy(update=update)
        self._ports.receipts.hold(receipt)
        self._counts["received"] += 1
        return receipt

    def _start(self, receipt: Receipt) -> Receipt:
        if receipt.raw is None:
            raise ConnectorError(f"The record of received message {receipt.key} names no bytes.")
        raw = receipt.raw.model_dump()
        self._record(receipt, "received", raw=raw)
        self._ports.start_execution(receipt.execution, {"message": receipt.message, "raw": raw})
        self._counts["started"] += 1
        started = receipt.model_copy(update={"state": "started", "at": self._ports.now(), "attempts": 0})
        self._ports.receipts.settle(started)
        return started

    def _settle_in_mailbox(self, receipt: Receipt) -> None:
        action = self._settings.after_receipt
        if action is AfterReceipt.NOTHING:
            return
        try:
            self._ports.client.settle(message_of(receipt), action)
        except NotThere:
            log.info("Message %s was taken by another consumer.", _item_of(receipt))

    # What goes wrong

    def _refuse(self, message: MailboxMessage, error: ConnectorError) -> None:
        receipt = self._receipt(message, "refused").model_copy(update={"trouble": str(error)})
        self._counts["refused"] += 1
        self._record(receipt, "quarantined", reason=error.message, advice=error.advice)
        self._ports.receipts.settle(receipt)
        self._ports.receipts.release(message.key)

    def _hold_troubled(
        self, message: MailboxMessage, before: Receipt | None, error: ConnectorError
    ) -> Outcome:
        receipt = self._receipt(message, "troubled")
        if before is not None:
            receipt = receipt.model_copy(update={"attempts": before.attempts})
        if isinstance(error, NotThere):
            self.note_vanished(receipt)
        self._hold_again(receipt, error)
        return Outcome.VANISHED if isinstance(error, NotThere) else Outcome.FAILED

    def _hold_again(self, receipt: Receipt, error: ConnectorError) -> None:
        attempts = receipt.attempts + 1
        retry_at = next_retry(attempts, self._ports.now(), self._settings)
        self._counts["troubled"] += 1
        log.warning("Message %s, attempt %d: %s", _item_of(receipt), attempts, without_words(error))
        self._record(
            receipt,
            "delayed",
            reason=error.message,
            advice=error.advice,
            attempts=attempts,
            retry_at=retry_at.isoformat(),
        )
        update = {"attempts": attempts, "retry_at": retry_at, "trouble": str(error)}
        self._ports.receipts.hold(receipt.model_copy(update=update))

    # Details

    def _record(self, receipt: Receipt, event: str, **facts: object) -> None:
        self._ports.audit.record(_item_of(receipt), event, **receipt.message, **facts)

    def _receipt(self, message: MailboxMessage, state: str) -> Receipt:
        facts = {
            "system": SYSTEM,
            "mailbox": message.mailbox,
            "message_id": message.key,
            "name": message.name,
            "arrived_at": message.arrived_at.isoformat() if message.arrived_at else "",
        }
        return Receipt(
            key=message.key,
            message=facts,
            document_id=message.document_id,
            state=state,
            at=self._ports.now(),
        )


def _item_of(receipt: Receipt) -> str:
    return message_item(SYSTEM, receipt.message["mailbox"], receipt.message["message_id"])


def message_of(receipt: Receipt) -> MailboxMessage:
    """Return the message a receipt is of, as it was listed."""
    arrived = receipt.message["arrived_at"]
    return MailboxMessage(
        listed_id(receipt.key),
        receipt.message["name"],
        receipt.message["mailbox"],
        receipt.document_id,
        datetime.fromisoformat(arrived) if arrived else None,
        number_reused=listed_id(receipt.key) != receipt.key,
    )
