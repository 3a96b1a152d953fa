"""Units, coded values and prices."""

from __future__ import annotations

from enum import StrEnum

from ml_connector.documents.base import Model, Number


class UnitList(StrEnum):
    """The code list a unit code is taken from; a bare code means nothing without it."""

    X12_355 = "X12_355"
    UNECE_REC20 = "UNECE_REC20"
    UNECE_REC21 = "UNECE_REC21"
    ANA_4 = "ANA_4"
    ERP = "ERP"


class UnitOfMeasure(Model):
    """A unit code with the list it belongs to: X12 ``CA`` is a case, UN ``CA`` a can."""

    code: str
    list: UnitList


class CodedValue(Model):
    """A code with the list it is taken from (``X12_1300``, ``UNCL7161`` ...); ``list`` is None if unknown."""

    value: str
    list: str | None = None


class Price(Model):
    """A further price of a line: retail, suggested retail, catalogue and the like."""

    amount: Number
    currency: str | None = None
    base_quantity: Number | None = None
    base_uom: UnitOfMeasure | None = None
    price_type: str | None = None
    source_code: str | None = None
