"""From the rows of one transaction set to the bytes of its interchange."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ml_connector.codecs.x12.fields import FIELDS
from ml_connector.edi import X12_SEPARATORS, Address, Separators, Standard
from ml_connector.edi.compose import compose_interchange
from ml_connector.edi.outgoing import OutgoingGroup, OutgoingInterchange, OutgoingMessage
from ml_connector.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from ml_connector.codecs.profile import CodecProfile, Layout
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.documents import BusinessDocument

#: ISA12 for the release in GS08.
_INTERCHANGE_VERSIONS = {"004010": "00401", "005010": "00501"}
_NOBODY = "UNKNOWN"
_MUTUALLY_DEFINED = "ZZ"


def interchange_of(
    document: BusinessDocument, message: str, writer: SetWriter, profile: CodecProfile
) -> bytes:
    """One interchange with one group with one transaction set.

    Raises:
        Misconfigured: A value holds a character that the charset or the separators rule out.
    """
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


def _envelope(document: BusinessDocument, version: str, profile: CodecProfile) -> OutgoingInterchange:
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
        test=given.test,
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
        f"{field} can't be written in X12 {version}: {error.message}",
        advice=error.advice or "Remove the character, or agree on another charset or other separators.",
        field=field,
        **error.context,
    )
