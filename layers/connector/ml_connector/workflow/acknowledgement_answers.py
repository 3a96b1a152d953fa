"""What an acknowledgement says: for which of our control numbers, the verdict, and what was found where.

X12 997 and 999 answer a group (AK1, AK9), TA1 and EDIFACT's CONTRL an interchange (TA1, UCI); an APERAK
answers a document, which it names in RFF by our control number (ACW) or by the document's own number.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ml_connector.codecs import decode
from ml_connector.documents import (
    AcknowledgementKind,
    AcknowledgementStatus,
    FunctionalAcknowledgement,
)
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ml_connector.documents import AcknowledgedError
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
        numbered: What the number is of, by its names in a document's state.
        messages: What it says of single messages, by their control numbers.
        others: What it says of messages it does not name.
    """

    number: str
    verdict: AnswerVerdict
    findings: tuple[dict[str, Any], ...] = ()
    documents: tuple[str, ...] = ()
    numbered: tuple[str, ...] = ("control_number",)
    messages: Mapping[str, Answer] = field(default_factory=dict)
    others: AnswerVerdict = AnswerVerdict.ACCEPTED

    def of_message(self, number: str) -> Answer:
        """Return what it says of one of several messages that travelled together."""
        plain = plain_number(number)
        return self.messages.get(plain) or replace(self, verdict=self.others, findings=())


_WORST = list(AnswerVerdict)
_INTERCHANGE = ("control_number",)

_VERDICTS = {
    AcknowledgementStatus.RECEIVED: AnswerVerdict.ARRIVED,
    AcknowledgementStatus.ACCEPTED: AnswerVerdict.ACCEPTED,
    AcknowledgementStatus.ACCEPTED_WITH_ERRORS: AnswerVerdict.ACCEPTED_WITH_ERRORS,
    AcknowledgementStatus.PARTIALLY_ACCEPTED: AnswerVerdict.REJECTED,
    AcknowledgementStatus.REJECTED: AnswerVerdict.REJECTED,
}
# The segment an error was told in, by its code list, or by its level where all levels share one (0085).
_TOLD_IN = {
    "X12_720": "AK3",
    "X12_723": "AK4",
    "X12_718": "AK5",
    "X12_620": "IK3",
    "X12_621": "IK4",
    "X12_618": "IK5",
    "X12_716": "AK9",
    "X12_I18": "TA1",
    "interchange": "UCI",
    "group": "UCF",
    "message": "UCM",
    "segment": "UCS",
    "element": "UCD",
}


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
    if message.type == "APERAK":
        return _read_aperak(list(message.segments))
    try:
        read = decode(message.interchange, message)
    except Rejected:
        return None
    if not isinstance(read, FunctionalAcknowledgement):
        return None
    return Answer(
        plain_number(read.number),
        _verdict(read),
        tuple(map(_finding, _errors(read))),
        numbered=("group_number",) if read.acknowledged.group and message.type != "CONTRL" else _INTERCHANGE,
        messages=_of_messages(read),
        others=_of_others(read),
    )


def _of_messages(read: FunctionalAcknowledgement) -> dict[str, Answer]:
    return {
        plain_number(one.control_number): Answer(
            plain_number(one.control_number), _VERDICTS[one.status], tuple(map(_finding, one.errors))
        )
        for one in read.messages
    }


def _of_others(read: FunctionalAcknowledgement) -> AnswerVerdict:
    """What is said of messages without a verdict of their own: that of the whole, if it is not for a part."""
    if read.status is AcknowledgementStatus.PARTIALLY_ACCEPTED:
        return AnswerVerdict.ACCEPTED
    return AnswerVerdict.ARRIVED if _of_envelope(read) else _VERDICTS[read.status]


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
    # ACW names the message, which receivers take for the interchange where it holds one only.
    return Answer(plain_number(number), verdict, findings, documents, ("message_number", "control_number"))


def plain_number(number: str) -> str:
    """Return a control number as it is compared: without the zeros ISA13 fills it with."""
    text = number.strip()
    return text.lstrip("0") or text[:1]


def _verdict(read: FunctionalAcknowledgement) -> AnswerVerdict:
    """The worst of all; a TA1 that accepts says of what is inside only that it arrived."""
    verdicts = [_VERDICTS[status] for status in (read.status, *(one.status for one in read.messages))]
    worst = max(verdicts, key=_WORST.index)
    return AnswerVerdict.ARRIVED if _of_envelope(read) and worst is not AnswerVerdict.REJECTED else worst


def _of_envelope(read: FunctionalAcknowledgement) -> bool:
    return read.kind is AcknowledgementKind.NETWORK and read.status is not AcknowledgementStatus.REJECTED


def _errors(read: FunctionalAcknowledgement) -> Iterator[AcknowledgedError]:
    for message in read.messages:
        yield from message.errors
    yield from read.errors


def _finding(error: AcknowledgedError) -> dict[str, Any]:
    """An error at our own segment, as the audit trail keeps it; elements are counted without the tag."""
    code = error.code
    told_in = _TOLD_IN.get(code.list or "") or _TOLD_IN[error.level]
    where = {
        "segment": error.segment_id,
        "position": error.segment_position,
        "element": error.element_position,
        "value": error.data,
    }
    return {"code": f"{told_in}:{code.value}"} | {name: str(value) for name, value in where.items() if value}
