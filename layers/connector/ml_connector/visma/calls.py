"""One call to Visma: what is sent, over which connections, out of which budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    import ssl

    from ml_connector.visma.settings import VismaSettings

Params = Mapping[str, str | int | bool | None]


class Budget(Protocol):
    """What a client asks before each call, so that parallel functions stay under the company's rate."""

    def spend(self, calls: int = 1) -> None:
        """Take calls from the budget, or raise Unavailable with the seconds until it has some again."""

    def observe(self, headers: Mapping[str, str], status: int) -> None:
        """Learn from the rate headers of an answer."""


class Unlimited:
    """The budget of a client that shares its company's rate with no one."""

    def spend(self, calls: int = 1) -> None:
        """Always grants the calls."""

    def observe(self, headers: Mapping[str, str], status: int) -> None:
        """Learns nothing."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One call's request, and the moment after which it must not leave any more."""

    method: str
    url: str
    params: Params = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    files: Mapping[str, tuple[str, bytes, str]] | None = None
    not_after: float | None = None

    @property
    def writing(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"

    @property
    def what(self) -> str:
        """The call in a sentence."""
        return f"{self.method} {urlsplit(self.url).path}"


def http_client(settings: VismaSettings, tls: ssl.SSLContext | None = None) -> httpx.Client:
    """Return a connection pool with the settings' four timeouts; at most eight calls at a time (API A8)."""
    timeout = httpx.Timeout(
        connect=settings.connect_timeout,
        read=settings.read_timeout,
        write=settings.write_timeout,
        pool=settings.pool_timeout,
    )
    limits = httpx.Limits(max_connections=8, max_keepalive_connections=8)
    return httpx.Client(timeout=timeout, limits=limits, follow_redirects=False, verify=tls or True)
