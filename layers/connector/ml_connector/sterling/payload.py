"""Payloads out of JSON documents without ever being whole in memory.

A document's payload is one base64 string inside one JSON object. The answer is read in chunks: the string's
contents go to a spooled file, everything around them is kept as a small skeleton that is parsed afterwards.
"""

from __future__ import annotations

import base64
import binascii
import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ml_connector.errors import Rejected, Unavailable
from ml_connector.sterling.carving import carve
from ml_connector.sterling.messages import as_flag
from ml_connector.sterling.settings import PayloadEncoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_IN_MEMORY = 1 << 20  # larger payloads go to disk
_CHUNK = 3 << 18  # a multiple of 3 and 4: base64 is decoded piece by piece
_OVERHEAD = 1.5  # base64 takes 4/3 of the payload, line ends a little more


class PayloadTooLarge(Rejected):
    """The payload is larger than the configured limit."""


class PayloadUnreadable(Unavailable):
    """The payload's answer is cut short or is not what it should be; a later attempt may bring it whole."""


def new_spool() -> BinaryIO:
    """Return an empty file, in memory while small and on disk when it grows."""
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))


class Limit:
    """Counts what is written to a file and stops beyond the configured limit."""

    def __init__(self, target: BinaryIO, most: int, *, encoded: bool = False) -> None:
        self._target, self.most, self._written = target, most, 0
        self._stop = int(most * _OVERHEAD) + 1024 if encoded else most

    def write(self, data: bytes) -> None:
        """Write, or raise :class:`PayloadTooLarge`."""
        self._written += len(data)
        if self._written > self._stop:
            raise too_large(self.most)
        self._target.write(data)


def decode_base64(source: BinaryIO, target: Limit | BinaryIO) -> None:
    """Write the decoded contents of one file into another, piece by piece; line ends inside are ignored.

    Raises:
        PayloadUnreadable: The text is no base64.
    """
    rest = b""
    try:
        for chunk in _chunks(source):
            text = rest + chunk.translate(None, b"\r\n \t")
            whole = len(text) - len(text) % 4
            rest = text[whole:]
            target.write(base64.b64decode(text[:whole], validate=True))
        target.write(base64.b64decode(rest, validate=True))
    except binascii.Error as error:
        raise PayloadUnreadable(f"Sterling's payload is no base64: {error}.") from error


def too_large(most: int, size: int | None = None) -> PayloadTooLarge:
    """Return the error for a payload beyond the limit."""
    found = "more" if size is None else f"{size:,} bytes"
    return PayloadTooLarge(
        f"The payload has {found}; at most {most:,} bytes are received.",
        advice="Have it sent again in parts; or raise STERLING_MAX_PAYLOAD_BYTES, if the functions have the "
        "disk and time for it, and have it sent again: what was refused is not read a second time.",
        limit=most,
        size=size,
    )


def read_document(
    chunks: Iterable[bytes], *, is_json: bool, field: str, encoding: PayloadEncoding, most: int
) -> BinaryIO:
    """Return the payload of a document's answer as a file at its start.

    Args:
        chunks: The answer's body.
        is_json: Whether the answer says it is JSON; anything else is the payload itself.
        field: The JSON field that holds the payload.
        encoding: How the payload stands there.
        most: The largest payload that is received, in bytes.

    Raises:
        PayloadTooLarge: It is larger.
        PayloadUnreadable: The answer is cut short, has no such field, or is no base64.
    """
    spool = new_spool()
    try:
        if encoding is PayloadEncoding.RAW or (encoding is PayloadEncoding.AUTO and not is_json):
            _copy(chunks, Limit(spool, most))
        else:
            _unwrap(chunks, field, encoding, Limit(spool, most))
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool


def _unwrap(chunks: Iterable[bytes], field: str, encoding: PayloadEncoding, target: Limit) -> None:
    with new_spool() as text:
        body = _carve(chunks, field, Limit(text, target.most, encoded=True))
        text.seek(0)
        if encoding is PayloadEncoding.PLAIN or (
            encoding is PayloadEncoding.AUTO and as_flag(body.get("isPlainText"))
        ):
            _copy(_chunks(text), target)
        else:
            decode_base64(text, target)


def _carve(chunks: Iterable[bytes], field: str, target: Limit) -> dict[str, Any]:
    try:
        body, found = carve(chunks, field, target.write)
    except ValueError as error:
        raise PayloadUnreadable(f"Sterling's document is no whole JSON object: {error}.") from error
    if not found:
        raise PayloadUnreadable(
            f"Sterling's document has no text field {field!r}.",
            advice="Set STERLING_PAYLOAD_FIELD, STERLING_PAYLOAD_PATH or STERLING_PAYLOAD_ENCODING.",
        )
    return body


def _copy(chunks: Iterable[bytes], target: Limit) -> None:
    for chunk in chunks:
        target.write(chunk)


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: source.read(_CHUNK), b"")
