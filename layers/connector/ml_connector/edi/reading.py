"""Reading a stream: its interchanges one after the other, whatever stands between them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from ml_connector.edi.assembly import Assembler
from ml_connector.edi.dialects.descriptions import TRADACOMS_FILES
from ml_connector.edi.header_notes import note_header, note_noise, note_unknown
from ml_connector.edi.interchange import Interchange
from ml_connector.edi.lexer import Lexer
from ml_connector.edi.options import ReadOptions
from ml_connector.edi.rules import Notebook
from ml_connector.edi.segment import Block
from ml_connector.edi.separators import Standard
from ml_connector.edi.source import Source
from ml_connector.edi.syntax import Syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.edi.dialects.descriptions import Address
    from ml_connector.edi.dialects.opening import Opening
    from ml_connector.edi.judging import LexedBlock
    from ml_connector.edi.message import Message
    from ml_connector.edi.segment import Segment

_DEFAULTS = ReadOptions()
#: So many interchanges of a stream are remembered to find repeated control numbers.
_REMEMBERED = 10_000
_NOTHING = Syntax(standard=Standard.UNKNOWN, element=b"+", component=b":", terminator=b"'", tag=b"+")


def read_interchanges(stream: BinaryIO, options: ReadOptions = _DEFAULTS) -> Iterator[Interchange]:
    """Yield the interchanges of a binary stream in order, each read as its messages are asked for.

    What is left of an interchange is read when the next is asked for. A stream without any interchange
    yields one of the standard UNKNOWN whose findings tell what was found instead; an empty stream yields
    none.
    """
    return _Reading(Source(stream, options), options).interchanges()


def read_segments(stream: BinaryIO, options: ReadOptions = _DEFAULTS) -> Iterator[Segment]:
    """Return all segments of all interchanges of a stream, envelopes included, in flat memory.

    Positions count in the block a segment was read with; envelopes are not checked.
    """
    return chain.from_iterable(map(Block.segments, read_blocks(stream, options)))


def read_blocks(stream: BinaryIO, options: ReadOptions = _DEFAULTS) -> Iterator[Block]:
    """Yield all segments of a stream by the block: their bytes and offsets as lists, for work at C speed.

    Everything that reads streams is built on these blocks; envelopes are not checked.
    """
    lexer = Lexer(Source(stream, options), options)
    while (opening := lexer.next_opening()) is not None:
        for lexed in lexer.blocks(opening):
            yield lexed.block


class _Reading:
    """One pass over a source."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.source = source
        self.options = options
        self.lexer = Lexer(source, options)
        self._next: Opening | None = None
        self._quiet = False
        self._seen: set[tuple[Standard, Address, str]] = set()

    def interchanges(self) -> Iterator[Interchange]:
        """Yield the interchanges in order."""
        self._next = self.lexer.next_opening()
        if self._next is None and self.source.offset:
            yield self._unknown()
        while self._next is not None:
            interchange = self._open(self._next)
            yield interchange
            interchange.pass_over()

    def _open(self, opening: Opening) -> Interchange:
        """Return the interchange at hand with its header read, its findings so far those before and in it."""
        notes = Notebook(self.options, opening.syntax.standard, counted=False)
        noise, line = self.lexer.noise, self.source.line
        if not self._quiet:
            note_noise(noise, notes, "noise-before-interchange", self.source.encoding)
        self._quiet = opening.refused
        start = self.source.offset
        blocks = self.lexer.blocks(opening)
        first = next(blocks, None)
        header = _header_of(first, opening)
        for remark in opening.remarks:
            notes.note(
                remark.rule, remark.message, tag=header.tag, offset=start, line=line, value=remark.value
            )
        interchange = Interchange(opening.syntax, header, notes, start)
        interchange.prelude = self.lexer.prelude
        note_header(interchange)
        self._note_repeated(interchange)
        following = blocks if first is None else chain([first], blocks)
        interchange.attach(self._messages(interchange, following))
        return interchange

    def _messages(self, interchange: Interchange, blocks: Iterator[LexedBlock]) -> Iterator[Message]:
        """Yield an interchange's messages, then look for the next interchange."""
        header: Message | None = None
        for message in Assembler(interchange, blocks, self.options).messages():
            if interchange.standard is Standard.TRADACOMS:
                header = message if message.type in TRADACOMS_FILES else header
                message.file_header = None if header is message else header
            yield message
        self._next = self.lexer.next_opening()
        if self._next is None and not self._quiet:
            note_noise(self.lexer.noise, interchange.notes, "noise-after-interchange")

    def _note_repeated(self, interchange: Interchange) -> None:
        """Note a control number that its sender used before in this stream."""
        key = (interchange.standard, interchange.sender, interchange.control_number)
        if key in self._seen and interchange.control_number:
            told = f"Control numbers were expected to differ, and {key[2]} was used before in this file."
            interchange.notes.note("interchange-control-repeated", told, segment=interchange.header)
        elif len(self._seen) < _REMEMBERED:
            self._seen.add(key)

    def _unknown(self) -> Interchange:
        """Return what stands for a stream in which no interchange was found."""
        notes = Notebook(self.options, Standard.UNKNOWN, counted=False)
        note_unknown(self.lexer.noise, notes, self.source.encoding)
        interchange = Interchange(_NOTHING, Block(_NOTHING, [b""], [b""], 0, 1).segment(0), notes, 0)
        interchange.end = self.source.offset
        return interchange


def _header_of(lexed: LexedBlock | None, opening: Opening) -> Segment:
    """Return an interchange's header, an empty segment where it has none."""
    if lexed is None or opening.bare:
        place = lexed.block.offset if lexed else 0
        return Block(opening.syntax, [b""], [b""], place, 1).segment(0)
    return lexed.block.slice(0, 1, 1).segment(0)
