"""X12 856 Ship Notice: pick and pack, standard (without packs), and the other hierarchies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.totals import check_count
from ml_connector.codecs.x12.adaptation import adapted
from ml_connector.codecs.x12.assembly import interchange_of
from ml_connector.codecs.x12.contents import Contents
from ml_connector.codecs.x12.dates import read_dates, read_terms
from ml_connector.codecs.x12.despatch_writing import write_despatch
from ml_connector.codecs.x12.elements import X12Reading
from ml_connector.codecs.x12.headers import opening, required
from ml_connector.codecs.x12.hierarchy import read_hierarchy
from ml_connector.codecs.x12.lading import OF_SHIPMENT, read_lading
from ml_connector.codecs.x12.parties import read_parties
from ml_connector.codecs.x12.purchase_order import read_purpose
from ml_connector.codecs.x12.references import read_references
from ml_connector.codecs.x12.shipment import (
    read_carrier,
    sum_of_items,
)
from ml_connector.codecs.x12.structures import SHIPMENT_DATES, STRUCTURES
from ml_connector.codecs.x12.writing import SetWriter
from ml_connector.documents import (
    DespatchAdvice,
    DespatchTotals,
    IdentifierScheme,
    PackageLevel,
    Severity,
)
from ml_connector.edi.loops import place

if TYPE_CHECKING:
    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Reference
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.loops import Loop

_SHIPMENT = "S"


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> DespatchAdvice:
    """The despatch advice of an 856, every item with the order it belongs to.

    Raises:
        Rejected: No shipment number, or levels that don't make a tree.
    """
    reading = X12Reading(interchange, message, profile)
    tree = place(message)
    bsn = opening(reading, tree, "BSN")
    number = required(reading, bsn, 2, "shipment number")
    tops = read_hierarchy(reading, tree)
    shipment = next((top.loop for top in tops if top.code == _SHIPMENT), tree)
    contents = Contents(reading)
    packages = tuple(package for top in tops for package in contents.packages_of(top))
    fields = {**_read_shipment(reading, tree, shipment), "packages": packages}
    advice = DespatchAdvice(
        despatch_number=number,
        function=read_purpose(bsn, 1),
        structure=STRUCTURES.get(bsn.code(5) or ""),
        issue_datetime=bsn.moment(3, 4),
        orders=tuple(contents.orders),
        **fields,
    )
    _check_items(reading, advice)
    levels = sum(1 for top in tops for _ in top.walk())
    totals = _read_totals(reading, tree, advice, levels, contents.further_shares)
    return advice.model_copy(update={**totals, **reading.provenance(tree)})


def _read_shipment(reading: X12Reading, tree: Loop, shipment: Loop) -> dict[str, Any]:
    """The fields of the shipment level: where to, with whom, how heavy."""
    dates = read_dates(reading, [*tree.segments("DTM"), *shipment.segments("DTM")], SHIPMENT_DATES)
    references = list(read_references(reading, shipment.segments("REF")))
    lading = read_lading(reading, shipment, OF_SHIPMENT)
    bill_of_lading = _pop_reference(references, "BM")
    tracking = _pop_reference(references, "CN") or _pop_reference(references, "2I")
    return {
        **dates,
        "carrier": read_carrier(reading, shipment, tracking),
        "bill_of_lading": bill_of_lading,
        "delivery_terms": read_terms(reading, shipment.segments("FOB")),
        "parties": read_parties(reading, shipment.loops("N1")),
        "references": tuple(references),
        "package_type": lading.get("type"),
        "package_count": lading.get("count"),
        **{name: lading[name] for name in ("weight", "weight_uom", "volume", "volume_uom") if name in lading},
    }


def _pop_reference(references: list[Reference], qualifier: str) -> str | None:
    """Take the first reference of a qualifier that is a mere number out of the list."""
    found = next((r for r in references if r.source_qualifier == qualifier and not r.description), None)
    if found is None:
        return None
    references.remove(found)
    return found.number


def _check_items(reading: X12Reading, advice: DespatchAdvice) -> None:
    """Every item knows its order, and no SSCC is on two packages."""
    for item in advice.all_items():
        if item.po_number is None:
            reading.find(
                Severity.HOLD,
                "item-without-order",
                f"Item {item.po_line or item.line or '?'} names no order, and no level above it does.",
                path=f"item {item.po_line or item.line or '?'}",
            )
    seen: set[str] = set()
    for package in advice.all_packages():
        if package.id is None or package.id.scheme is not IdentifierScheme.SSCC:
            continue
        if package.id.matching_value in seen:
            reading.find(
                Severity.HOLD,
                "sscc-repeated",
                f"SSCC {package.id.value} is on two packages of this shipment.",
                path="packages.id",
                found=package.id.value,
            )
        seen.add(package.id.matching_value)


def _read_totals(
    reading: X12Reading, tree: Loop, advice: DespatchAdvice, levels: int, further_shares: int
) -> dict[str, Any]:
    """Declared totals of CTT beside the computed ones; an item that packages share is one line."""
    items = list(advice.all_items())
    lines = len(items) - further_shares
    count, hash_total = None, None
    if segment := tree.segment("CTT"):
        ctt = reading.take(segment)
        count, hash_total = ctt.whole(1), ctt.number(2)
    by_levels = _counts_levels(reading, count, lines)
    counted = {"level_count" if by_levels else "line_count": count}
    declared = DespatchTotals(hash=hash_total, **counted)
    computed = DespatchTotals(
        package_count=sum(1 for p in advice.all_packages() if p.level is not PackageLevel.SHIPMENT),
        line_count=lines,
        level_count=levels,
        hash=sum_of_items(items),
    )
    check_count(reading, "ctt-line-count", "CTT01", count, levels if by_levels else lines)
    check_count(reading, "ctt-hash-total", "CTT02", declared.hash, computed.hash)
    return {"totals_declared": declared, "totals_computed": computed}


def _counts_levels(reading: X12Reading, declared: int | None, items: int) -> bool:
    """Whether CTT01 counts HL segments with this partner; where it is not agreed, unless it counts items."""
    agreed = reading.profile.count_hierarchy
    return declared != items if agreed is None else agreed


def encode(document: DespatchAdvice, version: str, profile: CodecProfile) -> bytes:
    """An interchange with the despatch advice as an 856.

    Raises:
        Misconfigured: The advice holds what an 856 can't carry.
    """
    writer = SetWriter(version, profile)
    document = adapted(writer, document)
    write_despatch(writer, document)
    return interchange_of(document, "856", writer, decode)
