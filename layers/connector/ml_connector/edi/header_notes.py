"""What is told about interchange headers and about the bytes beside interchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.edi.charset import EDIFACT_CODECS
from ml_connector.edi.separators import Standard
from ml_connector.edi.source import UTF8_BOM
from ml_connector.edi.splitting import BLANKS

if TYPE_CHECKING:
    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.noise import Noise
    from ml_connector.edi.rules import Notebook

#: "ISA", "UNA", "UNB" and "STX" in EBCDIC (code page 037 and 500 agree on letters).
_HEADER_TAGS = frozenset({"ISA", "UNA", "UNB", "UNH", "STX"})
_EBCDIC_WORDS = (b"\xc9\xe2\xc1", b"\xe4\xd5\xc1", b"\xe4\xd5\xc2", b"\xe2\xe3\xe7")


def note_noise(noise: Noise, notes: Notebook, rule: str, encoding: str = "") -> None:
    """Note bytes beside an interchange: byte order marks, control bytes, text up to the limit or past it."""
    solid = noise.solid
    if encoding:
        notes.note(
            "utf-16-decoded", f"The stream is in {encoding}; offsets count in its UTF-8 form.", offset=0
        )
    if noise.offset == 0 and noise.sample.startswith(UTF8_BOM):
        solid -= len(UTF8_BOM)
        notes.note("byte-order-mark", "A UTF-8 byte order mark was skipped.", offset=0, line=1)
    if noise.controls:
        told = f"{noise.controls} NUL or Ctrl-Z bytes beside the interchange were skipped."
        notes.note("control-bytes-beside-interchange", told, offset=noise.offset, line=noise.line)
    if not solid:
        return
    where = rule.removeprefix("noise-").replace("-", " the ", 1)
    told = f"Nothing but blanks was expected {where}, and {solid} other bytes were found."
    chosen = rule if solid <= notes.options.noise_bytes else "too-much-noise"
    notes.note(chosen, told, offset=noise.offset, line=noise.line, value=_shown(noise.sample))


def note_unknown(noise: Noise, notes: Notebook, encoding: str = "") -> None:
    """Note that a stream holds no interchange, and what it seems to hold instead."""
    if any(word in noise.sample for word in _EBCDIC_WORDS):
        told = "An interchange in ASCII was expected, and the data are in EBCDIC: have them converted."
        notes.note("ebcdic", told, offset=noise.offset, line=noise.line)
        return
    told = "An interchange header (ISA, UNA, UNB or STX) was expected, and none was found."
    word = noise.sample.lstrip(UTF8_BOM + BLANKS)[:3].decode("latin-1").upper()
    if word in _HEADER_TAGS:
        told = f"The data start with {word}, but not enough of a header follows to read them."
    if encoding:
        told += f" The stream is in {encoding}."
    notes.note("no-interchange", told, offset=noise.offset, line=noise.line, value=_shown(noise.sample))


def note_header(interchange: Interchange) -> None:
    """Note what an interchange header says that a reader should know."""
    header, facts = interchange.header, interchange.facts
    if not header:
        return
    if facts.prepared_at is None:
        told = f"{header.tag} was expected to hold date and time of preparation, and holds no valid ones."
        interchange.notes.note("interchange-date-invalid", told, segment=header)
    if facts.test:
        interchange.notes.note("test-interchange", "The interchange is marked as a test.", segment=header)
    known = facts.syntax_identifier in EDIFACT_CODECS
    if interchange.standard is Standard.EDIFACT and not known:
        told = f"UNB was expected to name a repertoire (UNOA to UNOY), and names {facts.syntax_identifier!r}."
        interchange.notes.note(
            "unknown-syntax-identifier", told, segment=header, value=facts.syntax_identifier
        )


def _shown(sample: bytes) -> str:
    return sample[:60].decode("latin-1")
