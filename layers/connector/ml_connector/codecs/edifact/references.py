"""RFF: references to other documents, with their dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.dates import read_moment, write_moment
from ml_connector.codecs.edifact.qualifiers import REFERENCES, first_codes, source_code
from ml_connector.documents import Reference, ReferenceType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.codecs.edifact.reading import GroupReader, SegmentReader
    from ml_connector.edi.rows import Row

_CODES = first_codes(REFERENCES)
# 2005 of the DTM below RFF: 171 reference date; order and invoice dates are sent as well.
_DATE = "171"
_DATES = (_DATE, "4", "3", "137", "11")


def read_references(groups: Iterable[GroupReader]) -> list[Reference]:
    """The references of RFF groups."""
    return [reference for group in groups if (reference := read_reference(group))]


def read_reference(group: GroupReader) -> Reference | None:
    """The reference of one RFF group; None where it names nothing."""
    reference = reference_of(group.head)
    if reference is None:
        return None
    for date in group.segments("DTM"):
        if date.peek(1, 1) in _DATES and reference.issue_date is None:
            reference = reference.model_copy(update={"issue_date": read_moment(date)})
    return reference


def reference_of(segment: SegmentReader) -> Reference | None:
    """The reference of an RFF on its own."""
    code = segment.peek(1, 1)
    if not segment.peek(1, 2):
        segment.part(1, 1)
        return None
    return Reference(
        type=REFERENCES.get(code, ReferenceType.OTHER),
        number=segment.part(1, 2),
        line_number=segment.part(1, 3),
        release=segment.part(1, 4),
        source_qualifier=source_code(segment.part(1, 1), REFERENCES),
    )


def order_among(references: Iterable[Reference]) -> Reference | None:
    """The order that some senders name under a qualifier other than RFF+ON (CO, OP)."""
    return next((one for one in references if one.type is ReferenceType.PURCHASE_ORDER), None)


def write_references(references: Iterable[Reference]) -> Iterator[Row]:
    """The RFF groups of references, each with its DTM."""
    for reference in references:
        code = reference.source_qualifier or _CODES.get(reference.type, "ZZZ")
        yield from write_reference(code, reference)


def write_reference(code: str, reference: Reference) -> Iterator[Row]:
    """The RFF group of one reference under the given qualifier."""
    number, line, release = reference.number or "", reference.line_number or "", reference.release or ""
    yield ("RFF", [[code, number, line, release]])
    yield from write_moment(_DATE, reference.issue_date)
