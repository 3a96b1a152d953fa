"""What ``edi write`` writes passes ``edi check`` without a finding: every message and release."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.codecs.ubl.complete import ADVICE, CREDIT_NOTE, INVOICE, ORDER, RESPONSE
from typer.testing import CliRunner

from ml_connector.cli.app import app
from ml_connector.codecs import CODECS
from ml_connector.codecs.recognition import read_documents
from ml_connector.documents import (
    BankAccount,
    Identifier,
    IdentifierScheme,
    PaymentInstruction,
    RemittanceLine,
)

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted(
    path for pattern in ("x12/*/*.edi", "edifact/*.edi", "tradacoms/*.edi") for path in FIXTURES.glob(pattern)
)
ACCOUNT = BankAccount(account=Identifier(scheme=IdentifierScheme.IBAN, value="NO9386011117947"))
PAYMENT = PaymentInstruction(
    number="PAY-1",
    issue_date="2026-03-01",
    value_date="2026-03-02",
    currency="NOK",
    amount=Decimal("125.50"),
    payer_account=ACCOUNT,
    payee_account=ACCOUNT,
    lines=(RemittanceLine(document_type="invoice", document_number="F-1"),),
)


def cases():
    for path in FILES:
        (document,) = read_documents(path.read_bytes())
        source = document.source
        yield source.standard, source.message, source.version, document, path.stem
    named = (INVOICE, "Invoice"), (CREDIT_NOTE, "CreditNote"), (ORDER, "Order"), (RESPONSE, "OrderResponse")
    for document, message in (*named, (ADVICE, "DespatchAdvice")):
        yield "ubl", message, "2.1", document, message
    for release in ("D.96A", "D.01B"):
        yield "edifact", "PAYORD", release, PAYMENT, "payment"


CASES = list(cases())


@pytest.mark.parametrize(
    ("standard", "message", "version", "document", "name"),
    CASES,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_written_is_checked_without_a_finding(tmp_path, standard, message, version, document, name):
    told, out = tmp_path / "document.json", tmp_path / "out"
    told.write_text(document.model_dump_json(exclude_none=True), encoding="utf-8")
    options = ["--standard", standard, "--version", version, "--message", message, "-o", str(out)]

    written = CliRunner().invoke(app, ["edi", "write", str(told), *options])
    assert written.exit_code == 0, written.stderr
    checked = CliRunner().invoke(app, ["edi", "check", "--json", str(out)])

    assert checked.exit_code == 0
    for interchange in json.loads(checked.stdout)[0]["interchanges"]:
        assert interchange["findings"] == []
        assert [finding for one in interchange["messages"] for finding in one["findings"]] == []


def test_every_message_that_is_written_is_among_them():
    written = {
        (codec.standard, codec.message, version)
        for codec in CODECS
        if codec.documents
        for version in codec.versions or ({"ubl": "2.1", "tradacoms": "9"}[codec.standard],)
    }
    assert {case[:3] for case in CASES} == written
