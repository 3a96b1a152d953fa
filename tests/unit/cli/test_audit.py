from __future__ import annotations


def test_agreement_is_said_with_what_was_looked_at(run_json, parts):
    report = run_json("audit", "verify", "--skip", "visma", "--skip", "sterling")
    assert (report["faults"], report["checked"]) == ([], {})


def test_faults_are_listed_with_what_to_do_and_exit_with_1(run_json, parts, invoices):
    parts.client("s3").delete_object(Bucket="documents", Key="messages/m-1-2")
    report = run_json("audit", "verify", "--skip", "visma", "--skip", "sterling", code=1)
    kinds = {(fault["kind"], fault["item"]) for fault in report["faults"]}
    assert ("object-gone", "m-1-2") in kinds
    assert all(fault["advice"] for fault in report["faults"])


def test_people_get_a_table(run_cli, parts, invoices):
    result = run_cli("audit", "verify", "--skip", "visma", "--skip", "sterling")
    assert result.exit_code == 1
    assert "no-source" in result.stdout


def test_a_system_there_is_not_is_wrong_usage(run_cli, parts):
    assert run_cli("audit", "verify", "--skip", "sap").exit_code == 2
