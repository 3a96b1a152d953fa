from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from tests.unit.mapping.papers import invoice, invoice_line, party

from ml_connector.documents import Reference
from ml_connector.mapping import map_document
from ml_connector.mapping.ledger_check import LedgerCheck
from ml_connector.mapping.ledger_lookups import LedgerLookups
from ml_connector.mapping.lookups import CodeKind, Master
from ml_connector.matching import Result
from ml_connector.partners import load, parse
from ml_connector.visma import VismaClient, VismaCredentials, VismaSettings
from ml_connector.visma.reference_data import ReferenceData

ROOT = Path(__file__).parents[3]
CREDENTIALS = VismaCredentials(
    client_id="isv_ml_connector",
    client_secret="simulator-secret",
    tenant_id="00000000-0000-4000-8000-000000004242",
)


@pytest.fixture(scope="module")
def example():
    return load(ROOT / "examples" / "configuration")


@pytest.fixture
def client():
    with VismaServer(Simulator()) as server:
        settings = VismaSettings(
            base_url=server.url,
            sales_order_url=server.url,
            token_url=f"{server.url}/connect/token",
            company_id="4242",
        )
        with VismaClient(settings, CREDENTIALS) as client:
            yield client


@pytest.fixture
def now():
    return [1_000_000.0]


@pytest.fixture
def lookups(client, now):
    clock = lambda: now[0]  # noqa: E731 - a clock is a function
    return LedgerLookups(ReferenceData(client, clock=clock))


def post(client, result):
    client.create("/v1/supplierInvoice", result.body.body())


def test_suppliers_are_found_by_every_number(lookups):
    for scheme, value in (
        ("GLN", "7300010000032"), ("VAT", "SE559100200101"), ("COMPANY_REG", "5591002001")
    ):  # fmt: skip
        assert [found.number for found in lookups.suppliers_by(scheme, value)] == ["50002"]
    assert lookups.suppliers_by("GLN", "7300010009999") == []


def test_customers_are_found_by_every_number(lookups):
    assert [found.number for found in lookups.customers_by("GLN", "7000010000512")] == ["10000"]
    assert [found.number for found in lookups.customers_by("VAT", "NO992345601MVA")] == ["10000"]
    assert [found.number for found in lookups.customers_by("COMPANY_REG", "992 345 601")] == ["10000"]
    assert lookups.customers_by("COMPANY_REG", "999999999") == []


def test_locations_are_those_of_one_supplier_or_customer(lookups):
    found = [lookups.locations("supplier", "50002"), lookups.locations("customer", "10000")]
    assert [[(one.id, one.gln) for one in each] for each in found] == [
        [("Main", "7300010000032")],
        [("Main", "7000010000512")],
    ]
    assert lookups.locations("customer", "50002") == []


def test_items_are_found_by_code_and_know_their_units(lookups):
    (item,) = lookups.items_by_code(CodeKind.SUPPLIER, "MV-1001", "50002")
    assert (item.number, item.stock) == ("1001", True)
    assert {"EA", "BX", "CS"} <= item.units()
    assert lookups.items_by_code(CodeKind.SUPPLIER, "MV-1001", "50005") == []


@pytest.mark.parametrize(
    ("master", "known", "unknown"),
    [
        (Master.ACCOUNT, "4300", "1111"),
        (Master.ACCOUNT, "4300", "9999"),
        (Master.BRANCH, "1", "9"),
        (Master.WAREHOUSE, "1", "9"),
        (Master.TERMS, "30", "99"),
        (Master.CURRENCY, "SEK", "XXX"),
        (Master.VAT_CODE, "5", "55"),
    ],
)
def test_codes_exist_or_not(lookups, master, known, unknown):
    assert lookups.exists(master, known)
    assert not lookups.exists(master, unknown)


def test_dimension_values_exist_or_not(lookups):
    assert lookups.segment_exists(1, "400")
    assert not lookups.segment_exists(1, "401")


def test_every_code_of_the_example_is_in_the_ledger_and_what_is_not_is_named(lookups, example):
    assert list(LedgerCheck(example, lookups).unknown()) == []
    file = "rules/30-charges.yaml"
    wrong = parse({**example.files, file: example.files[file].replace('"4360"', '"4361"')})
    assert [(one.what, one.code, one.where.file) for one in LedgerCheck(wrong, lookups).unknown()] == [
        ("account", "4361", file)
    ]


def test_what_was_invoiced_is_no_longer_open(client, lookups, example, now):
    partner = example.partner("great-lakes-tools")
    paper = invoice(invoice_line(1, 4, "655.00", order="000052", seller="GLT-1005"))
    first = map_document(paper, partner, example, lookups, document_id="d1")
    assert first.match.result is Result.MATCHED
    assert first.body.invoice_lines[0].link_line.purchase_type == "PurchaseReceipt"
    post(client, first)
    now[0] += 3600
    (line,) = [line for line in lookups.order_lines("50005", ("000052",)) if line.item == "1005"]
    assert (line.invoiced, line.open) == (4, 2)
    second = map_document(
        paper.model_copy(update={"invoice_number": "INV-2"}), partner, example, lookups, document_id="d2"
    )
    assert second.match.result is Result.EXCEPTION
    assert "quantity" in second.holds[0]


def credit(quantity, original="GL-1", number="CR-1"):
    return invoice(
        invoice_line(1, quantity, "655.00", seller="GLT-1005"), number=number, kind="credit_note",
        original_invoice_references=(Reference(type="invoice", number=original),),
    )  # fmt: skip


def test_a_credit_note_is_linked_to_what_its_original_billed(client, lookups, example, now):
    partner = example.partner("great-lakes-tools")
    paper = invoice(invoice_line(1, 4, "655.00", order="000052", seller="GLT-1005"), number="GL-1")
    billed = map_document(paper, partner, example, lookups, document_id="d1")
    post(client, billed)
    now[0] += 3600
    original = lookups.earlier_invoice("50005", "GL-1")
    assert [(line.item, line.invoiced) for line in original.lines] == [("1005", 4)]
    assert lookups.earlier_invoice("50005", "GL-9") is None
    first = map_document(credit(3), partner, example, lookups, document_id="d2")
    assert (first.match.result, first.body.document_type) == (Result.MATCHED, "DebitAdj")
    assert first.body.invoice_lines[0].link_line == billed.body.invoice_lines[0].link_line
    assert [note.value for note in first.decisions if note.field == "original"] == [original.number]


def test_no_more_is_credited_than_the_original_billed(client, lookups, example, now):
    partner = example.partner("great-lakes-tools")
    for number, quantity in (("GL-1", 2), ("GL-2", 4)):
        paper = invoice(invoice_line(1, quantity, "655.00", order="000052", seller="GLT-1005"), number=number)
        post(client, map_document(paper, partner, example, lookups, document_id="d1"))
        now[0] += 3600
    assert (
        map_document(credit(3), partner, example, lookups, document_id="d").match.result is Result.EXCEPTION
    )


def test_what_was_credited_can_not_be_credited_again_but_invoiced_anew(client, lookups, example, now):
    partner = example.partner("great-lakes-tools")
    paper = invoice(invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"), number="GL-1")
    for document in (paper, credit(6)):
        post(client, map_document(document, partner, example, lookups, document_id="d"))
        now[0] += 3600
    assert lookups.earlier_invoice("50005", "GL-1").lines[0].invoiced == 0
    again = map_document(credit(1, number="CR-2"), partner, example, lookups, document_id="d")
    assert again.match.result is Result.EXCEPTION
    anew = paper.model_copy(update={"invoice_number": "GL-3"})
    assert map_document(anew, partner, example, lookups, document_id="d").match.result is Result.MATCHED


def test_the_unknown_supplier_of_a_known_gln_is_found(lookups, example):
    paper = invoice(
        invoice_line(1, 500, "7.85", order="000056", seller="BE-4001"),
        currency="NOK",
        parties=(party("seller", ("GLN", "7000010000079")),),
    )
    result = map_document(paper, example.partner("vestby-emballasje"), example, lookups, document_id="d1")
    assert result.body.supplier_number == "50006"


def test_steady_state_costs_almost_no_calls(client, lookups, example):
    partner = example.partner("great-lakes-tools")
    paper = invoice(invoice_line(1, 1, "655.00", order="000052", seller="GLT-1005"))
    map_document(paper, partner, example, lookups, document_id="d0")
    before = client.calls
    for number in range(20):
        map_document(
            paper.model_copy(update={"invoice_number": f"N{number}"}),
            partner,
            example,
            lookups,
            document_id="d",
        )
    assert client.calls == before
    assert Decimal(client.calls) > 0


def test_a_second_credit_note_of_what_was_never_ordered_is_an_exception(client, lookups, example, now):
    """Nothing links them to order lines: what is left of the original's sum is all that can stop it."""
    partner = example.partner("northern-office")
    paper = invoice(invoice_line(1, 2, "50.00", description="Courier"), number="NO-1", currency="GBP")
    notes = [
        invoice(
            invoice_line(1, quantity, "50.00", description="Courier"), number=number, kind="credit_note",
            currency="GBP", original_invoice_references=(Reference(type="invoice", number="NO-1"),),
        )
        for number, quantity in (("CR-1", 1), ("CR-2", 1), ("CR-3", 1))
    ]  # fmt: skip
    found = []
    for document in (paper, *notes):
        found.append(map_document(document, partner, example, lookups, document_id="d"))
        post(client, found[-1])
        now[0] += 3600
    assert [one.match.result for one in found] == [Result.NOT_MATCHED] * 3 + [Result.EXCEPTION]
    assert "credited against what is left of invoice NO-1 is 50, expected 0" in found[-1].holds[0]
    assert found[1].linked_orders == ("invoice NO-1",)
    assert "Credits: NO-1" in found[1].body.note


def test_a_posted_invoice_can_be_matched_again_as_if_it_were_not_posted(client, lookups, example, now):
    """What a changed configuration would do to it is asked of a ledger that holds it already."""
    partner = example.partner("great-lakes-tools")
    paper = invoice(invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"), number="GL-1")
    post(client, map_document(paper, partner, example, lookups, document_id="d"))
    now[0] += 3600
    again = map_document(paper, partner, example, lookups, document_id="d")
    before = map_document(paper, partner, example, lookups.without_invoice("GL-1"), document_id="d")
    assert (again.match.result, before.match.result) == (Result.EXCEPTION, Result.MATCHED)
    other = map_document(paper, partner, example, lookups.without_invoice("GL-2"), document_id="d")
    assert other.match.result is Result.EXCEPTION
