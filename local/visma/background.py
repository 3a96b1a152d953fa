"""Requests that run in the background: 202, a state, a stored answer (API A9)."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from local.visma.company import not_found
from local.visma.routing import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.visma.journal import Journal


class Background:
    """The queued requests of a company."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._states: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, Answer] = {}

    def queue(self, request: Request, serve: Callable[[Request], Answer], delay: float) -> Answer:
        """Return the 202 of a request whose work is done ``delay`` seconds later."""
        request_id = str(uuid.uuid4())
        self._states[request_id] = {
            "id": request_id,
            "status": "Started",
            "statusCode": 0,
            "receivedUtc": _now(),
            "startedUtc": _now(),
            "webhookAddress": "none",
            "originalUri": request.base_url + request.path,
            "hasResponseContent": False,
            "hasRequestContent": bool(request.content),
            "responseHeaders": {},
        }
        threading.Thread(target=self._run, args=(request_id, request, serve, delay), daemon=True).start()
        location = f"{request.base_url}/v1/background/{request_id}"
        return Answer(202, {"id": request_id, "stateLocation": location})

    def _run(
        self, request_id: str, request: Request, serve: Callable[[Request], Answer], delay: float
    ) -> None:
        with self._journal.working():
            threading.Event().wait(delay)
            answer = serve(request)
            self._answers[request_id] = answer
            self._states[request_id] |= {
                "status": "Finished" if answer.status < 400 else "Failed",
                "statusCode": answer.status,
                "finishedUtc": _now(),
                "hasResponseContent": answer.body is not None,
                "contentLocation": f"{request.base_url}/v1/background/{request_id}/content",
                "responseHeaders": answer.headers,
            }

    def state(self, request_id: str) -> Answer:
        """Return the state of a queued request."""
        if request_id not in self._states:
            raise not_found()
        return Answer(body=dict(self._states[request_id]))

    def content(self, request_id: str) -> Answer:
        """Return the stored body of a finished request."""
        if request_id not in self._answers:
            raise not_found()
        return Answer(body=self._answers[request_id].body)


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
