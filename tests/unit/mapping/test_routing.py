from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.mapping.papers import charge, invoice, invoice_line, party

from ml_connector.documents import Note, Reference, ReferenceType
from ml_connector.mapping.routing import route
from ml_connector.partners import parse
from ml_connector.partners.conditions import holds
from ml_connector.partners.subject import Subject

COMPANY = """\
id: "1"
name: Ours
country: "NO"
currency: NOK
dimensions: [{segment: 1, name: department}]
tables:
  centres: {"10": "100", "20": "200"}
"""
PAPER = invoice(
    invoice_line(1, 6, "655.00", order="PO1", seller="GLT-1005", description="Torque wrench"),
    currency="USD",
    parties=(
        party("seller", ("GLN", "7300010000032"), name="Great Lakes"),
        party("ship_to", ("BUYER_ASSIGNED", "OSLO")),
    ),
    references=(
        Reference(type=ReferenceType.DEPARTMENT, number="10"),
        Reference(type=ReferenceType.PROJECT, number="P-77/A"),
    ),
    notes=(Note(text="Deliver before noon"),),
)


def rules(text, mode="first"):
    return parse(
        {
            "company.yaml": COMPANY,
            "partners/acme.yaml": "name: Acme\n",
            "partners/other.yaml": "name: Other\n",
            "rules/1.yaml": f"mode: {mode}\nrules:\n{text}",
        }
    ).rules


def routed(text, *, level="document", mode="first", paper=PAPER, line=None, item=None, resolved=None):
    subject = Subject(paper, "acme", line, item, resolved or {"supplier": "50005"})
    return route(rules(text, mode), level, subject)


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        ("{currency: usd}", True),
        ("{currency: [NOK, USD]}", True),
        ("{currency: {not: USD}}", False),
        ("{currency: {not: [NOK, SEK]}}", True),
        ("{supplier: 50005}", True),
        ("{partner: acme}", True),
        ("{partner: other}", False),
        ("{document.lines.quantity: {from: 6, to: 6}}", True),
        ("{document.lines.quantity: {below: 7, above: 5, not: 7}}", True),
        ("{note: {starts: deliver, contains: noon}}", True),
        ("{amount: {from: 3930, to: 3930}}", True),
        ("{amount: {above: 3930}}", False),
        ("{amount: {below: 3930.01}}", True),
        ("{issue_date: {from: 2026-03-20}}", True),
        ("{issue_date: {below: 2026-03-20}}", False),
        ("{seller.name: {starts: great}}", True),
        ("{seller.id: 7300010000032}", True),
        ("{ship_to.id: OSLO}", True),
        ("{seller.id: OSLO}", False),
        ("{reference.department: 10}", True),
        ("{reference.department: {table: centres}}", True),
        ("{reference.project: {matches: '^P-'}}", True),
        ("{reference.contract: {present: false}}", True),
        ("{reference.project: {present: true}}", True),
        ("{note: {contains: NOON}}", True),
        ("{note: {matches: NOON}}", False),
        ("{note: {matches: '(?i)NOON'}}", True),
        ("{document.parties.name: great lakes}", True),
        ("{document.references.number: P-77/A}", True),
        ("{invoice_type: invoice, document_type: invoice}", True),
        ("{all: [{currency: USD}, {amount: {above: 1}}]}", True),
        ("{any: [{currency: NOK}, {amount: {above: 1}}]}", True),
        ("{not: {any: [{currency: NOK}, {currency: SEK}]}}", True),
        ("{not: {all: [{currency: USD}, {amount: {above: 1}}]}}", False),
        ("{due_date: {present: false}}", True),
        ("{due_date: {above: 2020-01-01}}", False),
    ],
)
def test_what_a_document_is_asked(condition, matches):
    found = routed(f"  - {{name: r, when: {condition}, hold: x}}\n")
    assert bool(found.matched) is matches


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        ("{item.seller_id: GLT-1005}", True),
        ("{item.description: {contains: wrench}}", True),
        ("{quantity: 6, uom: EA}", True),
        ("{unit_price: {from: 655}}", True),
        ("{line_amount: {above: 5000}}", False),
        ("{item: 1005}", True),
        ("{currency: USD}", True),
        ("{line.order_ref.po_number: PO1}", True),
    ],
)
def test_what_a_line_is_asked(condition, matches):
    found = routed(
        f"  - {{name: r, for: line, when: {condition}, hold: x}}\n", level="line", line=PAPER.lines[0],
        resolved={"item": "1005"},
    )  # fmt: skip
    assert bool(found.matched) is matches


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        ("{charge.code: D240, charge.kind: charge}", True),
        ("{charge.text: {matches: '^Fr'}, charge.amount: {to: 45}}", True),
        ("{charge.kind: allowance}", False),
        ("{charge.level: header}", True),
        ("{currency: USD}", True),
    ],
)
def test_what_a_charge_is_asked(condition, matches):
    found = routed(
        f"  - {{name: r, for: charge, when: {condition}, hold: x}}\n", level="charge",
        item=charge("45.00", "D240", "Freight"),
    )  # fmt: skip
    assert bool(found.matched) is matches


class TestValues:
    def test_first_stops_at_the_first_rule_that_matches(self):
        text = (
            "  - {name: a, when: {currency: SEK}, set: {branch: 1}}\n"
            "  - {name: b, when: {currency: USD}, set: {branch: 2}}\n"
            "  - {name: c, set: {branch: 3, terms: 30}}\n"
        )
        found = routed(text)
        assert [rule.name for rule in found.matched] == ["b"]
        assert (found.get("branch").value, found.get("terms")) == ("2", None)

    def test_layered_takes_each_value_from_the_rule_nearest_the_top(self):
        text = (
            "  - {name: b, when: {currency: USD}, set: {branch: 2}}\n"
            "  - {name: c, set: {branch: 3, terms: 30}}\n"
        )
        found = routed(text, mode="layered")
        assert (found.get("branch").value, found.get("terms").value) == ("2", "30")

    def test_a_value_comes_out_of_a_code_table(self):
        found = routed("  - {name: a, set: {subaccount: {1: {table: centres, by: reference.department}}}}\n")
        assert found.get("subaccount.1").value == "100"
        assert "code table centres by reference.department 10" in found.get("subaccount.1").detail

    def test_a_table_without_the_row_says_so(self):
        found = routed("  - {name: a, set: {branch: {table: centres, by: reference.project}}}\n")
        assert found.get("branch") is None
        assert "code table centres in company.yaml has no reference.project P-77/A" in found.tables_missed[0]

    def test_a_table_may_have_an_else(self):
        found = routed('  - {name: a, set: {branch: {table: centres, by: reference.project, else: "9"}}}\n')
        assert found.get("branch").value == "9"

    def test_a_value_is_copied_or_cut_out_of_a_field(self):
        text = (
            "  - {name: a, set: {project: {field: reference.project, pattern: '^P-(\\d+)'},"
            " description: {field: reference.project}}}\n"
        )
        found = routed(text)
        assert (found.get("project").value, found.get("description").value) == ("77", "P-77/A")

    def test_holds_ignores_and_reroutes_are_kept(self):
        text = (
            "  - {name: a, hold: Look at it}\n  - {name: b, ignore: Not ours}\n"
            "  - {name: c, reroute: {partner: other}}\n"
        )
        found = routed(text, mode="layered")
        assert [reason for reason, _ in found.holds] == ["Look at it"]
        assert found.ignored[0] == "Not ours"
        assert found.reroute[0] == "other"


CONDITIONS = st.sampled_from([
    "{currency: USD}", "{currency: NOK}", "{supplier: 50005}", "{supplier: [1, 2]}", "{amount: {above: 10}}",
    "{reference.department: 10}", "{note: {contains: x}}", "{not: {currency: USD}}",
    "{issue_date: 2026-03-20}",
    "{any: [{currency: USD}, {supplier: 7}]}", "{reference.department: {table: centres}, currency: USD}",
])  # fmt: skip


@given(st.lists(CONDITIONS, min_size=1, max_size=8))
def test_passing_rules_over_changes_nothing(conditions):
    # Each rule also asks for a note of its own, so that none shadows another.
    text = "".join(
        f"  - {{name: r{n}, when: {{all: [{condition}, {{not: {{note: n{n}}}}}]}}, hold: h{n}}}\n"
        for n, condition in enumerate(conditions)
    )
    (rule_set,) = rules(text, "layered")
    subject = Subject(PAPER, "acme", resolved={"supplier": "50005"})
    read = lambda field: field.values(subject)  # noqa: E731 - reads one field
    plainly = [rule.name for rule in rule_set.rules if holds(rule.condition, read)]
    assert [rule.name for rule in route([rule_set], "document", subject).matched] == plainly


def test_a_price_is_of_one_unit_and_a_date_is_a_date():
    line = invoice_line(1, 6, "65500", base=100)
    found = routed("  - {name: r, for: line, when: {unit_price: 655}, hold: x}\n", level="line", line=line)
    assert found.matched
    assert PAPER.issue_date == date(2026, 3, 20)
    assert line.net_amount == Decimal("3930.00")


def test_one_value_of_several_must_pass_all_that_is_asked_of_it():
    """Lines of 2 and of 50 hold none between 10 and 20, though one is above 10 and one below 20."""
    lines = tuple(invoice_line(number, quantity, "1.00") for number, quantity in ((1, 2), (2, 50)))
    paper = invoice(*lines)
    between = "  - {name: r, when: {document.lines.quantity: {from: 10, to: 20}}, hold: x}\n"
    assert routed(between, paper=paper).holds == []
    assert routed(between, paper=invoice(*lines, invoice_line(3, 15, "1.00"))).holds
    apart = between.replace("quantity: {from: 10, to: 20}", "quantity: {from: 10}, not: {currency: SEK}")
    assert routed(apart, paper=paper).holds
