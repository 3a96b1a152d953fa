from __future__ import annotations

import pytest
from tests.audit_store import create_state_table

from ml_connector.partners.configuration import parse
from ml_connector.store.control_numbers import HIGHEST, ControlNumberStore, NumberRange, scope_of

PARTNER = "malmberg-verktyg"


@pytest.fixture
def numbers(parts):
    create_state_table()
    return ControlNumberStore(parts.state_table)


@pytest.fixture
def ranged(parts, monkeypatch):
    """The partner has a range of numbers of its own."""
    files = dict(parts.configuration.files)
    files[f"partners/{PARTNER}.yaml"] += "control_numbers: {first: 700, last: 702}\n"
    monkeypatch.setattr(type(parts), "configuration", parse(files))


def scope(parts, *, test=False):
    theirs = next(one for one in parts.configuration.partner(PARTNER).identities if one.standard == "edifact")
    return scope_of("edifact", "interchange", "7000010000000", theirs.id, test=test)


def test_the_last_number_is_shown(parts, numbers, run_json):
    numbers.draw(scope(parts), "one")
    numbers.draw(scope(parts), "two")
    row = {"standard": "edifact", "level": "interchange", "first": 1, "highest": HIGHEST}
    assert row | {"last": 2, "next": 3} in run_json("control-numbers", "show", PARTNER)
    assert row | {"last": 0, "next": 1} in run_json("control-numbers", "show", PARTNER, "--test")


def test_each_level_counts_by_itself(parts, numbers, run_json):
    run_json("control-numbers", "set", PARTNER, "edifact", "70", "--level", "message", "--reason", "moved")
    shown = {row["level"]: row["last"] for row in run_json("control-numbers", "show", PARTNER)}
    assert shown == {"interchange": 0, "message": 70}


@pytest.mark.parametrize("last", ["600", "703"])
def test_a_number_outside_the_partners_range_is_refused(parts, numbers, run_cli, ranged, last):
    result = run_cli("control-numbers", "set", PARTNER, "edifact", last, "--reason", "r")
    assert result.exit_code == 1
    assert "they go from 700 to 702" in result.output
    assert numbers.current(scope(parts)) == 0


@pytest.mark.parametrize(("last", "following"), [("699", 700), ("701", 702), ("702", 700)])
def test_the_next_number_is_the_one_that_will_be_drawn(parts, numbers, run_json, ranged, last, following):
    done = run_json("control-numbers", "set", PARTNER, "edifact", last, "--reason", "r")
    assert done["next"] == following
    assert numbers.draw(scope(parts), "next", NumberRange(700, 702)) == following


def test_numbers_go_on_after_the_one_that_was_set(parts, numbers, run_json):
    done = run_json("control-numbers", "set", PARTNER, "edifact", "500", "--reason", "moved")
    assert (done["before"], done["last"]) == (0, 500)
    assert numbers.draw(scope(parts), "next") == 501
    (event,) = parts.queries.events(f"control-numbers-{PARTNER}")
    assert event["facts"]["reason"] == "moved"


def test_numbers_go_back_only_on_purpose(parts, numbers, run_cli):
    numbers.bump(scope(parts), 500)
    words = ("control-numbers", "set", PARTNER, "edifact", "10", "--reason", "r")
    refused = run_cli(*words)
    assert refused.exit_code == 1
    assert "at 500 already" in refused.output
    assert run_cli(*words, "--back").exit_code == 0
    assert numbers.current(scope(parts)) == 10


def test_a_standard_the_partner_has_no_address_in_is_refused(parts, numbers, run_cli):
    result = run_cli("control-numbers", "set", PARTNER, "tradacoms", "1", "--reason", "r")
    assert result.exit_code == 2
    assert "no interchange numbers of 'tradacoms'" in result.output


def test_setting_needs_a_reason(parts, numbers, run_cli):
    assert run_cli("control-numbers", "set", PARTNER, "edifact", "1").exit_code != 0
