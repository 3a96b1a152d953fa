"""The retries the definitions promise outlast an outage of six hours for thousands of documents."""

from __future__ import annotations

import json
import random
from itertools import accumulate
from pathlib import Path

import pytest

MACHINES = sorted((Path(__file__).parents[2] / "statemachine").glob("*.asl.json"))
SIX_HOURS = 6 * 3600
DOCUMENTS = 5000
# In an outage a look-up does not answer, and a write may or may not have been done.
PASSING = {"Unavailable", "OutcomeUnknown"}


def retriers():
    """Yield every retrier for a system that does not answer, by machine and state."""
    for path in MACHINES:
        for name, state in json.loads(path.read_text())["States"].items():
            for retrier in state.get("Retry", ()):
                for error in PASSING & set(retrier["ErrorEquals"]):
                    yield pytest.param(retrier, id=f"{path.name.split('.')[0]}-{name}-{error}")


def tries(retrier, chance):
    """Return when a document that fails from the start is tried again, in seconds."""
    waits, interval = [], retrier["IntervalSeconds"]
    for attempt in range(retrier["MaxAttempts"]):
        longest = min(interval * retrier["BackoffRate"] ** attempt, retrier["MaxDelaySeconds"])
        waits.append(chance.uniform(0, longest))
    return list(accumulate(waits))


@pytest.mark.parametrize("retrier", list(retriers()))
def test_every_document_is_still_tried_after_six_hours(retrier):
    chance = random.Random(6)  # noqa: S311 - repeatable on purpose
    assert retrier["JitterStrategy"] == "FULL"
    assert min(tries(retrier, chance)[-1] for _ in range(DOCUMENTS)) > SIX_HOURS


@pytest.mark.parametrize("retrier", list(retriers()))
def test_the_documents_come_back_spread_over_minutes(retrier):
    """After an outage the first minute brings no more than a fifth of them, whatever the outage's length."""
    chance = random.Random(7)  # noqa: S311 - repeatable on purpose
    back = [next(t for t in tries(retrier, chance) if t > SIX_HOURS) - SIX_HOURS for _ in range(DOCUMENTS)]
    assert max(back) <= retrier["MaxDelaySeconds"]
    assert sum(1 for seconds in back if seconds < 60) < DOCUMENTS / 5
