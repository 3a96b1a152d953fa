"""A front that does what API Gateway's HTTP API does: payload format 2.0 in, its answer out.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HEALTH = "/_front/health"
# The demo has no identity provider: whoever sits at this machine is its clerk, with every right.
CLERK: Mapping[str, Any] = {
    "sub": "demo",
    "email": "clerk@demo.example",
    "groups": "[ml-connector-read ml-connector-act ml-connector-payload]",
}
_LARGEST = 1_000_000  # bytes of a form


def invoking(functions: Any, name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:  # noqa: ANN401 - a boto3 client
    """Return what invokes the function and returns its answer."""

    def invoke(event: dict[str, Any]) -> dict[str, Any]:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        said: dict[str, Any] = json.loads(answer["Payload"].read())
        failed = {"statusCode": 502, "headers": {"content-type": "text/plain"}, "body": json.dumps(said)}
        return failed if answer.get("FunctionError") else said

    return invoke


def front(
    answer: Callable[[dict[str, Any]], dict[str, Any]], claims: Mapping[str, Any] = CLERK
) -> type[BaseHTTPRequestHandler]:
    """Return a handler that lets ``answer`` answer, with the claims of whoever is signed in."""

    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == HEALTH:
                self._send({"statusCode": 200, "body": "well"})
            else:
                self._send(answer(self._event(b"")))

        def do_POST(self) -> None:
            size = min(int(self.headers.get("content-length") or 0), _LARGEST)
            self._send(answer(self._event(self.rfile.read(size))))

        def log_message(self, *_: object) -> None:
            """Say nothing: the function's own log has it."""

        def _event(self, body: bytes) -> dict[str, Any]:
            return event_of(self.command, self.path, dict(self.headers.items()), body, claims)

        def _send(self, said: dict[str, Any]) -> None:
            encoded = said.get("body") or ""
            body = base64.b64decode(encoded) if said.get("isBase64Encoded") else str(encoded).encode()
            self.send_response(int(said["statusCode"]))
            for name, value in (said.get("headers") or {}).items():
                self.send_header(name, str(value))
            for cookie in said.get("cookies") or ():
                self.send_header("Set-Cookie", cookie)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Front


def event_of(
    method: str, target: str, headers: Mapping[str, str], body: bytes, claims: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a request as the event API Gateway hands to the function."""
    address = urlsplit(target)
    kept = {name.lower(): value for name, value in headers.items()}
    cookies = [one.strip() for one in kept.pop("cookie", "").split(";") if one.strip()]
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(address.path),
        "rawQueryString": address.query,
        "cookies": cookies,
        "headers": kept,
        "requestContext": {
            "http": {"method": method, "path": unquote(address.path)},
            "stage": "$default",
            "authorizer": {"jwt": {"claims": dict(claims), "scopes": None}},
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
