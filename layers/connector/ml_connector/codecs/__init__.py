"""Codecs: EDI messages to business documents and back, both directions side by side, one module a message."""

from __future__ import annotations

from ml_connector.codecs.profile import CodecProfile, Envelope, Layout
from ml_connector.codecs.registry import CODECS, Codec, decode, decode_bytes, encode

__all__ = ["CODECS", "Codec", "CodecProfile", "Envelope", "Layout", "decode", "decode_bytes", "encode"]
