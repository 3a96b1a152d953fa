"""X12: the ISA header, fixed in length by the standard and seldom by its senders."""

from __future__ import annotations

import re
from dataclasses import replace

from ml_connector.edi.charset import Charset
from ml_connector.edi.dialects.opening import Opening, Remark
from ml_connector.edi.separators import Standard
from ml_connector.edi.syntax import Syntax

#: Offsets of the element separators in an ISA of the standard's fixed width (X12.5).
_FIXED = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_FOLLOWERS = rb"(?:GS|TA1|IEA|ISX|ISA|ST)"
_HEADER_BYTES = 600
_BREAKS = b"\r\n"
_COMPONENT_MISSING = Remark(
    "isa-component-separator-missing",
    "ISA16 was expected to hold the component separator, and the segment ends before it.",
)


def open_x12(window: bytes, options_charset: str | None = None) -> Opening | None:
    """Return the opening at the start of a window, or None where no ISA stands.

    The element separator is the byte at offset 3; the component separator and the terminator are the
    two after the sixteenth separator, wherever that stands (X12.5 puts them at 104 and 105).
    """
    separator = window[3:4]
    if window[:3] != b"ISA" or not separator or separator.isalnum() or separator in b" \r\n\t":
        return None
    opening = None
    if all(window[place : place + 1] == separator for place in _FIXED):
        opening = _open_fixed(window, separator, options_charset)
    opening = opening or _open_loose(window, separator, options_charset)
    return _with_release(opening, window) if opening else None


def _with_release(opening: Opening, window: bytes) -> Opening:
    """Return the opening with the release character of ISX01, where an ISX follows (X12 from 007040 on)."""
    syntax = opening.syntax
    extension = re.escape(syntax.terminator) + rb"\s*ISX" + re.escape(syntax.element) + rb"([^A-Za-z0-9\s])"
    found = re.compile(extension).search(window, 0, _HEADER_BYTES)
    if found is None or found[1] in (syntax.element, syntax.component, syntax.terminator, syntax.repetition):
        return opening
    return replace(opening, syntax=replace(syntax, release=found[1]))


def _open_fixed(window: bytes, separator: bytes, charset: str | None) -> Opening | None:
    if window.count(separator, 0, 104) != 16:
        return None
    component = first_character(window[104:])
    terminator = _terminator(window[104 + len(component) :])
    if not terminator or component in (separator, b"\r", b"\n") or terminator[:1].isalnum():
        return None
    if terminator == b"\n" and _ends_lines(window, component):
        syntax = _syntax(window[:104], separator, b"", component, charset)
        return Opening(syntax, remarks=(_COMPONENT_MISSING,))
    syntax = _syntax(window[:104], separator, component, terminator, charset)
    return Opening(syntax, remarks=_clashes(syntax))


def _ends_lines(window: bytes, component: bytes) -> bool:
    """Return whether what stands in ISA16's place ends the next line too, and so is the terminator."""
    following = window[106:].lstrip(_BREAKS).split(b"\n", 1)[0].rstrip(b"\r")
    return following.startswith((b"GS", b"TA1")) and following.endswith(component)


def _open_loose(window: bytes, separator: bytes, charset: str | None) -> Opening | None:
    """Open an ISA whose padding or elements are lost: find its end by the segment that follows."""
    follower = re.compile(rb"[^A-Za-z0-9]\s*" + _FOLLOWERS + re.escape(separator))
    found = follower.search(window, 4, _HEADER_BYTES)
    if found is None:
        return None
    end = found.end() - len(separator)
    body = window[:end].rstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ1")
    fields = body.split(separator)
    if len(fields) < 10:
        return None
    component, terminator, remarks = _loose_ending(fields)
    if not terminator:
        return None
    length = len(body.rstrip(_BREAKS)) if terminator not in _BREAKS else len(body)
    remarks = (*remarks, *_shape(fields, length, terminator))
    return Opening(_syntax(body, separator, component, terminator, charset), remarks=remarks)


def _loose_ending(fields: list[bytes]) -> tuple[bytes, bytes, tuple[Remark, ...]]:
    """Return component separator, terminator and remarks by what follows the last element separator."""
    last = fields[-1].lstrip(b" ")
    component = first_character(last)
    rest = last[len(component) :]
    if not rest.strip() and last.rstrip() == last:
        return b"", component, (_COMPONENT_MISSING,)
    if component in (b"\r", b"\n"):
        return b"", _terminator(last), (_COMPONENT_MISSING,)
    return component, _terminator(rest.lstrip(b" \t")), ()


def _shape(fields: list[bytes], length: int, terminator: bytes) -> tuple[Remark, ...]:
    if len(fields) != 17:
        told = f"ISA was expected to have 16 elements, and has {len(fields) - 1}."
        return (Remark("isa-elements-missing", told),)
    if any(terminator in field for field in fields[:-1]):
        told = "ISA was expected to have 16 elements, and a terminator stands inside it."
        return (Remark("isa-elements-missing", told),)
    told = f"ISA was expected to be 106 bytes long, and is {length}: its elements are not padded."
    return (Remark("isa-not-fixed-length", told, str(length)),)


def _terminator(tail: bytes) -> bytes:
    """Return the terminator at the start of tail: LF for CR LF, all bytes of a UTF-8 character."""
    return b"\n" if tail[:2] == b"\r\n" else first_character(tail)


def first_character(data: bytes) -> bytes:
    """Return the bytes of the first character: several where they are UTF-8, else one."""
    for length in (4, 3, 2):
        if data[:1] >= b"\xc2" and _is_character(data[:length]):
            return data[:length]
    return data[:1]


def _is_character(data: bytes) -> bool:
    try:
        return len(data.decode("utf-8")) == 1
    except UnicodeDecodeError:
        return False


def _syntax(
    header: bytes, separator: bytes, component: bytes, terminator: bytes, charset: str | None
) -> Syntax:
    fields = header.split(separator)
    repetition = _repetition(fields, (separator, component, terminator))
    return Syntax(
        standard=Standard.X12,
        element=separator,
        component=component,
        terminator=terminator,
        tag=separator,
        repetition=repetition,
        charset=Charset(charset, pinned=True) if charset else Charset("latin-1"),
    )


def _repetition(fields: list[bytes], others: tuple[bytes, ...]) -> bytes:
    """Return ISA11 where it is a separator: from version 00402, and never a letter, digit or blank."""
    if len(fields) < 13 or not b"00402" <= fields[12].strip() <= b"99999":
        return b""
    sign = fields[11].strip()
    usable = len(sign) == 1 and not sign.isalnum() and sign not in others
    return sign if usable else b""


def _clashes(syntax: Syntax) -> tuple[Remark, ...]:
    if len(syntax.component + syntax.terminator) > 2:
        told = "Separators were expected to be one byte each, and one is a UTF-8 character of several."
        return (Remark("separator-of-several-bytes", told),)
    if len({syntax.element, syntax.component, syntax.terminator}) == 3:
        return ()
    told = "The ISA was expected to name three different separators, and names one of them twice."
    return (Remark("separators-clash", told),)
