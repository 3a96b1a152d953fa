"""CPS, PAC, PCI and GIN: the packages of a DESADV, and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ml_connector.codecs.edifact.despatch_items import read_items, write_items
from ml_connector.codecs.edifact.qualifiers import first_codes
from ml_connector.codecs.identity import check_identifier
from ml_connector.documents import (
    MOST_NESTED,
    CodedValue,
    Identifier,
    IdentifierScheme,
    Package,
    PackageLevel,
    Severity,
)
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from ml_connector.codecs.edifact.reading import EdifactReading, GroupReader
    from ml_connector.codecs.edifact.writing import Writing
    from ml_connector.documents import UnitOfMeasure
    from ml_connector.edi.rows import Row

# 7075 packaging level of CPS: 4 no packaging, 3 outer, 2 intermediate, 1 inner.
_LEVELS = {
    "4": PackageLevel.SHIPMENT,
    "3": PackageLevel.PALLET,
    "2": PackageLevel.CARTON,
    "1": PackageLevel.INNER,
}
_LEVEL_CODES = first_codes(_LEVELS)
# 7065 package types that are pallets where CPS gives no level: UN Rec. 21 PX, EANCOM 200 to 202.
_PALLETS = frozenset({"PX", "PF", "200", "201", "202"})
_PACKAGE_TYPES = "UNECE_REC21"
# 7405: BJ SSCC, AW SSCC; 4233 of PCI: 33E marked with SSCC (EANCOM).
_SSCC = ("BJ", "AW")
_MARKED = "33E"
# MEA: 6311 PD physical dimensions, AAE measurement; 6313: weights gross and net, volume.
_DIMENSIONS = "PD"
_MEASURES = {
    "AAB": "weight",
    "G": "weight",
    "AAD": "weight",
    "AAA": "net_weight",
    "N": "net_weight",
    "AAC": "net_weight",
    "AAW": "volume",
    "ABJ": "volume",
    "VOL": "volume",
}
_MEASURE_CODES = {"weight": "AAB", "net_weight": "AAA", "volume": "AAW"}


class _Read(NamedTuple):
    """A package as its CPS group gives it.

    Attributes:
        parent: The number of the package around it; empty at the top.
        package: The package, without those in it.
        level_stated: Whether CPS names its level.
    """

    parent: str
    package: Package
    level_stated: bool


def read_packages(reading: EdifactReading, only_order: str | None) -> tuple[Package, ...]:
    """The packages as a tree: CPS 7164 names each, 7166 the one around it.

    A parent that is not there, or that would close a circle, is a finding, and the package stands at the top.

    Raises:
        Rejected: Packages stand in each other deeper than any shipment is packed.
    """
    read: dict[str, _Read] = {}
    for index, group in enumerate(reading.root.groups("CPS")):
        name, found = _read_package(group, only_order)
        if name in read:
            message = f"Two packages are numbered {name}; the second is kept under a number of its own."
            reading.find(Severity.WARNING, "package-number-repeated", message, path=f"CPS {name}", found=name)
            name = ""
        read[name or f"#{index}"] = found
    for name, (parent, _, _) in list(read.items()):
        depth = _depth(name, read)
        if depth and depth > MOST_NESTED:
            raise Rejected(
                f"Package {name} stands more than {MOST_NESTED} levels deep.",
                advice="Ask the partner how its goods are packed.",
            )
        if parent and not depth:
            message = (
                f"Package {name} stands in {parent}, which is not there or stands in it; taken as outermost."
            )
            reading.find(Severity.WARNING, "package-parent", message, path=f"CPS {name}", found=parent)
            read[name] = read[name]._replace(parent="")
    inside: dict[str, list[tuple[str, _Read]]] = {}
    for name, found in read.items():
        inside.setdefault(found.parent, []).append((name, found))
    return _children("", None, inside)


def _depth(name: str, read: Mapping[str, _Read]) -> int:
    """How deep a package stands, 1 at the top; 0 if it does not hang from the top, and more than too deep."""
    seen: set[str] = set()
    while name and len(seen) <= MOST_NESTED:
        if name in seen or name not in read:
            return 0
        seen.add(name)
        name = read[name].parent
    return len(seen)


def _children(
    around: str, mark: str | None, inside: Mapping[str, list[tuple[str, _Read]]]
) -> tuple[Package, ...]:
    packages = []
    for name, (_, package, level_stated) in inside.get(around, ()):
        children = _children(name, package.id.value if package.id else None, inside)
        whole = package.model_copy(update={"parent": mark, "children": children})
        if not around and not level_stated and _is_total(whole):
            whole = whole.model_copy(update={"level": PackageLevel.SHIPMENT})
        packages.append(whole)
    return tuple(packages)


def _is_total(package: Package) -> bool:
    """Whether an outermost PAC counts the packages below it, of its type where it names one.

    The first CPS of a DESADV stands for the consignment; some senders put the number of packages there.
    """
    if package.id or package.items or not package.children:
        return False
    below = [inner for child in package.children for inner in child.walk()]
    if package.type is not None:
        return package.count == _number_of(inner for inner in below if inner.type == package.type)
    return package.count in (_number_of(package.children), _number_of(below))


def _number_of(packages: Iterable[Package]) -> int:
    return sum(package.count or 1 for package in packages)


def _read_package(group: GroupReader, only_order: str | None) -> tuple[str, _Read]:
    # Senders of one level leave CPS out; its group is there all the same.
    head = group.segment("CPS")
    name, parent, level = (head.part(1) or "", head.part(2) or "", head.part(3)) if head else ("", "", None)
    packs = group.groups("PAC")
    pack = _read_pack(packs[0]) if packs else {}
    kind = pack["type"].value if pack.get("type") else ""
    implied = PackageLevel.PALLET if kind in _PALLETS else PackageLevel.CARTON
    package = Package(
        **pack,
        level=_LEVELS.get(level or "", implied if packs else PackageLevel.SHIPMENT),
        items=read_items(group.groups("LIN"), only_order),
    )
    return name, _Read(parent, package, level in _LEVELS)


def _read_pack(group: GroupReader) -> dict[str, Any]:
    head = group.head
    kind = head.part(3, 1)
    if kind and head.peek(3, 3) == "9":
        head.part(3, 3)
    marks = [mark for mark_group in group.groups("PCI") for mark in _read_marks(mark_group)]
    return {
        "count": head.integer(1),
        "type": CodedValue(value=kind, list=_PACKAGE_TYPES) if kind else None,
        "id": marks[0] if marks else None,
        "additional_ids": tuple(marks[1:]),
        **read_measures(group),
    }


def _read_marks(group: GroupReader) -> Iterator[Identifier]:
    if group.head.peek(1) == _MARKED:
        group.head.part(1)
    for numbers in group.groups("GIN") or ():
        head = numbers.head
        if head.peek(1) not in _SSCC:
            continue
        head.part(1)
        for element in range(2, 7):
            if value := head.part(element, 1):
                mark = Identifier(scheme=IdentifierScheme.SSCC, value=value)
                yield check_identifier(head.reading, mark, head.path(element))


def read_measures(group: GroupReader) -> dict[str, Any]:
    """Weights and volume of MEA segments, each with its unit."""
    values: dict[str, Any] = {}
    for segment in group.segments("MEA"):
        field = _MEASURES.get(segment.peek(2, 1)) or _MEASURES.get(segment.peek(1))
        if field is None or field in values:
            continue
        segment.part(1), segment.part(2, 1)
        values[field] = segment.number(3, 2)
        unit = segment.unit(3, 1)
        if field != "net_weight":
            values[f"{field}_uom"] = unit
        else:
            values.setdefault("weight_uom", unit)
    return values


def write_measures(source: object, writing: Writing) -> Iterator[Row]:
    """The MEA of weights and volume."""
    for field, code in _MEASURE_CODES.items():
        value: Decimal | None = getattr(source, field, None)
        unit: UnitOfMeasure | None = getattr(source, "volume_uom" if field == "volume" else "weight_uom")
        if value is not None:
            yield ("MEA", [_DIMENSIONS, code, [writing.unit(unit), value]])


def write_packages(packages: Sequence[Package], writing: Writing) -> Iterator[Row]:
    """The CPS groups of a tree of packages, numbered from 1 in the order of the tree."""
    numbers = {id(package): number for number, package in enumerate(_walk(packages), 1)}
    line = 0
    for package, parent in _with_parents(packages, None):
        around = str(numbers[id(parent)]) if parent is not None else ""
        yield ("CPS", [str(numbers[id(package)]), around, _LEVEL_CODES[package.level]])
        yield from _write_pack(package, writing)
        yield from write_items(package.items, line, writing)
        line += len(package.items)


def _walk(packages: Sequence[Package]) -> Iterator[Package]:
    for package in packages:
        yield from package.walk()


def _with_parents(
    packages: Sequence[Package], parent: Package | None
) -> Iterator[tuple[Package, Package | None]]:
    for package in packages:
        yield package, parent
        yield from _with_parents(package.children, package)


def _write_pack(package: Package, writing: Writing) -> Iterator[Row]:
    measures = list(write_measures(package, writing))
    said = (package.count, package.type, package.id, *package.additional_ids, *measures)
    if not any(value is not None for value in said):
        return
    kind = package.type.value if package.type else ""
    yield ("PAC", ["" if package.count is None else package.count, "", kind])
    yield from measures
    for mark in (package.id, *package.additional_ids):
        if mark is not None:
            yield ("PCI", [_MARKED])
            yield ("GIN", [_SSCC[0], mark.value])
