"""Commands of people against the running deployment."""

from __future__ import annotations

import json

from local.demo.surroundings import STERLING_CREDENTIALS


def test_ping_checks_both_systems(run_cli):
    done = run_cli("ping", "--json")
    checks = json.loads(done.stdout)["checks"]
    assert done.returncode == 0
    assert {check["name"].split()[0] for check in checks} == {"sterling", "visma"}
    assert all(check["ok"] for check in checks)


def test_ping_says_what_to_do_when_a_login_fails(run_cli):
    wrong = json.dumps({"username": "admin", "password": "mistyped-4711"})
    try:
        assert run_cli("credentials", "set", "sterling", stdin=wrong).returncode == 0
        done = run_cli("ping", "--json")
    finally:
        run_cli("credentials", "set", "sterling", stdin=json.dumps(STERLING_CREDENTIALS))
    assert done.returncode == 1
    failed = [check for check in json.loads(done.stdout)["checks"] if not check["ok"]]
    assert any("sterling" in check["name"] and check["advice"] for check in failed)
    assert "mistyped-4711" not in done.stdout + done.stderr


def test_documents_are_listed_and_shown(run_cli, first_run):
    listed = json.loads(run_cli("documents", "list", "--json").stdout)["documents"]
    assert first_run["GL-7001"].id in {document["item"] for document in listed}
    shown = json.loads(run_cli("documents", "show", first_run["GL-7001"].id, "--json").stdout)
    assert [event["event"] for event in shown["events"]][:3] == ["received", "validated", "parsed"]
    assert any(event["facts"].get("decisions") for event in shown["events"])


def test_a_document_is_found_by_the_number_either_system_knows(run_cli, first_run):
    for number in ("GL-7001", first_run["GL-7001"].in_visma.split()[1]):
        listed = json.loads(run_cli("documents", "list", "--number", number, "--json").stdout)["documents"]
        assert first_run["GL-7001"].id in {document["item"] for document in listed}


def test_an_unknown_document_is_refused_with_what_to_do(run_cli):
    done = run_cli("documents", "show", "nobody")
    assert done.returncode == 1
    assert "documents list" in done.stderr
