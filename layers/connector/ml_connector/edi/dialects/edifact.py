"""EDIFACT: UNA and UNB, syntax versions 1 to 4."""

from __future__ import annotations

import re

from ml_connector.edi.charset import EDIFACT_CODECS, EDIFACT_ENCODINGS, Charset
from ml_connector.edi.dialects.opening import Opening, Remark
from ml_connector.edi.separators import Standard
from ml_connector.edi.syntax import Syntax

_UNA = re.compile(rb"UNA([\s\S]{6})(\s*)(?=UN[BGH])", re.IGNORECASE)
_UNA_SHORT = re.compile(rb"UNA([^\s\w]{4,5})(\s*)(?=UN[BGH])", re.IGNORECASE)
_HEADER = re.compile(
    rb"UN(?P<kind>[BGH])(?P<element>[^A-Za-z0-9\s])"
    rb"(?P<first>[A-Za-z]{4}(?:(?P<component>[^A-Za-z0-9\s])(?P<version>[0-9A-Za-z])|(?=[^A-Za-z0-9]\s*UNH))|)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rb"UNH(?P<element>[^A-Za-z0-9\s])[^\r\n]{0,36}?(?P=element)(?:[A-Z0-9]|\\?.){3,8}(?P<component>[^A-Za-z0-9\s])",
    re.IGNORECASE,
)
_INFORMATION_SEPARATORS = {b"\x1d": b"\x1c"}
_WINDOW = 1024


def open_edifact(window: bytes, options_charset: str | None = None) -> Opening | None:
    """Return the opening at the start of a window, or None where neither UNA nor UNB nor a bare UNH stands.

    UNA decides the separators (ISO 9735: characters 4 to 9); where it is absent or contradicts the header
    that follows they are read off the header.
    """
    advice, prelude, remarks = _service_string_advice(window)
    body = window[prelude:]
    if advice and body[3:4] != advice[1:2]:
        told = "UNB was expected to use the separators UNA announces, and does not; its own were taken."
        remarks, advice = (*remarks, Remark("una-contradicted", told, advice.decode("latin-1"))), b""
    sniffed = _sniff(body)
    if sniffed is None and not advice:
        return None
    return _opening(body, advice, sniffed, prelude, remarks, options_charset)


def _service_string_advice(window: bytes) -> tuple[bytes, int, tuple[Remark, ...]]:
    full = _UNA.match(window)
    if full:
        return full[1], full.end(), ()
    short = _UNA_SHORT.match(window)
    if short is None:
        return b"", 0, ()
    signs = short[1]
    advice = signs[:4] + b" " + signs[-1:] if len(signs) == 5 else signs[:3] + b"  " + signs[-1:]
    told = "UNA was expected to be 9 characters long; a blank got lost and was put back."
    return advice, short.end(), (Remark("una-shortened", told, signs.decode("latin-1")),)


def _sniff(body: bytes) -> dict[str, bytes] | None:
    """Return element, component separators and syntax version as the header shows them."""
    header = _HEADER.match(body)
    if header and header["first"]:
        component = header["component"] or b":"
        return {"element": header["element"], "component": component, "version": header["version"] or b""}
    bare = _BARE.match(body)
    if bare:
        return {"element": bare["element"], "component": bare["component"], "version": b""}
    return None


def _opening(
    body: bytes,
    advice: bytes,
    sniffed: dict[str, bytes] | None,
    prelude: int,
    remarks: tuple[Remark, ...],
    charset: str | None,
) -> Opening:
    version = (sniffed or {}).get("version", b"") or b"3"
    if advice:
        syntax = _advised(advice, version, body, charset)
    else:
        syntax, guesses = _guessed(body, sniffed or {}, version, charset)
        remarks = (*remarks, *guesses)
    bare = body[:3].upper() != b"UNB"
    if bare:
        told = "An interchange header UNB was expected, and the data start with the message itself."
        remarks = (*remarks, Remark("interchange-header-missing", told))
    return Opening(syntax, prelude=prelude, remarks=remarks, bare=bare)


def _advised(advice: bytes, version: bytes, body: bytes, charset: str | None) -> Syntax:
    component, element, decimal, release, repetition, terminator = (advice[n : n + 1] for n in range(6))
    apart = repetition not in (component, element, release, terminator)
    return Syntax(
        standard=Standard.EDIFACT,
        element=element,
        component=component,
        terminator=terminator,
        tag=element,
        repetition=repetition if version == b"4" and apart and not _plain(repetition) else b"",
        release=b"" if _plain(release) else release,
        decimal=decimal,
        charset=_charset(body, component, charset),
        upper_only=body[4:8].upper() == b"UNOA",
    )


def _plain(sign: bytes) -> bool:
    return sign.isalnum() or sign.isspace()


def _guessed(
    body: bytes, sniffed: dict[str, bytes], version: bytes, charset: str | None
) -> tuple[Syntax, tuple[Remark, ...]]:
    element, component = sniffed["element"], sniffed["component"]
    terminator, release = _guess_terminator(body, element), b"?"
    if element in _INFORMATION_SEPARATORS:
        release = b""
    remarks: tuple[Remark, ...] = ()
    if terminator != b"'" and element not in _INFORMATION_SEPARATORS:
        told = "Without UNA the terminator was expected to be an apostrophe; it was read off the data."
        remarks = (Remark("terminator-not-default", told, terminator.decode("latin-1")),)
    syntax = Syntax(
        standard=Standard.EDIFACT,
        element=element,
        component=component,
        terminator=terminator,
        tag=element,
        repetition=b"*" if version == b"4" and b"*" not in (element, component, terminator) else b"",
        release=release if release not in (element, component, terminator) else b"",
        charset=_charset(body, component, charset),
        upper_only=body[4:8].upper() == b"UNOA",
    )
    return syntax, remarks


def _guess_terminator(body: bytes, element: bytes) -> bytes:
    """Return what stands before the next service segment, else the standard's apostrophe."""
    default = _INFORMATION_SEPARATORS.get(element, b"'")
    follower = re.compile(rb"([^A-Za-z0-9])(\s*)(?:UNG|UNH|UNZ|BGM)" + re.escape(element), re.IGNORECASE)
    found = follower.search(body, 4, _WINDOW)
    if found is None:
        return default
    signs = (found[1] + found[2]).rstrip(b" \t")
    solid = signs.rstrip(b"\r\n")
    if solid in (element, b""):
        return b"\n" if b"\n" in signs else (signs[:1] or default)
    return solid[-1:]


def _charset(body: bytes, component: bytes, pinned: str | None) -> Charset:
    """Return the charset: the partner's setting, else 0133, else the syntax identifier 0001."""
    if pinned:
        return Charset(pinned, pinned=True)
    identifier = body[4:8].decode("latin-1").upper()
    fields = body[4:40].split(body[3:4], 1)[0].split(component)
    encoding = fields[3].decode("latin-1") if len(fields) > 3 else ""
    named = EDIFACT_ENCODINGS.get(encoding) or EDIFACT_CODECS.get(identifier)
    return Charset(named or "latin-1")
