"""What the levels of an 856 hold: MAN marks, PRF orders, LIN and SN1 items, carriers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.identity import check_identifier
from ml_connector.codecs.x12.dates import carrier_of, read_dates, read_transport, write_dates
from ml_connector.codecs.x12.items import (
    item_of,
    read_description,
    read_ids,
    read_pack,
    write_description,
    write_ids,
)
from ml_connector.codecs.x12.lading import OF_ORDER, read_lading, write_lading
from ml_connector.codecs.x12.parties import read_parties, write_parties
from ml_connector.codecs.x12.references import read_references, write_references
from ml_connector.codecs.x12.sublines import read_component, write_component
from ml_connector.codecs.x12.units import read_unit, written_unit
from ml_connector.documents import (
    Carrier,
    DespatchItem,
    DespatchOrder,
    Identifier,
    IdentifierScheme,
    Package,
    Reference,
    ReferenceType,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.documents import Item
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

#: 88 marks and numbers qualifier: MAN01. The first is the one an SSCC is written with.
_SSCC_MARKS = ("GM", "AA")
_PLAIN_MARK = "CP"
#: 374 date qualifier of an item's DTM.
ITEM_DATES = {"036": "expiry", "094": "production"}
_FIRST_ID, _ROOM = 2, 15
_ORDER_FIELDS = ("po_number", "release", "change_sequence", "issue_date", "contract")
_ORDER_LINE, _SERIAL, _LOT = "PL", "SN", "LT"


def read_marks(reading: X12Reading, segments: Sequence[Segment]) -> list[Identifier]:
    """The marks of MAN segments: SSCCs by their scheme, others as they are called."""
    marks = []
    for segment in segments:
        man = reading.take(segment)
        for number in (1, 4):
            qualifier, value = man.code(number), man[number + 1]
            if qualifier is None or value is None:
                continue
            scheme = IdentifierScheme.SSCC if qualifier in _SSCC_MARKS else IdentifierScheme.OTHER
            mark = Identifier(scheme=scheme, value=value, source_qualifier=qualifier)
            marks.append(check_identifier(reading, mark, man.path(number + 1)))
    return marks


def write_marks(writer: SetWriter, package: Package) -> None:
    """Put a MAN for each mark of a package."""
    for mark in filter(None, (package.id, *package.additional_ids)):
        kept = mark.source_qualifier
        if mark.scheme is IdentifierScheme.SSCC:
            qualifier = kept if kept in _SSCC_MARKS else _SSCC_MARKS[0]
        else:
            qualifier = kept or _PLAIN_MARK
        writer.put("MAN", qualifier, mark.value)


def read_order_number(reading: X12Reading, loop: Loop) -> DespatchOrder:
    """The order of a PRF: its number, release, date and contract."""
    segment = loop.segment("PRF")
    if segment is None:
        return DespatchOrder()
    prf = reading.take(segment)
    return DespatchOrder(
        po_number=prf[1],
        release=prf[2],
        change_sequence=prf[3],
        issue_date=prf.day(4),
        contract=prf[6],
    )


def read_order(reading: X12Reading, loop: Loop) -> DespatchOrder:
    """The order of an O level: PRF with its references, parties and lading."""
    named = read_order_number(reading, loop)
    lading = read_lading(reading, loop, OF_ORDER)
    return DespatchOrder(
        **{field: getattr(named, field) for field in _ORDER_FIELDS},
        references=read_references(reading, loop.segments("REF")),
        parties=read_parties(reading, loop.loops("N1")),
        package_type=lading.get("type"),
        package_count=lading.get("count"),
        weight=lading.get("weight"),
        weight_uom=lading.get("weight_uom"),
    )


def write_order(writer: SetWriter, order: DespatchOrder) -> None:
    """Put the segments of an O level."""
    writer.put(
        "PRF", order.po_number, order.release, order.change_sequence, order.issue_date, None, order.contract
    )
    write_lading(
        writer,
        {
            "type": order.package_type,
            "count": order.package_count,
            "weight": order.weight,
            "weight_uom": order.weight_uom,
        },
    )
    write_references(writer, order.references)
    write_parties(writer, order.parties)


def read_item(reading: X12Reading, loop: Loop, order: DespatchOrder | None) -> DespatchItem:
    """The item of an I level (or of a carton that is one): LIN, SN1 and what hangs on them."""
    ids, po_line = _read_lin(reading, loop)
    named = {qualifier: _pop(ids, qualifier) for qualifier in (_ORDER_LINE, _SERIAL)}
    item = item_of(ids, read_description(reading, loop))
    references = list(read_references(reading, loop.segments("REF")))
    serials = _take_out(references, ReferenceType.SERIAL)
    lots = _take_out(references, ReferenceType.LOT, most=1)
    if order is None and loop.segment("PRF"):
        # A shipment without order levels may name the order on each of its items.
        order = read_order_number(reading, loop)
        for number in (3, 4, 6):
            reading.take(loop.segments("PRF")[0]).leave(number)
    po_number = order.po_number if order else None
    if po_number is None and (orders := _take_out(references, ReferenceType.PURCHASE_ORDER, most=1)):
        po_number = orders[0]
    return DespatchItem(
        po_number=po_number,
        po_release=order.release if order else None,
        po_line=po_line or named[_ORDER_LINE],
        item=item.model_copy(update={"lot": None}),
        lot=lots[0] if lots else item.lot,
        serials=tuple(serials),
        sn=named[_SERIAL],
        units_per_pack=read_pack(reading, loop.segments("PO4")),
        references=tuple(references),
        sub_lines=tuple(read_component(reading, sln) for sln in loop.segments("SLN")),
        **_read_sn1(reading, loop),
        **read_dates(reading, loop.segments("DTM"), ITEM_DATES),
    )


def read_share(reading: X12Reading, loop: Loop, item: DespatchItem) -> DespatchItem:
    """The share of an item that a package below it holds: as much as the package's own SN1 says."""
    said = {field: value for field, value in _read_sn1(reading, loop).items() if value is not None}
    return item.model_copy(update=said)


def _read_lin(reading: X12Reading, loop: Loop) -> tuple[list[Identifier], str | None]:
    segment = loop.segment("LIN")
    if segment is None:
        return [], None
    lin = reading.take(segment)
    return read_ids(reading, lin, _FIRST_ID), lin[1]


def _read_sn1(reading: X12Reading, loop: Loop) -> dict[str, Any]:
    segment = loop.segment("SN1")
    if segment is None:
        return {}
    sn1: Elements = reading.take(segment)
    return {
        "line": sn1[1],
        "qty": sn1.number(2),
        "uom": read_unit(reading, sn1, 3),
        "shipped_to_date": sn1.number(4),
        "ordered_qty": sn1.number(5),
        "ordered_uom": read_unit(reading, sn1, 6),
        "status_code": sn1.code(8),
    }


def _pop(ids: list[Identifier], qualifier: str) -> str | None:
    """Take the first identifier of a qualifier out of the list."""
    found = next((i for i in ids if i.source_qualifier == qualifier), None)
    if found is None:
        return None
    ids.remove(found)
    return found.value


def _take_out(references: list[Reference], kind: ReferenceType, most: int | None = None) -> list[str]:
    """Take the references of a type that are a mere number out of the list, and return their numbers."""
    found = [r for r in references if r.type is kind and r.number and not r.description][:most]
    for reference in found:
        references.remove(reference)
    return [reference.number for reference in found if reference.number]


def write_item(writer: SetWriter, item: DespatchItem, *, with_order: bool) -> None:
    """Put the segments of an I level; the order's number stands in its level above unless ``with_order``.

    Raises:
        Misconfigured: The item has no number at all, or holds what the level can't carry.
    """
    if item.notes or item.best_before is not None:
        raise writer.refuse("notes", "an item of an 856 has no notes and no best-before date", item.po_line)
    writer.put("LIN", item.po_line, *_written_ids(writer, item))
    writer.put(
        "SN1",
        item.line,
        item.qty,
        written_unit(writer, item.uom),
        item.shipped_to_date,
        item.ordered_qty,
        written_unit(writer, item.ordered_uom, "ordered_uom"),
        None,
        item.status_code,
    )
    for index, sub in enumerate(item.sub_lines):
        with writer.within(f"sub_lines[{index}]"):
            write_component(writer, sub)
    if item.units_per_pack is not None:
        writer.put("PO4", item.units_per_pack)
    write_description(writer, item.item)
    if with_order and item.po_number:
        writer.put("REF", "PO", item.po_number)
    for serial in item.serials:
        writer.put("REF", "SE", serial)
    if item.lot:
        writer.put("REF", "LT", item.lot)
    write_references(writer, item.references)
    write_dates(writer, {"expiry": item.expiry, "production": item.production}, ITEM_DATES)


def _written_ids(writer: SetWriter, item: DespatchItem) -> list[str]:
    article: Item = item.item
    pairs = write_ids(writer, article, _ROOM)
    return [*pairs, _SERIAL, item.sn] if item.sn else pairs


def read_carrier(reading: X12Reading, loop: Loop, tracking: str | None) -> Carrier | None:
    """The carrier of a shipment: the first TD5 with the first TD3, and its tracking number."""
    found: dict[str, Any] = {"tracking": tracking} if tracking else {}
    if td5 := loop.segments("TD5"):
        found.update(dict(read_transport(reading, td5[0])), tracking=tracking)
        carrier = found["carrier"]
        if carrier and carrier.scheme is IdentifierScheme.SCAC:
            found["scac"] = carrier.value
    if td3_segments := [*loop.segments("TD3"), *(inner.segments("TD3")[0] for inner in loop.loops("TD3"))]:
        td3 = reading.take(td3_segments[0])
        found |= {
            "vehicle_type": td3.code(1),
            "vehicle_initial": td3[2],
            "vehicle": td3[3],
            "seal": td3[9],
        }
    return Carrier(**found) if found else None


def write_carrier(writer: SetWriter, carrier: Carrier | None) -> None:
    """Put TD5 and TD3 of the carrier; its tracking number is a reference of the shipment."""
    if carrier is None:
        return
    qualifier, value = carrier_of(writer, carrier)
    if value is None and carrier.scac:
        qualifier, value = "2", carrier.scac
    if any((value, carrier.mode, carrier.name, carrier.service_level)):
        empty = (None,) * 6
        writer.put("TD5", None, qualifier, value, carrier.mode, carrier.name, *empty, carrier.service_level)
    vehicle = (carrier.vehicle_type, carrier.vehicle_initial, carrier.vehicle)
    if any(vehicle) or carrier.seal:
        writer.put("TD3", *vehicle, *(None,) * 5, carrier.seal)


def sum_of_items(items: Sequence[DespatchItem]) -> Decimal:
    """The hash total of a despatch advice: the sum of the quantities shipped."""
    return sum((item.qty for item in items if item.qty is not None), Decimal(0))
