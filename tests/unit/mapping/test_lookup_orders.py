"""The look-ups row by row: each attempt takes its turn, and none and several end as the reference says.

Each row adds the answers of its attempts one after another, the last attempt first; every earlier one, once
it has an answer, must win over those after it.
"""

from __future__ import annotations

import pytest
from tests.unit.mapping.papers import charge, invoice, invoice_line, mapped, order, order_line, party, tax

from ml_connector.documents import PaymentTerms, Source
from ml_connector.errors import Misconfigured
from ml_connector.mapping import Disposition
from ml_connector.partners import parse

PARTNER = 'name: Tried\nroles: [{role}]\nusage: [production]\ncountry: "NO"\n'
LEDGER = """\
suppliers:
  - {number: S-OWN, name: Own}
  - {number: S-PARTY, name: Party}
  - {number: S-GLN, gln: "7000010000079"}
  - {number: S-VAT, vat_number: NO991234587MVA}
  - {number: S-REG, company_number: "887654321"}
  - {number: S-TWIN1, vat_number: NO995555555MVA}
  - {number: S-TWIN2, vat_number: NO995555555MVA}
customers:
  - {number: C-OWN, name: Own}
  - {number: C-PARTY, name: Party}
  - {number: C-GLN, gln: "7000010000079"}
  - {number: C-VAT, vat_number: NO991234587MVA}
  - {number: C-REG, company_number: "887654321"}
  - {number: C-TWIN1, vat_number: NO995555555MVA}
  - {number: C-TWIN2, vat_number: NO995555555MVA}
items:
  - {number: I-TABLE, unit: EA}
  - {number: I-GTIN, unit: EA, codes: [{kind: Barcode, code: "7040001000015"}]}
  - {number: I-VPN, unit: EA, codes: [{kind: VPN, code: THEIRS, partner: S-OWN}]}
  - {number: I-CPN, unit: EA, codes: [{kind: CPN, code: OURS, partner: C-OWN}]}
  - {number: OURS-AS-IT-IS, unit: EA, warehouse: W-ITEM}
  - {number: I-TWIN1, unit: EA, codes: [{kind: Global, code: "7040001000022"}]}
  - {number: I-TWIN2, unit: EA, codes: [{kind: Global, code: "7040001000022"}]}
  - {number: I-UNITS, unit: EA, conversions: [{from: OWNUNIT, to: EA, factor: 2},
     {from: PU, to: EA, factor: 3}, {from: CU, to: EA, factor: 4}, {from: IU, to: EA, factor: 5}]}
accounts: ["1", "2", "3", "4", "5"]
branches: [B-RULE, B-OWN, B-NAMED, B-PLACE, B-PARTNER, B-DEFAULT]
warehouses: [W-RULE, W-PLACE, W-ITEM, W-DEFAULT]
terms: [T-RULE, T-PARTNER, T-TABLE]
currencies: [NOK, SEK, DKK]
vat_codes: [V-RULE, V-PARTNER, V-ZONE, V-TABLE]
dimensions: {1: [D-LINE, D-DOC, D-PARTNER, D-DEFAULT]}
"""
SELLER = party(
    "seller", ("MUTUAL", "CODE"), ("GLN", "7000010000079"), ("VAT", "NO991234587MVA"),
    ("COMPANY_REG", "887654321"),
)  # fmt: skip
US = Source(standard="x12", message="810", receiver_id="US", receiver_qualifier="ZZ")


@pytest.fixture
def run(example):
    def mapping(document, *, role="supplier", partner="", company="", rules="[]", without=()):
        ledger = LEDGER
        for gone in without:
            assert gone in ledger
            ledger = ledger.replace(gone, f"{gone}-gone")
        base = (
            'id: "1"\nname: Ours\ncountry: "NO"\ncurrency: NOK\n'
            "units: [{code: EA, unit: EA}, {code: XX, list: X12_355, unit: CU}]\n"
        )
        files = {
            "company.yaml": base + (company or 'defaults: {branch: B-DEFAULT, account: "5"}\n'),
            "partners/tried.yaml": PARTNER.format(role=role) + partner,
            "rules/10.yaml": f"rules: {rules}\n",
            "lookups.yaml": ledger,
        }
        return mapped(parse(files), document, "tried")

    return mapping


def bill(line=None, **more):
    more.setdefault("parties", (SELLER,))
    more.setdefault("currency", "NOK")
    return invoice(line or invoice_line(1, 1, "10"), **more)


def asked(line=None, **more):
    more.setdefault("parties", (party("buyer", *((one.scheme, one.value) for one in SELLER.ids)),))
    return order(line or order_line(1, 1, "10", buyer="OURS-AS-IT-IS"), **more)


# Rows 1 and 2: supplier, customer.
@pytest.mark.parametrize(("kind", "make"), [("supplier", bill), ("customer", asked)])
def test_a_business_partner_is_tried_in_the_files_then_by_gln_vat_and_company_number(run, kind, make):
    letter = kind[0].upper()
    attempts = [
        (f"{letter}-OWN", f"{kind}: {letter}-OWN\nparty_ids: [{{id: CODE, {kind}: {letter}-PARTY}}]\n", ()),
        (f"{letter}-PARTY", f"party_ids: [{{id: CODE, {kind}: {letter}-PARTY}}]\n", ()),
        (f"{letter}-GLN", "", ()),
        (f"{letter}-VAT", "", ('gln: "7000010000079',)),
        (f"{letter}-REG", "", ('gln: "7000010000079', "vat_number: NO991234587MVA")),
    ]
    for expected, partner, without in attempts:
        result = run(make(), role=kind, partner=partner, without=without)
        body = result.body
        assert (body.supplier_number if kind == "supplier" else body.customer.id) == expected


@pytest.mark.parametrize(
    ("kind", "make", "role"), [("supplier", bill, "seller"), ("customer", asked, "buyer")]
)
def test_no_business_partner_stops_and_several_are_never_chosen_from(run, kind, make, role):
    with pytest.raises(Misconfigured, match=f"The {kind} .* is unknown") as none:
        run(make(parties=(party(role, ("GLN", "7000010000017")),)), role=kind)
    assert f"`{kind}: NUMBER`" in none.value.advice
    assert "partners/tried.yaml" in none.value.advice
    with pytest.raises(Misconfigured, match="several") as several:
        run(make(parties=(party(role, ("VAT", "NO995555555MVA")),)), role=kind)
    assert "`party_ids:`" in several.value.advice


# Row 4: item.
@pytest.mark.parametrize(
    ("partner", "codes", "item"),
    [
        ("items: [{code: THEIRS, item: I-TABLE}]\n",
         {"seller": "THEIRS", "gtin": "7040001000015", "buyer": "OURS-AS-IT-IS"}, "I-TABLE"),
        ("", {"seller": "THEIRS", "gtin": "7040001000015", "buyer": "OURS-AS-IT-IS"}, "I-GTIN"),
        ("", {"seller": "THEIRS", "gtin": "7040001000039", "buyer": "OURS-AS-IT-IS"}, "I-VPN"),
        ("", {"seller": "NOBODYS", "gtin": "7040001000039", "buyer": "OURS-AS-IT-IS"}, "OURS-AS-IT-IS"),
        ("", {"seller": "NOBODYS"}, None),
        ("", {"gtin": "7040001000022"}, None),
    ],
)  # fmt: skip
def test_an_item_is_tried_in_the_table_then_by_gtin_the_suppliers_number_and_ours(run, partner, codes, item):
    result = run(bill(invoice_line(1, 1, "10", **codes)), partner=f"supplier: S-OWN\n{partner}")
    assert result.body.invoice_lines[0].inventory_number == item
    if item is None:
        assert result.disposition is Disposition.HOLD
        assert result.body.invoice_lines[0].external_inventory_id in codes.values()


def test_a_customers_number_is_of_that_customer(run):
    line = order_line(1, 1, "10", buyer="OURS")
    result = run(asked(line), role="customer", partner="customer: C-OWN\n")
    assert result.body.order_lines[0].inventory_id == "I-CPN"
    with pytest.raises(Misconfigured, match="a sales order needs an item"):
        run(asked(line), role="customer", partner="customer: C-PARTY\n")


# Row 5: account and dimensions.
def test_account_and_dimension_are_tried_by_line_document_partner_and_company(run):
    company = (
        'defaults: {branch: B-DEFAULT, account: "4", subaccount: {1: D-DEFAULT}}\n'
        "dimensions: [{segment: 1, name: department}]\n"
    )
    of_line = '{name: l, for: line, set: {account: "1", subaccount: {1: D-LINE}}}'
    of_document = '{name: d, set: {account: "2", subaccount: {1: D-DOC}}}'
    partner = 'account: "3"\nsubaccount: {1: D-PARTNER}\n'
    attempts = [
        ("1", "D-LINE", f"[{of_line}, {of_document}]", partner),
        ("2", "D-DOC", f"[{of_document}]", partner),
        ("3", "D-PARTNER", "[]", partner),
        ("4", "D-DEFAULT", "[]", ""),
    ]
    for account, segment, rules, own in attempts:
        line = run(
            bill(), partner=f"supplier: S-OWN\n{own}", company=company, rules=rules
        ).body.invoice_lines[0]
        assert (line.account_number, line.subaccount[0].segment_value) == (account, segment)


@pytest.mark.parametrize(
    ("company", "rules", "said"),
    [
        ("defaults: {branch: B-DEFAULT}\n", "[]", "Line 1 has no account"),
        ('defaults: {branch: B-DEFAULT, account: "9"}\n', "[]", "account 9, which Visma does not have"),
        (
            'defaults: {branch: B-DEFAULT, account: "4"}\ndimensions: [{segment: 1, name: department}]\n',
            "[]", "no value for dimension 1",
        ),
        (
            'defaults: {branch: B-DEFAULT, account: "4"}\ndimensions: [{segment: 1, name: department}]\n',
            "[{name: l, for: line, set: {subaccount: {1: D-NONE}}}]", "dimension 1 to D-NONE, which Visma",
        ),
    ],
)  # fmt: skip
def test_an_unknown_account_or_dimension_stops(run, company, rules, said):
    with pytest.raises(Misconfigured, match=said):
        run(bill(), partner="supplier: S-OWN\n", company=company, rules=rules)


# Row 6: VAT.
def test_a_vat_code_is_tried_by_rule_partner_zone_and_table(run):
    company = (
        'defaults: {branch: B-DEFAULT, account: "4"}\n'
        'vat: [{country: "NO", category: S, rate: 25, code: V-TABLE},'
        ' {country: "NO", category: S, rate: 25, code: V-ZONE, zone: "7"}]\n'
    )
    line = invoice_line(1, 1, "10", tax=(tax(25),))
    attempts = [
        ("V-RULE", "[{name: l, for: line, set: {vat_code: V-RULE}}]",
         "vat_code: V-PARTNER\nvat_zone: \"7\"\n"),
        ("V-PARTNER", "[]", "vat_code: V-PARTNER\nvat_zone: \"7\"\n"),
        ("V-ZONE", "[]", "vat_zone: \"7\"\n"),
        ("V-TABLE", "[]", ""),
    ]  # fmt: skip
    for code, rules, own in attempts:
        result = run(bill(line), partner=f"supplier: S-OWN\n{own}", company=company, rules=rules)
        assert result.body.invoice_lines[0].vat_code_id == code
    with pytest.raises(Misconfigured, match="no VAT code for country NO, category S, 24 %"):
        run(bill(invoice_line(1, 1, "10", tax=(tax(24),))), partner="supplier: S-OWN\n", company=company)


# Rows 7 and 8: branch, warehouse.
def test_a_branch_is_tried_by_rule_our_address_our_party_place_partner_and_default(run):
    place = "places: [{id: PLACE, branch: B-PLACE}]\n"
    identity = "identities: [{standard: x12, qualifier: ZZ, id: US, branch: B-OWN}]\n"
    default = 'defaults: {branch: B-DEFAULT, account: "4"}\n'
    named = "identities: [{standard: x12, id: US}, {id: OURS, branch: B-NAMED}]\n"
    parties = (SELLER, party("ship_to", ("BUYER_ASSIGNED", "PLACE")), party("buyer", ("MUTUAL", "OURS")))
    document = bill(parties=parties).model_copy(update={"source": US})
    attempts = [
        ("B-RULE", "[{name: d, set: {branch: B-RULE}}]", default + place + identity, "branch: B-PARTNER\n"),
        ("B-OWN", "[]", default + place + identity, "branch: B-PARTNER\n"),
        ("B-NAMED", "[]", default + place + named, "branch: B-PARTNER\n"),
        ("B-PLACE", "[]", default + place, "branch: B-PARTNER\n"),
        ("B-PARTNER", "[]", default, "branch: B-PARTNER\n"),
        ("B-DEFAULT", "[]", default, ""),
    ]
    for branch, rules, company, own in attempts:
        result = run(document, partner=f"supplier: S-OWN\n{own}", company=company, rules=rules)
        assert result.body.branch_number == branch


def test_a_warehouse_is_tried_by_rule_place_item_and_default(run):
    default = "defaults: {branch: B-DEFAULT, warehouse: W-DEFAULT}\n"
    place = "places: [{id: PLACE, warehouse: W-PLACE}]\n"
    parties = (party("buyer", ("MUTUAL", "CODE")), party("ship_to", ("BUYER_ASSIGNED", "PLACE")))
    attempts = [
        ("W-RULE", "[{name: l, for: line, set: {warehouse: W-RULE}}]", default + place, "OURS-AS-IT-IS"),
        ("W-PLACE", "[]", default + place, "OURS-AS-IT-IS"),
        ("W-ITEM", "[]", default, "OURS-AS-IT-IS"),
        ("W-DEFAULT", "[]", default, "I-TABLE"),
    ]
    for warehouse, rules, company, item in attempts:
        document = asked(order_line(1, 1, "10", buyer=item), parties=parties)
        result = run(document, role="customer", partner="customer: C-OWN\n", company=company, rules=rules)
        assert result.body.order_lines[0].warehouse_id == warehouse


# Row 9: unit.
def test_a_unit_is_tried_by_the_items_entry_the_partner_the_company_and_the_item(run):
    entry = "items: [{code: A, item: I-UNITS, unit: OWNUNIT}]\n"
    plain = "items: [{code: A, item: I-UNITS}]\n"
    own = "units: [{code: XX, unit: PU}]\n"
    attempts = [
        ("OWNUNIT", "XX", entry + own), ("PU", "XX", plain + own), ("CU", "XX", plain), ("IU", "IU", plain),
        ("EA", None, plain),
    ]  # fmt: skip
    for unit, sent, partner in attempts:
        line = invoice_line(1, 1, "10", uom=sent, seller="A")
        result = run(bill(line), partner=f"supplier: S-OWN\n{partner}")
        assert result.body.invoice_lines[0].uom == unit
    with pytest.raises(Misconfigured, match=r"the unit ZZ \(X12_355\) is unknown"):
        run(bill(invoice_line(1, 1, "10", uom="ZZ", seller="A")), partner=f"supplier: S-OWN\n{plain}")


# Rows 10 and 11: currency, terms.
def test_a_currency_is_tried_by_document_partner_and_ledger(run):
    ledger = "{number: S-OWN, name: Own"
    for currency, sent, own in (("SEK", "SEK", "currency: DKK\n"), ("DKK", None, "currency: DKK\n")):
        result = run(bill(currency=sent), partner=f"supplier: S-OWN\n{own}")
        assert result.body.currency_id == currency
    with pytest.raises(Misconfigured, match="names no currency"):
        run(bill(currency=None), partner="supplier: S-OWN\n")
    with pytest.raises(Misconfigured, match="XXX is not enabled"):
        run(bill(currency="XXX"), partner="supplier: S-OWN\n")
    assert ledger in LEDGER


def test_terms_are_tried_by_rule_partner_and_table_and_else_are_vismas_own(run):
    company = 'defaults: {branch: B-DEFAULT, account: "4"}\nterms: [{terms: T-TABLE, net_days: 30}]\n'
    attempts = [
        ("T-RULE", "[{name: d, set: {terms: T-RULE}}]", "terms: T-PARTNER\n", 30),
        ("T-PARTNER", "[]", "terms: T-PARTNER\n", 30),
        ("T-TABLE", "[]", "", 30),
        (None, "[]", "", 60),
    ]
    for terms, rules, own, days in attempts:
        document = bill(payment_terms=(PaymentTerms(net_days=days),))
        result = run(document, partner=f"supplier: S-OWN\n{own}", company=company, rules=rules)
        assert result.body.credit_terms_id == terms


# Row 12: charges.
def test_a_charges_account_is_tried_by_rule_table_partner_company_and_the_lines_account(run):
    table = 'charges: [{code: FC, account: "2"}]\n'
    own, default = (
        'charge_account: "3"\n',
        'defaults: {branch: B-DEFAULT, account: "5", charge_account: "4"}\n',
    )
    attempts = [
        ("1", '[{name: c, for: charge, set: {account: "1"}}]', table + own, default, False),
        ("2", "[]", table + own, default, False),
        ("3", "[]", own, default, True),
        ("4", "[]", "", default, True),
        ("5", "[]", "", "", True),
    ]
    for account, rules, partner, company, held in attempts:
        result = run(
            bill(charges=[charge("45.00", "FC", "Freight")]), partner=f"supplier: S-OWN\n{partner}",
            company=company, rules=rules,
        )  # fmt: skip
        assert result.body.invoice_lines[1].account_number == account
        assert any("provided for nowhere" in reason for reason in result.holds) is held


def test_a_charges_dimension_is_tried_by_rule_table_partner_and_company(run):
    company = (
        "dimensions: [{segment: 1, name: department}]\n"
        'defaults: {branch: B-DEFAULT, account: "5", subaccount: {1: D-DEFAULT}}\n'
    )
    table = 'charges: [{code: FC, account: "2", subaccount: {1: D-LINE}}]\n'
    own = "subaccount: {1: D-PARTNER}\n"
    attempts = [
        ("D-DOC", "[{name: c, for: charge, set: {subaccount: {1: D-DOC}}}]", table + own),
        ("D-LINE", "[]", table + own),
        ("D-PARTNER", "[]", 'charges: [{code: FC, account: "2"}]\n' + own),
        ("D-DEFAULT", "[]", ""),
    ]
    for value, rules, partner in attempts:
        result = run(
            bill(charges=[charge("45.00", "FC", "Freight")]), partner=f"supplier: S-OWN\n{partner}",
            company=company, rules=rules,
        )  # fmt: skip
        assert [one.segment_value for one in result.body.invoice_lines[1].subaccount] == [value]
