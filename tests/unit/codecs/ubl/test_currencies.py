"""An amount in another currency than its document's is never taken for one in it."""

from __future__ import annotations

import pytest
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


@pytest.mark.parametrize("before", [b"<cac:TaxTotal>", b"<cac:LegalMonetaryTotal>"], ids=["first", "last"])
def test_the_tax_in_the_sellers_own_currency_is_no_other_currency(before):
    second = b'<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">2.75</cbc:TaxAmount></cac:TaxTotal>'
    data = DATA.replace(TAX_CURRENCY, TAX_CURRENCY + b"<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>")
    [found] = read_documents(data.replace(before, second + before))

    assert found.findings == ()
    assert found.tax_currency == "EUR"
    assert str(found.totals_declared.tax_total) == "31.25"
    assert [str(tax.tax_amount) for tax in found.tax_subtotals] == ["31.25"]
    assert ("2.75",) in [left.values for left in found.raw_extensions]
