from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.partners.test_configuration import files

from ml_connector.errors import Misconfigured
from ml_connector.partners import parse
from ml_connector.partners.company import Company
from ml_connector.partners.conditions import holds
from ml_connector.partners.configuration import faults_of
from ml_connector.partners.located import read_yaml
from ml_connector.partners.reachability import unreachable_rules
from ml_connector.partners.rules import RuleFile, compile_rules


def fault(rules, mode="first"):
    with pytest.raises(Misconfigured) as caught:
        parse(files(rules__10=f"mode: {mode}\nrules:\n{rules}"))
    (found,) = faults_of(caught.value)
    return found["line"], found["message"]


def loads(rules, mode="first"):
    return parse(files(rules__10=f"mode: {mode}\nrules:\n{rules}")).rules[0]


class TestFaults:
    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            ("when: {curency: NOK}, ignore: x", "'curency'; did you mean currency"),
            ("when: {item.gtin: 1}, ignore: x", "'item.gtin' at the level of a document"),
            ("when: {document.nowhere: 1}, ignore: x", "'document.nowhere'"),
            ("when: {amount: {above: much}}, ignore: x", "'much' is no number"),
            ("when: {issue_date: {from: 1.1.26}}, ignore: x", "'1.1.26' is no date"),
            ("when: {currency: {above: 5}}, ignore: x", "'above' says nothing about it"),
            ("when: {amount: {matches: a}}, ignore: x", "'matches' says nothing about it"),
            ("when: {currency: {like: a}}, ignore: x", "no test is called 'like'"),
            ("when: {note: {matches: '('}}, ignore: x", "no regular expression"),
            ("when: {currency: {table: nope}}, ignore: x", "no code table 'nope'; it has codes"),
            ("when: {currency: []}, ignore: x", "at least one"),
            ("when: {any: []}, ignore: x", "at least one"),
            ("when: {any: x}, ignore: x", "takes a list"),
            ("set: {subaccount: {7: 1}}", "no dimension segment 7; it names 1"),
            ("set: {item: 1}", "a rule for a document can't set item"),
            ("for: charge, set: {terms: 1}", "a rule for a charge can't set terms"),
            ("set: {branch: {table: nope, by: currency}}", "no code table 'nope'"),
            ("set: {branch: {table: codes, by: nope}}", "no field is called 'nope'"),
            ("set: {branch: {field: nope}}", "no field is called 'nope'"),
            ("when: {currency: NOK}", "decides nothing"),
            ("reroute: {partner: nobody}", "reroutes to 'nobody'"),
            ("when: {partner: acmee}, ignore: x", "asks for partner 'acmee'"),
            ("when: {amount: {from: NaN}}, ignore: x", "'NaN' is no number"),
            ("when: {amount: {to: Infinity}}, ignore: x", "'Infinity' is no number"),
            ("when: {amount: {}}, ignore: x", "nothing is asked of amount"),
            ("when: {any: [{}]}, ignore: x", "a condition is a mapping"),
            ("when: {not: {}}, ignore: x", "a condition is a mapping"),
            ("when: {note: {matches: [a]}}, ignore: x", "no regular expression"),
            ("when: {note: {matches: ''}}, ignore: x", "no regular expression"),
            ("when: {note: {contains: ''}}, ignore: x", "'' is no text"),
            (
                "when: {invoice_type: creditnote}, ignore: x",
                "never 'creditnote'; it is consolidated, corrected",
            ),
            ("when: {document_type: [order, invoic]}, ignore: x", "never 'invoic'"),
            ("when: {document.purpose: orignal}, ignore: x", "document.purpose is never 'orignal'"),
            ("for: charge, when: {charge.kind: allowence}, split: true", "never 'allowence'"),
            ("split: true", "only a rule for a charge can split"),
            ("for: line, split: true", "only a rule for a charge can split"),
            ("for: line, reroute: {partner: acme}", "only a rule for a document can reroute"),
            ("set: {project: {field: number, pattern: '('}}", "no regular expression"),
            ("set: {project: {table: codes, by: number, esle: a}}", "project.table.esle: Extra inputs"),
            ("set: {project: [a]}", "project.code: Input should be a valid string"),
            (
                "when: {document_type: invoice}, set: {entity: sales_order}",
                "invoice can't become sales_order",
            ),
        ],
    )
    def test_what_is_wrong_with_a_rule_is_said_with_its_line(self, rule, said):
        line, message = fault(
            f"  - {{name: f, when: {{currency: EUR}}, ignore: x}}\n  - {{name: r, {rule}}}\n"
        )
        assert said in message
        assert line == 4

    def test_two_rules_of_one_name_are_refused(self):
        _, message = fault(
            "  - {name: r, when: {currency: EUR}, ignore: x}\n"
            "  - {name: r, when: {currency: NOK}, ignore: x}\n"
        )
        assert "has a rule named 'r' too" in message


class TestUnreachable:
    @pytest.mark.parametrize(
        "condition",
        [
            "{all: [{currency: NOK}, {currency: SEK}]}",
            "{all: [{currency: [NOK, EUR]}, {currency: SEK}]}",
            "{amount: {from: 10, to: 5}}",
            "{amount: {above: 10, below: 10}}",
            "{all: [{amount: 5}, {amount: {above: 5}}]}",
            "{all: [{currency: NOK}, {not: {currency: [NOK, SEK]}}]}",
            "{all: [{currency: {present: false}}, {currency: NOK}]}",
            "{all: [{currency: NOK}, {currency: {starts: E}}]}",
            "{any: [{all: [{currency: NOK}, {currency: SEK}]}, {amount: {from: 3, to: 2}}]}",
            "{all: [{number: {starts: A}}, {number: {starts: B}}]}",
            "{terms.net_days: {from: 20, to: 10}}",
            "{invoice_type: invoice, document_type: order}",
            "{invoice_type: invoice, order_type: rush}",
            "{document.despatch_number: {present: true}, document_type: [order, invoice]}",
        ],
    )
    def test_a_rule_whose_tests_contradict_each_other(self, condition):
        _, message = fault(f"  - {{name: r, when: {condition}, ignore: x}}\n")
        assert "contradict" in message

    @pytest.mark.parametrize(
        "condition",
        [
            "{all: [{reference.department: A}, {reference.department: B}]}",
            "{amount: {from: 5, to: 5}}",
            "{all: [{currency: [NOK, SEK]}, {not: {currency: NOK}}]}",
            "{all: [{note: {matches: a}}, {not: {note: {matches: b}}}]}",
            "{all: [{number: {starts: A}}, {number: {starts: AB}}]}",
            "{all: [{terms.net_days: {from: 20}}, {terms.net_days: {to: 10}}]}",
            "{not: {terms.net_days: {from: 20, to: 10}}}",
            "{not: {invoice_type: invoice}, document_type: order}",
            "{invoice_type: {present: false}, document_type: order}",
        ],
    )
    def test_a_rule_that_may_match_is_left_alone(self, condition):
        assert loads(f"  - {{name: r, when: {condition}, ignore: x}}\n")

    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            ("{}", "{currency: NOK}"),
            ("{currency: NOK}", "{currency: NOK, amount: {above: 5}}"),
            ("{currency: [NOK, SEK]}", "{currency: SEK}"),
            ("{currency: [NOK, SEK]}", "{currency: {is: nok}}"),
            ("{amount: {from: 5}}", "{amount: {above: 5}}"),
            ("{amount: {to: 50}}", "{amount: {below: 40}}"),
            ("{amount: {from: 5, to: 50}}", "{amount: [6, 7]}"),
            ("{currency: {present: true}}", "{currency: NOK}"),
            ("{currency: {starts: N}}", "{currency: [NOK, NZD]}"),
            ("{not: {currency: NOK}}", "{currency: SEK}"),
            ("{any: [{currency: NOK}, {currency: SEK}]}", "{currency: [SEK]}"),
            ("{note: {matches: freight}}", "{note: {matches: freight}, currency: NOK}"),
            ("{number: {starts: A}}", "{number: {starts: AB}}"),
            ("{number: {contains: b}}", "{number: {starts: ABC}}"),
            ("{number: {contains: b}}", "{number: {contains: ABC}}"),
        ],
    )
    def test_a_rule_that_earlier_ones_shadow(self, earlier, later):
        line, message = fault(
            f"  - {{name: a, when: {earlier}, ignore: x}}\n  - {{name: b, when: {later}, ignore: y}}\n"
        )
        assert "a (rules/10.yaml:3) take all it could match" in message
        assert line == 4

    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            ("{currency: NOK}", "{currency: [NOK, SEK]}"),
            ("{currency: NOK, amount: {above: 5}}", "{currency: NOK}"),
            ("{amount: {above: 5}}", "{amount: {from: 5}}"),
            ("{not: {reference.department: A}}", "{reference.department: B}"),
            ("{note: {matches: freight}}", "{note: {contains: freight}}"),
            ("{number: {starts: AB}}", "{number: {starts: A}}"),
            ("{number: {starts: A}}", "{number: {contains: A}}"),
            (
                "{terms.net_days: {from: 1, to: 9}}",
                "{all: [{terms.net_days: {from: 2}}, {terms.net_days: {to: 8}}]}",
            ),
        ],
    )
    def test_a_rule_that_is_wider_than_earlier_ones_counts(self, earlier, later):
        assert loads(
            f"  - {{name: a, when: {earlier}, ignore: x}}\n  - {{name: b, when: {later}, ignore: y}}\n"
        )

    def test_two_rules_may_shadow_a_third_between_them(self):
        _, message = fault(
            "  - {name: a, when: {currency: NOK}, ignore: x}\n"
            "  - {name: b, when: {currency: SEK}, ignore: x}\n"
            "  - {name: c, when: {any: [{currency: NOK}, {currency: SEK}]}, ignore: x}\n"
        )
        assert "a (rules/10.yaml:3), b (rules/10.yaml:4)" in message

    def test_layered_rules_are_shadowed_only_in_what_they_set(self):
        rules = (
            "  - {name: a, set: {branch: 1}}\n"
            "  - {name: b, when: {currency: NOK}, set: {branch: 2, terms: 30}}\n"
        )
        assert loads(rules, "layered")
        _, message = fault(rules.replace(", terms: 30", ""), "layered")
        assert "never counts" in message

    def test_rules_of_other_levels_shadow_nothing(self):
        assert loads("  - {name: a, ignore: x}\n  - {name: b, for: line, ignore: x}\n")


#: Fields of one value and of several, of each kind that is compared otherwise.
FIELDS = {
    "number": st.sampled_from(["a", "ab", "b"]),
    "amount": st.integers(1, 4).map(str),
    "note": st.sampled_from(["a", "ab", "b"]),
    "terms.net_days": st.integers(1, 4).map(str),
}
TEXT = st.sampled_from(["is", "starts", "contains"])
RANGE = st.sampled_from(["is", "from", "to", "above", "below"])


def _tests(name):
    operators = RANGE if name in ("amount", "terms.net_days") else TEXT
    present = st.fixed_dictionaries({"present": st.sampled_from(["true", "false"])})
    return st.dictionaries(operators, FIELDS[name], min_size=1, max_size=2) | present


ATOMS = st.one_of(*(_tests(name).map(lambda tests, name=name: {name: tests}) for name in FIELDS))
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: (
        inner.map(lambda one: {"not": one})
        | st.lists(inner, min_size=1, max_size=2).flatmap(
            lambda several: st.sampled_from([{"all": several}, {"any": several}])
        )
    ),
    max_leaves=4,
)


@settings(max_examples=120, deadline=None)
@given(earlier=CONDITIONS, later=CONDITIONS)
def test_a_rule_that_is_called_unreachable_matches_nothing_that_is_left(earlier, later):
    """Tried with every pair of values each field can have: what is found must be certain."""
    written = yaml.safe_dump(
        [{"name": "a", "when": earlier, "ignore": "x"}, {"name": "b", "when": later, "ignore": "y"}]
    )
    source = read_yaml(f"rules:\n{written}", "rules/10.yaml")
    company = Company(id="1", name="Ours", country="NO", currency="NOK")
    rules = compile_rules(RuleFile.model_validate(source.data), source, company)
    unreachable = {found.rule.name for found in unreachable_rules(rules)}
    texts = [(), ("a",), ("ab",), ("b",), ("a", "b")]
    numbers = [(), *((Decimal(one),) for one in range(5)), (Decimal(1), Decimal(4))]
    single = (
        [values for values in texts if len(values) < 2],
        [values for values in numbers if len(values) < 2],
    )
    for number, amount, note, days in product(*single, texts, numbers):
        found = {"number": number, "amount": amount, "note": note, "terms.net_days": days}
        matching = [
            rule.name
            for rule in rules.rules
            if holds(rule.condition, lambda field, found=found: found[field.name])
        ]
        assert not matching or matching[0] not in unreachable
