"""Lines of an 810: the IT1 loop, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.totals import extension, line_net
from ml_connector.codecs.x12.charges import read_charges, taxes_of, write_charges, write_taxes
from ml_connector.codecs.x12.dates import REQUESTED, read_dates, write_dates
from ml_connector.codecs.x12.items import (
    item_of,
    read_description,
    read_ids,
    read_pack,
    write_description,
    write_ids,
)
from ml_connector.codecs.x12.lines import check_net
from ml_connector.codecs.x12.parties import read_parties, write_parties
from ml_connector.codecs.x12.prices import basis_code, read_further_prices, read_price, write_further_prices
from ml_connector.codecs.x12.qualifiers import DELIVERY_DATES
from ml_connector.codecs.x12.references import read_references, write_references
from ml_connector.codecs.x12.sublines import read_sub_lines, write_sub_lines
from ml_connector.codecs.x12.units import read_unit, written_unit
from ml_connector.documents import (
    Delivery,
    InvoiceLine,
    Level,
    LinePrice,
    OrderReference,
    ReferenceType,
    Severity,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.documents import Identifier, Reference
    from ml_connector.edi.loops import Loop

_FIRST_ID, _ROOM = 6, 10
_ORDER, _ORDER_LINE = "PO", "PL"
_NO_CHARGE = "NC"
_ORDERED = "issue_date"
_ORDER_DATES = {"004": _ORDERED}
_LINE_DATES = {code: field for code, field in DELIVERY_DATES.items() if field != REQUESTED}


def read_invoice_line(reading: X12Reading, loop: Loop, currency: str | None) -> InvoiceLine:
    """The line of an IT1 loop, with its net amount worked out: an 810 does not state it."""
    it1 = reading.take(loop.segments("IT1")[0])
    ids = read_ids(reading, it1, _FIRST_ID)
    references = list(read_references(reading, loop.segments("REF")))
    listed, prices = read_further_prices(reading, loop)
    quantity, price = it1.number(2), _read_price(reading, it1, listed)
    allowances = read_charges(reading, loop.loops("SAC"), Level.LINE)
    order = _order_reference(ids, references)
    dates: dict[str, Any] = dict(
        read_dates(reading, loop.segments("DTM"), _LINE_DATES | (_ORDER_DATES if order else {}))
    )
    if order and _ORDERED in dates:
        order = order.model_copy(update={_ORDERED: dates.pop(_ORDERED)})
    net = line_net(extension(quantity, price.net, price.base), allowances, currency)
    return InvoiceLine(
        line_number=it1[1],
        order_ref=order,
        item=item_of(ids, read_description(reading, loop)),
        quantity=quantity,
        uom=read_unit(reading, it1, 3),
        price=price if price != LinePrice() else None,
        prices=prices,
        units_per_pack=read_pack(reading, loop.segments("PO4")),
        shipped_quantity=_shipped(reading, loop),
        allowances=allowances,
        net_amount=net,
        tax=taxes_of(reading, loop),
        free_of_charge_flag=price.source_code == _NO_CHARGE,
        delivery=Delivery(**dates) if dates else None,
        parties=read_parties(reading, loop.loops("N1")),
        references=tuple(references),
        sub_lines=read_sub_lines(reading, loop.loops("SLN")),
    )


def _read_price(reading: X12Reading, it1: Elements, listed: Decimal | None) -> LinePrice:
    price = read_price(reading, it1, 4, 5)
    if price.amount is None:
        reading.find(Severity.WARNING, "price-missing", f"{it1.path(4)} has no price.", path=it1.path(4))
    return LinePrice(net=price.amount, gross=listed, base=price.base, source_code=price.code)


def _order_reference(ids: list[Identifier], references: list[Reference]) -> OrderReference | None:
    """The order and line an invoice line bills: product id pairs PO and PL, or the line's REF PO."""
    order = _pop(ids, _ORDER)
    if order is None:
        found = next((r for r in references if _is_order(r)), None)
        if found is not None:
            references.remove(found)
            order = found.number
    line = _pop(ids, _ORDER_LINE)
    return OrderReference(po_number=order, po_line=line) if order or line else None


def _is_order(reference: Reference) -> bool:
    return reference.type is ReferenceType.PURCHASE_ORDER and not reference.description


def _pop(ids: list[Identifier], qualifier: str) -> str | None:
    found = next((i for i in ids if i.source_qualifier == qualifier), None)
    if found is None:
        return None
    ids.remove(found)
    return found.value


def _shipped(reading: X12Reading, loop: Loop) -> Decimal | None:
    """The quantity shipped (IT301), where it is told beside the quantity billed."""
    segments = loop.segments("IT3")
    if not segments:
        return None
    it3 = reading.take(segments[0])
    quantity = it3.number(1)
    if quantity is not None:
        read_unit(reading, it3, 2)
    return quantity


def write_invoice_line(writer: SetWriter, line: InvoiceLine) -> None:
    """Put the IT1 loop of a line.

    Raises:
        Misconfigured: The line holds what the loop can't carry.
    """
    price = line.price or LinePrice()
    _check_carried(writer, line, price)
    writer.put(
        "IT1",
        line.line_number,
        line.quantity,
        written_unit(writer, line.uom),
        price.net,
        _basis(writer, line, price),
        *_written_ids(writer, line),
    )
    if line.shipped_quantity is not None:
        writer.put("IT3", line.shipped_quantity, written_unit(writer, line.uom))
    write_taxes(writer, line.tax, "tax")
    write_further_prices(writer, price.gross, line.prices)
    write_description(writer, line.item)
    if line.units_per_pack is not None:
        writer.put("PO4", line.units_per_pack)
    if line.order_ref and line.order_ref.po_number:
        writer.put("REF", "PO", line.order_ref.po_number)
    write_references(writer, line.references)
    if line.order_ref:
        write_dates(writer, {_ORDERED: line.order_ref.issue_date}, _ORDER_DATES)
    if line.delivery:
        write_dates(writer, dict(line.delivery), _LINE_DATES)
    write_charges(writer, line.allowances, "allowances")
    write_sub_lines(writer, line.sub_lines)
    write_parties(writer, line.parties)


def _check_carried(writer: SetWriter, line: InvoiceLine, price: LinePrice) -> None:
    computed = line_net(extension(line.quantity, price.net, price.base), line.allowances)
    check_net(writer, "net_amount", line.net_amount, computed)
    if price.base_uom not in (None, line.uom):
        raise writer.refuse("price.base_uom", "prices are per unit of the line", price.base_uom)
    unheld: dict[str, Any] = {
        "despatch_ref": line.despatch_ref,
        "free_quantity": line.free_quantity,
        "credit_reason": line.credit_reason,
        "notes": line.notes or None,
        "order_ref.release": line.order_ref and line.order_ref.release,
        "item.country": line.item.country,
        "delivery.delivery_terms": line.delivery and line.delivery.delivery_terms,
        "delivery.transport": (line.delivery and line.delivery.transport) or None,
    }
    for field, value in unheld.items():
        if value is not None:
            raise writer.refuse(field, "the IT1 loop has no place for it", value)


def _basis(writer: SetWriter, line: InvoiceLine, price: LinePrice) -> str | None:
    if line.free_of_charge_flag and price.base is None:
        return _NO_CHARGE
    return basis_code(writer, price.base, price.source_code, "price.base")


def _written_ids(writer: SetWriter, line: InvoiceLine) -> list[str]:
    pairs = write_ids(writer, line.item, _ROOM)
    if line.order_ref and line.order_ref.po_line:
        pairs += [_ORDER_LINE, line.order_ref.po_line]
    return pairs
