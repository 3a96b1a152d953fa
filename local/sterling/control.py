"""The simulator's own endpoints under ``/_control/``: what tests and people steer and read it with."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pydantic import ValidationError

from local.sterling.answers import Answer, Refusal, Request, missing
from local.sterling.faults import FaultPlan
from local.sterling.state import Rule, User
from local.sterling.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.sterling.api import SterlingApi
    from local.sterling.state import Message


def control(api: SterlingApi, request: Request) -> Answer:
    """Return the answer to a control request.

    ``GET journal``, ``GET counts``, ``DELETE journal``, ``GET|POST faults``, ``GET|PATCH switches``,
    ``POST drop?mailbox=&name=`` with the file as body, ``GET outbox?mailbox=[&take=true]``,
    ``GET mailboxes``, ``PUT users``, ``PUT rules``, ``DELETE messages/{id}``.

    Raises:
        Refusal: There is no such endpoint, or the body isn't what it takes.
    """
    name = request.path.removeprefix("/_control/")
    handler = _ENDPOINTS.get((request.method, name.partition("/")[0]))
    if handler is None:
        raise missing(f"{request.method} {name}")
    try:
        return handler(api, request)
    except ValidationError as error:
        raise Refusal(400, "CONTROL", str(error)) from error


def _journal(api: SterlingApi, _: Request) -> Answer:
    return Answer.of(200, api.journal)


def _counts(api: SterlingApi, _: Request) -> Answer:
    return Answer.of(200, {"total": sum(api.counts.values()), "by_call": api.counts})


def _clear(api: SterlingApi, _: Request) -> Answer:
    api.journal.clear()
    api.counts.clear()
    return Answer.of(200, {})


def _faults(api: SterlingApi, request: Request) -> Answer:
    api.faults = FaultPlan.parse(request.body)
    return Answer.of(200, {})


def _read_switches(api: SterlingApi, _: Request) -> Answer:
    return Answer.of(200, api.switches.model_dump())


def _switch(api: SterlingApi, request: Request) -> Answer:
    api.switches = Switches.model_validate(api.switches.model_dump() | request.json())
    return _read_switches(api, request)


def _drop(api: SterlingApi, request: Request) -> Answer:
    query = request.query
    if not query.get("mailbox", "").startswith("/"):
        raise Refusal(400, "CONTROL", "mailbox must be an absolute path such as /ACME/Inbox.")
    message = api.state.drop(query["mailbox"], query.get("name", "unnamed"), request.body)
    return Answer.of(201, {"id": message.id})


def _outbox(api: SterlingApi, request: Request) -> Answer:
    found = api.state.in_mailbox(request.query.get("mailbox", ""))
    shown = [_shown(api, message) for message in found]
    if request.query.get("take") == "true":
        for message in found:
            del api.state.messages[message.id]
    return Answer.of(200, shown)


def _shown(api: SterlingApi, message: Message) -> dict[str, Any]:
    document = api.state.documents.get(message.document_id)
    payload = document.payload if document else base64.b64encode(b"").decode()
    return {"id": message.id, "name": message.name, "arrived_at": message.arrived_at, "payload": payload}


def _mailboxes(api: SterlingApi, _: Request) -> Answer:
    paths = sorted(mailbox.path for mailbox in api.state.mailboxes.values())
    return Answer.of(200, {path: len(api.state.in_mailbox(path)) for path in paths})


def _put_user(api: SterlingApi, request: Request) -> Answer:
    user = User(**request.json())
    api.state.users[user.name] = user
    return Answer.of(200, {})


def _put_rule(api: SterlingApi, request: Request) -> Answer:
    rule = Rule(**request.json())
    api.state.rules[rule.name] = rule
    return Answer.of(200, {})


def _remove(api: SterlingApi, request: Request) -> Answer:
    number = re.sub(r"^.*/", "", unquote(request.path))
    if not number.isdigit() or api.state.messages.pop(int(number), None) is None:
        raise missing(f"Message {number}")
    return Answer.of(200, {})


_ENDPOINTS: dict[tuple[str, str], Callable[[SterlingApi, Request], Answer]] = {
    ("GET", "journal"): _journal,
    ("DELETE", "journal"): _clear,
    ("GET", "counts"): _counts,
    ("POST", "faults"): _faults,
    ("GET", "switches"): _read_switches,
    ("PATCH", "switches"): _switch,
    ("POST", "drop"): _drop,
    ("GET", "outbox"): _outbox,
    ("GET", "mailboxes"): _mailboxes,
    ("PUT", "users"): _put_user,
    ("PUT", "rules"): _put_rule,
    ("DELETE", "messages"): _remove,
}
