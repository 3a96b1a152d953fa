"""What a single value may look like: types, lengths, codes, dates and times of the three standards.

`faults_of` explains a value; `pattern_of` is the same rule as a regular expression over bytes, for the fast
path of validation. A pattern may refuse what is right (the explanation then finds nothing); it never accepts
what is wrong.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import TYPE_CHECKING

from ml_connector.edi.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.edi.notation import Element

Found = tuple[Fault, str]

_DATE_TYPES = frozenset({"DT", "date"})
_TIME_TYPES = frozenset({"TM", "time"})
_LIST_TYPES = frozenset({"ID", "a", "an", "n", "X", "9"})

#: EDIFACT 2379 formats that name a day or time, as strptime-like letters; the others are not checked.
DATE_FORMATS = {
    "101": "YYMMDD",
    "102": "CCYYMMDD",
    "106": "MMDD",
    "201": "YYMMDDhhmm",
    "202": "YYMMDDhhmmss",
    "203": "CCYYMMDDhhmm",
    "204": "CCYYMMDDhhmmss",
    "401": "hhmm",
    "402": "hhmmss",
    "602": "CCYY",
    "609": "YYMM",
    "610": "CCYYMM",
    "615": "YYWW",
    "616": "CCYYWW",
    "713": "YYMMDDhhmm-YYMMDDhhmm",
    "717": "YYMMDD-YYMMDD",
    "718": "CCYYMMDD-CCYYMMDD",
    "719": "CCYYMMDDhhmm-CCYYMMDDhhmm",
}
#: X12 1250 date time period formats that are checked.
PERIOD_FORMATS = {
    "D8": "CCYYMMDD",
    "RD8": "CCYYMMDD-CCYYMMDD",
    "D6": "YYMMDD",
    "TM": "hhmm",
    "DT": "CCYYMMDDhhmm",
}

_FIELDS = {"CC": r"\d\d", "YY": r"\d\d", "MM": "(?:0[1-9]|1[0-2])", "DD": "(?:0[1-9]|[12]\\d|3[01])"}
_FIELDS |= {
    "hh": r"(?:[01]\d|2[0-4])",
    "mm": r"[0-5]\d",
    "ss": r"[0-5]\d",
    "WW": r"(?:0[1-9]|[1-4]\d|5[0-3])",
}


def faults_of(value: str, element: Element) -> list[Found]:
    """The faults of a value that is not empty, each with what was expected."""
    found = list(_faults(value, element))
    bare = value.strip(" ")
    if found and bare and bare != value and not any(_faults(bare, element)):
        return [(Fault.PADDED, "no blanks around the value")]
    return found


def _faults(value: str, element: Element) -> Iterator[Found]:
    kind = element.type
    if kind in _DATE_TYPES:
        yield from _date_faults(value, element)
    elif kind in _TIME_TYPES:
        yield from _time_faults(value)
    elif is_number(kind):
        yield from _number_faults(value, element)
    else:
        yield from _text_faults(value, element)
    if element.codes and value not in element.codes and kind in _LIST_TYPES:
        yield _code_fault(value, element)


def is_number(kind: str) -> bool:
    """Whether an element's type is numeric: X12 R and Nn, EDIFACT n, TRADACOMS 9."""
    return kind in {"R", "n", "9"} or kind[0] == "N"


def _text_faults(value: str, element: Element) -> Iterator[Found]:
    yield from _length_faults(len(value), element)
    if not value.isprintable() and re.search(r"[\x00-\x1f\x7f]", value):
        yield Fault.INVALID_CHARACTER, "text without control characters"
    elif element.type == "a" and re.search(r"\d", value):
        yield Fault.INVALID_CHARACTER, "letters only"


def _length_faults(length: int, element: Element) -> Iterator[Found]:
    if length > element.maximum:
        yield Fault.TOO_LONG, f"at most {element.maximum} characters"
    elif length < element.minimum:
        yield Fault.TOO_SHORT, f"at least {element.minimum} characters"


def _number_faults(value: str, element: Element) -> Iterator[Found]:
    text = value
    if text[:-1] and text.endswith("-"):
        yield Fault.TRAILING_MINUS, "the sign in front"
        text = "-" + text[:-1]
    implied = element.type == "9" or (element.type[0] == "N" and element.type[1:].isdigit())
    match = re.fullmatch(r"[+-]?(\d*)(?:([.,])(\d*))?", text, re.ASCII)
    if match is None:
        two = "." in text and "," in text
        yield (Fault.TWO_DECIMAL_MARKS if two else Fault.INVALID_CHARACTER), "a number"
        return
    whole, mark, fraction = match[1], match[2], match[3] or ""
    if not whole + fraction or (mark == "," and element.type == "R"):
        yield Fault.INVALID_CHARACTER, "a number"
        return
    if mark and implied:
        yield Fault.POINT_IN_IMPLIED_DECIMAL, "digits only, the decimals being implied"
    elif mark and not whole and element.type == "n":
        yield Fault.NO_DIGIT_BEFORE_MARK, "a digit before the decimal mark"
    yield from _length_faults(len(whole) + len(fraction), element)


def _date_faults(value: str, element: Element) -> Iterator[Found]:
    long = element.maximum >= 8
    if long and len(value) == 6 and is_date(value, "YYMMDD"):
        yield Fault.DATE_SHORT, "a date CCYYMMDD"
    elif not is_date(value, "CCYYMMDD" if long else "YYMMDD"):
        yield Fault.DATE_INVALID, "a date CCYYMMDD" if long else "a date YYMMDD"


def _time_faults(value: str) -> Iterator[Found]:
    if not re.fullmatch(r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d\d{0,2})?", value, re.ASCII):
        yield Fault.TIME_INVALID, "a time HHMM, HHMMSS or with decimals"


def _code_fault(value: str, element: Element) -> Found:
    if value.upper() in element.codes:
        return Fault.CODE_IN_LOWER_CASE, "the code in capitals"
    fault = Fault.CODE_REFUSED if element.closed else Fault.CODE_UNKNOWN
    few = sorted(element.codes)[:12]
    return fault, f"one of {', '.join(few)}{' and others' if len(element.codes) > len(few) else ''}"


def is_date(value: str, layout: str) -> bool:
    """Whether a value fits a layout such as ``CCYYMMDD`` and its days exist."""
    names = re.findall("CC|YY|MM|DD|hh|mm|ss|WW|-", layout)
    pattern = "".join(f"({_FIELDS[name]})" if name != "-" else "(-)" for name in names)
    match = re.fullmatch(pattern, value, re.ASCII)
    if match is None:
        return False
    return all(_day_exists(part) for part in _periods(names, match.groups()))


def _periods(names: list[str], values: Iterable[str]) -> Iterator[dict[str, str]]:
    part: dict[str, str] = {}
    for name, value in zip(names, values, strict=True):
        if name == "-":
            yield part
            part = {}
        part[name] = value
    yield part


def _day_exists(part: dict[str, str]) -> bool:
    if "DD" not in part:
        return True
    year = int(part.get("CC", "20") + part.get("YY", "00"))
    return year > 0 and int(part["DD"]) <= monthrange(year, int(part["MM"]))[1]


#: Days that exist in every year; 29 February is left to the explanation.
_DAY = (
    rb"(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])"
    rb"|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)"
    rb"|02(?:0[1-9]|1[0-9]|2[0-8]))"
)
_CLOCK = rb"(?:[01][0-9]|2[0-3])[0-5][0-9]"
DATE_PATTERNS = {
    b"102": rb"[12][0-9]{3}" + _DAY,
    b"203": rb"[12][0-9]{3}" + _DAY + _CLOCK,
    b"101": rb"[0-9]{2}" + _DAY,
}


def pattern_of(element: Element, text: bytes) -> bytes:
    """A pattern that accepts nothing wrong.

    Args:
        element: The rule.
        text: A character class of what texts may hold: no separators, no control characters.
    """
    kind = element.type
    if kind in _DATE_TYPES:
        return DATE_PATTERNS[b"102"] if element.maximum >= 8 else DATE_PATTERNS[b"101"]
    if kind in _TIME_TYPES:
        return _CLOCK + rb"(?:[0-5][0-9][0-9]{0,2}+)?+"
    if element.codes and kind in _LIST_TYPES:
        return _one_of(element.codes)
    if is_number(kind):
        return _number_pattern(element)
    return text_of(element, text, least=element.minimum)


def text_of(element: Element, text: bytes, *, least: int) -> bytes:
    """A pattern of so many characters; bytes beyond ASCII may be parts of one, so none of them counts."""
    letters = b"[A-Za-z ]" if element.type == "a" else text
    if least > 1 and element.type != "a":
        letters = letters.replace(b"]", rb"\x80-\xff]")
    return letters + b"{%d,%d}+" % (least, element.maximum)


def is_text(element: Element) -> bool:
    """Whether any text of the right length will do."""
    kind = element.type
    listed = element.codes and kind in _LIST_TYPES
    return not (listed or is_number(kind) or kind in _DATE_TYPES or kind in _TIME_TYPES)


def _number_pattern(element: Element) -> bytes:
    """Digits with or without a point; the lengths before and after it together never exceed the maximum."""
    least, most = element.minimum, element.maximum
    if element.type in ("R", "n") and least == 1 and most > 2:
        decimals = most // 3
        mark = b"[.]" if element.type == "R" else b"[.,]"
        return b"-?+[0-9]{1,%d}+%s?+[0-9]{0,%d}+" % (most - decimals, mark, decimals)
    return b"-?+[0-9]{%d,%d}+" % (least, most)


def _one_of(codes: Iterable[str]) -> bytes:
    """Alternatives, those that share a beginning grouped, so that the first byte decides early."""
    by_first: dict[str, list[str]] = {}
    for code in sorted(codes, key=lambda code: (code[:1], -len(code), code)):
        by_first.setdefault(code[:1], []).append(code[1:])
    branches = []
    for first, rests in by_first.items():
        rest = b"" if rests == [""] else _rests(rests)
        branches.append(re.escape(first.encode("latin-1")) + rest)
    return b"(?:" + b"|".join(branches) + b")"


def _rests(rests: list[str]) -> bytes:
    if all(len(rest) == 1 for rest in rests):
        return b"[" + b"".join(re.escape(rest.encode("latin-1")) for rest in rests) + b"]"
    return b"(?:" + b"|".join(re.escape(rest.encode("latin-1")) for rest in rests) + b")"
