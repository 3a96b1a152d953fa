"""An amount in another currency than its document's is never taken for one in it."""

from __future__ import annotations

from tests.unit.codecs.roundtrip import written
from tests.unit.codecs.ubl.complete import INVOICE

from ml_connector.codecs.recognition import read_documents

DATA = written(INVOICE, "ubl", "")
PRICE = b'<cbc:PriceAmount currencyID="NOK">'
TAX_CURRENCY = b"<cbc:DocumentCurrencyCode>NOK</cbc:DocumentCurrencyCode>"


def test_an_amount_in_another_currency_holds_the_document_and_is_kept():
    assert PRICE in DATA
    [found] = read_documents(DATA.replace(PRICE, PRICE.replace(b"NOK", b"USD")))

    assert [(finding.rule, finding.severity.value) for finding in found.findings] == [
        ("currency-differs", "hold")
    ]
    assert ("USD",) in [left.values for left in found.raw_extensions]


def test_the_tax_in_the_sellers_own_currency_is_no_other_currency():
    second = b'<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">2.75</cbc:TaxAmount></cac:TaxTotal>'
    data = DATA.replace(TAX_CURRENCY, TAX_CURRENCY + b"<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>")
    [found] = read_documents(data.replace(b"<cac:LegalMonetaryTotal>", second + b"<cac:LegalMonetaryTotal>"))

    assert found.findings == ()
    assert found.tax_currency == "EUR"
    assert str(found.totals_declared.tax_total) == "31.25"
    assert ("2.75",) in [left.values for left in found.raw_extensions]
