"""Where the findings of validation are noted, weighed by the standard's rules and a partner's overlay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.edi.faults import WEIGHTS, Fault
from ml_connector.edi.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.edi.finding import Severity
    from ml_connector.edi.segment import Segment


class Report:
    """The findings of one message.

    Args:
        standard: Whose codes to give.
        severities: Rules a partner's overlay weighs otherwise.
    """

    def __init__(self, standard: str, severities: Mapping[str, Severity] | None = None) -> None:
        self.findings: list[Finding] = []
        self._standard = standard
        self._severities = severities or {}

    def note(self, fault: Fault, message: str, segment: Segment | None, **place: str | int | None) -> None:
        """Note a fault of a segment, or of the message where there is none."""
        weight = WEIGHTS[fault]
        if segment is not None:
            place = {
                "tag": segment.tag,
                "position": segment.position,
                "offset": segment.offset,
                "line": segment.line,
                **place,
            }
        self.findings.append(
            Finding(
                severity=self._severities.get(fault, weight.severity),
                rule=fault.value,
                code=weight.code(self._standard),
                message=message,
                **place,  # type: ignore[arg-type] # the names are Finding's, checked by its constructor
            )
        )
