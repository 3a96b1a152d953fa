"""Bytes beside interchanges."""

from __future__ import annotations

from dataclasses import dataclass

from ml_connector.edi.splitting import BLANKS

_SAMPLE_BYTES = 256


@dataclass(slots=True)
class Noise:
    """What stood before an interchange or after the last: how much, and how it began.

    Attributes:
        offset: Byte offset where it starts.
        line: Line where it starts.
        size: Bytes in all.
        solid: Bytes that are neither blank nor NUL nor Ctrl-Z.
        controls: NUL and Ctrl-Z bytes.
        sample: The first of the bytes.
    """

    offset: int
    line: int
    size: int = 0
    solid: int = 0
    controls: int = 0
    sample: bytes = b""

    def add(self, data: bytes) -> None:
        """Count some more bytes."""
        self.size += len(data)
        self.solid += len(data.translate(None, BLANKS))
        self.controls += data.count(b"\x00") + data.count(b"\x1a")
        if len(self.sample) < _SAMPLE_BYTES:
            self.sample += data[: _SAMPLE_BYTES - len(self.sample)]
