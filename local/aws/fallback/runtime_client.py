"""awslambdaric's Runtime API client in plain Python, for platforms its wheel has no native one for.

Same four functions as the extension module ``runtime_client``. Paths: docs.aws.amazon.com/lambda/latest/dg/
runtimes-api.html.
"""

from __future__ import annotations

import http.client
import os
from typing import Any

_state: dict[str, Any] = {}


def initialize_client(user_agent: str) -> None:
    """Remember who asks; the connection is made at the first call."""
    _state["user_agent"] = user_agent


def next() -> tuple[bytes, dict[str, str]]:  # noqa: A001 - the extension's own name
    """Wait for an invocation; its body and headers."""
    response, body = _call("GET", "invocation/next", None, {})
    return body, dict(response.getheaders())


def post_invocation_result(
    request_id: str, body: bytes, content_type: str, _invocation_id: str | None = None
) -> None:
    """Hand back what the handler returned."""
    _call("POST", f"invocation/{request_id}/response", body, {"Content-Type": content_type})


def post_error(request_id: str, body: str, xray_cause: str, _invocation_id: str | None = None) -> None:
    """Hand back what the handler raised."""
    headers = {"Content-Type": "application/json", "Lambda-Runtime-Function-XRay-Error-Cause": xray_cause}
    _call("POST", f"invocation/{request_id}/error", body.encode(), headers)


def _call(
    method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = _state.get("connection")
    if connection is None:
        connection = _state["connection"] = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    headers = {"User-Agent": _state["user_agent"], **headers}
    connection.request(method, f"/2018-06-01/runtime/{path}", body, headers)
    response = connection.getresponse()
    content = response.read()
    if response.status >= 400:
        message = f"The Runtime API answered {response.status} to {method} {path}."
        raise RuntimeError(message)
    return response, content
