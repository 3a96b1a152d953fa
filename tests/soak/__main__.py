"""The models of polling and sending, run for as long as asked.

::

    python -m tests.soak [--seconds 60]

Each round runs some examples of each model, another choice every time, until the seconds are over. A failure
ends it with the shortest story found that leads to it.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.unit.workflow.polling_model import Polling, PollingToDeath
from tests.unit.workflow.sending_model import Sending

# Examples of a round: about a second of each model, so that the end is met within seconds.
_ROUND = {Polling: 10, PollingToDeath: 2, Sending: 20}
# Left to themselves most lives are short, and little happens to them.
_LEAST_STEPS = 20


def main(arguments: list[str] | None = None) -> int:
    """Run it and return 0 unless a model found a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args(arguments).seconds
    logging.disable(logging.CRITICAL)
    begun, rounds = time.monotonic(), 0
    lives: Counter[str] = Counter()
    while time.monotonic() - begun < seconds:
        for machine, examples in _ROUND.items():
            run_state_machine_as_test(machine, settings=_budget(examples), _min_steps=_LEAST_STEPS)
            lives[machine.__name__] += examples
        rounds += 1
    told = ", ".join(f"{count} of {name}" for name, count in lives.items())
    sys.stdout.write(f"{rounds} rounds in {time.monotonic() - begun:.0f} s without a fault: {told}.\n")
    return 0


def _budget(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=50,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


if __name__ == "__main__":
    sys.exit(main())
