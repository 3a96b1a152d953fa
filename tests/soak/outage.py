"""An outage of Visma for hours while thousands of documents come, and one that outlasts their retries.

::

    python -m tests.soak.outage [--documents 5000] [--hours 6] [--longer 100] [--seed 1]

One interchange of orders, every twentieth followed by a change of it, comes while the simulated Visma answers
nothing. The real steps parse, map and post over HTTP; the real definition in ``statemachine/`` says what is
tried again and when. Only waiting is not done but told: the clock is moved to the next attempt, so that six
hours pass in minutes. Stores are in memory. Afterwards all must be in Visma once, each change after its
order, without a person. Then as many as ``--longer`` says come in an outage that their retries do not
outlast: all fail, and one replay of all that failed must do the same.

``make chaos`` has an outage of the deployed connector, in real time and on its real stores.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from statistics import mean

from tests.soak.outage_world import HOUR, World

_DOWN = {"rate": 1.0, "kinds": ["error", "text_error", "cut_before"]}
# A hundred retries of at most a quarter of an hour, at random half of that, are over after half a day.
_BEYOND_RETRIES = 24
# In the first minute no more than this share may come back, so that Visma is not knocked over again.
_MOST_AT_ONCE = 0.2


def main() -> int:
    """Run it and return 0 if nothing was lost, doubled, or posted before what it follows."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.outage")
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--hours", type=float, default=6.0)
    parser.add_argument("--longer", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.monotonic()
    with World(options.seed) as world:
        faults = _outlasted(world, options.documents, options.hours)
        if options.longer:
            faults += _replayed(world, options.longer)
    for fault in faults:
        _say(f"FAULT: {fault}")
    _say(f"{time.monotonic() - begun:.0f} s, {world.visits} visits of a step.")
    return 1 if faults else 0


def _outlasted(world: World, documents: int, hours: float) -> list[str]:
    """An outage that everybody sits out: all are posted without a person."""
    world.break_visma(_DOWN)
    batch = world.receive(documents)
    world.run(until=world.clock.now + hours * HOUR)
    faults = world.check_waiting(batch)
    back = world.clock.now
    world.mend_visma()
    world.run()
    faults += world.check_posted(batch)
    waits = world.waits(batch)
    growth = ", ".join(f"{mean(some):.0f}" for some in waits[:8] if some)
    _say(f"{len(batch.documents)} documents, down {hours:g} h: {world.told(batch)}")
    _say(f"Mean seconds before the 1st to 8th retry: {growth}; longest wait {max(map(max, waits)):.0f}.")
    first = sum(1 for at in world.posted_at(batch) if at < back + 60) / len(batch.documents)
    last = (max(world.posted_at(batch)) - back) / 60
    _say(f"{first:.1%} were posted in the first minute after it, the last after {last:.0f} minutes.")
    if first > _MOST_AT_ONCE:
        faults.append(f"{first:.0%} came back within a minute.")
    return faults


def _replayed(world: World, documents: int) -> list[str]:
    """An outage longer than the retries: all fail, and one replay of all that failed mends it."""
    world.break_visma(_DOWN)
    batch = world.receive(documents)
    world.run(until=world.clock.now + _BEYOND_RETRIES * HOUR)
    statuses = Counter(world.statuses(batch))
    _say(f"{len(batch.documents)} documents, down {_BEYOND_RETRIES} h: {dict(statuses)}")
    faults = [] if set(statuses) == {"failed"} else [f"Not all have failed: {dict(statuses)}"]
    world.mend_visma()
    ways = world.replay_failed()
    world.run()
    _say(f"After one replay of all that failed ({dict(ways)}): {world.told(batch)}")
    return faults + world.check_posted(batch)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command prints


if __name__ == "__main__":
    sys.exit(main())
