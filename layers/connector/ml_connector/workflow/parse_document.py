"""*process document*, first step: one message's bytes become a business document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ml_connector.codecs import decode
from ml_connector.codecs.recognition import read_documents
from ml_connector.edi import Finding, Message, Severity, Standard, read_interchanges, validate
from ml_connector.errors import Rejected
from ml_connector.workflow.peek import business_messages
from ml_connector.workflow.profiles import codec_profile, overlay_for, reading_of
from ml_connector.workflow.tickets import DocumentTicket

if TYPE_CHECKING:
    from ml_connector.documents import Document
    from ml_connector.edi import Overlay
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import Partner
    from ml_connector.store.audit import AuditTrail, Origin
    from ml_connector.store.raw import RawStore

_MOST_FINDINGS = 50
# Formats without interchanges: the stored bytes are the file.
_FILES = frozenset({"ubl", "cxml", "idoc"})
# Where each standard says a message's version.
_VERSION_PLACES = {Standard.X12: ("GS", 8), Standard.EDIFACT: ("UNH", 2), Standard.TRADACOMS: ("MHD", 2)}


@dataclass(frozen=True, slots=True)
class Parsing:
    """What the step works with."""

    store: RawStore
    audit: AuditTrail
    configuration: Configuration


def parse_document(given: dict[str, Any], parts: Parsing, origin: Origin) -> dict[str, Any]:
    """Return the step's input with the reference of the document's JSON.

    Raises:
        Rejected: The message breaks its standard or can't be a document; says where, expected and found.
        BytesAltered: The stored bytes are not those that came.
    """
    ticket = DocumentTicket(**given["document"])
    partner = parts.configuration.partner(ticket.partner)
    with parts.store.open(ticket.bytes) as stream:
        if ticket.standard in _FILES:
            for document in read_documents(stream.read(), profile=codec_profile(partner)):
                return _keep(given, ticket, document, parts, origin)
        for interchange in read_interchanges(stream, reading_of(partner)):
            for message in business_messages(interchange):
                findings = examined(message, overlay_for(partner, message, parts.configuration))
                refuse_faulty(findings, message)
                findings += version_remarks(message, partner)
                _tell_validated(ticket, message, findings, parts, origin)
                document = decode(interchange, message, profile=codec_profile(partner))
                return _keep(given, ticket, document, parts, origin)
    raise Rejected("The stored message holds no message.", advice="Ask the partner to send it again.")


def examined(message: Message, overlay: Overlay | None) -> list[Finding]:
    """Return what reading and validating found in a message, as its partner's own rules weigh it."""
    validated = validate(message, overlay=overlay)
    return [*(overlay.weigh(found) if overlay else found for found in message.findings), *validated]


def version_remarks(message: Message, partner: Partner) -> list[Finding]:
    """Return a warning if a message came in a version that its partner's file does not name."""
    agreed = partner.agreed_versions(message.standard.value, message.type)
    if not agreed or agreed & {message.version, f"{message.version}{message.association}"}:
        return []
    tag, element = _VERSION_PLACES[message.standard]
    text = f"{message.type} came in version {message.version}; agreed are {', '.join(sorted(agreed))}."
    return [
        Finding(
            severity=Severity.WARNING,
            rule="version-not-agreed",
            message=text,
            tag=tag,
            element=element,
            value=message.version,
        )
    ]


def refuse_faulty(findings: list[Finding], message: Message) -> None:
    """Let a message pass whose findings are no errors.

    Raises:
        Rejected: It breaks its standard, or its partner's own rules.
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        more = f" {len(errors) - 1} more findings say more." if len(errors) > 1 else ""
        raise Rejected(
            f"Message {message.control_number} ({message.type}): {errors[0].message}{more}",
            advice="The partner must send it right, or its profile must allow this.",
            findings=[finding.as_dict() for finding in errors[:_MOST_FINDINGS]],
        )


def _tell_validated(
    ticket: DocumentTicket, message: Message, findings: list[Finding], parts: Parsing, origin: Origin
) -> None:
    """Record that the message keeps its standard, and what was noticed all the same."""
    facts = {
        "type": message.type,
        "version": message.version,
        "findings": [finding.as_dict() for finding in findings[:_MOST_FINDINGS]],
    }
    parts.audit.record(ticket.id, "validated", origin=origin, facts=facts)


def _keep(
    given: dict[str, Any],
    ticket: DocumentTicket,
    document: Document,
    parts: Parsing,
    origin: Origin,
) -> dict[str, Any]:
    content = document.model_dump_json(exclude_none=True).encode()
    ref = parts.store.put(f"documents/{ticket.id}.json", content, metadata={"document": ticket.id})
    numbers = {"number": document.number, **_references(document)}
    parts.audit.record(
        ticket.id,
        "parsed",
        origin=origin,
        state={
            "document_type": document.document_type,
            "number": document.number,
            "parsed": ref.model_dump(),
        },
        numbers=numbers,
        facts={
            "document": ref.model_dump(),
            "remarks": [finding.model_dump(mode="json") for finding in document.findings[:_MOST_FINDINGS]],
            "normalisations": [n.model_dump(mode="json") for n in document.normalisations[:_MOST_FINDINGS]],
        },
    )
    return {**given, "parsed": ref.model_dump()}


def _references(document: Document) -> dict[str, str]:
    """The numbers of other documents that people will look for this one by."""
    orders = [getattr(document, "order_number", None)]
    orders += [reference.po_number for reference in getattr(document, "order_references", ())]
    found = dict.fromkeys(number for number in orders if number)
    return {f"order_{place}": number for place, number in enumerate(found, start=1)}
