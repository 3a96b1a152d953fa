"""References (REF) and notes (N9 with MSG or MTX, NTE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.x12.qualifiers import REFERENCE_TYPES, code_for
from ml_connector.documents import Note, Reference, ReferenceType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.codecs.x12.elements import X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop


def read_references(reading: X12Reading, segments: Iterable[Segment]) -> tuple[Reference, ...]:
    """The references of REF segments, in order."""
    return tuple(read_reference(reading, segment) for segment in segments)


def read_reference(reading: X12Reading, segment: Segment) -> Reference:
    """One reference: REF01 qualifier, REF02 number, REF03 description."""
    ref = reading.take(segment)
    return reference_of(ref.code(1), ref[2], ref[3])


def reference_of(qualifier: str | None, number: str | None, description: str | None = None) -> Reference:
    """The reference that a qualifier (DE 128) and a number make."""
    return Reference(
        type=REFERENCE_TYPES.get(qualifier or "", ReferenceType.OTHER),
        number=number,
        description=description,
        source_qualifier=qualifier,
    )


def read_numbers(reading: X12Reading, loop: Loop) -> tuple[Reference, ...]:
    """The references of N9 loops without text: N901 qualifier, N902 number, N903 description."""
    heads = [n9.segments("N9")[0] for n9 in loop.loops("N9") if n9.segments("N9") and not _texts(n9)]
    return tuple(read_reference(reading, head) for head in heads if any(head.element(n) for n in (2, 3)))


def first_number(references: Iterable[Reference], *types: ReferenceType) -> str | None:
    """The first number among references of the types."""
    return next((r.number for r in references if r.type in types and r.number), None)


def write_references(writer: SetWriter, references: Iterable[Reference], path: str = "references") -> None:
    """Put a REF for each reference.

    Raises:
        Misconfigured: A reference has a type X12 has no qualifier for, or more than number and description.
    """
    for index, reference in enumerate(references):
        with writer.within(f"{path}[{index}]"):
            write_reference(writer, reference)


def write_reference(writer: SetWriter, reference: Reference) -> None:
    """Put the REF of one reference."""
    for field in ("line_number", "issue_date", "release"):
        if (value := getattr(reference, field)) is not None:
            raise writer.refuse(field, "REF holds a number and a description only", value)
    writer.put("REF", _qualifier(writer, reference), reference.number, reference.description)


def _qualifier(writer: SetWriter, reference: Reference) -> str:
    kept = reference.source_qualifier
    if reference.type is ReferenceType.OTHER and kept and kept not in REFERENCE_TYPES:
        return kept
    code = code_for(REFERENCE_TYPES, reference.type, kept)
    if code is None:
        raise writer.refuse("type", "REF has no qualifier for this type", reference.type.value)
    return code


#: N9 around a note without a subject: L1 is "letters or notes", and N902 must hold something.
_PLAIN_SUBJECT, _PLAIN_REFERENCE = "L1", "NOTE"


def read_notes(reading: X12Reading, loop: Loop) -> tuple[Note, ...]:
    """Notes of N9 loops (subject in N901, text in MSG01 or MTX02) and of MSG segments that stand alone."""
    notes = [note for n9 in loop.loops("N9") for note in _n9_notes(reading, n9)]
    notes += [_text_note(reading, segment, None) for segment in loop.segments("MSG")]
    return tuple(note for note in notes if note is not None)


def _n9_notes(reading: X12Reading, loop: Loop) -> list[Note | None]:
    texts = _texts(loop)
    head = loop.segments("N9")
    if not texts or not head:
        return []
    n9 = reading.take(head[0])
    subject = n9.code(1)
    if n9[2] != _PLAIN_REFERENCE:
        n9.leave(2)
    subject = None if subject == _PLAIN_SUBJECT else subject
    return [_text_note(reading, segment, subject) for segment in texts]


def _texts(loop: Loop) -> list[Segment]:
    return loop.segments("MSG") + loop.segments("MTX")


def _text_note(reading: X12Reading, segment: Segment, subject: str | None) -> Note | None:
    taken = reading.take(segment)
    text = taken[2 if segment.tag == "MTX" else 1]
    return Note(text=text, subject=subject) if text else None


def write_notes(writer: SetWriter, notes: Iterable[Note]) -> None:
    """Put an N9 loop for each note."""
    for index, note in enumerate(notes):
        with writer.within(f"notes[{index}]"):
            writer.put("N9", note.subject or _PLAIN_SUBJECT, _PLAIN_REFERENCE)
            if writer.note_tag == "MTX":
                writer.put("MTX", None, note.text)
            else:
                writer.put("MSG", note.text)
