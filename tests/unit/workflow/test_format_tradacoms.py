from __future__ import annotations

import io

import pytest

from ml_connector.codecs import decode
from ml_connector.edi import Severity, read_interchanges, validate

from .conftest import ACME, COMPANY
from .test_format_document import ORDER, Formatter

UNITS = 'units:\n  - {code: "1", list: ANA_4, unit: EA}\n'
TRADACOMS_COMPANY = COMPANY.replace(
    "identities:\n", 'identities:\n  - {standard: tradacoms, id: "5000010000019"}\n'
)
TRADACOMS_ACME = (
    ACME.replace("identities:\n", 'identities:\n  - {standard: tradacoms, id: "5000010000057"}\n')
    + 'outgoing:\n  - {entity: PurchaseOrder, standard: tradacoms, version: "9"}\n'
)


@pytest.fixture
def formatter(store, audit):
    return Formatter(store, audit)


def test_an_order_becomes_a_tradacoms_file_that_passes_our_own_validation(formatter):
    content = formatter.format(
        order={**ORDER, "currency": "GBP"}, company=TRADACOMS_COMPANY + UNITS, partner=TRADACOMS_ACME
    )
    orders = []
    for interchange in read_interchanges(io.BytesIO(content)):
        assert (interchange.sender.id, interchange.receiver.id) == ("5000010000019", "5000010000057")
        for message in interchange.messages():
            assert not [found for found in validate(message) if found.severity is Severity.ERROR]
            if message.type == "ORDERS":
                orders.append(decode(interchange, message))
    assert [order.order_number for order in orders] == [ORDER["orderNbr"]]
    assert len(orders[0].lines) == len(ORDER["lines"])
