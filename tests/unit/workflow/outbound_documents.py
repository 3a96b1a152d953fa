"""What the ledger's documents become for partners of every standard: the cases, and how each is written.

Run as a program it writes the files in ``tests/fixtures/outbound`` anew; read their difference before you
commit it::

    .venv/bin/python -m tests.unit.workflow.outbound_documents
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from local.visma.company import Company, load_data
from local.visma.documents import seed_documents
from local.visma.seed import seed
from tests.unit.store.fake_table import FakeTable

from ml_connector.partners.configuration import parse
from ml_connector.store.audit import Origin
from ml_connector.store.gatherings import Gatherings
from ml_connector.store.objects import ObjectRef
from ml_connector.visma.wire import dump_json
from ml_connector.workflow.format_document import Formatting, format_document

from .conftest import FakeAudit, FakeStore

FOLDER = Path(__file__).parents[2] / "fixtures" / "outbound"
NOW = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
COMPANY = """
id: "4242"
name: Nordlys Distribusjon AS
country: "NO"
currency: NOK
identities:
  - {standard: x12, qualifier: ZZ, id: NORDLYS}
  - {standard: edifact, qualifier: "14", id: "7000010000000"}
  - {standard: tradacoms, id: "7000010000000"}
  - {standard: ubl, qualifier: "0192", id: "923609016"}
  - {scheme: VAT, id: NO923609016MVA}
bank_accounts:
  - {cash_account: "1920", number: NO9386011117947, bic: DNBANOKK}
terms:
  - {terms: "30", net_days: 30}
vat:
  - {country: "NO", category: S, rate: 25, code: "3"}
units:
  - {code: EA, list: X12_355, unit: EA}
  - {code: ST, list: X12_355, unit: SET}
  - {code: PK, list: X12_355, unit: PK}
  - {code: PCE, list: UNECE_REC20, unit: EA}
  - {code: SET, list: UNECE_REC20, unit: SET}
  - {code: XPK, list: UNECE_REC20, unit: PK}
  - {code: EA, list: ANA_4, unit: EA}
  - {code: SET, list: ANA_4, unit: SET}
  - {code: PK, list: ANA_4, unit: PK}
"""
PARTNER = """
name: Hardanger Bygg AS
roles: [customer, supplier]
country: "NO"
customer: "10000"
supplier: "50002"
identities:
  - {standard: x12, qualifier: ZZ, id: HARDANGER}
  - {standard: edifact, qualifier: "14", id: "7000010000512"}
  - {standard: tradacoms, id: "7000010000512"}
  - {standard: ubl, qualifier: "0088", id: "7000010000512"}
bank_account: {number: SE4550000000058398257466, bic: ESSESESS}
items:
  - {code: HB-HAMMER, item: "1003", scheme: BUYER}
control_numbers: {first: 501, last: 999, message: {first: 1, last: 9999}}
outgoing:
  - OUTGOING
"""
NUMBERS = {
    "PurchaseOrder": ("purchase_order", "000051"),
    "CustomerInvoice": ("customer_invoice", "003901"),
    "CustomerCreditNote": ("customer_invoice", "003903"),
    "SalesOrder": ("sales_order", "000851"),
    "Shipment": ("shipment", "000551"),
    "SupplierPayment": ("supplier_payment", "000751"),
}


class Case(NamedTuple):
    """One document of the ledger for a partner that gets it in one standard."""

    file: str
    standard: str
    version: str
    entity: str
    message: str
    what: str = ""
    profile: str = ""

    @property
    def path(self):
        return FOLDER / self.file


def changed_order(row):
    first, second, *rest = row["lines"]
    return row | {"lines": [first | {"orderQty": first["orderQty"] + 4}, second | {"canceled": True}, *rest]}


def discounted(row):
    first, *rest = row["invoiceLines"]
    lines = [first | {"discountAmountInCurrency": 100, "amountInCurrency": 2480}, *rest]
    tax = row["taxDetails"][0] | {"taxableAmount": Decimal("3225.00"), "vatAmount": Decimal("806.25")}
    totals = {"vatTotalInCurrency": Decimal("806.25"), "amountInCurrency": Decimal("4031.25")}
    return row | {
        "invoiceLines": lines,
        "taxDetails": [tax],
        "detailTotalInCurrency": Decimal("3225.00"),
        **totals,
    }


def wordy(row):
    more = " as ordered" * 15
    lines = [line | {"description": line["description"] + more} for line in row["invoiceLines"]]
    return row | {"invoiceLines": lines}


def one_pallet(row):
    pallet = row["shipmentPackageLines"][0] | {"customRefNbr1": "370400010000000016"}
    return row | {"shipmentPackageLines": [pallet]}


def two_pallets(row):
    pallet = row["shipmentPackageLines"][0]
    marks = ("370400010000000016", "370400010000000023")
    pallets = [pallet | {"lineNumber": at, "customRefNbr1": mark} for at, mark in enumerate(marks, start=1)]
    return row | {"shipmentPackageLines": pallets, "packages": 2}


WAYS = {
    "changed": changed_order,
    "cancelled": lambda row: row,
    "discounted": discounted,
    "one-pallet": one_pallet,
    "two-pallets": two_pallets,
    "wordy": wordy,
}
_IN_POUNDS = {"customer_invoice": {"currencyId": "GBP"}, "purchase_order": {"currency": "GBP"}}


def _cases():
    x12 = ("850", "810", "810", "855", "856", "820")
    edifact = ("ORDERS", "INVOIC", "INVOIC", "ORDRSP", "DESADV", "REMADV")
    for standard, version, messages in (
        ("x12", "004010", x12),
        ("x12", "005010", x12),
        ("edifact", "D.96A", edifact),
        ("edifact", "D.01B", edifact),
    ):
        for entity, message in zip(NUMBERS, messages, strict=True):
            yield standard, version, entity, message, ""
        order = "860" if standard == "x12" else "ORDCHG"
        yield standard, version, "PurchaseOrder", order, "changed"
        yield standard, version, "PurchaseOrder", order, "cancelled"
        for what in ("one-pallet", "two-pallets"):
            yield standard, version, "Shipment", messages[4], what
        yield standard, version, "CustomerInvoice", messages[1], "discounted"
        if standard == "edifact":
            yield standard, version, "SupplierPayment", "PAYORD", ""
    for entity, message in (
        ("PurchaseOrder", "ORDERS"),
        ("CustomerInvoice", "INVOIC"),
        ("CustomerCreditNote", "CREDIT"),
    ):
        yield "tradacoms", "9", entity, message, ""
    yield "tradacoms", "9", "CustomerInvoice", "INVOIC", "discounted"
    for entity, message in (
        ("PurchaseOrder", "Order"),
        ("CustomerInvoice", "Invoice"),
        ("CustomerCreditNote", "CreditNote"),
        ("SalesOrder", "OrderResponse"),
        ("Shipment", "DespatchAdvice"),
    ):
        yield "ubl", "2.1", entity, message, ""
    yield "ubl", "2.1", "CustomerInvoice", "Invoice", "discounted"
    yield "ubl", "2.1", "Shipment", "DespatchAdvice", "one-pallet"


# Partners' own separators, charset, association and syntax.
_PROFILES = (
    (
        "x12-004010-810-separators.edi",
        ("x12", "004010", "CustomerInvoice", "810"),
        'codec: {layout: {element: "|", component: ":", terminator: "!", line_breaks: true}}',
    ),
    (
        "edifact-D.96A-ORDERS-decimal-comma.edi",
        ("edifact", "D.96A", "PurchaseOrder", "ORDERS"),
        (
            'codec: {layout: {decimal: ",", charset: UNOB, line_breaks: true}, '
            "units_out: {PCE: EA}, units_in: {EA: PCE}}"
        ),
    ),
)


def cases():
    """Every case: each message of each standard and version, changes, packages, and partners' layouts."""
    for standard, version, entity, message, what in _cases():
        credit = "credit-note" if entity == "CustomerCreditNote" and message in ("810", "INVOIC") else ""
        name = "-".join(filter(None, (standard, version, message, credit, what)))
        yield Case(f"{name}.{_ending(standard)}", standard, version, entity, message, what)
    for file, case, profile in _PROFILES:
        yield Case(file, *case, profile=profile)


def _ending(standard):
    return "xml" if standard == "ubl" else "edi"


_ASSOCIATIONS = {"D.96A": "EAN008", "D.01B": "EAN010"}


class Codes:
    """The items' other numbers."""

    def codes_of(self, item):
        gtins = {"1001": "7040001000015", "1002": "7040001000022", "1003": "7040001000039"}
        return {
            ("Barcode", ""): gtins.get(item, ""),
            ("CPN", "10000"): f"CPN-{item}",
            ("VPN", "50002"): f"MV-{item}",
        }


class Numbers:
    """Control numbers as the store draws them: one for each purpose, ever."""

    def __init__(self):
        self.drawn = {}

    def draw(self, scope, purpose, within):
        before = sum(1 for other, _ in self.drawn if other == scope)
        return self.drawn.setdefault((scope, purpose), within.first + before)


@cache
def _ledger():
    company = Company(load_data(), clock=lambda: NOW)
    seed(company)
    seed_documents(company)
    return company


def row_of(entity):
    """A document of the simulated ledger, as the fetch step keeps it."""
    table, number = NUMBERS[entity]
    row = json.loads(dump_json(_ledger().row(table, number)), parse_float=Decimal)
    return row | ({"customerOrders": {"000851": "HB-7781"}} if entity == "Shipment" else {})


def configuration_for(case):
    """The configuration in which the partner gets the case's document."""
    outgoing = f'{{entity: {case.entity}, standard: {case.standard}, version: "{case.version}"'
    outgoing += ", message: PAYORD" if case.message == "PAYORD" else ""
    association = _ASSOCIATIONS.get(case.version)
    outgoing += f", association: {association}}}" if association else "}"
    rates = 'codec: {known_tax_rates: ["25"]}' if case.standard == "tradacoms" else ""
    partner = PARTNER.replace("OUTGOING", outgoing) + case.profile + rates
    return parse({"company.yaml": COMPANY, "partners/hb.yaml": partner})


def written(case):
    """The bytes the format step makes of the case's document."""
    store, audit = FakeStore(), FakeAudit()
    parts = Formatting(
        store=store,
        audit=audit,
        numbers=Numbers(),
        configuration=configuration_for(case),
        codes=Codes(),
        queries=audit,
        gatherings=Gatherings(FakeTable()),
        test=False,
    )
    table, number = NUMBERS[case.entity]
    row = row_of(case.entity) | (_IN_POUNDS.get(table, {}) if case.standard == "tradacoms" else {})
    ticket = {"id": "d", "type": case.entity, "number": number, "partner": "hb"}
    given = {"document": ticket, "fetched": _kept(store, WAYS.get(case.what, lambda one: one)(row))}
    if case.message in ("860", "ORDCHG"):
        told = {"of": "d", "sequence": 1, "on": "2026-03-18", "cancelled": case.what == "cancelled"}
        given["change"] = {**told, "sent": _kept(store, row)}
    done = format_document(given, parts, Origin(step="format", execution="arn:e", entered_at=NOW))
    return store.get(ObjectRef(**done["formatted"]))


def _kept(store, row):
    content = dump_json(row).encode()
    return store.put(f"fetched/{len(store.objects)}.json", content).model_dump()


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for case in cases():
        case.path.write_bytes(written(case))


if __name__ == "__main__":
    main()
