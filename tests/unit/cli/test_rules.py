from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml_connector.cli.app import app

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "configuration"
MATCHED = EXAMPLE / "tests" / "matched-with-freight.edi"


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(EXAMPLE, tmp_path / "configuration"))


class TestCheck:
    def test_the_example_is_sound(self, run):
        result = run("rules", "check", EXAMPLE)
        assert result.exit_code == 0
        assert "Nothing is wrong: 8 partners" in result.stdout

    def test_a_fault_is_named_by_file_and_line(self, run, folder):
        (folder / "rules" / "99.yaml").write_text("rules:\n  - {name: x, when: {curency: NOK}, ignore: y}\n")
        result = run("rules", "check", folder, "--json")
        assert result.exit_code == 2
        (fault,) = json.loads(result.stdout)["faults"]
        assert (fault["file"], fault["line"]) == ("rules/99.yaml", 2)

    def test_a_code_the_ledger_does_not_have_is_named(self, run, folder):
        (folder / "rules" / "99.yaml").write_text(
            'rules:\n  - {name: x, for: charge, set: {account: "1111", subaccount: {1: "777"}}}\n'
        )
        result = run("rules", "check", folder, "--json")
        assert result.exit_code == 2
        found = [(fault["what"], fault["code"]) for fault in json.loads(result.stdout)["faults"]]
        assert found == [("account", "1111"), ("value of dimension 1", "777")]

    @pytest.mark.parametrize(
        ("file", "text", "what", "code"),
        [
            ("rules/99.yaml", 'rules: [{name: x, when: {supplier: "59999"}, hold: y}]', "supplier", "59999"),
            ("rules/99.yaml", "rules: [{name: x, when: {customer: [C8, C9]}, hold: y}]", "customer", "C8"),
            ("rules/99.yaml", "rules: [{name: x, for: line, when: {item: I9}, hold: y}]", "item", "I9"),
            ("rules/99.yaml", 'rules: [{name: x, when: {branch: "9"}, hold: y}]', "branch", "9"),
            ("partners/new.yaml", 'name: New\nitems: [{code: A, item: "1001", unit: XXX}]', "unit", "XXX"),
            ("partners/new.yaml", 'name: New\nsupplier: "50000"\nlocations: [{id: A, location: L}]',
             "location", "L"),
        ],
    )  # fmt: skip
    def test_a_number_that_a_rule_or_partner_asks_by_must_be_in_the_ledger(
        self, run, folder, file, text, what, code
    ):
        (folder / file).write_text(text + "\n")
        result = run("rules", "check", folder, "--json")
        assert result.exit_code == 2
        found = [
            (fault["file"], fault["what"], fault["code"]) for fault in json.loads(result.stdout)["faults"]
        ]
        assert found[0] == (file, what, code)


class TestExplain:
    @pytest.mark.parametrize("name", ["nowhere.edi", "."])
    def test_a_file_that_can_not_be_read_is_said(self, run, tmp_path, name):
        result = run("rules", "explain", tmp_path / name, "--config", EXAMPLE)
        assert result.exit_code == 2
        assert "can't be read" in result.output

    def test_every_value_comes_with_its_reason(self, run):
        result = run("rules", "explain", MATCHED, "--config", EXAMPLE, "--json")
        assert result.exit_code == 0
        (document,) = json.loads(result.stdout)
        assert (document["entity"], document["outcome"]) == ("SupplierInvoice", "post")
        reasons = {decision["field"]: decision for decision in document["decisions"]}
        assert reasons["invoiceLines[1].accountNumber"]["source"] == "rule"
        assert "rules/30-charges.yaml" in reasons["invoiceLines[1].accountNumber"]["where"]
        assert document["body"]["invoiceLines"][1]["accountNumber"] == "4360"

    def test_another_value_shows_another_outcome(self, run):
        result = run("rules", "explain", MATCHED, "--config", EXAMPLE, "--set", "currency=SEK", "--json")
        (document,) = json.loads(result.stdout)
        assert document["body"]["currencyId"] == "SEK"
        assert document["match"]["result"] == "exception"

    @pytest.mark.parametrize("given", ["currency", "nowhere=1", "lines.9.quantity=1", "issue_date=soon"])
    def test_a_setting_that_can_not_be_is_refused(self, run, given):
        result = run("rules", "explain", MATCHED, "--config", EXAMPLE, "--set", given)
        assert result.exit_code in (1, 2)

    def test_what_would_stop_is_said_with_the_line_to_add(self, run):
        unknown = EXAMPLE / "tests" / "unknown-supplier.edi"
        result = run("rules", "explain", unknown, "--config", EXAMPLE)
        assert result.exit_code == 1
        assert "partners/vestby-emballasje.yaml" in result.stdout

    def test_a_document_as_json_is_explained_too(self, run, tmp_path):
        document = {"document_type": "invoice", "invoice_number": "J1", "issue_date": "2026-03-02"}
        path = tmp_path / "invoice.json"
        path.write_text(json.dumps(document))
        result = run("rules", "explain", path, "--config", EXAMPLE, "--partner", "northern-office", "--json")
        (found,) = json.loads(result.stdout)
        assert found["body"]["supplierReference"] == "J1"

    def test_a_folder_without_look_ups_says_what_to_do(self, run, folder):
        (folder / "lookups.yaml").unlink()
        result = run("rules", "explain", MATCHED, "--config", folder)
        assert result.exit_code == 2
        assert "--against-visma" in result.stderr


class TestExamples:
    def test_the_examples_are_as_expected(self, run):
        result = run("rules", "test", EXAMPLE)
        assert result.exit_code == 0, result.stdout

    def test_a_changed_rule_shows_where_it_differs(self, run, folder):
        rules = folder / "rules" / "30-charges.yaml"
        rules.write_text(rules.read_text().replace('"4360"', '"7140"'))
        result = run("rules", "test", folder)
        assert result.exit_code == 1
        assert 'accountNumber: expected "4360", found "7140"' in result.stdout

    def test_what_is_found_can_be_made_what_is_expected(self, run, folder):
        rules = folder / "rules" / "30-charges.yaml"
        rules.write_text(rules.read_text().replace('"4360"', '"7140"'))
        assert run("rules", "test", folder, "--update").exit_code == 0
        assert run("rules", "test", folder).exit_code == 0

    def test_an_example_without_expectation_fails(self, run, folder):
        (folder / "tests" / "hub-order.expected.json").unlink()
        assert run("rules", "test", folder).exit_code == 1

    def test_an_expectation_without_example_fails(self, run, folder):
        (folder / "tests" / "hub-order.edi").rename(folder / "tests" / "hub-ordre.edi")
        result = run("rules", "test", folder)
        assert result.exit_code == 1
        assert "hub-order.expected.json stands beside no example" in result.stdout
        assert run("rules", "test", folder, "--update").exit_code == 1

    def test_no_examples_at_all_is_said(self, run, folder):
        shutil.rmtree(folder / "tests")
        assert run("rules", "test", folder).exit_code == 2
