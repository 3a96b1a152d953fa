"""What a partner's file says about its EDI, as the reader and the codecs take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from ml_connector.codecs.profile import CodecProfile
from ml_connector.edi import Overlay, ReadOptions
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from ml_connector.partners.configuration import Configuration
    from ml_connector.partners.profile import OutgoingMessage, Partner


def codec_profile(partner: Partner) -> CodecProfile:
    """Return how a partner's documents are read and written."""
    named = {"default_currency": partner.currency} if partner.currency else {}
    return CodecProfile.model_validate(named | partner.codec.model_dump(exclude_defaults=True))


def overlay_of(message: OutgoingMessage, configuration: Configuration) -> Overlay | None:
    """Return a partner's own rules for a message it gets; None where it has none.

    Raises:
        Misconfigured: The file is missing, or says what no overlay can.
    """
    if message.overlay is None:
        return None
    file = f"overlays/{message.overlay}.yaml"
    if file not in configuration.sources:
        raise Misconfigured(f"There is no {file}.", advice="Add it, or take `overlay:` out of `outgoing:`.")
    try:
        return Overlay.model_validate(configuration.sources[file].data)
    except ValidationError as error:
        raise Misconfigured(f"{file} is no overlay: {error}", advice="Correct the file.") from error


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
