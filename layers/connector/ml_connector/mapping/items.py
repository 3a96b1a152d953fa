"""Which item of the ledger a line means, in which unit, and how units convert.

Order of attempts: the partner's item table; GTIN over the items' barcodes and global numbers; the seller's
own number as that supplier's (VPN); the customer's number (CPN); a buyer's or manufacturer's number as our
own item number. One answer is used, several are never chosen from.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents.identifiers import IdentifierScheme, normalise_gtin
from ml_connector.mapping.lookups import CodeKind, Master
from ml_connector.mapping.result import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ml_connector.documents.items import Item
    from ml_connector.documents.measures import UnitOfMeasure
    from ml_connector.mapping.context import Context
    from ml_connector.mapping.lookups import ItemRecord
    from ml_connector.mapping.routing import RoutedValue


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item and how it was found; ``unit`` is what the partner's table says it is counted in."""

    record: ItemRecord
    source: Source
    where: str
    detail: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """The ledger's unit of a line, and how it was found."""

    unit: str
    source: Source
    where: str
    detail: str


def find_item(context: Context, item: Item, line: str, business_partner: str) -> FoundItem | None:
    """Return the item of a line, or none; several are a hold."""
    if found := _by_table(context, item, line):
        return found
    for kind, code, partner, words in _questions(context, item, business_partner):
        records = context.lookups.items_by_code(kind, code, partner)
        numbers = list(dict.fromkeys(record.number for record in records))
        if len(numbers) == 1:
            return FoundItem(records[0], Source.LOOK_UP, f"Visma item by {kind.value}", f"{words} {code}")
        if numbers:
            _hold_several(context, line, f"{words} {code}", numbers)
            return None
    return _by_number(context, item)


def routed_item(context: Context, routed: RoutedValue) -> FoundItem | None:
    """Return the item a rule sets; one that the ledger does not have is lacking."""
    if record := context.lookups.item(routed.value):
        return FoundItem(record, Source.RULE, routed.rule.label, routed.detail)
    context.sheet.lack(
        f"The rule {routed.rule.label} sets item {routed.value}, which Visma does not have.",
        f"Correct the item at {routed.rule.where}.",
    )
    return None


def code_of(item: Item) -> str:
    """Return the code by which a partner most likely knows the item; empty where it sends none."""
    identifiers = (item.seller_id, item.gtin, item.buyer_id, item.manufacturer_id, *item.additional_ids)
    return next((identifier.value for identifier in identifiers if identifier), "")


def _by_table(context: Context, item: Item, line: str) -> FoundItem | None:
    sent = list(_codes(item))
    for index, entry in enumerate(context.partner.items):
        if not any(_means(entry.code, entry.scheme, scheme, code) for scheme, code in sent):
            continue
        where = str(context.where("items", index))
        record = context.lookups.item(entry.item)
        if record is None:
            context.sheet.lack(
                f"Line {line}: {where} says item {entry.item}, but Visma has no item of that number.",
                f"Correct the item at {where}, or add it in Visma.",
            )
            return None
        return FoundItem(record, Source.PARTNER, where, f"item code {entry.code}", entry.unit or "")
    return None


def _means(entry_code: str, entry_scheme: str | None, scheme: str, code: str) -> bool:
    if entry_scheme not in (None, scheme):
        return False
    return entry_code == code or (scheme == "GTIN" and normalise_gtin(entry_code) == normalise_gtin(code))


def _codes(item: Item) -> Iterator[tuple[str, str]]:
    named = (("GTIN", item.gtin), ("SELLER", item.seller_id), ("BUYER", item.buyer_id))
    for scheme, identifier in (*named, ("MANUFACTURER", item.manufacturer_id)):
        if identifier:
            yield scheme, identifier.value
    for identifier in item.additional_ids:
        yield _SCHEME_NAMES.get(identifier.scheme, ""), identifier.value


_SCHEME_NAMES = {
    IdentifierScheme.GTIN: "GTIN",
    IdentifierScheme.SELLER_ASSIGNED: "SELLER",
    IdentifierScheme.BUYER_ASSIGNED: "BUYER",
    IdentifierScheme.MANUFACTURER_ASSIGNED: "MANUFACTURER",
}


def _questions(
    context: Context, item: Item, business_partner: str
) -> Iterator[tuple[CodeKind, str, str, str]]:
    gtins = [code for scheme, code in _codes(item) if scheme == "GTIN"]
    for gtin in gtins:
        for form in _gtin_forms(gtin):
            yield CodeKind.BARCODE, form, "", "GTIN"
            yield CodeKind.GLOBAL, form, "", "GTIN"
    as_supplier = context.partner.target(context.document.document_type) != "sales_order"
    own, scheme = (CodeKind.SUPPLIER, "SELLER") if as_supplier else (CodeKind.CUSTOMER, "BUYER")
    for found, code in _codes(item):
        if found == scheme:
            yield own, code, business_partner, "supplier's number" if as_supplier else "customer's number"


def _gtin_forms(gtin: str) -> tuple[str, ...]:
    normal = normalise_gtin(gtin)
    return tuple(dict.fromkeys((gtin, normal, normal.lstrip("0").zfill(13), normal.lstrip("0"))))


def _by_number(context: Context, item: Item) -> FoundItem | None:
    as_supplier = context.partner.target(context.document.document_type) != "sales_order"
    ours = ("BUYER", "MANUFACTURER") if as_supplier else ("SELLER", "BUYER")
    for scheme, code in _codes(item):
        if scheme in ours and (record := context.lookups.item(code)):
            return FoundItem(
                record, Source.LOOK_UP, "Visma item by number", f"{scheme.lower()}'s number {code}"
            )
    return None


def _hold_several(context: Context, line: str, what: str, numbers: Sequence[str]) -> None:
    context.sheet.hold(
        f"Line {line}: {what} is that of several items in Visma ({', '.join(numbers)}); say which one in "
        f"`items:` of {context.file}."
    )


def find_unit(
    context: Context, sent: UnitOfMeasure | None, found: FoundItem | None, line: str
) -> FoundUnit | None:
    """Return the ledger's unit for a line's; without one, the worksheet says what to add where.

    Order of attempts: the partner's item table, its unit table, the company's unit table, the item's own
    units of the same name. A line that names no unit holds: its item's purchase (or base) unit is put for a
    person to confirm, since the partner may count in cases what the item is bought in ones.
    """
    if found and found.unit:
        return FoundUnit(found.unit, Source.PARTNER, found.where, "unit of the item's entry")
    if sent is None:
        return _unstated(context, found, line)
    unit = _by_unit_tables(context, sent) or _by_name(context, sent, found)
    if unit is None:
        context.sheet.lack(*_unknown_unit(context, sent, line))
    elif found and found.record.units() and unit.unit not in found.record.units():
        context.sheet.lack(*_foreign_unit(context, unit, found.record, line))
    return unit


def _by_name(context: Context, sent: UnitOfMeasure, found: FoundItem | None) -> FoundUnit | None:
    if found and sent.code in found.record.units():
        return FoundUnit(sent.code, Source.LOOK_UP, "Visma item's units", f"unit {sent.code}")
    if found is None and sent.list.value == "ERP" and context.lookups.exists(Master.UNIT, sent.code):
        return FoundUnit(sent.code, Source.LOOK_UP, "Visma units", f"unit {sent.code}")
    return None


def _unknown_unit(context: Context, sent: UnitOfMeasure, line: str) -> tuple[str, str]:
    sentence = (
        f"Line {line}: the unit {sent.code} ({sent.list.value}) is unknown; neither {context.file}, "
        f"company.yaml nor the item has it."
    )
    advice = (
        f'Add `- {{code: "{sent.code}", list: {sent.list.value}, unit: UNIT}}` to `units:` in company.yaml, '
        f"or in {context.file} if only this partner means that by it."
    )
    return sentence, advice


def _foreign_unit(context: Context, unit: FoundUnit, record: ItemRecord, line: str) -> tuple[str, str]:
    units = ", ".join(sorted(record.units()))
    sentence = (
        f"Line {line}: {unit.detail} is {unit.unit} ({unit.where}), but item {record.number} is counted in "
        f"{units} only."
    )
    advice = (
        f"Add the item with `unit:` to `items:` in {context.file}, or a conversion from {unit.unit} to the "
        f"item in Visma."
    )
    return sentence, advice


def _unstated(context: Context, found: FoundItem | None, line: str) -> FoundUnit | None:
    record = found.record if found else None
    unit = (record.purchase_unit or record.base_unit) if record else ""
    if found and unit:
        context.sheet.hold(
            f"Line {line} names no unit; whether it counts in {unit}, as item {found.record.number} does, is "
            f"for a person to say. Add the item to `items:` in {context.file} with the `unit:` it is in."
        )
        return FoundUnit(unit, Source.DEFAULT, "Visma item", "no unit is named; the item's own, on hold")
    context.sheet.lack(
        f"Line {line} names no unit, and no item was found to take one from.",
        f"Ask the partner for a unit, or add the item to `items:` in {context.file} with its `unit:`.",
    )
    return None


def _by_unit_tables(context: Context, sent: UnitOfMeasure) -> FoundUnit | None:
    tables = (
        (context.partner.units, context.where, Source.PARTNER),
        (context.configuration.company.units, context.company_where, Source.TABLE),
    )
    for table, where, source in tables:
        for index, entry in enumerate(table):
            if entry.code == sent.code and entry.list in ("*", sent.list.value):
                return FoundUnit(entry.unit, source, str(where("units", index)), f"unit {sent.code}")
    return None


def conversion(record: ItemRecord | None, from_unit: str, to_unit: str) -> Decimal | None:
    """Return how many ``to_unit`` one ``from_unit`` of the item is; none where the ledger does not say."""
    if from_unit == to_unit:
        return Decimal(1)
    factors = _to_base(record) if record else {}
    if from_unit not in factors or to_unit not in factors:
        return None
    return factors[from_unit] / factors[to_unit]


def _to_base(record: ItemRecord) -> dict[str, Decimal]:
    factors = {record.base_unit: Decimal(1)}
    for _ in record.conversions:  # chains of conversions are as long as the list at most
        for step in record.conversions:
            if step.to_unit in factors:
                factors.setdefault(step.from_unit, step.factor * factors[step.to_unit])
            elif step.from_unit in factors and step.factor:
                factors.setdefault(step.to_unit, factors[step.from_unit] / step.factor)
    return factors
