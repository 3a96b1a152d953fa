"""*receive interchange* as Step Functions runs it, with its history counted and its states measured.

Knows what the definition uses: tasks with Retry, choices on a field of the input, and success. Events are
counted as the service writes them: entering, scheduling, starting, ending and leaving a task are five, a
failed attempt three, every other state two, and the execution itself two.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml_connector.errors import ConnectorError, in_family

if TYPE_CHECKING:
    from collections.abc import Callable

DEFINITION = Path(__file__).parents[3] / "statemachine/receive_interchange.asl.json"
_FIELD = re.compile(r"\{% \$states\.input\.(\w+) %\}")
ATTEMPT_EVENTS, VISIT_EVENTS, PASSING_EVENTS, FRAME_EVENTS = 3, 5, 2, 2


@dataclass
class ReceiveMachine:
    """One execution.

    Attributes:
        steps: What each task calls, by the state's name; given the input and how often it was tried.
        events: How many events its history has.
        largest: Bytes of the largest input or output.
        visits: How often a task was entered.
    """

    steps: dict[str, Callable[[dict[str, Any], int, int], dict[str, Any]]]
    events: int = FRAME_EVENTS
    largest: int = 0
    visits: int = 0

    def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """Run from start to end and return the output."""
        states = json.loads(DEFINITION.read_text())
        name: str | None = states["StartAt"]
        while name:
            state = states["States"][name]
            given = self._measured(given)
            if state["Type"] == "Task":
                given = self._measured(self._task(name, state, given))
                self.events += VISIT_EVENTS
            else:
                self.events += PASSING_EVENTS
            name = _chosen(state, given) if state["Type"] == "Choice" else state.get("Next")
        return given

    def _task(self, name: str, state: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        self.visits += 1
        for attempt in range(1000):
            try:
                return self.steps[name](given, self.visits, attempt)
            except ConnectorError as error:
                family = type(in_family(error)).__name__
                rule = next(rule for rule in state["Retry"] if family in rule["ErrorEquals"])
                if attempt >= rule["MaxAttempts"]:
                    raise
                self.events += ATTEMPT_EVENTS
        raise AssertionError("tried without end")

    def _measured(self, value: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(value)
        self.largest = max(self.largest, len(text.encode()))
        return dict(json.loads(text))


def _chosen(state: dict[str, Any], given: dict[str, Any]) -> str:
    for choice in state["Choices"]:
        found = _FIELD.fullmatch(choice["Condition"])
        assert found, choice
        if given[found.group(1)]:
            return str(choice["Next"])
    return str(state["Default"])


def most_events_of_a_visit(task: str) -> int:
    """How many events one visit can have at the most: every retry used up, and the choice after it."""
    retries = json.loads(DEFINITION.read_text())["States"][task]["Retry"]
    attempts = sum(rule["MaxAttempts"] for rule in retries)
    return attempts * ATTEMPT_EVENTS + VISIT_EVENTS + PASSING_EVENTS
