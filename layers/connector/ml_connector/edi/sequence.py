"""The messages of a TRADACOMS transmission: numbered through, and reconciled by RSGRSG at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.message import Message
    from ml_connector.edi.segment import Segment

_RECONCILIATION = "RSGRSG"
_MOST_TOLD = 20


class Sequence:
    """Follows the messages of one transmission and notes what does not agree.

    MHD counts them from 1 through the whole transmission, batches or not; the reconciliation message, where
    there is one, is the last and repeats the sender's reference and the recipient's code of STX. A number
    left out is told only where END counts other messages than there are: a message that was cut out of its
    transmission keeps its number.
    """

    def __init__(self, interchange: Interchange) -> None:
        self._interchange = interchange
        self._last = 0
        self._missing: list[str] = []
        self._reconciled = False

    def see(self, message: Message, number: bytes) -> None:
        """Judge a message's number and place."""
        header = message.header
        following = int(number) if number.isdigit() else self._last + 1
        if following <= self._last:
            told = f"MHD was expected to number this message {self._last + 1}, and says {following}."
            value = header.element(1)
            message.notes.note("message-sequence-wrong", told, segment=header, element=1, value=value)
        elif following > self._last + 1 and len(self._missing) < _MOST_TOLD:
            between = {self._last + 1, following - 1}
            self._missing.append(" to ".join(map(str, sorted(between))))
        self._last = following
        if self._reconciled:
            told = "The reconciliation message was expected to be the last, and this one follows it."
            message.notes.note("message-after-reconciliation", told, segment=header)
        self._reconciled = self._reconciled or message.type == _RECONCILIATION

    def close(self, trailer: Segment, count: int) -> None:
        """Tell which numbers were left out, where END counts other messages than were read."""
        if self._missing and trailer.element(1).strip() != str(count):
            told = f"MHD was expected to number messages through, and leaves out {', '.join(self._missing)}."
            self._interchange.notes.note("message-sequence-wrong", told, segment=trailer, element=1)

    def end(self, message: Message) -> None:
        """Judge what a reconciliation message says of the transmission."""
        if message.type != _RECONCILIATION:
            return
        facts = self._interchange.facts
        expected = {1: facts.control_number, 2: facts.receiver.id}
        for segment in (segment for block in message.blocks for segment in block.segments()):
            for number, value in expected.items() if segment.tag == "RSG" else ():
                said = segment.element(number).strip()
                if said != value and value:
                    told = f"RSG was expected to repeat {value!r} of STX, and says {said or 'nothing'!r}."
                    message.notes.note(
                        "reconciliation-wrong", told, segment=segment, element=number, value=said
                    )
