"""UBL DespatchAdvice, as PEPPOL BIS Despatch Advice 3 uses it.

A line names the handling unit it is in by its SSCC, so packages are one level deep; goods in no handling unit
stand in a package of level SHIPMENT.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.codecs.ubl.elements import Writer, finish, new_document, number_in, read_root
from ml_connector.codecs.ubl.goods import read_item, read_order_line, write_goods, write_order_line
from ml_connector.codecs.ubl.parties import read_parties, write_parties
from ml_connector.codecs.ubl.references import read_notes, write_notes
from ml_connector.documents import (
    DespatchAdvice,
    DespatchItem,
    DespatchOrder,
    DespatchTotals,
    Identifier,
    IdentifierScheme,
    Package,
    PackageLevel,
    PartyRole,
)

if TYPE_CHECKING:
    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.profile import CodecProfile

_CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:despatch_advice:3"
_PROFILE = "urn:fdc:peppol.eu:poacc:bis:despatch_advice:3"
_PARTIES = (
    ("DespatchSupplierParty/Party", PartyRole.SHIP_FROM),
    ("DeliveryCustomerParty/Party", PartyRole.SHIP_TO),
    ("BuyerCustomerParty/Party", PartyRole.BUYER),
    ("SellerSupplierParty/Party", PartyRole.SELLER),
)
_UNIT = "cac:Shipment/cac:TransportHandlingUnit"
_DESPATCHED = "cac:Shipment/cac:Delivery/cac:Despatch/cbc:ActualDespatchDate"
_ESTIMATED = "cac:Shipment/cac:Delivery/cac:EstimatedDeliveryPeriod/cbc:EndDate"
# Of a shipment that has no number of its own; UBL demands one.
_NO_NUMBER = "NA"


def decode(data: bytes, profile: CodecProfile) -> DespatchAdvice:
    """The despatch advice a UBL document says.

    Raises:
        Rejected: It is none, or has no number.
    """
    reading = read_root(data, profile, "DespatchAdvice")
    root = reading.root
    number = number_in(reading)
    packages = _read_packages(reading)
    order = root.text("cac:OrderReference/cbc:ID")
    _skip_no_number(root)
    advice = DespatchAdvice(
        despatch_number=number,
        issue_datetime=reading.day(root, "cbc:IssueDate"),
        despatch_datetime=reading.day(root, _DESPATCHED),
        estimated_delivery=reading.day(root, _ESTIMATED),
        parties=read_parties(root, _PARTIES),
        notes=read_notes(root),
        weight=reading.number(root, "cac:Shipment/cbc:GrossWeightMeasure"),
        weight_uom=reading.unit(root.attribute("unitCode", "cac:Shipment/cbc:GrossWeightMeasure")),
        orders=(DespatchOrder(po_number=order),) if order else (),
        packages=packages,
        totals_computed=_computed(packages),
    )
    return advice.model_copy(update={**reading.provenance()})


def _skip_no_number(node: Node) -> None:
    shipment = node.node("cac:Shipment/cbc:ID")
    if shipment is not None and shipment.peek() == _NO_NUMBER:
        shipment.skip()


def _read_packages(reading: MarkupReading) -> tuple[Package, ...]:
    inside: dict[str | None, list[DespatchItem]] = defaultdict(list)
    for unit in reading.root.nodes(f"{_UNIT}/cbc:ID"):
        inside[unit.text()] = []
    for node in reading.root.nodes("cac:DespatchLine"):
        _skip_no_number(node)
        inside[node.text(f"{_UNIT}/cbc:ID")].append(_read_line(reading, node))
    return tuple(_package(name, items) for name, items in inside.items())


def _package(name: str | None, items: list[DespatchItem]) -> Package:
    if name is None:
        return Package(level=PackageLevel.SHIPMENT, items=tuple(items))
    return Package(id=Identifier(scheme=IdentifierScheme.SSCC, value=name), items=tuple(items))


def _read_line(reading: MarkupReading, node: Node) -> DespatchItem:
    order, ordered = read_order_line(node)
    return DespatchItem(
        po_number=order or reading.root.text("cac:OrderReference/cbc:ID"),
        po_line=ordered,
        line=node.text("cbc:ID"),
        item=read_item(node.node("cac:Item")),
        qty=reading.number(node, "cbc:DeliveredQuantity"),
        uom=reading.unit(node.attribute("unitCode", "cbc:DeliveredQuantity")),
        notes=read_notes(node),
    )


def _computed(packages: tuple[Package, ...]) -> DespatchTotals:
    items = [item for package in packages for item in package.items]
    return DespatchTotals(
        package_count=sum(package.level is not PackageLevel.SHIPMENT for package in packages),
        line_count=len(items),
        hash=sum((item.qty for item in items if item.qty is not None), Decimal(0)),
    )


def encode(document: DespatchAdvice, version: str, profile: CodecProfile) -> bytes:  # noqa: ARG001 - UBL 2.1 only
    """The despatch advice as UBL.

    Raises:
        Misconfigured: UBL can't carry a value of the advice; the error names the field.
    """
    root, writer = new_document("DespatchAdvice", _CUSTOMIZATION, _PROFILE)
    writer.text("ID", document.despatch_number)
    writer.day("IssueDate", document.issue_datetime)
    write_notes(writer, document.notes)
    for order in document.orders[:1]:
        writer.group("OrderReference").text("ID", order.po_number)
    write_parties(writer, document.parties, _PARTIES)
    _write_shipment(writer.group("Shipment"), document)
    for index, (package, item) in enumerate(((p, i) for p in document.packages for i in p.items), 1):
        _write_line(writer.group("DespatchLine"), item, package, item.line or str(index))
    return finish(root, document, profile, decode)


def _write_shipment(shipment: Writer, advice: DespatchAdvice) -> None:
    shipment.text("ID", _NO_NUMBER)
    shipment.quantity("GrossWeightMeasure", advice.weight, advice.weight_uom)
    if advice.despatch_datetime or advice.estimated_delivery:
        delivery = shipment.group("Delivery")
        if advice.estimated_delivery:
            delivery.group("EstimatedDeliveryPeriod").day("EndDate", advice.estimated_delivery)
        if advice.despatch_datetime:
            delivery.group("Despatch").day("ActualDespatchDate", advice.despatch_datetime)
    for package in advice.packages:
        if package.id is not None:
            shipment.group("TransportHandlingUnit").text("ID", package.id.value)


def _write_line(group: Writer, item: DespatchItem, package: Package, number: str) -> None:
    group.text("ID", number)
    write_notes(group, item.notes)
    group.quantity("DeliveredQuantity", item.qty, item.uom)
    write_order_line(group, item.po_number, item.po_line)
    write_goods(group, item.item)
    if package.id is not None:
        shipment = group.group("Shipment")
        shipment.text("ID", _NO_NUMBER)
        shipment.group("TransportHandlingUnit").text("ID", package.id.value)
