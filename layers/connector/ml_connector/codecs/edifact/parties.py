"""NAD: parties with their numbers, names, addresses and contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.edifact.qualifiers import (
    PARTY_IDS,
    PARTY_ROLES,
    PARTY_SCHEMES,
    PARTY_TAX_IDS,
    first_codes,
    source_code,
)
from ml_connector.codecs.edifact.references import read_reference, write_references
from ml_connector.codecs.edifact.texts import NAME, join_text, split_text
from ml_connector.codecs.identity import check_party_number
from ml_connector.documents import (
    Address,
    Contact,
    Identifier,
    IdentifierScheme,
    Party,
    PartyRole,
    Reference,
    Severity,
)
from ml_connector.documents.identifiers import check_digit_ok

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ml_connector.codecs.edifact.reading import GroupReader, SegmentReader
    from ml_connector.edi.rows import Row

_ROLE_CODES = first_codes(PARTY_ROLES)
_AGENCIES = first_codes(PARTY_SCHEMES)
_ID_CODES = first_codes(PARTY_IDS)
_TAX_ID_CODES = first_codes(PARTY_TAX_IDS)
_CHANNELS = {"TE": "phone", "EM": "email", "FX": "fax"}
_CONTACT_FUNCTION = "IC"


def read_parties(groups: Iterable[GroupReader]) -> tuple[Party, ...]:
    """The parties of NAD groups."""
    return tuple(read_party(group) for group in groups)


def read_party(group: GroupReader) -> Party:
    """The party of one NAD group."""
    head = group.head
    code = head.part(1)
    ids = [identifier] if (identifier := _read_number(head)) else []
    tax_ids: list[Identifier] = []
    references: list[Reference] = []
    for below in group.groups("RFF"):
        _read_party_reference(below, ids, tax_ids, references)
    name, name2, lines = _read_names(head)
    return Party(
        role=PARTY_ROLES.get(code or "", PartyRole.OTHER),
        ids=tuple(ids),
        name=name,
        name2=name2,
        address=_read_address(head, lines),
        contact=read_contact(group),
        tax_ids=tuple(tax_ids),
        references=tuple(references),
        source_qualifier=source_code(code, PARTY_ROLES),
    )


def _read_number(head: SegmentReader) -> Identifier | None:
    value = head.part(2, 1)
    agency = head.part(2, 3) or ""
    if value is None:
        return None
    scheme = PARTY_SCHEMES.get(agency, IdentifierScheme.OTHER)
    if scheme is IdentifierScheme.MUTUAL and len(value) == 13 and check_digit_ok(value):
        head.reading.find(
            Severity.WARNING,
            "gln-without-agency",
            f"{head.path(2)} gives {value} without saying that it is a GLN; it is one by its check digit.",
            path=head.path(2),
            found=value,
        )
        scheme, agency = IdentifierScheme.GLN, "9"
    identifier = Identifier(scheme=scheme, value=value, source_qualifier=source_code(agency, PARTY_SCHEMES))
    return check_party_number(head.reading, identifier, head.path(2))


def _read_party_reference(
    group: GroupReader, ids: list[Identifier], tax_ids: list[Identifier], references: list[Reference]
) -> None:
    head = group.head
    code, value = head.peek(1, 1), head.peek(1, 2)
    table, found = (PARTY_TAX_IDS, tax_ids) if code in PARTY_TAX_IDS else (PARTY_IDS, ids)
    if code not in table:
        if reference := read_reference(group):
            references.append(reference)
        return
    head.part(1, 1), head.part(1, 2)
    if value:
        qualifier = code if found is ids else source_code(code, table)
        found.append(Identifier(scheme=table[code], value=value, source_qualifier=qualifier))


def _read_names(head: SegmentReader) -> tuple[str | None, str | None, list[str]]:
    """Name, second name and address lines: structured (C080), else the unstructured C058 line by line."""
    parts = head.parts(4, 1, 5)
    if not parts:
        lines = [line.strip() for line in head.parts(3) if line.strip()]
        return (lines[0] if lines else None), None, lines[1:]
    names = (join_text(parts, NAME) or "").split("\n", 1)
    return names[0] or None, (names[1] if len(names) > 1 else None), []


def _read_address(head: SegmentReader, lines: list[str]) -> Address | None:
    lines += [line.strip() for line in head.parts(5) if line.strip()]
    address = Address(
        lines=tuple(lines),
        city=head.part(6),
        region=head.part(7),
        post_code=head.part(8),
        country=head.part(9),
    )
    return address if address != Address() else None


def read_contact(group: GroupReader) -> Contact | None:
    """The first contact of a group (CTA with its COM); further ones stay unread."""
    found = group.groups("CTA")
    if not found:
        return None
    head = found[0].head
    function = head.part(1)
    values: dict[str, str | None] = {"name": head.part(2, 2)}
    for channel in found[0].segments("COM"):
        field = _CHANNELS.get(channel.peek(1, 2))
        if field and field not in values:
            channel.part(1, 2)
            values[field] = channel.part(1, 1)
    contact = Contact(function=None if function == _CONTACT_FUNCTION else function, **values)
    return contact if contact != Contact() else None


def write_parties(parties: Iterable[Party]) -> Iterator[Row]:
    """The NAD groups of parties."""
    for party in parties:
        yield from write_party(party)


def write_party(party: Party) -> Iterator[Row]:
    """The NAD group of one party: NAD, RFF per further number, CTA with COM."""
    number, further = _number_and_further(party)
    address = party.address or Address()
    yield (
        "NAD",
        [
            party.source_qualifier or _ROLE_CODES.get(party.role, "ZZZ"),
            [number.value, "", number.source_qualifier or _AGENCIES.get(number.scheme, "ZZZ")]
            if number
            else "",
            "",
            [*split_text(party.name, NAME), *split_text(party.name2, NAME)],
            list(address.lines),
            address.city or "",
            address.region or "",
            address.post_code or "",
            address.country or "",
        ],
    )
    for identifier in further:
        yield (
            "RFF",
            [[identifier.source_qualifier or _ID_CODES.get(identifier.scheme, "API"), identifier.value]],
        )
    for identifier in party.tax_ids:
        code = identifier.source_qualifier or _TAX_ID_CODES.get(identifier.scheme, "FC")
        yield ("RFF", [[code, identifier.value]])
    yield from write_references(party.references)
    yield from write_contact(party.contact)


def _number_and_further(party: Party) -> tuple[Identifier | None, tuple[Identifier, ...]]:
    """The number for NAD itself, and those for RFF: NAD carries one, and none that an RFF qualifier names."""
    if party.ids and party.ids[0].source_qualifier not in PARTY_IDS:
        return party.ids[0], party.ids[1:]
    return None, party.ids


def write_contact(contact: Contact | None) -> Iterator[Row]:
    """The CTA group of a contact; nothing for None."""
    if contact is None:
        return
    yield ("CTA", [contact.function or _CONTACT_FUNCTION, ["", contact.name or ""]])
    for code, field in _CHANNELS.items():
        value = getattr(contact, field)
        if value:
            yield ("COM", [[value, code]])
