"""Every document the simulated ledger sends, in every standard, read back as its partner would."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from local.visma.company import Company, load_data
from local.visma.documents import seed_documents
from local.visma.seed import seed

from ml_connector.codecs import decode, encode
from ml_connector.codecs.profile import Envelope
from ml_connector.documents import InvoiceType
from ml_connector.edi import Severity, read_interchanges, validate
from ml_connector.errors import Held, Misconfigured
from ml_connector.mapping.outward import document_of
from ml_connector.partners.configuration import parse
from ml_connector.visma.wire import dump_json
from ml_connector.workflow.profiles import codec_profile

COMPANY = """
id: "4242"
name: Nordlys Distribusjon AS
country: "NO"
currency: NOK
identities:
  - {standard: x12, qualifier: ZZ, id: NORDLYS}
  - {standard: edifact, qualifier: "14", id: "7000010000000"}
terms:
  - {terms: "30", net_days: 30}
units:
  - {code: EA, list: X12_355, unit: EA}
  - {code: ST, list: X12_355, unit: SET}
  - {code: PK, list: X12_355, unit: PK}
  - {code: PCE, list: UNECE_REC20, unit: EA}
  - {code: SET, list: UNECE_REC20, unit: SET}
  - {code: XPK, list: UNECE_REC20, unit: PK}
  - {code: CS, list: UNECE_REC21, unit: CS}
  - {code: CA, list: X12_355, unit: CS}
"""
PARTNER = """
name: Hardanger Bygg AS
roles: [customer, supplier]
customer: "10000"
supplier: "50002"
identities:
  - {standard: x12, qualifier: ZZ, id: HARDANGER}
  - {standard: edifact, qualifier: "14", id: "7000010000512"}
items:
  - {code: HB-HAMMER, item: "1003", scheme: BUYER}
outgoing:
  - {entity: CustomerInvoice, standard: STANDARD, version: "VERSION"}
"""
SENT = {
    "PurchaseOrder": ("purchase_order", "000051"),
    "CustomerInvoice": ("customer_invoice", "003901"),
    "CustomerCreditNote": ("customer_invoice", "003903"),
    "SalesOrder": ("sales_order", "000851"),
    "Shipment": ("shipment", "000551"),
    "SupplierPayment": ("supplier_payment", "000751"),
}
MESSAGES = {
    "x12": {
        "PurchaseOrder": "850",
        "CustomerInvoice": "810",
        "CustomerCreditNote": "810",
        "SalesOrder": "855",
        "Shipment": "856",
        "SupplierPayment": "820",
    },
    "edifact": {
        "PurchaseOrder": "ORDERS",
        "CustomerInvoice": "INVOIC",
        "CustomerCreditNote": "INVOIC",
        "SalesOrder": "ORDRSP",
        "Shipment": "DESADV",
        "SupplierPayment": "REMADV",
    },
}
VERSIONS = [("x12", "004010"), ("x12", "005010"), ("edifact", "D.96A"), ("edifact", "D.01B")]


class Codes:
    def codes_of(self, item):
        return {
            ("Barcode", ""): "7040001000015",
            ("CPN", "10000"): f"CPN-{item}",
            ("VPN", "50002"): f"MV-{item}",
        }


@pytest.fixture(scope="module")
def ledger():
    company = Company(load_data())
    seed(company)
    seed_documents(company)
    return company


def row_of(ledger, entity):
    table, number = SENT[entity]
    row = json.loads(dump_json(ledger.row(table, number)), parse_float=Decimal)
    return row | ({"customerOrders": {"000851": "HB-7781"}} if entity == "Shipment" else {})


def document(ledger, entity, standard="x12", version="004010", **changes):
    files = {"company.yaml": COMPANY, "partners/hb.yaml": PARTNER.replace("STANDARD", standard)}
    files["partners/hb.yaml"] = files["partners/hb.yaml"].replace("VERSION", version)
    configuration = parse(files)
    partner = configuration.partner("hb")
    row = row_of(ledger, entity) | changes
    return document_of(entity, row, partner, partner.outgoing[0], configuration, Codes()), partner


@pytest.mark.parametrize("entity", SENT)
@pytest.mark.parametrize(("standard", "version"), VERSIONS)
def test_each_document_is_valid_edi_that_reads_back_as_itself(ledger, entity, standard, version):
    written_and_read(*document(ledger, entity, standard, version), entity, standard, version)


@pytest.mark.parametrize("unit", ["PK", "CS"])
@pytest.mark.parametrize(("standard", "version"), VERSIONS)
def test_packages_are_units_that_every_standard_writes(ledger, standard, version, unit):
    lines = row_of(ledger, "CustomerInvoice")["invoiceLines"]
    given = document(ledger, "CustomerInvoice", standard, version, invoiceLines=[lines[0] | {"uom": unit}])
    written_and_read(*given, "CustomerInvoice", standard, version)


def written_and_read(sent, partner, entity, standard, version):
    envelope = Envelope(sender_id="US", receiver_id="THEM", sender_qualifier="ZZ", receiver_qualifier="ZZ")
    profile = codec_profile(partner).model_copy(update={"envelope": envelope})
    content = encode(sent, standard=standard, version=version, profile=profile)
    (interchange,) = read_interchanges(io.BytesIO(content))
    (message,) = interchange.messages()
    errors = [found for found in validate(message) if found.severity is Severity.ERROR]
    assert errors == []
    assert message.type == MESSAGES[standard][entity]
    assert decode(interchange, message, profile=profile).number == sent.number


def test_an_invoice_has_the_customers_order_codes_and_terms(ledger):
    invoice, _ = document(ledger, "CustomerInvoice")
    assert invoice.invoice_type is InvoiceType.INVOICE
    assert (invoice.number, invoice.currency) == ("003901", "NOK")
    assert [order.po_number for order in invoice.order_references] == ["HB-7781"]
    assert [shipment.number for shipment in invoice.despatch_references] == ["000551"]
    drill, hammer = invoice.lines
    assert drill.item.buyer_id.value == "CPN-1001"
    assert hammer.item.buyer_id.value == "HB-HAMMER"
    assert hammer.item.seller_id.value == "1003"
    assert (hammer.quantity, hammer.price.net, hammer.net_amount, hammer.uom.code) == (5, 149, 745, "EA")
    assert invoice.totals.payable == Decimal("4156.25")
    assert invoice.tax_subtotals[0].tax_amount == Decimal("831.25")
    assert (invoice.payment_terms[0].net_days, invoice.due_date) == (30, date(2026, 4, 11))


def test_a_credit_note_is_one_with_positive_amounts(ledger):
    credit, _ = document(ledger, "CustomerCreditNote")
    assert credit.is_credit
    assert credit.totals.payable == Decimal("186.25")
    assert credit.payment_terms == ()


def test_discounts_of_document_and_line_are_allowances(ledger):
    row = row_of(ledger, "CustomerInvoice")
    row["invoiceLines"][0] |= {"discountAmountInCurrency": 100, "amountInCurrency": 2480}
    invoice, _ = document(
        ledger, "CustomerInvoice", invoiceLines=row["invoiceLines"], discountTotalInCurrency=25
    )
    assert invoice.lines[0].allowances[0].amount == 100
    assert invoice.allowances_charges[0].amount == 25


@pytest.mark.parametrize("entity", ["CustomerInvoice", "CustomerCreditNote"])
def test_an_invoice_without_the_customers_order_is_held(ledger, entity):
    with pytest.raises(Held, match="names no order of the customer's"):
        document(ledger, entity, customerRefNumber="")


def test_a_confirmation_answers_the_customers_order(ledger):
    response, _ = document(ledger, "SalesOrder", "edifact", "D.96A")
    assert (response.order_number, response.seller_order_number) == ("HB-7781", "000851")
    assert [line.quantity for line in response.lines] == [2, 5]


def test_a_despatch_advice_names_the_customers_order_not_ours(ledger):
    advice, _ = document(ledger, "Shipment")
    assert {item.po_number for item in advice.all_items()} == {"HB-7781"}
    assert [item.qty for item in advice.all_items()] == [2, 5]


def test_goods_in_one_package_with_an_sscc_are_in_it(ledger):
    package = {"lineNumber": 1, "customRefNbr1": "(00)370400010000000016"}
    advice, _ = document(ledger, "Shipment", shipmentPackageLines=[package])
    (found,) = advice.packages
    assert found.id.value == "370400010000000016"
    assert len(found.items) == 2


def test_an_sscc_with_a_wrong_check_digit_is_none(ledger):
    package = {"lineNumber": 1, "customRefNbr1": "370400010000000017"}
    advice, _ = document(ledger, "Shipment", shipmentPackageLines=[package])
    assert advice.packages[0].id is None


def test_a_shipment_of_an_order_without_the_customers_number_is_held(ledger):
    with pytest.raises(Held, match="Sales order 000851 of shipment 000551"):
        document(ledger, "Shipment", customerOrders={})


def test_a_payment_names_the_suppliers_own_documents(ledger):
    lines = row_of(ledger, "SupplierPayment")["paymentLines"]
    credit = lines[0] | {"docType": "DebitAdj", "supplierRef": "MV-C7", "amountPaid": 505}
    advice, _ = document(ledger, "SupplierPayment", paymentLines=[*lines, credit], paymentAmount=13000)
    assert [(line.document_number, line.paid_amount) for line in advice.lines] == [
        ("MV-88012", 13505),
        ("MV-C7", -505),
    ]
    assert (advice.number, advice.amount) == ("PAY-20260317-1", 13000)


def test_a_purchase_order_has_the_suppliers_item_codes(ledger):
    order, _ = document(ledger, "PurchaseOrder")
    assert [line.item.seller_id.value for line in order.lines] == ["MV-1001", "MV-1002", "MV-1003"]


def test_a_unit_without_a_code_says_where_to_add_one(ledger):
    lines = row_of(ledger, "CustomerInvoice")["invoiceLines"]
    with pytest.raises(Misconfigured, match="Unit 'BARREL' of item 1001") as caught:
        document(ledger, "CustomerInvoice", invoiceLines=[lines[0] | {"uom": "BARREL"}])
    assert "company.yaml" in caught.value.advice


def test_an_entity_that_is_never_sent_is_refused(ledger):
    with pytest.raises(Misconfigured, match="Nothing turns a Journal into EDI"):
        document_of("Journal", {}, None, None, None, None)
