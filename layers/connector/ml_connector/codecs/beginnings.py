"""How files begin, whatever encoding they are in: enough to tell XML and flat IDocs from EDI."""

from __future__ import annotations

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT = 4096


def beginning(data: bytes) -> bytes:
    """The first bytes without byte order mark, blanks and the zeros of UTF-16."""
    plain = data[:_LOOKED_AT]
    for bom in _BOMS:
        plain = plain.removeprefix(bom)
    return plain.replace(b"\x00", b"").lstrip()


def is_markup(data: bytes) -> bool:
    """Whether bytes begin as XML does."""
    return beginning(data).startswith(b"<")


def is_flat_idoc(data: bytes) -> bool:
    """Whether bytes begin with an IDoc's control record."""
    return beginning(data).startswith(b"EDI_DC")
