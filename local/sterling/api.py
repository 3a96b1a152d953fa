"""The simulated server behind any socket: login, routes, faults, journal, control."""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from local.sterling.administration import Administration
from local.sterling.answers import Answer, Refusal, Request
from local.sterling.control import control
from local.sterling.faults import FaultPlan, FaultRule
from local.sterling.resources import Resources
from local.sterling.shaping import BASE
from local.sterling.state import State, User
from local.sterling.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

# (method, resource, depth below the resource, last part) -> what is called
_ROUTES: dict[tuple[str, str, str], str] = {
    ("GET", "mailboxes", ""): "list_mailboxes",
    ("GET", "mailboxes", "{id}"): "read_mailbox",
    ("POST", "mailboxes", ""): "create_mailbox",
    ("PUT", "mailboxes", "{id}"): "update_mailbox",
    ("DELETE", "mailboxes", "{id}"): "delete_mailbox",
    ("GET", "mailboxcontents", ""): "list_contents",
    ("GET", "mailboxmessages", ""): "list_messages",
    ("GET", "mailboxmessages", "{id}"): "read_message",
    ("POST", "mailboxmessages", ""): "create_message",
    ("PUT", "mailboxmessages", "{id}"): "update_message",
    ("DELETE", "mailboxmessages", "{id}"): "delete_message",
    ("GET", "mailboxmessages", "{id}/actions"): "list_actions",
    ("POST", "mailboxmessages", "{id}/actions/extract"): "extract_message",
    ("POST", "mailboxmessages", "{id}/actions/move"): "move_message",
    ("GET", "documents", "{id}"): "read_document",
    ("POST", "documents", ""): "create_document",
    ("DELETE", "documents", "{id}"): "delete_document",
    ("POST", "messagebatches", ""): "create_batch",
    ("GET", "messagebatches", "{id}"): "read_message",
    ("GET", "communities", ""): "list_communities",
    ("GET", "communities", "{id}"): "read_community",
    ("POST", "communities", ""): "create_community",
    ("PUT", "communities", "{id}"): "update_community",
    ("DELETE", "communities", "{id}"): "delete_community",
    ("GET", "tradingpartners", ""): "list_partners",
    ("GET", "tradingpartners", "{id}"): "read_partner",
    ("POST", "tradingpartners", ""): "create_partner",
    ("PUT", "tradingpartners", "{id}"): "update_partner",
    ("DELETE", "tradingpartners", "{id}"): "delete_partner",
    ("GET", "routingrules", ""): "list_rules",
    ("GET", "routingrules", "{id}"): "read_rule",
    ("POST", "routingrules", ""): "create_rule",
    ("PUT", "routingrules", "{id}"): "update_rule",
    ("DELETE", "routingrules", "{id}"): "delete_rule",
    ("POST", "routingrules", "{id}/actions/evaluate"): "evaluate_rule",
    ("GET", "workflowmonitors", ""): "list_runs",
    ("POST", "workflowmonitors", ""): "end_run",
}
_RESOURCES = {resource for _, resource, _ in _ROUTES}
_ADMINISTERED = {"communities", "tradingpartners", "routingrules", "workflowmonitors"}
_LONGEST_JOURNAL = 10_000
# What a router in front says when the server took too long for it.
GIVEN_UP = Answer(
    504, b"<html><body><h1>504 Gateway Time-out</h1></body></html>", {"Content-Type": "text/html"}
)


class ConnectionCut(Exception):
    """The connection ends without an answer."""


@dataclass
class Delivery:
    """How an answer leaves: whole, halved, or in drips."""

    answer: Answer
    truncate: bool = False
    drip_seconds: float = 0.0


class SterlingApi:
    """The simulated server.

    Args:
        state: What it holds; new and empty unless given.
        switches: How it behaves.
        sleep: Waits some seconds, for faults that take time.
    """

    def __init__(
        self,
        state: State | None = None,
        switches: Switches | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.state, self.switches = state or State(), switches or Switches()
        self.faults = FaultPlan()
        self.journal: list[dict[str, Any]] = []
        self.counts: dict[str, int] = {}
        self.lock = threading.RLock()
        self._sleep = sleep
        self._late: list[tuple[float, Request]] = []

    def restore(self, other: SterlingApi) -> None:
        """Behave from now on as another server would: its faults and what it still has to carry out."""
        self.faults, self._late = other.faults.copy(), [*other._late]

    @property
    def owes_calls(self) -> bool:
        """Whether calls that were cut are still to be carried out."""
        return bool(self._late)

    def handle(self, request: Request) -> Delivery:
        """Return the answer to a request and how it leaves.

        Raises:
            ConnectionCut: A fault ends the connection.
        """
        if request.path.startswith("/_control/"):
            with self.lock:
                return Delivery(_refusable(lambda: control(self, request)))
        with self.lock:
            rule = self.faults.next_for(request)
            entry = self._note(request, rule)
        router = self.switches.router_seconds
        slow = rule.seconds if rule and rule.fault == "latency" else 0.0
        self._sleep(min(slow, router) if router else slow)
        if rule and rule.fault == "cut_before":
            entry["status"] = "cut before"
            raise ConnectionCut
        with self.lock:
            self._carry_out_late()
            if rule and rule.fault == "cut_late":
                self._late.append((self.state.clock() + rule.seconds, request))
                entry["status"] = "cut, done later"
                raise ConnectionCut
            answer = self._answer(request, rule)
        if router and slow > router:
            answer = GIVEN_UP  # the server did it nevertheless
        entry["status"] = answer.status
        if rule and rule.fault == "cut_after":
            entry["status"] = f"{answer.status}, cut after"
            raise ConnectionCut
        dripping = rule.seconds if rule and rule.fault == "slow_body" else 0.0
        return Delivery(answer, truncate=bool(rule and rule.fault == "truncate"), drip_seconds=dripping)

    def _answer(self, request: Request, rule: FaultRule | None) -> Answer:
        if rule and rule.fault == "status":
            return rule.error_answer()
        if self.switches.routing:
            self.state.evaluate_rules()
        answer = _refusable(lambda: self._dispatch(request))
        return rule.error_answer() if rule and rule.fault == "status_after" else answer

    def _carry_out_late(self) -> None:
        """Do what was cut and is due by now; nobody is there to take the answer."""
        now = self.state.clock()
        due = [request for at, request in self._late if at <= now]
        self._late = [(at, request) for at, request in self._late if at > now]
        for request in due:
            _refusable(partial(self._dispatch, request))

    def _note(self, request: Request, rule: FaultRule | None) -> dict[str, Any]:
        entry = {
            "at": self.state.clock(),
            "method": request.method,
            "target": request.target,
            "bytes": len(request.body),
            "fault": rule.fault if rule else "",
            "status": 0,
        }
        self.journal.append(entry)
        del self.journal[:-_LONGEST_JOURNAL]
        resource = request.path.removeprefix(BASE).strip("/").split("/")[0]
        name = f"{request.method} {resource}"
        self.counts[name] = self.counts.get(name, 0) + 1
        return entry

    def _dispatch(self, request: Request) -> Answer:
        if request.path == "/oauth2/token":
            return self._token(request)
        if not request.path.startswith(f"{BASE}/"):
            page = b"<html><head><title>Error 404: Context Root Not Found</title></head></html>"
            return Answer(404, page, {"Content-Type": "text/html"})
        user = self._user(request)
        if "xml" in request.headers.get("accept", ""):
            return Answer(406, b"", {"Content-Type": "text/plain"})
        return self._call(request, user)

    def _call(self, request: Request, user: User) -> Answer:
        resource, slash, rest = request.path.removeprefix(f"{BASE}/").partition("/")
        name = resource.lower() if self.switches.lenient_case else resource
        if name not in _RESOURCES or not (slash or self.switches.lenient_slash):
            return Answer(404, b"<html><body>Not Found</body></html>", {"Content-Type": "text/html"})
        number, slash, below = rest.partition("/")
        shape = f"{{id}}{slash}{below}" if number else ""
        method = _ROUTES.get((request.method, name, shape))
        if method is None:
            raise Refusal(405, "API000112", f"{request.method} is not supported here.")
        arguments = [unquote(number)] if number else []
        administered = name in _ADMINISTERED
        resources = (
            Administration(self.state, self.switches)
            if administered
            else Resources(self.state, self.switches, user)
        )
        answer: Answer = getattr(resources, method)(request, *arguments)
        return answer

    # Login

    def _user(self, request: Request) -> User:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if self.switches.auth == "oauth2":
            if kind != "Bearer" or self.state.tokens.get(given, 0.0) <= self.state.clock():
                raise Refusal(401, "API000401", "The access token is missing or expired.")
            return User("oauth client", "")
        name, _, password = _decode(given if kind == "Basic" else "").partition(":")
        return self._check(name, password)

    def _check(self, name: str, password: str) -> User:
        user = self.state.users.get(name)
        if user is None:
            raise Refusal(401, "API000401", "Authentication failed.")
        if user.password != password or user.failures >= self.switches.lock_after:
            user.failures += 1
            raise Refusal(401, "API000401", "Authentication failed.")
        user.failures = 0
        if not user.api_user:
            raise Refusal(403, "API000403", f"User {name} lacks the permission API User.")
        return user

    def _token(self, request: Request) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        basic = request.headers.get("authorization", "").partition(" ")[2]
        name, _, secret = _decode(basic).partition(":")
        if self.state.clients.get(name) != secret or not secret:
            return Answer.of(401, {"error": "invalid_client"})
        if form.get("grant_type") != "client_credentials":
            return Answer.of(400, {"error": "unsupported_grant_type"})
        token = secrets.token_urlsafe(24)
        self.state.tokens[token] = self.state.clock() + self.switches.token_seconds
        body = {"access_token": token, "token_type": "Bearer", "expires_in": self.switches.token_seconds}
        return Answer.of(200, body)


def _refusable(call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except Refusal as refusal:
        return refusal.answer()


def _decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
