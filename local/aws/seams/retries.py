"""What ministack ignores of Retry and Catch: ``MaxDelaySeconds``, ``JitterStrategy``, what States.ALL spares.

docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: the delay grows by ``BackoffRate``
up to ``MaxDelaySeconds``; with ``FULL`` jitter it is drawn between zero and that. ministack never waits
longer than 60 s.
"""

from __future__ import annotations

import random
from typing import Any

from ministack.services import stepfunctions as sf

_BEYOND_ALL = {"States.Runtime", "States.DataLimitExceeded"}
"""Errors that States.ALL does not match; the same page, "Error names"."""


def install() -> None:
    """Hand ministack each retrier with the delay worked out, and match States.ALL as AWS does."""
    find, matches = sf._find_matching_retrier, sf._error_matches

    def matches_by_name(names: list[str], error: str) -> bool:
        return bool(matches(names, error)) and (error not in _BEYOND_ALL or error in names)

    sf._error_matches = matches_by_name

    def find_with_delay(
        retriers: list[dict[str, Any]], error: str, counts: dict[int, int]
    ) -> tuple[dict[str, Any] | None, int]:
        retrier, index = find(retriers, error, counts)
        if retrier is None:
            return None, index
        return {**retrier, "IntervalSeconds": delay(retrier, counts.get(index, 0)), "BackoffRate": 1.0}, index

    sf._find_matching_retrier = find_with_delay


def delay(retrier: dict[str, Any], earlier: int) -> float:
    """Seconds before the next attempt, after so many earlier retries."""
    seconds: float = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** earlier
    seconds = min(seconds, retrier.get("MaxDelaySeconds", seconds))
    if retrier.get("JitterStrategy") == "FULL":
        return random.uniform(0, seconds)  # noqa: S311 - spreads retries, guards nothing
    return seconds
