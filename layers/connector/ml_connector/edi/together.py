"""Several interchanges of one message each become one interchange with all of them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.edi.compose import compose_interchange
from ml_connector.edi.outgoing import OutgoingGroup, OutgoingInterchange, OutgoingMessage
from ml_connector.edi.reading import read_interchanges
from ml_connector.edi.rows import rows_of
from ml_connector.edi.separators import Standard

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.message import Message

#: Where headers hold the wish for an acknowledgement, and what else an envelope may say: ISA14; UNB 0031,
#: 0026, 0032; STX APRF.
_ACKNOWLEDGE = {Standard.X12: 14, Standard.EDIFACT: 9}
_APPLICATION = {Standard.EDIFACT: 7, Standard.TRADACOMS: 7}
_AGREEMENT = {Standard.EDIFACT: 10}
_LINE_ENDS = "\r\n"


@dataclass(frozen=True, slots=True)
class Together:
    """The envelope around them.

    Attributes:
        control_number: ISA13, UNB 0020 or STX SNRF.
        group_number: GS06.
        prepared_at: The date and time it says.
    """

    control_number: str
    group_number: str
    prepared_at: datetime


def compose_together(contents: Sequence[bytes], around: Together) -> bytes:
    """Return one interchange with the messages of all, in order, in the first one's addresses and signs.

    Messages keep their control numbers; those of TRADACOMS are numbered through. All are of one message
    type, from and to the same addresses.
    """
    read = [(one, tuple(one.messages())) for content in contents for one in _interchanges(content)]
    first, opening = read[0]
    messages = [_outgoing(message) for _, held in read for message in held]
    group = OutgoingGroup(
        messages=messages,
        control_number=around.group_number if first.standard is Standard.X12 else "",
        version=opening[0].version,
    )
    return compose_interchange(_envelope(first, around, _line_break(first, contents[0])), [group])


def message_numbers(content: bytes) -> Sequence[str]:
    """Return the control numbers of an interchange's messages, in order."""
    return tuple(message.control_number for one in _interchanges(content) for message in one.messages())


def _interchanges(content: bytes) -> Iterator[Interchange]:
    return read_interchanges(io.BytesIO(content))


def _outgoing(message: Message) -> OutgoingMessage:
    return OutgoingMessage(
        type=message.type,
        rows=list(rows_of(message.segments))[1:-1],
        control_number=message.control_number,
        version=message.version,
        association=message.association,
        agency=message.agency or "UN",
    )


def _line_break(interchange: Interchange, content: bytes) -> str:
    """What stands after each terminator for people's eyes."""
    if interchange.separators.terminator in _LINE_ENDS:
        return ""
    return content[len(content.rstrip(_LINE_ENDS.encode())) :].decode()


def _envelope(first: Interchange, around: Together, line_break: str) -> OutgoingInterchange:
    said = {
        name: first.header.element(places[first.standard]) if first.standard in places else ""
        for name, places in (
            ("acknowledge", _ACKNOWLEDGE),
            ("application", _APPLICATION),
            ("agreement", _AGREEMENT),
        )
    }
    return OutgoingInterchange(
        standard=first.standard,
        sender=first.sender,
        receiver=first.receiver,
        control_number=around.control_number,
        prepared_at=around.prepared_at,
        test=first.test,
        version=first.version,
        charset=first.header.element(1) if first.standard is Standard.EDIFACT else first.charset,
        separators=first.separators,
        acknowledge=said["acknowledge"] == "1",
        application_reference=said["application"],
        agreement=said["agreement"],
        service_string=bool(first.prelude),
        line_break=line_break,
    )
