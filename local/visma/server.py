"""The simulator on the wire: HTTP/1.1 on the loopback interface, with connections that break on request."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from local.visma.routing import Answer, Request
from ml_connector.visma.wire import dump_json

if TYPE_CHECKING:
    from local.visma.faults import Rule
    from local.visma.simulator import Simulator

HOST = "127.0.0.1"


class VismaServer(ThreadingHTTPServer):
    """Serves one simulator; usable as a context manager that starts and stops it."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, simulator: Simulator, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.simulator = simulator
        self.url = f"http://{HOST}:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Tell of what breaks, but not that a client has gone: clients here break connections on purpose."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: VismaServer
    # Headers and body leave in one segment: two would wait for each other's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 300

    def _handle(self) -> None:
        simulator = self.server.simulator
        request = self._request()
        fault = simulator.pick_fault(request)
        with simulator.journal.working():
            self._serve(simulator, request, fault)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - the names BaseHTTPRequestHandler calls
    do_OPTIONS = do_TRACE = do_QUERY = _handle  # noqa: N815 - refused with 405, as no operation is published

    def _serve(self, simulator: Simulator, request: Request, fault: Rule | None) -> None:
        kind = fault.kind if fault else ""
        if fault and kind == "latency":
            time.sleep(fault.seconds)
        if kind == "cut_before":
            simulator.note(request, Answer(0), fault)
            self._cut()
            return
        if fault and kind == "cut_late":
            self._cut()
            time.sleep(fault.seconds)
        answer = simulator.answer(request, fault)
        simulator.note(request, answer, fault)
        if kind in {"cut_after", "cut_late"}:
            self._cut()
            return
        self._send(answer, fault)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Request(
            method=self.command,
            path=parts.path,
            query={name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)},
            headers={name.lower(): value for name, value in self.headers.items()},
            content=self.rfile.read(length),
            base_url=self.server.url,
        )

    def _send(self, answer: Answer, fault: Rule | None) -> None:
        content = answer.content
        if content is None:
            content = b"" if answer.body is None else dump_json(answer.body).encode()
        headers = dict(answer.headers)
        if len(content) > 1024 and "gzip" in self.headers.get("Accept-Encoding", ""):
            content, headers["Content-Encoding"] = gzip.compress(content, 1), "gzip"
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self._write(content, fault)

    def _write(self, content: bytes, fault: Rule | None) -> None:
        kind = fault.kind if fault else ""
        half = len(content) // 2
        try:
            if fault and kind in {"slow_body", "half_body"}:
                self.wfile.write(content[:half])
                self.wfile.flush()
                time.sleep(fault.seconds)
                content = content[half:]
            if kind == "half_body":
                self._cut()
                return
            self.wfile.write(content)
            self.wfile.flush()
        except OSError:
            self.close_connection = True  # the client has gone

    def _cut(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # cut already

    def log_message(self, *_: object) -> None:
        """Stay silent: the journal tells what was called."""
