from __future__ import annotations

import json
from pathlib import Path

import pytest
from moto import mock_aws
from tests.audit_store import StoredParts
from typer.testing import CliRunner

from ml_connector.cli.app import app
from ml_connector.partners.configuration import parse, read_folder

ROOT = Path(__file__).parents[3]
INVOICE = ROOT / "local/demo/interchanges/great-lakes-tools/invoice-7001.edi"


@pytest.fixture
def parts(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    with mock_aws():
        stored = StoredParts(parse(read_folder(ROOT / "examples" / "configuration")))
        monkeypatch.setattr("ml_connector.assembly.deployment.deployed_parts", lambda stack=None: stored)
        yield stored


@pytest.fixture
def run_cli():
    return lambda *words, stdin=None: CliRunner(env={"COLUMNS": "200"}).invoke(
        app, [str(word) for word in words], input=stdin
    )


@pytest.fixture
def run_json(run_cli):
    def run(*words, code=0):
        result = run_cli(*words, "--json")
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    return run


@pytest.fixture
def invoices(parts):
    """Five invoices: two failed in an outage, one for want of a supplier, one held, one posted."""
    ends = [
        ("failed", {"error": "Unavailable", "reason": "Visma is down"}),
        ("failed", {"error": "Unavailable", "reason": "Visma is down"}),
        ("failed", {"error": "Misconfigured", "reason": "no supplier"}),
        ("held", {"error": "Held", "reason": "price differs"}),
        ("posted", {"visma_number": "100045", "visma_entity": "SupplierInvoice"}),
    ]
    for place, (event, state) in enumerate(ends, start=1):
        document = f"m-1-{place}"
        tell_received(
            parts, document, f"INV-{place}", "great-lakes-tools" if place > 1 else "vestby-emballasje"
        )
        execution = {"last_execution": f"arn:execution:{place}", "step": "post"}
        parts.tell(
            document, event, state={**state, **execution}, numbers={"visma": state.get("visma_number")}
        )
    return [f"m-1-{place}" for place in range(1, 6)]


def tell_received(parts, document, number, partner, content=None):
    reference = parts.documents.put(f"messages/{document}", content or INVOICE.read_bytes())
    state = {
        "kind": "document",
        "direction": "in",
        "standard": "x12",
        "type": "810",
        "number": number,
        "partner": partner,
        "parent": "m-1",
        "bytes": reference.model_dump(),
    }
    facts = {"bytes": reference.model_dump()}
    parts.tell(document, "received", state=state, numbers={"number": number}, facts=facts)
