"""TRADACOMS numbers: digits with implied decimals, and dates of two-digit years.

Source: the BIC guides to TRADACOMS files. A picture ``9(10)V9(4)`` is up to ten digits before and exactly
four after a decimal point that is not written; leading zeros are optional.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from ml_connector.errors import Misconfigured, Rejected

PRICE = 4  # AUCT, OUCT, BUCT, UCRV and the line values LEXC, EXLV: 9(10)V9(4)
AMOUNT = 2  # the totals of STL, TLR, VRS and TOT: 9(10)V9(2)
PERCENT = 3  # VATP, DSCP: 9(3)V9(3)
MEASURE = 3  # weights and measures: 9(10)V9(3)

_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<digits>\d+(?:\.\d*)?|\.\d+)(?P<trailing>[+-]?)$")
# A two-digit year is 20xx up to this one and 19xx above it (the 1995 revision of the standard).
_LAST_YEAR_OF_THIS_CENTURY = 79


def read_number(text: str, places: int, field: str) -> Decimal | None:
    """The value of a field with ``places`` implied decimals; None for an empty one.

    A point that is written against the rules counts as written. A sign may lead or trail.

    Raises:
        Rejected: The text is no number.
    """
    if not text.strip():
        return None
    match = _NUMBER.match(text.strip())
    if match is None:
        raise Rejected(f"{field} should be a number, found {text!r}.", field=field, value=text)
    digits = match["digits"]
    value = Decimal(digits) if "." in digits else Decimal(int(digits)).scaleb(-places)
    return -value if "-" in (match["sign"], match["trailing"]) else value


def write_number(value: Decimal | None, places: int, field: str, *, digits: int = 10) -> str:
    """The digits of a value with ``places`` implied decimals; empty for None.

    Raises:
        Misconfigured: The value is negative, or has too many decimals or digits for the field.
    """
    if value is None:
        return ""
    scaled = value.scaleb(places)
    if value < 0 or scaled != scaled.to_integral_value():
        raise Misconfigured(
            f"{field} takes a positive number with up to {places} decimals, not {value}.",
            field=field,
            value=str(value),
        )
    text = str(int(scaled))
    if len(text) > digits + places:
        raise Misconfigured(
            f"{field} takes up to {digits} digits before the point, not {value}.",
            field=field,
            value=str(value),
        )
    return text


def read_date(text: str, field: str) -> date | None:
    """The date of a ``YYMMDD`` field; None for an empty or all-zero one.

    Raises:
        Rejected: The text is no date.
    """
    digits = text.strip()
    if not digits.strip("0"):
        return None
    try:
        year, month, day = int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:])
        if len(digits) == 6:
            year += 2000 if year <= _LAST_YEAR_OF_THIS_CENTURY else 1900
        return date(year, month, day)
    except ValueError as error:
        raise Rejected(
            f"{field} should be a date YYMMDD, found {text!r}.", field=field, value=text
        ) from error


def write_date(value: date | None, field: str) -> str:
    """``YYMMDD``; empty for None.

    Raises:
        Misconfigured: The year is outside 1980 to 2079, which two digits can't say.
    """
    if value is None:
        return ""
    if not 1980 <= value.year <= 2000 + _LAST_YEAR_OF_THIS_CENTURY:
        raise Misconfigured(
            f"{field} takes the years 1980 to 2079, not {value.isoformat()}.",
            field=field,
            value=value.isoformat(),
        )
    return value.strftime("%y%m%d")
