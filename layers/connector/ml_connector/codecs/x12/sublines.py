"""Components of kits and assortments: SLN loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.x12.items import item_of, read_description, read_ids, write_description, write_ids
from ml_connector.codecs.x12.units import named_unit, written_unit
from ml_connector.documents import SubLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.codecs.x12.elements import X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

#: 662 relationship: SLN03.
_RELATIONSHIPS = {"I": "included", "A": "add", "S": "substitute", "D": "delete", "O": "information"}
_FIRST_ID, _ROOM = 9, 10


def read_sub_lines(reading: X12Reading, loops: Iterable[Loop]) -> tuple[SubLine, ...]:
    """The components of SLN loops, in order."""
    return tuple(
        read_component(reading, loop.segments("SLN")[0], read_description(reading, loop)) for loop in loops
    )


def read_component(reading: X12Reading, segment: Segment, description: str | None = None) -> SubLine:
    """The component of one SLN, with the description that its loop may hold."""
    sln = reading.take(segment)
    relationship = sln.code(3)
    return SubLine(
        line_number=sln[1],
        relationship=_RELATIONSHIPS.get(relationship or "", relationship),
        item=item_of(read_ids(reading, sln, _FIRST_ID), description),
        quantity=sln.number(4),
        uom=named_unit(reading, sln.code(5, 1), sln.path(5)),
        unit_price=sln.number(6),
    )


def write_sub_lines(writer: SetWriter, sub_lines: Iterable[SubLine]) -> None:
    """Put an SLN loop for each component."""
    for index, sub in enumerate(sub_lines):
        with writer.within(f"sub_lines[{index}]"):
            write_component(writer, sub)
            write_description(writer, sub.item)


def write_component(writer: SetWriter, sub: SubLine) -> None:
    """Put the SLN of one component."""
    unit = written_unit(writer, sub.uom)
    writer.put(
        "SLN",
        sub.line_number,
        None,
        _relationship(sub.relationship),
        sub.quantity,
        (unit,) if unit else None,
        sub.unit_price,
        None,
        None,
        *write_ids(writer, sub.item, _ROOM),
    )


def _relationship(name: str | None) -> str | None:
    return next((code for code, meant in _RELATIONSHIPS.items() if meant == name), name)
