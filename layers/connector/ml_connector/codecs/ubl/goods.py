"""Items, prices and order lines of the lines of UBL documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.ubl.commercial import write_category
from ml_connector.documents import Identifier, IdentifierScheme, Item

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.ubl.elements import Writer
    from ml_connector.documents import TaxSubtotal, UnitOfMeasure

_GTIN = "0160"
# UBL demands the line of a reference to an order; this stands where only the order is known.
_NO_LINE = "NA"
_PRICE = "cac:Price/cbc:PriceAmount"
_BASE = "cac:Price/cbc:BaseQuantity"


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


def _write_item(group: Writer, item: Item) -> None:
    """The content of a cac:Item up to its tax."""
    group.text("Description", item.description)
    # BIS demands a name; where only a description is known, it is the name too.
    group.text("Name", item.name or item.description)
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


def write_goods(line: Writer, item: Item, taxes: Iterable[TaxSubtotal] = ()) -> None:
    """The cac:Item of a line with its taxes, after which its lot stands."""
    group = line.group("Item")
    _write_item(group, item)
    for tax in taxes:
        write_category(group, "ClassifiedTaxCategory", tax)
    if item.lot:
        group.group("ItemInstance").group("LotIdentification").text("LotNumberID", item.lot)


def read_quantity(reading: MarkupReading, node: Node, path: str) -> dict[str, Any]:
    """``quantity`` and ``uom`` of a line, from the element at a path."""
    return {
        "quantity": reading.number(node, path),
        "uom": reading.unit(node.attribute("unitCode", path)),
    }


def read_price(
    reading: MarkupReading, node: Node
) -> tuple[Decimal | None, Decimal | None, UnitOfMeasure | None]:
    """The price of a line, the quantity it is for, and that quantity's unit."""
    base = reading.number(node, _BASE)
    return reading.number(node, _PRICE), base, reading.unit(node.attribute("unitCode", _BASE))


def write_price(
    line: Writer, price: Decimal | None, base: Decimal | None, unit: UnitOfMeasure | None
) -> None:
    """The cac:Price, with the quantity it is for."""
    if price is not None:
        group = line.group("Price")
        group.amount("PriceAmount", price)
        group.quantity("BaseQuantity", base, unit)


def read_order_line(line: Node) -> tuple[str | None, str | None]:
    """The order that a line answers, and the line there."""
    reference = "cac:OrderLineReference"
    number = line.text(f"{reference}/cbc:LineID")
    return line.text(f"{reference}/cac:OrderReference/cbc:ID"), None if number == _NO_LINE else number


def write_order_line(line: Writer, order: str | None, ordered: str | None) -> None:
    """The cac:OrderLineReference to an order and the line there; nothing where neither is known."""
    if order or ordered:
        reference = line.group("OrderLineReference")
        reference.text("LineID", ordered or _NO_LINE)
        if order:
            reference.group("OrderReference").text("ID", order)
