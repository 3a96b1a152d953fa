"""A refused login is not repeated: calls to Sterling pause, since repeated wrong logins lock the account."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ml_connector.sterling.answers import LoginRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ml_connector.sterling.client import SterlingClient
    from ml_connector.store.watermarks import Marks

_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(minutes=30)
# A refusal within this of the last pause's end continues it; a later one is another story.
_CONTINUES = timedelta(hours=1)


class LoginPause:
    """The pause all functions keep together after one was refused.

    Args:
        client: Sterling; another version of its secret ends the pause.
        marks: What polls remember of Sterling.
        now: The present moment, aware.
    """

    def __init__(self, client: SterlingClient, marks: Marks, now: Callable[[], datetime]) -> None:
        self._version, self._marks, self._now = client.secret_version, marks, now

    @property
    def until(self) -> datetime | None:
        """When the pause ends; None if there is none."""
        mark = self._marks.read("login")
        if not mark or mark.get("secret_version", "") != self._version:
            return None
        until = datetime.fromisoformat(mark["until"])
        return until if self._now() < until else None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Begin a pause, or lengthen it, if the login is refused within the block.

        Raises:
            LoginRefused: It was, now or before and the pause is not over: nothing was called then.
        """
        if until := self.until:
            raise LoginRefused(
                f"Sterling refused the login; it is not tried again until {until:%Y-%m-%d %H:%M:%S} UTC.",
                advice="Correct the login with: ml-connector credentials set sterling.",
            )
        try:
            yield
        except LoginRefused:
            self._begin()
            raise

    def _begin(self) -> None:
        mark, now = self._marks.read("login"), self._now()
        recent = bool(mark) and now < datetime.fromisoformat(mark["until"]) + _CONTINUES
        failures = int(mark["failures"]) + 1 if recent else 1
        until = now + min(_PAUSE * failures, _LONGEST_PAUSE)
        self._marks.write("login", until=until.isoformat(), failures=failures, secret_version=self._version)
