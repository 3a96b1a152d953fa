"""The rate limit: so many calls an hour for each company and application, told in headers (API A8)."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.visma.routing import Answer

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class RateLimit:
    """A fixed window of calls."""

    limit: int = 15_000
    window: float = 3600.0
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._used = 0
        self._ends = 0.0

    def count(self) -> tuple[dict[str, str], Answer | None]:
        """Count a call; return the headers of its answer, and the 429 if it is one too many."""
        with self._lock:
            now = self.clock()
            if now >= self._ends:
                self._used, self._ends = 0, now + self.window
            self._used += 1
            reset = str(max(1, round(self._ends - now)))
            over = self._used > self.limit
            headers = {
                "X-RateLimit-Limit": str(self.limit),
                "X-RateLimit-Remaining": str(max(0, self.limit - self._used)),
                "X-RateLimit-Reset": reset,
                "X-RateLimit-Policy": "4-fixed-window",
            }
        return headers, throttled(reset) if over else None


def throttled(seconds: str) -> Answer:
    """Return the 429 of the gateway."""
    text = f"Rate limit is exceeded. Try again in {seconds} seconds."
    return Answer(429, {"statusCode": 429, "message": text}, {"Retry-After": seconds})
