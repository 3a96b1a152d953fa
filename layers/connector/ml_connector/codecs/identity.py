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

_LENGTHS = {
    IdentifierScheme.GLN: (13,),
    IdentifierScheme.GTIN: (14,),
    IdentifierScheme.SSCC: (18,),
}


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
