"""Looking at a block's segments: what frames what, and what is unusual; cheap while nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from ml_connector.edi.dialects.frame import HEADER_WORDS, Mark
from ml_connector.edi.separators import Standard
from ml_connector.edi.splitting import BLANKS, dangles
from ml_connector.edi.tidying import clean_parts, has_breaks, join_values, merge_blank, releases_terminator

if TYPE_CHECKING:
    from ml_connector.edi.dialects.frame import Frame, Scan
    from ml_connector.edi.segment import Block

_FOREIGN = frozenset(word for words in HEADER_WORDS.values() for word in words)
_BLANK_STARTS = frozenset(bytes([blank]) for blank in BLANKS) | {b""}


class Oddity(NamedTuple):
    """Something unusual about a segment: its index in the block, a rule and a sentence."""

    place: int
    rule: str
    message: str


class LexedBlock:
    """A block with its framing segments, and what was unusual.

    Attributes:
        block: The segments.
        oddities: What was unusual about them.
        kinds: What the framing segments do, in order.
    """

    __slots__ = ("_marks", "_starts", "_window", "block", "kinds", "oddities")

    def __init__(self, block: Block, marks: list[tuple[int, Mark]], oddities: list[Oddity]) -> None:
        self.block = block
        self.oddities = oddities
        self.kinds = [mark for _, mark in marks]
        self._marks: list[tuple[int, Mark]] | None = marks
        self._starts: list[int] = []
        self._window = b""

    @classmethod
    def plain(cls, block: Block, window: bytes, starts: list[int], kinds: list[Mark]) -> LexedBlock:
        """A block whose framing segments are known by where in its bytes they start."""
        lexed = cls(block, [], [])
        lexed.kinds, lexed._marks, lexed._starts, lexed._window = kinds, None, starts, window
        return lexed

    @property
    def marks(self) -> list[tuple[int, Mark]]:
        """The framing segments by index; who reads segments only never has them counted."""
        if self._marks is None:
            self._marks = list(zip(self._count(), self.kinds, strict=True))
            self._window = b""
        return self._marks

    def _count(self) -> list[int]:
        """The index of each framing segment; their places are known to the block from now on."""
        block, window = self.block, self._window
        terminator, offset, line, lines = (
            block.syntax.terminator,
            block.offset,
            block.line,
            block.gap.count(b"\n"),
        )
        indices, anchors = [], {0: (offset, line)}
        index = at = 0
        for start in self._starts:
            index += window.count(terminator, at, start)
            at = start
            indices.append(index)
            anchors[index] = (offset + start, line + index * lines)
        block.anchors = anchors
        return indices


class Judge:
    """Judges the blocks of one interchange, and remembers what it has seen and said.

    Attributes:
        lined: Whether segments stand on lines of their own.
        lost: Where in the last block a line ends without a terminator and a segment follows: the index of
            the part and how many of its bytes belong to the segment before.
        foreign: The indices in the last block, after its first segment, of what looks like another
            interchange's header.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._known: set[bytes] = set()
        self.lined = False
        self.lost: tuple[int, int] | None = None
        self.foreign: list[int] = []

    def judge(self, block: Block, window: bytes) -> LexedBlock:
        """Return the block cleaned, with its marks and oddities; the block may come out empty."""
        block.ascii = window.isascii()
        oddities: list[Oddity] = []
        self.foreign.clear()
        self.lost = None
        lower = block.syntax.upper_only and window.upper() != window
        broken = has_breaks(window)
        if not broken or (block.syntax.terminator == b"\n" and b"\r" not in window):
            plain = self._scan(block, window, self.frame.scans[b""])
            if plain is not None:
                plain.oddities = _lower_case(block) if lower else oddities
                return plain
        if broken:
            line = block.syntax.terminator + b"\n", block.syntax.terminator + b"\r\n"
            self.lined = self.lined or line[0] in window or line[1] in window
            block.raws = clean_parts(block.parts, block.syntax)
        heads = self._heads(block)
        if not self._known.issuperset(heads):
            heads = self._judge_heads(block, heads, oddities)
        if (
            broken
            and block.syntax.standard is not Standard.TRADACOMS
            and not block.syntax.terminator.isspace()
        ):
            self._judge_breaks(block, oddities)
        marks = self.frame.marks
        found = [(index, marks[head]) for index, head in enumerate(heads) if head in marks]
        if releases_terminator(window, block.syntax):
            self._judge_releases(block, block.syntax.release, oddities)
        if lower:
            oddities += _lower_case(block)
        return LexedBlock(block, found, oddities)

    def judge_lines(self, block: Block, window: bytes, ending: bytes, breaks: int) -> LexedBlock | None:
        """Return a block of segments each on a line, of so many; None where anything else is unusual."""
        self.foreign.clear()
        self.lost = None
        if block.syntax.upper_only or breaks != len(block.parts):
            return None
        if b"\r" in window and (ending == b"\n" or window.count(b"\r") != len(block.parts)):
            return None
        block.gap = block.syntax.terminator + ending
        lexed = self._scan(block, window, self.frame.scans[ending])
        if lexed is None or Mark.CLOSE_INTERCHANGE in lexed.kinds:
            return None
        self.lined = True
        block.ascii = window.isascii()
        return lexed

    def _scan(self, block: Block, window: bytes, scan: Scan) -> LexedBlock | None:
        """Return a plain block with its framing segments, None where anything in it is out of the ordinary.

        Plain are upper-case tags and single terminators with nothing but the block's gap between segments.
        """
        syntax = block.syntax
        if syntax.standard is Standard.TRADACOMS or not block.closed or releases_terminator(window, syntax):
            return None
        if not self.frame.tag_of(block.raws[0][: self.frame.head_bytes]).isupper():
            return None
        marks, length = self.frame.marks, self.frame.head_bytes
        ends = [match.end() for match in scan.unusual.finditer(window, 0, window.rfind(syntax.terminator))]
        kinds = [scan.marks.get(window[end : end + scan.size]) for end in ends]
        if None in kinds and not self._look_closely(window, scan, ends, kinds):
            return None
        starts = [end + scan.gap for end in ends]
        first = marks.get(block.raws[0][:length])
        if first is not None:
            starts, kinds = [0, *starts], [first, *kinds]
        return LexedBlock.plain(block, window, starts, cast("list[Mark]", kinds))

    def _look_closely(self, window: bytes, scan: Scan, ends: list[int], kinds: list[Mark | None]) -> bool:
        """Return whether all are plain segments; those that frame nothing are taken out, in place."""
        frame = self.frame
        for index, kind in enumerate(kinds):
            if kind is None:
                end = ends[index]
                if scan.plain.match(window, end) is None:
                    return False
                start = end + scan.gap
                head = window[start : start + frame.head_bytes].split(frame.syntax.terminator)[0]
                kinds[index] = frame.marks.get(head)
                if kinds[index] is None and head[:3] in _FOREIGN:
                    return False
        ends[:] = [end for end, kind in zip(ends, kinds, strict=True) if kind is not None]
        kinds[:] = [kind for kind in kinds if kind is not None]
        return True

    def _heads(self, block: Block) -> list[bytes]:
        length = self.frame.head_bytes
        return [raw[:length] for raw in block.raws]

    def _judge_breaks(self, block: Block, oddities: list[Oddity]) -> None:
        """Note line breaks inside segments, and find the first that stands for a terminator."""
        broken = [
            index for index, part in enumerate(block.parts) if has_breaks(part[block.lead(part) :].strip())
        ]
        if not broken:
            return
        self._find_lost(block, broken)
        told = "A segment was expected on one line; the line breaks inside it were left out."
        mended = (index for index in broken if self.lost is None or index < self.lost[0])
        oddities.extend(Oddity(index, "line-break-in-segment", told) for index in mended)

    def _find_lost(self, block: Block, broken: list[int]) -> None:
        """Find the first line end that stands for a terminator, in data that have each segment on a line."""
        for index in broken if self.lined else []:
            part = block.parts[index]
            found = self.frame.begins_line.search(part, block.lead(part))
            if found:
                self.lost = (index, found.start())
                return

    def _judge_heads(self, block: Block, heads: list[bytes], oddities: list[Oddity]) -> list[bytes]:
        """Mend what unknown first bytes show to be wrong, note the rest, and return the first bytes now."""
        if any(head[:1] in _BLANK_STARTS for head in set(heads) - self._known):
            self._merge_blank(block, oddities)
            heads = self._heads(block)
        if block.syntax.standard is Standard.TRADACOMS:
            self._join_values(block, heads, oddities)
            heads = self._heads(block)
        for head in [head for head in dict.fromkeys(heads) if head not in self._known]:
            self._judge_head(head, heads, oddities)
        return heads

    def _merge_blank(self, block: Block, oddities: list[Oddity]) -> None:
        block.parts, block.raws, merged = merge_blank(block.parts, block.raws, block.syntax.terminator)
        if not block.syntax.terminator.isspace():
            told = "A segment was expected between two terminators, and none was found."
            oddities.extend(Oddity(place, "empty-segment", told) for place in merged)

    def _join_values(self, block: Block, heads: list[bytes], oddities: list[Oddity]) -> None:
        begins = [head in self._known or self._begins(head) for head in heads]
        if all(begins):
            return
        block.parts, block.raws, grown = join_values(block.parts, block.raws, begins, block.syntax.terminator)
        told = (
            "An apostrophe in a value was expected to be released with '?'; what follows it was joined again."
        )
        oddities.extend(Oddity(place, "terminator-in-value", told) for place in grown)

    def _begins(self, head: bytes) -> bool:
        return head[3:] in (b"", self.frame.syntax.tag) and bool(self.frame.tag_of(head))

    def _judge_head(self, head: bytes, heads: list[bytes], oddities: list[Oddity]) -> None:
        tag = self.frame.tag_of(head)
        places = [index for index, other in enumerate(heads) if other == head]
        if not tag:
            told = f"A segment tag was expected, and {head.decode('latin-1')!r} was found."
            oddities.extend(Oddity(place, "invalid-tag", told) for place in places)
            return
        usual = tag == tag.upper()
        if head not in self.frame.marks and head[:3].upper() in _FOREIGN:
            self.foreign.extend(filter(None, places))
        elif usual:
            self._known.add(head)
        if not usual:
            told = f"The tag was expected in upper case, and is {tag!r}."
            oddities.extend(Oddity(place, "lower-case-tag", told) for place in places)

    def _judge_releases(self, block: Block, release: bytes, oddities: list[Oddity]) -> None:
        """Note releases before terminators that look like mistakes."""
        told = "The release character before the terminator releases nothing: a new segment follows."
        ends = (index for index, raw in enumerate(block.raws) if dangles(raw, release))
        oddities.extend(Oddity(index, "terminator-released", told) for index in ends)
        for index, raw in enumerate(block.raws):
            found = self.frame.runs_on.search(raw)
            if found is None:
                continue
            before = raw[: found.start()]
            if len(before) - len(before.rstrip(release)) > 1:
                told = (
                    "Releases in a text were expected to be released each, and an odd number of them ends it."
                )
                oddities.append(Oddity(index, "odd-releases", told))
            else:
                told = (
                    "A terminator is released, and what follows looks like a segment. Is a release too many?"
                )
                oddities.append(Oddity(index, "released-terminator-before-tag", told))


def _lower_case(block: Block) -> list[Oddity]:
    """The segments of a block in which lower case stands."""
    told = "Upper case was expected under UNOA, and lower case was found."
    lower = (index for index, raw in enumerate(block.raws) if raw.upper() != raw)
    return [Oddity(index, "lower-case-under-unoa", told) for index in lower]
