"""Checks of the envelopes: control numbers and counts of interchanges, groups and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ml_connector.edi.dialects.descriptions import Address
from ml_connector.edi.message import Group
from ml_connector.edi.separators import Standard
from ml_connector.edi.sequence import Sequence

if TYPE_CHECKING:
    from ml_connector.edi.interchange import Interchange
    from ml_connector.edi.message import Message
    from ml_connector.edi.rules import Notebook
    from ml_connector.edi.segment import Block, Segment

#: So many control numbers of a group are remembered to find repeated ones.
_REMEMBERED = 10_000


class Place(NamedTuple):
    """Where header and trailer say type, number, total and number again; 0 where they do not."""

    type: int
    number: int
    total: int
    again: int


_MESSAGES = {
    Standard.X12: Place(1, 2, 1, 2),
    Standard.EDIFACT: Place(2, 1, 1, 2),
    Standard.TRADACOMS: Place(2, 1, 1, 0),
}
_TRAILERS = {Standard.X12: b"SE", Standard.EDIFACT: b"UNT", Standard.TRADACOMS: b"MTR"}
_GROUPS = {
    Standard.X12: Place(1, 6, 1, 2),
    Standard.EDIFACT: Place(1, 5, 1, 2),
    Standard.TRADACOMS: Place(0, 1, 1, 0),
}
_INTERCHANGES = {
    Standard.X12: Place(0, 13, 1, 2),
    Standard.EDIFACT: Place(0, 5, 1, 2),
    Standard.TRADACOMS: Place(0, 5, 1, 0),
}


class Envelope:
    """Follows the envelopes of one interchange and notes what does not agree."""

    def __init__(self, interchange: Interchange) -> None:
        self.interchange = interchange
        self.group: Group | None = None
        self.bare = not interchange.facts.control_number and interchange.header.tag not in {
            "ISA",
            "UNB",
            "STX",
        }
        self._notes = interchange.notes
        self._standard = interchange.standard
        self._message = _MESSAGES[self._standard]
        self._element = interchange.syntax.element
        self._numbers: set[bytes] = set()
        self._type = b""
        self._sequence = Sequence(interchange) if self._standard is Standard.TRADACOMS else None
        self._trailer = _TRAILERS[self._standard] + interchange.syntax.tag

    def pass_message(self, header: bytes, trailer: bytes, count: int) -> bool:
        """Count a message by the bytes of its header and trailer if nothing about them is unusual."""
        fields = header.split(self._element, 3)
        place = self._message
        if len(fields) < 3 or fields[place.type] != self._type or not self._may_pass():
            return False
        number = fields[place.number]
        expected = b"%b%d%b%b" % (self._trailer, count, self._element, number)
        if not number or number in self._numbers or trailer != expected:
            return False
        if len(self._numbers) < _REMEMBERED:
            self._numbers.add(number)
        self.interchange.message_count += 1
        if self.group is not None:
            self.group.message_count += 1
        return True

    def _may_pass(self) -> bool:
        """Return whether messages may stand here: in a group, or outside of any in EDIFACT."""
        grouped = self.interchange.group_count > 0
        return self.group is not None or (self._standard is Standard.EDIFACT and not grouped)

    def open_group(self, header: Segment) -> None:
        """Begin a group, or a TRADACOMS batch."""
        if self.group is not None:
            self.end_group()
        self.group = describe_group(header, self._standard)
        self.interchange.group_count += 1
        if self._standard is Standard.X12:
            self._numbers.clear()
        self._type = b""

    def close_group(self, trailer: Segment) -> None:
        """End a group by its trailer."""
        group, place = self.group, _GROUPS[self._standard]
        if group is None:
            told = f"A group header was expected before {trailer.tag}, and none was found."
            self._notes.note("group-header-missing", told, segment=trailer)
            return
        group.trailer = trailer
        self._check(group.header, trailer, place, group.message_count, "group")
        self._leave(group)

    def _leave(self, group: Group) -> None:
        """End a group; one without messages is remembered, as no message tells of it."""
        if not group.message_count and len(self.interchange.empty_groups) < _REMEMBERED:
            self.interchange.empty_groups.append(group)
        self.group = None

    def end_group(self) -> None:
        """End a group whose trailer is missing."""
        if self.group is not None:
            told = f"A trailer of group {self.group.control_number} was expected, and none was found."
            self._notes.note("group-trailer-missing", told, segment=self.group.header)
            self._leave(self.group)

    def open_message(self, header: bytes, segment_of: Message) -> None:
        """Count a message by the bytes of its header, and judge its number and its place."""
        self.interchange.message_count += 1
        if self.group is not None:
            self.group.message_count += 1
        elif self._standard is not Standard.TRADACOMS:
            self._judge_ungrouped(segment_of)
        fields = header.replace(self.interchange.syntax.tag, self._element, 1).split(self._element, 3)
        number = fields[self._message.number] if len(fields) > self._message.number else b""
        kind = fields[self._message.type] if len(fields) > self._message.type else b""
        if self._sequence is not None:
            self._sequence.see(segment_of, number)
        if number in self._numbers or not number:
            self._judge_number(segment_of, number)
        elif len(self._numbers) < _REMEMBERED:
            self._numbers.add(number)
        if kind != self._type:
            self._judge_type(segment_of, kind)

    def close_message(self, message: Message, header: bytes, trailer: bytes, last: Block) -> None:
        """Check a message's trailer, which ends its last block, by the bytes of header and trailer."""
        place, element = self._message, self._element
        count = last.position + len(last) - 1
        if self._sequence is not None:
            self._sequence.end(message)
        if place.again:
            number = header.split(element, place.number + 1)
            expected = b"%d%b%b" % (
                count,
                element,
                number[place.number] if len(number) > place.number else b"",
            )
        else:
            expected = b"%d" % count
        if trailer.partition(self.interchange.syntax.tag)[2] == expected:
            return
        self._check(message.header, last.segment(len(last) - 1), place, count, "message", message.notes)

    def close_interchange(self, trailer: Segment) -> None:
        """End the interchange by its trailer."""
        self.end_group()
        self.interchange.trailer = trailer
        if self.bare:
            return
        count = self.interchange.message_count
        if self._sequence is not None:
            self._sequence.close(trailer, count)
        if self._standard is Standard.X12 or (
            self._standard is Standard.EDIFACT and self.interchange.group_count
        ):
            count = self.interchange.group_count
        self._check(self.interchange.header, trailer, _INTERCHANGES[self._standard], count, "interchange")

    def finish(self) -> None:
        """End an interchange whose data have ended."""
        self.end_group()
        if self.interchange.trailer is None and not self.bare:
            told = "The interchange's trailer was expected, and the data end or another one starts first."
            self._notes.note("interchange-trailer-missing", told, segment=self.interchange.header)

    def _check(
        self,
        header: Segment,
        trailer: Segment,
        place: Place,
        count: int,
        level: str,
        notes: Notebook | None = None,
    ) -> None:
        notes = notes or self._notes
        said = trailer.element(place.total).strip()
        if not said.isdecimal() or int(said) != count:
            rule = "transmission-count-wrong" if self._is_end(level) else f"{level}-count-wrong"
            told = f"{trailer.tag} was expected to count {count}, and says {said or 'nothing'}."
            notes.note(rule, told, segment=trailer, element=place.total, value=said)
        if not place.again:
            return
        number, again = header.element(place.number).strip(), trailer.element(place.again).strip()
        if number != again:
            told = f"{trailer.tag} was expected to repeat the control number {number!r}, and says {again!r}."
            notes.note(f"{level}-control-mismatch", told, segment=trailer, element=place.again, value=again)

    def _is_end(self, level: str) -> bool:
        return self._standard is Standard.TRADACOMS and level != "message"

    def _judge_ungrouped(self, message: Message) -> None:
        if self._standard is Standard.X12:
            told = "A group header GS was expected before the transaction set, and none is open."
            self._notes.note("group-header-missing", told, segment=message.header)
        elif self.interchange.group_count:
            told = "Messages inside and outside of groups may not be mixed in one interchange."
            self._notes.note("messages-outside-groups", told, segment=message.header)

    def _judge_number(self, message: Message, number: bytes) -> None:
        shown = number.decode("latin-1")
        if not number:
            told = f"{message.header.tag} was expected to hold a control number, and holds none."
            message.notes.note("message-control-missing", told, segment=message.header)
        elif self._standard is not Standard.TRADACOMS:
            told = f"Control numbers were expected to differ, and {shown} was used before."
            message.notes.note("message-control-repeated", told, segment=message.header, value=shown)

    def _judge_type(self, message: Message, kind: bytes) -> None:
        if self._type and self.group is not None and self._standard is not Standard.TRADACOMS:
            told = "All messages of a group were expected to be of one type."
            message.notes.note(
                "mixed-types-in-group", told, segment=message.header, value=kind.decode("latin-1")
            )
        self._type = kind


def describe_group(header: Segment, standard: Standard) -> Group:
    """Return the group that a GS, UNG or BAT opens."""
    if standard is Standard.X12:
        sender, receiver = (Address(header.element(number).rstrip()) for number in (2, 3))
        return Group(
            header, header.element(6).strip(), header.element(1).strip(), sender, receiver, header.element(8)
        )
    if standard is Standard.TRADACOMS:
        return Group(header, header.element(1).strip())
    sender, receiver = (
        Address(header.element(number, 1).rstrip(), header.element(number, 2).strip()) for number in (2, 3)
    )
    version = f"{header.element(7, 1).strip()}.{header.element(7, 2).strip()}".strip(".")
    return Group(header, header.element(5).strip(), header.element(1).strip(), sender, receiver, version)
