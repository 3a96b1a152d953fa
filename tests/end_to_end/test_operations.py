"""What people do with the command line, on the deployed connector."""

from __future__ import annotations

import json

import pytest


def run_json(run_cli, *words, code=0):
    finished = run_cli(*words, "--json")
    assert finished.returncode == code, finished.stderr or finished.stdout
    return json.loads(finished.stdout)


def test_after_the_first_run_everything_agrees(first_run, run_cli):
    report = run_json(run_cli, "audit", "verify", "--since", "6h", "--grace", "0")
    assert report["faults"] == []
    assert report["checked"]["visma_documents"] >= 5
    assert report["checked"]["sterling_messages"] >= 5


READING = [
    ("interchanges", "list"),
    ("interchanges", "show", "{parent}"),
    ("unassigned", "list"),
    ("acknowledgements", "list"),
    ("control-numbers", "show", "malmberg-verktyg"),
    ("matching", "report"),
]


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_each_command_that_looks_answers(deployment, first_run, run_cli, words):
    parent = deployment.queries.state(first_run["GL-7001"].id)["parent"]
    assert run_json(run_cli, *(word.format(parent=parent) for word in words)) is not None


def test_a_stopped_document_is_listed_shown_and_rerouted(deployment, stopped, run_cli):
    row = stopped["VE-601"]
    (listed,) = run_json(run_cli, "documents", "list", "--number", "VE-601")["documents"]
    assert listed["item"] == row.id
    shown = run_json(run_cli, "documents", "show", row.id)
    assert shown["execution"]["arn"].startswith("arn:aws:states:")
    assert run_cli("documents", "raw", row.id).stdout.count("VE-601") == 1

    words = ("documents", "reroute", row.id, "--entity", "log", "--reason", "kept for reference only")
    run_json(run_cli, *words)
    deployment.wait_for(row.id, "logged")
    events = [event["event"] for event in deployment.queries.events(row.id)]
    assert "rerouted" in events


def test_a_document_is_held_released_reviewed_and_closed(deployment, stopped, run_cli):
    document = stopped["VE-602"].id

    def decide(command, *words):
        return run_json(run_cli, "documents", command, document, *words, "--reason", f"{command} it")

    decide("hold")
    assert deployment.queries.state(document)["status"] == "held"
    decide("release")
    deployment.wait_for(document, "failed")
    decide("review")
    decide("review", "--close")
    assert deployment.queries.state(document)["status"] == "closed"
    events = deployment.queries.events(document)
    said = {event["event"]: event["facts"].get("reason") for event in events if event["actor"]}
    assert {"held", "released", "reviewed", "closed"} <= said.keys()
    assert said["released"] == "release it"


def test_an_unassigned_interchange_is_assigned_once_its_partner_is_known(
    deployment, stopped, known_stranger, run_cli
):
    (item,) = [row.id for row in stopped.values() if row.outcome == "unassigned" and row.number == "604"]
    assert item in {one["item"] for one in run_json(run_cli, "unassigned", "list")["unassigned"]}
    words = ("unassigned", "assign", item, "--partner", "vestby-emballasje", "--reason", "its new address")
    run_json(run_cli, *words)
    deployment.wait_for(item, "split")
    deployment.wait_for(f"{item}-1", "failed")


def test_all_that_failed_starts_again_by_one_command(deployment, stopped, run_cli):
    narrowed = ("--failed", "--partner", "vestby-emballasje", "--since", "6h")
    planned = run_json(run_cli, "documents", "replay", *narrowed, "--dry-run")["plan"]
    assert {one["way"] for one in planned} == {"anew"}
    done = run_json(run_cli, "documents", "replay", *narrowed, "--yes", "--reason", "again")
    assert {one["document"] for one in done["replayed"]} == {one["document"] for one in planned}
    for one in planned:
        deployment.wait_for(one["document"], "failed")


def test_what_is_sent_is_proved_too(deployment, stopped, run_cli):
    """Before an object is deleted below: everything agrees, and what was answered is in its mailbox."""
    report = run_json(run_cli, "audit", "verify", "--since", "6h", "--grace", "0")
    assert report["faults"] == []
    assert report["checked"]["sent_messages"] >= 4


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
