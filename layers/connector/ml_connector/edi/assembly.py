"""From blocks to messages: groups opened and closed, counts and numbers checked, breaks told and survived."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from operator import attrgetter
from typing import TYPE_CHECKING

from ml_connector.edi.characters import note_characters
from ml_connector.edi.dialects.frame import Mark
from ml_connector.edi.envelope import Envelope
from ml_connector.edi.message import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.judging import LexedBlock, Oddity
    from ml_connector.edi.options import ReadOptions
    from ml_connector.edi.rules import Notebook
    from ml_connector.edi.segment import Block

_PLACE = attrgetter("place")


class Assembler:
    """Builds the messages of one interchange from its blocks."""

    def __init__(self, interchange: Interchange, blocks: Iterator[LexedBlock], options: ReadOptions) -> None:
        self.interchange = interchange
        self.envelope = Envelope(interchange)
        self.options = options
        self._blocks = blocks
        self._ready: deque[Message] = deque()
        self._open: Message | None = None
        self._header = b""
        self._count = 0
        self._held = 0
        self._streaming = False
        self._last: Block | None = None
        self._streamed: Block | None = None
        self._oddities: list[Oddity] = []

    def messages(self) -> Iterator[Message]:
        """Yield the messages in order; the interchange is complete when the last was taken."""
        while True:
            while self._ready:
                yield self._ready.popleft()
            if self._open is not None and self._held > self.options.held_bytes:
                yield from self._stream(self._open)
            elif not self._advance():
                break
        yield from self._ready
        self._ready.clear()

    def _stream(self, message: Message) -> Iterator[Message]:
        """Hand out a message whose end was not read yet, and read past what nobody read of it."""
        self._streaming = True
        message.stream(self._next_streamed)
        yield message
        while self._next_streamed() is not None:
            pass
        message.end_stream()

    def _next_streamed(self) -> Block | None:
        """Return the streamed message's next block, None at its end."""
        self._streamed = None
        while self._streaming and self._streamed is None:
            if not self._advance():
                break
        return self._streamed

    def _advance(self) -> bool:
        """Take in one more block; return False at the interchange's end."""
        lexed = next(self._blocks, None)
        if lexed is None:
            self._finish()
            return False
        block, marks = lexed.block, lexed.marks
        self._oddities = sorted(lexed.oddities, key=_PLACE)
        cursor = 0
        for place, (index, mark) in enumerate(marks):
            if index < cursor:
                continue
            if mark is Mark.OPEN_MESSAGE and cursor == index and self._open is None:
                closing = marks[place + 1] if place + 1 < len(marks) else None
                if closing and closing[1] is Mark.CLOSE_MESSAGE and self._pass(block, index, closing[0] + 1):
                    cursor = closing[0] + 1
                    continue
            if mark is Mark.CLOSE_MESSAGE and self._open is not None:
                self._append(block, cursor, index + 1)
                self._close(block.raws[index])
                cursor = index + 1
                continue
            if cursor < index or self._open is not None:
                self._leave(block, cursor, index)
            if mark is Mark.OPEN_MESSAGE:
                self._begin(block, index)
                cursor = index
            else:
                self._frame(mark, block, index)
                cursor = index + 1
        self._leave_open(block, cursor)
        self.interchange.end = block.offset + block.size
        return True

    def _frame(self, mark: Mark, block: Block, index: int) -> None:
        """Act on a framing segment, no message being open."""
        own = block.slice(index, index + 1, 1)
        segment = own.segment(0)
        self._tell(own, index, self.interchange.notes)
        if mark is Mark.LONE:
            self._begin(block, index)
            self._append(block, index, index + 1)
            self._release()
        elif mark is Mark.OPEN_GROUP:
            self.envelope.open_group(segment)
        elif mark is Mark.CLOSE_GROUP:
            self.envelope.close_group(segment)
        elif mark is Mark.OPEN_INTERCHANGE:
            return
        elif mark is Mark.CLOSE_INTERCHANGE:
            self.envelope.close_interchange(segment)
        elif mark is Mark.CLOSE_MESSAGE:
            told = f"A message header was expected before {segment.tag}, and none was found."
            self.interchange.notes.note("message-header-missing", told, segment=segment)

    def _pass(self, block: Block, start: int, stop: int) -> bool:
        """Take a message that stands in one block whole, if nothing about it is unusual."""
        raws = block.raws
        if self._oddities or not block.ascii:
            return False
        if not self.envelope.pass_message(raws[start], raws[stop - 1], stop - start):
            return False
        message = Message(self.interchange, self.envelope.group, [block.slice(start, stop, 1)])
        message.closed = True
        self._ready.append(message)
        return True

    def _begin(self, block: Block, index: int) -> None:
        self._open = Message(self.interchange, self.envelope.group, [])
        self._header = block.raws[index]
        self._count = self._held = 0

    def _append(self, block: Block, start: int, stop: int) -> None:
        """Add segments of a block to the open message."""
        message = self._open
        if message is None or start >= stop:
            return
        own = block.slice(start, stop, self._count + 1)
        first = not self._count
        self._count += stop - start
        message.counted = self._count
        self._last = own
        if self._streaming:
            self._streamed = own
        else:
            message.blocks.append(own)
        if first and self._header[:3] != b"TA1":
            self.envelope.open_message(self._header, message)
        if self._oddities or not own.ascii:
            self._tell(own, start, message)

    def _tell(self, own: Block, start: int, owner: Message | Notebook) -> None:
        """Note the oddities and foreign characters of a block's slice that starts at an index."""
        first = bisect_left(self._oddities, start, key=_PLACE)
        last = bisect_left(self._oddities, start + len(own), key=_PLACE)
        if first == last and own.ascii:
            return
        notes = owner.notes if isinstance(owner, Message) else owner
        for place, rule, message in self._oddities[first:last]:
            if notes.takes(rule):
                notes.note(rule, message, segment=own.segment(place - start))
        if not own.ascii:
            note_characters(own, notes)

    def _close(self, trailer: bytes) -> None:
        message = self._open
        if message is not None and self._last is not None:
            self.envelope.close_message(message, self._header, trailer, self._last)
            self._release()

    def _release(self) -> None:
        """Hand the open message on; one that is streamed was handed out before."""
        message = self._open
        if message is not None:
            message.closed = True
            if not self._streaming:
                self._ready.append(message)
        self._open = None
        self._streaming = False

    def _leave(self, block: Block, start: int, stop: int) -> None:
        """End an open message that has no trailer before a framing segment; outside one, tell of strays."""
        if self._open is not None:
            self._append(block, start, stop)
            self._break_off(self._open)
        elif start < stop:
            self._stray(block, start, stop)

    def _leave_open(self, block: Block, start: int) -> None:
        """Take the rest of a block into the open message; outside one, tell of strays."""
        if self._open is not None:
            self._append(block, start, len(block))
            self._held += block.size
        elif start < len(block):
            self._stray(block, start, len(block))

    def _break_off(self, message: Message) -> None:
        told = f"A trailer of message {message.control_number} was expected, and none was found."
        message.notes.note("message-trailer-missing", told, segment=message.header)
        self._release()

    def _stray(self, block: Block, start: int, stop: int) -> None:
        own = block.slice(start, stop, 1)
        self._tell(own, start, self.interchange.notes)
        first = own.segment(0)
        told = f"Segments were expected in messages; {len(own)} from {first.tag or 'here'} on stand outside."
        self.interchange.notes.note("segment-outside-message", told, segment=first)

    def _finish(self) -> None:
        if self._open is not None:
            self._break_off(self._open)
        self.envelope.finish()
