"""What an acknowledgement says: for which of our control numbers, the verdict, and what was found where.

X12 997 and 999 answer a group (AK1, AK9), TA1 and EDIFACT's CONTRL an interchange (TA1, UCI); an APERAK
answers a document, which it names in RFF by our control number (ACW) or by the document's own number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.edi import Message, Segment


class AnswerVerdict(StrEnum):
    """What the receiver made of what we sent; ARRIVED says only that its envelope could be read."""

    ARRIVED = "arrived"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Answer:
    """One acknowledgement.

    Attributes:
        number: The control number it answers, as a plain number.
        verdict: The worst it says of the whole and of any message in it.
        findings: What the receiver found, at our own segments.
        documents: The document's own numbers it names, as an APERAK may.
    """

    number: str
    verdict: AnswerVerdict
    findings: tuple[dict[str, Any], ...] = ()
    documents: tuple[str, ...] = ()


_WORST = list(AnswerVerdict)

# Data elements 715 and 717 (AK9, AK5, IK5) and I17 (TA1).
_X12_VERDICTS = {
    "A": AnswerVerdict.ACCEPTED,
    "E": AnswerVerdict.ACCEPTED_WITH_ERRORS,
    "P": AnswerVerdict.REJECTED,
    "R": AnswerVerdict.REJECTED,
    "M": AnswerVerdict.REJECTED,
    "W": AnswerVerdict.REJECTED,
    "X": AnswerVerdict.REJECTED,
}
_TA1_VERDICTS = {
    "A": AnswerVerdict.ARRIVED,
    "E": AnswerVerdict.ARRIVED,
    "R": AnswerVerdict.REJECTED,
}
# Data element 0083.
_EDIFACT_VERDICTS = {
    "4": AnswerVerdict.REJECTED,
    "7": AnswerVerdict.ACCEPTED,
    "8": AnswerVerdict.ARRIVED,
}
# Segment -> where its verdict stands, and the verdicts.
_VERDICT_AT = {
    "AK5": (1, _X12_VERDICTS),
    "IK5": (1, _X12_VERDICTS),
    "AK9": (1, _X12_VERDICTS),
    "TA1": (4, _TA1_VERDICTS),
    "UCI": (4, _EDIFACT_VERDICTS),
    "UCF": (4, _EDIFACT_VERDICTS),
    "UCM": (3, _EDIFACT_VERDICTS),
}
# Segment -> where its error codes stand; a trailing code 000 of TA1 says there is none.
_CODES_AT = {
    "AK5": (2, 6),
    "IK5": (2, 6),
    "AK9": (5, 9),
    "TA1": (5, 5),
    "UCI": (5, 5),
    "UCM": (4, 4),
}
_NUMBER_AT = {"AK1": 2, "TA1": 1, "UCI": 1}
_NO_ERROR = frozenset({"", "000"})


# Data elements 4343 and 1225 of an APERAK's BGM; any ERC makes it a rejection.
_APERAK_VERDICTS = {
    "AP": AnswerVerdict.ACCEPTED,
    "AC": AnswerVerdict.ACCEPTED_WITH_ERRORS,
    "RE": AnswerVerdict.REJECTED,
    "NA": AnswerVerdict.REJECTED,
    "27": AnswerVerdict.REJECTED,
    "29": AnswerVerdict.ACCEPTED,
}
# Data element 1153: the number of our message, then those of orders, invoices, advices.
_OUR_MESSAGE = "ACW"
_OUR_DOCUMENT = frozenset({"ON", "IV", "VN", "AAK", "PQ"})


def read_answer(message: Message) -> Answer | None:
    """Return what an acknowledgement says; None if it names nothing that was sent, or gives no verdict."""
    segments = list(message.segments)
    if message.type == "APERAK":
        return _read_aperak(segments)
    numbers = [one.element(_NUMBER_AT[one.tag]) for one in segments if one.tag in _NUMBER_AT]
    verdicts = list(_verdicts(segments))
    if not numbers or not verdicts:
        return None
    worst = max(verdicts, key=_WORST.index)
    return Answer(plain_number(numbers[0]), worst, tuple(_findings(segments)))


def _read_aperak(segments: list[Segment]) -> Answer | None:
    named = [(one.element(1, 1), one.element(1, 2)) for one in segments if one.tag == "RFF"]
    number = next((number for kind, number in named if kind == _OUR_MESSAGE), "")
    documents = tuple(number for kind, number in named if kind in _OUR_DOCUMENT)
    findings = tuple({"code": f"ERC:{one.element(1, 1)}"} for one in segments if one.tag == "ERC")
    codes = [one.element(place) for one in segments if one.tag == "BGM" for place in (4, 3)]
    verdict = next((_APERAK_VERDICTS[code] for code in codes if code in _APERAK_VERDICTS), None)
    if findings:
        verdict = AnswerVerdict.REJECTED
    if verdict is None or not (number or documents):
        return None
    return Answer(plain_number(number), verdict, findings, documents)


def plain_number(number: str) -> str:
    """Return a control number as it is compared: without the zeros ISA13 fills it with."""
    text = number.strip()
    return text.lstrip("0") or text[:1]


def _verdicts(segments: Iterable[Segment]) -> Iterable[AnswerVerdict]:
    for segment in segments:
        if segment.tag in _VERDICT_AT:
            place, verdicts = _VERDICT_AT[segment.tag]
            # A code nobody knows is none of the accepting ones.
            yield verdicts.get(segment.element(place), AnswerVerdict.REJECTED)


def _findings(segments: Iterable[Segment]) -> Iterable[dict[str, Any]]:
    place: dict[str, Any] = {}
    for segment in segments:
        tag = segment.tag
        if tag in ("AK3", "IK3"):
            place = {"segment": segment.element(1), "position": segment.element(2)}
            yield from _named(place, segment, range(4, len(segment) + 1))
        elif tag in ("AK4", "IK4"):
            at = {"element": segment.element(1), "value": segment.element(4)}
            yield from _named({**place, **at}, segment, (3,))
        elif tag == "UCS":
            place = {"position": segment.element(1)}
            yield from _named(place, segment, (2,))
        elif tag == "UCD":
            yield from _named({**place, "element": segment.element(2)}, segment, (1,))
        elif tag in _CODES_AT:
            first, last = _CODES_AT[tag]
            yield from _named({}, segment, range(first, last + 1))


def _named(place: dict[str, Any], segment: Segment, codes: Iterable[int]) -> Iterable[dict[str, Any]]:
    for number in codes:
        code = segment.element(number)
        if code not in _NO_ERROR:
            said = {name: value for name, value in place.items() if value}
            yield {"code": f"{segment.tag}:{code}", **said}
