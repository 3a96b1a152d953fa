"""What a level of an 856 weighs and measures: TD1, MEA and, in a package, PO4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.x12.units import read_unit, written_unit
from ml_connector.documents import CodedValue

if TYPE_CHECKING:
    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi.loops import Loop

_PACKAGING_LIST = "X12_103"
#: 187 weight qualifier: TD106, PO405. A3 is the weight of the whole consignment.
_GROSS, _NET, _CONSOLIDATED = "G", "N", "A3"
#: 737 measurement reference, MEA01, and 738 measurement qualifier, MEA02.
_DIMENSIONS = "PD"
_KINDS = (None, _DIMENSIONS, "WT")
_MEASURES = {_GROSS: "weight", "WT": "weight", _NET: "net_weight", "VOL": "volume"}
#: What a shipment, an order and a package have a field for.
OF_SHIPMENT = ("weight", "volume")
OF_ORDER = ("weight",)
OF_PACKAGE = ("weight", "net_weight", "volume")


def read_lading(reading: X12Reading, loop: Loop, measures: tuple[str, ...]) -> dict[str, Any]:
    """Package type and count, and those of the measures that are told, by the names packages know them by.

    The first TD1 counts; a MEA adds what it does not say. What is no such measure stays raw.
    """
    found: dict[str, Any] = {}
    for segment in loop.segments("TD1")[:1]:
        td1 = reading.take(segment)
        kind = td1.code(1)
        found = {
            "type": CodedValue(value=kind, list=_PACKAGING_LIST) if kind else None,
            "count": td1.whole(2),
        }
        _read_weight(reading, td1, 6, measures, found)
        _read_measure(reading, td1, 9, "volume", measures, found)
    for segment in loop.segments("MEA"):
        mea = reading.take(segment)
        field = _MEASURES.get(mea.code(2) or "") if mea.code(1) in _KINDS else None
        if field is None or not _read_measure(reading, mea, 3, field, measures, found):
            mea.leave(1)
            mea.leave(2)
    return found


def read_packed(reading: X12Reading, loop: Loop) -> dict[str, Any]:
    """As :func:`read_lading`, of a package, which may tell its weight and volume in PO4 instead."""
    found = read_lading(reading, loop, OF_PACKAGE)
    for segment in loop.segments("PO4")[:1]:
        po4 = reading.take(segment)
        _read_weight(reading, po4, 5, OF_PACKAGE, found)
        _read_measure(reading, po4, 8, "volume", OF_PACKAGE, found)
    return found


def _read_weight(
    reading: X12Reading, segment: Elements, number: int, measures: tuple[str, ...], found: dict[str, Any]
) -> None:
    """Qualifier, weight and unit from element ``number`` on."""
    qualifier = segment.code(number)
    field = "net_weight" if qualifier == _NET else "weight"
    known = qualifier in (None, _GROSS, _NET, _CONSOLIDATED)
    taken = known and _read_measure(reading, segment, number + 1, field, measures, found)
    if not taken or qualifier == _CONSOLIDATED:
        segment.leave(number)


def _read_measure(
    reading: X12Reading,
    segment: Elements,
    number: int,
    field: str,
    measures: tuple[str, ...],
    found: dict[str, Any],
) -> bool:
    """Take value and unit from element ``number`` on; False where the level can't hold them, or does."""
    value, unit = segment.number(number), read_unit(reading, segment, number + 1)
    unit_field = "volume_uom" if field == "volume" else "weight_uom"
    another = found.get(unit_field) not in (None, unit)
    if value is None or field not in measures or found.get(field) is not None or another:
        segment.leave(number)
        segment.leave(number + 1)
        return False
    found |= {field: value, unit_field: unit}
    return True


def write_lading(writer: SetWriter, lading: dict[str, Any]) -> None:
    """Put the TD1 of package type and count, weight and volume; a net weight beside a gross one is a MEA."""
    weight, qualifier = lading.get("weight"), _GROSS
    net, unit = lading.get("net_weight"), written_unit(writer, lading.get("weight_uom"), "weight_uom")
    if weight is None:
        weight, qualifier = net, _NET
    elif net is not None:
        writer.put("MEA", _DIMENSIONS, _NET, net, unit)
    kind = lading.get("type")
    values = [
        kind.value if kind else None,
        lading.get("count"),
        None,
        None,
        None,
        None if weight is None else qualifier,
        weight,
        unit,
        lading.get("volume"),
        written_unit(writer, lading.get("volume_uom"), "volume_uom"),
    ]
    if any(value is not None for value in values):
        writer.put("TD1", *values)
