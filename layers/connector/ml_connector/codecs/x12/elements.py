"""X12 elements while they are read: numbers, implied decimals, dates and times as X12 writes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timezone
from typing import TYPE_CHECKING

from ml_connector.codecs.amounts import read_number, shift
from ml_connector.codecs.reading import Reading, Taken
from ml_connector.documents import Severity

if TYPE_CHECKING:
    from decimal import Decimal

    from ml_connector.edi import Segment

# A two-digit year below this is of this century (DTM and BEG dates of senders who keep to YYMMDD).
_CENTURY_WINDOW = 70
#: Releases before this one write dates as YYMMDD.
_FOUR_DIGIT_YEARS = "004010"
_TIME = re.compile(r"(\d\d)(\d\d)(?:(\d\d)\d{0,2})?")
_UNIVERSAL_TIME = ("UT", "GM")


class Elements(Taken):
    """A segment's elements, read as X12 types them; what can't be read becomes a finding and is kept raw."""

    __slots__ = ()

    def __init__(self, segment: Segment, reading: Reading) -> None:
        super().__init__(segment, reading)
        self._drop_empty_components()

    def __getitem__(self, number: int) -> str | None:
        return self.text(number)

    def code(self, number: int, component: int | None = None) -> str | None:
        """A code in upper case, of the element or one of its components: some senders write ``ea``."""
        value = self.text(number) if component is None else self.part(number, component)
        return self.folded(value, number) if value else None

    def number(self, number: int) -> Decimal | None:
        """A number with explicit decimal point (type R) or a whole one (N0)."""
        text = self.text(number)
        if text is None:
            return None
        read = read_number(text)
        if read is None:
            self._not_a(number, "number", text)
            return None
        if read.repaired:
            self._reading.normalised("number-form", self.path(number), text, read.value)
        return read.value

    def whole(self, number: int) -> int | None:
        """A whole number (N0)."""
        value = self.number(number)
        if value is None:
            return None
        if value != value.to_integral_value():
            self._not_a(number, "whole number", str(value))
            return None
        return int(value)

    def implied(self, number: int, places: int = 2) -> Decimal | None:
        """A number with implied decimals (N2). One with a point all the same is taken as it reads."""
        value = self.number(number)
        text = self.text(number) or ""
        if value is None:
            return None
        if "." not in text:
            return shift(value, places)
        self._pointed(number, places, text, value)
        return value

    def _pointed(self, number: int, places: int, text: str, value: Decimal) -> None:
        self._reading.find(
            Severity.WARNING,
            "implied-decimal-point",
            f"{self.path(number)} has {places} implied decimals but is written {text}; taken as {value}.",
            path=self.path(number),
            found=text,
        )
        self._reading.normalised("implied-decimal-point", self.path(number), text, value)

    def day(self, number: int) -> date | None:
        """A date as CCYYMMDD; YYMMDD is understood with a warning, anything else is a finding."""
        text = self.text(number)
        if text is None:
            return None
        day = _day(text)
        if day is None:
            self._not_a(number, "date CCYYMMDD", text, Severity.WARNING)
            return None
        if len(text) == len("YYMMDD") and self._reading.message.version >= _FOUR_DIGIT_YEARS:
            self._reading.find(
                Severity.WARNING,
                "two-digit-year",
                f"{self.path(number)} is {text} where CCYYMMDD was expected; taken as {day}.",
                path=self.path(number),
                found=text,
            )
            self._reading.normalised("two-digit-year", self.path(number), text, day)
        return day

    def moment(self, day: int, clock: int, zone: int | None = None) -> date | datetime | None:
        """A date, with its time where there is one; universal time is told by zone code UT or GM."""
        found = self.day(day)
        text = self.text(clock)
        if found is None or text is None:
            return found
        at = _clock(text)
        if at is None:
            self._not_a(clock, "time HHMM", text, Severity.WARNING)
            return found
        return datetime.combine(found, at, tzinfo=self._zone(zone))

    def pairs(self, first: int) -> list[tuple[str, str]]:
        """Qualifier and value pairs starting at element ``first``; pairs lacking one half stay raw."""
        found = []
        for number in range(first, len(self.values), 2):
            qualifier, value = self.code(number), self.text(number + 1)
            if qualifier and value:
                found.append((qualifier, value))
            else:
                self.leave(number)
                self.leave(number + 1)
        return found

    def _drop_empty_components(self) -> None:
        """Take separators of empty components off the end: some senders close every segment with one."""
        syntax = self.segment.syntax
        if self.values and self.segment.raw.endswith(syntax.component):
            component, original = syntax.separators.component, self.values[-1]
            self.values = [*self.values[:-1], original.rstrip(component)]
            path = self.path(len(self.values))
            self._reading.normalised("empty-components", path, original, self.values[-1])

    def _zone(self, number: int | None) -> timezone | None:
        if number is None:
            return None
        if self.code(number) in _UNIVERSAL_TIME:
            return UTC
        self.leave(number)
        return None

    def _not_a(self, number: int, kind: str, text: str, severity: Severity = Severity.ERROR) -> None:
        """Say that the element can't be read, and give it back so that it stays visible."""
        self.leave(number)
        self._reading.find(
            severity,
            "unreadable-" + kind.split(maxsplit=1)[0],
            f"{self.path(number)} should be a {kind}, found {text!r}.",
            path=self.path(number),
            found=text,
        )


class X12Reading(Reading):
    """A transaction set while it is read."""

    def opened(self, segment: Segment) -> Elements:
        """A view of the segment that knows X12's types."""
        return Elements(segment, self)

    def take(self, segment: Segment) -> Elements:
        """The segment, opened for taking values."""
        taken = super().take(segment)
        assert isinstance(taken, Elements)  # noqa: S101 - opened() makes no other; told to the type checker
        return taken


def _day(text: str) -> date | None:
    if len(text) == len("YYMMDD") and text.isdigit():
        text = ("20" if int(text[:2]) < _CENTURY_WINDOW else "19") + text
    if len(text) != len("CCYYMMDD") or not text.isdigit():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        return None
