"""Requests, answers and refusals of the simulated API, apart from any socket."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

JSON_TYPE = "application/json; charset=UTF-8"


@dataclass(frozen=True)
class Request:
    """A request as it arrived; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def json(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            Refusal: It is none.
        """
        try:
            body = json.loads(self.body or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refusal(400, "API000101", "The request body is not a JSON object.")
        return body


@dataclass(frozen=True)
class Answer:
    """An answer as it leaves."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, value: object, **headers: str) -> Answer:
        """Return an answer of JSON."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, json.dumps(value).encode(), {"Content-Type": JSON_TYPE, **named})


class Refusal(Exception):
    """A request the API answers with an error object."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text

    def answer(self) -> Answer:
        """Return the error object as an answer."""
        body = {"errorCode": self.status, "errorDescription": f"{self.code}: {self.text}"}
        extra = {"WWW_Authenticate": 'Basic realm="B2BAPIs"'} if self.status == 401 else {}
        return Answer.of(self.status, body, **extra)


def missing(what: str) -> Refusal:
    """Return the refusal for something that does not exist."""
    return Refusal(404, "API000464", f"{what} not found.")
