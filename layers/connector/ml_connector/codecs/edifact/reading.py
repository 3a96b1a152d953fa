"""EDIFACT messages being read: segment groups by their triggers, numbers with either decimal mark.

Group numbers differ between directories, so groups are found by the tag that opens them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ml_connector.codecs.amounts import read_number
from ml_connector.codecs.edifact.coded import coded_places
from ml_connector.codecs.edifact.widths import Widths, widths_of
from ml_connector.codecs.reading import Reading, Taken
from ml_connector.codecs.units import unit
from ml_connector.documents import Severity, UnitList
from ml_connector.edi.loops import Loop, place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import UnitOfMeasure
    from ml_connector.edi import Interchange, Message, Segment

Meaning = TypeVar("Meaning")

# What they say stands in the document's source and totals.
_SERVICE_SEGMENTS = ("UNH", "UNS", "UNT")


class EdifactReading(Reading):
    """The reading of one EDIFACT message.

    Attributes:
        tree: The message as placed.
        root: The message as a group.
        currency: The document's currency, once it is read.
    """

    def __init__(self, interchange: Interchange, message: Message, profile: CodecProfile) -> None:
        super().__init__(interchange, message, profile)
        self.tree = place(message)
        self.root = GroupReader(self.tree, self)
        self.currency: str | None = None
        for tag in _SERVICE_SEGMENTS:
            for segment in self.tree.segments(tag):
                self.take(segment).take_all()

    def opened(self, segment: Segment) -> SegmentReader:
        """The segment with EDIFACT's numbers."""
        return SegmentReader(segment, self)

    def segment(self, segment: Segment) -> SegmentReader:
        """The segment, opened for taking values."""
        taken = self.take(segment)
        assert isinstance(taken, SegmentReader)  # noqa: S101 - opened() makes no other
        return taken

    def begin(self) -> SegmentReader:
        """BGM, the beginning of message.

        Raises:
            Rejected: There is none.
        """
        begin = self.root.segment("BGM")
        if begin is None:
            raise self.refuse("begin-missing", f"{self.message.type} has no BGM segment.", path="BGM")
        return begin

    def stated_currency(self) -> str | None:
        """The currency of the first MOA that names one (C516.6345)."""
        moas = (segment for segment in self.message.segments if segment.tag == "MOA")
        return next(filter(None, (segment.element(1, 3).strip().upper() for segment in moas)), None)

    @property
    def widths(self) -> Widths:
        """How long one component of a text may be in the message's directory."""
        return widths_of(self.message.version)


class SegmentReader(Taken):
    """A segment from which values are taken, its codes in upper case: some senders write ``pce``."""

    __slots__ = ("_coded", "reading")

    def __init__(self, segment: Segment, reading: EdifactReading) -> None:
        super().__init__(segment, reading)
        self.reading = reading
        self._coded = coded_places(segment.tag, reading.message.version)

    def peek(self, element: int, component: int = 1) -> str:
        """The stripped value, a code in upper case, without taking it."""
        value = self.segment.element(element, component).strip()
        return value.upper() if (element, component) in self._coded else value

    def part(self, number: int, component: int = 1, repetition: int = 1) -> str | None:
        """A component of an element, a code in upper case; None where it is absent or empty."""
        value = super().part(number, component, repetition)
        return self.folded(value, number) if value and (number, component) in self._coded else value

    def parts(self, element: int, first: int = 1, last: int = 99) -> list[str]:
        """Consecutive components exactly as sent, without empty ones at the end."""
        found = self.segment.components(element)[first - 1 : last]
        self._parts.update((element, component, 1) for component in range(first, first + len(found)))
        while found and not found[-1].strip():
            found.pop()
        return found

    def number(self, element: int, component: int = 1) -> Decimal | None:
        """The value as a number, with a point or a comma; None where absent.

        A value that is no number stays untaken, with a finding that holds the document for a person.
        """
        text = self.part(element, component)
        if text is None:
            return None
        number = read_number(text.replace(",", ".", 1))
        if number is None:
            self._parts.discard((element, component, 1))
            self.reading.find(
                Severity.HOLD,
                "unreadable-number",
                f"{self.path(element)} should be a number, found {text!r}.",
                path=self.path(element),
                found=text,
            )
            return None
        if number.repaired:
            self.reading.normalised("number-form", self.path(element), text, number.value)
        return number.value

    def unit(self, element: int, component: int) -> UnitOfMeasure | None:
        """The value as a unit of UN/ECE Recommendation 20, or 21 for codes of three that begin with X."""
        sent = super().part(element, component)
        if sent is None:
            return None
        known = self.reading.profile.units_in
        meant = known.get(sent) or known.get(sent.upper())
        code = meant or self.folded(sent, element)
        if meant and meant != sent:
            self.reading.normalised("unit-override", self.path(element), sent, meant)
        package = len(code) == 3 and code.startswith("X")
        return unit(code, UnitList.UNECE_REC21 if package else UnitList.UNECE_REC20)

    def coded(self, element: int, table: Mapping[str, Meaning], default: Meaning) -> Meaning:
        """The meaning of a code; the default where it is absent, or unknown and then untaken."""
        code = self.peek(element)
        if code not in table:
            return default
        self.part(element)
        return table[code]

    def integer(self, element: int, component: int = 1) -> int | None:
        """The value as a whole number; None, and untaken, where it is none."""
        text = self.peek(element, component)
        if not text.isdecimal():
            return None
        self.part(element, component)
        return int(text)


class GroupReader:
    """A segment group, or the whole message, being read."""

    __slots__ = ("loop", "reading")

    def __init__(self, loop: Loop, reading: EdifactReading) -> None:
        self.loop = loop
        self.reading = reading

    @property
    def head(self) -> SegmentReader:
        """The group's trigger."""
        return self.reading.segment(
            next(child for child in self.loop.children if not isinstance(child, Loop))
        )

    def segments(self, tag: str, *, area: str | None = None) -> list[SegmentReader]:
        """The segments of a tag directly in this group."""
        return [self.reading.segment(segment) for segment in self.loop.segments(tag, area=area)]

    def segment(self, tag: str) -> SegmentReader | None:
        """The first segment of a tag directly in this group."""
        found = self.loop.segment(tag)
        return self.reading.segment(found) if found is not None else None

    def groups(self, trigger: str, *, area: str | None = None) -> list[GroupReader]:
        """The groups directly in this one that a tag opens."""
        return [GroupReader(loop, self.reading) for loop in self.loop.loops(trigger, area=area)]

    def amount(self, *qualifiers: str, area: str | None = None) -> Decimal | None:
        """The amount of the first MOA with one of the qualifiers (5025), in their order.

        A currency of its own that is not the document's stays unread, for no amount has a place for it.
        """
        found = self.segments("MOA", area=area) + [group.head for group in self.groups("MOA", area=area)]
        for qualifier in qualifiers:
            for segment in found:
                if segment.peek(1, 1) == qualifier:
                    segment.part(1, 1)
                    if segment.peek(1, 3) == self.reading.currency:
                        segment.part(1, 3)
                    return segment.number(1, 2)
        return None

    def count(self, qualifier: str) -> int | None:
        """The whole number of the CNT with a qualifier (6069)."""
        segment = self.first("CNT", qualifier)
        if segment is None:
            return None
        segment.part(1, 1)
        return segment.integer(1, 2)

    def sum_of(self, qualifier: str) -> Decimal | None:
        """The number of the CNT with a qualifier (6069)."""
        segment = self.first("CNT", qualifier)
        if segment is None:
            return None
        segment.part(1, 1)
        return segment.number(1, 2)

    def first(self, tag: str, *qualifiers: str) -> SegmentReader | None:
        """The first segment of a tag whose first component is one of the qualifiers, in their order."""
        found = self.segments(tag) + [group.head for group in self.groups(tag)]
        for qualifier in qualifiers:
            for segment in found:
                if segment.peek(1, 1) == qualifier:
                    return segment
        return None
