"""The decisions a mapping makes, row by row: what is looked for in which order, and what if nothing fits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.mapping.papers import charge, invoice, invoice_line, mapped, order, order_line, party, tax

from ml_connector.documents import PaymentTerms, Source, UnitList
from ml_connector.errors import Misconfigured
from ml_connector.mapping import Disposition, map_document
from ml_connector.mapping.items import conversion
from ml_connector.mapping.lookups import ItemRecord, UnitConversion
from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.matching import Result
from ml_connector.partners import parse
from ml_connector.partners.identity import gln_of, vat_forms

LINE = invoice_line(1, 6, "655.00", order="000052", seller="GLT-1005")


@pytest.fixture
def changed(example):
    """Give the example with some of its files written anew."""

    def change(**texts):
        files = dict(example.files)
        for name, add in texts.items():
            file = name.replace("__", "/").replace("_", "-") + ".yaml"
            files[file] = files.get(file, "") + add
        return parse(files)

    return change


class TestSupplier:
    @pytest.mark.parametrize(
        ("scheme", "value"),
        [
            ("GLN", "7000010000079"),
            ("GLN", "7000 0100 00079"),
            ("MUTUAL", "7000010000079"),
            ("VAT", "NO 991 234 587 MVA"),
            ("VAT", "991234587"),
            ("COMPANY_REG", "991234587"),
        ],
    )
    def test_is_found_by_every_number_of_its_own(self, example, scheme, value):
        paper = invoice(
            invoice_line(1, 500, "7.85", order="000056", seller="BE-4001"), currency="NOK",
            parties=(party("seller", (scheme, value)),),
        )  # fmt: skip
        assert mapped(example, paper, "vestby-emballasje").body.supplier_number == "50006"

    @pytest.mark.parametrize("scheme", ["DUNS", "BUYER_ASSIGNED", "SELLER_ASSIGNED", "MUTUAL"])
    def test_codes_without_a_register_count_only_through_the_files(self, example, changed, scheme):
        paper = invoice(LINE, currency="NOK", parties=(party("seller", (scheme, "991234587")),))
        with pytest.raises(Misconfigured, match="unknown"):
            mapped(example, paper, "vestby-emballasje")
        told = changed(partners__vestby_emballasje='party_ids: [{id: "991234587", supplier: "50006"}]\n')
        assert mapped(told, paper, "vestby-emballasje").body.supplier_number == "50006"

    def test_another_partners_code_means_nothing_here_but_its_registered_numbers_do(self, changed):
        files = dict(changed().files)
        files["partners/nordlys-hub.yaml"] = files["partners/nordlys-hub.yaml"].replace(
            "- {id: SKAGEN", '- {id: "7000010000000", supplier: "50006"}\n  - {id: SKAGEN'
        )
        told = parse(files)
        by_code, by_gln = (
            invoice(LINE, currency="NOK", parties=(party("seller", sent),))
            for sent in (("BUYER_ASSIGNED", "SKAGEN"), ("GLN", "7000010000000"))
        )
        with pytest.raises(Misconfigured, match="BUYER_ASSIGNED SKAGEN"):
            mapped(told, by_code, "vestby-emballasje")
        assert mapped(told, by_gln, "vestby-emballasje").body.supplier_number == "50006"

    def test_a_number_the_ledger_does_not_have_is_named_with_its_line(self, example):
        files = dict(example.files)
        file = "partners/great-lakes-tools.yaml"
        files[file] = files[file].replace('"50005"', '"59999"')
        with pytest.raises(Misconfigured, match=r"partners/great-lakes-tools.yaml:6 says supplier 59999"):
            mapped(parse(files), invoice(LINE))


class TestItem:
    @pytest.mark.parametrize(
        ("codes", "item"),
        [
            ({"seller": "MV-TORX-SET"}, "1004"),
            ({"gtin": "7040001000015"}, "1001"),
            ({"gtin": "07040001000015"}, "1001"),
            ({"gtin": "17040000000013"}, "1001"),
            ({"seller": "MV-1003"}, "1003"),
            ({"buyer": "1002"}, "1002"),
            ({"gtin": "7040001000015", "seller": "MV-1003"}, "1001"),
            ({"gtin": "9999999999994", "seller": "MV-1003"}, "1003"),
        ],
    )
    def test_is_found_in_this_order(self, example, codes, item):
        paper = order(
            order_line(1, 1, "1.00", uom=None, **codes), parties=[party("seller", ("GLN", "7300010000032"))]
        )
        hub = example.partner("nordlys-hub")
        if "MV-TORX-SET" in codes.values():
            hub = hub.model_copy(update={"items": example.partner("malmberg-verktyg").items})
        result = map_document(paper, hub, example, snapshot_of(example), document_id="d")
        assert result.body.lines[0].inventory == item

    def test_another_suppliers_number_is_nobodys(self, example):
        result = mapped(example, invoice(invoice_line(1, 1, "89.00", seller="MV-1003")))
        assert result.body.invoice_lines[0].inventory_number is None
        assert result.body.invoice_lines[0].external_inventory_id == "MV-1003"

    def test_several_items_of_one_number_are_not_chosen_from(self, example):
        files = dict(example.files)
        files["lookups.yaml"] = files["lookups.yaml"].replace("GLT-1006", "GLT-1005")
        result = mapped(parse(files), invoice(LINE))
        assert result.disposition is Disposition.HOLD
        assert "several items in Visma (1005, 1006)" in " ".join(result.holds)


class TestUnit:
    @pytest.mark.parametrize(
        ("code", "units", "unit"),
        [
            ("CA", UnitList.X12_355, "CS"),
            ("PCE", UnitList.UNECE_REC20, "EA"),
            ("C62", UnitList.UNECE_REC20, "EA"),
            ("XCS", UnitList.UNECE_REC20, "CS"),
        ],
    )
    def test_a_code_means_what_its_list_says(self, example, code, units, unit):
        paper = order(
            order_line(1, 1, "1.00", uom=code, units=units, seller="MV-1001"),
            parties=[party("seller", ("GLN", "7300010000032"))],
        )
        assert mapped(example, paper, "nordlys-hub").body.lines[0].uom == unit

    def test_the_same_letters_of_another_list_are_unknown(self, example):
        paper = invoice(invoice_line(1, 1, "655", uom="CA", units=UnitList.UNECE_REC20, seller="GLT-1005"))
        with pytest.raises(Misconfigured, match=r"CA \(UNECE_REC20\) is unknown"):
            mapped(example, paper)

    def test_a_partners_own_meaning_goes_first(self, changed):
        own = changed(partners__great_lakes_tools="units: [{code: EA, unit: BX}]\n")
        paper = invoice(invoice_line(1, "0.6", "6550.00", order="000052", seller="GLT-1005"))
        result = mapped(own, paper)
        assert result.match.result is Result.MATCHED
        assert result.body.invoice_lines[0].quantity == 6

    def test_a_unit_the_item_is_not_counted_in_stops(self, example):
        with pytest.raises(Misconfigured, match="item 1005 is counted in BX, CS, EA only"):
            mapped(example, invoice(invoice_line(1, 1, "655", uom="RL", seller="GLT-1005")))

    def test_a_line_without_unit_holds_until_its_item_says_what_the_partner_counts_in(self, changed):
        paper = invoice(invoice_line(1, 6, "655.00", order="000052", uom=None, seller="GLT-1005"))
        held = mapped(changed(), paper)
        assert (held.disposition, held.body.hold) == (Disposition.HOLD, True)
        assert held.holds[0].startswith("Line 1 names no unit; whether it counts in EA, as item 1005 does")
        assert "to `items:` in partners/great-lakes-tools.yaml" in held.holds[0]
        said = 'items: [{code: GLT-1005, item: "1005", scheme: SELLER, unit: EA}]\n'
        assert mapped(changed(partners__great_lakes_tools=said), paper).holds == ()

    def test_conversions_go_over_several_steps_both_ways(self):
        item = ItemRecord(
            "1", base_unit="EA",
            conversions=(UnitConversion("BX", "EA", Decimal(10)), UnitConversion("PAL", "BX", Decimal(40))),
        )  # fmt: skip
        assert conversion(item, "PAL", "EA") == 400
        assert conversion(item, "EA", "BX") == Decimal("0.1")
        assert conversion(item, "EA", "KG") is None


class TestVat:
    @pytest.mark.parametrize(
        ("category", "rate", "on", "code"),
        [
            ("S", 25, date(2026, 3, 20), "5"),
            ("S", 15, date(2026, 3, 20), "6"),
            ("S", 12, date(2026, 3, 20), "7"),
            ("Z", 0, date(2026, 3, 20), "0"),
            ("E", 0, date(2026, 3, 20), "0"),
            ("S", 12, date(2017, 12, 31), None),
            ("S", 24, date(2026, 3, 20), None),
            ("AE", 0, date(2026, 3, 20), None),
        ],
    )
    def test_is_by_country_category_rate_and_date(self, example, category, rate, on, code):
        paper = invoice(
            invoice_line(1, 500, "7.85", seller="BE-4001", tax=(tax(rate, category=category),)),
            currency="NOK", issue_date=on, parties=(party("seller", ("GLN", "7000010000079")),),
        )  # fmt: skip
        if code is None:
            with pytest.raises(Misconfigured, match=f"category: {category}, rate: {rate}"):
                mapped(example, paper, "vestby-emballasje")
        else:
            result = mapped(example, paper, "vestby-emballasje")
            assert result.body.invoice_lines[0].vat_code_id == code

    @pytest.mark.parametrize(
        ("on", "code"),
        [(date(2026, 3, 19), "7"), (date(2026, 3, 20), "7"), (date(2026, 3, 21), None)],
    )
    def test_a_row_counts_to_its_last_day(self, example, on, code):
        files = dict(example.files)
        row = '  - {country: "NO", category: S, rate: 24, code: "7", until: 2026-03-20}\n'
        files["company.yaml"] = files["company.yaml"].replace("vat:\n", f"vat:\n{row}", 1)
        paper = invoice(
            invoice_line(1, 500, "7.85", seller="BE-4001", tax=(tax(24),)), currency="NOK", issue_date=on,
            parties=(party("seller", ("GLN", "7000010000079")),),
        )  # fmt: skip
        if code is None:
            with pytest.raises(Misconfigured, match="category: S, rate: 24"):
                mapped(parse(files), paper, "vestby-emballasje")
        else:
            result = mapped(parse(files), paper, "vestby-emballasje")
            assert result.body.invoice_lines[0].vat_code_id == code

    def test_a_row_for_the_suppliers_zone_goes_first(self, example):
        files = dict(example.files)
        row = '  - {country: "NO", category: S, rate: 25, code: "7", zone: "01"}\n'
        files["company.yaml"] = files["company.yaml"].replace("vat:\n", f"vat:\n{row}", 1)
        paper = invoice(
            invoice_line(1, 500, "7.85", seller="BE-4001", tax=(tax(25),)), currency="NOK",
            parties=(party("seller", ("GLN", "7000010000079")),),
        )  # fmt: skip
        assert mapped(parse(files), paper, "vestby-emballasje").body.invoice_lines[0].vat_code_id == "7"

    def test_several_codes_for_what_is_stated_are_not_chosen_from(self, changed):
        files = dict(changed().files)
        files["company.yaml"] = files["company.yaml"].replace(
            'country: US, category: Z, rate: 0, code: "5"}',
            'country: US, category: Z, rate: 0, code: "5"}\n'
            '  - {country: US, category: AE, rate: 0, code: "88"}',
        )
        stated = tax(0, "3930.00", "0.00").model_copy(update={"category": None})
        paper = invoice(LINE, taxes=[stated])
        assert mapped(changed(), paper).body.invoice_lines[0].vat_code_id == "5"
        with pytest.raises(Misconfigured, match=r"several VAT codes .* 5 \(company.yaml:\d+\), 88") as caught:
            mapped(parse(files), paper)
        assert "vat_code: CODE" in caught.value.advice

    def test_tax_is_posted_per_rate_where_the_table_knows_the_vat(self, example):
        files = dict(example.files)
        file = files["company.yaml"]
        files["company.yaml"] = file.replace('rate: 25, code: "5"', 'rate: 25, code: "5", tax_id: "1"', 1)
        paper = invoice(
            invoice_line(1, 500, "7.85", order="000056", seller="BE-4001"), currency="NOK",
            taxes=[tax(25, "3925.00", "981.25")], parties=(party("seller", ("GLN", "7000010000079")),),
        )  # fmt: skip
        result = mapped(parse(files), paper, "vestby-emballasje")
        (detail,) = result.body.tax_detail_lines
        assert (detail.tax_id, detail.vat_amount) == ("1", Decimal("981.25"))
        assert "taxDetailLines[0].taxId" in {decision.field for decision in result.decisions}


class TestHead:
    @pytest.mark.parametrize(
        ("terms", "expected"),
        [
            (PaymentTerms(net_days=45), "45"),
            (PaymentTerms(net_days=30, discount_days=10, discount_percent=Decimal(2)), "D10"),
            (PaymentTerms(net_days=30), "30"),
            (PaymentTerms(net_days=60), None),
        ],
    )
    def test_terms_are_by_the_pattern_of_days_and_discount(self, example, terms, expected):
        assert mapped(example, invoice(LINE, payment_terms=(terms,))).body.credit_terms_id == expected

    def test_the_branch_is_of_the_address_the_document_was_sent_to(self, example):
        source = Source(standard="x12", message="810", receiver_id="NORDLYSBGO", receiver_qualifier="ZZ")
        paper = invoice(LINE).model_copy(update={"source": source})
        assert mapped(example, paper).body.branch_number == "2"

    def test_the_warehouse_is_of_the_place_delivered_to(self, example):
        paper = order(
            order_line(1, 1, "895.00", seller="MV-1001"),
            parties=[
                party("seller", ("GLN", "7300010000032")),
                party("ship_to", ("BUYER_ASSIGNED", "BERGEN")),
            ],
        )
        assert mapped(example, paper, "nordlys-hub").body.lines[0].warehouse == "2"

    def test_a_date_far_ahead_holds(self, example):
        source = Source(standard="x12", message="810", received_at=date(2026, 3, 20))
        paper = invoice(LINE, issue_date=date(2026, 6, 1)).model_copy(update={"source": source})
        assert "more than 60 days" in " ".join(mapped(example, paper).holds)


class TestCharges:
    def test_a_partners_table_knows_charges_by_their_text(self, example):
        paper = invoice(
            invoice_line(1, 10, "895.00", order="000051", seller="MV-1001"), currency="SEK",
            charges=[charge("100.00", text="Fraktavgift")],
        )  # fmt: skip
        result = mapped(example, paper, "malmberg-verktyg")
        assert result.body.invoice_lines[1].account_number == "4360"

    def test_an_allowance_lowers_the_total(self, example):
        result = mapped(example, invoice(LINE, charges=[charge("30.00", "X", "Bonus", kind="allowance")]))
        assert result.body.invoice_lines[1].cost_in_currency == Decimal("-30.00")
        assert result.body.invoice_lines[1].account_number == "4390"
        assert result.match.result is Result.MATCHED

    def test_a_charge_may_be_spread_over_the_lines_to_the_last_cent(self, changed):
        own = changed(partners__great_lakes_tools="charges: [{code: ENV, action: spread}]\n")
        lines = [invoice_line(n, 1, "655.00", order="000052", seller="GLT-1005") for n in (1, 2, 3)]
        result = mapped(own, invoice(*lines, charges=[charge("10.00", "ENV", "Environment")]))
        costs = [line.cost_in_currency for line in result.body.invoice_lines]
        assert sum(costs) == Decimal("1975.00")
        assert result.match.result is Result.MATCHED

    def test_a_rule_splits_a_lines_charge_to_its_own_line(self, changed):
        own = changed(
            rules__05_split="rules:\n  - {name: split, for: charge, when: {charge.code: PC030}, split: true,"
            ' set: {account: "7790"}}\n'
        )
        line = invoice_line(
            1,
            6,
            "655.00",
            order="000052",
            seller="GLT-1005",
            net="3950.00",
            charges=(charge("20.00", "PC030"),),
        )
        result = mapped(own, invoice(line))
        assert [part.cost_in_currency for part in result.body.invoice_lines] == [
            Decimal("3930.00"),
            Decimal("20.00"),
        ]
        assert result.match.result is Result.MATCHED


class TestRules:
    def test_a_rule_may_send_a_document_to_another_company_and_entity(self, changed):
        own = changed(
            rules__05_company="rules:\n  - {name: c, when: {currency: USD},"
            ' set: {company: "77", entity: none}}\n'
        )
        result = mapped(own, invoice(LINE))
        assert (result.company, result.entity, result.disposition) == ("77", "none", Disposition.NONE)

    def test_a_rule_may_reroute_to_another_partner(self, changed):
        own = changed(
            rules__05_reroute="rules:\n  - {name: r, when: {currency: USD},"
            " reroute: {partner: malmberg-verktyg}}\n"
        )
        result = mapped(own, invoice(LINE))
        assert (result.partner, result.body.supplier_number) == ("malmberg-verktyg", "50002")

    def test_a_rule_may_hold_with_its_reason(self, changed):
        own = changed(rules__05_hold="rules:\n  - {name: h, when: {currency: USD}, hold: Ask the buyer}\n")
        result = mapped(own, invoice(LINE))
        assert (result.disposition, result.holds) == (Disposition.HOLD, ("Ask the buyer",))
        assert "Ask the buyer" in result.body.note

    def test_an_exception_may_be_parked(self, changed):
        own = changed(partners__great_lakes_tools="matching: {on_exception: park}\n")
        paper = invoice(invoice_line(1, 6, "900.00", order="000052", seller="GLT-1005"))
        assert mapped(own, paper).disposition is Disposition.PARK

    def test_a_matched_invoice_may_be_released(self, changed):
        own = changed(partners__great_lakes_tools="matching: {release_matched: true}\n")
        result = mapped(own, invoice(LINE))
        assert (result.body.hold, result.release) == (False, True)

    @pytest.mark.parametrize("ways", [0, 2])
    def test_what_was_compared_with_no_order_is_not_released(self, changed, ways):
        told = changed(
            partners__great_lakes_tools=f"matching: {{ways: {ways}, release_matched: true}}\n",
            rules__05_own='rules: [{name: all, for: line, set: {account: "6700"}}]\n',
        )
        result = mapped(told, invoice(invoice_line(1, 1, "40.00", description="Courier")))
        assert (result.match.result.value, result.release) == ("not_matched", False)
        assert result.body.hold is True

    def test_a_held_invoice_is_not_released(self, changed):
        own = changed(
            partners__great_lakes_tools="matching: {release_matched: true}\n",
            rules__05_hold="rules:\n  - {name: h, when: {currency: USD}, hold: Ask the buyer}\n",
        )
        result = mapped(own, invoice(LINE))
        assert (result.body.hold, result.release) == (True, False)


@pytest.mark.parametrize(
    ("number", "country", "form"),
    [
        ("NO 987 654 321 MVA", "", "NO987654321"),
        ("987654321", "NO", "NO987654321"),
        ("SE559100200101", "", "5591002001"),
        ("dk-39120045", "", "DK39120045"),
    ],
)
def test_vat_numbers_are_compared_as_country_and_digits(number, country, form):
    assert form in vat_forms(number, country)


@pytest.mark.parametrize(
    ("value", "gln"),
    [
        ("7000010000017", "7000010000017"),
        ("700010000068", "0700010000068"),
        ("70001000006", None),
        ("ACME", None),
    ],
)
def test_a_gln_proves_itself_by_its_check_digit(value, gln):
    assert gln_of(value) == gln
