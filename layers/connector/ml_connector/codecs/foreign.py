"""Formats without interchanges: which one a file is in, and its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.registry import decode_bytes
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Document

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_UBL_NAMESPACE = "urn:oasis:names:specification:ubl:"


def is_foreign(head: bytes) -> bool:
    """Whether a file that starts with these bytes is XML and no EDI interchange."""
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip()[:1] == b"<"


def decode_foreign(data: bytes, profile: CodecProfile | None) -> Iterator[Document]:
    """The documents of an XML file.

    Raises:
        Rejected: It is not well-formed, no codec reads it, or its content can't be a document.
    """
    # Imported here so that reading EDI does not load an XML parser.
    from ml_connector.codecs.markup import local_name, parse_markup

    root = parse_markup(data, allow_dtd=True)
    name = local_name(root.tag)
    if _UBL_NAMESPACE not in root.tag:
        raise Rejected(f"No codec reads XML of the kind {name}.", advice="UBL documents are read.")
    yield decode_bytes("ubl", name, data, profile=profile)
