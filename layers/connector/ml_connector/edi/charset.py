"""Decoding of element text: by the envelope's label or the partner's setting, never with a silent ``?``."""

from __future__ import annotations

from dataclasses import dataclass

#: EDIFACT 0001 syntax identifier to Python codec (ISO 9735-1, annex; UNOL, UNOW, UNOY as practice has them).
EDIFACT_CODECS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "latin-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOX": "iso2022_jp",
    "UNOY": "utf-8",
    "KECA": "euc_kr",
}

#: EDIFACT 0133 character encoding, coded (syntax 4 UNB S001), where it names one.
EDIFACT_ENCODINGS = {"1": "ascii", "3": "latin-1", "4": "cp850", "5": "cp437", "8": "utf-8"}

#: Labels that senders put over UTF-8 and Windows text alike.
_LOOSE = frozenset({"ascii", "latin-1"})


@dataclass(frozen=True, slots=True)
class Charset:
    """How the bytes of one interchange become text.

    Attributes:
        name: The codec that the envelope or the partner's setting names.
        pinned: Whether a partner's setting or a byte order mark decided, so that nothing is guessed.
    """

    name: str
    pinned: bool = False

    def decode(self, data: bytes) -> str:
        """Return the text of some data; every byte becomes a character."""
        if data.isascii() and self.name != "iso2022_jp":
            return data.decode("ascii")
        return data.decode(self.codec_of(data))

    def codec_of(self, data: bytes) -> str:
        """Return the codec that decodes data without loss: the named one, or what the bytes show instead.

        Under a loose label (UNOA, UNOB, UNOC, X12 without a setting) valid UTF-8 sequences are UTF-8, bytes
        from 80 to 9F are cp1252, and the rest is latin-1.
        """
        if self.pinned or self.name not in _LOOSE:
            return self.name if _decodes(data, self.name) else _guess(data)
        return _guess(data)


def _guess(data: bytes) -> str:
    if _decodes(data, "utf-8"):
        return "utf-8"
    controls = any(0x80 <= byte <= 0x9F for byte in data)
    return "cp1252" if controls and _decodes(data, "cp1252") else "latin-1"


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
