"""Groups and messages as they are read, lazily and in flat memory."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from ml_connector.edi.dialects.descriptions import identify_message
from ml_connector.edi.finding import Finding, Status, status_of
from ml_connector.edi.rules import Notebook
from ml_connector.edi.segment import Block
from ml_connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ml_connector.edi.dialects.descriptions import Address, MessageIdentity
    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.segment import Segment
    from ml_connector.edi.separators import Standard


@dataclass(slots=True)
class Group:
    """A functional group (GS, UNG) or TRADACOMS batch (BAT).

    Attributes:
        header: GS, UNG or BAT.
        trailer: GE, UNE or EOB once it was read.
        control_number: GS06, UNG 0048, the batch reference.
        functional_id: GS01 (``PO``), UNG 0038 (``ORDERS``).
        sender: GS02 or UNG S006.
        receiver: GS03 or UNG S007.
        version: GS08 whole (``004010VICS``), UNG 0052.0054.
        message_count: How many messages were read in it so far.
    """

    header: Segment
    control_number: str
    functional_id: str = ""
    sender: Address | None = None
    receiver: Address | None = None
    version: str = ""
    trailer: Segment | None = None
    message_count: int = 0


class Message:
    """One message or transaction set, from ST, UNH or MHD to its trailer.

    Its segments are loaded when it is handed out, unless it is longer than the reading's ``held_bytes``:
    then ``read_segments`` streams it, once, and ``segments`` loads all of it, both only until the
    interchange's next message is asked for.
    """

    # Defaults here and not in the constructor, as messages come by the hundred thousand.
    closed = False
    #: The header message of the TRADACOMS file the message stands in (ORDHDR, INVFIL); None elsewhere.
    file_header: Message | None = None
    #: How many segments were read of a message that does not stand in one block.
    counted = 0
    _notes: Notebook | None = None
    _segments: list[Segment] | None = None
    _identity: MessageIdentity | None = None
    _source: Callable[[], Block | None] | None = None
    _gone = False

    def __init__(self, interchange: Interchange, group: Group | None, blocks: list[Block]) -> None:
        self.interchange = interchange
        self.group = group
        self.blocks = blocks

    def __repr__(self) -> str:
        return f"<Message {self.type} {self.control_number}>"

    @property
    def standard(self) -> Standard:
        """The interchange's standard."""
        return self.interchange.standard

    @property
    def identity(self) -> MessageIdentity:
        """Type, version and control number as the header segment says."""
        if self._identity is None:
            self._identity = identify_message(self.header, self.group, self.interchange.facts)
        return self._identity

    @property
    def type(self) -> str:
        """ST01 (``850``), UNH 0065 (``ORDERS``) or the TRADACOMS message type (``ORDHDR``, ``ORDERS``)."""
        return self.identity.type

    @property
    def version(self) -> str:
        """``004010`` of GS08, ``D.96A`` of UNH 0052 and 0054, the digit of MHD's type."""
        return self.identity.version

    @property
    def agency(self) -> str:
        """GS07 (``X``) or UNH 0051 (``UN``)."""
        return self.identity.agency

    @property
    def association(self) -> str:
        """What follows the version: ``VICS`` of GS08, UNH 0057 (``EAN008``)."""
        return self.identity.association

    @property
    def control_number(self) -> str:
        """ST02, UNH 0062 or MHD's number."""
        return self.identity.control_number

    @property
    def file_type(self) -> str:
        """What a TRADACOMS transmission holds (``ORDERS``, ``INVOICE``); the type elsewhere."""
        return self.identity.file_type or self.identity.type

    @property
    def header(self) -> Segment:
        """ST, UNH or MHD."""
        return next(self.blocks[0].segments())

    @property
    def segments(self) -> Sequence[Segment]:
        """All segments, header and trailer included.

        Raises:
            ConnectorError: When the message was too long to be held and the reading has gone on.
        """
        if self._segments is None:
            for block in self._further_blocks():
                self.blocks.append(block)
            self._segments = list(chain.from_iterable(map(Block.segments, self.blocks)))
        return self._segments

    @property
    def loaded(self) -> bool:
        """Whether all segments are at hand."""
        return self._source is None and not self._gone

    @property
    def segment_count(self) -> int:
        """How many segments were read so far, those of a streamed message included."""
        return self.counted or sum(map(len, self.blocks))

    @property
    def raws(self) -> list[bytes]:
        """The bytes of all segments at hand, without terminators."""
        return [raw for block in self.blocks for raw in block.raws]

    @property
    def span(self) -> tuple[int, int]:
        """Byte offsets of the header and of what follows the trailer's terminator, as far as it was read."""
        last = self.blocks[-1]
        return self.blocks[0].offsets[0], last.offset + last.size

    @property
    def source(self) -> bytes:
        """The bytes at hand as they stood in the stream, from the header on."""
        start, end = self.span
        lead = start - self.blocks[0].offset
        return b"".join(block.source for block in self.blocks)[lead : lead + end - start]

    @property
    def findings(self) -> list[Finding]:
        """What reading found: repairs, lexical breaks, wrong counts and numbers."""
        return self.notes.findings

    @property
    def notes(self) -> Notebook:
        """Where findings about the message are noted."""
        if self._notes is None:
            self._notes = Notebook(self.interchange.notes.options, self.interchange.standard)
        return self._notes

    @property
    def status(self) -> Status:
        """What the findings amount to."""
        return status_of(self.findings)

    def read_segments(self) -> Iterator[Segment]:
        """Return the segments in order, holding no more of a long message than is being read.

        Raises:
            ConnectorError: When the message was too long to be held and the reading has gone on.
        """
        return chain.from_iterable(map(Block.segments, self.read_blocks()))

    def read_blocks(self) -> Iterator[Block]:
        """Yield the blocks in order, for work on many segments' bytes at once; as `read_segments` otherwise.

        Raises:
            ConnectorError: When the message was too long to be held and the reading has gone on.
        """
        yield from self.blocks
        yield from self._further_blocks()

    def stream(self, source: Callable[[], Block | None]) -> None:
        """Take the blocks still to come from a source."""
        self._source = source

    def end_stream(self) -> None:
        """Forget the source; what was not read of it is gone, unless all of it was loaded."""
        self._source = None
        self._gone = self._segments is None

    def _further_blocks(self) -> Iterator[Block]:
        if self._gone:
            raise ConnectorError(
                "The message is too long to be held, and reading has gone past it.",
                advice="Read its segments before asking for the next message, or raise held_bytes.",
                control_number=self.control_number,
            )
        while self._source is not None and (block := self._source()) is not None:
            yield block
