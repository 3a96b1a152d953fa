"""Schedules fire on time and, on request, faster than time.

ministack sweeps every 10 seconds. A demonstration wants polls often, so a minute of a ``rate()`` can be made
to last fewer real seconds; ``cron()`` and ``at()`` keep to the clock.
"""

from __future__ import annotations

from ministack.services import eventbridge, scheduler

_REAL_MINUTE = 60.0


def install(seconds_per_minute: float) -> None:
    """Sweep often, and let a minute of a rate() last so many real seconds."""
    parse = eventbridge._parse_rate_seconds

    def parse_scaled(expression: str) -> float | None:
        seconds = parse(expression)
        return None if seconds is None else seconds * seconds_per_minute / _REAL_MINUTE

    eventbridge._parse_rate_seconds = parse_scaled
    sweep = min(1.0, seconds_per_minute / 10)
    eventbridge._SCHEDULER_TICK_INTERVAL = sweep
    scheduler._SCHEDULE_TICK_INTERVAL = sweep
