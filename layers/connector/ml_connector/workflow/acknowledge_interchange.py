"""*receive interchange*, last step: each interchange is answered as its partner agreed, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from ml_connector.edi import Interchange, Standard, read_interchanges
from ml_connector.edi.acknowledgement import AcknowledgementKind, ControlNumbers, acknowledge
from ml_connector.edi.outcome import examine
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.control_number_scopes import counters_between
from ml_connector.workflow.profiles import overlay_for, reading_in
from ml_connector.workflow.send_to_sterling import Consignment
from ml_connector.workflow.tickets import MessageTicket

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.edi.outcome import MessageOutcome
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.store.raw import RawStore

# A control number that came with other content is for a person to judge, so it gets no answer yet.
_UNANSWERED = frozenset({"held", "unassigned"})


@dataclass(frozen=True, slots=True)
class Acknowledging:
    """What the step works with."""

    store: RawStore
    audit: AuditTrail
    queries: AuditQueries
    numbers: ControlNumberStore
    configuration: Configuration
    send: Callable[[Consignment], dict[str, Any]]


def acknowledge_interchange(given: dict[str, Any], parts: Acknowledging, origin: Origin) -> dict[str, Any]:
    """Return how many acknowledgements were sent.

    Raises:
        Unavailable: Sterling or a store did not answer; what was sent is not sent again.
    """
    ticket = MessageTicket(**given["message"])
    options = reading_in(parts.configuration, ticket.mailbox)
    sent = 0
    with parts.store.open(ObjectRef(**given["raw"])) as stream:
        for index, interchange in enumerate(read_interchanges(stream, options), start=1):
            sent += _answer(f"{ticket.id}-{index}", interchange, parts, origin)
    # Whatever delayed or stopped it before, the message has come to its end.
    parts.audit.record(ticket.id, "settled", origin=origin, facts={"acknowledgements": sent})
    return {"acknowledgements": sent}


def _answer(item: str, interchange: Interchange, parts: Acknowledging, origin: Origin) -> int:
    state = parts.queries.state(item) or {}
    if not state.get("partner") or state.get("status") in _UNANSWERED:
        return 0
    partner = parts.configuration.partner(state["partner"])
    kinds = _kinds(partner, interchange.standard)
    if not kinds:
        return 0
    rules = partial(overlay_for, partner, configuration=parts.configuration)
    outcomes = examine(interchange, overlay=rules)
    # A repeat gets the bytes of its first arrival again: the same number, date and time.
    first = parts.queries.state(state["earlier"]) or state if state.get("earlier") else state
    answers = [(kind, _compose(first, kind, interchange, outcomes, partner, parts)) for kind in kinds]
    sent = [_send(item, kind, content, partner, parts) for kind, content in answers if content is not None]
    if sent:
        parts.audit.record(item, "acknowledged", origin=origin, facts={"sent": sent})
    return len(sent)


def _kinds(partner: Partner, standard: Standard) -> list[AcknowledgementKind]:
    wanted = {Standard.X12: partner.acknowledgements.x12, Standard.EDIFACT: partner.acknowledgements.edifact}
    named = wanted.get(standard, "none")
    return [] if named == "none" else [AcknowledgementKind(kind) for kind in named.split("+")]


def _compose(
    first: dict[str, Any],
    kind: AcknowledgementKind,
    interchange: Interchange,
    outcomes: list[MessageOutcome],
    partner: Partner,
    parts: Acknowledging,
) -> bytes | None:
    standard, sender, receiver = interchange.standard.value, interchange.receiver.id, interchange.sender.id
    counters = counters_between(standard, sender, receiver, partner, test=interchange.test)
    # The counters of all that goes to the partner, so that no answer shares a number with a document.
    drawn = {
        level: str(
            parts.numbers.draw(counters[level].scope, f"{first['item']}-{kind.value}", counters[level].within)
        )
        for level in ("interchange", "group")
        if level in counters
    }
    return acknowledge(
        interchange,
        outcomes,
        numbers=ControlNumbers(interchange=drawn["interchange"], group=drawn.get("group", "1")),
        prepared_at=datetime.fromisoformat(first["created_at"]),
        kind=kind,
    )


def _send(
    item: str, kind: AcknowledgementKind, content: bytes, partner: Partner, parts: Acknowledging
) -> dict[str, Any]:
    ref = parts.store.put(
        f"acknowledgements/{item}-{kind.value}.edi", content, metadata={"interchange": item}
    )
    where = parts.send(
        Consignment(
            send_id=f"acknowledgement-{item}-{kind.value}",
            partner=partner.id,
            label=kind.value,
            content=ref,
            mailbox=partner.mailboxes.outbound or "",
        )
    )
    return {"kind": kind.value, "bytes": ref.model_dump(), **where}
