"""Parties and addresses of UBL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import Address, Contact, Identifier, IdentifierScheme, Party, PartyRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.ubl.elements import Writer

#: Where the parties of a document stand, below its root, and their roles, in the order of the schema.
Places = tuple[tuple[str, PartyRole], ...]

# ISO 6523 ICD and EAS codes: whose number it is.
_SCHEMES = {
    "0088": IdentifierScheme.GLN,
    "0060": IdentifierScheme.DUNS,
    "0192": IdentifierScheme.COMPANY_REG,
    "0007": IdentifierScheme.COMPANY_REG,
    "0184": IdentifierScheme.COMPANY_REG,
    "": IdentifierScheme.MUTUAL,
}
_CODES = {IdentifierScheme.GLN: "0088", IdentifierScheme.DUNS: "0060", IdentifierScheme.MUTUAL: ""}
_ENDPOINT = "endpoint:"


def read_parties(root: Node, places: Places) -> tuple[Party, ...]:
    """Every party of a document that has a place of its own."""
    return tuple(
        read_party(node, role)
        for path, role in places
        for node in root.nodes("/".join(f"cac:{name}" for name in path.split("/")))
    )


def write_parties(writer: Writer, parties: Iterable[Party], places: Places) -> None:
    """The first party of each role that has a place of its own."""
    by_role = {party.role: party for party in reversed(list(parties))}
    for path, role in places:
        if role in by_role:
            group = writer
            for name in path.split("/"):
                group = group.group(name)
            write_party(group, by_role[role])


def read_party(node: Node, role: PartyRole) -> Party:
    """The party of a cac:Party."""
    ids = [read_id(one, "cbc:ID") for one in node.nodes("cac:PartyIdentification")]
    known = [identifier for identifier in ids if identifier]
    taxes = []
    for tax in node.nodes("cac:PartyTaxScheme"):
        scheme, value = tax.text("cac:TaxScheme/cbc:ID"), tax.text("cbc:CompanyID")
        if value:
            vat = scheme == "VAT"
            kind = IdentifierScheme.VAT if vat else IdentifierScheme.OTHER
            taxes.append(Identifier(scheme=kind, value=value, source_qualifier=None if vat else scheme))
    company = node.text("cac:PartyLegalEntity/cbc:CompanyID")
    if company:
        registry = node.attribute("schemeID", "cac:PartyLegalEntity/cbc:CompanyID")
        taxes.append(
            Identifier(scheme=IdentifierScheme.COMPANY_REG, value=company, source_qualifier=registry)
        )
    endpoint = read_id(node, "cbc:EndpointID")
    if endpoint and not any(_same(endpoint, one) for one in (*known, *taxes)):
        code = node.attribute("schemeID", "cbc:EndpointID") or ""
        known.append(endpoint.model_copy(update={"source_qualifier": f"{_ENDPOINT}{code}"}))
    name = node.text("cac:PartyName/cbc:Name")
    registered = node.text("cac:PartyLegalEntity/cbc:RegistrationName")
    contact = node.node("cac:Contact")
    return Party(
        role=role,
        ids=tuple(known),
        name=name or registered,
        name2=registered if name and registered != name else None,
        address=read_address(node.node("cac:PostalAddress")),
        contact=_read_contact(contact) if contact else None,
        tax_ids=tuple(taxes),
    )


def _same(one: Identifier, other: Identifier) -> bool:
    return (one.scheme, one.value) == (other.scheme, other.value)


def read_id(node: Node, path: str) -> Identifier | None:
    """An identifier with its schemeID."""
    value, code = node.text(path), node.attribute("schemeID", path) or ""
    return party_number(value, code) if value is not None else None


def party_number(value: str, code: str) -> Identifier:
    """An identifier by the code of its schemeID; without one it is as the parties agreed."""
    scheme = _SCHEMES.get(code, IdentifierScheme.OTHER)
    return Identifier(
        scheme=scheme, value=value, source_qualifier=None if _CODES.get(scheme) == code else code
    )


def write_id(writer: Writer, identifier: Identifier) -> None:
    """An identifier with its schemeID."""
    writer.text("ID", identifier.value, schemeID=_code_of(identifier))


def _code_of(identifier: Identifier) -> str:
    """UBL's code of the scheme, whatever another standard called it."""
    said = identifier.source_qualifier or ""
    if said.startswith(_ENDPOINT):
        return said.removeprefix(_ENDPOINT)
    return _CODES.get(identifier.scheme, said)


def read_address(node: Node | None) -> Address | None:
    """A postal address; None where there is none."""
    if node is None:
        return None
    streets = [node.text("cbc:StreetName"), node.text("cbc:AdditionalStreetName")]
    address = Address(
        lines=tuple([line for line in streets if line] + node.texts("cac:AddressLine/cbc:Line")),
        city=node.text("cbc:CityName"),
        region=node.text("cbc:CountrySubentity"),
        post_code=node.text("cbc:PostalZone"),
        country=node.text("cac:Country/cbc:IdentificationCode"),
    )
    return address if address != Address() else None


def _read_contact(node: Node) -> Contact | None:
    contact = Contact(
        name=node.text("cbc:Name"), phone=node.text("cbc:Telephone"), email=node.text("cbc:ElectronicMail")
    )
    return contact if contact != Contact() else None


def write_party(writer: Writer, party: Party) -> None:
    """The content of a cac:Party."""
    plain = [i for i in party.ids if not (i.source_qualifier or "").startswith(_ENDPOINT)]
    named = [i for i in party.ids if i not in plain]
    endpoint = next((i for i in (*named, *plain, *_companies(party)) if _code_of(i)), None)
    if endpoint is not None:
        writer.text("EndpointID", endpoint.value, schemeID=_code_of(endpoint))
    for identifier in plain:
        write_id(writer.group("PartyIdentification"), identifier)
    if party.name:
        writer.group("PartyName").text("Name", party.name)
    write_address(writer, "PostalAddress", party.address)
    companies = _companies(party)
    for tax in party.tax_ids:
        if tax not in companies:
            group = writer.group("PartyTaxScheme")
            group.text("CompanyID", tax.value)
            vat = tax.scheme is IdentifierScheme.VAT
            group.group("TaxScheme").text("ID", "VAT" if vat else tax.source_qualifier)
    legal = writer.group("PartyLegalEntity")
    legal.text("RegistrationName", party.name2 or party.name)
    for company in companies[:1]:
        legal.text("CompanyID", company.value, schemeID=company.source_qualifier)
    if party.contact is not None:
        group = writer.group("Contact")
        group.text("Name", party.contact.name)
        group.text("Telephone", party.contact.phone)
        group.text("ElectronicMail", party.contact.email)


def _companies(party: Party) -> list[Identifier]:
    return [tax for tax in party.tax_ids if tax.scheme is IdentifierScheme.COMPANY_REG]


def write_address(writer: Writer, name: str, address: Address | None) -> None:
    """A postal address; nothing for None."""
    if address is None:
        return
    group = writer.group(name)
    for element, line in zip(("StreetName", "AdditionalStreetName"), address.lines, strict=False):
        group.text(element, line)
    group.text("CityName", address.city)
    group.text("PostalZone", address.post_code)
    group.text("CountrySubentity", address.region)
    for line in address.lines[2:]:
        group.group("AddressLine").text("Line", line)
    if address.country:
        group.group("Country").text("IdentificationCode", address.country)
