"""The Lambda Runtime API for one execution environment, on a loopback port of its own.

Paths and headers: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. What the runtime does becomes
happenings on a queue, which the environment reads in order.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.aws.settings import HOST

_RESPONSE_LIMIT = 6 * 1024 * 1024 + 100
"""Bytes of a synchronous response: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event for a handler."""

    request_id: str
    function_arn: str
    event: bytes
    timeout: float
    trace_id: str


class Kind(StrEnum):
    """What can happen in an execution environment."""

    STARTED = "started"
    RESPONSE = "response"
    ERROR = "error"
    INIT_ERROR = "init-error"
    TOO_LARGE = "too-large"
    EXITED = "exited"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something the runtime did, with the body it sent or the deadline it was given."""

    kind: Kind
    request_id: str = ""
    body: bytes = b""
    deadline: float = 0.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A runtime that was killed drops its connection; its environment already knows."""


class RuntimeApi:
    """Serves invocations to one runtime and reports what it does with them."""

    def __init__(self) -> None:
        self.happenings: queue.Queue[Happening] = queue.Queue()
        self._invocations: queue.Queue[Invocation | None] = queue.Queue()
        self._server = _Server((HOST, 0), _handler(self))
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        ).start()

    @property
    def address(self) -> str:
        """What the runtime finds in ``AWS_LAMBDA_RUNTIME_API``."""
        return f"{HOST}:{self._server.server_address[1]}"

    def offer(self, invocation: Invocation) -> None:
        """Give the runtime an invocation when it next asks."""
        self._invocations.put(invocation)

    def take(self) -> tuple[Invocation, float] | None:
        """Wait for an invocation, for the runtime; none once the environment is closed.

        The time allowed runs from here, so that a cold start does not count, as on AWS.
        """
        invocation = self._invocations.get()
        if invocation is None:
            return None
        deadline = time.time() + invocation.timeout
        self.happenings.put(Happening(Kind.STARTED, invocation.request_id, deadline=deadline))
        return invocation, deadline

    def close(self) -> None:
        """Stop serving and let go of the port."""
        self._invocations.put(None)
        self._server.shutdown()
        self._server.server_close()


def _handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Say nothing: each invocation would be three lines."""

        def do_GET(self) -> None:
            taken = api.take()
            if taken is None:
                self._answer(410)
                return
            invocation, deadline = taken
            headers = {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
                "Content-Type": "application/json",
            }
            self._answer(200, invocation.event, headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            happening = _happening(self.path, body)
            self._answer(413 if happening.kind is Kind.TOO_LARGE else 202, b'{"status":"OK"}')
            api.happenings.put(happening)

        def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def _happening(path: str, body: bytes) -> Happening:
    *_, before, last = path.split("/")
    if before == "init":
        return Happening(Kind.INIT_ERROR, body=body)
    if last == "response" and len(body) > _RESPONSE_LIMIT:
        return Happening(Kind.TOO_LARGE, before, str(len(body)).encode())
    return Happening(Kind.RESPONSE if last == "response" else Kind.ERROR, before, body)
