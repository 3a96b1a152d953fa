"""Faults on demand: which requests go wrong, in what way, and how often.

A plan is a list of rules as JSON. The first rule that fits a request and isn't used up is applied::

    [{"method": "GET", "path": "documents/.*", "skip": 1, "times": 2, "fault": "status", "status": 503},
     {"method": "POST", "path": "mailboxmessages/", "fault": "cut_after"}]
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from local.sterling.answers import Answer, Request

Kind = Literal[
    "latency", "status", "status_after", "cut_before", "cut_after", "cut_late", "truncate", "slow_body"
]


class FaultRule(BaseModel):
    """One rule of a plan.

    Attributes:
        method: The method it is for; empty for all.
        path: A regular expression found in the path.
        skip: How many fitting requests go well first.
        times: How many then go wrong.
        fault: ``latency`` waits before answering; ``status`` answers so without doing anything, and
            ``status_after`` after doing it; ``cut_before`` ends the connection without doing anything,
            ``cut_after`` after doing it, and ``cut_late`` before it is done some seconds later, as a router
            does that gives up on a slow server; ``truncate`` does it and sends half of the answer;
            ``slow_body`` sends it in drips.
        status: The status for ``status`` and ``status_after``.
        seconds: The wait for ``latency`` and ``cut_late`` and between two parts of a ``slow_body``.
        retry_after: The Retry-After header for ``status``; 0 for none.
        html: Whether ``status`` answers a proxy's page instead of the API's error object.
    """

    model_config = ConfigDict(extra="forbid")

    method: str = ""
    path: str = "."
    skip: int = 0
    times: int = 1
    fault: Kind = "status"
    status: int = 500
    seconds: float = 0.0
    retry_after: int = 0
    html: bool = True

    def fits(self, request: Request) -> bool:
        """Whether the rule is for a request, used up or not."""
        return self.method in ("", request.method) and bool(re.search(self.path, request.path))

    def error_answer(self) -> Answer:
        """Return the answer of a ``status`` fault."""
        extra = {"Retry_After": str(self.retry_after)} if self.retry_after else {}
        if not self.html:
            body = {"errorCode": self.status, "errorDescription": "API000001: java.lang.NullPointerException"}
            return Answer.of(self.status, body, **extra)
        page = b"<html><body><h1>The server is temporarily unable to service your request.</h1></body></html>"
        headers = {
            "Content-Type": "text/html",
            **{name.replace("_", "-"): text for name, text in extra.items()},
        }
        return Answer(self.status, page, headers)


_PLAN = TypeAdapter(list[FaultRule])


class FaultPlan:
    """The rules in force."""

    def __init__(self, rules: list[FaultRule] | None = None) -> None:
        self._rules = rules or []

    def copy(self) -> FaultPlan:
        """Return a plan used up as far as this one, to be used up on its own."""
        return FaultPlan([rule.model_copy() for rule in self._rules])

    @classmethod
    def parse(cls, text: str | bytes) -> FaultPlan:
        """Return the plan a JSON text describes.

        Raises:
            pydantic.ValidationError: It describes none.
        """
        return cls(_PLAN.validate_json(text))

    def next_for(self, request: Request) -> FaultRule | None:
        """Return the rule that strikes this request, and use it up by one."""
        for rule in self._rules:
            if not rule.fits(request) or rule.times == 0:
                continue
            if rule.skip:
                rule.skip -= 1
                continue
            rule.times -= 1
            return rule
        return None
