"""What is done to a supplier invoice once it is in Visma: its rendering is attached, then it is released.

Neither undoes the posting when it fails. What may pass is tried again a bounded number of times; whatever
stays undone stands in the audit trail with Visma's words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ml_connector.errors import ConnectorError, OutcomeUnknown, Unavailable
from ml_connector.visma.attachments import attach_rendering
from ml_connector.visma.models.supplier_invoice import SupplierInvoice
from ml_connector.visma.release import release_invoice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ml_connector.visma.client import VismaClient
    from ml_connector.visma.posting import Posted
    from ml_connector.visma.wire import WriteModel
    from ml_connector.workflow.tickets import DocumentTicket

_TRANSIENT = (Unavailable, OutcomeUnknown)
# With the state machine's pauses about as long as an hour's rate takes to come back.
MOST_TRIES = 12


@dataclass(frozen=True, slots=True)
class Finish:
    """How far a posted document got.

    Attributes:
        attachment: The id of the attachment; empty without one.
        release: Whether it is released: ``released``, ``released_before``, or empty where it is not.
        undone: What could not be done, with the error, in the order of doing.
        tries: How many tries were made since the last that ended.
    """

    attachment: str = ""
    release: str = ""
    undone: tuple[tuple[str, ConnectorError], ...] = ()
    tries: int = 1

    @property
    def passing(self) -> ConnectorError | None:
        """The error that a further try may not meet again, while tries are left."""
        errors = (error for _, error in self.undone if isinstance(error, _TRANSIENT))
        return next(errors, None) if self.tries < MOST_TRIES else None

    @property
    def note(self) -> str:
        """What is undone and why, in sentences for a person."""
        return " ".join(f"It is not {what} in Visma: {error.message}" for what, error in self.undone)

    @property
    def state(self) -> dict[str, Any]:
        """What the document's state keeps for the next try."""
        return {
            "attachment": self.attachment,
            "release": self.release,
            "finishing": self.tries if self.passing else 0,
        }

    @property
    def facts(self) -> dict[str, Any]:
        """What the audit event says."""
        undone = [{"what": what, "error": str(error)} for what, error in self.undone]
        return {"attachment": self.attachment, "release": self.release, "undone": undone}


@dataclass(frozen=True, slots=True)
class ToFinish:
    """A posted document and what its finishing needs.

    Attributes:
        visma: The company's client.
        ticket: The document.
        body: What was posted.
        posted: What it is in Visma.
        edi: The bytes of the message, as they came.
        release: Whether the configuration releases it.
    """

    visma: VismaClient
    ticket: DocumentTicket
    body: WriteModel
    posted: Posted
    edi: bytes
    release: bool

    def run(self, known: Mapping[str, Any]) -> Finish:
        """Attach and release what is not yet, and return how far it got; what Visma answers is never raised.

        Args:
            known: The document's state, with what earlier tries did.
        """
        body = self.body
        if not isinstance(body, SupplierInvoice):
            return Finish()
        finish = _found(known)
        if not finish.attachment:
            finish = _try(finish, "attachment", "attached", lambda: self._attach(body))
        # An attachment belongs before the release (API A12), so the release waits for its further tries.
        if self.release and not finish.release and not finish.passing:
            finish = _try(finish, "release", "released", lambda: self._release(body))
        return finish

    def _attach(self, body: SupplierInvoice) -> str:
        ticket = self.ticket
        facts = {"Partner": ticket.partner, "Document": ticket.id, "Control number": ticket.control_number}
        title = f"{ticket.type} {ticket.number}"
        return attach_rendering(self.visma, body, self.posted.number, title=title, facts=facts, edi=self.edi)

    def _release(self, body: SupplierInvoice) -> str:
        fresh = not self.posted.repeated
        return release_invoice(self.visma, body.document_type, self.posted.number, fresh=fresh)


def _found(known: Mapping[str, Any]) -> Finish:
    tries = int(known.get("finishing") or 0) + 1
    return Finish(str(known.get("attachment") or ""), str(known.get("release") or ""), (), tries)


def _try(finish: Finish, name: str, done: str, act: Callable[[], str]) -> Finish:
    try:
        changed: dict[str, Any] = {name: act()}
    except ConnectorError as error:
        changed = {"undone": (*finish.undone, (done, error))}
    return replace(finish, **changed)
