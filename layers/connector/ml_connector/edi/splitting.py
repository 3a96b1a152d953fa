"""Splitting segments into elements and components, where a release makes a separator plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.edi.syntax import Syntax

#: What may stand between a terminator and the next tag without being data.
BLANKS = b" \t\r\n\x00\x1a"


def split_elements(raw: bytes, syntax: Syntax) -> list[bytes]:
    """Return a segment's tag and elements, releases kept."""
    if syntax.tag != syntax.element:
        tag, _, rest = raw.partition(syntax.tag)
        return [tag, *split_released(rest, syntax.element, syntax.release)] if rest else [tag]
    return split_released(raw, syntax.element, syntax.release)


def split_released(data: bytes, separator: bytes, release: bytes) -> list[bytes]:
    """Split data at each separator that is not released, releases kept."""
    pieces = data.split(separator) if separator else [data]
    if not release or release not in data:
        return pieces
    return list(rejoined(pieces, separator, release))


def rejoined(pieces: list[bytes], separator: bytes, release: bytes) -> Iterator[bytes]:
    """Yield pieces of a split, those that end in an odd number of releases joined to the next again."""
    held: list[bytes] = []
    for piece in pieces:
        held.append(piece)
        if not dangles(piece, release):
            yield separator.join(held) if len(held) > 1 else piece
            held = []
    if held:
        yield separator.join(held)


def dangles(data: bytes, release: bytes) -> bool:
    """Return whether data ends in a release that releases what follows; X12's ISX only names it."""
    if not data.endswith(release) or data.lstrip(BLANKS).startswith(b"ISX"):
        return False
    return bool((len(data) - len(data.rstrip(release))) % 2)


def unreleased(data: bytes, release: bytes) -> bytes:
    """Return data with each release removed and the byte after it kept; a last lone release is kept."""
    pieces = data.split(release)
    kept = [pieces[0]]
    skip = False
    for index, piece in enumerate(pieces[1:], 1):
        if skip:
            kept.append(piece)
            skip = False
        elif piece == b"":
            kept.append(release)
            skip = index < len(pieces) - 1
        else:
            kept.append(piece)
    return b"".join(kept)
