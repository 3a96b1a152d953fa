"""Technical acknowledgements: 997, 999, TA1 and CONTRL, derived from findings from the bottom up.

::

    outcomes = examine(interchange)
    reply = acknowledge(interchange, outcomes, numbers=ControlNumbers(interchange="17"), prepared_at=now)

There is always an answer: an unknown message type is answered with the code that says so, a broken
interchange with a TA1 or a rejecting CONTRL. Only acknowledgements are never answered, and TRADACOMS knows
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ml_connector.edi.finding import Severity
from ml_connector.edi.rows import told_apart
from ml_connector.edi.separators import Standard
from ml_connector.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ml_connector.edi.finding import Finding
    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.outcome import MessageOutcome
    from ml_connector.edi.separators import Separators


class AcknowledgementKind(StrEnum):
    """The technical acknowledgements."""

    X12_997 = "997"
    X12_999 = "999"
    TA1 = "ta1"
    CONTRL = "contrl"

    @property
    def standard(self) -> Standard:
        """Whose interchanges it answers."""
        return Standard.EDIFACT if self is AcknowledgementKind.CONTRL else Standard.X12


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlNumbers:
    """The control numbers of the answer, drawn from the caller's counters.

    Attributes:
        interchange: ISA13 or UNB 0020.
        group: GS06.
        message: The first message's number; further ones count on.
    """

    interchange: str
    group: str = "1"
    message: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementStyle:
    """What a partner wants of acknowledgements beyond the standard.

    Attributes:
        warnings: Whether warnings are told too, as accepted with errors.
        separators: Service characters of the answer; by default those of the interchange answered.
        version: Version of the acknowledgement: GS08 (``005010X231A1``), or CONTRL's (``3.1``).
        test: Whether the answer is marked as a test; by default as the interchange was.
    """

    warnings: bool = False
    separators: Separators | None = None
    version: str = ""
    test: bool | None = None


def acknowledge(
    interchange: Interchange,
    outcomes: Sequence[MessageOutcome],
    *,
    numbers: ControlNumbers,
    prepared_at: datetime,
    kind: AcknowledgementKind | None = None,
    style: AcknowledgementStyle | None = None,
) -> bytes | None:
    """The answer to an interchange as an interchange with swapped addresses.

    Args:
        interchange: What is answered, read to its end.
        outcomes: What was found in each of its messages.
        numbers: The answer's control numbers.
        prepared_at: The answer's date and time.
        kind: Which acknowledgement; by default 999 for 005010 implementation guides, else 997, CONTRL for
            EDIFACT, and TA1 where X12 has no group to answer.
        style: What the partner wants of it.

    Returns:
        The answer, or ``None`` where the interchange holds only acknowledgements.

    Raises:
        Misconfigured: The kind belongs to another standard, or TRADACOMS was to be acknowledged.
        Rejected: There is no interchange to answer.
    """
    # Here, as both import this module's models.
    from ml_connector.edi.contrl import compose_contrl
    from ml_connector.edi.x12_acknowledgement import compose_x12_acknowledgement

    _check_standard(interchange, kind)
    if outcomes and all(outcome.acknowledges for outcome in outcomes):
        return None
    answered = [outcome for outcome in outcomes if not outcome.acknowledges]
    answer = Answer(interchange, answered, numbers, prepared_at, style or AcknowledgementStyle())
    if interchange.standard is Standard.EDIFACT:
        return compose_contrl(answer)
    return compose_x12_acknowledgement(answer, kind)


def _check_standard(interchange: Interchange, kind: AcknowledgementKind | None) -> None:
    standard = interchange.standard
    if standard is Standard.TRADACOMS:
        raise Misconfigured(
            "TRADACOMS has no technical acknowledgement: nothing can answer this transmission.",
            advice="Take acknowledgements out of the profile, or agree on a business answer (ACKHDR).",
        )
    if standard is Standard.UNKNOWN:
        raise Rejected(
            "No interchange was found, so there is nobody to answer.",
            advice="Look at the file's first bytes.",
        )
    if kind is not None and kind.standard is not standard:
        raise Misconfigured(
            f"An interchange of {standard.value} can't be answered with {kind.value}.",
            advice="Choose 997, 999 or ta1 for X12, and contrl for EDIFACT.",
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything an acknowledgement is composed from."""

    interchange: Interchange
    outcomes: Sequence[MessageOutcome]
    numbers: ControlNumbers
    prepared_at: datetime
    style: AcknowledgementStyle

    @property
    def test(self) -> bool:
        """Whether the answer is a test."""
        return self.interchange.test if self.style.test is None else self.style.test

    @property
    def separators(self) -> Separators | None:
        """The answer's service characters; the standard's usual ones where those received can't be used."""
        received = self.interchange.separators
        return self.style.separators or (received if told_apart(received) else None)

    def told(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings the partner is told: errors, and warnings if wanted."""
        wanted = {Severity.ERROR, Severity.WARNING} if self.style.warnings else {Severity.ERROR}
        return [finding for finding in findings if finding.severity in wanted and finding.code]
