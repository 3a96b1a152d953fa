"""Segments, and the blocks they are read in: cheap to make by the million, taken apart when asked."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, islice, repeat
from operator import add
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ml_connector.edi.splitting import BLANKS, split_elements, split_released, unreleased

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ml_connector.edi.syntax import Syntax


class Block:
    """Consecutive segments that were read at once.

    A block keeps the bytes as they stood in the stream, so that writing them back is identical, and the
    segments cleaned of the noise around them. Offsets and lines are worked out when somebody asks.

    Attributes:
        syntax: How to take the segments apart.
        parts: The bytes of each segment as they stood, without terminators.
        raws: The bytes of each segment without the blanks before the tag and line breaks inside; the same
            list as ``parts`` where there are none.
        offset: Byte offset of the first part in the stream.
        line: Line of the first part, counting from 1.
        position: Position of the first segment in its message, counting from 1.
        ascii: Whether all bytes are ASCII.
        closed: Whether the last part was followed by a terminator.
        gap: What stood after each part but an unclosed last: the terminator, perhaps with a line end.
        anchors: Offsets and lines of parts already known, by index.
        placed: The offsets of all segments once somebody asked for them.
        lines: The lines on which the parts start, where they hold line ends, once somebody asked.
    """

    # Defaults here and not in the constructor, as a block is made for each message.
    ascii = True
    closed = True
    anchors: Mapping[int, tuple[int, int]] = MappingProxyType({})
    placed: list[int] | None = None
    lines: list[int] | None = None

    def __init__(
        self, syntax: Syntax, parts: list[bytes], raws: list[bytes], offset: int, line: int, position: int = 1
    ) -> None:
        self.syntax = syntax
        self.gap = syntax.terminator
        self.parts = parts
        self.raws = raws
        self.offset = offset
        self.line = line
        self.position = position

    def __len__(self) -> int:
        return len(self.raws)

    @property
    def size(self) -> int:
        """The number of bytes in the stream, up to and with the last terminator."""
        count = len(self.parts) - 1
        last = len(self.syntax.terminator) if self.closed else 0
        return sum(map(len, self.parts)) + count * len(self.gap) + last

    @property
    def source(self) -> bytes:
        """The bytes as they stood in the stream, terminators and line ends after them included."""
        joined = self.gap.join(self.parts)
        return joined + self.gap if self.closed and self.parts else joined

    @property
    def offsets(self) -> list[int]:
        """The byte offset of each segment's tag in the stream."""
        if self.placed is None:
            self.placed = list(islice(self._offsets(), len(self.parts)))
        return self.placed

    def _offsets(self) -> Iterator[int]:
        """The byte offset of each segment's tag, and perhaps one more at the end."""
        steps = map(add, map(len, self.parts), repeat(len(self.gap)))
        starts = accumulate(steps, initial=self.offset)
        return starts if self.raws is self.parts else map(add, starts, map(self.lead, self.parts))

    def segments(self) -> Iterator[Segment]:
        """Return the segments in order."""
        places = self._offsets() if self.placed is None else self.placed
        return map(Segment, zip(self.raws, places, repeat(self), strict=False))

    def segment(self, index: int) -> Segment:
        """Return one segment."""
        offset = self.offsets[index] if index else next(self._offsets())
        return Segment((self.raws[index], offset, self))

    def slice(self, start: int, stop: int, position: int) -> Block:
        """Return the segments from start to before stop as a block of their own."""
        parts = self.parts[start:stop]
        raws = parts if self.raws is self.parts else self.raws[start:stop]
        offset, line = self.anchors.get(start) or self._place_of(start)
        block = Block(self.syntax, parts, raws, offset, line, position)
        block.gap = self.gap
        if not self.ascii:
            block.ascii = False
        if not self.closed and stop >= len(self.parts):
            block.closed = False
        return block

    def line_of(self, index: int) -> int:
        """Return the line on which a segment's tag stands."""
        part = self.parts[index]
        return self._line_at(index) + part.count(b"\n", 0, self.lead(part))

    def _place_of(self, index: int) -> tuple[int, int]:
        """Return offset and line at which a part starts."""
        before = self.parts[:index]
        return self.offset + sum(map(len, before)) + index * len(self.gap), self._line_at(index)

    def _line_at(self, index: int) -> int:
        """Return the line on which a part starts."""
        lines = self.gap.count(b"\n")
        if self.raws is self.parts:
            return self.line + index * lines
        if self.lines is None:
            self.lines = list(
                accumulate((part.count(b"\n") + lines for part in self.parts), initial=self.line)
            )
        return self.lines[index]

    def lead(self, part: bytes) -> int:
        """Return how many bytes of a part stand before its tag: blanks, and terminators of empty segments."""
        return len(part) - len(part.lstrip(BLANKS + self.syntax.terminator))


class _Fields(NamedTuple):
    raw: bytes
    offset: int
    block: Block


class Segment(tuple[bytes, int, Block]):  # noqa: SLOT001 # its elements are kept in its dictionary once somebody asks
    """One segment: a tag and its elements, with the place it was read from.

    Elements, components and repetitions count from 1, as the standards number them: BEG03 is
    ``element(3)``, component 1001 of BGM's C002 is ``element(1, 1)``.

    It is a tuple of its bytes, offset, block and index because that is what Python makes fastest, by the
    million; take it for an object, and make one by its block.

    Attributes:
        raw: The bytes of the segment without blanks around it and without its terminator.
        offset: The byte offset of the tag in the stream.
    """

    if TYPE_CHECKING:
        raw: bytes
        offset: int
        _block: Block
    else:
        raw, offset, _block = _Fields.raw, _Fields.offset, _Fields.block

    _elements: list[bytes]

    def __len__(self) -> int:
        """Return the number of elements present, counting empty ones before the last separator."""
        return len(self._split()) - 1

    def __bool__(self) -> bool:
        return bool(self.raw)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Segment):
            return NotImplemented
        return (self.raw, self.offset) == (other.raw, other.offset)

    def __ne__(self, other: object) -> bool:
        return not self == other  # a tuple's own would compare the blocks too

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"<Segment {self.text!r} at byte {self.offset}>"

    @property
    def tag(self) -> str:
        """The tag in upper case."""
        return self._split()[0].decode("latin-1").upper()

    @property
    def position(self) -> int:
        """The place in the message, counting its header as 1."""
        return self._block.position + self._index

    @property
    def line(self) -> int:
        """The line of the tag in the stream, counting from 1."""
        return self._block.line_of(self._index)

    @property
    def source(self) -> bytes:
        """The bytes as they stood in the stream, blanks before the tag included, without the terminator."""
        return self._block.parts[self._index]

    @property
    def syntax(self) -> Syntax:
        """How the segment is taken apart."""
        return self._block.syntax

    @property
    def text(self) -> str:
        """The segment as text, separators and releases included, without its terminator."""
        return self._block.syntax.charset.decode(self.raw)

    def element(self, number: int, component: int = 1, repetition: int = 1) -> str:
        """Return the text of an element or of one of its components, "" where it is absent."""
        elements = self._split()
        if not 0 < number < len(elements) or not elements[number]:
            return ""
        components = self._components(elements[number], repetition)
        if not 0 < component <= len(components):
            return ""
        return self._plain(components[component - 1])

    def components(self, number: int, repetition: int = 1) -> list[str]:
        """Return the components of an element, [] where it is absent."""
        elements = self._split()
        if not 0 < number < len(elements) or not elements[number]:
            return []
        return [self._plain(part) for part in self._components(elements[number], repetition)]

    def repetitions(self, number: int) -> int:
        """Return how often an element is repeated: 0 where it is absent, 1 for a single value."""
        elements = self._split()
        if not 0 < number < len(elements) or not elements[number]:
            return 0
        return len(self._repetitions(elements[number]))

    def whole(self, number: int) -> str:
        """Return an element's text without taking it apart, for text that holds a separator by mistake."""
        elements = self._split()
        return self._plain(elements[number]) if 0 < number < len(elements) else ""

    def elements(self) -> Sequence[str]:
        """Return the text of all elements, not taken apart, starting with the first."""
        return [self._plain(element) for element in self._split()[1:]]

    def element_offset(self, number: int) -> int:
        """Return the byte offset at which an element starts; the segment's own where it is absent."""
        elements = self._split()
        if not 0 < number < len(elements):
            return self.offset
        syntax = self._block.syntax
        before = sum(map(len, elements[:number])) + len(syntax.tag) + (number - 1) * len(syntax.element)
        return self.offset + before

    @property
    def _index(self) -> int:
        return bisect_left(self._block.offsets, self.offset)

    def _split(self) -> list[bytes]:
        """Return the tag and the elements, still released."""
        try:
            return self._elements
        except AttributeError:
            self._elements = split_elements(self.raw, self._block.syntax)
            return self._elements

    def _repetitions(self, element: bytes) -> list[bytes]:
        syntax = self._block.syntax
        if not syntax.repetition or self.raw[:3] == b"ISA":
            return [element]
        return split_released(element, syntax.repetition, syntax.release)

    def _components(self, element: bytes, repetition: int) -> list[bytes]:
        syntax = self._block.syntax
        if self.raw[:3] == b"ISA" and syntax.standard == "x12":
            return [element]
        repetitions = self._repetitions(element)
        if not 0 < repetition <= len(repetitions):
            return []
        return split_released(repetitions[repetition - 1], syntax.component, syntax.release)

    def _plain(self, data: bytes) -> str:
        syntax = self._block.syntax
        if syntax.release and syntax.release in data:
            data = unreleased(data, syntax.release)
        return syntax.charset.decode(data)
