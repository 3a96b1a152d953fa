"""References to other documents, and notes, of UBL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import Note, Reference, ReferenceType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.ubl.elements import Writer


def read_references(root: Node, paths: Iterable[tuple[str, ReferenceType]]) -> tuple[Reference, ...]:
    """The references at each of the paths that have a number."""
    return tuple(Reference(type=kind, number=text) for path, kind in paths for text in root.texts(path))


def number_of(references: Iterable[Reference], kind: ReferenceType) -> str | None:
    """The number of the first reference of a kind."""
    return next((reference.number for reference in references if reference.type is kind), None)


def read_notes(node: Node) -> tuple[Note, ...]:
    """The cbc:Note of a document or a line."""
    return tuple(Note(text=text) for text in node.texts("cbc:Note"))


def write_notes(writer: Writer, notes: Iterable[Note]) -> None:
    """The cbc:Note of a document or a line."""
    for note in notes:
        writer.text("Note", note.text)
