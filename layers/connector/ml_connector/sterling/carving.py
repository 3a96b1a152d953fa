"""One string taken out of a JSON object that comes in chunks, without the whole ever being in memory."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LONGEST_SKELETON = 1 << 20


class _Carver:
    """Takes the string value of one top-level key out of a JSON text that comes in chunks.

    Args:
        field: The key.
        sink: Receives the string's text, unescaped and encoded as UTF-8.
    """

    # Where the string starts is found by a scan that knows strings and depth, so a key of the same name
    # inside another value isn't taken for it.
    _TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^"{}\[\]:,]+', re.DOTALL)

    def __init__(self, field: str, sink: Callable[[bytes], None]) -> None:
        self._key, self._sink = json.dumps(field).encode(), sink
        self.skeleton = bytearray()
        self._pending = b""
        self._depth = 0
        self._previous = (b"", b"")
        self._inside = False
        self.found = False

    def feed(self, chunk: bytes) -> None:
        """Take the next part of the text."""
        data = self._pending + chunk
        self._pending = b""
        while data:
            data = self._inside_string(data) if self._inside else self._outside(data)

    def close(self) -> dict[str, Any]:
        """Return the object around the string.

        Raises:
            ValueError: The text ended inside the string or is no JSON object.
        """
        if self._inside:
            raise ValueError("the text ended inside the payload")
        body = json.loads(bytes(self.skeleton) + self._pending)
        if not isinstance(body, dict):
            raise ValueError("the text is no JSON object")  # noqa: TRY004 - one kind of error for a bad text
        return body

    def _outside(self, data: bytes) -> bytes:
        position = 0
        while position < len(data):
            if self._at_value() and data[position : position + 1] == b'"':
                self._keep(data[:position] + b'"')
                self._inside = self.found = True
                return data[position + 1 :]
            token = self._TOKEN.match(data, position)
            if token is None:  # a string that goes on in the next chunk
                break
            position = token.end()
            self._note(token.group())
        self._keep(data[:position])
        self._pending = data[position:]
        if len(self._pending) > _LONGEST_SKELETON:
            raise ValueError("a field beside the payload is too long")
        return b""

    def _at_value(self) -> bool:
        return self._depth == 1 and not self.found and self._previous == (self._key, b":")

    def _note(self, token: bytes) -> None:
        if token.isspace():
            return
        self._depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token, 0)
        self._previous = (self._previous[1], token)

    def _keep(self, data: bytes) -> None:
        self.skeleton += data
        if len(self.skeleton) > _LONGEST_SKELETON:
            raise ValueError("what surrounds the payload is too long")

    def _inside_string(self, data: bytes) -> bytes:
        end = _end_of_string(data)
        if end >= 0:
            self._emit(data[:end])
            self._inside = False
            self._keep(b'"')
            self._previous = (b"", b"")
            return data[end + 1 :]
        cut = _safe_cut(data)
        self._emit(data[:cut])
        self._pending = data[cut:]
        return b""

    def _emit(self, text: bytes) -> None:
        if text:
            self._sink(_ESCAPES.sub(_unescape, text))


# Only escapes are decoded, in runs so that surrogate pairs stay together: a character's bytes may be cut.
_ESCAPES = re.compile(rb"(?:\\u[0-9a-fA-F]{4}|\\[^u])+", re.DOTALL)
_STRING = re.compile(rb'(?:[^"\\]+|\\.)*', re.DOTALL)
# An unfinished escape at the end of a chunk, or a high surrogate whose other half may follow.
_OPEN_ESCAPE = re.compile(
    rb"\\(?:u[0-9a-fA-F]{0,3}|u[dD][89abAB][0-9a-fA-F]{2}(?:\\(?:u[0-9a-fA-F]{0,3})?)?)?$"
)


def _unescape(run: re.Match[bytes]) -> bytes:
    text: str = json.loads(b'"' + run.group() + b'"')
    return text.encode("utf-8", "surrogatepass")


def _end_of_string(data: bytes) -> int:
    quote = data.find(b'"')
    if quote < 0 or b"\\" not in data[:quote]:
        return quote
    match = _STRING.match(data)
    end = match.end() if match else len(data)
    return end if data[end : end + 1] == b'"' else -1


def _safe_cut(data: bytes) -> int:
    tail = data[-12:]
    for start in range(len(tail)):
        if tail[start : start + 1] != b"\\" or _escaped(data, len(data) - len(tail) + start):
            continue
        if _OPEN_ESCAPE.match(tail, start):
            return len(data) - len(tail) + start
    return len(data)


def _escaped(data: bytes, position: int) -> bool:
    before = position
    while before and data[before - 1 : before] == b"\\":
        before -= 1
    return (position - before) % 2 == 1


def carve(chunks: Iterable[bytes], field: str, sink: Callable[[bytes], None]) -> tuple[dict[str, Any], bool]:
    """Return a JSON object without the contents of one field, and whether it had the field as a string.

    Raises:
        ValueError: The text is cut short or no JSON object.
    """
    carver = _Carver(field, sink)
    for chunk in chunks:
        carver.feed(chunk)
    return carver.close(), carver.found
