"""What ORDERS05 and INVOIC02 have in common: control record, partners, references, items, units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.beginnings import is_flat_idoc
from ml_connector.codecs.idoc.records import read_flat_idocs
from ml_connector.codecs.markup import Node, parse_markup
from ml_connector.codecs.markup_reading import MarkupReading
from ml_connector.documents import (
    Address,
    Contact,
    Identifier,
    IdentifierScheme,
    Item,
    Note,
    Party,
    PartyRole,
)
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal
    from xml.etree.ElementTree import Element

    from ml_connector.codecs.profile import CodecProfile

# PARVW partner functions.
_ROLES = {
    "AG": PartyRole.BUYER,
    "LF": PartyRole.SELLER,
    "RS": PartyRole.SELLER,
    "WE": PartyRole.SHIP_TO,
    "RE": PartyRole.INVOICEE,
    "RG": PartyRole.PAYER,
    "BK": PartyRole.OTHER,
}
# QUALF of E1EDP19: 001 the customer's, 002 the vendor's, 003 EAN.
_ITEM_NUMBERS = {
    "001": ("buyer_id", IdentifierScheme.BUYER_ASSIGNED),
    "002": ("seller_id", IdentifierScheme.SELLER_ASSIGNED),
    "003": ("gtin", IdentifierScheme.GTIN),
}
# What the control and segment records say of themselves.
_TECHNICAL = "EDI_DC40"


def read_idoc(data: bytes, profile: CodecProfile, message: str) -> MarkupReading:
    """The reading of an IDoc, flat or XML.

    Raises:
        Rejected: It holds no IDoc, several, or one of another message.
    """
    reading = MarkupReading(_root(data), data, "idoc", profile)
    control = reading.root.node(_TECHNICAL)
    found = control.text("MESTYP") if control else None
    if control is None or found != message:
        raise Rejected(f"An IDoc of message {message} was expected, found {found or 'none'}.")
    reading.source = reading.source.model_copy(
        update={"message": found, "version": control.text("IDOCTYP"), "test": bool(control.text("TEST"))}
    )
    reading.numbered(control.text("DOCNUM"), sender=control.text("SNDPRN"), receiver=control.text("RCVPRN"))
    control.skip()
    return reading


def _root(data: bytes) -> Node:
    if is_flat_idoc(data):
        found = [idoc.tree for idoc in read_flat_idocs(data)]
    else:
        root = parse_markup(data)
        found = root.findall("IDOC")
        for element in root.iter():
            for technical in ("BEGIN", "SEGMENT"):
                element.attrib.pop(technical, None)
    if len(found) != 1:
        raise Rejected(f"One IDoc was expected in the file, found {len(found)}.")
    held: Element = found[0]
    return Node(held, {})


def message_of(data: bytes) -> str:
    """The message type of the first IDoc of a flat file (EDI_DC40 MESTYP)."""
    for idoc in read_flat_idocs(data):
        return (idoc.tree.findtext("EDI_DC40/MESTYP") or "").strip()
    return ""


def read_parties(root: Node) -> tuple[Party, ...]:
    """The partners of E1EDKA1."""
    return tuple(_read_party(node) for node in root.nodes("E1EDKA1"))


def _read_party(node: Node) -> Party:
    code = node.text("PARVW")
    role = _ROLES.get(code or "", PartyRole.OTHER)
    ids = []
    for field, scheme in (
        ("PARTN", IdentifierScheme.MUTUAL),
        ("LIFNR", IdentifierScheme.BUYER_ASSIGNED),
        ("ILNNR", IdentifierScheme.GLN),
    ):
        if value := node.text(field):
            ids.append(Identifier(scheme=scheme, value=value))
    streets = [node.text("STRAS"), node.text("STRS2")]
    address = Address(
        lines=tuple(line for line in streets if line),
        city=node.text("ORT01"),
        region=node.text("REGIO"),
        post_code=node.text("PSTLZ"),
        country=node.text("ISOAL") or node.text("LAND1"),
    )
    contact = Contact(name=node.text("BNAME"), phone=node.text("TELF1"), fax=node.text("TELFX"))
    return Party(
        role=role,
        ids=tuple(ids),
        name=node.text("NAME1"),
        name2=node.text("NAME2"),
        address=address if address != Address() else None,
        contact=contact if contact != Contact() else None,
        source_qualifier=code if role is PartyRole.OTHER else None,
    )


def take(node: Node, tag: str, qualifier: str, field: str, *, by: str = "QUALF") -> str | None:
    """A field of the first segment of a tag with a qualifier."""
    for segment in node.nodes(tag):
        if _is(segment, by, qualifier):
            segment.text(by)
            return segment.text(field)
    return None


def _is(segment: Node, by: str, qualifier: str) -> bool:
    child = segment.node(by)
    return child is not None and child.peek() == qualifier


def take_day(reading: MarkupReading, node: Node, tag: str, qualifier: str) -> date | None:
    """The date of the first E1EDK03 or E1EDP03 with a qualifier."""
    text = take(node, tag, qualifier, "DATUM", by="IDDAT")
    return reading.day_of_text(text, f"{tag} {qualifier}") if text else None


def take_number(
    reading: MarkupReading, node: Node, tag: str, qualifier: str, field: str, by: str
) -> Decimal | None:
    """The number of the first segment of a tag with a qualifier."""
    return reading.number_of_text(take(node, tag, qualifier, field, by=by), f"{tag} {qualifier}")


def read_item(line: Node) -> Item:
    """The item of E1EDP19."""
    values: dict[str, object] = {}
    for node in line.nodes("E1EDP19"):
        known = _ITEM_NUMBERS.get((node.node("QUALF") or node).peek())
        if known is None or known[0] in values:
            continue
        node.text("QUALF")
        if number := node.text("IDTNR"):
            values[known[0]] = Identifier(scheme=known[1], value=number)
        if words := node.text("KTEXT"):
            values.setdefault("description", words)
    return Item.model_validate(values)


def read_notes(node: Node, head: str, line: str) -> tuple[Note, ...]:
    """The texts of E1EDKT1 or E1EDPT1, their lines joined."""
    found = []
    for text in node.nodes(head):
        words = "\n".join(text.texts(f"{line}/TDLINE"))
        if words:
            found.append(Note(text=words, subject=text.text("TDID")))
    return tuple(found)
