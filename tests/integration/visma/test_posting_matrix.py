"""The posting matrix: exactly one document each time, and the audit says what happened.

Single faults with one execution are all here. Of those with eight at once, and of second faults during a
look-up, a share is, spread so that each call and each fault is met; `make soak` plays them all.
"""

from __future__ import annotations

import itertools

import pytest
from tests.integration.visma.matrix import (
    ALL_KINDS,
    DEATHS,
    HTTP_FAULTS,
    Case,
    cases,
    cases_in_doubt,
    play,
    play_all,
)
from tests.integration.visma.step import Step, assert_told
from tests.integration.visma.world import KINDS

from ml_connector.visma.entities import Entity

ORDER = KINDS[0]
# Prime to the number of faults at a call, so that each call in turn meets other ones.
SHARE, SHARE_IN_DOUBT = 11, 29

each_kind = pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.name)


def test_a_posting_without_faults_costs_one_call(world):
    outcomes = world.run(ORDER.posting(), 1)
    assert [outcome.calls for outcome in outcomes] == [1]
    assert world.http_calls() == ["POST /connect/token", "POST /v1/purchaseorder"]
    assert world.table.calls == ["put_item", "describe_table", "update_item", "update_item"]


@pytest.mark.slow
@each_kind
def test_any_fault_at_any_call_leaves_one_document_and_is_told(server, kind):
    chosen = list(cases(server, 1, [kind]))
    met = {(case.place, case.fault) for case in chosen}
    assert met >= {("visma", fault) for fault in (*HTTP_FAULTS, *DEATHS)}
    assert play_all(chosen) == len(chosen)


@pytest.mark.slow
@each_kind
def test_any_fault_at_any_call_of_eight_at_once_leaves_one_document_and_is_told(server, kind):
    assert play_all(itertools.islice(cases(server, 8, [kind]), 0, None, SHARE))


@pytest.mark.slow
@each_kind
def test_a_second_fault_at_any_call_of_the_look_up_leaves_one_document_and_is_told(server, kind):
    assert play_all(itertools.islice(cases_in_doubt(server, 1, [kind]), 0, None, SHARE_IN_DOUBT))


def test_the_matrix_meets_every_call_of_a_released_invoice(server):
    met = {case.index for case in cases(server, 1, [KINDS[1]]) if case.place == "visma"}
    assert len(met) == len(["token", "post", "attach", "release"])


@pytest.mark.parametrize("executions", [1, 8])
def test_dynamodb_itself_keeps_eight_apart(make_stored_world, executions):
    world = make_stored_world()
    world.strike_http(1, "cut_after")
    step = Step(world, ORDER)
    step.drive(executions)
    assert_told(step)


@pytest.mark.parametrize("fault", ["cut_after", "error_after", "cut_late", "kill_after"])
def test_the_matrix_catches_a_posting_that_does_not_look(server, monkeypatch, fault):
    monkeypatch.setattr(Entity, "find", lambda *_: "")
    with pytest.raises(AssertionError, match=f"order: {fault} at visma call 1"):
        play(Case(ORDER, 1, "visma", 1, fault), server)


def test_the_matrix_catches_trouble_that_is_not_told(server, monkeypatch):
    monkeypatch.setattr("tests.integration.visma.step.record_trouble", lambda *_: "delayed")
    with pytest.raises(AssertionError, match="order"):
        play(Case(ORDER, 1, "visma", 1, "throttle"), server)
