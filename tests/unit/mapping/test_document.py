from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.mapping.papers import charge, invoice, invoice_line, order, order_line, party, tax

from ml_connector.documents import DespatchAdvice, OrderReference, Reference
from ml_connector.errors import Misconfigured, Rejected
from ml_connector.mapping import Disposition, map_document
from ml_connector.mapping.result import text_of
from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.matching import Result
from ml_connector.partners import parse


@pytest.fixture
def mapped(example, ledger):
    def run(document, partner, configuration=example, lookups=ledger):
        return map_document(
            document, configuration.partner(partner), configuration, lookups, document_id="doc-1"
        )

    return run


def why(result, field):
    return next(decision for decision in result.decisions if decision.field == field)


class TestInvoice:
    def test_matched_lines_link_to_their_receipt(self, mapped):
        result = mapped(
            invoice(invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005")), "great-lakes-tools"
        )
        assert result.match.result is Result.MATCHED
        (line,) = result.body.invoice_lines
        assert (line.inventory_number, line.uom, line.quantity) == ("1005", "EA", 6)
        assert (line.link_line.purchase_type, line.link_line.purchase_number) == ("PurchaseReceipt", "000502")
        assert result.disposition is Disposition.POST

    def test_the_head_says_who_what_and_when(self, mapped):
        result = mapped(
            invoice(invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005")), "great-lakes-tools"
        )
        body = result.body
        assert (body.supplier_number, body.supplier_reference, body.currency_id) == ("50005", "INV-1", "USD")
        assert (body.amount, body.branch_number, body.hold) == (Decimal("3930.00"), "1", True)
        assert result.business_key == ("4242", "SupplierInvoice", "great-lakes-tools", "INV-1", "invoice")
        assert why(result, "supplierNumber").where.startswith("partners/great-lakes-tools.yaml:")

    def test_a_price_within_tolerance_is_posted_and_says_so(self, mapped):
        result = mapped(
            invoice(invoice_line(1, 6, "658.00", order="000052", seller="GLT-1005")), "great-lakes-tools"
        )
        assert result.match.result is Result.WITHIN_TOLERANCE
        assert result.disposition is Disposition.POST
        assert "unit_price" in {variance.name for variance in result.match.all_variances}

    def test_a_price_over_tolerance_is_posted_on_hold_without_links(self, mapped):
        result = mapped(
            invoice(invoice_line(1, 6, "700.00", order="000052", seller="GLT-1005")), "great-lakes-tools"
        )
        assert result.match.result is Result.EXCEPTION
        assert result.disposition is Disposition.HOLD
        assert result.body.hold is True
        assert result.body.invoice_lines[0].link_line is None
        assert "unit_price" in result.body.note

    def test_a_known_charge_goes_to_its_own_account(self, mapped):
        document = invoice(
            invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"),
            charges=[charge("45.00", "D240", "Freight")],
        )
        result = mapped(document, "great-lakes-tools")
        freight = result.body.invoice_lines[1]
        assert (freight.account_number, freight.cost_in_currency) == ("4360", Decimal("45.00"))
        assert [(s.segment_id, s.segment_value) for s in freight.subaccount] == [(1, "400"), (2, "3000")]
        assert "inbound freight" in why(result, "invoiceLines[1].accountNumber").where
        assert result.disposition is Disposition.POST

    def test_an_unknown_charge_goes_to_the_charge_account_and_holds(self, mapped):
        document = invoice(
            invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"),
            charges=[charge("45.00", "X999", "Surprise")],
        )
        result = mapped(document, "great-lakes-tools")
        assert result.body.invoice_lines[1].account_number == "7790"
        assert "Surprise" in result.holds[0]

    def test_a_small_difference_of_the_total_goes_to_the_rounding_field(self, mapped):
        document = invoice(invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"), payable="3930.40")
        result = mapped(document, "great-lakes-tools")
        assert result.body.rounding_diff_in_currency == Decimal("0.40")
        assert result.match.result is Result.WITHIN_TOLERANCE

    def test_a_large_difference_of_the_total_holds(self, mapped):
        document = invoice(invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"), payable="3990.00")
        result = mapped(document, "great-lakes-tools")
        assert "document_total" in result.holds[0]
        assert result.body.rounding_diff_in_currency is None

    def test_the_unknown_supplier_stops_with_the_line_to_add(self, mapped):
        document = invoice(
            invoice_line(1, 1, "10.00", seller="X"),
            currency="NOK",
            parties=(party("seller", ("GLN", "7000010000093"), name="Vestby Emballasje AS"),),
        )
        with pytest.raises(Misconfigured) as caught:
            mapped(document, "vestby-emballasje")
        assert "GLN 7000010000093" in str(caught.value)
        assert "`supplier: NUMBER` to partners/vestby-emballasje.yaml" in str(caught.value)

    def test_the_supplier_is_found_by_gln(self, mapped):
        document = invoice(
            invoice_line(1, 10, "7.85", order="000056", seller="BE-4001"),
            currency="NOK",
            parties=(party("seller", ("GLN", "7000010000079")),),
        )
        result = mapped(document, "vestby-emballasje")
        assert result.body.supplier_number == "50006"
        assert why(result, "supplierNumber").where == "Visma supplier by GLN"

    def test_an_unknown_unit_stops_with_the_line_to_add(self, mapped):
        document = invoice(invoice_line(1, 6, "655.00", order="000052", uom="QQ", seller="GLT-1005"))
        with pytest.raises(Misconfigured, match=r'code: "QQ", list: X12_355') as caught:
            mapped(document, "great-lakes-tools")
        assert "never" not in caught.value.message

    def test_an_unknown_vat_rate_stops_with_the_line_to_add(self, mapped):
        document = invoice(
            invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"), taxes=[tax(19, 3930, "746.70")]
        )
        with pytest.raises(Misconfigured, match=r"country: US, category: S, rate: 19"):
            mapped(document, "great-lakes-tools")

    def test_everything_missing_is_said_at_once(self, mapped):
        document = invoice(
            invoice_line(1, 6, "655.00", order="000052", uom="QQ", seller="GLT-1005"),
            taxes=[tax(19, 3930, "746.70")],
            currency="XXX",
        )
        with pytest.raises(Misconfigured) as caught:
            mapped(document, "great-lakes-tools")
        assert len(caught.value.context["missing"]) == 3

    def test_vat_that_does_not_add_up_holds(self, mapped):
        document = invoice(
            invoice_line(1, 500, "7.85", order="000056", seller="BE-4001"),
            currency="NOK",
            taxes=[tax(25, "3925.00", "900.00")],
            parties=(party("seller", ("GLN", "7000010000079")),),
        )
        result = mapped(document, "vestby-emballasje")
        assert "981.25" in result.holds[0]
        assert result.body.invoice_lines[0].vat_code_id == "5"

    def test_a_credit_note_is_a_debit_adjustment(self, mapped):
        document = invoice(invoice_line(1, 1, "655.00", seller="GLT-1005"), kind="credit_note")
        result = mapped(document, "great-lakes-tools")
        assert result.body.document_type == "DebitAdj"
        assert result.disposition is Disposition.HOLD

    @pytest.mark.parametrize("references", [(), (Reference(type="original_invoice", number="GL-0"),)])
    def test_a_credit_note_is_linked_to_what_was_invoiced(self, example, mapped, references):
        files = dict(example.files)
        files["lookups.yaml"] = (
            files["lookups.yaml"]
            .replace("655.00, received: 6", "655.00, received: 6, invoiced: 6")
            .replace(
                '"000052", order_line: 1, quantity: 6', '"000052", order_line: 1, quantity: 6, invoiced: 6'
            )
        )
        configuration = parse(files)
        document = invoice(
            invoice_line(1, 2, "655.00", order="000052", seller="GLT-1005"), kind="credit_note",
            original_invoice_references=references,
        )  # fmt: skip
        result = mapped(document, "great-lakes-tools", configuration, snapshot_of(configuration))
        assert result.match.result is Result.MATCHED
        link = result.body.invoice_lines[0].link_line
        assert (link.purchase_type, link.purchase_number) == ("PurchaseReceipt", "000502")
        assert result.body.invoice_lines[0].quantity == 2

    def test_a_freight_line_goes_where_the_rule_says(self, mapped):
        document = invoice(
            invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005"),
            invoice_line(2, 1, "80.00", description="Freight to Oslo"),
        )
        result = mapped(document, "great-lakes-tools")
        assert result.body.invoice_lines[1].account_number == "7140"
        assert result.match.result is Result.MATCHED

    def test_an_unknown_item_goes_to_the_default_account_on_hold(self, mapped):
        document = invoice(invoice_line(1, 6, "655.00", order="000052", seller="NEW-1"))
        result = mapped(document, "great-lakes-tools")
        assert result.body.invoice_lines[0].account_number == "4300"
        assert any("NEW-1" in reason for reason in result.holds)

    def test_a_line_that_names_only_its_order_line_gets_that_lines_item(self, mapped):
        document = invoice(invoice_line(1, 4, "655.00", description="Wrench", order="000052", po_line="1"))
        result = mapped(document, "great-lakes-tools")
        (line,) = result.body.invoice_lines
        assert result.match.result is Result.MATCHED
        assert (line.inventory_number, line.account_number, line.subaccount) == ("1005", None, ())
        assert line.link_line.purchase_number == "000502"
        assert why(result, "invoiceLines[0].inventoryNumber").source.value == "matching"

    def test_freight_beside_the_goods_of_the_documents_order_needs_no_order(self, mapped):
        document = invoice(
            invoice_line(1, 4, "655.00", seller="GLT-1005"),
            invoice_line(2, 1, "40.00", seller="FRT", description="Freight"),
            order_references=(OrderReference(po_number="000052"),),
        )
        result = mapped(document, "great-lakes-tools")
        assert result.match.result is Result.MATCHED
        assert [line.account_number for line in result.body.invoice_lines] == [None, "7140"]

    @pytest.mark.parametrize(
        ("document", "entity", "said"),
        [
            (invoice(invoice_line(1, 1, "1", seller="GLT-1005")), "sales_order", "INV-1 is no order"),
            (invoice(invoice_line(1, 1, "1", seller="GLT-1005")), "purchase_order", "INV-1 is no order"),
            (order(order_line(1, 1, "1", seller="GLT-1005")), "supplier_invoice", "4500001 is no invoice"),
        ],
    )
    def test_what_a_document_can_not_become_is_parked(self, example, mapped, document, entity, said):
        rules = f"rules: [{{name: r, set: {{entity: {entity}}}}}]\n"
        configuration = parse({**example.files, "rules/05-own.yaml": rules})
        result = mapped(document, "great-lakes-tools", configuration)
        assert (result.disposition, result.body) == (Disposition.PARK, None)
        assert said in result.holds[0]

    def test_a_currency_by_default_is_compared_with_the_orders_too(self, example, mapped):
        file = "partners/great-lakes-tools.yaml"
        text = example.files[file].replace("currency: USD", "currency: SEK")
        document = invoice(invoice_line(1, 4, "655.00", order="000052", seller="GLT-1005"), currency=None)
        assert mapped(document, "great-lakes-tools").match.result is Result.MATCHED
        result = mapped(document, "great-lakes-tools", parse({**example.files, file: text}))
        assert "invoiced in SEK, ordered in USD" in result.holds[0]

    @pytest.mark.parametrize(
        ("company", "partner", "where"),
        [
            (
                "unit_price: {percent: 0.5, amount: 0.01, both: true}",
                "unit_price: {percent: 1}",
                "partners/great",
            ),
            ("unit_price: {percent: 0.5, amount: 0.01, both: true}", "", "company.yaml:"),
            ("", "", "default tolerance of unit_price"),
        ],
    )
    def test_a_variance_says_where_its_tolerance_stands(self, example, mapped, company, partner, where):
        file = "partners/great-lakes-tools.yaml"
        files = {
            **example.files,
            "company.yaml": example.files["company.yaml"].replace(
                "unit_price: {percent: 0.5, amount: 0.01, both: true}", company
            ),
            file: example.files[file].replace("unit_price: {percent: 1}", partner or "rounding: 1"),
        }
        document = invoice(invoice_line(1, 4, "657.00", order="000052", seller="GLT-1005"))
        assert where in why(mapped(document, "great-lakes-tools", parse(files)), "match.unit_price").where

    @pytest.mark.parametrize(
        ("partner", "result"),
        [
            ("unit_price: {percent: 1}\n  line: {percent: 1}", Result.WITHIN_TOLERANCE),
            ("unit_price: {percent: 0.1}\n  line: {percent: 1}", Result.EXCEPTION),
            ("unit_price: {percent: 1}\n  line: {percent: 0.1}", Result.EXCEPTION),
            ("rounding: 1", Result.EXCEPTION),
        ],
    )
    def test_a_partners_own_tolerances_go_before_the_companys(self, example, mapped, partner, result):
        file = "partners/great-lakes-tools.yaml"
        head = example.files[file].split("tolerances:")[0]
        files = {**example.files, file: f"{head}tolerances:\n  {partner}\n"}
        document = invoice(invoice_line(1, 4, "657.00", order="000052", seller="GLT-1005"))
        assert mapped(document, "great-lakes-tools", parse(files)).match.result is result

    def test_an_invoice_of_nothing_is_held(self, mapped):
        result = mapped(invoice(), "great-lakes-tools")
        assert (result.disposition, result.match.result) == (Disposition.HOLD, Result.NOT_MATCHED)
        assert "has no lines" in result.holds[0]

    def test_a_proforma_is_not_posted(self, mapped):
        document = invoice(invoice_line(1, 6, "655.00", seller="GLT-1005"), kind="proforma")
        result = mapped(document, "great-lakes-tools")
        assert (result.entity, result.body, result.disposition) == ("none", None, Disposition.NONE)

    def test_an_invoice_without_a_date_is_rejected(self, mapped):
        document = invoice(invoice_line(1, 6, "655.00", seller="GLT-1005"), issue_date=None)
        with pytest.raises(Rejected, match="no date"):
            mapped(document, "great-lakes-tools")

    def test_an_unordered_supplier_is_posted_without_matching(self, mapped):
        document = invoice(invoice_line(1, 2, "34.20", uom="PK", seller="NOS-3008"), currency="GBP")
        result = mapped(document, "northern-office")
        assert result.match.result is Result.NOT_MATCHED
        assert result.disposition is Disposition.POST

    def test_order_numbers_are_taken_out_of_what_the_partner_writes(self, mapped):
        document = invoice(
            invoice_line(1, 10, "895.00", order="PO 000051-1", seller="MV-1001"), currency="SEK"
        )
        result = mapped(document, "malmberg-verktyg")
        assert result.match.orders == ("000051",)

    def test_units_of_the_invoice_become_units_of_the_order(self, mapped):
        document = invoice(
            invoice_line(1, 1, "8950.00", order="000051", uom="BX", seller="MV-1001"), currency="SEK"
        )
        (line,) = mapped(document, "malmberg-verktyg").body.invoice_lines
        assert (line.uom, line.quantity, line.unit_cost_in_currency) == ("EA", 10, 895)

    def test_prices_per_hundred_are_prices_per_one(self, mapped):
        document = invoice(invoice_line(1, 6, "65500", order="000052", base=100, seller="GLT-1005"))
        assert mapped(document, "great-lakes-tools").match.result is Result.MATCHED


class TestOrder:
    def test_our_hubs_order_becomes_a_purchase_order_of_the_documents_supplier(self, mapped):
        document = order(
            order_line(1, 10, "895.00", seller="MV-1001"),
            order_line(2, 5, "142.50", uom="ST", gtin="7040001000022"),
            parties=[party("seller", ("SELLER_ASSIGNED", "MALMBERG"))],
            currency="SEK",
        )
        result = mapped(document, "nordlys-hub")
        assert result.entity == "PurchaseOrder"
        assert (result.body.supplier, result.body.order_number) == ("50002", "4500001")
        assert result.body.override_number_series is True
        assert [(line.inventory, line.uom, line.order_qty) for line in result.body.lines] == [
            ("1001", "EA", 10),
            ("1002", "SET", 5),
        ]
        assert why(result, "supplier").where.startswith("partners/nordlys-hub.yaml:")

    def test_a_customers_order_becomes_a_sales_order(self, mapped):
        document = order(order_line(1, 3, "149.00", buyer="HB-HAMMER"), order_line(2, 1, buyer="HB7000"))
        result = mapped(document, "hardanger-bygg")
        assert result.entity == "SalesOrder"
        assert (result.body.customer.id, result.body.customer.order) == ("10000", "4500001")
        assert [line.inventory_id for line in result.body.order_lines] == ["1003", "1001"]

    def test_an_unknown_item_of_a_sales_order_stops(self, mapped):
        with pytest.raises(Misconfigured, match=r'code: "NOPE", item: NUMBER'):
            mapped(order(order_line(1, 3, "149.00", buyer="NOPE")), "hardanger-bygg")


def test_a_despatch_advice_touches_nothing(mapped):
    result = mapped(DespatchAdvice(despatch_number="D1"), "malmberg-verktyg")
    assert (result.entity, result.body, result.disposition) == ("none", None, Disposition.NONE)


def leaves(value, path=""):
    if isinstance(value, dict):
        for name, member in value.items():
            if name in {"subaccount", "sub"}:
                yield from ((f"{path}{name}.{s['segmentId']}", s["segmentValue"]) for s in member)
            elif set(member if isinstance(member, dict) else ()) == {"value"}:
                inner = member["value"]
                yield from (
                    leaves(inner, f"{path}{name}.") if isinstance(inner, dict) else [(path + name, inner)]
                )
            else:
                yield from (
                    leaves(member, f"{path}{name}.")
                    if isinstance(member, dict | list)
                    else [(path + name, member)]
                )
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from leaves(member, f"{path[:-1]}[{index}].")


def test_every_posted_value_has_its_reason(mapped):
    document = invoice(
        invoice_line(1, 6, "658.00", order="000052", seller="GLT-1005"),
        invoice_line(2, 1, "80.00", description="Freight to Oslo"),
        charges=[charge("45.00", "D240", "Freight")],
    )
    result = mapped(document, "great-lakes-tools")
    reasons = {decision.field: text_of(decision.value) for decision in result.decisions}
    posted = {field: value for field, value in leaves(result.body.body()) if not field.endswith("operation")}
    assert posted.pop("validateLineDetails") is True
    assert {field: reasons.get(field) for field in posted} == {
        field: text_of(value).removesuffix("T00:00:00") for field, value in posted.items()
    }
