"""Checking whole interchanges: what reading and validating found, message by message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.edi.finding import Finding, Status, status_of
from ml_connector.edi.locating import segment_of
from ml_connector.edi.validation import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.message import Message
    from ml_connector.edi.segment import Segment


@dataclass(frozen=True, slots=True)
class CheckedMessage:
    """What was found in a message, without the message itself.

    Attributes:
        type: ``850``, ``ORDERS``.
        version: ``004010``, ``D.96A``.
        control_number: ST02, UNH 0062, MHD's number.
        findings: All findings, in the order of the segments, each with the segment where it is at hand.
    """

    type: str
    version: str
    control_number: str
    findings: tuple[tuple[Finding, Segment | None], ...]

    @property
    def status(self) -> Status:
        """What the findings amount to."""
        return status_of(finding for finding, _ in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "type": self.type,
            "version": self.version,
            "control_number": self.control_number,
            "status": self.status.value,
            "findings": [finding.as_dict() for finding, _ in self.findings],
        }


def check_interchange(interchange: Interchange) -> Iterator[CheckedMessage]:
    """Yield what was found in each message; the interchange's own findings are complete at the end."""
    for message in interchange.messages():
        yield check_message(message)


def check_message(message: Message) -> CheckedMessage:
    """Return what reading and validating found in a message."""
    validated = validate(message)
    every = sorted([*message.findings, *validated], key=lambda finding: finding.position or 0)
    placed = tuple((finding, segment_of(finding, message)) for finding in every)
    return CheckedMessage(message.type, message.version, message.control_number, placed)
