from __future__ import annotations

import pytest
from tests.unit.partners.test_configuration import files

from ml_connector.errors import Misconfigured
from ml_connector.partners import parse
from ml_connector.partners.configuration import faults_of


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
