from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from ml_connector.assembly import deployment
from ml_connector.cli.app import app
from ml_connector.store.configuration import ConfigurationStore

EXAMPLE = Path(__file__).parents[3] / "examples" / "configuration"


@pytest.fixture
def run(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="configuration")
        s3.put_bucket_versioning(Bucket="configuration", VersioningConfiguration={"Status": "Enabled"})
        parts = SimpleNamespace(configurations=ConfigurationStore(s3, "configuration"))
        monkeypatch.setattr(deployment, "deployed_parts", lambda _: parts)
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


def test_a_bad_configuration_never_replaces_a_good_one(run, folder):
    run("config", "push", folder)
    (before,) = json.loads(run("config", "history", "--json").stdout)
    (folder / "company.yaml").write_text("id: [")
    refused = run("config", "push", folder)
    assert refused.exit_code == 2
    assert "company.yaml:" in refused.stderr
    assert json.loads(run("config", "history", "--json").stdout) == [before]


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
