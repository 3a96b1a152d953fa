"""ORDERS05: purchase order IDoc, in only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.idoc.elements import (
    read_idoc,
    read_item,
    read_notes,
    read_parties,
    take,
    take_day,
    take_number,
)
from ml_connector.codecs.totals import order_totals
from ml_connector.documents import DeliverySchedule, OrderLine, OrderTotals, PurchaseOrder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.profile import CodecProfile


def decode(data: bytes, profile: CodecProfile) -> PurchaseOrder:
    """The order of an ORDERS IDoc.

    Raises:
        Rejected: It is none, or has no order number (E1EDK02 001, else E1EDK01 BELNR).
    """
    reading = read_idoc(data, profile, "ORDERS")
    root = reading.root
    number = take(root, "E1EDK02", "001", "BELNR") or root.text("E1EDK01/BELNR")
    if number is None:
        raise reading.refuse("The IDoc gives no order number (E1EDK02 001).", "E1EDK02")
    currency = root.text("E1EDK01/CURCY") or profile.default_currency
    lines = tuple(_read_line(reading, node) for node in root.nodes("E1EDP01"))
    return PurchaseOrder(
        order_number=number,
        issue_date=take_day(reading, root, "E1EDK03", "012") or take_day(reading, root, "E1EDK03", "022"),
        requested_delivery=take_day(reading, root, "E1EDK03", "002"),
        currency=currency,
        parties=read_parties(root),
        notes=read_notes(root, "E1EDKT1", "E1EDKT2"),
        lines=lines,
        totals_declared=OrderTotals(
            net_amount=take_number(reading, root, "E1EDS01", "002", "SUMME", "SUMID")
        ),
        totals_computed=order_totals(lines, (), currency),
        **reading.provenance(),
    )


def _read_line(reading: MarkupReading, node: Node) -> OrderLine:
    return OrderLine(
        line_number=node.text("POSEX"),
        item=read_item(node),
        quantity=reading.number(node, "MENGE"),
        uom=reading.unit(node.text("MENEE")),
        unit_price=reading.number(node, "VPREI"),
        price_base=reading.number(node, "PEINH"),
        price_base_uom=reading.unit(node.text("PMENE")),
        line_net_amount=reading.number(node, "NETWR"),
        requested_delivery=take_day(reading, node, "E1EDP03", "002"),
        delivery_schedules=tuple(_read_schedules(reading, node)),
        notes=read_notes(node, "E1EDPT1", "E1EDPT2"),
    )


def _read_schedules(reading: MarkupReading, node: Node) -> Iterator[DeliverySchedule]:
    for part in node.nodes("E1EDP20"):
        quantity, day = reading.number(part, "WMENG"), part.text("EDATU")
        if quantity is not None:
            yield DeliverySchedule(qty=quantity, date=reading.day_of_text(day, part.path) if day else None)
