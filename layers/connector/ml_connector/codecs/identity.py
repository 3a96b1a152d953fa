"""Identifiers on their way in: check digits are looked at, and never a reason to refuse.

Numbers that fail their check digit are in use, the standards' own printed samples among them; they are kept
and matched as sent, with a warning for the person who wonders why nothing was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import IdentifierScheme, Severity
from ml_connector.documents.identifiers import check_digit_ok

if TYPE_CHECKING:
    from ml_connector.codecs.reading import Reading
    from ml_connector.documents import Identifier

_LENGTH_OF_GLN = 13
_LENGTHS = {
    IdentifierScheme.GLN: (_LENGTH_OF_GLN,),
    IdentifierScheme.GTIN: (14,),
    IdentifierScheme.SSCC: (18,),
}


# Keys of parties that stand in one form; another one is read as that, and told.
_ONE_FORM = frozenset((IdentifierScheme.GLN, IdentifierScheme.DUNS, IdentifierScheme.DUNS4))
# Whose numbers are a partner's own: a GLN among them is one sent under another name.
_OWN = frozenset(
    (
        IdentifierScheme.BUYER_ASSIGNED,
        IdentifierScheme.SELLER_ASSIGNED,
        IdentifierScheme.MUTUAL,
        IdentifierScheme.OTHER,
    )
)


def check_party_number(reading: Reading, identifier: Identifier, path: str) -> Identifier:
    """As :func:`check_identifier`, and with a warning where a number is matched as another than was sent."""
    value, key = identifier.value, identifier.matching_value
    if identifier.scheme in _ONE_FORM and key != value:
        message = f"{identifier.scheme.value} {value} is matched as {key}."
        reading.find(Severity.WARNING, "identifier-form", message, path=path, expected=key, found=value)
    if identifier.scheme in _OWN and len(value) == _LENGTH_OF_GLN and check_digit_ok(value):
        message = f"{value}, sent as {identifier.scheme.value}, has the form of a GLN and is tried as one."
        reading.find(Severity.WARNING, "gln-under-another-scheme", message, path=path, found=value)
    return check_identifier(reading, identifier, path)


def check_identifier(reading: Reading, identifier: Identifier, path: str) -> Identifier:
    """Return the identifier unchanged, with a warning on the reading if its GS1 key can't be right."""
    lengths = _LENGTHS.get(identifier.scheme)
    if lengths is None:
        return identifier
    key = identifier.matching_value
    if len(key) not in lengths or not check_digit_ok(key):
        reading.find(
            Severity.WARNING,
            "check-digit",
            f"{identifier.scheme.value} {identifier.value} is not a valid number of its kind; kept as sent.",
            path=path,
            found=identifier.value,
        )
    return identifier
