"""The rules of syntax and envelopes as data: how each weighs and what the standards call it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ml_connector.edi.finding import Finding, Severity
from ml_connector.edi.separators import Standard

if TYPE_CHECKING:
    from ml_connector.edi.options import ReadOptions
    from ml_connector.edi.segment import Segment


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its usual severity, and the codes of TA1 note, AK3/AK5/AK9 and EDIFACT 0085.

    Attributes:
        severity: How a breach weighs outside of strict mode.
        repair: Whether reading went on by a repair, which strict mode makes an error.
        count: Whether a profile with lenient counts makes it a warning.
        x12: X12's code, its element in front.
        edifact: EDIFACT's code (0085).
    """

    severity: Severity
    repair: bool = False
    count: bool = False
    x12: str = ""
    edifact: str = ""

    def code(self, standard: Standard) -> str:
        """Return the code in a standard's own vocabulary; TRADACOMS has none."""
        return {Standard.X12: self.x12, Standard.EDIFACT: self.edifact}.get(standard, "")


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: dict[str, Rule] = {
    # Around interchanges.
    "byte-order-mark": Rule(_INFO, repair=True),
    "utf-16-decoded": Rule(_WARNING, repair=True),
    "control-bytes-beside-interchange": Rule(_INFO, repair=True),
    "noise-before-interchange": Rule(_WARNING, repair=True, x12="TA1:022", edifact="0085:14"),
    "noise-after-interchange": Rule(_WARNING, repair=True, x12="TA1:022", edifact="0085:14"),
    "too-much-noise": Rule(_ERROR, x12="TA1:022", edifact="0085:14"),
    "no-interchange": Rule(_ERROR),
    "ebcdic": Rule(_ERROR),
    # Headers and separators.
    "isa-not-fixed-length": Rule(_WARNING, repair=True, x12="TA1:022"),
    "isa-elements-missing": Rule(_ERROR, x12="TA1:022"),
    "isa-component-separator-missing": Rule(_WARNING, repair=True, x12="TA1:027"),
    "separator-of-several-bytes": Rule(_WARNING, repair=True, x12="TA1:027"),
    "separators-clash": Rule(_ERROR, x12="TA1:026", edifact="0085:14"),
    "una-shortened": Rule(_WARNING, repair=True, edifact="0085:14"),
    "una-contradicted": Rule(_WARNING, repair=True, edifact="0085:14"),
    "terminator-not-default": Rule(_WARNING, repair=True, edifact="0085:14"),
    "interchange-header-missing": Rule(_WARNING, repair=True, edifact="0085:13"),
    "tradacoms-separators-wrong": Rule(_ERROR),
    # Segments.
    "empty-segment": Rule(_WARNING, repair=True, x12="AK3:1", edifact="0085:13"),
    "lower-case-tag": Rule(_WARNING, repair=True, x12="AK3:1", edifact="0085:21"),
    "invalid-tag": Rule(_ERROR, x12="AK3:1", edifact="0085:14"),
    "line-break-in-segment": Rule(_INFO, repair=True),
    "terminator-missing": Rule(_WARNING, repair=True, x12="AK3:8", edifact="0085:14"),
    "segment-cut-off": Rule(_ERROR, x12="AK3:8", edifact="0085:14"),
    "segment-too-long": Rule(_ERROR, x12="AK3:8", edifact="0085:14"),
    "terminator-released": Rule(_WARNING, repair=True, edifact="0085:14"),
    "released-terminator-before-tag": Rule(_WARNING, repair=True, edifact="0085:14"),
    "odd-releases": Rule(_ERROR, edifact="0085:14"),
    "release-at-end": Rule(_ERROR, edifact="0085:14"),
    "terminator-in-value": Rule(_WARNING, repair=True),
    # Characters.
    "utf-8-under-other-label": Rule(_WARNING, repair=True, x12="AK4:6", edifact="0085:21"),
    "cp1252-under-other-label": Rule(_WARNING, repair=True, x12="AK4:6", edifact="0085:21"),
    "undecodable-under-label": Rule(_WARNING, repair=True, x12="AK4:6", edifact="0085:21"),
    "character-outside-repertoire": Rule(_WARNING, repair=True, x12="AK4:6", edifact="0085:21"),
    "lower-case-under-unoa": Rule(_WARNING, repair=True, edifact="0085:21"),
    "unknown-syntax-identifier": Rule(_WARNING, repair=True, edifact="0085:2"),
    # Envelopes: interchange.
    "interchange-trailer-missing": Rule(_ERROR, x12="TA1:023", edifact="0085:13"),
    "interchange-control-mismatch": Rule(_ERROR, x12="TA1:001", edifact="0085:28"),
    "interchange-control-repeated": Rule(_WARNING, x12="TA1:025", edifact="0085:26"),
    "interchange-count-wrong": Rule(_ERROR, count=True, x12="TA1:021", edifact="0085:29"),
    "transmission-count-wrong": Rule(_WARNING, repair=True),
    "interchange-date-invalid": Rule(_WARNING, repair=True, x12="TA1:014", edifact="0085:2"),
    "test-interchange": Rule(_INFO),
    "segment-outside-message": Rule(_ERROR, x12="TA1:024", edifact="0085:13"),
    # Envelopes: groups.
    "group-trailer-missing": Rule(_ERROR, x12="AK9:3", edifact="0085:13"),
    "group-header-missing": Rule(_ERROR, x12="TA1:024", edifact="0085:13"),
    "group-control-mismatch": Rule(_ERROR, x12="AK9:4", edifact="0085:28"),
    "group-count-wrong": Rule(_ERROR, count=True, x12="AK9:5", edifact="0085:29"),
    "messages-outside-groups": Rule(_WARNING, repair=True, edifact="0085:30"),
    "mixed-types-in-group": Rule(_WARNING, repair=True, x12="AK9:1", edifact="0085:31"),
    # Envelopes: messages.
    "message-trailer-missing": Rule(_ERROR, x12="AK5:2", edifact="0085:13"),
    "message-header-missing": Rule(_ERROR, x12="AK5:1", edifact="0085:13"),
    "message-control-mismatch": Rule(_ERROR, x12="AK5:3", edifact="0085:28"),
    "message-count-wrong": Rule(_ERROR, count=True, x12="AK5:4", edifact="0085:29"),
    "message-control-missing": Rule(_ERROR, x12="AK5:7", edifact="0085:13"),
    "message-control-repeated": Rule(_WARNING, repair=True, x12="AK5:23", edifact="0085:26"),
    # Envelopes: TRADACOMS.
    "message-sequence-wrong": Rule(_WARNING, repair=True),
    "reconciliation-wrong": Rule(_WARNING, repair=True),
    "message-after-reconciliation": Rule(_WARNING, repair=True),
    "findings-limit": Rule(_WARNING),
}


@dataclass(slots=True)
class Notebook:
    """Where the findings of one interchange or message are noted, weighed by the reading's options.

    Attributes:
        options: The reading's options.
        standard: Whose codes the findings bear.
        counted: Whether segments have a position, as those of a message do.
        findings: What was noted so far.
    """

    options: ReadOptions
    standard: Standard
    counted: bool = True
    findings: list[Finding] = field(default_factory=list)
    _told: set[str] = field(default_factory=set, init=False, repr=False)

    def note(self, rule: str, message: str, *, segment: Segment | None = None, **place: object) -> None:
        """Note a finding; a segment gives its tag, position, offset and line."""
        if not self.takes(rule):
            return
        if segment is not None:
            position = segment.position if self.counted else None
            where = {"tag": segment.tag, "position": position, "offset": segment.offset}
            place = {**where, "line": segment.line, **place}
        self._keep(finding_of(rule, message, self.options, self.standard, **place))

    def takes(self, rule: str) -> bool:
        """Return whether another finding of a rule is kept, and remember it where it is not.

        All are up to the limit. Past it the first of each rule is, so that what is left out weighs nothing
        that those listed do not, and one finding says that there are more.
        """
        limit = self.options.findings_limit
        if len(self.findings) < limit:
            return True
        if not self._told:
            self._told.update(finding.rule for finding in self.findings)
        if rule not in self._told:
            return True
        if "findings-limit" not in self._told:
            told = f"There are more than {limit} findings; of further ones the first of each rule is listed."
            self._keep(finding_of("findings-limit", told, self.options, self.standard))
        return False

    def _keep(self, finding: Finding) -> None:
        self.findings.append(finding)
        if self._told:
            self._told.add(finding.rule)


def finding_of(rule: str, message: str, options: ReadOptions, standard: Standard, **place: object) -> Finding:
    """Return a finding of a rule, weighed by the options and coded in the standard's vocabulary."""
    entry = RULES[rule]
    severity = entry.severity
    if options.strict and entry.repair:
        severity = Severity.ERROR
    elif entry.count and options.lenient_counts and not options.strict:
        severity = Severity.WARNING
    found = Finding(severity=severity, rule=rule, code=entry.code(standard), message=message)
    return replace(found, **place)  # type: ignore[arg-type] # Finding itself says what a place may be
