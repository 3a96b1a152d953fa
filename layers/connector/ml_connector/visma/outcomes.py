"""Which error each HTTP outcome of Visma is, as data, and how its three error bodies are read.

A read that failed may be repeated; a write that may have happened must be looked up first. So the table
names two errors for each outcome.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NoReturn

import httpx

from ml_connector.errors import ConnectorError, Misconfigured, OutcomeUnknown, Rejected, Unavailable

_VISMA_ID = re.compile(r"VismaId:\s*([0-9a-fA-F-]{36})")
# Fault codes of the gateway's IPPException that mean the company or its licence (API A7).
_COMPANY_FAULTS = {"12002", "12027"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The errors of one HTTP outcome, for reads and for writes, and what a person does about it."""

    reading: type[ConnectorError]
    writing: type[ConnectorError]
    advice: str


_TENANT_ADVICE = "Check that the credentials name the company's tenant id, not the customer's."
_SCOPE_ADVICE = "Grant the application its scopes and the company in the Visma Developer Portal."
_DOWN = Outcome(Unavailable, OutcomeUnknown, "Visma failed; see https://status.visma.com.")

STATUSES: dict[int, Outcome] = {
    400: Outcome(Rejected, Rejected, "Correct the document or the rule that made this value."),
    401: Outcome(Misconfigured, Misconfigured, _TENANT_ADVICE),
    403: Outcome(Misconfigured, Misconfigured, _SCOPE_ADVICE),
    404: Outcome(Rejected, Rejected, "Check that the key exists in this company."),
    405: Outcome(Misconfigured, Misconfigured, "Check the base URL."),
    408: _DOWN,
    409: Outcome(Rejected, OutcomeUnknown, "A document with this key may exist already."),
    410: Outcome(Rejected, Rejected, "Visma keeps background results for 24 hours only."),
    412: Outcome(Unavailable, Unavailable, "The document changed meanwhile; it is read again and retried."),
    422: Outcome(Rejected, Rejected, "Correct the document or the rule that made this value."),
    428: Outcome(Misconfigured, Misconfigured, "Send If-Match with the document's ETag."),
    429: Outcome(Unavailable, Unavailable, "The company's call limit is reached; raise it or poll less."),
}

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def outcome_of(status: int) -> Outcome:
    """Return the table's row for a status; what it doesn't list follows its class."""
    if status in STATUSES:
        return STATUSES[status]
    return STATUSES[400] if 400 <= status < 500 else _DOWN


@dataclass(frozen=True, slots=True)
class Fault:
    """An error body of Visma: its text, its VismaId and its gateway fault code, each empty if absent."""

    message: str
    visma_id: str
    fault_code: str


def read_fault(response: httpx.Response) -> Fault:
    """Return what an error body says: ``message``, else ``ExceptionMessage``, else text, else the status."""
    text = response.text.strip()
    body = _object(text)
    message = _text(body, "message") or _text(body, "ExceptionMessage") or _text(body, "error") or text
    found = _VISMA_ID.search(message)
    code = _text(body, "ExceptionFaultCode")
    return Fault(" ".join(message.split()) or f"HTTP {response.status_code}", found[1] if found else "", code)


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _text(body: dict[str, object], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds Visma asked to wait: Retry-After, else the rate window's reset on a 429 (API A8)."""
    names = ("Retry-After", "X-RateLimit-Reset") if response.status_code == 429 else ("Retry-After",)
    for name in names:
        try:
            return max(0.0, float(response.headers[name]))
        except (KeyError, ValueError):
            continue
    return None


def raise_for_response(response: httpx.Response, *, writing: bool) -> None:
    """Raise the table's error for a response that is no success.

    Raises:
        ConnectorError: Of the family that must act; the context holds status, VismaId and request id.
    """
    if response.is_success:
        return
    fault = read_fault(response)
    row = outcome_of(response.status_code)
    family = row.writing if writing else row.reading
    if fault.fault_code in _COMPANY_FAULTS:
        family = Misconfigured
    _raise(family, response, fault, row.advice)


def _raise(family: type[ConnectorError], response: httpx.Response, fault: Fault, advice: str) -> NoReturn:
    request = response.request
    message = f"Visma answered {response.status_code} to {request.method} {request.url.path}: {fault.message}"
    context: dict[str, object] = {
        "status": response.status_code,
        "visma_id": fault.visma_id,
        "visma_message": fault.message,
        "fault_code": fault.fault_code,
        "request_id": response.headers.get("Ipp-Request-Id", ""),
        "url_path": request.url.path,
    }
    if family is Unavailable:
        raise Unavailable(message, retry_after=retry_after(response), advice=advice, **context)
    if family is OutcomeUnknown:
        # The ERP itself writes a VismaId, or says 409: it has ended the call, so a look-up tells at once.
        context["ended"] = bool(fault.visma_id) or response.status_code == 409
    raise family(message, advice=advice, **context)


def raise_for_transport(error: httpx.HTTPError, *, writing: bool, what: str) -> NoReturn:
    """Raise for a call that got no answer: Unavailable if nothing can have happened, else OutcomeUnknown."""
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    if writing and not isinstance(error, NOT_SENT):
        raise OutcomeUnknown(f"No answer came to {what}: {reason}", advice="It is looked up.") from error
    advice = "Check the address, the network and Visma's status page."
    raise Unavailable(f"Visma did not answer {what}: {reason}", advice=advice) from error
