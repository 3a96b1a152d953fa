"""DTM: dates and times in the formats of code list 2379."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ml_connector.documents import Severity, day_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.codecs.edifact.reading import SegmentReader
    from ml_connector.edi.rows import Row

_FORMATS = {"102": "%Y%m%d", "203": "%Y%m%d%H%M", "204": "%Y%m%d%H%M%S", "101": "%y%m%d", "201": "%y%m%d%H%M"}
_BY_LENGTH = {6: "101", 8: "102", 12: "203", 14: "204"}
_ZONED = re.compile(r"(?P<digits>\d{12}|\d{14})(?P<hours>[+-]\d{2})$")
_PERIOD = re.compile(r"(?P<start>\d{8})-?(?P<end>\d{8})$")


def read_moment(segment: SegmentReader) -> date | datetime | None:
    """The date of a DTM, with its time where one was sent and is not midnight.

    A date that can't be read is left untaken, with a finding that holds the document.
    """
    text, declared = segment.peek(1, 2), segment.peek(1, 3)
    if not text.strip("0"):
        _take(segment)
        return None
    moment = _zoned(text) or _declared(text, declared) or _by_length(segment, text, declared)
    if moment is None:
        segment.reading.find(
            Severity.HOLD,
            "unreadable-date",
            f"{segment.path(1)} should hold a date of format {declared or '102'}, found {text!r}.",
            path=segment.path(1),
            found=text,
        )
        return None
    _take(segment)
    return moment


def read_day(segment: SegmentReader) -> date | None:
    """The calendar day of a DTM; a time of day that the document has no place for is recorded."""
    moment = read_moment(segment)
    if isinstance(moment, datetime) and (moment.hour or moment.minute or moment.second):
        path = segment.path(1)
        segment.reading.normalised("time-of-day-dropped", path, segment.peek(1, 2), f"{moment:%Y-%m-%d}")
    return day_of(moment)


def read_period(segment: SegmentReader) -> tuple[date, date] | None:
    """First and last day of a DTM of format 718 (CCYYMMDD-CCYYMMDD)."""
    match = _PERIOD.match(segment.peek(1, 2))
    if match is None:
        return None
    try:
        start, end = (datetime.strptime(match[name], "%Y%m%d").date() for name in ("start", "end"))  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    _take(segment)
    return start, end


def write_moment(qualifier: str, moment: date | datetime | None) -> Iterable[Row]:
    """The DTM of a date or time; nothing for None. A time zone is written as format 303, in whole hours."""
    if moment is None:
        return
    if not isinstance(moment, datetime):
        yield ("DTM", [[qualifier, moment.strftime("%Y%m%d"), "102"]])
    elif moment.tzinfo is not None:
        offset = moment.utcoffset() or timedelta()
        hours = int(offset.total_seconds() // 3600)
        yield ("DTM", [[qualifier, f"{moment:%Y%m%d%H%M}{hours:+03d}", "303"]])
    elif moment.second:
        yield ("DTM", [[qualifier, moment.strftime("%Y%m%d%H%M%S"), "204"]])
    else:
        yield ("DTM", [[qualifier, moment.strftime("%Y%m%d%H%M"), "203"]])


def write_period(qualifier: str, start: date | None, end: date | None) -> Iterable[Row]:
    """The DTM of a period; nothing unless both ends are known."""
    if start and end:
        yield ("DTM", [[qualifier, f"{start:%Y%m%d}-{end:%Y%m%d}", "718"]])


def _take(segment: SegmentReader) -> None:
    for component in (1, 2, 3):
        segment.part(1, component)


def _zoned(text: str) -> datetime | None:
    match = _ZONED.match(text)
    if match is None:
        return None
    form = _FORMATS[_BY_LENGTH[len(match["digits"])]]
    zone = timezone(timedelta(hours=int(match["hours"])))
    try:
        return datetime.strptime(match["digits"], form).replace(tzinfo=zone)
    except ValueError:
        return None


def _declared(text: str, declared: str) -> date | datetime | None:
    form = _FORMATS.get(declared)
    if form is None or len(text) != {"%Y": 8, "%y": 6}[form[:2]] + 2 * (form.count("%") - 3):
        return None
    return _parsed(text, form)


def _by_length(segment: SegmentReader, text: str, declared: str) -> date | datetime | None:
    """The date by its length alone; said to be odd where another format was declared."""
    form = _FORMATS.get(_BY_LENGTH.get(len(text), ""))
    moment = _parsed(text, form) if form else None
    if moment is not None and declared:
        segment.reading.find(
            Severity.WARNING,
            "date-format-mismatch",
            f"{segment.path(1)} declares format {declared} for {text!r}; it was read by its length.",
            path=segment.path(1),
            found=text,
        )
    return moment


def _parsed(text: str, form: str) -> date | datetime | None:
    try:
        moment = datetime.strptime(text, form)  # noqa: DTZ007 - local to whoever wrote it; DTM names no zone
    except ValueError:
        return None
    return moment if "%H" in form else moment.date()
