"""Every fault at every call, before and after its effect, with eight at once: one document.

Alone, and with what the audit says of it, it is in test_posting_step.

The calls are those a posting makes, learnt by watching one; a call added later is in the matrix at once.
"""

from __future__ import annotations

from typing import get_args

import pytest
from local.visma.faults import Kind as FaultKind
from tests.integration.visma.world import KINDS, TABLE_FAULTS, Kind, World

from ml_connector.store.ledger import PostingLedger, PostingState
from ml_connector.visma import Posted

HTTP_FAULTS = get_args(FaultKind)
ORDER, INVOICE = KINDS[:2]
# After these the document's fate is open, so the calls that follow are those of a look-up.
DOUBTS = ("cut_before", "cut_after", "error_after", "background")


def assert_posted_once(world: World, kind: Kind, history: list[object]) -> None:
    posting = kind.posting()
    numbers = world.documents(kind, posting.key.stamp)
    assert len(numbers) == 1
    assert {outcome.number for outcome in history if isinstance(outcome, Posted)} == set(numbers)
    record = PostingLedger(world.table.table).read(posting.key)
    assert record is not None
    assert (record.state, record.number) == (PostingState.POSTED, numbers[0])


def calls_of(world: World, kind: Kind) -> tuple[int, int]:
    """How many HTTP and how many ledger calls one posting makes in a world as it is."""
    world.run(kind.posting(), 1)
    assert world.simulator.journal.wait_idle(5)
    return len(world.http_calls()), len(world.table.calls)


def http_cases(make_world, kind: Kind):
    calls, _ = calls_of(make_world(), kind)
    return [(index, fault) for index in range(calls) for fault in HTTP_FAULTS]


def table_cases(make_world, kind: Kind):
    _, calls = calls_of(make_world(), kind)
    return [(index, how) for index in range(calls) for how in TABLE_FAULTS]


def test_a_posting_without_faults_costs_one_call(world):
    outcomes = world.run(ORDER.posting(), 1)
    assert [outcome.calls for outcome in outcomes] == [1]
    assert world.http_calls() == ["POST /connect/token", "POST /v1/purchaseorder"]
    assert world.table.calls == ["put_item", "describe_table", "update_item", "update_item"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [ORDER, INVOICE], ids=lambda kind: kind.name)
def test_any_fault_at_any_call_of_eight_at_once_leaves_one_document(make_world, kind):
    for index, fault in http_cases(make_world, kind):
        world = make_world()
        world.strike_http(index, fault)
        assert_posted_once(world, kind, world.drive(kind.posting(), 8))


@pytest.mark.parametrize("executions", [1, 8])
def test_death_or_failure_at_any_ledger_call_leaves_one_document(make_stored_world, executions):
    for index, how in table_cases(make_stored_world, ORDER):
        world = make_stored_world()
        world.table.fail_at, world.table.how = index, how
        assert_posted_once(world, ORDER, world.drive(ORDER.posting(), executions))


@pytest.mark.slow
@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_second_fault_at_any_call_of_the_look_up_leaves_one_document(make_world, doubt):
    first = make_world()
    first.strike_http(1, doubt)
    first.drive(INVOICE.posting(), 1)
    for index in range(2, len(first.http_calls())):
        for fault in HTTP_FAULTS:
            world = make_world()
            world.strike_http(1, doubt)
            world.strike_http(index - 1, fault)
            assert_posted_once(world, INVOICE, world.drive(INVOICE.posting(), 1))


@pytest.mark.parametrize("doubt", ["cut_before", "cut_after", "cut_late"])
def test_death_at_any_ledger_call_of_the_look_up_leaves_one_document(make_world, doubt):
    first = make_world()
    first.strike_http(1, doubt)
    first.drive(ORDER.posting(), 1)
    for index in range(len(first.table.calls)):
        for how in TABLE_FAULTS:
            world = make_world()
            world.strike_http(1, doubt)
            world.table.fail_at, world.table.how = index, how
            assert_posted_once(world, ORDER, world.drive(ORDER.posting(), 1))
