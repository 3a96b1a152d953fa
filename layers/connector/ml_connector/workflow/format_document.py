"""*send document*, second step: a Visma document becomes the partner's EDI under one control number."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs import encode
from ml_connector.codecs.recognition import read_documents
from ml_connector.documents import Severity as DocumentSeverity
from ml_connector.edi import Finding, Severity, read_interchanges, validate
from ml_connector.errors import Misconfigured
from ml_connector.mapping.outward import Change, changed_document, document_of, received_quantities
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.envelopes import ALL_LEVELS, OF_MESSAGE, Numbering, numbers_in
from ml_connector.workflow.format_interchange import format_interchange
from ml_connector.workflow.profiles import codec_profile, overlay_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import Envelope
    from ml_connector.documents import Document, DocumentFinding
    from ml_connector.edi import Overlay
    from ml_connector.mapping.outward import ItemCodes
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.outgoing import OutgoingMessage
    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.store.gatherings import Gatherings
    from ml_connector.store.raw import RawStore
    from ml_connector.workflow.sent_versions import DocumentStates

_MOST_FINDINGS = 50
_STOPPING = frozenset({DocumentSeverity.ERROR, DocumentSeverity.HOLD})
# No codec reads these.
_WRITTEN_ONLY = frozenset({"PAYORD"})


@dataclass(frozen=True, slots=True)
class Formatting:
    """What the step works with."""

    store: RawStore
    audit: AuditTrail
    numbers: ControlNumberStore
    configuration: Configuration
    codes: ItemCodes
    queries: DocumentStates
    gatherings: Gatherings
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
    if "gathering" in ticket:
        return format_interchange(given, parts, origin, prepared_first(ticket["id"], parts.queries, origin))
    partner = parts.configuration.partner(ticket["partner"])
    message = _message(partner, ticket["type"])
    document = _document(given, partner, message, parts)
    if document is None:
        return _skip(given, parts, origin)
    prepared_at = prepared_first(ticket["id"], parts.queries, origin)
    numbering = Numbering(parts.configuration, parts.numbers, parts.test)
    levels = OF_MESSAGE if message.is_gathered else ALL_LEVELS
    envelope = numbering.envelope(ticket["id"], partner, message, prepared_at, levels)
    content = _encode(document, partner, message, envelope)
    refuse_faulty(content, ticket, message, parts.configuration)
    name = f"outbound/{ticket['id']}.{extension_of(message.standard)}"
    ref = parts.store.put(name, content, metadata={"document": ticket["id"]})
    # What waits for others gets the numbers of their interchange when that is made.
    numbers = {} if message.is_gathered else numbers_in(envelope, message.standard)
    state = {
        "standard": message.standard,
        **numbers,
        "bytes": ref.model_dump(),
        "prepared_at": prepared_at.isoformat(),
        **({"change_sequence": given["change"]["sequence"]} if "change" in given else {}),
    }
    parts.audit.record(
        ticket["id"],
        "formatted",
        origin=origin,
        state=state,
        numbers=numbers,
        facts={"bytes": ref.model_dump(), "standard": message.standard, "version": message.version},
    )
    return {**given, "formatted": ref.model_dump()}


def extension_of(standard: str) -> str:
    """Return the end of the names of files of a standard."""
    return "xml" if standard == "ubl" else "edi"


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


def prepared_first(item: str, queries: DocumentStates, origin: Origin) -> datetime:
    """Return when it was formatted first: as with the control number, a replay's envelope says the same."""
    kept = (queries.state(item) or {}).get("prepared_at")
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


def _encode(document: Document, partner: Partner, message: OutgoingMessage, envelope: Envelope) -> bytes:
    profile = codec_profile(partner).model_copy(update={"envelope": envelope})
    return encode(
        document,
        standard=message.standard,
        version=message.version,
        message=message.message,
        profile=profile,
    )


def refuse_faulty(
    content: bytes, ticket: dict[str, Any], message: OutgoingMessage, configuration: Configuration
) -> None:
    """Return if the EDI keeps to its standard and to the partner's own rules.

    Raises:
        Misconfigured: It does not; the findings stand in the error's context.
    """
    syntax = () if message.standard == "ubl" else _findings(content, overlay_of(message, configuration))
    errors = [(one.message, one.as_dict()) for one in syntax if one.severity is Severity.ERROR]
    if message.message not in _WRITTEN_ONLY:
        partner = configuration.partner(ticket["partner"])
        errors += [(one.message, one.model_dump(mode="json")) for one in _doubts(content, partner)]
    if errors:
        raise Misconfigured(
            f"The EDI of {ticket['type']} {ticket['number']} would break its standard or the partner's own "
            f"rules: {errors[0][0]}",
            advice=f"Mend the partner file of {ticket['partner']} or the document in Visma, and replay it.",
            findings=[finding for _, finding in errors[:_MOST_FINDINGS]],
        )


def _doubts(content: bytes, partner: Partner) -> Iterator[DocumentFinding]:
    """What would stop the document if it came in, such as totals that don't add up."""
    for document in read_documents(content, profile=codec_profile(partner)):
        yield from (one for one in document.findings if one.severity in _STOPPING)


def _findings(content: bytes, overlay: Overlay | None) -> list[Finding]:
    found: list[Finding] = []
    for interchange in read_interchanges(io.BytesIO(content)):
        for message in interchange.messages():
            found += [*validate(message, overlay=overlay), *message.findings]
        found += interchange.findings
    return found
