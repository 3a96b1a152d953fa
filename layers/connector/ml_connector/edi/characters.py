"""What the bytes beyond ASCII turn out to be, told element by element."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ml_connector.edi.splitting import split_elements, split_released

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.edi.rules import Notebook
    from ml_connector.edi.segment import Block
    from ml_connector.edi.syntax import Syntax

#: Latin-1 has no characters there, and where Windows has none either nobody can tell what was meant.
_CONTROLS = re.compile(rb"[\x80-\x9f]")
_RULES = {"utf-8": "utf-8-under-other-label", "cp1252": "cp1252-under-other-label"}


def note_characters(block: Block, notes: Notebook) -> None:
    """Note each element of a block whose text is in another charset than its label says."""
    syntax = block.syntax
    for index, raw in enumerate(block.raws):
        if raw.isascii():
            continue
        for number, component, piece in _foreign(raw, syntax):
            rule, message = _judge(piece, syntax)
            if rule and notes.takes(rule):
                place = {"element": number or None, "component": component or None}
                value = syntax.charset.decode(piece)
                notes.note(rule, message, segment=block.segment(index), value=value, **place)


def _foreign(raw: bytes, syntax: Syntax) -> Iterator[tuple[int, int, bytes]]:
    """Yield what of a segment is not ASCII: element, component (0 where there is but one), bytes."""
    for number, element in enumerate(split_elements(raw, syntax)):
        if element.isascii():
            continue
        pieces = split_released(element, syntax.component, syntax.release)
        for component, piece in enumerate(pieces, 1):
            if not piece.isascii():
                yield number, component if len(pieces) > 1 else 0, piece


def _judge(piece: bytes, syntax: Syntax) -> tuple[str, str]:
    charset = syntax.charset
    codec = charset.codec_of(piece)
    if codec == "latin-1" and not charset.pinned and _CONTROLS.search(piece):
        told = "Printable characters were expected, and control characters from 80 to 9F were found."
        return "character-outside-repertoire", told
    if codec == charset.name:
        return "", ""
    if charset.name == "ascii" and codec == "latin-1":
        return "character-outside-repertoire", "Only ASCII characters were expected, and others were found."
    rule = _RULES.get(codec, "undecodable-under-label")
    return rule, f"The text was expected in {charset.name}, and was read as {codec}."
