"""Which format a file is: EDI by its syntax, XML by its root element."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from ml_connector.codecs.beginnings import is_flat_idoc, is_markup
from ml_connector.codecs.registry import codecs_of, decode, decode_bytes
from ml_connector.codecs.tradacoms import FILE_MESSAGES
from ml_connector.edi import Standard, read_interchanges
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Document


class Format(NamedTuple):
    """A format: its standard, and the message where the format has no interchanges; else empty."""

    standard: str
    message: str = ""


def has_own_syntax(data: bytes) -> bool:
    """Whether bytes begin as XML or a flat IDoc does: such a file is no EDI, known or not."""
    return is_markup(data) or is_flat_idoc(data)


class Piece(NamedTuple):
    """One document's bytes of a file without interchanges.

    Attributes:
        content: A file of its own.
        span: Which bytes of the whole file it is.
    """

    content: bytes
    span: tuple[int, int]


def pieces_of(data: bytes) -> Iterator[Piece]:
    """Yield each document of a file without interchanges: a file of IDocs, flat or XML, may hold several.

    Raises:
        Rejected: It is a file of several IDocs, and can't be read.
    """
    if is_flat_idoc(data):
        from ml_connector.codecs.idoc.records import read_flat_idocs  # EDI needs no XML parser

        yield from (Piece(data[slice(*idoc.span)], idoc.span) for idoc in read_flat_idocs(data))
    elif data.replace(b"\0", b"").count(b"<EDI_DC40") > 1:
        from ml_connector.codecs.idoc.splitting import split_markup  # EDI needs no XML parser

        yield from (Piece(content, span) for content, span in split_markup(data))
    else:
        yield Piece(data, (0, len(data)))


def recognise(data: bytes) -> Format:
    """The format of a file; ``edi`` for interchanges of X12, EDIFACT and TRADACOMS.

    Raises:
        Rejected: It is XML, but none that is known.
    """
    if is_flat_idoc(data):
        from ml_connector.codecs.idoc.elements import message_of  # EDI needs no XML parser

        return Format("idoc", message_of(data))
    if not is_markup(data):
        return Format("edi")
    from ml_connector.codecs.markup import local_name, parse_markup  # cold starts of EDI need no XML parser

    root = parse_markup(data, allow_dtd=True)
    name = local_name(root.tag)
    if name == "cXML":
        request = root.find("Request")
        name = request[0].tag if request is not None and len(request) else name
    if root.find("IDOC/EDI_DC40") is not None:
        return Format("idoc", (root.findtext("IDOC/EDI_DC40/MESTYP") or "").strip())
    for standard in ("ubl", "cxml"):
        if any(codec.message == name for codec in codecs_of(standard)):
            return Format(standard, name)
    raise Rejected(f"No codec reads XML documents called {name}.", advice="Ask the partner for UBL or EDI.")


def read_piece(piece: Piece, profile: CodecProfile | None = None) -> Document:
    """The document of a piece of a file; its byte range is the piece's in the file.

    Raises:
        Rejected: No codec reads it, or it can't be a document.
    """
    found = recognise(piece.content)
    document = decode_bytes(found.standard, found.message, piece.content, profile=profile)
    source = document.source
    if source is None:
        return document
    return document.model_copy(update={"source": source.model_copy(update={"byte_range": piece.span})})


def read_documents(data: bytes, *, profile: CodecProfile | None = None) -> Iterator[Document]:
    """The documents of a file in any format; headers and trailers of TRADACOMS files are none.

    Raises:
        Rejected: A message can't be a document; those before it were yielded.
    """
    if has_own_syntax(data):
        for piece in pieces_of(data):
            yield read_piece(piece, profile)
        return
    for interchange in read_interchanges(io.BytesIO(data)):
        for message in interchange.messages():
            if interchange.standard is not Standard.TRADACOMS or message.type not in FILE_MESSAGES:
                yield decode(interchange, message, profile=profile)
