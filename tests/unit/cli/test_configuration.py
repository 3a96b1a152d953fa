from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from tests.audit_store import aws_in_memory
from typer.testing import CliRunner

from ml_connector.assembly import deployment
from ml_connector.cli.app import app
from ml_connector.store.configuration import ConfigurationStore

EXAMPLE = Path(__file__).parents[3] / "examples" / "configuration"


@pytest.fixture
def run(monkeypatch):
    with stack_of(monkeypatch) as run:
        yield run


@contextmanager
def stack_of(patch):
    """Give the command line of a stack with a bucket of its own."""
    with aws_in_memory(patch):
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="configuration")
        s3.put_bucket_versioning(Bucket="configuration", VersioningConfiguration={"Status": "Enabled"})
        parts = SimpleNamespace(configurations=ConfigurationStore(s3, "configuration"))
        patch.setattr(deployment, "deployed_parts", lambda _: parts)
        yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(EXAMPLE, tmp_path / "configuration"))


def test_what_is_pushed_can_be_pulled(run, folder, tmp_path):
    assert run("config", "push", folder, "--reason", "first").exit_code == 0
    assert run("config", "pull", tmp_path / "pulled").exit_code == 0
    pulled = tmp_path / "pulled" / "partners" / "malmberg-verktyg.yaml"
    assert pulled.read_text() == (EXAMPLE / "partners" / "malmberg-verktyg.yaml").read_text()
    assert run("config", "diff", folder).exit_code == 0


GREAT_LAKES = "partners/great-lakes-tools.yaml"
RULES = "rules/99.yaml"


def rules(*written):
    return "rules: [{}]\n".format(", ".join(f"{{name: r{n}, {one}}}" for n, one in enumerate(written)))


#: What is wrong, in which file (after a plus: added to it), and what the refusal says.
BAD = {
    "what is no YAML": ("company.yaml", "id: [", "company.yaml:2"),
    "no company": ("company.yaml", None, "company.yaml is missing"),
    "a key that is unknown": (GREAT_LAKES, "+suplier: 5\n", "suplier"),
    "a key that stands twice": (GREAT_LAKES, "+name: Other\n", "'name' stands twice"),
    "a value of another kind": (GREAT_LAKES, "+numbering: sometimes\n", "numbering"),
    "a pattern that is none": (GREAT_LAKES, "+order_numbers: [{pattern: '('}]\n", "no regular expression"),
    "an address of two partners": (
        "partners/other.yaml",
        "name: Other\nidentities: [{standard: x12, qualifier: ZZ, id: GREATLAKES}]\n",
        "also an identity of",
    ),
    "a role that lacks": (GREAT_LAKES, '+customer: "10000"\n', "`customer` among its roles"),
    "control numbers that run out": (GREAT_LAKES, "+control_numbers: {first: 9, last: 8}\n", "must be above"),
    "an overlay that is not there": (GREAT_LAKES, "+reading: {overlay: own}\n", "no overlays/own.yaml"),
    "an overlay that is none": ("overlays/own.yaml", "sgments: {}\n", "overlays/own.yaml:1"),
    "a field that is unknown": (RULES, rules("when: {curency: NOK}, ignore: y"), "did you mean"),
    "a test that says nothing": (RULES, rules("when: {currency: {from: 1}}, ignore: y"), "says nothing"),
    "a table that is unknown": (RULES, rules("when: {currency: {table: T}}, ignore: y"), "no code table"),
    "a dimension that is unknown": (RULES, rules("set: {subaccount: {9: a}}"), "no dimension segment 9"),
    "a rule that decides nothing": (RULES, rules("when: {currency: NOK}"), "decides nothing"),
    "a rule that never matches": (
        RULES, rules("when: {amount: {above: 5, below: 4}}, ignore: y"), "never matches",
    ),
    "a rule that others leave nothing": (
        RULES,
        rules("when: {currency: NOK}, ignore: y", "when: {currency: NOK, amount: {above: 5}}, ignore: z"),
        "never counts",
    ),
    "a value that can't be set there": (RULES, rules("for: charge, set: {terms: '30'}"), "can't set terms"),
    "a partner that is none": (RULES, rules("reroute: {partner: nobody}"), "is no partner"),
    "an account that is unknown": (RULES, rules("for: line, set: {account: '1111'}"), "account 1111"),
    "a dimension's value that is unknown": (
        RULES, rules("for: line, set: {subaccount: {1: '777'}}"), "dimension 1 777",
    ),
    "a supplier that is unknown": ("partners/other.yaml", "name: Other\nsupplier: 59999\n", "supplier 59999"),
    "an item that is unknown": (GREAT_LAKES, "+items: [{code: a, item: '9'}]\n", "item 9"),
    "a VAT code that is unknown": (GREAT_LAKES, "+vat_code: '99'\n", "vat code 99"),
    "look-ups that are none": ("lookups.yaml", "+acounts: []\n", "lookups.yaml"),
}  # fmt: skip


@pytest.fixture(scope="class")
def in_force(tmp_path_factory):
    """A configuration in force, once for all the bad ones that are tried after it."""
    with pytest.MonkeyPatch.context() as patch, stack_of(patch) as run:
        folder = tmp_path_factory.mktemp("good") / "configuration"
        shutil.copytree(EXAMPLE, folder)
        yield run, json.loads(run("config", "push", folder, "--json").stdout)


class TestPush:
    @pytest.mark.parametrize(("file", "text", "said"), BAD.values(), ids=BAD)
    def test_a_bad_configuration_never_replaces_a_good_one(self, in_force, folder, file, text, said):
        run, good = in_force
        path = folder / file
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(path.read_text() + text[1:] if text.startswith("+") else text)
        refused = run("config", "push", folder)
        assert refused.exit_code == 2, refused.output
        assert said in refused.stderr
        assert json.loads(run("config", "history", "--json").stdout) == [good]

    def test_without_a_copy_of_the_ledgers_codes_none_is_asked_for(self, run, folder):
        (folder / "lookups.yaml").unlink()
        (folder / RULES).write_text(rules("for: line, set: {account: '1111'}"))
        assert run("config", "push", folder).exit_code == 0


def test_what_changed_is_shown_by_file(run, folder):
    run("config", "push", folder)
    company = folder / "company.yaml"
    company.write_text(company.read_text().replace("rounding: 1.00", "rounding: 2.00"))
    shown = run("config", "diff", folder)
    assert shown.exit_code == 1
    assert "-  rounding: 1.00" in shown.stdout
    assert "+  rounding: 2.00" in shown.stdout


def test_history_says_who_and_why_newest_first(run, folder):
    run("config", "push", folder, "--reason", "first")
    company = folder / "company.yaml"
    company.write_text(company.read_text() + "\n")
    run("config", "push", folder, "--reason", "second")
    assert [entry["reason"] for entry in json.loads(run("config", "history", "--json").stdout)] == [
        "second",
        "first",
    ]


def test_an_older_version_can_be_pulled(run, folder, tmp_path):
    first = json.loads(run("config", "push", folder, "--json").stdout)["version"]
    (folder / "partners" / "vestby-emballasje.yaml").unlink()
    run("config", "push", folder)
    run("config", "pull", tmp_path / "old", "--version", first)
    assert (tmp_path / "old" / "partners" / "vestby-emballasje.yaml").exists()
    newest = run("config", "pull", tmp_path / "old", "--json")
    assert json.loads(newest.stdout)["others"] == ["partners/vestby-emballasje.yaml"]
