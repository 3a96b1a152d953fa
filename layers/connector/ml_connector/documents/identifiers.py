"""Identifiers with their scheme, and the one form of each that is fit for comparing.

The value is kept exactly as the partner sent it: leading zeros and letter case of partners' own codes mean
something. Only ``matching_value`` folds what the schemes themselves say is the same.
"""

from __future__ import annotations

import re
from enum import StrEnum

from ml_connector.documents.base import Model


class IdentifierScheme(StrEnum):
    """Who issues an identifier and what shape it has."""

    GLN = "GLN"
    GTIN = "GTIN"
    DUNS = "DUNS"
    DUNS4 = "DUNS4"
    SCAC = "SCAC"
    VAT = "VAT"
    COMPANY_REG = "COMPANY_REG"
    BUYER_ASSIGNED = "BUYER_ASSIGNED"
    SELLER_ASSIGNED = "SELLER_ASSIGNED"
    MUTUAL = "MUTUAL"
    IBAN = "IBAN"
    BIC = "BIC"
    SSCC = "SSCC"
    ISBN = "ISBN"
    MANUFACTURER_ASSIGNED = "MANUFACTURER_ASSIGNED"
    BANK = "BANK"
    ACCOUNT = "ACCOUNT"
    OTHER = "OTHER"


class Identifier(Model):
    """An identifier as sent, with its scheme and the qualifier the source standard used."""

    scheme: IdentifierScheme
    value: str
    source_qualifier: str | None = None

    @property
    def matching_value(self) -> str:
        """The value in the scheme's one comparable form; partners' own codes come back unchanged."""
        normalise = _NORMALISERS.get(self.scheme)
        return normalise(self.value) if normalise else self.value

    @property
    def matching_key(self) -> tuple[str, str]:
        """Scheme and comparable value: equal keys name the same thing."""
        return (self.scheme.value, self.matching_value)


def check_digit_ok(digits: str) -> bool:
    """Whether the GS1 mod-10 check digit holds (weights 3 and 1 from the right)."""
    if not digits.isdigit():
        return False
    weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return weighted % 10 == 0


def normalise_gtin(value: str) -> str:
    """The GTIN as 14 digits with leading zeros; a value that is no GTIN comes back stripped of blanks."""
    digits = _without_separators(value)
    return digits.zfill(14) if digits.isdigit() and 8 <= len(digits) <= 14 else digits


def normalise_gln(value: str) -> str:
    """The GLN as 13 digits: blanks go, and a leading zero lost on the way (12 digits) comes back."""
    digits = _without_separators(value)
    return digits.zfill(13) if digits.isdigit() and len(digits) == 12 else digits


def normalise_duns(value: str) -> str:
    """The DUNS number as 9 digits (left-padded) or, with its 4 character suffix, as 13."""
    code = _without_separators(value).upper()
    return code.zfill(9) if code.isdigit() and len(code) < 9 else code


def normalise_sscc(value: str) -> str:
    """The SSCC as 18 digits, without its application identifier (00)."""
    digits = re.sub(r"[()]", "", _without_separators(value))
    return digits[2:] if len(digits) == 20 and digits.startswith("00") else digits


def normalise_vat(value: str) -> str:
    """The VAT number in upper case without punctuation and without the Norwegian suffix MVA."""
    code = re.sub(r"[\s.\-/]", "", value).upper()
    return code.removesuffix("MVA")


def _without_separators(value: str) -> str:
    return re.sub(r"[\s\-]", "", value)


def _compact_upper(value: str) -> str:
    return re.sub(r"\s", "", value).upper()


_NORMALISERS = {
    IdentifierScheme.GTIN: normalise_gtin,
    IdentifierScheme.GLN: normalise_gln,
    IdentifierScheme.DUNS: normalise_duns,
    IdentifierScheme.DUNS4: normalise_duns,
    IdentifierScheme.SSCC: normalise_sscc,
    IdentifierScheme.VAT: normalise_vat,
    IdentifierScheme.IBAN: _compact_upper,
    IdentifierScheme.BIC: _compact_upper,
    IdentifierScheme.ISBN: _without_separators,
}
