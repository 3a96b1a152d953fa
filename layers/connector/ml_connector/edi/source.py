"""A binary stream read chunk by chunk, with byte offsets, lines and a view of what comes next."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from ml_connector.edi.options import ReadOptions

UTF8_BOM = codecs.BOM_UTF8
#: What half a character at the end of a UTF-16 stream is read as.
REPLACEMENT = "\ufffd"
UTF16_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Source:
    """The bytes of a stream from a position that only moves forward.

    A stream that starts with a UTF-16 byte order mark is read as its text in UTF-8; offsets then count in
    that text. It has all that is in the stream: lone surrogates stay what they are, and half a unit at the
    end is read as U+FFFD and kept in ``odd``.

    Attributes:
        data: Bytes read and perhaps already taken.
        at: Where in ``data`` the bytes not taken yet start.
        line: The line of the next byte, counting from 1.
        ended: Whether the stream has been read to its end.
        encoding: The UTF-16 form that was decoded, or "".
        charset: The charset a byte order mark tells, None without one.
        odd: The half of a UTF-16 unit with which the stream ends, or so far ended.
    """

    __slots__ = (
        "_chunk",
        "_decoder",
        "_stream",
        "at",
        "base",
        "charset",
        "data",
        "encoding",
        "ended",
        "line",
        "odd",
    )

    def __init__(self, stream: BinaryIO, options: ReadOptions) -> None:
        self._stream = stream
        self._chunk = options.chunk_bytes
        self.base = 0
        self._decoder: codecs.IncrementalDecoder | None = None
        self.data = b""
        self.at = 0
        self.line = 1
        self.ended = False
        self.encoding = ""
        self.charset: str | None = None
        self.odd = b""
        self._start()

    @property
    def offset(self) -> int:
        """The byte offset of the next byte in the stream."""
        return self.base + self.at

    @property
    def left(self) -> int:
        """How many bytes are at hand."""
        return len(self.data) - self.at

    def fill(self) -> bool:
        """Read one more chunk; return False at the end of the stream."""
        if self.ended:
            return False
        chunk = self._read()
        self.data = self.data[self.at :] + chunk
        self.base += self.at
        self.at = 0
        return not self.ended

    def ensure(self, count: int) -> bool:
        """Read until count bytes are at hand; return False when the stream ends before."""
        while self.left < count and self.fill():
            pass
        return self.left >= count

    def peek(self, count: int) -> bytes:
        """Return up to count of the next bytes at hand."""
        return self.data[self.at : self.at + count]

    def take(self, count: int) -> bytes:
        """Return the next count bytes and move past them."""
        taken = self.data[self.at : self.at + count]
        self.at += len(taken)
        self.line += taken.count(b"\n")
        return taken

    def give_back(self, count: int) -> None:
        """Move back over the last count bytes taken since the last fill."""
        self.at -= count
        self.line -= self.data.count(b"\n", self.at, self.at + count)

    def _start(self) -> None:
        head = self._stream.read(self._chunk)
        while 0 < len(head) < 4 and (more := self._stream.read(self._chunk)):
            head += more
        self.encoding = UTF16_BOMS.get(head[:2], "")
        if self.encoding:
            self._decoder = codecs.getincrementaldecoder(self.encoding)("surrogatepass")
            head = self._recoded(head[2:], self._decoder)
        if self.encoding or head.startswith(UTF8_BOM):
            self.charset = "utf-8"
        self.data = head
        self.ended = not head and not self.encoding

    def _read(self) -> bytes:
        chunk = self._stream.read(self._chunk)
        self.ended = not chunk
        return chunk if self._decoder is None else self._recoded(chunk, self._decoder)

    def _recoded(self, chunk: bytes, decoder: codecs.IncrementalDecoder) -> bytes:
        """Return the UTF-8 of some more UTF-16; the unit that goes on in the next chunk waits for it."""
        chunk = self.odd + chunk
        whole = len(chunk) - len(chunk) % 2
        self.odd = chunk[whole:]
        text = decoder.decode(chunk[:whole], self.ended)
        if self.odd and self.ended:
            text += REPLACEMENT
        return text.encode("utf-8", "surrogatepass")
