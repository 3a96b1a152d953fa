from __future__ import annotations

import pytest

from ml_connector.checks import Check


def test_each_partner_has_its_last_success_backlog_and_failures(run_json, parts, invoices):
    parts.tell("m-9-1", "received", state={"kind": "document", "partner": "great-lakes-tools"})
    parts.tell("m-8-1", "unassigned", state={"kind": "interchange"})
    found = {one["partner"]: one for one in run_json("status", "--no-health")["partners"]}
    ours = found["great-lakes-tools"]
    assert (ours["backlog"], ours["failures"], ours["overdue_acknowledgements"]) == (1, 3, 0)
    assert ours["last_success"] == parts.queries.state("m-1-5")["status_since"]
    assert (found["vestby-emballasje"]["last_success"], found["vestby-emballasje"]["failures"]) == ("", 1)
    assert found["-"]["failures"] == 1
    assert "nordlys-hub" in found


@pytest.mark.parametrize(("well", "code"), [(True, 0), (False, 1)])
def test_a_system_that_is_not_well_shows_in_the_exit_code(run_json, parts, monkeypatch, well, code):
    check = Check("visma login", well, "401", "Renew the secret.")
    monkeypatch.setattr("ml_connector.cli.status.check_systems", lambda parts: [check])
    assert run_json("status", code=code)["systems"] == [check.as_dict()]


def test_people_get_a_page(run_cli, parts, invoices):
    result = run_cli("status", "--no-health")
    assert result.exit_code == 0
    assert "great-lakes-tools" in result.stdout
