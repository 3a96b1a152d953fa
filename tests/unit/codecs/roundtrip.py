"""Writing a document and reading it back, for the property tests of the codecs."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from ml_connector.codecs import CodecProfile, decode, encode
from ml_connector.codecs.tradacoms import FILE_MESSAGES
from ml_connector.edi import read_interchanges, validate

if TYPE_CHECKING:
    from ml_connector.documents import Document

# How a document was read; not part of what it says.
_READING = {"source", "normalisations", "findings", "raw_extensions", "totals_computed", "totals"}


def written(document: Document, standard: str, version: str, **options: object) -> bytes:
    return encode(document, standard=standard, version=version, **options)


def read(data: bytes, profile: CodecProfile | None = None) -> list[Document]:
    return [
        decode(interchange, message, profile=profile)
        for interchange in read_interchanges(io.BytesIO(data))
        for message in interchange.messages()
        if message.type not in FILE_MESSAGES
    ]


def content(document: Document) -> dict:
    """What a document says, without how it was read."""
    return document.model_dump(exclude=_READING)


def faults(data: bytes) -> list[str]:
    """What a check of written bytes finds, sentence by sentence."""
    found = []
    for interchange in read_interchanges(io.BytesIO(data)):
        for message in interchange.messages():
            found += [finding.message for finding in (*message.findings, *validate(message))]
        found += [finding.message for finding in interchange.findings]
    return found


# What numbers and counts the parts of a TRADACOMS file, which no document has a field for.
_NUMBERING = re.compile(r"file/(TYP\[1\]/02|FIL\[1\]/0[123])|(STL|CST)\[\d+\]/04|(TLR|CTR)\[1\]/01")


def left_of_content(document: Document) -> list[str]:
    """Where values stand that no field took, other than a file's own numbering."""
    paths = (left.path for left in document.raw_extensions)
    return [path for path in paths if not _NUMBERING.fullmatch(path)]
