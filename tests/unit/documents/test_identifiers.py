from __future__ import annotations

import pytest

from ml_connector.documents import Identifier
from ml_connector.documents.identifiers import check_digit_ok


@pytest.mark.parametrize(
    ("scheme", "sent", "compared"),
    [
        ("GTIN", "036000291452", "00036000291452"),
        ("GTIN", "0036000291452", "00036000291452"),
        ("GTIN", "ABC", "ABC"),
        ("GLN", "0 12345 678905 ", "0012345678905"),
        ("GLN", "012345678905", "0012345678905"),
        ("DUNS", "12-345-678", "012345678"),
        ("DUNS4", "123456789a001", "123456789A001"),
        ("SSCC", "(00)106141411234567897", "106141411234567897"),
        ("SSCC", "106141411234567897", "106141411234567897"),
        ("VAT", "no 974 760 673 mva", "NO974760673"),
        ("IBAN", "no93 8601 1117 947", "NO9386011117947"),
        ("ISBN", "978-3-16-148410-0", "9783161484100"),
        ("BUYER_ASSIGNED", "00042 a", "00042 a"),
    ],
)
def test_identifiers_are_compared_in_their_schemes_form(scheme, sent, compared):
    identifier = Identifier(scheme=scheme, value=sent)
    assert identifier.matching_key == (scheme, compared)
    assert identifier.value == sent


@pytest.mark.parametrize(
    ("digits", "holds"),
    [("036000291452", True), ("036000291453", False), ("5412345000176", False), ("x", False)],
)
def test_check_digit(digits, holds):
    assert check_digit_ok(digits) is holds
