"""Parties: the N1 loop with its N2, N3, N4, REF and PER."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.identity import check_party_number
from ml_connector.codecs.x12.qualifiers import PARTY_ROLES, PARTY_SCHEMES, TAX_SCHEMES, code_for
from ml_connector.codecs.x12.references import read_reference, write_references
from ml_connector.documents import Address, Contact, Identifier, IdentifierScheme, Party, PartyRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

#: PER02's usual function, written where the document names none: information contact.
_CONTACT = "IC"
_CHANNELS = {"TE": "phone", "FX": "fax", "EM": "email"}


def read_parties(reading: X12Reading, loops: Iterable[Loop]) -> tuple[Party, ...]:
    """The parties of N1 loops, in order."""
    return tuple(read_party(reading, loop) for loop in loops)


def read_party(reading: X12Reading, loop: Loop) -> Party:
    """One party, with address, contact, tax numbers and references of its own."""
    n1 = reading.take(loop.segments("N1")[0])
    qualifier = n1.code(1)
    tax_ids, references = [], []
    for segment in loop.segments("REF"):
        reference = read_reference(reading, segment)
        scheme = TAX_SCHEMES.get(reference.source_qualifier or "")
        if scheme and reference.number and not reference.description:
            tax_ids.append(_identifier(scheme, reference.number, reference.source_qualifier))
        else:
            references.append(reference)
    return Party(
        role=PARTY_ROLES.get(qualifier or "", PartyRole.OTHER),
        ids=_party_ids(reading, n1.code(3), n1[4], n1.path(4)),
        name=n1[2],
        name2=_second_name(reading, loop),
        address=read_address(reading, loop),
        contact=read_contact(reading, loop.segments("PER")),
        tax_ids=tuple(tax_ids),
        references=tuple(references),
        source_qualifier=qualifier,
    )


def _party_ids(
    reading: X12Reading, qualifier: str | None, value: str | None, path: str
) -> tuple[Identifier, ...]:
    if value is None:
        return ()
    scheme = PARTY_SCHEMES.get(qualifier or "", IdentifierScheme.OTHER)
    return (check_party_number(reading, _identifier(scheme, value, qualifier), path),)


def _identifier(scheme: IdentifierScheme, value: str, qualifier: str | None) -> Identifier:
    return Identifier(scheme=scheme, value=value, source_qualifier=qualifier)


def _second_name(reading: X12Reading, loop: Loop) -> str | None:
    n2 = loop.segment("N2")
    return reading.take(n2)[1] if n2 else None


def read_address(reading: X12Reading, loop: Loop) -> Address | None:
    """The address of N3 lines and N4; None where neither says anything."""
    lines = [
        line for n3 in loop.segments("N3") for line in (reading.take(n3)[1], reading.take(n3)[2]) if line
    ]
    n4 = loop.segment("N4")
    if n4 is None:
        return Address(lines=tuple(lines)) if lines else None
    place = reading.take(n4)
    return Address(
        lines=tuple(lines), city=place[1], region=place.code(2), post_code=place[3], country=place.code(4)
    )


def read_contact(reading: X12Reading, segments: list[Segment]) -> Contact | None:
    """The contact of the first PER and of those that name it again, each with more channels.

    Other channels than phone, fax and e-mail stay raw, and so do further contacts.
    """
    if not segments:
        return None
    first = reading.take(segments[0])
    function, name = first.code(1), first[2]
    channels = _read_channels(first, {})
    for segment in segments[1:]:
        again = reading.take(segment)
        if name and (again.code(1), again[2]) == (function, name):
            _read_channels(again, channels)
        else:
            again.leave(1)
            again.leave(2)
    return Contact(name=name, function=None if function == _CONTACT else function, **channels)


def _read_channels(per: Elements, channels: dict[str, str]) -> dict[str, str]:
    """Add what a PER tells of the channels that are not known yet."""
    for number in (3, 5, 7):
        name = _CHANNELS.get(per.code(number) or "")
        value = per[number + 1]
        if name is None or value is None or name in channels:
            per.leave(number)
            per.leave(number + 1)
            continue
        channels[name] = value
    return channels


def write_parties(writer: SetWriter, parties: Iterable[Party], path: str = "parties") -> None:
    """Put an N1 loop for each party."""
    for index, party in enumerate(parties):
        with writer.within(f"{path}[{index}]"):
            write_party(writer, party)


def write_party(writer: SetWriter, party: Party) -> None:
    """Put one N1 loop.

    Raises:
        Misconfigured: The party has more than one identifier, or what N1 to PER can't hold.
    """
    if len(party.ids) > 1:
        raise writer.refuse("ids", "N1 holds one identifier", ", ".join(i.value for i in party.ids))
    qualifier, value = _written_id(writer, party.ids[0]) if party.ids else (None, None)
    writer.put("N1", party_code(writer, party), party.name, qualifier, value)
    if party.name2:
        writer.put("N2", party.name2)
    if party.address:
        _write_address(writer, party.address)
    for index, tax_id in enumerate(party.tax_ids):
        with writer.within(f"tax_ids[{index}]"):
            writer.put("REF", _tax_code(writer, tax_id), tax_id.value)
    write_references(writer, party.references)
    if party.contact:
        write_contact(writer, party.contact)


def party_code(writer: SetWriter, party: Party) -> str:
    """The entity code of a party's role (DE 98)."""
    kept = party.source_qualifier
    if party.role is PartyRole.OTHER and kept and kept not in PARTY_ROLES:
        return kept
    code = code_for(PARTY_ROLES, party.role, kept)
    if code is None:
        raise writer.refuse("role", "N1 has no code for this role", party.role.value)
    return code


def _written_id(writer: SetWriter, identifier: Identifier) -> tuple[str, str]:
    kept = identifier.source_qualifier
    if identifier.scheme is IdentifierScheme.OTHER and kept and kept not in PARTY_SCHEMES:
        return kept, identifier.value
    code = code_for(PARTY_SCHEMES, identifier.scheme, kept)
    if code is None:
        raise writer.refuse("ids[0].scheme", "N103 has no code for this scheme", identifier.scheme.value)
    return code, identifier.value


def _tax_code(writer: SetWriter, tax_id: Identifier) -> str:
    code = code_for(TAX_SCHEMES, tax_id.scheme, tax_id.source_qualifier)
    if code is None:
        raise writer.refuse("scheme", "REF has no qualifier for this tax number", tax_id.scheme.value)
    return code


def _write_address(writer: SetWriter, address: Address) -> None:
    lines = address.lines
    if len(lines) > 4:
        raise writer.refuse("address.lines", "two N3 hold four lines", " / ".join(lines))
    for start in range(0, len(lines), 2):
        writer.put("N3", *lines[start : start + 2])
    if any((address.city, address.region, address.post_code, address.country)):
        writer.put("N4", address.city, address.region, address.post_code, address.country)


def write_contact(writer: SetWriter, contact: Contact) -> None:
    """Put the PER of a contact."""
    pairs: list[str] = []
    for code, name in _CHANNELS.items():
        if value := getattr(contact, name):
            pairs += [code, value]
    writer.put("PER", contact.function or _CONTACT, contact.name, *pairs)
