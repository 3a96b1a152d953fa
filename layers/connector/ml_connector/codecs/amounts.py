"""Numbers as the standards write them: explicit and implied decimals, signs, price bases."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_EXPLICIT = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(-?)")


class ReadNumber(NamedTuple):
    """A number and how it was written.

    Attributes:
        value: The number.
        pointed: A decimal point was written.
        repaired: The form was unusual (plus sign, trailing minus) and has been understood all the same.
    """

    value: Decimal
    pointed: bool
    repaired: bool


def read_number(text: str) -> ReadNumber | None:
    """The number in a text with a point as its decimal mark; None if it is none.

    ``.5``, ``5.``, ``+5`` and ``12.50-`` are understood; thousands separators and exponents are not.
    """
    match = _EXPLICIT.fullmatch(text)
    if match is None or (match[1] and match[3]):
        return None
    value = Decimal(match[2])
    negative = match[1] == "-" or match[3] == "-"
    return ReadNumber(-value if negative else value, "." in match[2], bool(match[3]) or match[1] == "+")


def shift(value: Decimal, places: int) -> Decimal:
    """The value whose last ``places`` digits are decimals: 1234 with 2 is 12.34."""
    return value.scaleb(-places)


def write_number(value: Decimal) -> str:
    """The number in plain digits, without exponent and without zeros that say nothing."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def write_implied(value: Decimal, places: int) -> str | None:
    """The number with ``places`` implied decimals; None if it has more decimals than that."""
    shifted = value.scaleb(places)
    whole = shifted.to_integral_value()
    return format(whole, "f") if whole == shifted else None


def digits_of(text: str) -> int:
    """How many digits a written number has; sign and point do not count towards a field's length."""
    return sum(character.isdigit() for character in text)
