"""Composing interchanges: envelopes in a partner's separators, charset and version around rows.

::

    beg = ("BEG", ["00", "NE", "4500012345", "", "20260115"])
    order = OutgoingMessage(type="850", control_number="0001", rows=[beg, ...])
    group = OutgoingGroup(control_number="7", version="004010", messages=[order])
    buyer, shop = Address("BUYER", "ZZ"), Address("SHOP", "ZZ")
    outgoing = OutgoingInterchange(standard=Standard.X12, sender=buyer, receiver=shop, control_number="42",
                                   prepared_at=datetime(2026, 1, 15, 9, 30))
    data = compose_interchange(outgoing, [group])

Header and trailer segments of messages (ST SE, UNH UNT, MHD MTR) and all counts are written here; rows hold
what stands between. Control numbers are the caller's, who keeps them unique.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ml_connector.edi.rows import Row, RowWriter, Value
from ml_connector.edi.schema import load_directory
from ml_connector.edi.separators import (
    EDIFACT_SEPARATORS,
    TRADACOMS_SEPARATORS,
    X12_SEPARATORS,
    Separators,
    Standard,
)
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ml_connector.edi.outgoing import OutgoingGroup, OutgoingInterchange, OutgoingMessage

_SEPARATORS = {
    Standard.X12: X12_SEPARATORS,
    Standard.EDIFACT: EDIFACT_SEPARATORS,
    Standard.TRADACOMS: TRADACOMS_SEPARATORS,
}
_VERSIONS = {Standard.X12: "00401", Standard.EDIFACT: "3", Standard.TRADACOMS: "1"}
_CHARSETS = {Standard.X12: "latin-1", Standard.EDIFACT: "UNOC", Standard.TRADACOMS: "latin-1"}


def compose_interchange(outgoing: OutgoingInterchange, groups: Iterable[OutgoingGroup] = ()) -> bytes:
    """An interchange as bytes.

    Raises:
        Rejected: A value holds a character that the syntax or the charset can't carry.
        Misconfigured: The envelope itself can't be written: an id too long, separators that clash, a control
            number that is none, a group without functional id.
    """
    return b"".join(compose_parts(outgoing, groups))


def compose_parts(outgoing: OutgoingInterchange, groups: Iterable[OutgoingGroup] = ()) -> Iterator[bytes]:
    """The same a segment at a time, for interchanges too large to hold."""
    writers: dict[
        Standard, Callable[[OutgoingInterchange, RowWriter, Iterable[OutgoingGroup]], Iterator[bytes]]
    ] = {
        Standard.X12: _x12,
        Standard.EDIFACT: _edifact,
        Standard.TRADACOMS: _tradacoms,
    }
    standard = outgoing.standard
    writer = RowWriter(
        standard,
        _separators(outgoing),
        outgoing.charset or _CHARSETS[standard],
        trailing=outgoing.trailing,
        substitute=outgoing.substitute,
        line_break=outgoing.line_break,
    )
    return writers[standard](outgoing, writer, groups)


def _separators(outgoing: OutgoingInterchange) -> Separators:
    """The partner's service characters, those the version knows; tags end as elements do but in TRADACOMS."""
    separators = outgoing.separators or _SEPARATORS[outgoing.standard]
    if outgoing.standard is Standard.TRADACOMS:
        return separators
    repetition = ""
    if outgoing.standard is Standard.EDIFACT and _version(outgoing) >= "4":
        repetition = separators.repetition or _unused(separators, "*")
    elif outgoing.standard is Standard.X12 and _version(outgoing) >= "00402":
        repetition = separators.repetition or _unused(separators, "^")
    release = separators.release if outgoing.standard is Standard.EDIFACT else ""
    return replace(separators, tag=separators.element, repetition=repetition, release=release)


def _unused(separators: Separators, usual: str) -> str:
    """A sign for a separator the partner named none for: the usual one, if it is not another's."""
    taken = {separators.element, separators.component, separators.terminator, separators.release}
    return next(sign for sign in (usual, "^", "`", "|", "!", "<") if sign not in taken)


def _version(outgoing: OutgoingInterchange) -> str:
    return outgoing.version or _VERSIONS[outgoing.standard]


def _x12(
    outgoing: OutgoingInterchange, writer: RowWriter, groups: Iterable[OutgoingGroup]
) -> Iterator[bytes]:
    yield _isa(outgoing, writer)
    for control in outgoing.controls:
        yield writer.write(control)
    count = 0
    for count, group in enumerate(groups, 1):  # noqa: B007 # the count is written below
        yield writer.write(("GS", _group_values(outgoing, group)))
        for message in group.messages:
            start: Row = ("ST", [message.type, message.control_number, message.association])
            yield from _message(writer, start, message, "SE")
        yield writer.write(("GE", [len(group.messages), group.control_number]))
    yield writer.write(("IEA", [count, _digits(outgoing.control_number, 9, "ISA13")]))


def _isa(outgoing: OutgoingInterchange, writer: RowWriter) -> bytes:
    """ISA is of fixed width and names its own separators, so it is written by hand (X12.5)."""
    separators = writer.separators
    sender, receiver = outgoing.sender, outgoing.receiver
    values = [
        "00",
        " " * 10,
        "00",
        " " * 10,
        _fixed(sender.qualifier or "ZZ", 2, "ISA05", separators),
        _fixed(sender.id, 15, "ISA06", separators),
        _fixed(receiver.qualifier or "ZZ", 2, "ISA07", separators),
        _fixed(receiver.id, 15, "ISA08", separators),
        f"{outgoing.prepared_at:%y%m%d}",
        f"{outgoing.prepared_at:%H%M}",
        separators.repetition or "U",
        _fixed(_version(outgoing), 5, "ISA12", separators),
        _digits(outgoing.control_number, 9, "ISA13"),
        "1" if outgoing.acknowledge else "0",
        "T" if outgoing.test else "P",
        separators.component,
    ]
    line = separators.element.join(["ISA", *values]) + separators.terminator + outgoing.line_break
    return line.encode("latin-1")


def _group_values(outgoing: OutgoingInterchange, group: OutgoingGroup) -> list[str]:
    first = group.messages[0].type if group.messages else ""
    functional_id = group.functional_id or functional_id_of(first)
    if not functional_id or not group.control_number:
        raise Misconfigured(
            f"GS needs functional id and control number, found {functional_id!r}, {group.control_number!r}.",
            advice="Give the group both; the id is known for the types the connector has schemas for.",
        )
    version = group.version or "004010"
    date = "%y%m%d" if version < "004010" else "%Y%m%d"
    return [
        functional_id,
        group.sender or outgoing.sender.id,
        group.receiver or outgoing.receiver.id,
        f"{outgoing.prepared_at:{date}}",
        f"{outgoing.prepared_at:%H%M}",
        group.control_number,
        "X",
        version,
    ]


def functional_id_of(message_type: str) -> str:
    """The functional group code a transaction set is sent in (GS01); empty for one there is no schema of."""
    sets = load_directory("x12-005010")["messages"]
    code: str = sets.get(message_type, {}).get("group", "")
    return code


def _edifact(
    outgoing: OutgoingInterchange, writer: RowWriter, groups: Iterable[OutgoingGroup]
) -> Iterator[bytes]:
    if outgoing.service_string or outgoing.separators not in (None, EDIFACT_SEPARATORS):
        yield _una(outgoing, writer)
    yield writer.write(("UNB", _unb_values(outgoing)))
    count = 0
    for group in groups:
        if group.control_number:
            yield writer.write(("UNG", _ung_values(outgoing, group)))
        for message in group.messages:
            yield from _message(writer, ("UNH", _unh_values(message)), message, "UNT")
        if group.control_number:
            yield writer.write(("UNE", [len(group.messages), group.control_number]))
        count += 1 if group.control_number else len(group.messages)
    yield writer.write(("UNZ", [count, outgoing.control_number]))


def _una(outgoing: OutgoingInterchange, writer: RowWriter) -> bytes:
    used = writer.separators
    signs = used.component + used.element + used.decimal + (used.release or " ") + (used.repetition or " ")
    return f"UNA{signs}{used.terminator}{outgoing.line_break}".encode("latin-1")


def _unb_values(outgoing: OutgoingInterchange) -> list[str | list[str]]:
    version = _version(outgoing)
    date = "%Y%m%d" if version >= "4" else "%y%m%d"
    sender, receiver = outgoing.sender, outgoing.receiver
    return [
        [outgoing.charset or _CHARSETS[Standard.EDIFACT], version],
        [sender.id, sender.qualifier, sender.internal_id],
        [receiver.id, receiver.qualifier, receiver.internal_id],
        [f"{outgoing.prepared_at:{date}}", f"{outgoing.prepared_at:%H%M}"],
        outgoing.control_number,
        "",
        outgoing.application_reference,
        "",
        "1" if outgoing.acknowledge else "",
        outgoing.agreement,
        "1" if outgoing.test else "",
    ]


def _ung_values(outgoing: OutgoingInterchange, group: OutgoingGroup) -> list[str | list[str]]:
    first = group.messages[0]
    directory, _, release = first.version.partition(".")
    date = "%Y%m%d" if _version(outgoing) >= "4" else "%y%m%d"
    return [
        group.functional_id or first.type,
        group.sender or outgoing.sender.id,
        group.receiver or outgoing.receiver.id,
        [f"{outgoing.prepared_at:{date}}", f"{outgoing.prepared_at:%H%M}"],
        group.control_number,
        first.agency,
        [directory, release, first.association],
    ]


def _unh_values(message: OutgoingMessage) -> list[str | list[str]]:
    directory, _, release = message.version.partition(".")
    if not release:
        raise Misconfigured(
            f"UNH needs directory and release such as D.96A, found {message.version!r} for {message.type}.",
            advice="Set the message's version in the partner's profile.",
        )
    return [message.control_number, [message.type, directory, release, message.agency, message.association]]


def _tradacoms(
    outgoing: OutgoingInterchange, writer: RowWriter, groups: Iterable[OutgoingGroup]
) -> Iterator[bytes]:
    yield writer.write(("STX", _stx_values(outgoing)))
    count = 0
    for group in groups:
        for message in group.messages:
            count += 1
            start: Row = ("MHD", [count, [message.type, message.version]])
            yield from _message(writer, start, message, "MTR")
    yield writer.write(("END", [count]))


def _stx_values(outgoing: OutgoingInterchange) -> list[str | list[str]]:
    sender, receiver = outgoing.sender, outgoing.receiver
    reference = outgoing.application_reference
    return [
        ["ANAA", _version(outgoing)],
        [sender.id, sender.name],
        [receiver.id, receiver.name],
        [f"{outgoing.prepared_at:%y%m%d}", f"{outgoing.prepared_at:%H%M%S}"],
        outgoing.control_number,
        "",
        reference[:3] + "TES" if outgoing.test and reference else reference,
    ]


def _message(writer: RowWriter, start: Row, message: OutgoingMessage, trailer: str) -> Iterator[bytes]:
    yield writer.write(start)
    count = 2
    for row in message.rows:
        yield writer.write(row)
        count += 1
    end: list[Value] = [count] if trailer == "MTR" else [count, message.control_number]
    yield writer.write((trailer, end))


def _fixed(value: str, width: int, place: str, separators: Separators) -> str:
    signs = {separators.element, separators.component, separators.terminator, separators.repetition}
    if len(value) > width or not value.isascii() or not value.isprintable() or signs & set(value):
        raise Misconfigured(
            f"{place} holds {width} ASCII characters and no separators, found {value!r}.",
            advice="Correct the partner's address.",
        )
    return value.ljust(width)


def _digits(value: str, width: int, place: str) -> str:
    if not value.isdecimal() or len(value) > width:
        raise Misconfigured(
            f"{place} is a number of at most {width} digits, found {value!r}.",
            advice="Draw control numbers from the partner's counter.",
        )
    return value.zfill(width)
