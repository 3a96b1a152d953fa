"""How resources look in answers: fields, code objects, times, windows of lists, locations."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from local.sterling.answers import Answer, Refusal, Request

if TYPE_CHECKING:
    from local.sterling.state import Mailbox, Message, State
    from local.sterling.switches import Switches

BASE = "/B2BAPIs/svc"
_DEFAULT_WINDOW = 1000

Fields = dict[str, Any]


class Shape:
    """Writes resources the way the switches say."""

    def __init__(self, state: State, switches: Switches) -> None:
        self._state, self._switches = state, switches

    def link(self, resource: str, number: str | int, *, location: bool = False) -> str:
        """Return a resource's address, with the host the server believes it has."""
        encoded = not location or self._switches.encode_location
        text = quote(str(number), safe="" if encoded else ":")
        return f"http://{self._switches.internal_host}{BASE}/{resource}/{text}"

    def created(self, resource: str, number: str | int) -> Answer:
        """Return 201 with the new resource's Location in the body."""
        return Answer.of(201, {"Location": self.link(resource, number, location=True)})

    def time(self, seconds: float) -> str:
        """Return a time as the server writes it: its own clock, perhaps its own zone, always ``+0000``."""
        zone = ZoneInfo(self._switches.mislabelled_zone) if self._switches.mislabelled_zone else UTC
        moment = datetime.fromtimestamp(seconds + self._switches.clock_skew, UTC).astimezone(zone)
        millis = moment.microsecond // 1000 if self._switches.milliseconds else 0
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{millis:03d}+0000"

    def flag(self, *, value: bool, full: bool = True) -> object:
        """Return a yes-or-no field: a code object in full reads, plain elsewhere."""
        if not full or self._switches.plain_values:
            return value
        return {"code": value, "display": "Yes" if value else "No"}

    def mailbox(self, mailbox: Mailbox) -> Fields:
        """Return a mailbox as the API shows it."""
        link = self.link("mailboxes", mailbox.id)
        kind = {"code": "R", "display": "Regular"}
        return {
            "_id": str(mailbox.id),
            "_title": f"Mailbox({mailbox.id})",
            "href": link,
            "path": mailbox.path,
            "description": mailbox.description,
            "permission": f"{mailbox.path} Mailbox",
            "mailboxType": kind["code"] if self._switches.plain_values else kind,
        }

    def message(self, message: Message) -> Fields:
        """Return a message as a full read shows it."""
        link = self.link("mailboxmessages", message.id)
        mailbox = self._state.find_mailbox(message.mailbox)
        return {
            "_id": str(message.id),
            "_title": f"MailboxMessage({message.id})",
            "$ref": link,
            "href": link,
            "actions": {"href": f"{link}/actions", "$ref": f"{link}/actions"},
            "mailboxPath": message.mailbox,
            "mailboxId": mailbox.id if mailbox else 0,
            "id": message.id,
            "name": message.name,
            **self._details(message, full=True),
        }

    def content(self, message: Message, *, detail: bool) -> Fields:
        """Return a message as an item of a mailbox's contents."""
        item: Fields = {"id": message.id, "name": message.name, "type": "message"}
        return item | (self._details(message, full=False) if detail else {})

    def _details(self, message: Message, *, full: bool) -> Fields:
        document = self._state.documents.get(message.document_id)
        policy: Fields = {}
        if message.count is not None:
            policy["extractableCount"] = message.count
        elif message.until is not None:
            policy["extractableUntil"] = self.time(message.until)
        else:
            policy["extractableAlways"] = self.flag(value=bool(message.always), full=full)
        size = {"size": document.size} if document else {}
        return {
            "documentId": message.document_id,
            "creationDate": self.time(message.arrived_at),
            **size,
            **policy,
        }

    def listing(self, request: Request, items: list[Fields]) -> Answer:
        """Return the window of a list that was asked for, with the fields asked for."""
        query = request.query
        items = _sorted(items, query.get("_sort", ""))
        first, last = _window(query.get("_range", ""), self._switches.max_window)
        window = [_chosen(item, query) for item in items[first : last + 1]]
        if not window and self._switches.empty_list != "array":
            raise Refusal(int(self._switches.empty_list), "API000464", "No resource matches the request.")
        shown = f"items {first}-{first + len(window) - 1}/{len(items)}"
        return Answer.of(200, window, **({"Content_Range": shown} if self._switches.content_range else {}))


def _window(text: str, most: int) -> tuple[int, int]:
    if not text:
        return 0, min(_DEFAULT_WINDOW, most) - 1
    first, dash, last = text.partition("-")
    if not (dash and first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise Refusal(400, "API000102", f"Invalid _range {text!r}.")
    return int(first), min(int(last), int(first) + most - 1)


def _sorted(items: list[Fields], fields: str) -> list[Fields]:
    for name in reversed([part for part in fields.split(",") if part]):
        key = name.lstrip("-")
        items = sorted(items, key=lambda item: str(item.get(key, "")), reverse=name.startswith("-"))
    return items


def _chosen(item: Fields, query: dict[str, str]) -> Fields:
    include = set(filter(None, query.get("_include", "").split(",")))
    exclude = set(filter(None, query.get("_exclude", "").split(",")))
    return {
        name: value
        for name, value in item.items()
        if (not include or name in include) and name not in exclude
    }


def like(text: str, pattern: str) -> bool:
    """Whether a text is like a pattern of the API: ``%`` stands for any text, and the end is open."""
    parts = (re.escape(part) for part in pattern.casefold().split("%"))
    return re.match(".*".join(parts), text.casefold(), re.DOTALL) is not None
