from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from ml_connector.assembly import deployment
from ml_connector.cli.app import app
from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.partners import load

EXAMPLE = Path(__file__).parents[3] / "examples" / "configuration"
TRADING_PARTNERS = [
    {"partnerName": "Great Lakes Tools", "mailbox": "great-lakes-tools"},
    {"partnerName": "Fjordfisk", "address": "7000010000017"},
    {"partnerName": "Somebody New"},
]


@pytest.fixture
def run(monkeypatch):
    sterling = SimpleNamespace(trading_partners=lambda: TRADING_PARTNERS)
    parts = SimpleNamespace(lookups=snapshot_of(load(EXAMPLE)), sterling=sterling)
    monkeypatch.setattr(deployment, "deployed_parts", lambda _: parts)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(EXAMPLE, tmp_path / "configuration"))


def test_partners_are_listed_with_their_number_and_addresses(run):
    rows = {row["id"]: row for row in json.loads(run("partners", "list", EXAMPLE, "--json").stdout)}
    assert len(rows) == 8
    assert rows["great-lakes-tools"]["supplier"] == "50005"
    assert "GREATLAKES" in run("partners", "list", EXAMPLE).stdout


def test_those_without_a_file_are_drafted_with_what_a_person_must_decide(run, folder):
    drafts = {one["id"]: one for one in json.loads(run("partners", "import", folder, "--json").stdout)}
    assert set(drafts) == {"fjordfisk", "somebody-new"}
    assert drafts["fjordfisk"]["supplier"] == "50000"
    assert drafts["somebody-new"]["questions"]
    assert not (folder / "partners" / "fjordfisk.yaml").exists()


def test_drafts_that_are_written_load_and_are_not_drafted_again(run, folder):
    assert run("partners", "import", folder, "--write").exit_code == 0
    assert load(folder).partner("fjordfisk").supplier == "50000"
    assert "has its file" in run("partners", "import", folder).stdout


def test_a_sterling_without_trading_partners_is_said_to_have_none(run, folder, monkeypatch):
    parts = SimpleNamespace(
        lookups=snapshot_of(load(EXAMPLE)), sterling=SimpleNamespace(trading_partners=list)
    )
    monkeypatch.setattr(deployment, "deployed_parts", lambda _: parts)
    assert "lists no trading partners" in run("partners", "import", folder).stdout
