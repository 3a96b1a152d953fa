"""A poll's figures as CloudWatch reads them: names, units and dimensions of the metrics that alarms watch."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from aws_lambda_powertools.metrics import Metrics
from local.sterling.faults import FaultPlan, FaultRule
from tests.unit.workflow.sterling_world import World

from ml_connector.assembly import figures, polling
from ml_connector.sterling.answers import LoginRefused
from ml_connector.store.leases import Leases
from ml_connector.workflow.poll_sterling import LEASE, poll_sterling

SERVICE = frozenset({("service", "ml-connector")})


@pytest.fixture
def emitted(capsys, monkeypatch):
    """What a poll emits: (metric, dimensions) -> (value, unit)."""

    def poll(world):
        metrics = Metrics(namespace="stack", service="ml-connector")
        monkeypatch.setattr(polling, "metrics", metrics)
        run = metrics.log_metrics(lambda *_: polling._measured("sterling", poll_sterling(world.ports())))
        capsys.readouterr()
        run({}, None)
        return dict(_metrics(capsys.readouterr().out))

    return poll


def _metrics(written):
    for line in written.splitlines():
        if '"_aws"' not in line:
            continue
        blob = json.loads(line)
        [group] = blob["_aws"]["CloudWatchMetrics"]
        assert group["Namespace"] in {"stack", "ml-connector"}
        [names] = group["Dimensions"]
        dimensions = frozenset((name, blob[name]) for name in names)
        for metric in group["Metrics"]:
            [value] = blob[metric["Name"]]
            yield (metric["Name"], dimensions), (value, metric["Unit"])


def test_the_age_of_the_oldest_unreceived_message_and_the_backlog_are_metrics(emitted):
    world = World()
    for _ in range(3):
        world.arrive()
    world.api.faults = FaultPlan([FaultRule(path="documents/", times=99, status=500)])
    emitted(world)
    world.pass_time(minutes=10)
    told = emitted(world)
    assert told["OldestUnreceivedMessage", SERVICE] == (600, "Seconds")
    assert told["MessagesWaiting", SERVICE] == (3, "Count")
    assert told["MessagesTroubled", SERVICE] == (3, "Count")
    assert told["MessagesReceived", SERVICE] == (0, "Count")


def test_no_message_although_one_was_expected_is_a_metric(emitted):
    world = World(expect_message_within=timedelta(hours=4))
    assert emitted(world)["SterlingSilent", SERVICE] == (0, "Count")
    world.pass_time(hours=5)
    assert emitted(world)["SterlingSilent", SERVICE] == (1, "Count")


def test_a_poll_kept_out_by_the_lease_tells_that_and_nothing_of_sterling(emitted):
    world = World()
    world.arrive()
    Leases(world.table, now=world.clock).take(LEASE, 60)
    told = emitted(world)
    assert told["PollsContended", SERVICE] == (1, "Count")
    assert ("MessagesWaiting", SERVICE) not in told
    assert ("OldestUnreceivedMessage", SERVICE) not in told


def test_a_login_held_back_is_a_metric(emitted):
    world = World()
    world.client = world.new_client(password="old")
    with pytest.raises(LoginRefused):
        world.poll()
    assert emitted(world)["LoginsHeld", SERVICE] == (1, "Count")


def test_a_poll_out_of_time_refused_messages_and_dead_letters_are_metrics(emitted):
    world = World(max_payload_bytes=3, watch_dead_letter=True)
    world.arrive(content=b"long")
    world.arrive(mailbox="/DeadLetter")
    told = emitted(world)
    assert told["MessagesRefused", SERVICE] == (1, "Count")
    assert told["DeadLetterMessages", SERVICE] == (1, "Count")
    world.remaining = 1.0
    world.arrive()
    assert emitted(world)["PollsOutOfTime", SERVICE] == (1, "Count")


def test_an_interchange_set_aside_is_counted_by_its_verdict(capsys):
    figures.count_set_aside("held")
    [(key, value)] = _metrics(capsys.readouterr().out)
    assert key == ("InterchangesSetAside", SERVICE | {("verdict", "held")})
    assert value == (1, "Count")
