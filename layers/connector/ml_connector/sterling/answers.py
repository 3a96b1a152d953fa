"""What Sterling's answers mean: one table from HTTP status to error, whatever the body looks like.

A body may be ``{"errorCode": 400, "errorDescription": "API000464: ..."}``, an HTML page of the router or of
Liberty, or nothing. Validation errors, duplicates and not-founds may all come as 400.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml_connector.errors import ConnectorError, Misconfigured, OutcomeUnknown, Unavailable

if TYPE_CHECKING:
    import httpx

_API_CODE = re.compile(r"API\d{6}")
_NOT_FOUND_CODES = {"API000464"}
_LONGEST_EXCERPT = 200


class LoginRefused(Misconfigured):
    """Sterling answered 401: calling again with the same credentials may lock the account."""


class NotPermitted(Misconfigured):
    """Sterling answered 403: the login is good, the user's permissions are not."""


class NotThere(Misconfigured):
    """The resource does not exist, or no longer: another consumer may have taken the message."""

    @property
    def certain(self) -> bool:
        """Whether the API's own code for "not found" came with it; a 404 alone may mean other things."""
        return self.context.get("code") in _NOT_FOUND_CODES


class ApiMissing(Unavailable):
    """The REST API itself does not answer: an HTML 404 as after a fix pack dropped it."""


class RequestRefused(Misconfigured):
    """Sterling understood the request and refused it with a 4xx."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error answer says.

    Attributes:
        status: The HTTP status.
        code: ``APInnnnnn``, or empty.
        text: The description, an excerpt of the body, or the reason phrase.
        structured: Whether it was the API's own error object rather than a page of something before it.
    """

    status: int
    code: str
    text: str
    structured: bool

    @property
    def not_found(self) -> bool:
        """Whether this is the API saying that there is no such thing, which may come as 404 or as 400."""
        return self.structured and (
            self.status == 404 or (self.status == 400 and self.code in _NOT_FOUND_CODES)
        )


def read_fault(response: httpx.Response) -> Fault:
    """Return what an error response says; its body must have been read."""
    text = response.text.strip()
    try:
        body = json.loads(text) if text.startswith("{") else None
    except ValueError:
        body = None
    described = str(body.get("errorDescription", "")) if isinstance(body, dict) else ""
    code = _API_CODE.search(described)
    excerpt = re.sub(r"(<[^>]*>|\s)+", " ", text)[:_LONGEST_EXCERPT].strip()
    structured = isinstance(body, dict) and "errorCode" in body
    return Fault(
        status=response.status_code,
        code=code.group() if code else "",
        text=described or excerpt or response.reason_phrase,
        structured=structured,
    )


_KINDS: dict[int, type[ConnectorError]] = {401: LoginRefused, 403: NotPermitted, 404: ApiMissing}
_ADVICE = {
    401: "Check user and password (or client id and secret) in the Sterling secret, and STERLING_AUTH_MODE; "
    "repeated wrong logins lock the account.",
    403: 'Give the user the permission "API User" and "<path> Mailbox" of each mailbox used.',
    404: "After a fix pack the API has to be installed again (b2biAPIs jar); also check STERLING_BASE_PATH.",
}


def error_of(response: httpx.Response, *, wrote: bool) -> ConnectorError:
    """Return the error an unsuccessful response stands for.

    Args:
        response: The response, with its body read.
        wrote: Whether the request was a write, which a 5xx may have carried out nevertheless.
    """
    fault = read_fault(response)
    status = fault.status
    request = response.request
    told = f"Sterling answered {status} to {request.method} {request.url.path}: {fault.text}"
    advice = _ADVICE.get(status, "")
    if fault.not_found:
        return NotThere(told, status=status, code=fault.code)
    if status == 429 or (status >= 500 and not wrote):
        return Unavailable(told, retry_after=_retry_after(response), status=status)
    if status >= 500:
        return OutcomeUnknown(told, advice="Search the mailbox before sending again.", status=status)
    return _KINDS.get(status, RequestRefused)(told, advice=advice, status=status, code=fault.code)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None
