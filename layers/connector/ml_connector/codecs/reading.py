"""One message while it is read: what has been taken of it, what was found, what was changed.

Codecs read through a :class:`Reading`, so that at the end everything no field took is known and kept.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypedDict

from ml_connector.documents import (
    ControlNumbers,
    DocumentFinding,
    Normalisation,
    RawExtension,
    Severity,
    Source,
)
from ml_connector.edi.loops import Loop
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message, Segment

#: Headers and trailers of messages, whose content is the document's ``source``.
_SERVICE_TAGS = frozenset(("ST", "SE", "UNH", "UNT", "MHD", "MTR"))
_CONTROL = dict.fromkeys(range(32)) | {127: None}


class Provenance(TypedDict):
    """The fields of a document that tell of its reading."""

    source: Source
    normalisations: tuple[Normalisation, ...]
    findings: tuple[DocumentFinding, ...]
    raw_extensions: tuple[RawExtension, ...]


class Taken:
    """A segment from which values are taken; what is not taken ends up in ``raw_extensions``."""

    __slots__ = ("_parts", "_reading", "_whole", "segment", "values")

    def __init__(self, segment: Segment, reading: Reading) -> None:
        self.segment = segment
        self.values = segment.elements()
        self._reading = reading
        self._whole: set[int] = set()
        self._parts: set[tuple[int, int, int]] = set()

    def text(self, number: int) -> str | None:
        """The element as one text, blanks around it removed; None where it is absent or empty."""
        self._whole.add(number)
        if not 0 < number <= len(self.values):
            return None
        value = self.values[number - 1].strip()
        return self._printable(value, number) if value else None

    def part(self, number: int, component: int = 1, repetition: int = 1) -> str | None:
        """A component of an element, blanks around it removed; None where it is absent or empty."""
        self._parts.add((number, component, repetition))
        value = self.segment.element(number, component, repetition).strip()
        return self._printable(value, number) if value else None

    def take_code(self, number: int, code: str, component: int = 1) -> None:
        """Take a code or count that goes without saying; any other stays untaken, to be seen."""
        if self.segment.element(number, component).strip().upper() == code:
            self.part(number, component)

    def folded(self, code: str, number: int) -> str:
        """A code of an element in upper case, as code lists have it; what was sent is recorded."""
        if code == code.upper():
            return code
        self._reading.normalised("code-case", self.path(number), code, code.upper())
        return code.upper()

    def leave(self, number: int) -> None:
        """Give an element back: it was looked at and could not be understood."""
        self._whole.discard(number)
        self._parts = {part for part in self._parts if part[0] != number}

    def take_all(self) -> None:
        """Count the whole segment as taken: what it says is said elsewhere in the document."""
        self._whole.update(range(1, len(self.values) + 1))

    def path(self, number: int) -> str:
        """Where an element stands, for findings: ``PO102 of segment 12``."""
        return f"{self.segment.tag}{number:02d} of segment {self.segment.position}"

    def left(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The elements not taken, as their number and values as written."""
        for number, value in enumerate(self.values, start=1):
            if value.strip() and number not in self._whole and (left := self._left_of(number)):
                yield number, left

    def _left_of(self, number: int) -> tuple[str, ...]:
        if not any(part[0] == number for part in self._parts):
            return (self.values[number - 1],)
        repetitions = range(1, self.segment.repetitions(number) + 1)
        return tuple(
            value
            for repetition in repetitions
            for component, value in enumerate(self.segment.components(number, repetition), start=1)
            if value.strip() and (number, component, repetition) not in self._parts
        )

    def _printable(self, value: str, number: int) -> str | None:
        """The value without control characters, which no text field means."""
        if value.isprintable():
            return value
        clean = value.translate(_CONTROL).strip()
        if clean != value:
            self._reading.normalised("control-characters", self.path(number), value, clean)
        return clean or None


class Reading:
    """A message on its way to become a document."""

    def __init__(self, interchange: Interchange, message: Message, profile: CodecProfile) -> None:
        self.interchange = interchange
        self.message = message
        self.profile = profile
        self._taken: dict[int, Taken] = {}
        self._findings: list[DocumentFinding] = []
        # A dict for its order and uniqueness: an element asked for twice has been changed once.
        self._normalisations: dict[Normalisation, None] = {}

    def take(self, segment: Segment) -> Taken:
        """The segment, opened for taking values; asking twice gives the same."""
        position = segment.position
        taken = self._taken.get(position)
        if taken is None:
            taken = self._taken[position] = self.opened(segment)
        return taken

    def opened(self, segment: Segment) -> Taken:
        """A new view of a segment; standards with number formats of their own give their own view."""
        return Taken(segment, self)

    def find(
        self,
        severity: Severity,
        rule: str,
        message: str,
        *,
        path: str | None = None,
        expected: object = None,
        found: object = None,
    ) -> None:
        """Remember a finding about the content."""
        self._findings.append(
            DocumentFinding(
                severity=severity,
                rule=rule,
                message=message,
                path=path,
                expected=None if expected is None else str(expected),
                found=None if found is None else str(found),
            )
        )

    def normalised(self, rule: str, path: str, original: object, value: object) -> None:
        """Remember that a value was changed on the way in."""
        change = Normalisation(rule=rule, path=path, original=str(original), value=str(value))
        self._normalisations[change] = None

    def provenance(self, tree: Loop) -> Provenance:
        """Source, findings, normalisations and everything not taken; call it once the document is read.

        Raises:
            Rejected: A finding is an error: the content can't be a document.
        """
        self._refuse_errors()
        return Provenance(
            source=self._source(),
            normalisations=tuple(self._normalisations),
            findings=tuple(self._findings),
            raw_extensions=tuple(self._left(tree)),
        )

    def refuse(self, rule: str, message: str, *, path: str | None = None, found: object = None) -> Rejected:
        """The error that refuses the message for one reason; it tells what else was found. Raise it."""
        self.find(Severity.ERROR, rule, message, path=path, found=found)
        return self._rejection()

    def _refuse_errors(self) -> None:
        if any(finding.severity is Severity.ERROR for finding in self._findings):
            raise self._rejection()

    def _rejection(self) -> Rejected:
        errors = [finding for finding in self._findings if finding.severity is Severity.ERROR]
        return Rejected(
            " ".join(finding.message for finding in errors),
            advice="Ask the partner to correct and resend the document.",
            message_type=self.message.type,
            message_control_number=self.message.control_number,
            findings=[f.model_dump(mode="json", exclude_none=True) for f in self._findings],
        )

    def _source(self) -> Source:
        interchange, message = self.interchange, self.message
        segments = message.segments
        start, end = message.span
        group = message.group
        return Source(
            standard=interchange.standard.value,
            version=message.version or None,
            message=message.type,
            association=getattr(message, "association", "") or None,
            control_numbers=ControlNumbers(
                interchange=interchange.control_number or None,
                group=group.control_number if group else None,
                message=message.control_number or None,
            ),
            sender_id=interchange.sender.id or None,
            sender_qualifier=interchange.sender.qualifier or None,
            receiver_id=interchange.receiver.id or None,
            receiver_qualifier=interchange.receiver.qualifier or None,
            prepared_at=interchange.prepared_at,
            test=interchange.test,
            byte_range=(start, end),
            segment_range=(segments[0].position, segments[-1].position) if segments else None,
            sha256=hashlib.sha256(message.source).hexdigest(),
        )

    def _left(self, tree: Loop) -> Iterator[RawExtension]:
        yield from self._left_in(tree, "")
        for segment in tree.unplaced:
            yield from self._left_of(segment, f"unplaced/{segment.tag}[{segment.position}]")

    def _left_in(self, loop: Loop, around: str) -> Iterator[RawExtension]:
        counts: dict[str, int] = {}
        for child in loop.children:
            name = child.name if isinstance(child, Loop) else child.tag
            counts[name] = counts.get(name, 0) + 1
            path = f"{around}{name}[{counts[name]}]"
            if isinstance(child, Loop):
                yield from self._left_in(child, f"{path}/")
            elif name not in _SERVICE_TAGS:
                yield from self._left_of(child, path)

    def _left_of(self, segment: Segment, path: str) -> Iterator[RawExtension]:
        taken = self._taken.get(segment.position)
        if taken is None:
            if values := tuple(segment.elements()):
                yield RawExtension(path=path, values=values, position=segment.position)
            return
        for number, left in taken.left():
            yield RawExtension(path=f"{path}/{number:02d}", values=left, position=segment.position)
