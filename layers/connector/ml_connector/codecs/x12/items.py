"""Articles: pairs of product id qualifier and number (DE 235 and 234), descriptions (PID), packs (PO4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.identity import check_identifier
from ml_connector.codecs.x12.qualifiers import GTIN_QUALIFIERS, ITEM_SCHEMES, code_for
from ml_connector.documents import Identifier, IdentifierScheme, Item, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

#: The named numbers of an item, each filled by the first identifier of its scheme.
SLOTS = {
    IdentifierScheme.GTIN: "gtin",
    IdentifierScheme.SELLER_ASSIGNED: "seller_id",
    IdentifierScheme.BUYER_ASSIGNED: "buyer_id",
    IdentifierScheme.MANUFACTURER_ASSIGNED: "manufacturer_id",
}
_LOT = "LT"
#: 349 item description type: PID01. F is free-form; X and S may have a code before their text.
_FREE_FORM, _WITH_CODE = "F", ("X", "S")
#: 750 characteristic: PID02. These say that the text describes the article as a whole.
_WHOLE_ARTICLE = (None, "08", "GEN")


def read_ids(reading: X12Reading, segment: Elements, first: int) -> list[Identifier]:
    """The product ids in pairs from element ``first`` on; a repeated qualifier is a warning."""
    found: dict[str, str] = {}
    ids = []
    for qualifier, value in segment.pairs(first):
        if qualifier in found:
            reading.find(
                Severity.WARNING,
                "repeated-item-qualifier",
                f"{segment.path(first)} names {qualifier} twice; {found[qualifier]} counts, {value} is kept.",
                path=segment.path(first),
                found=value,
            )
        found.setdefault(qualifier, value)
        scheme = ITEM_SCHEMES.get(qualifier, IdentifierScheme.OTHER)
        identifier = Identifier(scheme=scheme, value=value, source_qualifier=qualifier)
        ids.append(check_identifier(reading, identifier, segment.path(first)))
    return ids


def item_of(ids: Iterable[Identifier], description: str | None = None) -> Item:
    """An item of its identifiers in order of sending."""
    named: dict[str, Identifier] = {}
    further: list[Identifier] = []
    lot = None
    for identifier in ids:
        slot = SLOTS.get(identifier.scheme)
        if identifier.source_qualifier == _LOT and lot is None:
            lot = identifier.value
        elif slot and slot not in named:
            named[slot] = identifier
        else:
            further.append(identifier)
    return Item(additional_ids=tuple(further), description=description, lot=lot, **named)


def read_description(reading: X12Reading, loop: Loop) -> str | None:
    """The descriptions of a loop as a whole, one a line; those of its colour, size and such stay raw."""
    texts = []
    for segment in [*loop.segments("PID"), *(pid.segments("PID")[0] for pid in loop.loops("PID"))]:
        pid = reading.take(segment)
        kind, text = pid.code(1), pid[5]
        described = text and kind in (_FREE_FORM, *_WITH_CODE) and pid.code(2) in _WHOLE_ARTICLE
        if text and described:
            texts.append(text)
        for number in _left_of_description(bool(described), kind):
            pid.leave(number)
    return "\n".join(texts) or None


def _left_of_description(described: bool, kind: str | None) -> tuple[int, ...]:  # noqa: FBT001 - a yes or no
    """The elements of a PID that a description does not say."""
    if not described:
        return (1, 2, 5)
    return (2,) if kind == _FREE_FORM else (1, 2)


def write_ids(writer: SetWriter, item: Item, room: int) -> list[str]:
    """The qualifier and number pairs of an item, at most ``room`` of them.

    Raises:
        Misconfigured: There are more, or an identifier has a scheme that X12 has no qualifier for.
    """
    pairs: list[str] = []
    for identifier in item.identifiers():
        pairs += [_qualifier(writer, identifier), identifier.value]
    if item.lot:
        pairs += [_LOT, item.lot]
    if len(pairs) > 2 * room:
        raise writer.refuse("item", f"a line holds {room} item numbers", len(pairs) // 2)
    return pairs


def _qualifier(writer: SetWriter, identifier: Identifier) -> str:
    kept = identifier.source_qualifier
    if identifier.scheme is IdentifierScheme.OTHER and kept and kept not in ITEM_SCHEMES:
        return kept
    if kept and ITEM_SCHEMES.get(kept) is identifier.scheme:
        return kept
    if identifier.scheme is IdentifierScheme.GTIN:
        return _gtin_qualifier(writer, identifier)
    code = code_for(ITEM_SCHEMES, identifier.scheme)
    if code is None:
        raise writer.refuse("item", "X12 has no qualifier for this kind of number", identifier.scheme.value)
    return code


def _gtin_qualifier(writer: SetWriter, identifier: Identifier) -> str:
    code = GTIN_QUALIFIERS.get(len(identifier.value))
    if code is None:
        raise writer.refuse("item.gtin", "a GTIN has 8, 12, 13 or 14 digits", identifier.value)
    return code


def write_description(writer: SetWriter, item: Item) -> None:
    """Put a PID for each line of the description; a name is no thing of X12's own and goes first."""
    for line in filter(None, [item.name, *(item.description or "").split("\n")]):
        writer.put("PID", "F", None, None, None, line)


def read_pack(reading: X12Reading, segments: list[Segment]) -> Decimal | None:
    """Units per pack (PO401) of the first PO4."""
    return reading.take(segments[0]).number(1) if segments else None
