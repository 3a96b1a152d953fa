"""From bytes to blocks of segments: split at C speed, look closely only where something is unusual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.edi.dialects.frame import CANDIDATE, HEADER_WORDS, Frame, Mark, frame_of, open_interchange
from ml_connector.edi.dialects.opening import LOOK_AHEAD
from ml_connector.edi.judging import Judge, LexedBlock, Oddity
from ml_connector.edi.noise import Noise
from ml_connector.edi.segment import Block
from ml_connector.edi.separators import Standard
from ml_connector.edi.splitting import BLANKS, dangles
from ml_connector.edi.tidying import rejoin_released, releases_terminator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ml_connector.edi.dialects.opening import Opening
    from ml_connector.edi.options import ReadOptions
    from ml_connector.edi.source import Source
    from ml_connector.edi.syntax import Syntax

_HEADER_WORDS = frozenset(word for words in HEADER_WORDS.values() for word in words)
#: After a terminator got lost, so many bytes are looked at at a time: each further loss reads them again.
_SHORT_STRIDE = 2048
#: A candidate word is at most this long: so many last bytes may be the start of one.
_WORD_BYTES = 8


class Lexer:
    """Takes a source apart, interchange by interchange.

    Attributes:
        source: The bytes.
        options: Charset and limits.
        noise: What stood before the opening found last, or at the end of the stream.
        ended: Whether the current interchange's trailer was seen.
        prelude: What stood between the opening's first byte and its header segment: UNA.
    """

    def __init__(
        self, source: Source, options: ReadOptions, spill: Callable[[bytes], object] | None = None
    ) -> None:
        """Start at the source's next byte; spill gets all bytes that belong to no block, in order."""
        self.source = source
        self.options = options
        self.noise = Noise(source.offset, source.line)
        self.ended = True
        self.prelude = b""
        self._charset = options.charset or source.charset
        self._spill = spill
        self._stride = options.segment_bytes + options.chunk_bytes

    def next_opening(self) -> Opening | None:
        """Return the next interchange's opening, the source standing at its start; None at the end."""
        source = self.source
        self.noise = Noise(source.offset, source.line)
        while True:
            found = CANDIDATE.search(source.data, source.at)
            if found is None:
                self._skip(source.left if source.ended else max(source.left - _WORD_BYTES, 0))
                if source.ended:
                    return None
                source.fill()
                continue
            self._skip(found.start() - source.at)
            source.ensure(LOOK_AHEAD)
            opening = open_interchange(source.peek(LOOK_AHEAD), self._charset)
            if opening is not None:
                return opening
            self._skip(1)

    def blocks(self, opening: Opening) -> Iterator[LexedBlock]:
        """Yield the blocks of the interchange that starts here, up to its trailer or where it breaks off."""
        self._stride = self.options.segment_bytes + self.options.chunk_bytes
        judge = Judge(frame_of(opening.syntax))
        self.ended = opening.refused
        self.prelude = self._skip(max(opening.prelude, int(opening.refused)))
        first = True
        while not self.ended:
            if not first and self._at_header():
                return
            lexed = self._next_block(judge, skip=int(first))
            if lexed is None:
                return
            first = False
            yield lexed

    def _skip(self, count: int) -> bytes:
        """Move past bytes that belong to no block, and return them."""
        taken = self.source.take(count)
        self.noise.add(taken)
        if self._spill and taken:
            self._spill(taken)
        return taken

    def _at_header(self) -> bool:
        """Return whether the next bytes open another interchange though this one has not ended."""
        if self.source.peek(64).lstrip(BLANKS)[:3].upper() not in _HEADER_WORDS:
            return False
        self.source.ensure(LOOK_AHEAD)
        return self._opens(self.source.peek(LOOK_AHEAD).lstrip(BLANKS))

    def _opens(self, window: bytes) -> bool:
        opening = open_interchange(window, self._charset)
        return opening is not None and not opening.bare

    def _next_block(self, judge: Judge, *, skip: int) -> LexedBlock | None:
        """Return the next block of at least one segment; None when only blanks are left."""
        source = self.source
        while True:
            stop = self._last_terminator(judge.frame)
            final = source.ended or source.left > self.options.segment_bytes + LOOK_AHEAD
            if stop < 0 and final:
                return self._remainder(judge, skip)
            if stop >= 0:
                cut = self._cut(judge.frame, stop, skip)
                lexed = self._lex(judge, cut, final=final or cut < stop)
                if lexed is not None or final:
                    return lexed
            source.fill()

    def _last_terminator(self, frame: Frame) -> int:
        """Return the end of the last terminator with enough after it to tell a header; -1 where none is."""
        terminator, source = frame.syntax.terminator, self.source
        at = source.at
        bound = len(source.data) - (0 if source.ended else LOOK_AHEAD)
        last = source.data.rfind(terminator, at, min(at + self._stride, bound))
        if last < 0:
            last = source.data.find(terminator, at, max(bound, at))
        return last + len(terminator) if last >= 0 else -1

    def _remainder(self, judge: Judge, skip: int) -> LexedBlock | None:
        """Lex what no terminator ends: the end of the stream, or a segment past all bounds."""
        source = self.source
        if not source.data[source.at :].strip(BLANKS):
            return None
        overlong = not source.ended
        lexed = self._lex(judge, self._cut(judge.frame, len(source.data), skip), final=True)
        if lexed and overlong:
            told = f"A segment was expected to end within {self.options.segment_bytes} bytes, and does not."
            lexed.oddities[:] = [Oddity(len(lexed.block) - 1, "segment-too-long", told)]
        return lexed

    def _cut(self, frame: Frame, stop: int, skip: int) -> int:
        """Return the end of this interchange where it can be seen before stop, else stop."""
        data, terminator = self.source.data, frame.syntax.terminator
        for found in frame.edge.finditer(data, self.source.at + skip, stop):
            place = found.start()
            if found[0] not in frame.headers:
                end = data.find(terminator, place, stop)
                return end + len(terminator) if end >= 0 else stop
            if place > self.source.at and self._opens_inside(frame, place):
                return place
        return stop

    def _opens_inside(self, frame: Frame, place: int) -> bool:
        """Return whether an interchange opens at a place, of which the less is believed the more it is data.

        Where data broke off the next header follows without a terminator. A word that is a whole element
        has a header's shape by chance, unless it is one to the letter.
        """
        data, syntax = self.source.data, frame.syntax
        opening = open_interchange(data[place : place + LOOK_AHEAD], self._charset)
        if opening is None or opening.bare:
            return False
        before = data[max(place - _WORD_BYTES, self.source.at) : place].rstrip(BLANKS)
        if not before or before.endswith(syntax.terminator):
            return True
        whole = before.endswith(syntax.element)
        return not any(whole or remark.rule == "isa-elements-missing" for remark in opening.remarks)

    def _lex(self, judge: Judge, stop: int, *, final: bool) -> LexedBlock | None:
        """Split the source up to stop; None, and nothing taken, where no segment's end can be told yet."""
        source, syntax = self.source, judge.frame.syntax
        lines = self._lex_lines(judge, stop)
        if lines is not None or (judge.lined and not final and self._is_last(syntax.terminator, stop)):
            return lines
        start, offset, line = source.at, source.offset, source.line
        window = source.take(stop - start)
        parts, closed = self._split(window, syntax, final=final)
        block = Block(syntax, parts, parts, offset, line)
        block.closed = closed
        lexed = judge.judge(block, window) if parts else None
        if lexed is None or not block.raws:
            source.give_back(source.at - start)
            return None
        if judge.lost is not None:
            return self._end_line(lexed, *judge.lost)
        return self._end(judge, lexed)

    def _is_last(self, terminator: bytes, stop: int) -> bool:
        """Return whether one segment is left before stop, whose line end may be still to come."""
        return self.source.data.find(terminator, self.source.at, stop) + len(terminator) == stop

    def _lex_lines(self, judge: Judge, stop: int) -> LexedBlock | None:
        """Split what stands before stop, each segment on a line; None, and nothing taken, if it does not."""
        source, terminator = self.source, judge.frame.syntax.terminator
        ending = _line_end(source.data, source.data.find(terminator, source.at, stop) + len(terminator))
        last = source.data.rfind(terminator + ending, source.at, stop) if ending else -1
        if last < 0 or terminator.isspace():
            return None
        offset, line = source.offset, source.line
        window = source.take(last + len(terminator + ending) - source.at)
        parts = window.split(terminator + ending)
        parts.pop()
        block = Block(judge.frame.syntax, parts, parts, offset, line)
        lexed = judge.judge_lines(block, window, ending, source.line - line)
        if lexed is None:
            source.give_back(len(window))
        return lexed

    def _end_line(self, lexed: LexedBlock, index: int, kept: int) -> LexedBlock:
        """Return the block up to a line end that stands for a terminator; go on in small steps from there."""
        shorter = self._shorten(lexed, index + 1)
        block = shorter.block
        lost = len(block.parts[index]) - kept + (len(block.syntax.terminator) if block.closed else 0)
        self.source.give_back(lost)
        block.parts = [*block.parts[:index], block.parts[index][:kept]]
        block.raws = [*block.raws[:index], block.parts[index].strip(BLANKS)]
        block.closed = False
        self._stride = _SHORT_STRIDE
        told = "A terminator was expected at the end of the line, and none was found."
        oddities = [oddity for oddity in shorter.oddities if oddity.place < index]
        return LexedBlock(block, shorter.marks, [*oddities, Oddity(index, "terminator-missing", told)])

    def _split(self, window: bytes, syntax: Syntax, *, final: bool) -> tuple[list[bytes], bool]:
        """Return the window's parts and whether a terminator ends the last; what may go on is given back."""
        source = self.source
        parts = window.split(syntax.terminator)
        closed = not parts[-1].strip(BLANKS)
        if closed:
            source.give_back(len(parts.pop()))
        if releases_terminator(window, syntax):
            parts = rejoin_released(parts, syntax)
        if closed and not final and may_go_on(parts[-1], syntax):
            source.give_back(len(parts.pop()) + len(syntax.terminator))
        return parts, closed

    def _end(self, judge: Judge, lexed: LexedBlock) -> LexedBlock:
        """Cut the block where the interchange ends, and judge its last segment."""
        block = lexed.block
        if Mark.CLOSE_INTERCHANGE in lexed.kinds:
            self.ended = True
            place = lexed.kinds.index(Mark.CLOSE_INTERCHANGE)
            lexed = self._shorten(lexed, lexed.marks[place][0] + 1)
        else:
            for index in sorted(judge.foreign):
                if self._opens(self.source.data[block.offsets[index] - self.source.base :][:LOOK_AHEAD]):
                    lexed = self._shorten(lexed, index)
                    break
        self._judge_ending(lexed)
        return lexed

    def _shorten(self, lexed: LexedBlock, end: int) -> LexedBlock:
        """Return the block up to before an index, the rest given back to the source."""
        block = lexed.block
        if end >= len(block):
            return lexed
        shorter = block.slice(0, end, block.position)
        self.source.give_back(block.size - shorter.size)
        marks = [mark for mark in lexed.marks if mark[0] < end]
        return LexedBlock(shorter, marks, [oddity for oddity in lexed.oddities if oddity.place < end])

    def _judge_ending(self, lexed: LexedBlock) -> None:
        """Note a last segment without a terminator."""
        block = lexed.block
        if block.closed:
            return
        last = len(block) - 1
        release = block.syntax.release
        if release and dangles(block.raws[last], release):
            told = "A character was expected after the release, and the data end."
            lexed.oddities.append(Oddity(last, "release-at-end", told))
        elif self.ended:
            told = "A terminator was expected after the interchange's trailer, and none was found."
            lexed.oddities.append(Oddity(last, "terminator-missing", told))
        else:
            told = "A terminator was expected, and the data break off inside this segment."
            lexed.oddities.append(Oddity(last, "segment-cut-off", told))


def _line_end(data: bytes, place: int) -> bytes:
    """Return the line end that stands at a place, if one does."""
    if data[place : place + 1] == b"\n":
        return b"\n"
    return b"\r\n" if data[place : place + 2] == b"\r\n" else b""


def may_go_on(part: bytes, syntax: Syntax) -> bool:
    """Return whether what follows a part's terminator may still belong to its segment."""
    if syntax.standard is Standard.TRADACOMS:
        return True
    return bool(syntax.release) and dangles(part, syntax.release)
