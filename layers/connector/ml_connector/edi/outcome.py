"""What became of each message of an interchange: what acknowledgements are derived from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ml_connector.edi.finding import Severity
from ml_connector.edi.overlay import Overlay
from ml_connector.edi.validation import validate

if TYPE_CHECKING:
    from ml_connector.edi.finding import Finding
    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.message import Group, Message

OverlayChoice: TypeAlias = Overlay | Callable[["Message"], Overlay | None] | None

#: Messages that acknowledge, which are never acknowledged themselves.
ACKNOWLEDGEMENTS = frozenset({"997", "999", "TA1", "CONTRL"})

#: Where the business number of a document stands in X12, for the context a 999 gives.
_REFERENCES = {
    "BEG": 3,
    "BIG": 2,
    "BAK": 3,
    "BSN": 2,
    "BCH": 3,
    "BCA": 3,
    "TRN": 2,
    "BGN": 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOutcome:
    """What was found in a message, and what names it.

    Attributes:
        type: ST01 or UNH 0065.
        control_number: ST02 or UNH 0062.
        version: ``004010``, ``D.96A``.
        agency: UNH 0051.
        association: ST03 or what follows in GS08; UNH 0057.
        guide: ST03 as sent.
        group: Its group.
        segments: How many segments it has.
        reference: Where its business number stands and what it is: ``("BEG03", "4500012345")``.
        findings: All findings, of reading and of validation.
    """

    type: str
    control_number: str
    version: str = ""
    agency: str = ""
    association: str = ""
    guide: str = ""
    group: Group | None = None
    segments: int = 0
    reference: tuple[str, str] | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether an error, or an unknown message type, refuses the message."""
        return any(f.severity is Severity.ERROR or f.rule == "message-type-unknown" for f in self.findings)

    @property
    def acknowledges(self) -> bool:
        """Whether the message is itself an acknowledgement."""
        return self.type in ACKNOWLEDGEMENTS


def outcome_of(message: Message, findings: list[Finding], overlay: Overlay | None = None) -> MessageOutcome:
    """The outcome of a message from what its validation found and what reading found.

    Call it after the message was read to its end, when its control counts are known.
    """
    weighed = [overlay.weigh(finding) if overlay else finding for finding in message.findings]
    every = sorted([*weighed, *findings], key=lambda finding: finding.position or 0)
    return MessageOutcome(
        type=message.type,
        control_number=message.control_number,
        version=message.version,
        agency=message.agency,
        association=message.association,
        guide=message.header.element(3) if message.header.tag == "ST" else "",
        group=message.group,
        segments=message.segment_count,
        reference=_reference(message),
        findings=tuple(every),
    )


def _reference(message: Message) -> tuple[str, str] | None:
    for segment in (segment for block in message.blocks[:1] for segment in block.segments()):
        number = _REFERENCES.get(segment.tag)
        if number and segment.element(number):
            return f"{segment.tag}{number:02d}", segment.element(number)
        if segment.position > 5:
            break
    return None


def examine(interchange: Interchange, *, overlay: OverlayChoice = None) -> list[MessageOutcome]:
    """Read an interchange to its end and validate every message.

    Args:
        interchange: One whose messages were not read yet.
        overlay: The partner's rules, or a function that finds them for a message.
    """
    outcomes = []
    for message in interchange.messages():
        chosen = overlay if isinstance(overlay, Overlay) or overlay is None else overlay(message)
        findings = validate(message, overlay=chosen)
        outcomes.append(outcome_of(message, findings, chosen))
    return outcomes
