"""Every condition and every action that rules have, each once on a document that becomes something."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from tests.unit.mapping.papers import charge, invoice, invoice_line, mapped, order, order_line, party, tax

from ml_connector.documents import Note, PaymentTerms, Reference
from ml_connector.errors import Misconfigured
from ml_connector.mapping import Disposition
from ml_connector.partners import parse
from ml_connector.partners.rules import OF_DOCUMENTS, SETTABLE

HOLD = "rules: [{{name: r, for: {level}, when: {when}, hold: it holds}}]\n"
LINE = invoice_line(
    1, 6, "655.00", order="000052", seller="GLT-1005", buyer="OUR-5", gtin="7040001000053",
    description="Torque wrench", tax=(tax(0, category="Z"),), charges=(charge("5.00", "PC030", "Packing"),),
    net="3935.00",
).model_copy(
    update={
        "notes": (Note(text="for the workshop"),),
        "references": (Reference(type="cost_centre", number="CC-17"),),
    }
)  # fmt: skip
PAPER = invoice(
    LINE,
    charges=[charge("45.00", "D240", "Freight to door")],
    taxes=[tax(0, "3980.00", "0.00", category="Z")],
    contract="C-9",
    due_date=date(2026, 4, 20),
    notes=(Note(text="Deliver before noon"),),
    payment_terms=(PaymentTerms(net_days=30),),
    references=(Reference(type="department", number="WAREHOUSE"), Reference(type="project", number="P-7")),
    parties=(
        party("seller", ("GLN", "0700010000068"), name="Great Lakes"),
        party("buyer", ("BUYER_ASSIGNED", "NORD-2"), name="Nordlys"),
        party("ship_to", ("GLN", "7000010000000")),
    ),
)

#: Level, a condition that holds for the paper, and one of the same kind that does not.
CONDITIONS = {
    "supplier": ("document", 'supplier: "50005"', 'supplier: "50006"'),
    "partner": ("document", "partner: great-lakes-tools", "partner: malmberg-verktyg"),
    "kind of document": ("document", "document_type: invoice", "document_type: order"),
    "kind of invoice": ("document", "invoice_type: invoice", "invoice_type: credit_note"),
    "number": ("document", "number: {starts: INV}", "number: {starts: CRN}"),
    "currency": ("document", "currency: usd", "currency: NOK"),
    "one of several": ("document", "currency: [NOK, USD]", "currency: [NOK, SEK]"),
    "not a value": ("document", "currency: {not: NOK}", "currency: {not: USD}"),
    "amount range": ("document", "amount: {from: 3980, to: 3980}", "amount: {above: 3980, below: 9999}"),
    "amount of tax": ("document", "tax_amount: {to: 0}", "tax_amount: {above: 0}"),
    "date range": (
        "document", "issue_date: {from: 2026-03-20, to: 2026-03-31}", "issue_date: {below: 2026-03-20}",
    ),
    "due date": ("document", "due_date: 2026-04-20", "due_date: 2026-04-21"),
    "presence": ("document", "contract: {present: true}", "contract: {present: false}"),
    "GLN": ("document", 'seller.id: "0700010000068"', 'seller.id: "7000010000017"'),
    "buyer's code of the buyer": ("document", "buyer.id: NORD-2", "buyer.id: NORD-3"),
    "place of delivery": ("document", 'ship_to.id: "7000010000000"', 'ship_to.id: "7000010000017"'),
    "name of a party": ("document", "buyer.name: {contains: lys}", "buyer.name: {contains: sol}"),
    "department": ("document", "reference.department: WAREHOUSE", "reference.department: ADMIN"),
    "project": ("document", "reference.project: P-7", "reference.project: P-8"),
    "cost centre of a line": ("line", "line_reference.cost_centre: CC-17", "line_reference.cost_centre: CC"),
    "order": ("document", 'document.lines.order_ref.po_number: "000052"', 'order_reference: "000052"'),
    "order of a line": ("line", 'order: "000052"', 'order: "000053"'),
    "terms": ("document", "terms.net_days: 30", "terms.net_days: 14"),
    "free text": ("document", "note: {contains: NOON}", "note: {contains: midnight}"),
    "free text of a line": ("line", "line_note: {contains: workshop}", "line_note: {contains: office}"),
    "pattern": ("document", "note: {matches: '(?i)before \\w+'}", "note: {matches: 'before \\d+'}"),
    "code table": (
        "document", "reference.department: {table: departments}", "reference.project: {table: departments}",
    ),
    "item": ("line", 'item: "1005"', 'item: "1006"'),
    "seller's code": ("line", "item.seller_id: GLT-1005", "item.seller_id: GLT-1006"),
    "buyer's code": ("line", "item.buyer_id: OUR-5", "item.buyer_id: OUR-6"),
    "GTIN": ("line", 'item.gtin: "7040001000053"', 'item.gtin: "7040001000060"'),
    "description": ("line", "item.description: {contains: wrench}", "item.description: {contains: hammer}"),
    "quantity": ("line", "quantity: 6", "quantity: {below: 6}"),
    "unit": ("line", "uom: EA", "uom: CA"),
    "unit price": ("line", "unit_price: {from: 655}", "unit_price: {above: 655}"),
    "amount of a line": ("line", "line_amount: 3935", "line_amount: 3930"),
    "tax rate": ("line", "tax_rate: 0", "tax_rate: 25"),
    "tax category": ("line", "tax_category: Z", "tax_category: S"),
    "charge code": ("charge", "charge.code: D240", "charge.code: ZZ"),
    "kind of charge": ("charge", "charge.kind: charge", "charge.kind: allowance"),
    "text of a charge": ("charge", "charge.text: {starts: freight}", "charge.text: {starts: toll}"),
    "amount of a charge": ("charge", "charge.amount: {to: 45}", "charge.amount: {above: 45}"),
    "document of a line": ("line", "currency: USD", "currency: NOK"),
    "any path": ("line", "line.price.net: 655", "line.price.net: 656"),
    "all": ("document", "all: [{currency: USD}, {contract: C-9}]", "all: [{currency: USD}, {contract: C-8}]"),
    "any": ("document", "any: [{currency: NOK}, {contract: C-9}]", "any: [{currency: NOK}, {contract: C-8}]"),
    "not": ("document", "not: {currency: NOK}", "not: {currency: USD}"),
    "deep": (
        "document",
        "any: [{all: [{currency: USD}, {not: {contract: C-8}}]}, {number: X}]",
        "not: {any: [{all: [{currency: USD}, {not: {contract: C-8}}]}, {number: X}]}",
    ),
}  # fmt: skip


@pytest.fixture
def run(example):
    def mapping(document, rules, partner="great-lakes-tools"):
        files = {**example.files, "rules/05-own.yaml": rules}
        files["lookups.yaml"] += 'projects: ["P-7"]\nlocations: [North]\n'
        return mapped(parse(files), document, partner)

    return mapping


@pytest.mark.parametrize(("level", "holding", "failing"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_holds_where_it_should_and_nowhere_else(run, level, holding, failing):
    held, free = (
        "it holds" in run(PAPER, HOLD.format(level=level, when=f"{{{when}}}")).holds
        for when in (holding, failing)
    )
    assert (held, free) == (True, False)


def of_line(name):
    return lambda result: getattr(result.body.invoice_lines[0], name)


def of_head(name):
    return lambda result: getattr(result.body, name)


def of_order(name):
    return lambda result: getattr(result.body.lines[0], name)


HEADING = of_head("description")

#: Level, what is set, where it arrives and as what.
SETTINGS = {
    "account": ("line", 'account: "6700"', of_line("account_number"), "6700"),
    "account by the document": ("document", 'account: "6700"', of_line("account_number"), "6700"),
    "branch of a line": ("line", 'branch: "2"', of_line("branch_number"), "2"),
    "branch": ("document", 'branch: "2"', of_head("branch_number"), "2"),
    "project": ("line", "project: P-7", of_line("project_id"), "P-7"),
    "project task": ("line", "project: P-7, project_task: T1", of_line("project_task_id"), "T1"),
    "VAT code": ("line", 'vat_code: "6"', of_line("vat_code_id"), "6"),
    "item": ("line", 'item: "1006"', of_line("inventory_number"), "1006"),
    "description of a line": ("line", "description: Tools", of_line("transaction_description"), "Tools"),
    "description": ("document", "description: Tools", of_head("description"), "Tools"),
    "terms": ("document", 'terms: "14"', of_head("credit_terms_id"), "14"),
    "location": ("document", "location: North", of_head("location_id"), "North"),
    "by a table": (
        "document", "description: {table: departments, by: reference.department}", HEADING, "400",
    ),
    "by a table's else": (
        "document", "description: {table: departments, by: contract, else: none}", HEADING, "none",
    ),
    "copied from a field": ("document", "description: {field: contract}", of_head("description"), "C-9"),
    "cut out of a field": (
        "document", "description: {field: note, pattern: 'before (\\w+)'}", of_head("description"), "noon",
    ),
    "company": ("document", 'company: "77"', lambda result: result.company, "77"),
    "entity": ("document", "entity: none", lambda result: result.entity, "none"),
}  # fmt: skip


@pytest.mark.parametrize(("level", "value", "read", "expected"), SETTINGS.values(), ids=SETTINGS)
def test_what_a_rule_sets_arrives_with_its_name(run, level, value, read, expected):
    result = run(PAPER, f"rules: [{{name: own rule, for: {level}, set: {{{value}}}}}]\n")
    assert read(result) == expected
    assert any("own rule (rules/05-own.yaml:1)" in d.where for d in result.decisions if d.value == expected)


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        ('warehouse: "2"', "warehouse", "2"),
        ("line_type: Service", "line_type", "Service"),
        ('account: "6700"', "account", "6700"),
        ('vat_code: "6"', "tax_category", "6"),
        ('item: "1006"', "inventory", "1006"),
    ],
)
def test_what_a_rule_sets_for_an_order_arrives(run, value, name, expected):
    paper = order(
        order_line(1, 1, "655.00", seller="GLT-1005"),
        parties=[party("seller", ("SELLER_ASSIGNED", "GREATLAKES"))],
    )
    result = run(paper, f"rules: [{{name: own, for: line, set: {{{value}}}}}]\n", "nordlys-hub")
    assert of_order(name)(result) == expected


def test_dimension_segments_arrive_all_together(run):
    result = run(PAPER, 'rules: [{name: own, for: line, set: {subaccount: {1: "400", 2: "3000"}}}]\n')
    segments = result.body.invoice_lines[0].subaccount
    assert [(one.segment_id, one.segment_value) for one in segments] == [(1, "400"), (2, "3000")]


def test_a_hold_is_posted_on_hold_with_its_reason_in_the_note(run):
    result = run(PAPER, "rules: [{name: own, hold: ask the buyer}]\n")
    assert (result.disposition, result.body.hold) == (Disposition.HOLD, True)
    assert "Hold: ask the buyer" in result.body.note


def test_a_lines_charge_is_split_to_a_line_of_its_own(run):
    whole, split = (
        run(PAPER, f"rules: [{{name: own, for: charge, when: {{charge.code: PC030}}, {how}}}]\n")
        for how in ('set: {account: "7790"}', 'split: true, set: {account: "7790"}')
    )
    costs = [[line.cost_in_currency for line in result.body.invoice_lines] for result in (whole, split)]
    assert [len(one) for one in costs] == [2, 3]
    assert sum(costs[0]) == sum(costs[1])


@pytest.mark.parametrize(
    ("level", "when", "lines"), [("line", "item: '1005'", 1), ("charge", "charge.code: D240", 1)]
)
def test_a_line_or_charge_is_left_out(run, level, when, lines):
    result = run(PAPER, f"rules: [{{name: own, for: {level}, when: {{{when}}}, ignore: not ours}}]\n")
    assert len(result.body.invoice_lines) == lines
    ignored = [decision for decision in result.decisions if decision.value == "ignored"]
    assert [decision.where for decision in ignored] == ["own (rules/05-own.yaml:1)"]


def test_a_document_is_left_out(run):
    result = run(PAPER, "rules: [{name: own, ignore: not ours}]\n")
    assert (result.entity, result.disposition) == ("none", Disposition.NONE)


def test_a_document_is_treated_as_another_partners(run):
    result = run(PAPER, "rules: [{name: own, reroute: {partner: malmberg-verktyg}}]\n")
    assert (result.partner, result.body.supplier_number) == ("malmberg-verktyg", "50002")


def test_of_two_rules_the_one_nearer_the_top_stands_in_either_mode(run):
    both = (
        '{name: a, set: {terms: "14"}}, {name: b, when: {currency: USD}, set: {terms: "45", description: B}}'
    )
    first = run(PAPER, f"mode: layered\nrules: [{both}]\n")
    assert (first.body.credit_terms_id, first.body.description) == ("14", "B")
    with pytest.raises(Misconfigured, match="never counts"):
        run(PAPER, f"mode: first\nrules: [{both}]\n")


VALUES = {
    "account": "6700", "subaccount": '{1: "400", 2: "3000"}', "branch": "2", "warehouse": "2",
    "location": "North",
    "project": "P-7", "project_task": "T1", "vat_code": "6", "terms": "14", "item": "1006",
    "description": "Tools", "line_type": "Service", "offset_account": "1920", "tax_account": "2710",
    "cash_account": "1920", "entry_type": "FEE",
}  # fmt: skip
ORDER = order(
    order_line(1, 1, "655.00", seller="GLT-1005", buyer="1003"),
    parties=[
        party("seller", ("SELLER_ASSIGNED", "GREATLAKES")),
        party("buyer", ("GLN", "7000010000512")),
    ],
)
TAXED = invoice(invoice_line(1, 1, "100.00", description="Fee"), taxes=[tax(25, "100.00", "25.00")])
ENTITIES = {
    "supplier_invoice": (PAPER, "great-lakes-tools", ""),
    "journal_transaction": (TAXED, "great-lakes-tools", 'offset_account: "2400", tax_account: "2710"'),
    "cash_transaction": (PAPER, "great-lakes-tools", 'cash_account: "1920", entry_type: FEE'),
    "purchase_order": (ORDER, "nordlys-hub", ""),
    "sales_order": (ORDER, "hardanger-bygg", ""),
}


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("level", ["document", "line"])
def test_nothing_a_rule_sets_is_lost_unsaid(run, entity, level):
    """Each value arrives under the rule's name, or stands in the explanation as not taken."""
    paper, partner, needed = ENTITIES[entity]
    for name in sorted(
        SETTABLE[level] - OF_DOCUMENTS | (OF_DOCUMENTS & set(VALUES) if level == "document" else set())
    ):
        value = VALUES[name] if name == "subaccount" else f'"{VALUES[name]}"'
        task = ', project: "P-7"' if name == "project_task" else ""
        result = run(
            paper,
            f"mode: layered\nrules:\n  - {{name: own, for: {level}, set: {{{name}: {value}{task}}}}}\n"
            f"  - {{name: base, set: {{entity: {entity}, {needed}}}}}\n",
            partner,
        )
        assert result.entity.lower() == entity.replace("_", "")
        ours = {d.field: d for d in result.decisions if d.where.startswith("own (")}
        wanted = set(yaml.safe_load(value).values()) if name == "subaccount" else {VALUES[name]}
        assert wanted <= {str(d.value) for d in ours.values()}, (entity, level, name)


def test_what_has_no_place_in_the_entity_is_said_with_the_rule(run):
    rules = 'rules: [{name: own, set: {branch: "2", terms: "14"}}]\n'
    result = run(ORDER, rules, "hardanger-bygg")
    found = {d.field: d.detail for d in result.decisions if "(not taken)" in d.field}
    assert found == dict.fromkeys(
        ("document.branch (not taken)", "document.terms (not taken)"), "a sales order has no place for it"
    )


def test_a_rules_item_is_matched_like_any_other(run):
    paper = invoice(invoice_line(1, 4, "655.00", order="000052", seller="NOBODY-KNOWS"))
    rules = 'rules: [{name: own, for: line, when: {item.seller_id: NOBODY-KNOWS}, set: {item: "1005"}}]\n'
    result = run(paper, rules)
    assert result.match.result.value == "matched"
    assert result.body.invoice_lines[0].link_line.purchase_number == "000502"
