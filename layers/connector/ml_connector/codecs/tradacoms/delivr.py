"""DELIVR of a DELHDR file: delivery notifications, one for each delivery location.

Known of it (structure and elements as published for TRADACOMS 9, and as suppliers send it): CLO; DEL with
the note's number, its date of despatch, the number of delivery units and the date of delivery; ORF for each
order; DLD for each line; coded and free text in DNA and DNC, 082 being the line of the order; DTR. Not known,
kept raw and never written: DNS as a whole, elements 3, 4, 5, 7 and 9 of DEL, what follows the numbers of a
PID (the pallet's identity) and what follows the description of a DLD. A note is therefore flat: no packages.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from ml_connector.codecs.totals import check_count
from ml_connector.codecs.tradacoms.numbers import write_date, write_number
from ml_connector.codecs.tradacoms.reading import SegmentReader, TradacomsReading, narrative
from ml_connector.codecs.tradacoms.writing import (
    File,
    item_values,
    order_numbers,
    quantity_values,
    ship_to_values,
    write_file,
)
from ml_connector.documents import (
    DespatchAdvice,
    DespatchItem,
    DespatchOrder,
    DespatchTotals,
    Note,
    Package,
    PackageLevel,
    Purpose,
    Reference,
    ReferenceType,
    Severity,
    day_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.loops import Loop
    from ml_connector.edi.rows import Row, Value

# TYP TCDE of a delivery; any other of its kind (balance, instruction, adjustment) stays to be seen.
_DELIVERY = "0600"
# RTEX 082: the line of the order.
_ORDER_LINE = "082"
_NO_TIME = "0000"


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> DespatchAdvice:
    """The despatch advice a DELIVR says; quantities are traded units, with the units in each beside them.

    Raises:
        Rejected: It has no delivery note number.
    """
    reading = TradacomsReading(interchange, message, profile)
    delivery = reading.first("DEL")
    number = delivery.known(1, 1) if delivery else None
    if delivery is None or number is None:
        raise reading.refuse("despatch-number-missing", "DEL gives no delivery note (DELN).", path="DEL01")
    _check_kind(reading)
    loops = reading.tree.loops("ORF")
    orders = tuple(_read_order(reading, loop, at) for at, loop in enumerate(loops, 1))
    items = tuple(
        _read_item(reading, line, order.po_number, str(at))
        for at, (loop, order) in enumerate(zip(loops, orders, strict=True), 1)
        for line in loop.loops("DLD")
    )
    trailer = reading.first("DTR")
    declared = int(trailer.number(1, 0) or 0) if trailer else None
    check_count(reading, "line-count", "number of lines", declared, len(items))
    units = delivery.number(2, 0)
    for component in (1, 2):
        if (delivery.segment.element(8, component)) == _NO_TIME:
            delivery.part(8, component)
    texts = enumerate(reading.every(reading.tree, "DNA"), 1)
    notes = tuple(Note(text=text) for at, note in texts for text in narrative(note, str(at)))
    return DespatchAdvice(
        despatch_number=number,
        function=Purpose.ORIGINAL,
        despatch_datetime=delivery.date(1, 2),
        estimated_delivery=delivery.date(6),
        parties=reading.parties(reading.first("CLO")),
        notes=notes,
        package_count=int(units) if units is not None else None,
        orders=orders,
        packages=(Package(level=PackageLevel.SHIPMENT, items=items),) if items else (),
        totals_declared=DespatchTotals(line_count=declared),
        totals_computed=DespatchTotals(
            line_count=len(items), hash=sum((item.qty for item in items if item.qty is not None), Decimal(0))
        ),
        **reading.provenance(reading.tree),
    )


def _check_kind(reading: TradacomsReading) -> None:
    """Hold a file that is another notice than of a delivery: a balance, an instruction, an adjustment."""
    code = reading.file_code()
    if code and code != _DELIVERY:
        message = f"TYP gives {code}, and only {_DELIVERY}, a delivery, is known to say what was despatched."
        reading.find(Severity.HOLD, "delivery-kind", message, path="TYP01", expected=_DELIVERY, found=code)


def _read_order(reading: TradacomsReading, loop: Loop, place: int) -> DespatchOrder:
    order = reading.segment(loop.segments("ORF")[0])
    order.take_code(1, str(place))
    sellers = order.known(2, 2)
    return DespatchOrder(
        po_number=order.known(2, 1),
        issue_date=order.date(2, 3),
        references=(Reference(type=ReferenceType.SALES_ORDER, number=sellers),) if sellers else (),
    )


def _read_item(reading: TradacomsReading, loop: Loop, order: str | None, place: str) -> DespatchItem:
    line = reading.segment(loop.segments("DLD")[0])
    line.take_code(1, place)
    number, texts = line.part(2), reading.every(loop, "DNC")
    _tell_two_quantities(reading, line)
    quantity, uom = line.quantity(7)
    return DespatchItem(
        po_number=order,
        po_line=next((value for note in texts if (value := _order_line(note))), None),
        line=number,
        item=line.item(3, 4, 5, 8),
        qty=quantity,
        uom=uom,
        units_per_pack=line.pack(6),
        notes=tuple(
            Note(text=text)
            for at, note in enumerate(texts, 1)
            for text in narrative(note, place, number, str(at))
        ),
    )


def _tell_two_quantities(reading: TradacomsReading, line: SegmentReader) -> None:
    """Some suppliers put what was ordered first and what is delivered second: a person must know which."""
    units, measure = line.segment.element(7, 1).strip(), line.segment.element(7, 2).strip()
    if units and measure and units != measure:
        message = (
            f"{line.path(7)} gives {units} units and a measure of {measure}; {units} is read as delivered. "
            "Some suppliers write the ordered quantity first: compare with a delivery of this one."
        )
        reading.find(Severity.WARNING, "two-quantities", message, path=line.path(7), found=measure)


def _order_line(note: SegmentReader) -> str | None:
    for place in range(1, 8, 2):
        if note.segment.element(5, place).strip() == _ORDER_LINE:
            note.part(5, place)
            return note.part(5, place + 1)
    return None


def encode(document: DespatchAdvice, version: str, profile: CodecProfile) -> bytes:  # noqa: ARG001 - one version
    """The despatch advice as a DELHDR file.

    Raises:
        Misconfigured: The file can't carry a value of the advice; the error names the field.
    """
    rows = list(_rows(document))
    file = File("DELHDR", _DELIVERY, "DELIVERIES", "DELIVR", rows, [("DELTLR", [("DFT", ["1"])])])
    return write_file(file, document, profile, decode)


def _rows(advice: DespatchAdvice) -> Iterator[Row]:
    yield ("CLO", ship_to_values(advice))
    despatched, expected = day_of(advice.despatch_datetime), day_of(advice.estimated_delivery)
    yield (
        "DEL",
        [
            [advice.despatch_number, write_date(despatched, "despatch_datetime")],
            write_number(
                None if advice.package_count is None else Decimal(advice.package_count), 0, "package_count"
            ),
            "",
            "",
            "",
            write_date(expected, "estimated_delivery"),
        ],
    )
    for place, note in enumerate(advice.notes, 1):
        yield ("DNA", [str(place), "", "", [note.text]])
    told = {order.po_number: order for order in advice.orders}
    count = 0
    for place, (number, items) in enumerate(groupby(advice.all_items(), lambda item: item.po_number), 1):
        yield ("ORF", [str(place), _order_values(told.get(number) or DespatchOrder(po_number=number))])
        for item in items:
            count += 1
            yield from _item_rows(item, str(place), item.line or str(count))
    yield ("DTR", [str(count)])


def _order_values(order: DespatchOrder) -> Value:
    sellers = next((r.number for r in order.references if r.type is ReferenceType.SALES_ORDER), None)
    return order_numbers(order.po_number, sellers, order.issue_date)


def _item_rows(item: DespatchItem, order: str, number: str) -> Iterator[Row]:
    supplier, consumer_unit, customer, description = item_values(item.item)
    pack = write_number(item.units_per_pack, 0, "units_per_pack", digits=15)
    quantity = quantity_values(item.qty, item.uom, "qty")
    yield ("DLD", [order, number, supplier, consumer_unit, customer, pack, quantity, description])
    if item.po_line or item.notes:
        coded = [_ORDER_LINE, item.po_line] if item.po_line else ""
        yield ("DNC", [order, number, "1", "", coded, [note.text for note in item.notes]])
