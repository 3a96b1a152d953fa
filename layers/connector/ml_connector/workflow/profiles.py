"""What a partner's file says about its EDI, as the reader and the codecs take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.profile import CodecProfile

if TYPE_CHECKING:
    from ml_connector.partners.profile import Partner


def codec_profile(partner: Partner) -> CodecProfile:
    """Return how a partner's documents are read and written."""
    named = {"default_currency": partner.currency} if partner.currency else {}
    return CodecProfile.model_validate(named | partner.codec.model_dump(exclude_defaults=True))
