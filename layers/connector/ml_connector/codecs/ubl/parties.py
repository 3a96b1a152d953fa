"""Parties, items and addresses of UBL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.documents import Address, Contact, Identifier, IdentifierScheme, Item, Party, PartyRole

if TYPE_CHECKING:
    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.ubl.elements import Writer

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
_GTIN = "0160"


def read_party(node: Node, role: PartyRole) -> Party:
    """The party of a cac:Party."""
    ids = [read_id(one, "cbc:ID") for one in node.nodes("cac:PartyIdentification")]
    known = [identifier for identifier in ids if identifier]
    endpoint = read_id(node, "cbc:EndpointID")
    if endpoint and (endpoint.value, endpoint.scheme) not in [(i.value, i.scheme) for i in known]:
        code = node.attribute("schemeID", "cbc:EndpointID") or ""
        known.append(endpoint.model_copy(update={"source_qualifier": f"{_ENDPOINT}{code}"}))
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


def read_id(node: Node, path: str) -> Identifier | None:
    """An identifier with its schemeID."""
    value, code = node.text(path), node.attribute("schemeID", path) or ""
    if value is None:
        return None
    scheme = _SCHEMES.get(code, IdentifierScheme.OTHER)
    return Identifier(
        scheme=scheme, value=value, source_qualifier=None if _CODES.get(scheme) == code else code
    )


def write_id(writer: Writer, identifier: Identifier) -> None:
    """An identifier with its schemeID."""
    code = identifier.source_qualifier or _CODES.get(identifier.scheme, "")
    writer.text("ID", identifier.value, schemeID=code)


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
    endpoint = next((i for i in party.ids if i not in plain), plain[0] if plain else None)
    if endpoint is not None:
        code = (endpoint.source_qualifier or _CODES.get(endpoint.scheme, "")).removeprefix(_ENDPOINT)
        writer.text("EndpointID", endpoint.value, schemeID=code)
    for identifier in plain:
        write_id(writer.group("PartyIdentification"), identifier)
    if (party.name and party.name2) or party.name:
        writer.group("PartyName").text("Name", party.name)
    write_address(writer, "PostalAddress", party.address)
    companies = [tax for tax in party.tax_ids if tax.scheme is IdentifierScheme.COMPANY_REG]
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


def read_item(node: Node | None) -> Item:
    """The item of a cac:Item."""
    if node is None:
        return Item()
    numbers: dict[str, Any] = {}
    for field, path, scheme in (
        ("buyer_id", "cac:BuyersItemIdentification", IdentifierScheme.BUYER_ASSIGNED),
        ("seller_id", "cac:SellersItemIdentification", IdentifierScheme.SELLER_ASSIGNED),
        ("manufacturer_id", "cac:ManufacturersItemIdentification", IdentifierScheme.MANUFACTURER_ASSIGNED),
        ("gtin", "cac:StandardItemIdentification", IdentifierScheme.GTIN),
    ):
        if value := node.text(f"{path}/cbc:ID"):
            code = node.attribute("schemeID", f"{path}/cbc:ID")
            qualifier = code if field == "gtin" and code != _GTIN else None
            numbers[field] = Identifier(scheme=scheme, value=value, source_qualifier=qualifier)
    return Item(
        **numbers,
        name=node.text("cbc:Name"),
        description=node.text("cbc:Description"),
        country=node.text("cac:OriginCountry/cbc:IdentificationCode"),
        lot=node.text("cac:ItemInstance/cac:LotIdentification/cbc:LotNumberID"),
    )


def write_item(group: Writer, item: Item) -> None:
    """The content of a cac:Item up to its tax."""
    group.text("Description", item.description)
    group.text("Name", item.name)
    for name, identifier in (
        ("BuyersItemIdentification", item.buyer_id),
        ("SellersItemIdentification", item.seller_id),
        ("ManufacturersItemIdentification", item.manufacturer_id),
    ):
        if identifier is not None:
            group.group(name).text("ID", identifier.value)
    if item.gtin is not None:
        code = item.gtin.source_qualifier or _GTIN
        group.group("StandardItemIdentification").text("ID", item.gtin.value, schemeID=code)
    if item.country:
        group.group("OriginCountry").text("IdentificationCode", item.country)


def write_lot(group: Writer, item: Item) -> None:
    """The lot of an item, which stands after its tax."""
    if item.lot:
        group.group("ItemInstance").group("LotIdentification").text("LotNumberID", item.lot)
