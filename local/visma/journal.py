"""What was called: a journal that tests read, and counts per endpoint."""

from __future__ import annotations

import threading
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.visma.wire import Json


@dataclass(frozen=True, slots=True)
class Entry:
    """One call: what was asked, what was answered, which fault struck."""

    number: int
    method: str
    path: str
    endpoint: str
    query: dict[str, str]
    status: int
    fault: str
    location: str
    user_agent: str
    company: str
    body: Json


class Journal:
    """The calls in their order; safe for several threads."""

    def __init__(self, keep: int = 10_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._counts: Counter[str] = Counter()
        self._number = 0
        self._busy = 0
        self._changed = threading.Condition()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count a call, or the work it left behind, as under way."""
        with self._changed:
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def write(self, **facts: Json) -> None:
        """Add an entry."""
        with self._changed:
            self._number += 1
            self._entries.append(Entry(number=self._number, **facts))
            self._counts[f"{facts['method']} {facts['endpoint']}"] += 1

    def entries(self) -> list[dict[str, Any]]:
        """Return all kept entries, oldest first."""
        with self._changed:
            return [asdict(entry) for entry in self._entries]

    def counts(self) -> dict[str, int]:
        """Return how often each endpoint was called."""
        with self._changed:
            return dict(sorted(self._counts.items()))

    def clear(self) -> None:
        """Forget all calls."""
        with self._changed:
            self._entries.clear()
            self._counts.clear()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing is under way; false when it still is after ``seconds``."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy == 0, timeout=seconds)
