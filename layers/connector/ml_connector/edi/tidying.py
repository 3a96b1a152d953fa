"""Cleaning the pieces of a split: released terminators, line breaks, blanks, empty segments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ml_connector.edi.separators import Standard
from ml_connector.edi.splitting import BLANKS, dangles

if TYPE_CHECKING:
    from ml_connector.edi.syntax import Syntax

_BREAKS = b"\r\n"


def releases_terminator(window: bytes, syntax: Syntax) -> bool:
    """Return whether a release stands before a terminator; looking for one byte first is faster."""
    release = syntax.release
    return bool(release) and release in window and release + syntax.terminator in window


def rejoin_released(parts: list[bytes], syntax: Syntax) -> list[bytes]:
    """Return the parts, each that ends in a release that releases the terminator joined to the next.

    A release before a terminator at a segment's real end, seen by a line break and a tag next, joins nothing.
    """
    release, terminator = syntax.release, syntax.terminator
    begins = re.compile(rb"[\r\n]+[A-Z]{3}(?:" + re.escape(syntax.tag) + rb"|\Z)")
    joined: list[bytes] = []
    held: list[bytes] = []
    for index, part in enumerate(parts):
        held.append(part)
        following = parts[index + 1] if index + 1 < len(parts) else b""
        if not dangles(part, release) or begins.match(following):
            joined.append(terminator.join(held))
            held = []
    if held:
        joined.append(terminator.join(held))
    return joined


def clean_parts(parts: list[bytes], syntax: Syntax) -> list[bytes]:
    """Return the parts without the line breaks and blanks around segments and the line breaks inside."""
    if syntax.standard is Standard.TRADACOMS:
        return [part.translate(None, _BREAKS).lstrip(BLANKS) for part in parts]
    raws = [part.strip(_BREAKS) for part in parts]
    if not syntax.terminator.isspace() and has_breaks(b"".join(raws)):
        raws = [raw.translate(None, _BREAKS) if has_breaks(raw) else raw for raw in raws]
    return raws


def has_breaks(data: bytes) -> bool:
    """Return whether a CR or LF is in data."""
    return b"\n" in data or b"\r" in data


def merge_blank(
    parts: list[bytes], raws: list[bytes], terminator: bytes
) -> tuple[list[bytes], list[bytes], list[int]]:
    """Return parts and raws with blank ones merged into the part that follows, and which ones took some in.

    Blank ones at the end are merged into the last part.
    """
    kept: list[bytes] = []
    cleaned: list[bytes] = []
    places: list[int] = []
    pending: list[bytes] = []
    for part, raw in zip(parts, raws, strict=True):
        solid = raw.lstrip(BLANKS)
        pending.append(part)
        if solid:
            if len(pending) > 1:
                places.append(len(kept))
            kept.append(terminator.join(pending))
            cleaned.append(solid)
            pending = []
    if pending and kept:
        places.append(len(kept) - 1)
        kept[-1] = terminator.join([kept[-1], *pending])
    return kept, cleaned, places


def join_values(
    parts: list[bytes], raws: list[bytes], begins: list[bool], terminator: bytes
) -> tuple[list[bytes], list[bytes], list[int]]:
    """Return parts and raws, each that begins no segment joined to the one before, and which ones grew."""
    kept: list[bytes] = []
    cleaned: list[bytes] = []
    places: list[int] = []
    for part, raw, begin in zip(parts, raws, begins, strict=True):
        if begin or not kept:
            kept.append(part)
            cleaned.append(raw)
            continue
        kept[-1] += terminator + part
        cleaned[-1] += terminator + raw
        if not places or places[-1] != len(kept) - 1:
            places.append(len(kept) - 1)
    return kept, cleaned, places
