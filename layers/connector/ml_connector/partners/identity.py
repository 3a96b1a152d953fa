"""The forms under which identities are compared beyond what the documents' own identifiers fold."""

from __future__ import annotations

import re

from ml_connector.documents.identifiers import check_digit_ok, normalise_gln, normalise_vat

_COUNTRY_PREFIX = re.compile(r"^[A-Z]{2}(?=\d)")


def gln_of(value: str) -> str | None:
    """Return the GLN that ``value`` proves to be by its check digit, however it was written; else None."""
    gln = normalise_gln(value)
    return gln if len(gln) == 13 and check_digit_ok(gln) else None


def vat_forms(value: str, country: str = "") -> tuple[str, ...]:
    """Return the forms under which a VAT or company number may be filed: with and without its country.

    A Swedish number also counts without the trailing ``01`` that its VAT form adds to the company number.
    """
    number = normalise_vat(value)
    bare = _COUNTRY_PREFIX.sub("", number)
    forms = [number, bare, f"{country.upper()}{bare}" if country else number]
    if number.startswith("SE") and len(bare) == 12 and bare.endswith("01"):
        forms.append(bare[:-2])
    return tuple(dict.fromkeys(forms))
