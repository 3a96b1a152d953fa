"""Flat SAP IDoc files as the same tree that their XML form is.

Source: SAP's flat port format. A control record (524 characters, first the table name ``EDI_DC40``) opens
each IDoc; data records follow, each named by its segment's external name (``E2EDK01005`` is ``E1EDK01`` in
release 005).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from ml_connector.codecs.idoc.layout import CONTROL, RECORD, SEGMENTS
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTROL_LENGTH = sum(length for _, length in CONTROL)
_HEADER_LENGTH = sum(length for _, length in RECORD)
_RECORD_LENGTH = _HEADER_LENGTH + 1000
_EXTERNAL_NAME = re.compile(r"E2(\w{5})\d{3}$")
# Segments that stand inside another one; the line E1EDP01 holds every other E1EDP segment.
_PARENTS = {
    "E1EDKA3": "E1EDKA1",
    "E1EDKT2": "E1EDKT1",
    "E1EDPA3": "E1EDPA1",
    "E1EDPT2": "E1EDPT1",
}


@dataclass(frozen=True, slots=True)
class FlatIdoc:
    """One IDoc of a flat file: its tree and its byte range in the file."""

    tree: Element
    span: tuple[int, int]


def read_flat_idocs(data: bytes) -> Iterator[FlatIdoc]:
    """Yield every IDoc of a flat file as an ``IDOC`` element, as SAP's XML port would have written it.

    Raises:
        Rejected: The file does not begin with a control record.
    """
    current: Element | None = None
    start = end = 0
    for offset, record, length in _records(data):
        if record.startswith("EDI_DC"):
            if current is not None:
                yield FlatIdoc(current, (start, offset))
            current, start = Element("IDOC"), offset
            _add_fields(SubElement(current, "EDI_DC40"), CONTROL, record)
        elif current is None:
            raise Rejected(f"A flat IDoc begins with a control record EDI_DC40, found {record[:10]!r}.")
        else:
            _add_segment(current, record)
        end = offset + length
    if current is not None:
        yield FlatIdoc(current, (start, end))


def _records(data: bytes) -> Iterator[tuple[int, str, int]]:
    """Offset, text and byte length of every record; one a line, or back to back at SAP's fixed lengths."""
    if b"\n" in data:
        offset = 0
        for line in data.splitlines(keepends=True):
            if line.strip():
                yield offset, _decoded(line).rstrip("\r\n"), len(line)
            offset += len(line)
        return
    offset = 0
    while data[offset : offset + 1].strip():
        length = _CONTROL_LENGTH if data[offset:].startswith(b"EDI_DC") else _RECORD_LENGTH
        yield offset, _decoded(data[offset : offset + length]), length
        offset += length


def _decoded(data: bytes) -> str:
    """The text of a record: SAP does not name its port's code page; UTF-8 if it is that, else cp1252.

    Raises:
        Rejected: It is neither, and a guess would lose letters.
    """
    for charset in ("utf-8", "cp1252"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError as error:
            byte, at = data[error.start], error.start
    raise Rejected(
        f"Byte {byte:02X} at {at} of record {data[:30].decode('ascii', 'replace').strip()} is no "
        "character of UTF-8, nor of cp1252.",
        advice="Ask the partner to send the IDoc in UTF-8.",
        offset=at,
    )


def _add_segment(idoc: Element, record: str) -> None:
    external = record[:30].strip()
    match = _EXTERNAL_NAME.match(external)
    tag = f"E1{external[2:7]}" if match or external.startswith("E2") else external
    segment = SubElement(_parent(idoc, tag), tag)
    body = record[_HEADER_LENGTH:]
    layout = SEGMENTS.get(tag)
    if layout is None:
        segment.text = body.rstrip()
    else:
        _add_fields(segment, layout, body)


def _parent(idoc: Element, tag: str) -> Element:
    """The element a segment belongs into: the last line for line segments, within it the last group."""
    last = idoc[-1]
    parent = last if last.tag == "E1EDP01" and tag.startswith("E1EDP") and tag != "E1EDP01" else idoc
    inside = _PARENTS.get(tag)
    return parent[-1] if inside and len(parent) and parent[-1].tag == inside else parent


def _add_fields(segment: Element, layout: tuple[tuple[str, int], ...], body: str) -> None:
    offset = 0
    for name, length in layout:
        value = body[offset : offset + length].strip()
        if value:
            SubElement(segment, name).text = value
        offset += length
    if rest := body[offset:].strip():
        SubElement(segment, "REST").text = rest
