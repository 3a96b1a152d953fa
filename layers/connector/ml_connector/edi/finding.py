"""What was found in the data: repairs, warnings and faults, as data and never as exceptions."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How much a finding weighs: an error refuses what it was found in, the others only tell."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Status(StrEnum):
    """What the findings of an interchange or a message amount to."""

    ACCEPTED = "accepted"
    WARNED = "accepted-with-warnings"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fact about the data, placed as precisely as it is known.

    Attributes:
        severity: Error, warning or info.
        rule: The kebab-case id of the rule that speaks.
        code: The standard's own code with its element in front: ``AK3:1``, ``AK4:7``, ``AK5:5``, ``TA1:022``,
            ``0085:13``; empty where the standard has none.
        message: A sentence saying what was expected and what was found.
        tag: The segment's tag.
        position: The segment's place in its message, counting the header as 1; in the interchange for
            envelope segments is not counted and stays None.
        loop: The loop or segment group the segment stands in.
        element: The element's number as the standard counts (BEG03 is 3).
        component: The component's number inside a composite.
        repetition: Which repetition of the element.
        offset: Byte offset in the stream where the thing starts.
        line: Line in the stream, counting from 1.
        value: The offending value.
    """

    severity: Severity
    rule: str
    message: str
    code: str = ""
    tag: str = ""
    position: int | None = None
    loop: str = ""
    element: int | None = None
    component: int | None = None
    repetition: int | None = None
    offset: int | None = None
    line: int | None = None
    value: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the fields that say something, as JSON values."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        known = {name: value for name, value in pairs if value is not None and value != ""}
        return {**known, "severity": self.severity.value}


def status_of(findings: Iterable[Finding]) -> Status:
    """Return rejected when an error is among the findings, else warned when a warning is, else accepted."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Status.REJECTED
    return Status.WARNED if Severity.WARNING in severities else Status.ACCEPTED
