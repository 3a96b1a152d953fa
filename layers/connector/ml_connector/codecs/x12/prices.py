"""Prices with their basis (DE 639), and further prices (CTP)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from ml_connector.codecs.amounts import write_number
from ml_connector.codecs.x12.qualifiers import PRICE_DIVISORS, PRICE_KINDS
from ml_connector.documents import Price, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

_NO_CHARGE = "NC"
_LIST = "LPR"
#: 236 price identifier: CTP02.
_PRICE_TYPES = {
    "LPR": "list",
    "CAT": "list",
    "NET": "net",
    "CON": "net",
    "RTL": "retail",
    "RES": "retail",
    "MSR": "retail",
    "SUG": "retail",
    "PRP": "promotional",
    "UCP": "unit_cost",
}


class UnitPrice(NamedTuple):
    """A price, what it is divided by (None is one), and the code that said so."""

    amount: Decimal | None
    base: Decimal | None
    code: str | None


def read_price(reading: X12Reading, segment: Elements, price: int, basis: int) -> UnitPrice:
    """The price at one element with the basis at another; a price basis code of no charge makes it zero."""
    amount, code = segment.number(price), segment.code(basis)
    if code == _NO_CHARGE and amount is None:
        amount = Decimal(0)
        reading.normalised("no-charge", segment.path(price), "", "0")
    if code and code not in PRICE_DIVISORS and code not in PRICE_KINDS:
        reading.find(
            Severity.WARNING,
            "price-basis-unknown",
            f"{segment.path(basis)} is {code}, no price basis known; the price is taken as per unit.",
            path=segment.path(basis),
            found=code,
        )
    return UnitPrice(amount, PRICE_DIVISORS.get(code or ""), code)


def basis_code(
    writer: SetWriter, base: Decimal | None, code: str | None, field: str = "price_base"
) -> str | None:
    """The code for a price basis: the one it was read with, else the first that divides by it.

    Raises:
        Misconfigured: No code divides by it.
    """
    if code and PRICE_DIVISORS.get(code) == base:
        return code
    if base is None:
        return None
    found = next((known for known, divisor in PRICE_DIVISORS.items() if divisor == base), None)
    if found is None:
        raise writer.refuse(field, "no price basis code divides by it", write_number(base))
    return found


def read_further_prices(reading: X12Reading, loop: Loop) -> tuple[Decimal | None, tuple[Price, ...]]:
    """The list price per unit, and all other prices of CTP segments."""
    segments = [*loop.segments("CTP"), *(inner.segments("CTP")[0] for inner in loop.loops("CTP"))]
    prices = [price for segment in segments if (price := _read_further(reading, segment)) is not None]
    listed = next((p for p in prices if p.source_code == _LIST and p.base_quantity is None), None)
    return (listed.amount if listed else None), tuple(price for price in prices if price is not listed)


def _read_further(reading: X12Reading, segment: Segment) -> Price | None:
    ctp = reading.take(segment)
    code = ctp.code(2)
    price = read_price(reading, ctp, 3, 9)
    if price.amount is None:
        ctp.leave(2)
        return None
    if price.base is None:
        ctp.leave(9)
    return Price(
        amount=price.amount,
        base_quantity=price.base,
        price_type=_PRICE_TYPES.get(code or ""),
        source_code=code,
    )


def write_further_prices(writer: SetWriter, listed: Decimal | None, prices: Iterable[Price]) -> None:
    """Put a CTP for the list price and each further price."""
    if listed is not None:
        writer.put("CTP", None, _LIST, listed)
    for price in prices:
        for field in ("currency", "base_uom"):
            if (value := getattr(price, field)) is not None:
                raise writer.refuse(f"prices.{field}", "CTP has no place for it", value)
        writer.put(
            "CTP", None, _price_code(writer, price), price.amount, *(None,) * 5, _further_basis(writer, price)
        )


def _further_basis(writer: SetWriter, price: Price) -> str | None:
    return basis_code(writer, price.base_quantity, None, "prices.base_quantity")


def _price_code(writer: SetWriter, price: Price) -> str | None:
    if price.source_code and _PRICE_TYPES.get(price.source_code) == price.price_type:
        return price.source_code
    code = next((known for known, meant in _PRICE_TYPES.items() if meant == price.price_type), None)
    if price.price_type and code is None:
        raise writer.refuse("prices.price_type", "CTP has no code for this price", price.price_type)
    return code
