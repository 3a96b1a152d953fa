"""Mailboxes, their messages and documents: what each method on each of these resources does."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Unpack

from local.sterling.answers import Answer, Refusal, Request, missing
from local.sterling.multipart import Part, read_parts
from local.sterling.requirements import is_true, require
from local.sterling.shaping import Fields, Shape, like
from local.sterling.state import DEAD_LETTER, Document, Mailbox, Message, Policy, State, User

if TYPE_CHECKING:
    from local.sterling.switches import Switches

_POLICIES = ("extractableAlways", "extractableCount", "extractableUntil")


class Resources:
    """The resources for one user.

    Args:
        state: What the server holds.
        switches: How it behaves.
        user: Who asks.
    """

    def __init__(self, state: State, switches: Switches, user: User) -> None:
        self._state, self._switches, self._user = state, switches, user
        self._shape = Shape(state, switches)

    # mailboxes

    def list_mailboxes(self, request: Request) -> Answer:
        """GET mailboxes/: those the user may use whose path is like ``path``."""
        pattern = request.query.get("path", request.query.get("searchFor", ""))
        found = [
            box for box in self._state.mailboxes.values() if self._may(box.path) and like(box.path, pattern)
        ]
        return self._list(request, [self._shape.mailbox(box) for box in found])

    def read_mailbox(self, _: Request, number: str) -> Answer:
        """GET mailboxes/{id}."""
        return Answer.of(200, self._shape.mailbox(self._mailbox(number)))

    def create_mailbox(self, request: Request) -> Answer:
        """POST mailboxes/."""
        body = request.json()
        require(body, "path", "description")
        parents = is_true(body.get("createParentMailbox", False))
        mailbox = self._state.create_mailbox(body["path"], parents=parents)
        mailbox.description = str(body["description"])
        return self._shape.created("mailboxes", mailbox.id)

    def update_mailbox(self, request: Request, number: str) -> Answer:
        """PUT mailboxes/{id}: description, users and groups; a path never changes."""
        mailbox, body = self._mailbox(number), request.json()
        if unknown := body.keys() - {"description", "users", "groups"}:
            raise Refusal(400, "API000104", f"Not updatable: {', '.join(sorted(unknown))}.")
        mailbox.description = str(body.get("description", mailbox.description))
        return Answer.of(200, {"rowsAffected": 1})

    def delete_mailbox(self, _: Request, number: str) -> Answer:
        """DELETE mailboxes/{id}."""
        mailbox = self._mailbox(number)
        if mailbox.path == DEAD_LETTER:
            raise Refusal(400, "API000316", f"{DEAD_LETTER} cannot be deleted.")
        del self._state.mailboxes[mailbox.id]
        return Answer.of(200, {"rowsAffected": 1})

    # mailboxcontents

    def list_contents(self, request: Request) -> Answer:
        """GET mailboxcontents/: sub-mailboxes and messages of one mailbox, not recursive."""
        mailbox = self._mailbox(request.query.get("parentMailboxId", ""))
        detail = request.query.get("detail", "") == "true" and self._switches.contents_fields
        below = [
            {"id": box.id, "name": box.path.rpartition("/")[2], "type": "mailbox"}
            for box in self._state.mailboxes.values()
            if box.path.rpartition("/")[0] == mailbox.path
        ]
        messages = self._in_order(self._state.in_mailbox(mailbox.path))
        return self._list(request, below + [self._shape.content(found, detail=detail) for found in messages])

    # mailboxmessages

    def list_messages(self, request: Request) -> Answer:
        """GET mailboxmessages/: all messages the user may see; unknown parameters are ignored."""
        if self._switches.list_messages != "answer":
            status = int(self._switches.list_messages)
            raise Refusal(status, "API000103", "This operation is not supported for the resource.")
        query, found = request.query, [m for m in self._state.messages.values() if self._may(m.mailbox)]
        if path := query.get("mailboxPath"):
            found = [message for message in found if message.mailbox == path]
        if name := query.get("name", query.get("searchFor")):
            found = [message for message in found if like(message.name, name)]
        shaped = [self._shape.message(message) for message in self._in_order(found)]
        if self._switches.list_fields == "few":
            shaped = [{name: item[name] for name in ("_id", "id", "name")} for item in shaped]
        return self._list(request, shaped)

    def read_message(self, _: Request, number: str) -> Answer:
        """GET mailboxmessages/{id}."""
        return Answer.of(200, self._shape.message(self._message(number)))

    def create_message(self, request: Request) -> Answer:
        """POST mailboxmessages/: an existing document into a mailbox."""
        body = request.json()
        require(body, "documentId", "mailboxPath", "name")
        self._permit(body["mailboxPath"])
        message = self._add(body["mailboxPath"], body["name"], body["documentId"], **_policy(body))
        return self._shape.created("mailboxmessages", message.id)

    def update_message(self, request: Request, number: str) -> Answer:
        """PUT mailboxmessages/{id}: extractability, or back on the queue of the routing rules."""
        message, body = self._message(number), request.json()
        if unknown := body.keys() - {*_POLICIES, "resubmitMessage"}:
            raise Refusal(400, "API000104", f"Not updatable: {', '.join(sorted(unknown))}.")
        if policy := _policy(body):
            message.always, message.count, message.until = None, None, None
            vars(message).update(policy)
        if is_true(body.get("resubmitMessage", False)):
            message.considered = False
        return Answer.of(200, {"rowsAffected": 1})

    def delete_message(self, _: Request, number: str) -> Answer:
        """DELETE mailboxmessages/{id}: the document stays."""
        del self._state.messages[self._message(number).id]
        return Answer.of(200, {"rowsAffected": 1})

    def list_actions(self, _: Request, number: str) -> Answer:
        """GET mailboxmessages/{id}/actions."""
        link = self._shape.link("mailboxmessages", self._message(number).id)
        return Answer.of(200, {name: {"href": f"{link}/actions/{name}"} for name in ("extract", "move")})

    def extract_message(self, _: Request, number: str) -> Answer:
        """POST mailboxmessages/{id}/actions/extract: begin and commit at once."""
        message = self._message(number)
        if not message.extractable(self._state.clock()):
            raise Refusal(400, "API000317", f"Message {number} is not extractable.")
        if message.count is not None and self._switches.extract_decrements:
            message.count -= 1
        return Answer.of(200, self._payload(self._state.documents[message.document_id]))

    def move_message(self, request: Request, number: str) -> Answer:
        """POST mailboxmessages/{id}/actions/move."""
        message, path = self._message(number), str(request.json().get("mailboxPath", ""))
        if self._state.find_mailbox(path) is None:
            raise Refusal(400, "API000314", f"Mailbox {path} does not exist.")
        self._permit(path)
        message.mailbox = path
        return Answer.of(200, {"rowsAffected": 1})

    # documents

    def create_document(self, request: Request) -> Answer:
        """POST documents/: a payload in base64."""
        body = request.json()
        require(body, "payload")
        try:
            content = base64.b64decode(body["payload"], validate=True)
        except (binascii.Error, ValueError):
            raise Refusal(400, "API000105", "payload is not base64.") from None
        self._limit(len(content))
        return self._shape.created(
            "documents", self._state.create_document(str(body.get("documentName", "")), content).id
        )

    def read_document(self, _: Request, number: str) -> Answer:
        """GET documents/{id}: the payload, as the switch says."""
        document = self._state.documents.get(number)
        if document is None:
            raise missing(f"Document {number}")
        self._limit(document.size)
        if self._switches.payload == "raw":
            return Answer(200, document.content, {"Content-Type": "application/octet-stream"})
        return Answer.of(200, self._payload(document))

    def delete_document(self, _: Request, number: str) -> Answer:
        """DELETE documents/{id}."""
        if self._state.documents.pop(number, None) is None:
            raise missing(f"Document {number}")
        return Answer.of(200, {"rowsAffected": 1})

    # messagebatches

    def create_batch(self, request: Request) -> Answer:
        """POST messagebatches/: files straight into a mailbox, the file's name becomes the message's."""
        parts = read_parts(request)
        paths = [part.content.decode() for part in parts if part.name == "mailboxName"]
        files = [part for part in parts if part.name == "upstream"]
        if not paths or not files:
            raise Refusal(400, "API000106", "The parts upstream and mailboxName are required.")
        for path in paths:
            self._permit(path)
        messages = [self._upload(paths[min(i, len(paths) - 1)], f) for i, f in enumerate(files)]
        return self._shape.created("messagebatches", messages[0].id)

    def _upload(self, path: str, part: Part) -> Message:
        self._limit(len(part.content))
        if self._state.find_mailbox(path) is None:
            raise Refusal(400, "API000314", f"Mailbox {path} does not exist.")
        return self._add(path, part.filename, self._state.create_document(part.filename, part.content).id)

    # details

    def _list(self, request: Request, items: list[Fields]) -> Answer:
        return self._shape.listing(request, items)

    def _in_order(self, messages: list[Message]) -> list[Message]:
        return sorted(messages, key=lambda message: message.id, reverse=self._switches.newest_first)

    def _may(self, path: str) -> bool:
        allowed = self._user.mailboxes
        return "*" in allowed or path in allowed

    def _permit(self, path: str) -> None:
        if not self._may(path):
            raise Refusal(403, "API000403", f"User {self._user.name} lacks the permission {path} Mailbox.")

    def _mailbox(self, number: str) -> Mailbox:
        found = self._state.mailboxes.get(int(number)) if number.isdigit() else None
        if found is None:
            raise missing(f"Mailbox {number}")
        self._permit(found.path)
        return found

    def _message(self, number: str) -> Message:
        found = self._state.messages.get(int(number)) if number.isdigit() else None
        if found is None:
            raise missing(f"MailboxMessage {number}")
        self._permit(found.mailbox)
        return found

    def _add(self, mailbox: str, name: str, document_id: str, **policy: Unpack[Policy]) -> Message:
        if len(name) > 255:
            raise Refusal(400, "API000107", "The message name is longer than 255 characters.")
        for old in [found for found in self._state.in_mailbox(mailbox) if self._replaces(name, found.name)]:
            del self._state.messages[old.id]  # its document stays
        return self._state.create_message(mailbox, name, document_id, **policy)

    def _replaces(self, name: str, old: str) -> bool:
        if self._switches.duplicate_names == "replace_caseless":
            return name.casefold() == old.casefold()
        return self._switches.duplicate_names == "replace" and name == old

    def _payload(self, document: Document) -> Fields:
        fields: Fields = {"_id": document.id, "documentName": document.name, "size": document.size}
        if self._switches.payload == "plain":
            return fields | {"payload": document.content.decode("latin-1"), "isPlainText": True}
        return fields | {"payload": document.payload, "isPlainText": self._shape.flag(value=False)}

    def _limit(self, size: int) -> None:
        if size > self._switches.max_payload:
            raise Refusal(500, "API000001", "java.lang.OutOfMemoryError: Java heap space")


def _policy(body: Fields) -> Policy:
    given = [name for name in _POLICIES if name in body]
    if len(given) > 1:
        raise Refusal(400, "API000109", "Multiple Extractable Types Specified.")
    if not given:
        return {}
    value = body[given[0]]
    if given[0] == "extractableCount":
        if not re.fullmatch(r"\d+", str(value)):
            raise Refusal(400, "API000110", f"extractableCount {value!r} is no number.")
        return {"always": None, "count": int(value)}
    if given[0] == "extractableUntil":
        if not re.fullmatch(r"\d{8}T\d{4}", str(value)):
            raise Refusal(400, "API000110", f"extractableUntil {value!r} is not yyyyMMddThhmm.")
        until = datetime.strptime(value, "%Y%m%dT%H%M").replace(tzinfo=UTC)
        return {"always": None, "until": until.timestamp()}
    return {"always": is_true(value)}
