"""DESADV: despatch advice message."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.edifact.logistics import (
    read_delivery_terms,
    read_transport,
    write_delivery_terms,
    write_transports,
)
from ml_connector.codecs.edifact.order_header import (
    read_dates,
    take_number,
    take_order_reference,
    write_dates,
)
from ml_connector.codecs.edifact.packages import read_measures, read_packages, write_measures, write_packages
from ml_connector.codecs.edifact.parties import read_parties, write_parties
from ml_connector.codecs.edifact.qualifiers import PURPOSES, first_codes
from ml_connector.codecs.edifact.reading import EdifactReading
from ml_connector.codecs.edifact.references import (
    order_among,
    read_references,
    write_reference,
    write_references,
)
from ml_connector.codecs.edifact.writing import Writing
from ml_connector.codecs.totals import check_count, check_total
from ml_connector.documents import (
    Carrier,
    DespatchAdvice,
    DespatchItem,
    DespatchOrder,
    DespatchTotals,
    Package,
    PackageLevel,
    Purpose,
    Reference,
    ReferenceType,
    day_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.rows import Row

_PURPOSE_CODES = first_codes(PURPOSES)
# 1001: 351 despatch advice.
_DESPATCH_ADVICE = "351"
_DATES = {
    "137": "issue_datetime",
    "11": "despatch_datetime",
    "17": "estimated_delivery",
    "2": "requested_delivery",
}
# 8053: TE trailer, whose seal SEL gives.
_TRAILER = "TE"
_LINE_COUNT, _QUANTITY_SUM, _PACKAGE_COUNT = "2", "1", "11"


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> DespatchAdvice:
    """The despatch advice a DESADV says.

    Raises:
        Rejected: It has no number.
    """
    reading = EdifactReading(interchange, message, profile)
    root, begin = reading.root, reading.begin()
    number = begin.part(2)
    begin.take_code(1, _DESPATCH_ADVICE)
    if number is None:
        raise reading.refuse("despatch-number-missing", "BGM gives no despatch number (1004).", path="BGM02")
    references = read_references(root.groups("RFF"))
    orders = tuple(_take_orders(references))
    packages = _read_packages(reading, orders)
    declared = DespatchTotals(
        package_count=root.count(_PACKAGE_COUNT),
        line_count=root.count(_LINE_COUNT),
        hash=root.sum_of(_QUANTITY_SUM),
    )
    computed = _computed(packages)
    check_count(reading, "line-count", "number of lines", declared.line_count, computed.line_count or 0)
    check_total(reading, "quantity-sum", "sum of quantities", declared.hash, computed.hash)
    return DespatchAdvice(
        despatch_number=number,
        function=begin.coded(3, PURPOSES, Purpose.ORIGINAL),
        **read_dates(root, _DATES),
        carrier=_read_carrier(reading),
        bill_of_lading=take_number(references, ReferenceType.BILL_OF_LADING),
        delivery_terms=read_delivery_terms(root.groups("TOD")),
        parties=read_parties(root.groups("NAD")),
        references=tuple(references),
        **_header_measures(reading),
        orders=orders,
        packages=packages,
        totals_declared=declared,
        totals_computed=computed,
        **reading.provenance(reading.tree),
    )


def _take_orders(references: list[Reference]) -> Iterator[DespatchOrder]:
    orders = list(iter(lambda: take_order_reference(references), None))
    for order in orders or filter(None, [order_among(references)]):
        yield DespatchOrder(
            po_number=order.number, release=order.release, issue_date=day_of(order.issue_date)
        )


def _read_packages(reading: EdifactReading, orders: tuple[DespatchOrder, ...]) -> tuple[Package, ...]:
    only_order = orders[0].po_number if len(orders) == 1 else None
    return read_packages(reading, only_order)


def _header_measures(reading: EdifactReading) -> dict[str, Any]:
    measures = read_measures(reading.root)
    return {name: measures[name] for name in measures if name != "net_weight"}


def _read_carrier(reading: EdifactReading) -> Carrier | None:
    for group in reading.root.groups("TDT"):
        carrier = Carrier(**read_transport(group), seal=_read_seal(reading))
        if carrier != Carrier():
            return carrier
    return None


def _read_seal(reading: EdifactReading) -> str | None:
    for equipment in reading.root.groups("EQD"):
        for seal in equipment.segments("SEL"):
            equipment.head.take_code(1, _TRAILER)
            return seal.part(1)
    return None


def _computed(packages: tuple[Package, ...]) -> DespatchTotals:
    every = [package for outer in packages for package in outer.walk()]
    items: list[DespatchItem] = [item for package in every for item in package.items]
    return DespatchTotals(
        package_count=sum(
            package.count or 1 for package in every if package.level is not PackageLevel.SHIPMENT
        ),
        line_count=len(items),
        hash=sum((item.qty for item in items if item.qty is not None), Decimal(0)),
    )


def encode(document: DespatchAdvice, version: str, profile: CodecProfile) -> bytes:
    """The despatch advice as a DESADV interchange.

    Raises:
        Misconfigured: DESADV can't carry a value of the advice; the error names the field.
    """
    writing = Writing("DESADV", version, profile)
    return writing.interchange(_write(document, writing), document, decode)


def _write(advice: DespatchAdvice, writing: Writing) -> Iterator[Row]:
    yield ("BGM", [_DESPATCH_ADVICE, advice.despatch_number, _PURPOSE_CODES.get(advice.function, "")])
    yield from write_dates(advice, _DATES)
    yield from write_measures(advice, writing)
    for order in advice.orders:
        yield from write_reference("ON", _order_reference(order))
    if advice.bill_of_lading:
        yield from write_reference(
            "BM", Reference(type=ReferenceType.BILL_OF_LADING, number=advice.bill_of_lading)
        )
    yield from write_references(advice.references)
    yield from write_parties(advice.parties)
    yield from write_delivery_terms(advice.delivery_terms)
    if advice.carrier is not None:
        yield from write_transports([advice.carrier])
        if advice.carrier.seal:
            yield ("EQD", [_TRAILER])
            yield ("SEL", [advice.carrier.seal])
    yield from write_packages(advice.packages, writing)
    yield from _write_totals(advice)


def _order_reference(order: DespatchOrder) -> Reference:
    return Reference(
        type=ReferenceType.PURCHASE_ORDER,
        number=order.po_number,
        release=order.release,
        issue_date=order.issue_date,
    )


def _write_totals(advice: DespatchAdvice) -> Iterator[Row]:
    declared, computed = advice.totals_declared, _computed(advice.packages)
    count = computed.line_count if declared.line_count is None else declared.line_count
    yield ("CNT", [[_LINE_COUNT, count or 0]])
    if declared.package_count is not None:
        yield ("CNT", [[_PACKAGE_COUNT, declared.package_count]])
    if declared.hash is not None:
        yield ("CNT", [[_QUANTITY_SUM, declared.hash]])
