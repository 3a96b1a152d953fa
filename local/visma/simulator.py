"""The simulator as one object: what answers a request, before HTTP puts it on the wire."""

from __future__ import annotations

import traceback
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

# Registers what each module serves.
from local.visma import books, masters, payables, purchasing, receipts, receivables, sales  # noqa: F401
from local.visma.background import Background
from local.visma.company import Company, Refusal, load_data
from local.visma.documents import seed_documents
from local.visma.faults import FaultPlan, Rule, read_plan
from local.visma.identity import Identity
from local.visma.journal import Journal
from local.visma.limits import RateLimit, throttled
from local.visma.routing import ROUTES, Answer, Request
from local.visma.seed import seed
from ml_connector.visma.wire import Json, load_json

if TYPE_CHECKING:
    from collections.abc import Callable

_FOREIGN_COMPANY = {
    "ExceptionType": "IPPException",
    "ExceptionMessage": "Invalid parameter exception: ipp-company-id",
    "ExceptionFaultCode": "12002",
    "ExceptionMessageID": "12002_00000000-0000-4000-8000-000000000000",
    "ExceptionDetails": "",
}


@dataclass
class Simulator:
    """One company behind the API, with its tokens, limits, faults and journal."""

    company: Company = field(default_factory=lambda: Company(load_data()))
    faults: FaultPlan = field(default_factory=FaultPlan)
    limits: RateLimit = field(default_factory=RateLimit)
    token_lifetime: int = 3600

    def __post_init__(self) -> None:
        if not self.company.tables:
            seed(self.company)
            seed_documents(self.company)
        self.journal = Journal()
        self.identity = Identity(self.company.data, self.token_lifetime)
        self.background = Background(self.journal)

    def pick_fault(self, request: Request) -> Rule | None:
        """Return the fault that strikes this call, if one does."""
        if request.path.startswith("/_control"):
            return None
        return self.faults.pick(request.method, request.path)

    def answer(self, request: Request, fault: Rule | None = None) -> Answer:
        """Return the answer to a request, faults of the answer itself included."""
        if request.path.startswith("/_control"):
            return self._control(request)
        if request.path == "/connect/token":
            return (
                _NOTHING_DONE[fault.kind](fault)
                if fault and fault.kind in _NOTHING_DONE
                else self.identity.issue(request)
            )
        headers, over = self.limits.count()
        answer = over or self._struck(request, fault)
        common = {"Ipp-Request-Id": str(uuid.uuid4()), **headers}
        return replace(answer, headers={**common, **answer.headers})

    def _struck(self, request: Request, fault: Rule | None) -> Answer:
        if fault is None:
            return self._admitted(request)
        if fault.kind == "expired_token":
            self.identity.expire_all()
            return Answer(401)
        if fault.kind in _NOTHING_DONE:
            return _NOTHING_DONE[fault.kind](fault)
        if fault.kind == "background":
            return self.background.queue(request, self._admitted, fault.seconds)
        if fault.kind == "accepted":
            return replace(self.background.queue(request, self._admitted, fault.seconds), body=None)
        return _spoilt(self._admitted(request), fault)

    def _admitted(self, request: Request) -> Answer:
        refused = self.identity.refuse(request)
        if refused:
            return refused
        if request.headers.get("erp-api-background"):
            plain = replace(
                request, headers={k: v for k, v in request.headers.items() if k != "erp-api-background"}
            )
            return self.background.queue(plain, self._admitted, 0)
        try:
            return self._serve(request)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body() if refusal.message else None)
        except Exception:  # noqa: BLE001 - as Visma does: whatever breaks inside is a 500 outside
            traceback.print_exc()
            return _visma_failed(None)

    def _serve(self, request: Request) -> Answer:
        if request.path.startswith("/v1/background/"):
            return self._serve_background(request)
        found = ROUTES.find(request.method, request.path)
        if found is None:
            return Answer(404, content=b"Resource not found", media_type="text/plain")
        route, keys = found
        foreign = self._foreign_company(request)
        if foreign:
            return foreign
        with self.company.lock:
            return route.serve(self.company, replace(request, keys=keys))

    def _foreign_company(self, request: Request) -> Answer | None:
        """Return what a company of somebody else's gets: an empty list, or a refusal (API A12.3)."""
        wanted = request.headers.get("ipp-company-id")
        if not wanted or wanted == self.company.id:
            return None
        is_list = request.method == "GET" and "{" not in _endpoint(request)
        return Answer(body=[]) if is_list else Answer(400, _FOREIGN_COMPANY)

    def _serve_background(self, request: Request) -> Answer:
        parts = request.path.split("/")
        return self.background.content(parts[3]) if len(parts) > 4 else self.background.state(parts[3])

    def _control(self, request: Request) -> Answer:
        action = (request.method, request.path.removeprefix("/_control/"))
        if action == ("GET", "journal"):
            return Answer(body=self.journal.entries())
        if action == ("GET", "counts"):
            return Answer(body=self.journal.counts())
        if action == ("POST", "clear"):
            self.journal.clear()
            return Answer(204)
        if action == ("POST", "faults"):
            return self._set_faults(load_json(request.content or b"{}"))
        if request.method == "PUT" and action[1].startswith("status/"):
            return self._set_status(request)
        return self._control_table(action)

    def _control_table(self, action: tuple[str, str]) -> Answer:
        if action[0] == "GET" and action[1].startswith("tables/"):
            return Answer(body=list(self.company.table(action[1].removeprefix("tables/")).values()))
        return Answer(404)

    def _set_status(self, request: Request) -> Answer:
        """Do what people do in Visma's own screens and its API can't: confirm, release, take off hold."""
        table, number = request.path.removeprefix("/_control/status/").split("/")
        with self.company.lock:
            row = self.company.row(table, number)
            row["status"] = str(load_json(request.content))
            self.company.touch(row)
            if "lastModified" in row:
                row["lastModified"] = row["lastModifiedDateTime"]
        return Answer(204)

    def _set_faults(self, data: Json) -> Answer:
        try:
            self.faults = read_plan(data)
        except (ValueError, TypeError) as error:
            return Answer(400, {"message": str(error)})
        return Answer(204)

    def note(self, request: Request, answer: Answer, fault: Rule | None) -> None:
        """Write a call into the journal; control calls are none."""
        if request.path.startswith("/_control"):
            return
        self.journal.write(
            method=request.method,
            path=request.path,
            endpoint=_endpoint(request),
            query=dict(request.query),
            status=answer.status,
            fault=fault.kind if fault else "",
            location=answer.headers.get("Location", ""),
            user_agent=request.headers.get("user-agent", ""),
            company=request.headers.get("ipp-company-id", ""),
            body=_journalled(request),
        )


def _endpoint(request: Request) -> str:
    if request.path.startswith("/v1/background/"):
        return "/v1/background/{requestId}"
    try:
        found = ROUTES.find(request.method, request.path)
    except Refusal:
        found = None
    return found[0].path if found else request.path


def _journalled(request: Request) -> Json:
    if "json" not in request.headers.get("content-type", ""):
        return None
    try:
        return load_json(request.content)
    except ValueError:
        return None


def _visma_failed(_: Rule | None) -> Answer:
    return Answer(500, Refusal("Error: An unhandled exception has occurred.", status=500).body())


_NOTHING_DONE: dict[str, Callable[[Rule], Answer]] = {
    "throttle": lambda fault: throttled(str(max(1, round(fault.seconds)))),
    "error": _visma_failed,
    "empty_error": lambda fault: Answer(fault.status),
    "text_error": lambda _: Answer(503, content=b"The service is unavailable.", media_type="text/plain"),
    "no_json": lambda _: Answer(200, content=b"<html>Maintenance</html>", media_type="text/html"),
}


def _spoilt(answer: Answer, fault: Rule) -> Answer:
    location = answer.headers.get("Location")
    if fault.kind == "error_after":
        return _visma_failed(fault)
    if location is None or fault.kind not in _LOCATIONS:
        return answer
    others = {name: value for name, value in answer.headers.items() if name != "Location"}
    spoilt = _LOCATIONS[fault.kind](location)
    return replace(answer, headers={**others, **({"Location": spoilt} if spoilt else {})})


def _double_host(location: str) -> str:
    host, _, path = location.removeprefix("http://").partition("/")
    return f"http://{host}http://{host}/{path}"


_LOCATIONS: dict[str, Callable[[str], str]] = {
    "double_host": _double_host,
    "other_host": lambda location: (
        "https://integration.visma.net/API/controller/api/" + location.split("/", 3)[3]
    ),
    "no_location": lambda _: "",
}
