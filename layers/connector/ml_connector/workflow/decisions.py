"""What a person decides about one document or interchange: hold it, release it, reroute it, close it.

Each decision is an event with who and why; what it changes for the next execution stands in the state as
``instructions``, so that every later replay heeds it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.documents import DOCUMENTS, FunctionalAcknowledgement
from ml_connector.errors import Misconfigured, Rejected
from ml_connector.partners.fragments import ENTITIES
from ml_connector.store.audit import OPEN_STATUSES, Origin
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.document_story import known_state
from ml_connector.workflow.instructions import Instructions
from ml_connector.workflow.replay import document_state, start_anew

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ml_connector.partners.configuration import Configuration
    from ml_connector.store.raw import RawStore
    from ml_connector.workflow.replay import Replaying


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, and why.

    Raises:
        Rejected: No reason was given.
    """

    name: str
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise Rejected("No reason was given.", advice="Say why; it is recorded.")

    def origin(self, step: str) -> Origin:
        """Return the origin of the person's event."""
        return Origin(step=step, actor=self.name)


@dataclass(frozen=True, slots=True)
class Rerouting:
    """Where a document goes instead; what is left out stays as it was."""

    partner: str = ""
    entity: str = ""
    company: str = ""
    fields: Mapping[str, str] | None = None
    mailbox: str = ""


@dataclass(frozen=True, slots=True)
class ReroutingParts:
    """What a reroute works with.

    Attributes:
        check_company: Raises Misconfigured for a company this deployment does not serve.
    """

    replaying: Replaying
    configuration: Configuration
    store: RawStore
    check_company: Callable[[str], object]


def hold_document(document: str, person: Person, parts: Replaying) -> dict[str, Any]:
    """Stop a document before it is posted or sent; an execution that is under way stops there too.

    Raises:
        Rejected: It is in Visma already, or is settled otherwise.
    """
    state = document_state(document, parts.queries)
    _refuse_posted(state)
    if state.get("status") not in OPEN_STATUSES:
        raise Rejected(
            f"{document} is {state.get('status')}: there is nothing left to hold.",
            advice="Only documents that are still on their way are held.",
        )
    changes = {
        "held_because": person.reason,
        "reason": person.reason,
        "advice": f"When it may go on: ml-connector documents release {document} --reason ...",
        "error": "Held",
    }
    parts.audit.record(
        document, "held", origin=person.origin("hold"), state=changes, facts={"reason": person.reason}
    )
    return {"document": document, "status": "held"}


def release_document(document: str, person: Person, parts: Replaying) -> dict[str, Any]:
    """Let a held document go on, past what held it, in a new execution.

    Raises:
        Rejected: It is not held.
    """
    state = document_state(document, parts.queries)
    if state.get("status") != "held" and not state.get("held_because"):
        raise Rejected(
            f"{document} is not held but {state.get('status')}.",
            advice="`ml-connector documents list --status held` lists what is held.",
        )
    # A person's own hold is lifted; what a rule or a doubt holds is passed.
    by_rule = not state.get("held_because")
    told = {**(state.get("instructions") or {}), **({"released": True} if by_rule else {})}
    changes = {"held_because": None, "instructions": told}
    parts.audit.record(
        document, "released", origin=person.origin("release"), state=changes, facts={"reason": person.reason}
    )
    return start_anew(document, {**state, "instructions": told}, parts)


def reroute_document(
    document: str,
    to: Rerouting,
    person: Person,
    parts: ReroutingParts,
) -> dict[str, Any]:
    """Start a document again for another partner, company, entity or mailbox, or with corrected values.

    Its bytes stay what came; the decision and its reason stand beside them.

    Raises:
        Rejected: Nothing was to be changed, or the document is in Visma already.
        Misconfigured: There is no such partner, company, entity or field, or the field does not take the
            value.
    """
    state = document_state(document, parts.replaying.queries)
    _refuse_posted(state)
    _refuse_wrong_way(state, to)
    if to.entity and to.entity not in ENTITIES:
        raise Misconfigured(
            f"There is no entity {to.entity!r}.", advice=f"Give one of {', '.join(ENTITIES)}."
        )
    if to.company:
        parts.check_company(to.company)
    told = _rerouted(state, to, parts.store)
    partner = parts.configuration.partner(to.partner).id if to.partner else state["partner"]
    facts = {"reason": person.reason, "from": state["partner"], "to": partner, "instructions": told}
    parts.replaying.audit.record(
        document,
        "rerouted",
        origin=person.origin("reroute"),
        state={"partner": partner, "instructions": told},
        facts=facts,
    )
    formatted = state.get("direction") == "out" and bool(state.get("bytes"))
    changed = {**state, "partner": partner, "instructions": told}
    return start_anew(document, changed, parts.replaying, sending_only=formatted)


def review_item(item: str, person: Person, parts: Replaying, *, close: bool = False) -> dict[str, Any]:
    """Record that a person looked at a document, interchange or message; closed, it is off the open lists.

    Raises:
        Rejected: Nobody knows it.
    """
    known_state(item, parts.queries)
    note = f"Reviewed by {person.name}: {person.reason}"
    parts.audit.record(
        item,
        "closed" if close else "reviewed",
        origin=person.origin("review"),
        state={"note": note, "reviewed_by": person.name},
        facts={"reason": person.reason},
    )
    return {"item": item, "closed": close, "note": note}


def _rerouted(state: Mapping[str, Any], to: Rerouting, store: RawStore) -> dict[str, Any]:
    before = Instructions.model_validate(state.get("instructions") or {})
    told = Instructions.model_validate(
        {
            "released": before.released,
            "entity": to.entity or before.entity,
            "company": to.company or before.company,
            "fields": {**before.fields, **(to.fields or {})},
            "mailbox": to.mailbox or before.mailbox,
        }
    )
    if told.fields and state.get("parsed"):
        document = DOCUMENTS.validate_json(store.get(ObjectRef(**state["parsed"])))
        if not isinstance(document, FunctionalAcknowledgement):
            told.document(document)
    return told.plain()


def _refuse_wrong_way(state: Mapping[str, Any], to: Rerouting) -> None:
    """Refuse what does not fit the document's direction: one that leaves only has a mailbox to go to."""
    inward = bool(to.partner or to.entity or to.company or to.fields)
    outward = bool(to.mailbox)
    if state.get("direction") == "in" and (outward or not inward):
        raise Rejected(
            "A document that came in goes to another partner, company or entity, or gets other values.",
            advice="Give --partner, --company, --entity or --set field=value.",
        )
    if state.get("direction") == "out" and (inward or not outward):
        raise Rejected(
            "A document that leaves goes to another mailbox; its values are mended in Visma.",
            advice="Give --mailbox; or mend the document in Visma and replay it.",
        )


def _refuse_posted(state: Mapping[str, Any]) -> None:
    if state.get("visma_number") and state.get("direction") == "in":
        raise Rejected(
            f"{state['item']} is in Visma as {state.get('visma_entity', '')} {state['visma_number']}.",
            advice="Change or void it there.",
        )
