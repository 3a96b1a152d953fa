"""What the simulated Sterling holds: mailboxes, messages, documents, users, rules and their runs."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from local.sterling.answers import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEAD_LETTER = "/DeadLetter"


@dataclass
class Mailbox:
    """A mailbox by its absolute path."""

    id: int
    path: str
    description: str = ""


@dataclass
class Document:
    """A stored payload; base64 so that the state is plain JSON."""

    id: str
    name: str
    payload: str
    size: int

    @property
    def content(self) -> bytes:
        """The payload's bytes."""
        return base64.b64decode(self.payload)


class Policy(TypedDict, total=False):
    """What a new message may be given besides its document: its extractability, an arrival in the past."""

    always: bool | None
    count: int | None
    until: float | None
    arrived_at: float


@dataclass
class Message:
    """A message: a document under a name in a mailbox, with exactly one extractability policy."""

    id: int
    mailbox: str
    name: str
    document_id: str
    arrived_at: float
    always: bool | None = True
    count: int | None = None
    until: float | None = None
    considered: bool = False

    def extractable(self, now: float) -> bool:
        """Whether a consumer may extract it."""
        if self.count is not None:
            return self.count > 0
        if self.until is not None:
            return now < self.until
        return bool(self.always)


@dataclass
class User:
    """An API user: password, mailboxes it may use, and whether it is one."""

    name: str
    password: str
    mailboxes: list[str] = field(default_factory=lambda: ["*"])
    api_user: bool = True
    failures: int = 0


@dataclass
class Rule:
    """A routing rule: messages of these mailboxes and names start a business process."""

    name: str
    action: str
    mailboxes: list[str] = field(default_factory=list)
    pattern: str = "*"
    mode: str = "automatic"
    consumes: bool = False

    def matches(self, message: Message) -> bool:
        """Whether the rule is for a message; no mailboxes means all of them."""
        return (not self.mailboxes or message.mailbox in self.mailboxes) and fnmatchcase(
            message.name, self.pattern
        )


class State:
    """Everything the server remembers; not safe for threads, the server holds one lock.

    Args:
        clock: Returns the time as seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.mailboxes: dict[int, Mailbox] = {}
        self.messages: dict[int, Message] = {}
        self.documents: dict[str, Document] = {}
        self.users: dict[str, User] = {"admin": User("admin", "password")}
        self.clients: dict[str, str] = {"connector": "secret"}
        self.tokens: dict[str, float] = {}
        self.rules: dict[str, Rule] = {}
        self.partners: dict[str, dict[str, Any]] = {}
        self.communities: dict[str, dict[str, Any]] = {}
        self.runs: list[dict[str, Any]] = []
        self.last_id = 0
        self.last_evaluation = 0.0
        self.create_mailbox(DEAD_LETTER)

    def next_id(self) -> int:
        """Return the database's next number."""
        self.last_id += 1
        return self.last_id

    def find_mailbox(self, path: str) -> Mailbox | None:
        """Return the mailbox of a path."""
        return next((found for found in self.mailboxes.values() if found.path == path), None)

    def create_mailbox(self, path: str, *, parents: bool = True) -> Mailbox:
        """Create a mailbox, and those above it if asked to.

        Raises:
            Refusal: It exists, or the one above it doesn't.
        """
        if self.find_mailbox(path):
            raise Refusal(400, "API000312", f"Mailbox {path} already exists.")
        above = path.rpartition("/")[0]
        if above and not self.find_mailbox(above):
            if not parents:
                raise Refusal(400, "API000313", f"Parent mailbox {above} does not exist.")
            self.create_mailbox(above)
        mailbox = Mailbox(self.next_id(), path, path.rpartition("/")[2])
        self.mailboxes[mailbox.id] = mailbox
        return mailbox

    def create_document(self, name: str, content: bytes) -> Document:
        """Store a payload; no message refers to it yet."""
        number = self.next_id()
        document_id = f"sim:node1:{int(self.clock() * 1000):x}:{number}"
        document = Document(document_id, name, base64.b64encode(content).decode(), len(content))
        self.documents[document_id] = document
        return document

    def create_message(self, mailbox: str, name: str, document_id: str, **policy: Unpack[Policy]) -> Message:
        """Put a document into a mailbox.

        Raises:
            Refusal: There is no such mailbox or document.
        """
        if self.find_mailbox(mailbox) is None:
            raise Refusal(400, "API000314", f"Mailbox {mailbox} does not exist.")
        if document_id not in self.documents:
            raise Refusal(400, "API000315", f"Document {document_id} does not exist.")
        given: Policy = {"arrived_at": self.clock(), **policy}
        message = Message(self.next_id(), mailbox, name, document_id, **given)
        self.messages[message.id] = message
        return message

    def drop(self, mailbox: str, name: str, content: bytes, **policy: Unpack[Policy]) -> Message:
        """Put a file into a mailbox as a partner's upload does, creating the mailbox if need be."""
        if self.find_mailbox(mailbox) is None:
            self.create_mailbox(mailbox)
        return self.create_message(mailbox, name, self.create_document(name, content).id, **policy)

    def in_mailbox(self, path: str) -> list[Message]:
        """Return a mailbox's messages, oldest number first."""
        return [message for message in self.messages.values() if message.mailbox == path]

    def evaluate_rules(self) -> None:
        """Run the automatic rules, at most once a minute; each message is considered only once."""
        if self.clock() - self.last_evaluation < 60:
            return
        self.last_evaluation = self.clock()
        for message in [found for found in self.messages.values() if not found.considered]:
            message.considered = True
            for rule in self.rules.values():
                if rule.mode == "automatic" and rule.matches(message):
                    self.run_rule(rule, message)

    def run_rule(self, rule: Rule, message: Message) -> None:
        """Start a rule's business process for a message, which may consume it."""
        self.runs.append({"workFlowId": self.next_id(), "wfdName": rule.action, "docId": message.document_id})
        if rule.consumes:
            self.messages.pop(message.id, None)

    def save(self, path: Path) -> None:
        """Write the state as JSON, whole or not at all."""
        body = {name: _plain(value) for name, value in vars(self).items() if name != "clock"}
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(body))
        fresh.replace(path)

    def load(self, path: Path) -> None:
        """Read a state written by :meth:`save`."""
        body = json.loads(path.read_text())
        self.mailboxes = {int(key): Mailbox(**value) for key, value in body.pop("mailboxes").items()}
        self.messages = {int(key): Message(**value) for key, value in body.pop("messages").items()}
        self.documents = {key: Document(**value) for key, value in body.pop("documents").items()}
        self.users = {key: User(**value) for key, value in body.pop("users").items()}
        self.rules = {key: Rule(**value) for key, value in body.pop("rules").items()}
        vars(self).update(body)


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON values
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value
