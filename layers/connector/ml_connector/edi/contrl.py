"""CONTRL, the EDIFACT syntax and service report (ISO 9735 syntax 3 and 4): UCI UCF UCM UCS UCD."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ml_connector.edi.charset import EDIFACT_CODECS
from ml_connector.edi.compose import compose_interchange
from ml_connector.edi.dialects.descriptions import Address
from ml_connector.edi.finding import Severity
from ml_connector.edi.outgoing import OutgoingGroup, OutgoingInterchange, OutgoingMessage
from ml_connector.edi.separators import Standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ml_connector.edi.acknowledgement import Answer
    from ml_connector.edi.finding import Finding
    from ml_connector.edi.outcome import MessageOutcome
    from ml_connector.edi.rows import Row, Value

#: 0083: this level and all lower rejected; this level acknowledged, lower ones too unless said.
_REJECTED, _ACKNOWLEDGED = "4", "7"
#: What stands for an identification that is missing where the answer must have one.
_NOTHING = "0"
#: Service segments 0013 may name.
_SERVICE = frozenset({"UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "UNS"})
#: Findings told at the header, whose trailer is what is absent.
_ABSENT = {
    "interchange-trailer-missing": "UNZ",
    "group-trailer-missing": "UNE",
    "message-trailer-missing": "UNT",
}
#: Message findings without a more exact code (0085): unspecified error.
_UNSPECIFIED = "18"
_MOST_SEGMENTS = 999
_MOST_ELEMENTS = 99


def compose_contrl(answer: Answer) -> bytes:
    """The answer to an EDIFACT interchange."""
    interchange = answer.interchange
    later = interchange.version == "4"
    identifier = interchange.facts.syntax_identifier
    message = OutgoingMessage(
        type="CONTRL",
        version=answer.style.version or ("4.1" if later else "3.1"),
        control_number=str(answer.numbers.message),
        rows=list(_rows(answer)),
    )
    outgoing = OutgoingInterchange(
        standard=Standard.EDIFACT,
        sender=interchange.receiver,
        receiver=interchange.sender,
        control_number=answer.numbers.interchange,
        prepared_at=answer.prepared_at,
        test=answer.test,
        version=interchange.version if interchange.version in ("1", "2", "3", "4") else "3",
        charset=identifier if identifier in EDIFACT_CODECS else "UNOC",
        separators=answer.separators,
        substitute=" ",
    )
    return compose_interchange(outgoing, [OutgoingGroup(messages=[message])])


def _rows(answer: Answer) -> Iterator[Row]:
    findings = [finding for finding in answer.interchange.findings if finding.severity is Severity.ERROR]
    yield "UCI", [*_parties(answer), *_verdict(findings)]
    if findings:
        return
    for key, members in groupby(answer.outcomes, key=lambda outcome: id(outcome.group)):
        outcomes = list(members)
        refused = [outcome for outcome in outcomes if outcome.rejected or answer.told(outcome.findings)]
        group = outcomes[0].group
        if group is not None and refused and key:
            parties = _party(group.sender), _party(group.receiver)
            yield "UCF", [_fitted(group.control_number, 14), *parties, _ACKNOWLEDGED]
        for outcome in refused:
            yield from _message(answer, outcome)


def _parties(answer: Answer) -> list[Value]:
    """Reference, sender and recipient of the interchange answered, as it has them."""
    interchange = answer.interchange
    sender, receiver = interchange.sender, interchange.receiver
    return [
        _fitted(interchange.control_number, 14),
        _party(sender, routed=True),
        _party(receiver, routed=True),
    ]


def _fitted(value: str, most: int) -> str:
    """An identification in the length of its element, and never empty.

    An answer has to be valid even where it repeats what was not: a partner that refuses the answer would
    not learn what became of everything else in it.
    """
    return value.strip()[:most].strip() or _NOTHING


def _party(party: Address | None, *, routed: bool = False) -> list[str]:
    """A party's identification, its qualifier, and in an interchange its internal address."""
    known = party or Address("")
    found = [_fitted(known.id, 35), known.qualifier[:4].strip()]
    return [*found, known.internal_id[:14].strip()] if routed else found


def _verdict(findings: Sequence[Finding]) -> list[Value]:
    """0083 and, where refused, 0085 and 0013."""
    if not findings:
        return [_ACKNOWLEDGED]
    coded = next((finding for finding in findings if finding.code), findings[0])
    code = coded.code.partition(":")[2] or _UNSPECIFIED
    tag = _ABSENT.get(coded.rule, coded.tag)
    return [_REJECTED, code, tag if tag in _SERVICE else ""]


def _message(answer: Answer, outcome: MessageOutcome) -> Iterator[Row]:
    """UCM with what is wrong in the message's segments below it."""
    unknown = [finding for finding in outcome.findings if finding.rule == "message-type-unknown"]
    told = unknown or answer.told(outcome.findings)
    inside = [finding for finding in told if finding.tag not in _SERVICE or finding.element]
    service = [finding for finding in told if finding not in inside]
    directory, _, release = outcome.version.partition(".")
    identity = [
        _fitted(outcome.type, 6),
        _fitted(directory, 3),
        _fitted(release, 3),
        _fitted(outcome.agency, 3 if answer.interchange.version == "4" else 2),
        outcome.association[:6].strip(),
    ]
    verdict = _verdict(service) if service else [_REJECTED] if outcome.rejected else [_ACKNOWLEDGED]
    if service and not outcome.rejected:
        verdict[0] = _ACKNOWLEDGED
    yield "UCM", [_fitted(outcome.control_number, 14), identity, *verdict]
    segments = groupby(inside, key=lambda finding: _position(outcome, finding))
    for count, (position, members) in enumerate(segments):
        if count == _MOST_SEGMENTS:
            break
        yield from _segment(position, list(members))


def _segment(position: int, findings: Iterable[Finding]) -> Iterator[Row]:
    """UCS for a segment, UCD for each element; 0098 counts the segment's tag as 1 (ISO 9735 S011)."""
    at_place = [finding for finding in findings if finding.element is None]
    inside = [finding for finding in findings if finding.element is not None]
    yield "UCS", [position, at_place[0].code.partition(":")[2] if at_place else ""]
    for finding in inside[:_MOST_ELEMENTS]:
        component = str(finding.component) if finding.component else ""
        yield "UCD", [finding.code.partition(":")[2], [str((finding.element or 0) + 1), component]]


def _position(outcome: MessageOutcome, finding: Finding) -> int:
    """0096: the segment's own position; for one that is missing, that of the last before it."""
    position = finding.position or outcome.segments
    return (
        max(1, position - 1) if finding.rule == "segment-missing" and finding.position else max(1, position)
    )
