"""What travels between the steps: references and names, never payloads."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from ml_connector.store.audit import Origin
from ml_connector.store.objects import ObjectRef

# Step Functions takes 80 characters, and logs names of letters, digits, - and _ only (API StartExecution).
_NAME_LENGTH = 80
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_-]+")
_ID_DIGITS = 16


class Ticket(BaseModel):
    """A frozen set of references."""

    model_config = ConfigDict(frozen=True)


class MessageTicket(Ticket):
    """One mailbox message, as `poll_sterling` starts *receive interchange* with it."""

    system: str
    mailbox: str
    message_id: str
    name: str = ""
    arrived_at: str = ""

    @property
    def id(self) -> str:
        """The message's id in the audit trail: the same whoever computes it."""
        return message_item(self.system, self.mailbox, self.message_id)


class DocumentTicket(Ticket):
    """One business document on its way: what *process document* and *send document* pass on."""

    id: str
    direction: Literal["in", "out"]
    standard: str
    type: str
    number: str
    partner: str
    control_number: str = ""
    parent: str = ""
    test: bool = False
    bytes: ObjectRef


def message_item(system: str, mailbox: str, message_id: str) -> str:
    """Return the audit id of a mailbox message: 16 hexadecimal digits that never change."""
    return hashlib.sha256(f"{system}|{mailbox}|{message_id}".encode()).hexdigest()[:_ID_DIGITS]


def execution_name(*parts: str, attempt: int = 0) -> str:
    """Return a readable execution name; its last part and the attempt always survive the 80 characters."""
    *words, last = (_FORBIDDEN.sub("-", part).strip("-") for part in parts)
    ending = f"-{last}" + (f"-r{attempt}" if attempt else "")
    return ("-".join(word for word in words if word)[: _NAME_LENGTH - len(ending)] + ending).lstrip("-")


def origin_of(step: str, context: dict[str, Any]) -> Origin:
    """Return the origin of a step's events from the context object of Step Functions."""
    execution, state = context["Execution"], context["State"]
    return Origin(
        step=step,
        execution=execution["Id"],
        entered_at=datetime.fromisoformat(state["EnteredTime"]),
        started_at=_moment(execution.get("StartTime")),
        retry=int(state.get("RetryCount") or 0),
        redrive=int(execution.get("RedriveCount") or 0),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def asked_in(given: dict[str, Any]) -> dict[str, Any]:
    """Return what an execution of *receive interchange* was asked beyond its message: single interchanges."""
    return {name: given[name] for name in ("interchanges", "released") if given.get(name)}


def item_of(given: dict[str, Any]) -> str:
    """Return the audit id of what an execution was started with: a document's or a mailbox message's."""
    if "document" in given:
        return str(given["document"]["id"])
    message = given.get("message")
    return message_item(message["system"], message["mailbox"], message["message_id"]) if message else ""
