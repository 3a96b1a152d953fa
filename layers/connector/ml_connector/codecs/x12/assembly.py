"""From the rows of one transaction set to the bytes of its interchange."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from ml_connector.codecs.fidelity import losses
from ml_connector.codecs.x12.fields import FIELDS
from ml_connector.edi import (
    X12_SEPARATORS,
    Address,
    Separators,
    Severity,
    Standard,
    read_interchanges,
    validate,
)
from ml_connector.edi.compose import compose_interchange
from ml_connector.edi.outgoing import OutgoingGroup, OutgoingInterchange, OutgoingMessage
from ml_connector.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.codecs.profile import CodecProfile, Layout
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.documents import Document
    from ml_connector.edi import Interchange, Message

    Decode = Callable[[Interchange, Message, CodecProfile], Document]

#: ISA12 for the release in GS08.
_INTERCHANGE_VERSIONS = {"004010": "00401", "005010": "00501"}
_NOBODY = "UNKNOWN"
_MUTUALLY_DEFINED = "ZZ"


#: What kind of thing it is stands beside each of these; the code is how the source standard called it.
_CODES = frozenset(
    (
        "action_code",
        "basis_code",
        "invoice_type_code",
        "order_type_code",
        "price_code",
        "response_code",
        "type_code",
    )
)
#: Worked out from the rest of the line; its writer has checked it.
_WORKED_OUT = frozenset(("line_net_amount", "net_amount"))
_STANDARD_RATE = "S"


def interchange_of(document: Document, message: str, writer: SetWriter, decode: Decode) -> bytes:
    """One interchange with one group with one transaction set, proven to say what the document says.

    Args:
        document: What has been written to ``writer``.
        message: The set's number.
        writer: Holds the rows.
        decode: Reads the set, to prove that nothing has been lost.

    Raises:
        Misconfigured: A value holds a character that the charset or the separators rule out, or the set has
            no place for a value.
    """
    profile = writer.profile
    data = _bytes_of(document, message, writer)
    reading = profile.model_copy(
        update={
            "units_in": {},  # the document has been adapted: its units are the partner's already
            "allow_negative": profile.allow_negative and not profile.credit_negative,
        }
    )
    for interchange in read_interchanges(BytesIO(data)):
        for read in interchange.messages():
            _refuse_faults(writer, read)
            _prove(writer, document, decode(interchange, read, reading))
    return data


def _refuse_faults(writer: SetWriter, message: Message) -> None:
    """Refuse what breaks the set's own rules, such as an order without a line."""
    for finding in validate(message):
        if finding.severity is Severity.ERROR:
            place = f"{finding.tag}{finding.element:02d}" if finding.element else finding.tag
            raise writer.refuse(FIELDS.get(place, place), finding.message, finding.value or "")


def _prove(writer: SetWriter, document: Document, read_back: Document) -> None:
    for path, value, found in losses(document, read_back):
        field = path.rpartition(".")[2]
        if field in _CODES or field in _WORKED_OUT or (field == "category" and value == _STANDARD_RATE):
            continue
        raise writer.refuse(path, f"it would read back as {str(found)!r}", value)


def _bytes_of(document: Document, message: str, writer: SetWriter) -> bytes:
    profile = writer.profile
    envelope = profile.envelope
    outgoing = OutgoingMessage(
        type=message,
        rows=writer.rows,
        control_number=f"{envelope.message_control_number:04d}",
        association=envelope.association or "",
    )
    group = OutgoingGroup(
        messages=[outgoing],
        control_number=str(envelope.group_control_number),
        version=writer.version,
        sender=envelope.group_sender_id or "",
        receiver=envelope.group_receiver_id or "",
    )
    try:
        return compose_interchange(_envelope(document, writer.version, profile), [group])
    except Rejected as error:
        raise _named(error, writer.version) from error


def _envelope(document: Document, version: str, profile: CodecProfile) -> OutgoingInterchange:
    given, layout = profile.envelope, profile.layout
    source = document.source
    return OutgoingInterchange(
        standard=Standard.X12,
        sender=Address(
            given.sender_id or (source and source.sender_id) or _NOBODY,
            given.sender_qualifier or _MUTUALLY_DEFINED,
        ),
        receiver=Address(
            given.receiver_id or (source and source.receiver_id) or _NOBODY,
            given.receiver_qualifier or _MUTUALLY_DEFINED,
        ),
        control_number=str(given.interchange_control_number),
        prepared_at=given.prepared_at or datetime.now(UTC),
        test=given.test or bool(source and source.test),
        version=_INTERCHANGE_VERSIONS[version],
        charset=layout.charset or "ascii",
        separators=_separators(layout),
        acknowledge=given.acknowledgement_wanted,
        line_break="\n" if layout.line_breaks else "",
    )


def _separators(layout: Layout) -> Separators:
    usual = X12_SEPARATORS
    element = layout.element or usual.element
    return Separators(
        element=element,
        component=layout.component or usual.component,
        repetition=layout.repetition or "",
        terminator=layout.terminator or usual.terminator,
        tag=element,
    )


def _named(error: Rejected, version: str) -> Misconfigured:
    """The refusal of a character, naming the document's field beside the element."""
    tag, element = error.context.get("tag", ""), error.context.get("element", 0)
    place = f"{tag}{element:02d}" if isinstance(element, int) else str(tag)
    field = FIELDS.get(place, place)
    return Misconfigured(
        f"{field} can't be written in X12 {version}: {error.message} It is {error.context.get('value')!r}.",
        advice=error.advice or "Remove the character, or agree on another charset or other separators.",
        field=field,
        **error.context,
    )
