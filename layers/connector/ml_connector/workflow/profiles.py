"""What a partner's file says about its EDI, as the reader and the codecs take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.profile import CodecProfile
from ml_connector.edi import ReadOptions

if TYPE_CHECKING:
    from ml_connector.edi import Message, Overlay
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.outgoing import OutgoingMessage
    from ml_connector.partners.profile import Partner


def codec_profile(partner: Partner) -> CodecProfile:
    """Return how a partner's documents are read and written."""
    named = {"default_currency": partner.currency} if partner.currency else {}
    return CodecProfile.model_validate(named | partner.codec.model_dump(exclude_defaults=True))


def overlay_of(message: OutgoingMessage, configuration: Configuration) -> Overlay | None:
    """Return a partner's own rules for a message it gets; None where it has none."""
    return configuration.overlays[message.overlay] if message.overlay else None


def overlay_for(partner: Partner, message: Message, configuration: Configuration) -> Overlay | None:
    """Return a partner's own rules for a message it sends; None where it has none."""
    name = partner.overlay_for(message.standard.value, message.type)
    return configuration.overlays[name] if name else None


def reading_of(partner: Partner) -> ReadOptions:
    """Return how a partner's interchanges are read: strictness, lenient counts, charset."""
    reading = partner.reading
    return ReadOptions(strict=reading.strict, lenient_counts=reading.lenient_counts, charset=reading.charset)


def reading_in(configuration: Configuration, mailbox: str) -> ReadOptions:
    """Return how what stands in a mailbox is read: as the partner whose mailbox it is says.

    Whose an interchange is stands inside it, so before it is read only the mailbox can tell.
    """
    for partner in configuration.partners:
        if mailbox in partner.mailboxes.inbound:
            return reading_of(partner)
    return ReadOptions()
