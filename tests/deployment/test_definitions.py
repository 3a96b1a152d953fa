from __future__ import annotations

import re

from ml_connector import errors

OURS = {family.__name__ for family in errors.FAMILIES}
# Error names of Lambda and Step Functions themselves.
AWS_OWN = re.compile(r"(Lambda|States|Runtime|Sandbox)\.\w+")


def tasks(definitions):
    for machine, definition in definitions.items():
        for name, state in definition["States"].items():
            if state["Type"] == "Task":
                yield machine, name, state


def named(state):
    return {error for rule in [*state["Retry"], *state.get("Catch", [])] for error in rule["ErrorEquals"]}


def test_there_are_three_ways_through(definitions):
    assert set(definitions) == {"receive_interchange", "process_document", "send_document"}


def test_every_error_name_exists(definitions):
    for machine, name, state in tasks(definitions):
        unknown = {error for error in named(state) if error not in OURS and not AWS_OWN.fullmatch(error)}
        assert not unknown, (machine, name)


def test_every_error_of_ours_is_decided_in_every_step(definitions):
    for machine, name, state in tasks(definitions):
        undecided = OURS - named(state) - {"OutcomeUnknown"}
        assert not undecided, (machine, name)


def test_only_what_may_pass_by_itself_is_tried_again(definitions):
    for machine, name, state in tasks(definitions):
        for rule in state["Retry"]:
            acted_on = {"Rejected", "Misconfigured", "Held"} & set(rule["ErrorEquals"])
            assert not acted_on or rule["MaxAttempts"] == 0, (machine, name)


def test_an_outage_of_six_hours_is_waited_out(definitions):
    for machine, name, state in tasks(definitions):
        rule = next(rule for rule in state["Retry"] if rule["ErrorEquals"] == ["Unavailable"])
        wait, waits = rule["IntervalSeconds"], 0.0
        for _ in range(rule["MaxAttempts"]):
            waits += min(wait, rule["MaxDelaySeconds"])
            wait *= rule["BackoffRate"]
        assert waits / 2 >= 6 * 3600, (machine, name)  # full jitter halves the waits on average


def test_every_step_ends_at_some_time(definitions):
    for machine, name, state in tasks(definitions):
        assert 0 < state["TimeoutSeconds"] <= 900, (machine, name)


def test_a_failed_step_fails_its_execution_so_that_a_redrive_resumes_there(definitions):
    for machine, name, state in tasks(definitions):
        assert "Catch" not in state, (machine, name)
        assert "Fail" not in {s["Type"] for s in definitions[machine]["States"].values()}


def test_between_the_steps_travel_references_only(definitions):
    for machine, name, state in tasks(definitions):
        payload = state["Arguments"]["Payload"]
        assert set(payload) == {"input", "context"}, (machine, name)
