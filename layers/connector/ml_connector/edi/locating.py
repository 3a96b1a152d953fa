"""Where in a segment's bytes a finding points."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from ml_connector.edi.splitting import split_elements, split_released

if TYPE_CHECKING:
    from ml_connector.edi.finding import Finding
    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.message import Message
    from ml_connector.edi.segment import Segment


def segment_of(finding: Finding, message: Message) -> Segment | None:
    """Return the segment of a message that a finding is about, None where none at hand is."""
    if finding.offset is None:
        return None
    place = bisect_right(message.blocks, finding.offset, key=attrgetter("offset")) - 1
    if place < 0:
        return None
    block = message.blocks[place]
    index = bisect_right(block.offsets, finding.offset) - 1
    return block.segment(index) if block.offsets[index] == finding.offset else None


def envelope_segment_of(finding: Finding, interchange: Interchange) -> Segment | None:
    """Return the header or trailer of an interchange that a finding is about, None where neither is."""
    for segment in (interchange.header, interchange.trailer):
        if segment and segment.tag == finding.tag and finding.offset in (segment.offset, interchange.span[0]):
            return segment
    return None


def locate(finding: Finding, segment: Segment) -> tuple[int, int]:
    """Return where in a segment's bytes a finding points: its tag, an element, a component."""
    syntax = segment.syntax
    fields = split_elements(segment.raw, syntax)
    number = finding.element or 0
    if not 0 < number < len(fields):
        return (len(segment.raw), len(segment.raw)) if number else (0, len(fields[0]))
    start = len(fields[0]) + len(syntax.tag)
    start += sum(map(len, fields[1:number])) + (number - 1) * len(syntax.element)
    field, start = _piece(fields[number], start, syntax.repetition, finding.repetition, syntax.release)
    field, start = _piece(field, start, syntax.component, finding.component, syntax.release)
    return start, start + len(field)


def _piece(
    field: bytes, start: int, separator: bytes, number: int | None, release: bytes
) -> tuple[bytes, int]:
    """Return one piece of a field and where it starts; the whole field where no piece is asked for."""
    pieces = split_released(field, separator, release)
    if not number or not separator or number > len(pieces):
        return field, start
    before = sum(map(len, pieces[: number - 1])) + (number - 1) * len(separator)
    return pieces[number - 1], start + before
