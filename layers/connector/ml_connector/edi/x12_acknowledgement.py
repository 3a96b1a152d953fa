"""997, 999 and TA1 (X12 004010 and 005010, data elements 715 to 725, I17 and I18)."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ml_connector.edi.acknowledgement import AcknowledgementKind
from ml_connector.edi.compose import compose_interchange
from ml_connector.edi.dialects.descriptions import Address
from ml_connector.edi.finding import Severity
from ml_connector.edi.outgoing import OutgoingGroup, OutgoingInterchange, OutgoingMessage
from ml_connector.edi.schema import find_schema
from ml_connector.edi.separators import X12_SEPARATORS, Standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ml_connector.edi.acknowledgement import Answer
    from ml_connector.edi.finding import Finding
    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.message import Group
    from ml_connector.edi.outcome import MessageOutcome
    from ml_connector.edi.rows import Row
    from ml_connector.edi.separators import Separators

#: Codes that only 999 has, and what a 997 says instead.
_PLAIN_CODES = {"IK3:I4": "AK3:2", "IK4:I10": "AK4:3", "AK4:12": "AK4:3", "AK4:13": "AK4:3"}
#: The largest number of codes AK5 and AK9 hold, and of AK4 under an AK3.
_MOST_CODES = 5
_MOST_ELEMENTS = 99
#: The largest segment position element 719 holds.
_MOST_POSITION = 999_999
_GUIDE_999 = "005010X231A1"
#: The note of an interchange that was cut off, which tells more than what is wrong in the rest of it.
_PREMATURE_END = "TA1:023"


def compose_x12_acknowledgement(answer: Answer, kind: AcknowledgementKind | None) -> bytes:
    """The answer to an X12 interchange; a TA1 where there is no group to answer."""
    groups = [*group_outcomes(answer.outcomes), *_empty_groups(answer.interchange)]
    groups.sort(key=lambda found: found[0].header.offset)
    broken = not answer.outcomes and any(finding.code.startswith("TA1:") for finding in _errors(answer))
    if kind is AcknowledgementKind.TA1 or not groups or broken:
        return compose_interchange(_outgoing(answer, [ta1_row(answer)]))
    if kind is None:
        guided = any(outcome.guide.startswith("005010X") for outcome in answer.outcomes)
        kind = AcknowledgementKind.X12_999 if guided else AcknowledgementKind.X12_997
    writer = _Writer(answer, implementation=kind is AcknowledgementKind.X12_999)
    return compose_interchange(_outgoing(answer), [writer.group(groups)])


def group_outcomes(outcomes: Iterable[MessageOutcome]) -> list[tuple[Group, list[MessageOutcome]]]:
    """The outcomes by functional group, in order."""
    found = []
    for _, members in groupby(outcomes, key=lambda outcome: id(outcome.group)):
        held = list(members)
        if held[0].group is not None:
            found.append((held[0].group, held))
    return found


def _errors(answer: Answer) -> list[Finding]:
    findings = answer.interchange.findings
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _empty_groups(interchange: Interchange) -> list[tuple[Group, list[MessageOutcome]]]:
    """The groups without transaction sets; one of acknowledgements is never answered."""
    return [(group, []) for group in interchange.empty_groups if group.functional_id != "FA"]


def _fitted(value: str, minimum: int, maximum: int) -> str:
    """An identification in the length of its element, which senders do not always keep to.

    An answer has to be valid even where it repeats what was not: a partner that refuses the answer would
    not learn what became of everything else in it.
    """
    return _kept(value, maximum).rjust(minimum, "0")


def _kept(value: str, maximum: int) -> str:
    """As much of a value as its element can hold."""
    return "".join(sign for sign in value if sign.isascii() and sign.isprintable()).strip()[:maximum].strip()


def _outgoing(answer: Answer, controls: Sequence[Row] = ()) -> OutgoingInterchange:
    interchange = answer.interchange
    separators = answer.separators or X12_SEPARATORS
    version = interchange.version
    return OutgoingInterchange(
        standard=Standard.X12,
        sender=_address(interchange.receiver, separators),
        receiver=_address(interchange.sender, separators),
        control_number=answer.numbers.interchange,
        prepared_at=answer.prepared_at,
        test=answer.test,
        version=version if version.isdecimal() and len(version) == 5 else "00401",
        separators=separators,
        substitute=" ",
        controls=controls,
    )


def _address(address: Address, separators: Separators) -> Address:
    """An address as an ISA can carry it."""
    signs = {separators.element, separators.component, separators.terminator, separators.repetition}
    kept = (
        "".join(sign for sign in value if sign.isascii() and sign.isprintable() and sign not in signs)
        for value in (address.id, address.qualifier)
    )
    id_, qualifier = kept
    return Address(id_[:15], qualifier if len(qualifier) == 2 else "ZZ")


def ta1_row(answer: Answer) -> Row:
    """TA1: the interchange's number, date and time, accepted or not, and one note code (I18)."""
    header = answer.interchange.header
    findings = [finding for finding in answer.interchange.findings if finding.code.startswith("TA1:")]
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    warnings = [finding for finding in findings if finding.severity is Severity.WARNING]
    told = errors or (warnings if answer.style.warnings else [])
    told = sorted(told, key=lambda finding: finding.code != _PREMATURE_END)
    status = "R" if errors else "E" if told else "A"
    note = told[0].code.partition(":")[2] if told else "000"
    number = "".join(filter(str.isdecimal, answer.interchange.control_number))[:9]
    date, time = header.element(9), header.element(10)
    fallback = answer.prepared_at
    return (
        "TA1",
        [
            number.zfill(9),
            date if date.isdecimal() and len(date) == 6 else f"{fallback:%y%m%d}",
            time if time.isdecimal() and len(time) == 4 else f"{fallback:%H%M}",
            status,
            note,
        ],
    )


def _identity_codes(outcome: MessageOutcome) -> Iterator[str]:
    """What 718 says of a refused set whose type or number is not one: 6 and 7."""
    if outcome.rejected and _fitted(outcome.type, 3, 3) != outcome.type:
        yield "6"
    if outcome.rejected and _fitted(outcome.control_number, 4, 9) != outcome.control_number:
        yield "7"


class _Writer:
    """Writes the acknowledgement sets of one answer, as 997 or with the implementation segments of 999."""

    def __init__(self, answer: Answer, *, implementation: bool) -> None:
        self._answer = answer
        self._implementation = implementation
        self._prefix = "IK" if implementation else "AK"
        version = answer.style.version or (_GUIDE_999 if implementation else "")
        first = next((outcome.version for outcome in answer.outcomes if outcome.version), "004010")
        self._version = version or ("005010" if first >= "005010" else "004010")
        self._later = self._version >= "005010"

    def group(self, groups: Sequence[tuple[Group, list[MessageOutcome]]]) -> OutgoingGroup:
        """One group with a set for each group received."""
        first = self._answer.numbers.message
        messages = [
            OutgoingMessage(
                type="999" if self._implementation else "997",
                control_number=f"{number:04d}",
                association=self._version if self._implementation else "",
                rows=list(self._set(group, outcomes)),
            )
            for number, (group, outcomes) in enumerate(groups, first)
        ]
        received = groups[0][0]
        return OutgoingGroup(
            control_number=self._answer.numbers.group,
            version=self._version,
            functional_id="FA",
            sender=received.receiver.id[:15] if received.receiver else "",
            receiver=received.sender.id[:15] if received.sender else "",
            messages=messages,
        )

    def _set(self, group: Group, outcomes: Sequence[MessageOutcome]) -> Iterator[Row]:
        version = [_kept(group.version, 12)] if self._later else []
        number = "".join(filter(str.isdecimal, group.control_number))[-9:]
        yield "AK1", [_fitted(group.functional_id, 2, 2), number or "0", *version]
        for outcome in outcomes:
            guide = [_kept(outcome.guide, 35)] if self._later else []
            yield "AK2", [_fitted(outcome.type, 3, 3), _fitted(outcome.control_number, 4, 9), *guide]
            yield from self._message(outcome)
        yield self._trailer(group, outcomes)

    def _message(self, outcome: MessageOutcome) -> Iterator[Row]:
        told = self._answer.told(outcome.findings)
        placed = [finding for finding in told if self._code(finding)[:3] in ("AK3", "AK4", "IK3", "IK4")]
        for _, members in groupby(placed, key=lambda finding: (finding.position, finding.tag)):
            yield from self._segment(outcome, list(members))
        codes = [finding.code.partition(":")[2] for finding in told if finding.code.startswith("AK5:")]
        if placed:
            codes.append("5")
        if outcome.rejected and not codes:
            codes = ["1"]
        codes += _identity_codes(outcome)
        status = "R" if outcome.rejected else "E" if codes else "A"
        yield f"{self._prefix}5", [status, *list(dict.fromkeys(codes))[:_MOST_CODES]]

    def _segment(self, outcome: MessageOutcome, findings: Sequence[Finding]) -> Iterator[Row]:
        """AK3 or IK3 for each fault of the segment's place, then one for what is inside it."""
        inside = [finding for finding in findings if self._code(finding)[2:3] == "4"]
        for finding in findings:
            if finding not in inside:
                yield f"{self._prefix}3", self._place(outcome, finding, self._code(finding).partition(":")[2])
                yield from self._context(outcome)
        if inside:
            yield f"{self._prefix}3", self._place(outcome, inside[0], "8")
            yield from self._context(outcome)
        for finding in inside[:_MOST_ELEMENTS]:
            yield f"{self._prefix}4", self._element(outcome, finding)
            yield from self._situation(finding)

    def _place(self, outcome: MessageOutcome, finding: Finding, code: str) -> list[str]:
        loop = finding.loop if len(finding.loop) <= 4 and finding.loop != outcome.type else ""
        position = finding.position or outcome.segments or 1
        return [_fitted(finding.tag, 2, 3), str(min(position, _MOST_POSITION)), loop, code]

    def _element(self, outcome: MessageOutcome, finding: Finding) -> list[str | list[str]]:
        position = [str(finding.element or 0), str(finding.component or "")]
        if self._later:
            position.append(str(finding.repetition or ""))
        name = element_name(outcome, finding)
        value = "".join(filter(str.isprintable, finding.value or ""))
        return [position, name if name.isdecimal() else "", self._code(finding).partition(":")[2], value[:99]]

    def _code(self, finding: Finding) -> str:
        if self._implementation:
            return finding.code
        if not self._later or finding.code[:2] == "IK":
            return _PLAIN_CODES.get(finding.code, finding.code)
        return finding.code

    def _context(self, outcome: MessageOutcome) -> Iterator[Row]:
        """The document a fault is in, by its business number (CTX, 999 only)."""
        if self._implementation and outcome.reference:
            name, value = outcome.reference
            yield "CTX", [[name, _kept(value, 35)]]

    def _situation(self, finding: Finding) -> Iterator[Row]:
        """The segment whose other elements made the faulty one necessary or wrong (CTX, 999 only)."""
        if self._implementation and finding.code in ("AK4:2", "AK4:10"):
            position = [str(finding.element or 0), str(finding.component or "")]
            loop = finding.loop if len(finding.loop) <= 4 else ""
            yield "CTX", ["SITUATIONAL TRIGGER", finding.tag, str(finding.position or 1), loop, position]

    def _trailer(self, group: Group, outcomes: Sequence[MessageOutcome]) -> Row:
        codes = [finding.code.partition(":")[2] for finding in self._group_findings(group)]
        accepted = 0 if codes else sum(1 for outcome in outcomes if not outcome.rejected)
        noted = any(self._answer.told(outcome.findings) for outcome in outcomes)
        refused = codes or (outcomes and not accepted)
        status = "R" if refused else "P" if accepted < len(outcomes) else "E" if noted else "A"
        included = group.trailer.element(1) if group.trailer is not None else ""
        counted = included if included.isdecimal() and len(included) <= 6 else str(len(outcomes))
        return "AK9", [status, counted, len(outcomes), accepted, *list(dict.fromkeys(codes))[:_MOST_CODES]]

    def _group_findings(self, group: Group) -> list[Finding]:
        """The errors of one group; they stand between its header and its trailer, or at its header."""
        errors = _errors(self._answer)
        start = group.header.offset
        end = group.trailer.offset if group.trailer is not None else start
        return [
            f
            for f in errors
            if f.code.startswith("AK9:") and f.offset is not None and start <= f.offset <= end
        ]


def element_name(outcome: MessageOutcome, finding: Finding) -> str:
    """The data element reference number (725) of what a finding is about; empty where unknown."""
    schema = find_schema("x12", outcome.type, outcome.version)
    rule = schema.rules.get(finding.tag) if schema else None
    if rule is None or finding.element is None or finding.element > len(rule.parts):
        return ""
    part = rule.parts[finding.element - 1]
    if part.composite is not None and finding.component and finding.component <= len(part.composite.parts):
        part = part.composite.parts[finding.component - 1]
    return part.name
