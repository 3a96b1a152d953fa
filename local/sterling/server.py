"""The simulator as a real HTTP server on the loopback interface, and without a socket for fast tests."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import httpx

from local.sterling.answers import Request
from local.sterling.api import ConnectionCut, Delivery, SterlingApi

if TYPE_CHECKING:
    import ssl
    from pathlib import Path
    from types import TracebackType

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    # The answer leaves in few packets, but the last one must not wait for an acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer any method the same way."""
        request = Request(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )
        try:
            delivery = self.server.api.handle(request)
        except ConnectionCut:
            self.close_connection = True
            return
        finally:
            if request.method in _WRITES:
                self.server.save()
        self._deliver(delivery)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the base class looks for these names

    def _deliver(self, delivery: Delivery) -> None:
        answer = delivery.answer
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        body = answer.body
        if delivery.truncate:
            body, self.close_connection = body[: len(body) // 2], True
        for start in range(0, len(body), _step(delivery, body)):
            self.wfile.write(body[start : start + _step(delivery, body)])
            time.sleep(delivery.drip_seconds)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay quiet: the journal tells."""


def _step(delivery: Delivery, body: bytes) -> int:
    return max(1, len(body) // 10) if delivery.drip_seconds else max(1, len(body))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, port: int, api: SterlingApi, data: Path | None, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.api, self._data = api, data
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def save(self) -> None:
        """Keep the state over a restart."""
        if self._data is not None:
            with self.api.lock:
                self.api.state.save(self._data)


class SterlingServer:
    """A running simulator; also a context manager.

    Args:
        port: The port on the loopback interface; 0 for any free one.
        api: The server's insides.
        data: A file that keeps the state; read at the start if it exists.
        tls: The server's certificate and what it asks of clients; plain HTTP without.
    """

    def __init__(
        self,
        port: int = 0,
        api: SterlingApi | None = None,
        data: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.api = api or SterlingApi()
        if data is not None and data.exists():
            self.api.state.load(data)
        self._server = _Server(port, self.api, data, tls)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def serve(self) -> None:
        """Serve until :meth:`stop` is called from another thread, or the process ends."""
        self._server.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class InProcessTransport(httpx.BaseTransport):
    """Hands an httpx client's requests to the simulator without a socket."""

    def __init__(self, api: SterlingApi) -> None:
        self._api = api

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the simulator's answer; a cut connection is what httpx makes of one."""
        given = Request(
            request.method,
            request.url.raw_path.decode(),
            {name.lower(): value for name, value in request.headers.items()},
            request.read(),
        )
        try:
            delivery = self._api.handle(given)
        except ConnectionCut:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.") from None
        answer = delivery.answer
        headers = {**answer.headers, "Content-Length": str(len(answer.body))}
        stream = _Halved(answer.body) if delivery.truncate else httpx.ByteStream(answer.body)
        return httpx.Response(answer.status, headers=headers, stream=stream)


class _Halved(httpx.SyncByteStream):
    """Half of a body, then the end of the connection."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Any:  # noqa: ANN401 - an iterator of bytes
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
