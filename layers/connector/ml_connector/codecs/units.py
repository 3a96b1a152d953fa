"""Units of measure per standard. One code means different things in different lists: never share a look-up.

``units.csv`` pairs X12 element 355 with UN/ECE Recommendations 20 and 21 (codes starting with X are
Recommendation 21 packages).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ml_connector.documents import UnitList, UnitOfMeasure

if TYPE_CHECKING:
    from collections.abc import Mapping


def translate_unit(unit: UnitOfMeasure, target: UnitList) -> UnitOfMeasure | None:
    """The same unit in another code list, or None where there is no sure counterpart."""
    if unit.list is target:
        return unit
    code = _pairs(unit.list, target).get(unit.code)
    return UnitOfMeasure(code=code, list=_list_of(code, target)) if code else None


def is_known(unit: UnitOfMeasure) -> bool:
    """Whether the code stands in the table of its list; partners do use rarer ones."""
    if unit.list is UnitList.X12_355:
        return unit.code in _pairs(UnitList.X12_355, UnitList.UNECE_REC20)
    return unit.code in _pairs(unit.list, UnitList.X12_355)


@cache
def unit(code: str, unit_list: UnitList) -> UnitOfMeasure:
    """The unit of a code; the same object for the same code, since units repeat on every line."""
    return UnitOfMeasure(code=code, list=unit_list)


def _list_of(code: str, target: UnitList) -> UnitList:
    """Packages have their own recommendation: XCS is Rec. 21 even where a Rec. 20 code was asked for."""
    if target is UnitList.UNECE_REC20 and len(code) == 3 and code.startswith("X"):
        return UnitList.UNECE_REC21
    return target


@cache
def _pairs(source: UnitList, target: UnitList) -> Mapping[str, str]:
    united_nations = {UnitList.UNECE_REC20, UnitList.UNECE_REC21}
    if source is UnitList.X12_355 and target in united_nations:
        return {row["x12"]: row["unece"] for row in _rows()}
    if source in united_nations and target is UnitList.X12_355:
        return _to_x12()
    return {}


def _to_x12() -> Mapping[str, str]:
    """UN/ECE to X12: a code's own row wins over rows that only name it as an alias; the first row of each."""
    own: dict[str, str] = {}
    aliases: dict[str, str] = {}
    for row in _rows():
        own.setdefault(row["unece"], row["x12"])
        for alias in row["aliases"].split():
            aliases.setdefault(alias, row["x12"])
    return {code: x12 for code, x12 in {**aliases, **own}.items() if code}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (files("ml_connector.codecs") / "units.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
