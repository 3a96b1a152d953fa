"""X12 997, 999 and TA1, in only: `ml_connector.edi.acknowledge` derives them from findings, and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.x12.elements import X12Reading
from ml_connector.codecs.x12.headers import opening, required
from ml_connector.documents import (
    AcknowledgedError,
    AcknowledgedMessage,
    AcknowledgementKind,
    AcknowledgementStatus,
    CodedValue,
    ControlNumbers,
    FunctionalAcknowledgement,
    Severity,
)
from ml_connector.edi.loops import place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.codecs.x12.elements import Elements
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.loops import Loop

    Level = Literal["interchange", "group", "message", "segment", "element"]

# 715 and 717: AK901, AK501, IK501. The other codes refuse for reasons of security, and stay raw.
_STATUSES = {
    "A": AcknowledgementStatus.ACCEPTED,
    "E": AcknowledgementStatus.ACCEPTED_WITH_ERRORS,
    "P": AcknowledgementStatus.PARTIALLY_ACCEPTED,
    "R": AcknowledgementStatus.REJECTED,
}
# I17: TA104 tells of the envelope alone; what is inside is answered by a 997 or 999.
_ENVELOPE_STATUSES = {
    "A": AcknowledgementStatus.RECEIVED,
    "E": AcknowledgementStatus.ACCEPTED_WITH_ERRORS,
    "R": AcknowledgementStatus.REJECTED,
}
_NO_ERROR = "000"
# Segment prefix -> code lists of segment, element and set errors: 720 723 718, and of the 999 620 621 618.
_LISTS = {"AK": ("X12_720", "X12_723", "X12_718"), "IK": ("X12_620", "X12_621", "X12_618")}
_GROUP_LIST, _ENVELOPE_LIST = "X12_716", "X12_I18"


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> FunctionalAcknowledgement:
    """What a 997 or 999 says of a group that was sent, or a TA1 of an interchange.

    Raises:
        Rejected: It names nothing that was sent, or gives no verdict.
    """
    reading = X12Reading(interchange, message, profile)
    tree = place(message)
    read = _read_envelope if message.type == "TA1" else _read_group
    answer = read(reading, tree)
    return answer.model_copy(update=dict(reading.provenance(tree)))


def _read_envelope(reading: X12Reading, tree: Loop) -> FunctionalAcknowledgement:
    ta1 = opening(reading, tree, "TA1")
    code = ta1.code(5)
    errors = (_error("interchange", code, _ENVELOPE_LIST),) if code and code != _NO_ERROR else ()
    return FunctionalAcknowledgement(
        kind=AcknowledgementKind.NETWORK,
        for_standard="x12",
        **_addresses(reading),
        acknowledged=ControlNumbers(interchange=required(reading, ta1, 1, "the control number answered")),
        status=_status(reading, ta1, 4, _ENVELOPE_STATUSES),
        errors=errors,
    )


def _read_group(reading: X12Reading, tree: Loop) -> FunctionalAcknowledgement:
    ak1 = opening(reading, tree, "AK1")
    ak9 = opening(reading, tree, "AK9")
    codes = (ak9.code(number) for number in range(5, 10))
    status = _status(reading, ak9, 1, _STATUSES)
    return FunctionalAcknowledgement(
        for_standard="x12",
        **_addresses(reading),
        functional_group=ak1.code(1),
        acknowledged=ControlNumbers(group=required(reading, ak1, 2, "the control number answered")),
        status=status,
        errors=tuple(_error("group", code, _GROUP_LIST) for code in codes if code),
        messages=tuple(_read_message(reading, loop, status) for loop in tree.loops("AK2")),
        sets_included=ak9.whole(2),
        sets_received=ak9.whole(3),
        sets_accepted=ak9.whole(4),
    )


def _addresses(reading: X12Reading) -> dict[str, str]:
    interchange = reading.interchange
    return {"sender_id": interchange.sender.id, "receiver_id": interchange.receiver.id}


def _read_message(reading: X12Reading, loop: Loop, of_group: AcknowledgementStatus) -> AcknowledgedMessage:
    """What is said of one set; without a verdict of its own it has its group's."""
    ak2 = reading.take(loop.segments("AK2")[0])
    prefix = "IK" if reading.message.type == "999" else "AK"
    closing = loop.segment(f"{prefix}5")
    verdict = reading.take(closing) if closing else None
    if verdict is None:
        message = f"The set has no {prefix}5 segment; taken as its group is."
        reading.find(Severity.WARNING, "verdict-missing", message, path=ak2.path(2))
    codes = [verdict.code(number) for number in range(2, 7)] if verdict else []
    errors = [error for place in loop.loops(f"{prefix}3") for error in _read_segment(reading, place, prefix)]
    errors += [_error("message", code, _LISTS[prefix][2]) for code in codes if code]
    return AcknowledgedMessage(
        type=required(reading, ak2, 1, "the set answered"),
        control_number=required(reading, ak2, 2, "the control number answered"),
        status=_status(reading, verdict, 1, _STATUSES) if verdict else of_group,
        errors=tuple(errors),
    )


def _read_segment(reading: X12Reading, loop: Loop, prefix: str) -> Iterator[AcknowledgedError]:
    """The errors of a segment and of its elements; an element's carries where its segment stands."""
    segment_list, element_list, _ = _LISTS[prefix]
    head = reading.take(loop.segments(f"{prefix}3")[0])
    where = {"segment_id": head[1], "segment_position": head.whole(2), "loop": head[3]}
    for number in range(4, len(head.values) + 1):
        if code := head.code(number):
            yield _error("segment", code, segment_list, **where)
    for segment in (*loop.segments(f"{prefix}4"), *(i.segments("IK4")[0] for i in loop.loops("IK4"))):
        element = reading.take(segment)
        yield _error(
            "element",
            required(reading, element, 3, "the error"),
            element_list,
            **where,
            element_position=_position(element, 1),
            component_position=_position(element, 2),
            repetition=_position(element, 3),
            data=element[4],
        )


def _position(element: Elements, component: int) -> int | None:
    """One of the places in C030, position in segment."""
    value = element.part(1, component)
    return int(value) if value and value.isdecimal() else None


def _error(level: Level, code: str, code_list: str, **where: object) -> AcknowledgedError:
    return AcknowledgedError.model_validate(
        {"level": level, "code": CodedValue(value=code, list=code_list), **where}
    )


def _status(
    reading: X12Reading, verdict: Elements, number: int, statuses: dict[str, AcknowledgementStatus]
) -> AcknowledgementStatus:
    """The verdict; a code that is none of the accepting ones refuses, and stays raw."""
    code = verdict.folded(required(reading, verdict, number, "the verdict"), number)
    if code not in statuses:
        verdict.leave(number)
        message = f"{verdict.path(number)} is {code}, which accepts nothing; taken as rejected."
        reading.find(Severity.WARNING, "verdict-unusual", message, path=verdict.path(number), found=code)
    return statuses.get(code, AcknowledgementStatus.REJECTED)
