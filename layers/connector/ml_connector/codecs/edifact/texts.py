"""Long texts over the components and segments that carry them.

EDIFACT cuts a text into components of a fixed width. When read, a component filled to its width continues in
the next one; any other ends a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ml_connector.codecs.edifact.reading import GroupReader
    from ml_connector.edi.rows import Row

NAME = 35
_FREE_TEXT_COMPONENTS = 5


def join_text(parts: Sequence[str], width: int) -> str | None:
    """One text of its parts: a part filled to ``width`` continues in the next, any other ends its line."""
    joined = "".join(part if len(part) == width else f"{part}\n" for part in parts)
    return joined.strip() or None


def split_text(text: str | None, width: int) -> list[str]:
    """The parts of a text that read back as it: every line cut at ``width``."""
    if not text:
        return []
    lines = text.split("\n")
    return [line[at : at + width] for line in lines for at in range(0, max(len(line), 1), width)]


def read_notes(group: GroupReader, width: int) -> tuple[Note, ...]:
    """The FTX segments of a group as notes; one whose five components are full continues in the next FTX."""
    notes: list[tuple[str | None, list[str]]] = []
    for segment in group.segments("FTX"):
        parts = segment.parts(4)
        if not parts:
            continue
        subject = segment.part(1)
        if notes and notes[-1][0] == subject and len(notes[-1][1]) % _FREE_TEXT_COMPONENTS == 0:
            notes[-1][1].extend(parts)
        else:
            notes.append((subject, parts))
    return tuple(
        Note(text=text, subject=subject) for subject, parts in notes if (text := join_text(parts, width))
    )


def write_notes(notes: Iterable[Note], width: int) -> Iterator[Row]:
    """The FTX segments of notes; ``AAI`` (general information) where a note has no subject."""
    for note in notes:
        parts = split_text(note.text, width)
        for at in range(0, len(parts), _FREE_TEXT_COMPONENTS):
            yield ("FTX", [note.subject or "AAI", "", "", parts[at : at + _FREE_TEXT_COMPONENTS]])
