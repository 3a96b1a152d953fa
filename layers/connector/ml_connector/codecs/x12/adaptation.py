"""A document of any origin made ready for X12: its units in element 355, names as descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ml_connector.codecs.x12.units import written_unit
from ml_connector.documents import Item, Model, UnitList, UnitOfMeasure

if TYPE_CHECKING:
    from ml_connector.codecs.x12.writing import SetWriter

Adapted = TypeVar("Adapted", bound=Model)


def adapted(writer: SetWriter, document: Adapted) -> Adapted:
    """The document as X12 can say it without losing meaning.

    Raises:
        Misconfigured: A unit has no sure counterpart in X12.
    """
    changed = {name: _adapt(writer, value) for name, value in document}
    found = {name: value for name, value in changed.items() if value is not getattr(document, name)}
    return document.model_copy(update=found) if found else document


def _adapt(writer: SetWriter, value: object) -> object:
    if isinstance(value, UnitOfMeasure):
        return _unit(writer, value)
    if isinstance(value, Model):
        inner = adapted(writer, value)
        return _described(inner) if isinstance(inner, Item) and inner.name else inner
    if isinstance(value, tuple) and any(isinstance(one, Model) for one in value):
        parts = tuple(_adapt(writer, one) for one in value)
        return value if all(new is old for new, old in zip(parts, value, strict=True)) else parts
    return value


def _unit(writer: SetWriter, measure: UnitOfMeasure) -> UnitOfMeasure:
    code = written_unit(writer, measure)
    if code == measure.code and measure.list is UnitList.X12_355:
        return measure
    return UnitOfMeasure(code=code or "", list=UnitList.X12_355)


def _described(item: Item) -> Item:
    """X12 articles have descriptions (PID) and no name, so the name is their first line."""
    lines = dict.fromkeys(filter(None, (item.name, item.description)))
    return item.model_copy(update={"name": None, "description": "\n".join(lines)})
