"""Polling against everything that may happen meanwhile, at every moment it may happen.

The enumerations let the process die, and another poll run, at each moment of a poll in turn. The state
machine is :mod:`tests.unit.workflow.polling_model`; ``make soak`` runs it for as long as asked.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from local.sterling.faults import FaultPlan, FaultRule
from tests.unit.workflow.polling_model import (
    ACTIONS,
    LEASE_SECONDS,
    NEVER,
    Arrival,
    Polling,
    PollingToDeath,
    check_received,
    make_world,
    settle,
)

from ml_connector.workflow.poll_sterling import poll_sterling


def arrivals(world, count):
    return [Arrival(world.arrive(f"{n}.edi", bytes([n])), bytes([n])) for n in range(count)]


@pytest.mark.parametrize("strategy", ["mailboxmessages", "mailboxcontents"])
@pytest.mark.parametrize("action", ACTIONS)
def test_dying_at_any_moment_loses_nothing_and_starts_nothing_twice(action, strategy):
    moment, died = 0, True
    while died:
        world = make_world(action, poll_strategy=strategy, sweep_every=NEVER)
        arrived = arrivals(world, 4)
        arrived.append(Arrival(world.arrive("big.edi", b"x" * 101), b"", must=False))
        bad = world.arrive("bad.edi", b"b")
        arrived.append(Arrival(bad, b"b"))
        path = bad.document_id.replace(":", "%3A")
        world.api.faults = FaultPlan([FaultRule(path=path, status=500)])
        died = world.poll({moment: world.die}) is None
        settle(world)
        check_received(world, arrived)
        assert len({facts["message_id"] for facts in world.happened("quarantined")}) == 1
        moment += 1
    assert moment > 60


def test_dying_twice_in_a_row_loses_nothing():
    for first in range(0, 60, 3):
        for second in range(0, 60, 7):
            world = make_world("delete")
            arrived = arrivals(world, 2)
            world.poll({first: world.die})
            world.pass_time(minutes=10)
            world.poll({second: world.die})
            settle(world)
            check_received(world, arrived)


def test_another_poll_at_any_moment_starts_nothing_twice():
    moment, reached = 0, [True]
    while reached:
        world, reached = make_world("nothing"), []
        arrived = arrivals(world, 3)
        world.poll({moment: lambda world=world, reached=reached: reached.append(overlap(world))})
        settle(world)
        check_received(world, arrived)
        moment += 1
    assert moment > 30


def overlap(world):
    """Let the lease of the running poll end and another poll run from start to end."""
    world.pass_time(seconds=LEASE_SECONDS)
    poll_sterling(world.ports())


def budget(examples):
    health = list(HealthCheck)
    return settings(
        max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=health
    )


TestPolling = Polling.TestCase
TestPolling.settings = budget(50)
TestPollingToDeath = PollingToDeath.TestCase
TestPollingToDeath.settings = budget(8)
