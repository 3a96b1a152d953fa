"""How a stream is to be read: strictness, charset and limits, as a partner's profile sets them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Settings of one reading; the defaults suit an unknown partner.

    Attributes:
        strict: Whether every repair is an error.
        lenient_counts: Whether wrong control counts are warnings (control numbers stay errors).
        charset: The Python codec this partner's text is in, overriding what the envelope says.
        chunk_bytes: How much is read from the stream at a time.
        held_bytes: A message longer than this is handed out before its end was read, to be streamed.
        segment_bytes: A segment longer than this without a terminator is a break.
        noise_bytes: More foreign bytes than this beside an interchange are an error, fewer a warning.
        findings_limit: How many findings of reading an interchange or a message keeps; past them the first
            of each rule.
    """

    strict: bool = False
    lenient_counts: bool = False
    charset: str | None = None
    chunk_bytes: int = 65_536
    held_bytes: int = 8_388_608
    segment_bytes: int = 1_048_576
    noise_bytes: int = 200
    findings_limit: int = 1_000
