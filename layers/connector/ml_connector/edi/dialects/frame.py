"""The segments that frame interchanges, groups and messages, as tables per standard."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from ml_connector.edi.dialects.edifact import open_edifact
from ml_connector.edi.dialects.tradacoms import open_tradacoms
from ml_connector.edi.dialects.x12 import open_x12
from ml_connector.edi.separators import Standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.edi.dialects.opening import Opening
    from ml_connector.edi.syntax import Syntax


class Mark(Enum):
    """What a framing segment does."""

    OPEN_INTERCHANGE = "open interchange"
    CLOSE_INTERCHANGE = "close interchange"
    OPEN_GROUP = "open group"
    CLOSE_GROUP = "close group"
    OPEN_MESSAGE = "open message"
    CLOSE_MESSAGE = "close message"
    LONE = "message of one segment"


#: Tag to mark. ISX extends ISA (X12 from 007040 on); TA1 is a message by itself.
FRAMES: dict[Standard, dict[str, Mark]] = {
    Standard.X12: {
        "ISA": Mark.OPEN_INTERCHANGE,
        "ISX": Mark.OPEN_INTERCHANGE,
        "IEA": Mark.CLOSE_INTERCHANGE,
        "GS": Mark.OPEN_GROUP,
        "GE": Mark.CLOSE_GROUP,
        "ST": Mark.OPEN_MESSAGE,
        "SE": Mark.CLOSE_MESSAGE,
        "TA1": Mark.LONE,
    },
    Standard.EDIFACT: {
        "UNB": Mark.OPEN_INTERCHANGE,
        "UNZ": Mark.CLOSE_INTERCHANGE,
        "UNG": Mark.OPEN_GROUP,
        "UNE": Mark.CLOSE_GROUP,
        "UNH": Mark.OPEN_MESSAGE,
        "UNT": Mark.CLOSE_MESSAGE,
    },
    Standard.TRADACOMS: {
        "STX": Mark.OPEN_INTERCHANGE,
        "END": Mark.CLOSE_INTERCHANGE,
        "BAT": Mark.OPEN_GROUP,
        "EOB": Mark.CLOSE_GROUP,
        "MHD": Mark.OPEN_MESSAGE,
        "MTR": Mark.CLOSE_MESSAGE,
    },
}

#: How many bytes of a segment show its tag and the separator after it.
HEAD_BYTES = {Standard.X12: 3, Standard.EDIFACT: 4, Standard.TRADACOMS: 4}
#: Words an interchange can start with.
HEADER_WORDS = {
    Standard.X12: (b"ISA",),
    Standard.EDIFACT: (b"UNA", b"UNB"),
    Standard.TRADACOMS: (b"STX",),
}
_TAGS = {
    Standard.X12: re.compile(r"[A-Z][A-Z0-9]{1,2}\Z"),
    Standard.EDIFACT: re.compile(r"[A-Z][A-Z0-9]{2}\Z"),
    Standard.TRADACOMS: re.compile(r"[A-Z][A-Z0-9]{2}\Z"),
}

_SIGNS = frozenset((string.ascii_uppercase + string.digits).encode())

#: Where an interchange may start: the words with what can't be ordinary text after them.
CANDIDATE = re.compile(
    rb"ISA[^A-Za-z0-9\s]|UNA[^A-Za-z0-9]|UN[BH][^A-Za-z0-9\s]|S\s?T\s?X\s?[^A-Za-z0-9\s]", re.IGNORECASE
)
_OPENERS = {b"I": open_x12, b"U": open_edifact, b"S": open_tradacoms}


def open_interchange(window: bytes, charset: str | None = None) -> Opening | None:
    """Return the opening of the interchange that starts at a window's first byte, or None where none does."""
    opener = _OPENERS.get(window[:1].upper())
    return opener(window, charset) if opener else None


class Scan(NamedTuple):
    """Patterns to look over many segments at once.

    Attributes:
        unusual: A terminator and anything but a plain segment that frames nothing; it starts with a literal
            byte, as that is found fastest.
        marks: What follows a terminator where the usual framing segments start, and what those do.
        size: How many bytes that is.
        plain: What follows a terminator where any plain segment starts.
        gap: How many bytes stand between a terminator and the next tag.
    """

    unusual: re.Pattern[bytes]
    marks: dict[bytes, Mark]
    size: int
    plain: re.Pattern[bytes]
    gap: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The framing segments of one interchange, as the first bytes its segments may have.

    Attributes:
        syntax: The interchange's syntax.
        head_bytes: How many first bytes of each segment to look up.
        marks: First bytes to what the segment does.
        headers: The words another interchange of the same standard starts with.
        edge: Where the trailer or another header may stand.
        scans: How to look over segments with nothing, LF, or CR LF after each terminator.
        begins_line: Line ends with what looks like a segment after them.
        runs_on: A terminator inside a segment with what looks like a segment after it.
    """

    syntax: Syntax
    head_bytes: int
    marks: dict[bytes, Mark]
    headers: tuple[bytes, ...]
    edge: re.Pattern[bytes]
    scans: dict[bytes, Scan]
    begins_line: re.Pattern[bytes]
    runs_on: re.Pattern[bytes]

    def tag_of(self, head: bytes) -> str:
        """Return the tag a segment's first bytes show, as sent, "" where they show none."""
        tag = head.split(self.syntax.tag, 1)[0].split(self.syntax.element, 1)[0]
        if self.syntax.component and self.syntax.standard is not Standard.X12:
            tag = tag.split(self.syntax.component, 1)[0]
        text = tag.decode("latin-1")
        return text if _TAGS[self.syntax.standard].match(text.upper()) else ""


def frame_of(syntax: Syntax) -> Frame:
    """Return the frame of an interchange with a syntax."""
    standard = syntax.standard
    length = HEAD_BYTES[standard]
    table = FRAMES[standard]
    marks = {}
    for tag, mark in table.items():
        for form in (tag.encode(), tag.lower().encode()):
            marks[(form + syntax.tag)[:length]] = mark
            marks[form[:length]] = mark
    words = HEADER_WORDS[standard]
    closing = next(tag for tag, mark in table.items() if mark is Mark.CLOSE_INTERCHANGE)
    edge = b"|".join([*words, re.escape(closing.encode() + syntax.tag)])
    scans = {ending: _scan(syntax, marks, length, ending) for ending in (b"", b"\n", b"\r\n")}
    begins = rb"[\r\n]+(?=[A-Z][A-Z0-9][A-Z0-9]" + _tail(length) + re.escape(syntax.element) + b")"
    runs_on = re.escape(syntax.terminator) + rb"\s*[A-Z][A-Z0-9]{2}" + re.escape(syntax.tag)
    patterns = (re.compile(edge), scans, re.compile(begins), re.compile(runs_on))
    return Frame(syntax, length, marks, words, *patterns)


def _tail(length: int) -> bytes:
    """Return whether the third sign of a tag may be absent, as a pattern says it: X12's may."""
    return b"?" if length == HEAD_BYTES[Standard.X12] else b""


def _scan(syntax: Syntax, marks: dict[bytes, Mark], length: int, gap: bytes) -> Scan:
    terminator, element = re.escape(syntax.terminator), re.escape(syntax.element)
    words = [head[:3] for head in marks if head.isupper()]
    words += [word for others in HEADER_WORDS.values() for word in others]
    end = b"(?:" + element + b"|" + terminator + b")"
    ordinary = gap + b"(?:" + b"|".join(_tags_beside(words, length)) + b")" + end
    # Most segments are seen to be ordinary by this alone, which costs less than the alternatives.
    usual = gap + _beside(word[:1] for word in words) + rb"[A-Z0-9][A-Z0-9]" + element
    plain = gap + rb"[A-Z][A-Z0-9][A-Z0-9]" + _tail(length) + end
    framing = {
        gap + head: mark for head, mark in marks.items() if head.isupper() and head.endswith(syntax.tag)
    }
    unusual = re.compile(terminator + b"(?!" + usual + b")(?!" + ordinary + b")")
    return Scan(unusual, framing, len(gap) + length, re.compile(plain), len(gap))


def _tags_beside(words: list[bytes], length: int) -> Iterator[bytes]:
    """Yield patterns of the tags that are none of the words, the most usual first."""
    yield _beside(word[:1] for word in words) + rb"[A-Z0-9][A-Z0-9]" + _tail(length)
    for first in sorted({word[:1] for word in words}):
        following = [word[1:2] for word in words if word[:1] == first]
        yield first + _beside(following) + rb"[A-Z0-9]" + _tail(length)
    for start in sorted({word[:2] for word in words}):
        yield start + _beside(word[2:3] for word in words if word[:2] == start)


def _beside(signs: Iterable[bytes]) -> bytes:
    """Return a set of the letters and digits that are none of some signs."""
    return b"[" + bytes(sorted(_SIGNS - set(b"".join(signs)))) + b"]"
