"""Polling against everything that may happen meanwhile, at every moment it may happen.

The enumeration lets the process die at each moment of a poll in turn. The state machine mixes arrivals with
ties, late and skewed times, deletions by others, unreadable payloads, time running out, deaths and polls that
overlap. In the end every message that stayed readable has exactly one execution with its own bytes.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from local.sterling import Switches
from local.sterling.faults import FaultPlan, FaultRule
from tests.unit.workflow.sterling_world import START, World

from ml_connector.errors import ConnectorError
from ml_connector.workflow.poll_sterling import poll_sterling

ACTIONS = ("nothing", "not_extractable", "move", "delete")
_LEASE = timedelta(minutes=10)
# Without sweeps, watermarks and numbers alone must find everything.
_NEVER = timedelta(days=3650)
# Seconds before now that a new message says it arrived: within the overlap, beyond it, and in the future.
_AGES = (0, 60, 899, 901, 7200, 20_000, 86_400, -3600)


def make_world(action="nothing", switches=None, **given):
    world = World(
        switches,
        after_receipt=action,
        move_to="/Done",
        exclude_mailboxes=("/Done",),
        page_size=3,
        detail_page_size=3,
        max_payload_bytes=100,
        **given,
    )
    world.state.create_mailbox("/Done")
    return world


def settle(world):
    """Poll until nothing is left to do."""
    world.api.faults = FaultPlan()
    world.remaining = 300.0
    for _ in range(60):
        world.pass_time(minutes=90)
        metrics = world.poll()
        if metrics["backlog"] == 0 and not world.ports().receipts.on_the_way():
            started = len(world.starts)
            world.poll()
            assert len(world.starts) == started, "a settled message was received again"
            return
    raise AssertionError(f"never settled: {metrics}")


def check_received(world, arrived):
    """Each message that stayed has one execution, with its own bytes; none has more than one."""
    for message, content, must in arrived:
        names = world.started_for(message.id)
        assert len(names) == int(must) or (not must and len(names) <= 1), (message, names)
        for name in names:
            raw = world.executions[name]["raw"]
            assert world.raw.objects[raw["key"]][int(raw["version_id"]) - 1] == content


@pytest.mark.parametrize("strategy", ["mailboxmessages", "mailboxcontents"])
@pytest.mark.parametrize("action", ACTIONS)
def test_dying_at_any_moment_loses_nothing_and_starts_nothing_twice(action, strategy):
    moment, died = 0, True
    while died:
        world = make_world(action, poll_strategy=strategy, sweep_every=_NEVER)
        arrived = [(world.arrive(f"{n}.edi", bytes([n])), bytes([n]), True) for n in range(4)]
        arrived.append((world.arrive("big.edi", b"x" * 101), b"", False))
        bad = world.arrive("bad.edi", b"b")
        arrived.append((bad, b"b", True))
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
            arrived = [(world.arrive(f"{n}.edi", bytes([n])), bytes([n]), True) for n in range(2)]
            world.poll({first: world.die})
            world.pass_time(minutes=10)
            world.poll({second: world.die})
            settle(world)
            check_received(world, arrived)


def test_another_poll_at_any_moment_starts_nothing_twice():
    moment, reached = 0, [True]
    while reached:
        world, reached = make_world("nothing"), []
        arrived = [(world.arrive(f"{n}.edi", bytes([n])), bytes([n]), True) for n in range(3)]
        world.poll({moment: lambda world=world, reached=reached: reached.append(overlap(world))})
        settle(world)
        check_received(world, arrived)
        moment += 1
    assert moment > 30


def overlap(world):
    """Let the lease of the running poll end and another poll run from start to end."""
    world.pass_time(seconds=_LEASE.total_seconds())
    poll_sterling(world.ports())


class Polling(RuleBasedStateMachine):
    """Random life of a few mailboxes."""

    @initialize(
        action=st.sampled_from(ACTIONS),
        strategy=st.sampled_from(["auto", "mailboxcontents"]),
        sweep_every=st.sampled_from([timedelta(hours=1), _NEVER]),
        backlog=st.lists(st.sampled_from(_AGES), min_size=3, max_size=9),
        switches=st.builds(
            Switches,
            newest_first=st.booleans(),
            milliseconds=st.booleans(),
            list_fields=st.sampled_from(["all", "few"]),
            empty_list=st.sampled_from(["array", "404", "400"]),
        ),
    )
    def begin(self, action, strategy, sweep_every, backlog, switches):
        self.world = make_world(action, switches, poll_strategy=strategy, sweep_every=sweep_every)
        self.arrived = []
        for late in backlog:
            self.arrive(1, "/ACME/Inbox", late)

    # What others do

    @rule(
        count=st.integers(1, 5),
        mailbox=st.sampled_from(["/ACME/Inbox", "/Beta/Inbox"]),
        late=st.sampled_from(_AGES),
    )
    def arrive(self, count, mailbox, late):
        for _ in range(count):
            content = b"ISA*%d" % len(self.arrived)
            at = self.world.now.timestamp() - late
            message = self.world.arrive("same name.edi", content, mailbox, arrived_at=at)
            self.arrived.append([message, content, True])

    @rule(pick=st.integers(0, 1000))
    def delete_by_others(self, pick):
        if self.arrived:
            entry = self.arrived[pick % len(self.arrived)]
            if self.world.state.messages.pop(entry[0].id, None) is not None:
                entry[2] = self._is_received(entry[0])

    def _is_received(self, message):
        on_the_way = self.world.ports().receipts.on_the_way().get(str(message.id))
        kept = on_the_way is not None and on_the_way.state == "received"
        return kept or bool(self.world.started_for(message.id))

    @rule(pick=st.integers(0, 1000), times=st.integers(1, 4), status=st.sampled_from([404, 429, 500, 503]))
    def make_unreadable(self, pick, times, status):
        if self.arrived:
            path = self.arrived[pick % len(self.arrived)][0].document_id.replace(":", "%3A")
            fault = FaultRule(path=path, times=times, status=status, html=False)
            self.world.api.faults = FaultPlan([fault])

    @rule(skew=st.sampled_from([0, 0, 3600, -7200]))
    def set_clock(self, skew):
        given = self.world.api.switches.model_dump() | {"clock_skew": skew}
        self.world.api.switches = Switches(**given)

    @rule(minutes=st.sampled_from([1, 5, 20, 90]))
    def wait(self, minutes):
        self.world.pass_time(minutes=minutes)

    # What the connector does

    @rule()
    def poll(self):
        self._poll({})

    @rule(moment=st.integers(0, 80))
    def poll_and_die(self, moment):
        self._poll({moment: self.world.die})

    @rule(moment=st.integers(0, 60))
    def poll_overlapping(self, moment):
        self._poll({moment: self._overlap})

    @rule(moment=st.integers(0, 60), late=st.sampled_from([0, 30]), mailbox=st.sampled_from(["/ACME/Inbox"]))
    def poll_while_messages_arrive(self, moment, late, mailbox):
        self._poll({moment: lambda: self.arrive(3, mailbox, late)})

    @rule(moment=st.integers(0, 60), pick=st.integers(0, 1000))
    def poll_while_others_delete(self, moment, pick):
        self._poll({moment: lambda: self.delete_by_others(pick)})

    @rule(calls=st.integers(0, 6))
    def poll_short_of_time(self, calls):
        left = [calls]

        def remaining():
            left[0] -= 1
            return 100.0 if left[0] >= 0 else 1.0

        self._poll({}, remaining_seconds=remaining)

    def _poll(self, at, **other):
        self.world.pass_time(seconds=60)
        try:
            self.world.poll(at, **other)
        except ConnectorError:
            self.world.pass_time(seconds=1)

    def _overlap(self):
        try:
            overlap(self.world)
        except ConnectorError:
            self.world.pass_time(seconds=1)

    @invariant()
    def nothing_is_started_for_two_names(self):
        ids = [given["message"]["message_id"] for given in self.world.executions.values()]
        assert len(ids) == len(set(ids))

    def teardown(self):
        if hasattr(self, "world"):
            settle(self.world)
            check_received(self.world, [tuple(entry) for entry in self.arrived])
            assert self.world.now >= START


# The usual budget is fixed; a soak runs as many examples as fit into SOAK_SECONDS, about ten a second.
_SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", "0"))

TestPolling = Polling.TestCase
TestPolling.settings = settings(
    max_examples=max(60, _SOAK_SECONDS * 10),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
