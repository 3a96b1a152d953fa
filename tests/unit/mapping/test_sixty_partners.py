from __future__ import annotations

from decimal import Decimal

import pytest
from tests.generated_configuration import COUNTRIES, files, gln, order_number, price, snapshot
from tests.unit.mapping.papers import invoice, invoice_line

from ml_connector.edi import Address
from ml_connector.mapping import map_document
from ml_connector.mapping.ledger_check import LedgerCheck
from ml_connector.mapping.snapshot import SnapshotLookups
from ml_connector.matching import Result
from ml_connector.partners import parse

ORDERS = 120


@pytest.fixture(scope="module")
def sixty():
    return parse(files())


@pytest.fixture(scope="module")
def sixty_ledger():
    return SnapshotLookups(snapshot(orders=ORDERS))


def invoice_of(number, *, note=None):
    lines = [
        invoice_line(
            line + 1,
            10,
            str(price(number + line)),
            order=order_number(number),
            gtin=gln(number + line + 1000),
        )
        for line in range(10)
    ]
    return invoice(*lines, number=f"INV-{number}", currency=COUNTRIES[number % 60 % 6][1])


def test_sixty_partners_load_and_their_ledger_knows_every_code(sixty, sixty_ledger):
    assert len(sixty.partners) == 60
    assert sum(len(rules.rules) for rules in sixty.rules) == 500
    assert list(LedgerCheck(sixty, sixty_ledger).unknown()) == []


def test_every_partner_is_found_by_its_address(sixty):
    receivers = {
        "x12": Address("US", "ZZ"),
        "edifact": Address(gln(99999), "14"),
        "tradacoms": Address("US", ""),
    }
    for number, partner in enumerate(sixty.partners):
        (identity,) = partner.identities
        sender = Address(gln(number), identity.qualifier or "")
        assert sixty.partner_for(identity.standard, sender, receivers[identity.standard], False) is partner


@pytest.mark.parametrize("number", [0, 2, 3, 4, 57, 58])
def test_an_invoice_of_each_kind_of_partner_matches(sixty, sixty_ledger, number):
    partner = sixty.partners[number]
    result = map_document(invoice_of(number), partner, sixty, sixty_ledger, document_id="d")
    assert result.match.result is Result.MATCHED
    assert len(result.body.invoice_lines) == 10
    assert all(line.link_line.purchase_type == "PurchaseReceipt" for line in result.body.invoice_lines)
    assert sum(line.cost_in_currency for line in result.body.invoice_lines) == result.body.amount


def test_the_rule_of_one_supplier_and_item_is_found_among_many(sixty, sixty_ledger):
    paper = invoice(invoice_line(1, 1, "7.00", seller="SPECIAL-123"), currency="NOK")
    result = map_document(paper, sixty.partner("p003"), sixty, sixty_ledger, document_id="d")
    (line,) = result.body.invoice_lines
    assert (line.account_number, line.cost_in_currency) == ("4023", Decimal("7.00"))
