"""Which format a file is: EDI by its syntax, XML by its root element."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from ml_connector.codecs.registry import codecs_of, decode, decode_bytes
from ml_connector.edi import read_interchanges
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Document

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Format(NamedTuple):
    """A format: its standard, and the message where the format has no interchanges; else empty."""

    standard: str
    message: str = ""


def has_own_syntax(data: bytes) -> bool:
    """Whether bytes begin as XML or a flat IDoc does: such a file is no EDI, known or not."""
    return _beginning(data).startswith((b"<", b"EDI_DC"))


def pieces_of(data: bytes) -> Iterator[bytes]:
    """Yield each document's bytes of a file without interchanges: a flat IDoc file may hold several."""
    if not _beginning(data).startswith(b"EDI_DC"):
        yield data
        return
    from ml_connector.codecs.idoc.records import read_flat_idocs  # EDI needs no XML parser

    for idoc in read_flat_idocs(data):
        yield data[slice(*idoc.span)]


def _beginning(data: bytes) -> bytes:
    plain = data
    for bom in _BOMS:
        plain = plain.removeprefix(bom)
    return plain.replace(b"\x00", b"")[:4096].lstrip()


def recognise(data: bytes) -> Format:
    """The format of a file; ``edi`` for interchanges of X12, EDIFACT and TRADACOMS.

    Raises:
        Rejected: It is XML, but none that is known.
    """
    plain = _beginning(data)
    if plain.startswith(b"EDI_DC"):
        from ml_connector.codecs.idoc.elements import message_of  # EDI needs no XML parser

        return Format("idoc", message_of(data))
    if not plain.startswith(b"<"):
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


def read_documents(data: bytes, *, profile: CodecProfile | None = None) -> Iterator[Document]:
    """The documents of a file in any format; headers and trailers of TRADACOMS files are none.

    Raises:
        Rejected: A message can't be a document; those before it were yielded.
    """
    found = recognise(data)
    if found.standard != "edi":
        yield decode_bytes(found.standard, found.message, data, profile=profile)
        return
    for interchange in read_interchanges(io.BytesIO(data)):
        for message in interchange.messages():
            standard = interchange.standard.value
            known = any(codec.message == message.type for codec in codecs_of(standard))
            if known or standard != "tradacoms":
                yield decode(interchange, message, profile=profile)
