"""A large interchange: every message gets its execution, within the limits of Step Functions.

AWS allows an execution 25,000 events and a state 256 KiB. 300 messages have to do with the same share of
both; ``python -m tests.soak.large_interchange`` sends 10,000 through the deployed stack.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.unit.workflow.conftest import interchange
from tests.unit.workflow.receive_machine import FRAME_EVENTS, ReceiveMachine, most_events_of_a_visit

from ml_connector.errors import Unavailable
from ml_connector.store.audit import Origin
from ml_connector.workflow import split_interchange as module
from ml_connector.workflow.split_interchange import split_interchange
from ml_connector.workflow.tickets import message_item

MOST_EVENTS, MOST_BYTES, FULL = 25_000, 256 * 1024, 10_000
MESSAGES = 300
TICKET = {"system": "sterling", "mailbox": "/acme/Inbound", "message_id": "m-1"}
ITEM = message_item(**TICKET)
STARTED = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def receive(store):
    """Receive an interchange of so many messages by the state machine as it is defined."""

    def run(parts, messages=MESSAGES):
        content = interchange(*[order(number) for number in range(1, messages + 1)])
        machine = ReceiveMachine(
            {
                "Split": lambda given, visit, attempt: split_interchange(
                    given, parts, origin(visit, attempt)
                ),
                "Acknowledge": lambda _given, _visit, _attempt: {"acknowledgements": 1},
            }
        )
        raw = store.put("raw/m-1", content).model_dump()
        machine.run({"message": TICKET, "raw": raw})
        return machine

    return run


def order(number):
    return ("850", [f"BEG*00*SA*PO-{number}**20260302", "PO1*1*10*EA*9.5**VP*MV-1001", "CTT*1"])


def origin(visit, attempt):
    entered = STARTED.replace(second=visit)
    return Origin(step="split", execution="arn:e", entered_at=entered, started_at=STARTED, retry=attempt)


def visits_of(messages):
    """Time for so many messages in each visit, then none."""
    state = {"left": 0}

    def remaining():
        state["left"] = messages if state["left"] < 0 else state["left"]
        state["left"] -= 1
        return 900.0 if state["left"] >= 0 else 0.0

    state["left"] = messages
    return remaining


def check_limits(machine):
    assert machine.events <= MOST_EVENTS * MESSAGES / FULL
    assert machine.largest <= MOST_BYTES * MESSAGES / FULL


def test_every_message_of_a_large_interchange_starts_once_within_the_limits(splitting, receive, starter):
    machine = receive(splitting)
    assert len(starter.started) == MESSAGES
    assert machine.visits == 2
    check_limits(machine)


def test_visits_that_run_out_of_time_go_on_where_the_last_stopped(splitting, receive, starter, audit, store):
    machine = receive(replace(splitting, remaining_seconds=visits_of(40)))
    assert len(starter.started) == MESSAGES
    assert machine.visits == math.ceil(MESSAGES / 40) + 1
    check_limits(machine)
    assert len([key for key in store.objects if key.startswith("messages/")]) == MESSAGES
    happened = [(item, event) for item, event, *_ in audit.events]
    assert len(happened) == len(set(happened)), "a later visit recorded something again"


def test_the_totals_before_and_after_the_split_agree(splitting, receive, audit):
    receive(replace(splitting, remaining_seconds=visits_of(70)))
    counted = audit.facts_of(f"{ITEM}-1")["messages"]
    recorded = [item for item, state in audit.states.items() if state.get("parent") == f"{ITEM}-1"]
    totals = audit.facts_of(ITEM)
    assert counted == len(recorded) == totals["documents"] == MESSAGES
    assert (totals["interchanges"], totals["set_aside"]) == (1, 0)


def test_what_a_visit_started_before_step_functions_failed_is_kept(splitting, receive, starter, monkeypatch):
    monkeypatch.setattr(module, "_WORTH_KEEPING", 50)
    failing = iter([120, 121, 200])
    fails_at, calls = [next(failing)], [0]

    def start(name, given):
        if len(starter.started) == fails_at[0]:
            fails_at[0] = next(failing, -1)
            raise Unavailable("Step Functions is throttling.")
        calls[0] += 1
        return starter(name, given)

    machine = receive(replace(splitting, start_document=start))
    assert len(starter.started) == MESSAGES
    # 120 kept; one more is not worth it and is started again; then 79 are kept.
    assert calls[0] == MESSAGES + 1
    assert machine.visits == 4
    check_limits(machine)


@pytest.mark.parametrize("seconds_a_message", [0.05, 1.0, 5.0])
def test_ten_thousand_messages_fit_the_history_however_slow_and_failing_the_visits(seconds_a_message):
    """A visit has 900 seconds and keeps 60; every visit may use up every retry there is."""
    by_time = math.ceil(FULL / ((900 - module._SPARE_SECONDS) / seconds_a_message))
    by_failures = FULL // module._WORTH_KEEPING
    visits = by_time + by_failures
    most = FRAME_EVENTS + visits * most_events_of_a_visit("Split") + most_events_of_a_visit("Acknowledge")
    assert most < MOST_EVENTS
