"""What the bytes beyond ASCII turn out to be, told once per kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ml_connector.edi.rules import Notebook
    from ml_connector.edi.segment import Block
    from ml_connector.edi.syntax import Syntax

#: Latin-1 has no characters there, and where Windows has none either nobody can tell what was meant.
_CONTROLS = re.compile(rb"[\x80-\x9f]")
_RULES = {"utf-8": "utf-8-under-other-label", "cp1252": "cp1252-under-other-label"}


def note_characters(block: Block, notes: Notebook) -> None:
    """Note once per kind that a block's text is in another charset than its label says."""
    told = {finding.rule for finding in notes.findings}
    for index, raw in enumerate(block.raws):
        if raw.isascii():
            continue
        rule, message = _judge(raw, block.syntax)
        if rule and rule not in told:
            told.add(rule)
            notes.note(rule, message, segment=block.segment(index))


def _judge(raw: bytes, syntax: Syntax) -> tuple[str, str]:
    charset = syntax.charset
    codec = charset.codec_of(raw)
    if codec == "latin-1" and not charset.pinned and _CONTROLS.search(raw):
        told = "Printable characters were expected, and control characters from 80 to 9F were found."
        return "character-outside-repertoire", told
    if codec == charset.name:
        return "", ""
    if charset.name == "ascii" and codec == "latin-1":
        return "character-outside-repertoire", "Only ASCII characters were expected, and others were found."
    rule = _RULES.get(codec, "undecodable-under-label")
    return rule, f"The text was expected in {charset.name}, and was read as {codec}."
