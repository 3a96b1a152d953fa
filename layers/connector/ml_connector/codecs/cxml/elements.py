"""What cXML documents have in common: envelope, parties, money.

Source: the cXML DTD (1.2). The envelope's credentials name sender and receiver; ``payloadID`` is unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.markup import Node, parse_markup
from ml_connector.codecs.markup_reading import MarkupReading
from ml_connector.documents import Address, Contact, Identifier, IdentifierScheme, Item, Party, PartyRole
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from decimal import Decimal

    from ml_connector.codecs.profile import CodecProfile

_SCHEMES = {
    "DUNS": IdentifierScheme.DUNS,
    "GLN": IdentifierScheme.GLN,
    "buyerID": IdentifierScheme.BUYER_ASSIGNED,
    "supplierID": IdentifierScheme.SELLER_ASSIGNED,
}


def read_envelope(data: bytes, profile: CodecProfile) -> MarkupReading:
    """The reading of a cXML document, its envelope read.

    Raises:
        Rejected: Not well-formed, or not cXML.
    """
    root = Node(parse_markup(data, allow_dtd=True), {})
    if root.name != "cXML":
        raise Rejected(f"A cXML document was expected, found {root.name}.")
    reading = MarkupReading(root, data, "cxml", profile)
    reading.source = reading.source.model_copy(
        update={
            "version": root.attribute("version"),
            "test": root.attribute("deploymentMode", "Request") == "test",
        }
    )
    reading.numbered(
        root.attribute("payloadID"),
        sender=root.text("Header/From/Credential/Identity"),
        receiver=root.text("Header/To/Credential/Identity"),
    )
    root.attribute("timestamp")
    for part in ("Header/From/Credential", "Header/To/Credential", "Header/Sender"):
        root.skip(part)
    return reading


def read_money(reading: MarkupReading, node: Node, path: str) -> Decimal | None:
    """The amount of a Money; its currency is the document's, or told."""
    return reading.number(node, f"{path}/Money")


def read_address(node: Node, role: PartyRole) -> Party:
    """The party of an Address or Contact element."""
    number, domain = node.attribute("addressID"), node.attribute("addressIDDomain")
    scheme = _SCHEMES.get(domain or "", IdentifierScheme.BUYER_ASSIGNED)
    node.attribute("isoCountryCode")
    address = Address(
        lines=tuple(node.texts("PostalAddress/Street")),
        city=node.text("PostalAddress/City"),
        region=node.text("PostalAddress/State"),
        post_code=node.text("PostalAddress/PostalCode"),
        country=node.attribute("isoCountryCode", "PostalAddress/Country"),
    )
    contact = Contact(name=node.text("PostalAddress/DeliverTo"), email=node.text("Email"))
    return Party(
        role=role,
        ids=(Identifier(scheme=scheme, value=number, source_qualifier=domain),) if number else (),
        name=node.text("Name"),
        address=address if address != Address() else None,
        contact=contact if contact != Contact() else None,
    )


def read_item(numbers: Node | None, detail: Node | None) -> Item:
    """The item of ItemID and ItemDetail, or of InvoiceDetailItemReference."""
    seller = numbers.text("SupplierPartID") if numbers else None
    buyer = numbers.text("BuyerPartID") if numbers else None
    maker = detail.text("ManufacturerPartID") if detail else None
    return Item(
        seller_id=Identifier(scheme=IdentifierScheme.SELLER_ASSIGNED, value=seller) if seller else None,
        buyer_id=Identifier(scheme=IdentifierScheme.BUYER_ASSIGNED, value=buyer) if buyer else None,
        manufacturer_id=Identifier(scheme=IdentifierScheme.MANUFACTURER_ASSIGNED, value=maker)
        if maker
        else None,
        description=detail.text("Description") if detail else None,
    )
