"""The parts of a multipart/form-data body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.sterling.answers import Refusal

if TYPE_CHECKING:
    from local.sterling.answers import Request


@dataclass(frozen=True)
class Part:
    """One part of a form."""

    name: str
    filename: str
    content: bytes


def read_parts(request: Request) -> list[Part]:
    """Return the parts of a form.

    Raises:
        Refusal: The body is no multipart form.
    """
    kind = request.headers.get("content-type", "")
    boundary = re.search(r'boundary="?([^";]+)"?', kind)
    if not kind.startswith("multipart/form-data") or boundary is None:
        raise Refusal(400, "API000111", "The request is not multipart/form-data.")
    # The boundary begins a line, so payloads that happen to hold the text elsewhere stay whole.
    pieces = (b"\r\n" + request.body).split(b"\r\n--" + boundary.group(1).encode())
    return [_part(piece) for piece in pieces[1:] if not piece.startswith(b"--")]


def _part(piece: bytes) -> Part:
    head, _, content = piece.partition(b"\r\n\r\n")
    text = head.decode()
    found = dict(re.findall(r'\b(name|filename)="([^"]*)"', text))
    return Part(found.get("name", ""), found.get("filename", ""), content)
