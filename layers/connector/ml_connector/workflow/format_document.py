"""*send document*, second step: a Visma document becomes the partner's EDI under one control number."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs import encode
from ml_connector.codecs.profile import Envelope
from ml_connector.edi import Finding, Severity, read_interchanges, validate
from ml_connector.errors import Misconfigured
from ml_connector.mapping.outward import Change, changed_document, document_of, received_quantities
from ml_connector.store.control_numbers import NumberRange, scope_of
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.profiles import codec_profile, overlay_of

if TYPE_CHECKING:
    from ml_connector.documents import Document
    from ml_connector.edi import Overlay
    from ml_connector.mapping.outward import ItemCodes
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import OutgoingMessage, Partner
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.store.raw import RawStore
    from ml_connector.workflow.sent_versions import DocumentStates

_MOST_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class Formatting:
    """What the step works with."""

    store: RawStore
    audit: AuditTrail
    numbers: ControlNumberStore
    configuration: Configuration
    codes: ItemCodes
    queries: DocumentStates
    test: bool


def format_document(given: dict[str, Any], parts: Formatting, origin: Origin) -> dict[str, Any]:
    """Return the step's input with the reference of the EDI that is to be sent.

    A change that would tell the partner nothing new comes back without one.

    Raises:
        Held: The document changed in a way the partner's message can't say.
        Misconfigured: The partner's profile lacks something, or the EDI would break its standard.
        Rejected: The message can't carry what the document holds.
    """
    ticket = given["document"]
    partner = parts.configuration.partner(ticket["partner"])
    message = _message(partner, ticket["type"])
    document = _document(given, partner, message, parts)
    if document is None:
        return _skip(given, parts, origin)
    prepared_at = _prepared_at(ticket["id"], parts, origin)
    envelope = _envelope(ticket["id"], partner, message, parts, prepared_at)
    content = _encode(document, partner, message, envelope)
    _refuse_faulty(content, ticket, overlay_of(message, parts.configuration))
    ref = parts.store.put(f"outbound/{ticket['id']}.edi", content, metadata={"document": ticket["id"]})
    number = str(envelope.interchange_control_number)
    state = {
        "standard": message.standard,
        "control_number": number,
        "bytes": ref.model_dump(),
        "prepared_at": prepared_at.isoformat(),
        **({"change_sequence": given["change"]["sequence"]} if "change" in given else {}),
    }
    parts.audit.record(
        ticket["id"],
        "formatted",
        origin=origin,
        state=state,
        numbers={"control_number": number},
        facts={"bytes": ref.model_dump(), "standard": message.standard, "version": message.version},
    )
    return {**given, "formatted": ref.model_dump()}


def _document(
    given: dict[str, Any], partner: Partner, message: OutgoingMessage, parts: Formatting
) -> Document | None:
    """The document as the partner is to get it; of a change only what is new to it, None if nothing is."""
    kind, told = given["document"]["type"], given.get("change")
    configuration, codes = parts.configuration, parts.codes
    row = _row(given["fetched"], parts)
    now = document_of(kind, row, partner, message, configuration, codes)
    if told is None:
        return now
    sent = document_of(kind, _row(told["sent"], parts), partner, message, configuration, codes)
    change = Change(
        sequence=told["sequence"],
        on=date.fromisoformat(told["on"]) if told["on"] else None,
        cancelled=told["cancelled"],
        received=received_quantities(row),
    )
    return changed_document(now, sent, change, message.standard)


def _row(ref: dict[str, Any], parts: Formatting) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(parts.store.get(ObjectRef(**ref)), parse_float=Decimal)
    return row


def _skip(given: dict[str, Any], parts: Formatting, origin: Origin) -> dict[str, Any]:
    reason = f"Nothing changed that {given['document']['partner']} was told with {given['change']['of']}."
    parts.audit.record(
        given["document"]["id"], "skipped", origin=origin, state={"reason": reason}, facts={"reason": reason}
    )
    return given


def _prepared_at(item: str, parts: Formatting, origin: Origin) -> datetime:
    """When it was formatted first: as with the control number, a replay's envelope says the same."""
    kept = (parts.queries.state(item) or {}).get("prepared_at")
    return datetime.fromisoformat(kept) if kept else origin.entered_at


def _message(partner: Partner, entity: str) -> OutgoingMessage:
    message = partner.gets(entity)
    if message is None:
        raise Misconfigured(
            f"Partner {partner.id} gets no {entity}.",
            advice=f"Add it to `outgoing:` in partners/{partner.id}.yaml.",
            partner=partner.id,
        )
    return message


def _envelope(
    item: str, partner: Partner, message: OutgoingMessage, parts: Formatting, prepared_at: datetime
) -> Envelope:
    own = next(
        (one for one in parts.configuration.company.identities if one.standard == message.standard), None
    )
    theirs = next((one for one in partner.identities if one.standard == message.standard), None)
    if own is None or theirs is None:
        file = "company.yaml" if own is None else f"partners/{partner.id}.yaml"
        raise Misconfigured(
            f"There is no {message.standard} identity to put into the envelope for {partner.id}.",
            advice=f"Add one to `identities:` in {file}.",
            partner=partner.id,
        )
    scope = scope_of(message.standard, "interchange", own.id, theirs.id, test=parts.test)
    within = NumberRange(partner.control_numbers.first, partner.control_numbers.last)
    number = parts.numbers.draw(scope, item, within)
    return Envelope(
        sender_id=own.id,
        sender_qualifier=own.qualifier,
        receiver_id=theirs.id,
        receiver_qualifier=theirs.qualifier,
        interchange_control_number=number,
        group_control_number=number,
        prepared_at=prepared_at.replace(tzinfo=None),
        test=parts.test,
        association=message.association,
    )


def _encode(document: Document, partner: Partner, message: OutgoingMessage, envelope: Envelope) -> bytes:
    profile = codec_profile(partner).model_copy(update={"envelope": envelope})
    return encode(document, standard=message.standard, version=message.version, profile=profile)


def _refuse_faulty(content: bytes, ticket: dict[str, Any], overlay: Overlay | None) -> None:
    errors = [finding for finding in _findings(content, overlay) if finding.severity is Severity.ERROR]
    if errors:
        raise Misconfigured(
            f"The EDI of {ticket['type']} {ticket['number']} would break its standard or the partner's own "
            f"rules: {errors[0].message}",
            advice=f"Mend the partner file of {ticket['partner']} or the document in Visma, and replay it.",
            findings=[finding.as_dict() for finding in errors[:_MOST_FINDINGS]],
        )


def _findings(content: bytes, overlay: Overlay | None) -> list[Finding]:
    found: list[Finding] = []
    for interchange in read_interchanges(io.BytesIO(content)):
        for message in interchange.messages():
            found += [*validate(message, overlay=overlay), *message.findings]
        found += interchange.findings
    return found
