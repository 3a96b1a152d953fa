"""What every model of the documents shares: frozen, closed, decimals never floats, dates ISO 8601."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer


def _plain(value: Decimal) -> str:
    """The decimal without exponent, so that ``1E+2`` is written as ``100``."""
    return format(value, "f")


def _moment(value: object) -> object:
    """Turn an ISO string into a date, or into a datetime only when it states a time."""
    if not isinstance(value, str):
        return value
    return date.fromisoformat(value) if len(value) <= len("CCYY-MM-DD") else datetime.fromisoformat(value)


Number = Annotated[Decimal, PlainSerializer(_plain, return_type=str, when_used="json")]
"""A decimal: amount, quantity, rate or percentage. JSON carries it as a string, digit for digit."""

Moment = Annotated[datetime | date, BeforeValidator(_moment)]
"""A date, or a datetime where the source stated a time; without a zone unless the source stated one."""


class Model(BaseModel):
    """A frozen value object; unknown field names are refused so that a typing error can't lose a value."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


def day_of(moment: date | datetime | None) -> date | None:
    """The calendar day of a moment; None stays None."""
    return moment.date() if isinstance(moment, datetime) else moment


Totals = TypeVar("Totals", bound=Model)


def effective(declared: Totals, computed: Totals) -> Totals:
    """The declared totals, with what the sender left out taken from the computed ones."""
    return computed.model_copy(update={name: value for name, value in declared if value is not None})
