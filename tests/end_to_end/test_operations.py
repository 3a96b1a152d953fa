"""What people do with the command line, on the deployed connector."""

from __future__ import annotations

import json

from local.demo.main import INTERCHANGES

INVOICE = INTERCHANGES / "vestby-emballasje" / "invoice-501.edi"


def run_json(run_cli, *words, code=0):
    finished = run_cli(*words, "--json")
    assert finished.returncode == code, finished.stderr or finished.stdout
    return json.loads(finished.stdout)


def test_after_the_first_run_everything_agrees(first_run, run_cli):
    report = run_json(run_cli, "audit", "verify", "--since", "6h", "--grace", "0")
    assert report["faults"] == []
    assert report["checked"]["visma_documents"] >= 5
    assert report["checked"]["sterling_messages"] >= 5


def test_a_stopped_document_is_listed_shown_and_rerouted(deployment, first_run, run_cli, tmp_path):
    folder = tmp_path / "vestby-emballasje"
    folder.mkdir()
    unknown = INVOICE.read_bytes().replace(b"1012+501'", b"1012+909'").replace(b"UNZ+1+501", b"UNZ+1+909")
    unknown = unknown.replace(b"VE-501", b"VE-909").replace(b"7000010000093::9", b"7000010009999::9")
    (folder / "invoice-909.edi").write_bytes(unknown)
    row = deployment.run(tmp_path)["VE-909"]

    (listed,) = run_json(run_cli, "documents", "list", "--number", "VE-909")["documents"]
    assert listed["item"] == row.id
    shown = run_json(run_cli, "documents", "show", row.id)
    assert shown["execution"]["arn"].startswith("arn:aws:states:")
    assert run_cli("documents", "raw", row.id).stdout.count("VE-909") == 1

    words = ("documents", "reroute", row.id, "--entity", "log", "--reason", "kept for reference only")
    run_json(run_cli, *words)
    deployment.wait_for(row.id, "logged")
    events = [event["event"] for event in deployment.queries.events(row.id)]
    assert "rerouted" in events


def test_a_deleted_object_is_found_in_the_deployment(deployment, first_run, run_cli):
    document = first_run["GL-310"].id
    bucket = deployment.queries.state(document)["bytes"]["bucket"]
    deployment.site.client("s3").delete_object(Bucket=bucket, Key=f"messages/{document}")
    report = run_json(run_cli, "audit", "verify", "--since", "6h", code=1)
    assert [(fault["kind"], fault["item"]) for fault in report["faults"]] == [("object-gone", document)]


def test_the_status_page_shows_partners_and_both_systems(first_run, run_cli):
    page = run_json(run_cli, "status")
    partners = {one["partner"]: one for one in page["partners"]}
    assert partners["great-lakes-tools"]["last_success"]
    assert {check["name"].split()[0] for check in page["systems"]} == {"sterling", "visma"}
