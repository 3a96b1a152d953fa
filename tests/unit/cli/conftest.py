from __future__ import annotations

import json

import pytest
from tests.audit_store import example_parts, tell_received
from typer.testing import CliRunner

from ml_connector.cli.app import app


@pytest.fixture
def parts(monkeypatch):
    with example_parts(monkeypatch) as stored:
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
        partner = "great-lakes-tools" if place > 1 else "vestby-emballasje"
        tell_received(parts, document, f"INV-{place}", partner=partner)
        execution = {"last_execution": f"arn:execution:{place}", "step": "post"}
        parts.tell(
            document, event, state={**state, **execution}, numbers={"visma": state.get("visma_number")}
        )
    return [f"m-1-{place}" for place in range(1, 6)]
