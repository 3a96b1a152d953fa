"""Bodies of uploads, streamed from a file: base64 inside JSON, or one part of a multipart form."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, BinaryIO

from ml_connector.sterling.transport import JSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.sterling.transport import Body

_CHUNK = 3 << 16  # a multiple of 3: each chunk is whole base64 without padding


def document_body(name: str, content: BinaryIO) -> Body:
    """Return the body of POST documents: ``{"payload": <base64>, "documentName": ...}``."""

    def make() -> dict[str, Any]:
        size = content.seek(0, 2)
        content.seek(0)
        head, tail = b'{"payload":"', f'","documentName":{json.dumps(name)}}}'.encode()
        length = len(head) + 4 * -(-size // 3) + len(tail)
        return {
            "content": _document(content, head, tail),
            "headers": {**JSON, "Content-Length": str(length)},
        }

    return make


def _document(content: BinaryIO, head: bytes, tail: bytes) -> Iterator[bytes]:
    yield head
    while chunk := content.read(_CHUNK):
        yield base64.b64encode(chunk)
    yield tail


def multipart_body(mailbox: str, name: str, content: BinaryIO) -> Body:
    """Return the body of POST messagebatches: part ``upstream`` with the name, part ``mailboxName``."""

    def make() -> dict[str, Any]:
        content.seek(0)
        return {
            "files": {"upstream": (name, content, "application/octet-stream")},
            "data": {"mailboxName": mailbox},
            "headers": {"Accept": "application/json"},
        }

    return make
