"""Writing what was read: the identical bytes, a canonical form, or one message with its envelope."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, BinaryIO

from ml_connector.edi.lexer import Lexer
from ml_connector.edi.options import ReadOptions
from ml_connector.edi.separators import Standard
from ml_connector.edi.source import REPLACEMENT, UTF16_BOMS, Source
from ml_connector.edi.splitting import dangles, split_elements, split_released, unreleased

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.edi.dialects.opening import Opening
    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.message import Message
    from ml_connector.edi.segment import Segment
    from ml_connector.edi.syntax import Syntax

#: Widths of the elements of ISA (X12.5); ISA16 is the component separator itself.
_ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)
_DEFAULTS = ReadOptions()


def rewrite(
    stream: BinaryIO, out: BinaryIO, *, canonical: bool = False, options: ReadOptions = _DEFAULTS
) -> int:
    """Read a stream segment by segment and write it again; return how many interchanges it held.

    The bytes written are those read, whatever they are. Canonical writing leaves out what stands beside
    interchanges and between segments, empty elements and components at the end of segments and superfluous
    releases, writes tags in upper case, pads ISA, writes UNA where one stood or is needed, and gives in
    UTF-8 what was read in UTF-16.
    """
    source = Source(stream, options)
    if canonical:
        return _write_canonical(Lexer(source, options), out.write)
    if not source.encoding:
        return _write_identical(Lexer(source, options, spill=out.write), out.write)
    recoder = _Recoder(source, out.write)
    count = _write_identical(Lexer(source, options, spill=recoder.put), recoder.put)
    recoder.finish()
    return count


class _Recoder:
    """Writes the UTF-8 that a UTF-16 source was read as in UTF-16 again."""

    def __init__(self, source: Source, put: Callable[[bytes], object]) -> None:
        self._source = source
        self._put = put
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
        # As many bytes are held back as stand for half a unit at the end.
        self._held = b""
        put(next(mark for mark, encoding in UTF16_BOMS.items() if encoding == source.encoding))

    def put(self, data: bytes) -> None:
        """Write some more bytes."""
        data = self._held + data
        whole = max(len(data) - len(REPLACEMENT.encode()), 0)
        self._held = data[whole:]
        self._write(data[:whole])

    def finish(self) -> None:
        """Write what was held back, and half a unit as it was."""
        self._write(b"" if self._source.odd else self._held, final=True)
        self._put(self._source.odd)

    def _write(self, data: bytes, *, final: bool = False) -> None:
        text = self._decoder.decode(data, final)
        self._put(text.encode(self._source.encoding, "surrogatepass"))


def _write_identical(lexer: Lexer, put: Callable[[bytes], object]) -> int:
    count = 0
    while (opening := lexer.next_opening()) is not None:
        count += 1
        for lexed in lexer.blocks(opening):
            put(lexed.block.source)
    return count


def _write_canonical(lexer: Lexer, put: Callable[[bytes], object]) -> int:
    count = 0
    while (opening := lexer.next_opening()) is not None:
        count += 1
        put(canonical_advice(opening))
        for lexed in lexer.blocks(opening):
            for segment in lexed.block.segments():
                put(canonical_segment(segment) + opening.syntax.terminator)
    return count


def canonical_advice(opening: Opening) -> bytes:
    """Return UNA where one stood or where the separators are not EDIFACT's default, else nothing."""
    syntax = opening.syntax
    if syntax.standard is not Standard.EDIFACT:
        return b""
    signs = (syntax.component, syntax.element, syntax.decimal, syntax.release or b" ")
    advice = b"".join(signs) + (syntax.repetition or b" ") + syntax.terminator
    default = advice in (b":+.? '", b":+.?*'") and not opening.prelude
    return b"" if default else b"UNA" + advice


def canonical_segment(segment: Segment) -> bytes:
    """Return a segment's bytes without its terminator, in the shortest form that says the same."""
    syntax = segment.syntax
    tag, *elements = split_elements(segment.raw, syntax)
    tag = tag.upper()
    if tag == b"ISA":
        return _canonical_isa(elements, syntax)
    written = [_canonical_element(element, syntax) for element in elements]
    while written and not written[-1]:
        written.pop()
    body = syntax.element.join(written)
    return tag + syntax.tag + body if written else tag


def _canonical_isa(elements: list[bytes], syntax: Syntax) -> bytes:
    padded = [element.ljust(width) for element, width in zip(elements, _ISA_WIDTHS, strict=False)]
    return syntax.element.join([b"ISA", *padded, *elements[len(padded) :]])


def _canonical_element(element: bytes, syntax: Syntax) -> bytes:
    pieces = [element]
    if syntax.repetition:
        pieces = split_released(element, syntax.repetition, syntax.release)
    return syntax.repetition.join(_canonical_composite(piece, syntax) for piece in pieces)


def _canonical_composite(piece: bytes, syntax: Syntax) -> bytes:
    components = split_released(piece, syntax.component, syntax.release)
    while len(components) > 1 and not components[-1]:
        components.pop()
    return syntax.component.join(_rereleased(component, syntax) for component in components)


def _rereleased(component: bytes, syntax: Syntax) -> bytes:
    """Return a component with releases only where they are needed."""
    release = syntax.release
    if not release or release not in component:
        return component
    plain = unreleased(component, release).replace(release, release * 2)
    signs = {syntax.element, syntax.component, syntax.terminator, syntax.repetition}
    if syntax.standard is Standard.TRADACOMS:
        signs.add(syntax.tag)
    for sign in signs - {b"", release}:
        plain = plain.replace(sign, release + sign)
    return plain


def message_bytes(interchange: Interchange, message: Message) -> bytes:
    """Return one message as an interchange of its own: its segments as they were, in an envelope for one.

    Header segments are the original ones, UNA included; trailers repeat their control numbers. A message
    that had no envelope is returned without one. In a TRADACOMS message's interchange its file's header
    message comes first, since only there it says who sells and buys; both keep their numbers, and the
    trailers count both.

    Raises:
        ConnectorError: When the message was too long to be held and the reading has gone on.
    """
    terminator = interchange.syntax.terminator
    header = message.file_header if interchange.header else None
    shared = header is not None and header.group is message.group
    opened, group, closed = _envelope(interchange, message, header)
    before = _segments(header) if header is not None else []
    body = before + _segments(message) if shared else _segments(message)
    parts = [*opened, *([] if shared else before), *group, *body, *closed]
    return interchange.prelude + b"".join(part + terminator for part in parts)


def _segments(message: Message) -> list[bytes]:
    return [_regular(segment) for segment in message.segments]


def _regular(segment: Segment) -> bytes:
    """Return a segment's bytes with releases where their lack was repaired on reading."""
    syntax = segment.syntax
    if not syntax.release:
        return segment.raw
    pieces = split_released(segment.raw, syntax.terminator, syntax.release)
    raw = (syntax.release + syntax.terminator).join(pieces)
    return raw + syntax.release if dangles(raw, syntax.release) else raw


def _envelope(
    interchange: Interchange, message: Message, header: Message | None
) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Return the interchange's header, the group's if there is one, and the trailers, innermost first."""
    if not interchange.header:
        return [], [], []
    opened, closed = [], []
    group = message.group
    if group is not None:
        opened.append(group.header.raw)
        inside = 2 if header is not None and header.group is group else 1
        number = _number(group.header, _GROUP_NUMBERS)
        closed.append(_trailer(_GROUP_TRAILERS, interchange, number, counted=inside))
    number = _number(interchange.header, _NUMBERS)
    counted = _counted(message) + (header is not None)
    closed.append(_trailer(_TRAILERS, interchange, number, counted=counted))
    return [interchange.header.raw], opened, closed


_TRAILERS = {Standard.X12: b"IEA", Standard.EDIFACT: b"UNZ", Standard.TRADACOMS: b"END"}
_GROUP_TRAILERS = {Standard.X12: b"GE", Standard.EDIFACT: b"UNE", Standard.TRADACOMS: b"EOB"}
#: Where the headers hold their control numbers: ISA13, UNB 0020; GS06, UNG 0048.
_NUMBERS = {Standard.X12: 13, Standard.EDIFACT: 5, Standard.TRADACOMS: 5}
_GROUP_NUMBERS = {Standard.X12: 6, Standard.EDIFACT: 5, Standard.TRADACOMS: 1}


def _number(header: Segment, places: dict[Standard, int]) -> bytes:
    """Return a control number as it was written, releases kept."""
    fields = split_elements(header.raw, header.syntax)
    place = places[header.syntax.standard]
    return fields[place] if place < len(fields) else b""


def _counted(message: Message) -> int:
    """Return what the interchange trailer counts: X12 counts groups, of which a TA1 has none."""
    return 0 if message.standard is Standard.X12 and message.group is None else 1


def _trailer(tags: dict[Standard, bytes], interchange: Interchange, number: bytes, counted: int = 1) -> bytes:
    syntax = interchange.syntax
    fields = [b"%d" % counted]
    if syntax.standard is not Standard.TRADACOMS:
        fields.append(number)
    return tags[syntax.standard] + syntax.tag + syntax.element.join(fields)
