"""Segments as rows, and rows as bytes.

A row is ``(tag, [element, ...])``. An element is a text, a number, a list of components, or a list of lists:
repetitions, each with its components.

::

    ("BEG", ["00", "NE", "4500012345", "", "20260115"])
    ("DTM", [["137", "20260115", "102"]])
    ("QTY", [["21", Decimal("12.5"), "PCE"]])
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from ml_connector.edi.charset import EDIFACT_CODECS
from ml_connector.edi.loops import Loop
from ml_connector.edi.schema import load_rules
from ml_connector.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from ml_connector.edi.segment import Segment
    from ml_connector.edi.separators import Separators, Standard

Component: TypeAlias = str | int | Decimal
Value: TypeAlias = Component | Sequence[Component | Sequence[Component]]
Row: TypeAlias = tuple[str, Sequence[Value]]

#: ISO 9735 level A: what UNOA may carry besides service characters.
_LEVEL_A = re.compile(r"""[A-Z0-9 .,\-()/='+:?!"%&*;<>]*""")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class Trailing(StrEnum):
    """What happens to separators after a segment's last value."""

    TRIM = "trim"  # left out, as all three standards prefer
    KEEP = "keep"  # as many as the row has elements
    FILL = "fill"  # as many as the standard has elements


class RowWriter:
    """Writes rows with one interchange's separators and charset.

    Args:
        standard: Whose rules apply.
        separators: The service characters.
        charset: An EDIFACT syntax identifier (``UNOC``) or a Python codec.
        trailing: What happens to empty elements at the end.
        substitute: Written in place of characters that neither syntax nor charset can carry; without one such
            characters are refused.
        line_break: Written after each terminator.

    Raises:
        Misconfigured: The separators can't be told apart, or the charset is unknown.
    """

    def __init__(
        self,
        standard: Standard,
        separators: Separators,
        charset: str = "latin-1",
        *,
        trailing: Trailing = Trailing.TRIM,
        substitute: str | None = None,
        line_break: str = "",
    ) -> None:
        self.separators = separators
        self.written = 0
        self._standard = standard
        self._level_a = charset == "UNOA"
        self._codec = _codec(charset)
        self._trailing = trailing
        self._substitute = substitute
        self._end = separators.terminator + line_break
        service = _service_characters(separators)
        self._service = re.compile("[" + re.escape("".join(service)) + "]")

    def write(self, row: Row) -> bytes:
        """One segment with its terminator.

        Raises:
            Rejected: The row holds a character that can't be carried; the context names tag and element.
        """
        tag, values = row
        texts = [self._element(tag, number, value) for number, value in enumerate(values, 1)]
        texts = self._trimmed(tag, texts)
        body = self.separators.element.join(texts)
        self.written += 1
        text = f"{tag}{self.separators.tag}{body}{self._end}" if texts else f"{tag}{self._end}"
        return text.encode(self._codec)

    def _trimmed(self, tag: str, texts: list[str]) -> list[str]:
        if self._trailing is Trailing.TRIM:
            while texts and not texts[-1]:
                texts.pop()
        elif self._trailing is Trailing.FILL:
            rule = load_rules(self._standard.value).get(tag)
            texts += [""] * (len(rule.parts) - len(texts) if rule else 0)
        return texts

    def _element(self, tag: str, number: int, value: Value) -> str:
        if isinstance(value, str | int | Decimal):
            return self._plain(tag, number, value)
        repetitions = [part for part in value if not isinstance(part, str | int | Decimal)]
        if not repetitions:
            return self._composite(tag, number, value)
        if len(repetitions) > 1 and not self.separators.repetition:
            raise _refused(tag, number, "repetitions", "this syntax has no repetition separator")
        parts = [[part] if isinstance(part, str | int | Decimal) else part for part in value]
        texts = [self._composite(tag, number, part) for part in parts]
        return (self.separators.repetition or "").join(texts)

    def _composite(self, tag: str, number: int, components: Sequence[object]) -> str:
        texts = [self._plain(tag, number, part) for part in components]
        while texts and not texts[-1] and self._trailing is Trailing.TRIM:
            texts.pop()
        return self.separators.component.join(texts)

    def _plain(self, tag: str, number: int, value: object) -> str:
        if isinstance(value, Decimal):
            return f"{value:f}".replace(".", self.separators.decimal)
        text = str(value)
        if not text.isalnum() or not text.isascii() or self._level_a:
            text = self._carried(tag, number, text)
        return text

    def _carried(self, tag: str, number: int, text: str) -> str:
        """The text as the syntax and the charset can carry it: released, or refused."""
        if _CONTROLS.search(text):
            text = self._replaced(tag, number, text, _CONTROLS, "control characters can't be sent")
        if self._level_a and not _LEVEL_A.fullmatch(text):
            text = self._replaced(tag, number, text, _NOT_LEVEL_A, "UNOA carries capitals and few signs only")
        text = self._encodable(tag, number, text)
        if not self._service.search(text):
            return text
        release = self.separators.release
        if release:
            return self._service.sub(lambda match: release + match[0], text)
        return self._replaced(
            tag, number, text, self._service, "there is no release character for this separator"
        )

    def _encodable(self, tag: str, number: int, text: str) -> str:
        try:
            text.encode(self._codec)
        except UnicodeEncodeError as error:
            wrong = re.compile(f"[{re.escape(text[error.start : error.end])}]")
            reason = f"the charset {self._codec} has no such character"
            return self._encodable(tag, number, self._replaced(tag, number, text, wrong, reason))
        return text

    def _replaced(self, tag: str, number: int, text: str, wrong: re.Pattern[str], reason: str) -> str:
        if self._substitute is None:
            found = wrong.search(text)
            raise _refused(tag, number, repr(found[0] if found else text), reason, text)
        return wrong.sub(self._substitute, text)


_NOT_LEVEL_A = re.compile("[^" + _LEVEL_A.pattern[1:-2] + "]")


def rows_of(source: Loop | Iterable[Segment]) -> Iterator[Row]:
    """The rows of a tree or of segments, in order; what they hold is written anew, releases included."""
    for child in source.children if isinstance(source, Loop) else source:
        if isinstance(child, Loop):
            yield from rows_of(child)
        else:
            yield row_of(child)


def row_of(segment: Segment) -> Row:
    """A segment as a row."""
    values: list[Value] = []
    for number in range(1, len(segment) + 1):
        repetitions = [
            segment.components(number, count) for count in range(1, segment.repetitions(number) + 1)
        ]
        values.append(repetitions if len(repetitions) > 1 else _simplest(repetitions))
    return segment.tag, values


def _simplest(repetitions: list[list[str]]) -> Value:
    components = repetitions[0] if repetitions else [""]
    return components[0] if len(components) == 1 else components


def _refused(tag: str, number: int, found: str, reason: str, value: str = "") -> Rejected:
    return Rejected(
        f"{tag}{number:02d} can't be written: found {found}, and {reason}.",
        advice="Change the text, give the partner other separators or another charset, or set a substitute.",
        tag=tag,
        element=number,
        value=value,
    )


def told_apart(separators: Separators) -> bool:
    """Whether service characters can be written: each another sign, and none a letter, a digit or a blank."""
    used = _used(separators)
    plain = all(sign.isascii() and not sign.isalnum() and sign != " " for sign in used)
    return plain and len(set(used)) == len(used) and bool(separators.element and separators.terminator)


def _used(separators: Separators) -> list[str]:
    found = [
        separators.element,
        separators.component,
        separators.terminator,
        separators.tag if separators.tag != separators.element else "",
        separators.repetition,
        separators.release,
    ]
    return [character for character in found if character]


def _service_characters(separators: Separators) -> list[str]:
    used = _used(separators)
    if len(set(used)) != len(used) or any(character.isalnum() for character in used):
        raise Misconfigured(
            f"Separators must be different signs, found {' '.join(map(repr, used))}.",
            advice="Give the partner's profile five different signs.",
        )
    return used


def _codec(charset: str) -> str:
    codec = EDIFACT_CODECS.get(charset, charset)
    try:
        "".encode(codec)
    except LookupError as error:
        raise Misconfigured(
            f"No charset is called {charset!r}.",
            advice="Use an EDIFACT syntax identifier such as UNOC, or a Python codec such as cp1252.",
        ) from error
    return codec
