"""X12 transaction sets while they are written: every value checked against its element before it leaves.

Rows are put with Python values; the element's type in the release decides how a value is written. What the
element can't carry is refused by name: field, limit and value.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from ml_connector.codecs.amounts import digits_of, write_implied, write_number
from ml_connector.codecs.x12.fields import FIELDS
from ml_connector.edi.schema import load_rules
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi.notation import Condition, Element
    from ml_connector.edi.rows import Row

Plain: TypeAlias = str | int | Decimal | date | None
Put: TypeAlias = Plain | tuple[Plain, ...]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class SetWriter:
    """Collects the rows between ST and SE of one transaction set.

    Attributes:
        version: The release, ``004010`` or ``005010``.
        rows: What has been put so far.
    """

    def __init__(self, version: str, profile: CodecProfile) -> None:
        self.version = version
        self.profile = profile
        self.rows: list[Row] = []
        self._rules = load_rules("x12", version)
        self._within: list[str] = []

    @property
    def note_tag(self) -> str:
        """The segment for text under N9: MSG in 004010, MTX from 005010 on."""
        return "MTX" if self.version >= "005010" else "MSG"

    @contextmanager
    def within(self, path: str) -> Iterator[None]:
        """Name where in the document the values come from, for what is refused meanwhile."""
        self._within.append(path)
        yield
        self._within.pop()

    def put(self, tag: str, *values: Put) -> None:
        """Add a segment; None and empty texts are absent elements, a tuple is a composite.

        Raises:
            Misconfigured: A value is too long, too short or of the wrong kind, or one that must be is not.
        """
        texts = [self._element(tag, number, value) for number, value in enumerate(values, start=1)]
        while texts and not texts[-1]:
            texts.pop()
        self._check_presence(tag, [bool(text) for text in texts])
        self.rows.append((tag, texts))

    def refuse(self, field: str, reason: str, value: object, *, advice: str = "") -> Misconfigured:
        """The error that a field can't be carried; the caller raises it."""
        path = ".".join([*self._within, field])
        return Misconfigured(
            f"{path} can't be written in X12 {self.version}: {reason}, found {str(value)!r}.",
            advice=advice
            or "Correct the value in the document it comes from, or agree another way of sending it.",
            field=path,
            value=str(value),
        )

    def _element(self, tag: str, number: int, value: Put) -> str | list[str]:
        part = self._rules[tag].parts[number - 1]
        if isinstance(value, tuple):
            components = part.composite.parts if part.composite else ()
            return [
                self._plain(f"{tag}{number:02d}-{index:02d}", component.element, plain)
                for index, (component, plain) in enumerate(zip(components, value, strict=False), start=1)
            ]
        return self._plain(f"{tag}{number:02d}", part.element, value)

    def _plain(self, place: str, element: Element | None, value: Plain) -> str:
        if value is None or value == "":
            return ""
        if element is None:
            return str(value)
        text = self._typed(place, element, value)
        length = digits_of(text) if element.type in ("R", "N0", "N2") else len(text)
        if length > element.maximum:
            raise self._refuse_at(place, f"{place} holds at most {element.maximum} characters", value)
        if length < element.minimum:
            raise self._refuse_at(place, f"{place} holds at least {element.minimum} characters", value)
        return text

    def _typed(self, place: str, element: Element, value: Plain) -> str:
        if isinstance(value, Decimal | int):
            return self._number(place, element, Decimal(value))
        if isinstance(value, date):
            return self._date(place, element, value)
        text = str(value)
        if _CONTROL.search(text):
            raise self._refuse_at(place, f"{place} can't hold control characters or line breaks", value)
        return text

    def _number(self, place: str, element: Element, value: Decimal) -> str:
        places = {"N0": 0, "N2": 2}.get(element.type)
        if places is None:
            return write_number(value)
        text = write_implied(value, places)
        if text is None:
            raise self._refuse_at(place, f"{place} holds at most {places} decimals", value)
        return text

    def _date(self, place: str, element: Element, value: date) -> str:
        if element.type == "DT":
            return f"{value:%Y%m%d}"
        if element.type == "TM" and isinstance(value, datetime):
            return f"{value:%H%M%S}" if value.second else f"{value:%H%M}"
        raise self._refuse_at(place, f"{place} holds no date", value)

    def _check_presence(self, tag: str, present: list[bool]) -> None:
        rule = self._rules[tag]
        held = [*present, *[False] * (len(rule.parts) - len(present))]
        for number, part in enumerate(rule.parts, start=1):
            if part.mandatory and not held[number - 1]:
                raise self._refuse_at(f"{tag}{number:02d}", f"{tag}{number:02d} must be there", None)
        for condition in rule.conditions:
            if (missing := broken_at(condition, held)) is not None:
                place = f"{tag}{missing:02d}"
                raise self._refuse_at(place, f"{tag} demands {place} (condition {condition.name})", None)

    def _refuse_at(self, place: str, reason: str, value: object) -> Misconfigured:
        return self.refuse(FIELDS.get(place, place), reason, value)


def broken_at(condition: Condition, held: list[bool]) -> int | None:
    """The position that a condition misses (X12.6: P, R, C, L) or has too much (E); None if it is met."""
    first, rest = condition.positions[0], condition.positions[1:]
    missing = [position for position in condition.positions if not held[position - 1]]
    if condition.rule == "P":
        return missing[0] if 0 < len(missing) < len(condition.positions) else None
    if condition.rule == "R":
        return first if len(missing) == len(condition.positions) else None
    if condition.rule == "E":
        return first if len(condition.positions) - len(missing) > 1 else None
    if not held[first - 1]:
        return None
    wanted = [position for position in rest if not held[position - 1]]
    if condition.rule == "C":
        return wanted[0] if wanted else None
    return wanted[0] if len(wanted) == len(rest) else None
