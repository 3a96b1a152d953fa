"""Requests that Visma answered with 202 and finishes on its own (API A9)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx

from ml_connector.errors import OutcomeUnknown, Unavailable
from ml_connector.visma.outcomes import raise_for_response
from ml_connector.visma.wire import dump_json, load_json

if TYPE_CHECKING:
    from ml_connector.visma.client import VismaClient

# The headers of the finished call that matter; its encoding and length are those of another transfer.
_KEPT_HEADERS = {"location", "etag", "ipp-request-id"}


def await_request(client: VismaClient, accepted: httpx.Response, *, writing: bool) -> httpx.Response:
    """Return the answer that the queued request came to, as if it had come at once.

    Raises:
        OutcomeUnknown: Visma has not finished a write in the settings' time, or its state can't be read;
            ``background_id`` is in the context.
        Unavailable: The same of a read.
        ConnectorError: The error the finished request stands for.
    """
    request_id = _request_id(accepted)
    deadline = time.monotonic() + client.settings.background_wait
    while True:
        answer = _poll(client, request_id, accepted.request, writing=writing)
        if answer is not None:
            raise_for_response(answer, writing=writing)
            return answer
        if time.monotonic() >= deadline:
            raise _unfinished(request_id, writing=writing)
        time.sleep(client.settings.background_poll)


def _poll(
    client: VismaClient, request_id: str, request: httpx.Request, *, writing: bool
) -> httpx.Response | None:
    try:
        return finished_answer(client, request_id, request)
    except Unavailable as error:
        raise _unfinished(request_id, writing=writing) from error


def _unfinished(request_id: str, *, writing: bool) -> OutcomeUnknown | Unavailable:
    message = f"Visma has not said yet what became of background request {request_id}."
    if not writing:
        return Unavailable(message, advice="It is read again.")
    return OutcomeUnknown(message, advice="It is looked up later.", background_id=request_id)


def finished_answer(client: VismaClient, request_id: str, request: httpx.Request) -> httpx.Response | None:
    """Return the answer of a background request, or None while it is under way.

    A request that Visma knows no more (its state is kept for 24 hours) ended without a trace: 504.
    """
    fetched = client.find(f"/v1/background/{request_id}")
    if fetched is None:
        return httpx.Response(504, request=request)
    state = fetched.body
    if state.get("status") not in {"Finished", "Failed"}:
        return None
    headers = (state.get("responseHeaders") or {}).items()
    return httpx.Response(
        int(state.get("statusCode") or 500),
        headers={str(name): str(value) for name, value in headers if name.lower() in _KEPT_HEADERS},
        content=_content(client, request_id, state),
        request=request,
    )


def _content(client: VismaClient, request_id: str, state: dict[str, Any]) -> bytes:
    if not state.get("hasResponseContent"):
        return b""
    return dump_json(client.get(f"/v1/background/{request_id}/content").body).encode()


def _request_id(accepted: httpx.Response) -> str:
    try:
        return str(load_json(accepted.content)["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise OutcomeUnknown("Visma queued the request without saying under which id.") from error
