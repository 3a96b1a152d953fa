"""Our shipment as the despatch advice its customer gets: 856, DESADV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import (
    DespatchAdvice,
    DespatchItem,
    DespatchOrder,
    Identifier,
    IdentifierScheme,
    Package,
    PackageLevel,
    PartyRole,
)
from ml_connector.documents.identifiers import check_digit_ok, normalise_sscc
from ml_connector.mapping.outward.receiver import customers_order
from ml_connector.visma.models.shipment import ReadPackage, ReadShipment, ReadShipmentLine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from ml_connector.mapping.outward.receiver import Receiver

_SSCC_DIGITS = 18


def despatch_advice(row: Mapping[str, Any], receiver: Receiver) -> DespatchAdvice:
    """Return the despatch advice.

    Visma doesn't say what is in which package: only where there is a single one are the goods put into it.
    Of several the marks are told, and the goods stand beside them.

    Raises:
        Held: A line's order names no order of the customer's.
    """
    shipment = ReadShipment.model_validate(row)
    ubl = receiver.message.standard == "ubl"
    items = tuple(_item(line, shipment, receiver) for line in shipment.shipment_detail_lines)
    name = shipment.customer.name if shipment.customer else None
    day = shipment.shipment_date.date() if shipment.shipment_date else None
    issued = _issued(shipment)
    # The head of a UBL document holds one order; of several, each line names its own.
    orders = tuple(DespatchOrder(po_number=one) for one in dict.fromkeys(i.po_number for i in items))
    return DespatchAdvice(
        despatch_number=shipment.shipment_number,
        issue_datetime=issued.date() if issued and ubl else issued,
        despatch_datetime=day,
        parties=(
            receiver.company(PartyRole.SHIP_FROM if ubl else PartyRole.SELLER),
            receiver.counterpart(PartyRole.SHIP_TO, name),
            receiver.counterpart(PartyRole.BUYER, name),
        ),
        orders=() if ubl and len(orders) > 1 else orders,
        packages=_packages(shipment, items),
    )


def _issued(shipment: ReadShipment) -> datetime | None:
    """When it was confirmed, as far as Visma tells: BSN04 asks for a time."""
    moment = shipment.last_modified_date_time or shipment.shipment_date
    return moment.replace(second=0, microsecond=0, tzinfo=None) if moment else None


def _packages(shipment: ReadShipment, items: tuple[DespatchItem, ...]) -> tuple[Package, ...]:
    marks = [sscc for one in shipment.shipment_package_lines if (sscc := _sscc(one))]
    if len(shipment.shipment_package_lines) == 1 and marks:
        return (Package(id=marks[0], level=PackageLevel.PALLET, items=items),)
    loose = Package(level=PackageLevel.SHIPMENT, items=items)
    return (loose, *(Package(id=mark, level=PackageLevel.PALLET) for mark in marks))


def _sscc(package: ReadPackage) -> Identifier | None:
    """The package's SSCC. Visma has no member for it; it is agreed to stand in the first custom reference."""
    value = normalise_sscc(package.custom_ref_nbr1 or "")
    valid = len(value) == _SSCC_DIGITS and check_digit_ok(value)
    return Identifier(scheme=IdentifierScheme.SSCC, value=value) if valid else None


def _item(line: ReadShipmentLine, shipment: ReadShipment, receiver: Receiver) -> DespatchItem:
    number = line.inventory_number or ""
    unit = receiver.unit(line.uom or "", number)
    order = shipment.customer_orders.get(line.order_nbr or "")
    ordered = line.ordered_qty or None if receiver.message.standard != "ubl" else None
    return DespatchItem(
        po_number=customers_order(
            order, f"Sales order {line.order_nbr} of shipment {shipment.shipment_number}"
        ),
        line=str(line.line_number),
        item=receiver.sold_item(number, line.description),
        qty=line.shipped_qty,
        uom=unit,
        ordered_qty=ordered,
        ordered_uom=unit if ordered else None,
        lot=line.lot_serial_nbr or None,
        expiry=line.expiration_date.date() if line.expiration_date else None,
    )
