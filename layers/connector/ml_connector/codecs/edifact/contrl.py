"""EDIFACT CONTRL, in only: `ml_connector.edi.acknowledge` derives it from findings and writes it.

Source: ISO 9735 syntax 3 and 4: UCI UCF UCM UCS UCD, code lists 0083 (action) and 0085 (error).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.reading import EdifactReading
from ml_connector.documents import (
    AcknowledgedError,
    AcknowledgedMessage,
    AcknowledgementStatus,
    CodedValue,
    ControlNumbers,
    FunctionalAcknowledgement,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    from ml_connector.codecs.edifact.reading import GroupReader, SegmentReader
    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message

    Level = Literal["interchange", "group", "message", "segment", "element"]

# 0083.
_STATUSES = {
    "1": AcknowledgementStatus.ACCEPTED,
    "2": AcknowledgementStatus.ACCEPTED_WITH_ERRORS,
    "3": AcknowledgementStatus.PARTIALLY_ACCEPTED,
    "4": AcknowledgementStatus.REJECTED,
    "7": AcknowledgementStatus.ACCEPTED,
    "8": AcknowledgementStatus.RECEIVED,
}
_ERRORS = "EDIFACT_0085"


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> FunctionalAcknowledgement:
    """What a CONTRL says of an interchange that was sent.

    Code 7 acknowledges the interchange and whatever below is not named as refused: one with refused groups or
    messages is partially accepted.

    Raises:
        Rejected: It names nothing that was sent, or gives no verdict.
    """
    reading = EdifactReading(interchange, message, profile)
    root = reading.root
    uci = root.segment("UCI")
    if uci is None:
        raise reading.refuse("answer-missing", "The CONTRL has no UCI segment.", path="UCI")
    messages = tuple(_read_messages(reading, root))
    answer = FunctionalAcknowledgement(
        for_standard="edifact",
        sender_id=interchange.sender.id,
        receiver_id=interchange.receiver.id,
        acknowledged=ControlNumbers(interchange=_required(reading, uci, 1)),
        status=_of_all(_status(reading, uci, 4), [*_group_statuses(reading), *(m.status for m in messages)]),
        errors=(*_error_of("interchange", uci, 5), *_read_groups(root)),
        messages=messages,
    )
    return answer.model_copy(update=dict(reading.provenance(reading.tree)))


def _group_statuses(reading: EdifactReading) -> Iterator[AcknowledgementStatus]:
    for group in reading.root.groups("UCF"):
        yield _status(reading, group.head, 4)


def _of_all(status: AcknowledgementStatus, below: Iterable[AcknowledgementStatus]) -> AcknowledgementStatus:
    refused = any(one is AcknowledgementStatus.REJECTED for one in below)
    accepted = status is AcknowledgementStatus.ACCEPTED
    return AcknowledgementStatus.PARTIALLY_ACCEPTED if refused and accepted else status


def _read_groups(root: GroupReader) -> Iterator[AcknowledgedError]:
    """What was found at the groups; which group it was stays raw, for messages are named without one."""
    for group in root.groups("UCF"):
        yield from _error_of("group", group.head, 5)


def _read_messages(reading: EdifactReading, root: GroupReader) -> Iterator[AcknowledgedMessage]:
    """The messages named, below the interchange or below its groups."""
    for around in (root, *root.groups("UCF")):
        for group in around.groups("UCM"):
            ucm = group.head
            errors = [*_error_of("message", ucm, 4)]
            for place in group.groups("UCS"):
                errors += _read_segment(place)
            yield AcknowledgedMessage(
                type=_required(reading, ucm, 2),
                control_number=_required(reading, ucm, 1),
                status=_status(reading, ucm, 3),
                errors=tuple(errors),
            )


def _read_segment(group: GroupReader) -> Iterator[AcknowledgedError]:
    """The errors of a segment and of its elements; 0098 counts the segment's tag as the first element."""
    where = {"segment_position": _whole(group.head, 1, 1)}
    yield from _error_of("segment", group.head, 2, **where)
    for ucd in group.segments("UCD"):
        place = _whole(ucd, 2, 1)
        yield from _error_of(
            "element",
            ucd,
            1,
            **where,
            element_position=place - 1 if place else None,
            component_position=_whole(ucd, 2, 2),
            repetition=_whole(ucd, 2, 3),
        )


def _error_of(
    level: Level, segment: SegmentReader, number: int, **where: object
) -> Iterator[AcknowledgedError]:
    """The error an element of a segment names (0085), with the service segment it stands in (0013)."""
    code = segment.part(number)
    if code is None:
        return
    service = segment.part(number + 1) if level in ("interchange", "group", "message") else None
    told = {"level": level, "code": CodedValue(value=code, list=_ERRORS), **where}
    yield AcknowledgedError.model_validate({**told, "segment_id": service} if service else told)


def _whole(segment: SegmentReader, element: int, component: int) -> int | None:
    value = segment.part(element, component)
    return int(value) if value and value.isdecimal() else None


def _status(reading: EdifactReading, segment: SegmentReader, number: int) -> AcknowledgementStatus:
    """The verdict (0083); a code that is none of the accepting ones refuses, and stays raw."""
    code = _required(reading, segment, number)
    if code not in _STATUSES:
        segment.leave(number)
        message = f"{segment.path(number)} is {code}, which accepts nothing; taken as rejected."
        reading.find(Severity.WARNING, "verdict-unusual", message, path=segment.path(number), found=code)
    return _STATUSES.get(code, AcknowledgementStatus.REJECTED)


def _required(reading: EdifactReading, segment: SegmentReader, number: int) -> str:
    value = segment.part(number)
    if value is None:
        path = segment.path(number)
        raise reading.refuse("element-missing", f"{path} is missing.", path=path)
    return value
