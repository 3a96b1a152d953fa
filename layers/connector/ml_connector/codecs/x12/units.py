"""Units in X12 element 355, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.units import translate_unit, unit
from ml_connector.documents import UnitList, UnitOfMeasure

if TYPE_CHECKING:
    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter


def read_unit(reading: X12Reading, segment: Elements, number: int) -> UnitOfMeasure | None:
    """The unit at an element; the partner's own meaning of a code is put in its place and recorded."""
    return named_unit(reading, segment.code(number), segment.path(number))


def named_unit(reading: X12Reading, code: str | None, path: str) -> UnitOfMeasure | None:
    """The unit of a code of element 355."""
    if code is None:
        return None
    meant = reading.profile.units_in.get(code, code)
    if meant != code:
        reading.normalised("unit-override", path, code, meant)
    return unit(meant, UnitList.X12_355)


def written_unit(writer: SetWriter, measure: UnitOfMeasure | None, field: str = "uom") -> str | None:
    """The X12 code of a unit of any list.

    Raises:
        Misconfigured: There is no sure counterpart; the partner's profile must name one.
    """
    if measure is None:
        return None
    if (own := writer.profile.units_out.get(measure.code)) is not None:
        return own
    translated = translate_unit(measure, UnitList.X12_355)
    if translated is None:
        raise writer.refuse(
            field,
            f"the unit list {measure.list.value} has no sure counterpart of it in X12 355",
            measure.code,
            advice="Name the partner's code in units_out of the partner's profile.",
        )
    return translated.code
