"""What ORDERS, ORDCHG and ORDRSP say before their lines, and after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.edifact.commercial import (
    read_allowances,
    read_currencies,
    read_taxes,
    read_terms,
    write_allowances,
    write_currencies,
    write_taxes,
    write_terms,
)
from ml_connector.codecs.edifact.dates import read_day, read_moment, write_moment
from ml_connector.codecs.edifact.logistics import (
    read_delivery_terms,
    read_transports,
    write_delivery_terms,
    write_transports,
)
from ml_connector.codecs.edifact.parties import read_parties, write_parties
from ml_connector.codecs.edifact.references import read_references, write_reference, write_references
from ml_connector.codecs.edifact.texts import read_notes, write_notes
from ml_connector.codecs.totals import check_count, check_total
from ml_connector.documents import Delivery, Level, OrderTotals, Reference, ReferenceType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ml_connector.codecs.edifact.reading import EdifactReading, GroupReader
    from ml_connector.codecs.edifact.writing import Writing
    from ml_connector.documents import OrderResponse, PurchaseOrder
    from ml_connector.edi.rows import Row

# 2005 -> field of Delivery; the first code of a field is written.
DELIVERY_DATES = {
    "64": "earliest_date",
    "63": "latest_date",
    "35": "actual_date",
    "69": "promised_date",
    "17": "estimated_date",
    "67": "scheduled_date",
    "76": "scheduled_date",
    "10": "requested_ship_date",
    "37": "earliest_ship_date",
    "38": "latest_ship_date",
    "11": "ship_date",
    "61": "cancel_after_date",
}
REQUESTED = "2"
_ISSUED, _ORDERED = ("137",), ("4",)
_ORDER_CURRENCY = "9"
# 5025 of the summary: lines net, message total; 6069: 2 number of lines, 1 sum of quantities.
_NET, _GROSS = ("79", "66"), ("86", "77", "9")
_LINE_COUNT, _QUANTITY_SUM = "2", "1"


def read_dates(group: GroupReader, table: dict[str, str]) -> dict[str, Any]:
    """The DTM of a group by the field their qualifier stands for; the first of a field counts."""
    values: dict[str, Any] = {}
    for segment in group.segments("DTM"):
        field = table.get(segment.peek(1, 1))
        if field and field not in values:
            moment = read_moment(segment)
            if moment is not None:
                values[field] = moment
    return values


def write_dates(values: object, table: dict[str, str]) -> Iterator[Row]:
    """The DTM of the fields of a model that a table names."""
    written: set[str] = set()
    for code, field in table.items():
        if field not in written:
            written.add(field)
            yield from write_moment(code, getattr(values, field, None))


def read_document_date(group: GroupReader, *qualifiers: str) -> date | None:
    """The day of the first DTM with one of the qualifiers, in their order."""
    segment = group.first("DTM", *qualifiers)
    return read_day(segment) if segment else None


def read_delivery(root: GroupReader) -> Delivery | None:
    """Dates, terms and transport of the header."""
    delivery = Delivery(
        **read_dates(root, DELIVERY_DATES),
        delivery_terms=read_delivery_terms(root.groups("TOD")),
        transport=read_transports(root.groups("TDT")),
    )
    return delivery if delivery != Delivery() else None


def read_header(reading: EdifactReading) -> dict[str, Any]:
    """The fields of an order's header that all order messages have."""
    root = reading.root
    references = read_references(root.groups("RFF"))
    requested = read_dates(root, {REQUESTED: "requested_delivery"})
    currencies = read_currencies(reading)
    currencies.pop("tax_currency", None)
    return {
        **currencies,
        **requested,
        "contract": take_contract(references),
        "parties": read_parties(root.groups("NAD")),
        "references": references,
        "payment_terms": read_terms(root.groups("PAT")),
        "delivery": read_delivery(root),
        "allowances": read_allowances(root.groups("ALC", area="header"), Level.HEADER),
        "taxes": read_taxes(root.groups("TAX")),
        "notes": read_notes(root, reading.widths.free_text),
    }


def take_contract(references: list[Reference]) -> str | None:
    """The number of the contract, taken out of the references where it is all that one says."""
    return take_number(references, ReferenceType.CONTRACT)


def take_number(references: list[Reference], kind: ReferenceType) -> str | None:
    """The number of the first reference of a kind that says nothing but its number, taken out of the list."""
    for reference in references:
        if reference == Reference(type=kind, number=reference.number):
            references.remove(reference)
            return reference.number
    return None


def take_order_reference(references: list[Reference]) -> Reference | None:
    """The reference to the order that is changed or answered (RFF+ON), taken out of the list."""
    for reference in references:
        if reference.type is ReferenceType.PURCHASE_ORDER and reference.source_qualifier is None:
            references.remove(reference)
            return reference
    return None


def write_header(
    order: PurchaseOrder | OrderResponse,
    dates: Iterable[Row],
    references: Iterable[Row],
    writing: Writing,
    after_references: Iterable[Row] = (),
) -> Iterator[Row]:
    """The header after BGM: dates, notes, references, parties, taxes, currency, terms, delivery, charges.

    Args:
        order: What is written.
        dates: The DTM only this message has; they stand first.
        references: The RFF only this message has; they stand first.
        writing: Directory and partner.
        after_references: What stands between references and parties (AJT).
    """
    delivery = order.delivery or Delivery()
    yield from dates
    yield from write_moment(REQUESTED, order.requested_delivery)
    yield from write_dates(delivery, DELIVERY_DATES)
    yield from write_notes(order.notes, writing.widths.free_text)
    yield from references
    if order.contract:
        contract = Reference(type=ReferenceType.CONTRACT, number=order.contract)
        yield from write_reference("CT", contract)
    yield from write_references(order.references)
    yield from after_references
    yield from write_parties(order.parties)
    yield from write_taxes(getattr(order, "taxes", ()))
    yield from write_currencies(order.currency, _ORDER_CURRENCY, rate=order.exchange_rate)
    yield from write_terms(order.payment_terms)
    yield from write_transports(delivery.transport)
    yield from write_delivery_terms(delivery.delivery_terms)
    yield from write_allowances(order.allowances, writing)


def read_totals(reading: EdifactReading) -> OrderTotals:
    """The totals declared after the lines, by MOA and CNT."""
    root = reading.root
    return OrderTotals(
        line_count=root.count(_LINE_COUNT),
        sum_qty=root.sum_of(_QUANTITY_SUM),
        net_amount=root.amount(*_NET, area="summary"),
        gross_amount=root.amount(*_GROSS, area="summary"),
    )


def check_totals(reading: EdifactReading, declared: OrderTotals, computed: OrderTotals) -> None:
    """Findings where the lines do not make the number, the quantity or the amount declared."""
    check_count(reading, "line-count", "number of lines", declared.line_count, computed.line_count or 0)
    check_total(reading, "quantity-sum", "sum of quantities", declared.sum_qty, computed.sum_qty)
    check_total(reading, "net-amount", "net amount", declared.net_amount, computed.net_amount)


def write_totals(declared: OrderTotals, line_count: int) -> Iterator[Row]:
    """UNS, the MOA and CNT of the totals; the number of lines is always said."""
    yield ("UNS", ["S"])
    if declared.net_amount is not None:
        yield ("MOA", [[_NET[0], declared.net_amount]])
    if declared.gross_amount is not None:
        yield ("MOA", [[_GROSS[0], declared.gross_amount]])
    yield ("CNT", [[_LINE_COUNT, line_count if declared.line_count is None else declared.line_count]])
    if declared.sum_qty is not None:
        yield ("CNT", [[_QUANTITY_SUM, declared.sum_qty]])


def read_issue_date(reading: EdifactReading) -> date | None:
    """The order's own date: DTM 137, else 4."""
    return read_document_date(reading.root, *_ISSUED, *_ORDERED)
