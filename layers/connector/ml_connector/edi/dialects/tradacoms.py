"""TRADACOMS: STX to END, with separators that never change."""

from __future__ import annotations

import re

from ml_connector.edi.charset import Charset
from ml_connector.edi.dialects.opening import Opening, Remark
from ml_connector.edi.separators import Standard
from ml_connector.edi.syntax import Syntax

_HEADER = re.compile(rb"S\s?T\s?X\s?=\s?[A-Z]", re.IGNORECASE)
_WRONG = re.compile(rb"STX[^A-Za-z0-9\s=]ANA", re.IGNORECASE)


def open_tradacoms(window: bytes, options_charset: str | None = None) -> Opening | None:
    """Return the opening at the start of a window, or None where no STX stands."""
    charset = Charset(options_charset, pinned=True) if options_charset else Charset("latin-1")
    syntax = Syntax(
        standard=Standard.TRADACOMS,
        element=b"+",
        component=b":",
        terminator=b"'",
        tag=b"=",
        release=b"?",
        charset=charset,
    )
    if _HEADER.match(window):
        return Opening(syntax)
    if _WRONG.match(window):
        told = "TRADACOMS was expected to have '=' after the tag STX, and has other separators."
        found = window[3:4].decode("latin-1")
        return Opening(syntax, remarks=(Remark("tradacoms-separators-wrong", told, found),), refused=True)
    return None
