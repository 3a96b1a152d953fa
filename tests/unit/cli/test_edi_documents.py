"""``edi parse`` and ``edi write`` as a person calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml_connector.cli.app import app
from ml_connector.documents import DOCUMENTS

FIXTURES = Path(__file__).parents[2] / "fixtures" / "x12"
INVOICE = FIXTURES / "810" / "004010-invoice-with-charges.edi"
ORDER = FIXTURES / "850" / "004010-stores-and-schedules.edi"


def run(*arguments):
    return CliRunner().invoke(app, ["edi", *map(str, arguments)])


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_parse_prints_one_object_a_line():
    result = run("parse", ORDER, INVOICE, "--json")
    assert result.exit_code == 0
    assert [(d["document_type"], d["source"]["message"]) for d in lines(result)] == [
        ("order", "850"),
        ("invoice", "810"),
    ]
    assert lines(result)[1]["totals"]["payable"] == "626.50"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/*.edi")), ids=lambda path: path.stem)
def test_parse_shows_every_document_to_people(path):
    result = run("parse", path)
    assert result.exit_code == 0
    (document,) = lines(run("parse", path, "--json"))
    kind = "credit note" if document.get("invoice_type") == "credit_note" else document["document_type"]
    assert kind.replace("_", " ") in result.stdout
    assert "totals:" in result.stdout


@pytest.mark.parametrize(
    "path",
    sorted(path for folder in ("edifact", "tradacoms") for path in (FIXTURES.parent / folder).glob("*.edi")),
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_files_of_the_other_standards_are_checked_and_parsed_without_a_word_of_refusal(path):
    checked, parsed = run("check", path, "--json"), run("parse", path, "--json")

    assert (checked.exit_code, parsed.exit_code, parsed.stderr) == (0, 0, "")
    ((interchange,),) = [json.loads(checked.stdout)[0]["interchanges"]]
    assert [finding for message in interchange["messages"] for finding in message["findings"]] == []
    assert len(lines(parsed)) == 1


def test_broken_interchange_prints_no_document_and_its_findings(tmp_path):
    cut = tmp_path / "cut.edi"
    cut.write_bytes(INVOICE.read_bytes()[:-20])
    result = run("parse", cut, ORDER, "--json")
    assert result.exit_code == 1
    assert [document["document_type"] for document in lines(result)] == ["order"]
    assert "interchange 000000123" in result.stderr
    assert "error [" in result.stderr


def test_message_that_can_be_no_document_is_refused_and_its_findings_told(tmp_path):
    bad = tmp_path / "bad.edi"
    bad.write_bytes(INVOICE.read_bytes().replace(b"*12.50*", b"*12,50*"))
    result = run("parse", bad, "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "810 0001" in result.stderr
    assert "unreadable-number" in result.stderr


@pytest.mark.parametrize("content", [b"", b"no interchange here"])
def test_file_without_interchange_is_refused(tmp_path, content):
    path = tmp_path / "empty.edi"
    path.write_bytes(content)
    assert run("parse", path).exit_code == 1


def test_control_characters_are_told_and_not_sent_to_the_terminal(tmp_path):
    path = tmp_path / "coloured.edi"
    path.write_bytes(ORDER.read_bytes().replace(b"PO1*", b"P\x1b1*", 1))
    result = run("parse", path)
    assert result.exit_code == 1
    assert "tag P\\x1b1 position" in result.stderr
    assert "\x1b" not in result.stderr


def test_missing_file_is_wrong_usage(tmp_path):
    assert run("parse", tmp_path / "none.edi").exit_code == 2


def test_written_document_checks_and_parses_to_the_same(tmp_path):
    document, out = tmp_path / "document.json", tmp_path / "out.edi"
    document.write_text(run("parse", INVOICE, "--json").stdout, encoding="utf-8")
    written = run(
        "write", document, "--standard", "x12", "--version", "005010", "-o", out, "--control-number", 42
    )
    assert written.exit_code == 0
    assert run("check", out).exit_code == 0
    again, before = (DOCUMENTS.validate_json(run("parse", path, "--json").stdout) for path in (out, INVOICE))
    assert again.source.control_numbers.interchange == "000000042"
    assert again.model_copy(update={"source": None}) == before.model_copy(update={"source": None})


def test_write_addresses_the_partner_of_the_file(tmp_path):
    document, out, partner = tmp_path / "d.json", tmp_path / "out.edi", tmp_path / "fjord.yaml"
    document.write_text(run("parse", ORDER, "--json").stdout, encoding="utf-8")
    partner.write_text(
        "name: Fjord\nidentities:\n  - {standard: x12, id: FJORD, qualifier: '01'}\n"
        "codec: {layout: {element: '|'}}\n",
        encoding="utf-8",
    )
    result = run(
        "write", document, "--standard", "x12", "--version", "004010", "--partner", partner, "-o", out
    )
    assert result.exit_code == 0, result.stderr
    assert b"|01|FJORD          |" in out.read_bytes()


def test_write_refuses_by_field_what_the_message_can_not_carry(tmp_path):
    document = tmp_path / "d.json"
    document.write_text(
        '{"document_type": "order", "order_number": "12345678901234567890123", "issue_date": "2026-01-15"}',
        encoding="utf-8",
    )
    result = run("write", document, "--standard", "x12", "--version", "004010", "-o", tmp_path / "out.edi")
    assert result.exit_code == 2
    assert "order_number" in result.stderr
    assert not (tmp_path / "out.edi").exists()


def test_write_says_what_is_wrong_with_the_json(tmp_path):
    document = tmp_path / "d.json"
    document.write_text('{"document_type": "order", "order_nr": "1"}', encoding="utf-8")
    result = run("write", document, "--standard", "x12", "--version", "004010")
    assert result.exit_code == 2
    assert "order_number" in result.stderr
