"""The fields rules may ask about: short names for what people ask most, and a path to anything else.

Short names are listed by `catalogue`. A path starts with ``document.``, ``line.`` or ``charge.`` and goes
down the document's own field names, through lists: ``document.parties.address.country``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Literal

from ml_connector.documents.parties import PartyRole
from ml_connector.documents.references import ReferenceType
from ml_connector.partners.paths import (
    choices_of_path,
    documents_with_path,
    kind_of_path,
    values_at,
)

if TYPE_CHECKING:
    from ml_connector.partners.subject import Subject

Level = Literal["document", "line", "charge"]
Kind = Literal["text", "number", "date", "flag"]
Value = str | Decimal | date | bool
Reader = Callable[["Subject"], Iterable[object]]

#: Which levels' fields a rule of each level may name: a line's rule may ask about its document too.
VISIBLE: dict[Level, tuple[Level, ...]] = {
    "document": ("document",),
    "line": ("line", "document"),
    "charge": ("charge", "line", "document"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a document, line or charge.

    Attributes:
        single: Whether it has at most one value.
        choices: All values it can be, where they are listed.
        documents: The types of the documents that have it; empty means all may.
    """

    name: str
    level: Level
    kind: Kind
    single: bool
    about: str
    read: Reader
    choices: frozenset[str] | None = None
    documents: frozenset[str] = frozenset()

    def values(self, subject: Subject) -> tuple[Value, ...]:
        """Return the field's values; none where the document does not have it."""
        return tuple(_plain(value, self.kind) for value in self.read(subject) if value not in (None, ""))


def field_named(level: Level, name: str) -> Field | None:
    """Return the field that a rule of ``level`` means by ``name``, or none."""
    for visible in VISIBLE[level]:
        if found := catalogue(visible).get(name):
            return found
    return _path_field(level, name)


def suggest(level: Level, name: str) -> str:
    """Return a hint at the nearest field names, or nothing."""
    known = [known for visible in VISIBLE[level] for known in catalogue(visible)]
    near = difflib.get_close_matches(name, known, n=3)
    return f"; did you mean {' or '.join(near)}?" if near else f" at the level of a {level}"


@cache
def catalogue(level: Level) -> dict[str, Field]:
    """Return the short names of a level."""
    builders: dict[Level, Callable[[], Iterator[Field]]] = {
        "document": _document_fields,
        "line": _line_fields,
        "charge": _charge_fields,
    }
    return {found.name: found for found in builders[level]()}


@cache
def _path_field(level: Level, name: str) -> Field | None:
    root, _, path = name.partition(".")
    if root not in VISIBLE[level] or not path:
        return None
    known = kind_of_path(root, path)
    if known is None:
        return None
    kind, single = known
    steps = tuple(path.split("."))
    return Field(
        name,
        level,
        kind,
        single,
        "a path",
        lambda subject: values_at(getattr(subject, root), steps),
        choices_of_path(root, path),
        documents_with_path(path) if root == "document" else frozenset(),
    )


def _plain(value: object, kind: Kind) -> Value:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.date()
    if kind == "number":
        return value if isinstance(value, Decimal) else Decimal(str(value))
    return value if isinstance(value, date | bool) else str(value)


_SIMPLE: tuple[tuple[str, Kind, str, str], ...] = (
    ("document_type", "text", "document_type", "order, invoice, despatch_advice ..."),
    ("invoice_type", "text", "invoice_type", "invoice, credit_note, self_billed ..."),
    ("order_type", "text", "order_type", "standard, blanket, rush, drop_ship ..."),
    ("purpose", "text", "purpose", "original, replace, cancel ..."),
    ("number", "text", "number", "the document's own number"),
    ("issue_date", "date", "issue_date", "order or invoice date"),
    ("due_date", "date", "due_date", "when an invoice is due"),
    ("currency", "text", "currency", "ISO 4217 code"),
    ("contract", "text", "contract", "contract number"),
    (
        "amount",
        "number",
        "totals.payable",
        "what the document is about in money: payable, or net of an order",
    ),
    ("tax_amount", "number", "totals.tax_total", "total tax of an invoice"),
    ("standard", "text", "source.standard", "x12, edifact or tradacoms"),
    ("message", "text", "source.message", "850, INVOIC ..."),
    ("sender", "text", "source.sender_id", "sender of the interchange"),
    ("receiver", "text", "source.receiver_id", "receiver of the interchange"),
    ("note", "text", "notes.text", "free text of the document"),
    ("terms.code", "text", "payment_terms.code.value", "code of the payment terms"),
    ("terms.net_days", "number", "payment_terms.net_days", "net days of the payment terms"),
    ("payment_reference", "text", "payment_means.payment_reference", "KID or OCR number"),
)

_SEVERAL = frozenset({"note", "terms.code", "terms.net_days", "payment_reference"})

_LINE: tuple[tuple[str, Kind, str, str], ...] = (
    ("line_number", "text", "line_number", "the line's own number"),
    ("quantity", "number", "quantity", "quantity as sent"),
    ("uom", "text", "uom.code", "unit code as sent"),
    ("line_amount", "number", "net_amount", "net amount of an invoice line"),
    ("item.gtin", "text", "item.gtin.value", "GTIN as sent"),
    ("item.seller_id", "text", "item.seller_id.value", "the seller's item number"),
    ("item.buyer_id", "text", "item.buyer_id.value", "the buyer's item number"),
    ("item.manufacturer_id", "text", "item.manufacturer_id.value", "the manufacturer's item number"),
    ("item.name", "text", "item.name", "item name"),
    ("item.description", "text", "item.description", "item description"),
    ("line_note", "text", "notes.text", "free text of the line"),
    ("settles", "text", "document_number", "number of the invoice that a line of a remittance settles"),
    ("settles_kind", "text", "document_type", "invoice, credit_note, debit or adjustment"),
    ("tax_category", "text", "tax.category", "tax category of an invoice line"),
    ("tax_rate", "number", "tax.rate", "tax rate of an invoice line"),
)

_CHARGE: tuple[tuple[str, Kind, str, str], ...] = (
    ("charge.kind", "text", "kind", "allowance or charge"),
    ("charge.code", "text", "code.value", "SAC02, ALC 7161 ..."),
    ("charge.text", "text", "reason_text", "what the partner calls it"),
    ("charge.amount", "number", "amount", "its amount, positive"),
    ("charge.percentage", "number", "percentage", "its percentage"),
    ("charge.level", "text", "level", "header or line"),
)

_RESOLVED: dict[Level, tuple[tuple[str, str], ...]] = {
    "document": (
        ("supplier", "supplier number in the ledger"),
        ("customer", "customer number in the ledger"),
        ("branch", "branch of the receiver's identity"),
    ),
    "line": (
        ("item", "item number in the ledger"),
        ("unit", "unit in the ledger"),
        ("order", "order number"),
    ),
    "charge": (),
}

_PARTY: tuple[tuple[str, str], ...] = (
    ("id", "ids.value"),
    ("name", "name"),
    ("country", "address.country"),
    ("city", "address.city"),
    ("post_code", "address.post_code"),
    ("tax_id", "tax_ids.value"),
)


def _document_fields() -> Iterator[Field]:
    yield Field("partner", "document", "text", True, "id of the partner", lambda s: (s.partner,))  # noqa: FBT003 - a row of a table
    yield from _of_paths("document", _SIMPLE)
    yield from _of_resolved("document")
    yield Field("order_reference", "document", "text", False, "purchase orders named", _order_references)  # noqa: FBT003 - a row of a table
    for role in PartyRole:
        yield from _of_party(role)
    for kind in ReferenceType:
        yield _of_references("document", f"reference.{kind.value}", kind)


def _line_fields() -> Iterator[Field]:
    yield from _of_paths("line", _LINE)
    yield from _of_resolved("line")
    yield Field("unit_price", "line", "number", True, "net price of one unit", _unit_price)  # noqa: FBT003 - a row of a table
    for kind in ReferenceType:
        yield _of_references("line", f"line_reference.{kind.value}", kind)


def _charge_fields() -> Iterator[Field]:
    yield from _of_paths("charge", _CHARGE)


def _of_paths(level: Level, rows: tuple[tuple[str, Kind, str, str], ...]) -> Iterator[Field]:
    for name, kind, path, about in rows:
        steps = tuple(path.split("."))
        single = name not in _SEVERAL and "notes" not in steps and "tax" not in steps
        documents = documents_with_path(path) if level == "document" and steps not in _SUMS else frozenset()
        reader = _reader(level, steps)
        yield Field(name, level, kind, single, about, reader, choices_of_path(level, path), documents)


def _reader(level: Level, steps: tuple[str, ...]) -> Reader:
    if steps in _SUMS:
        return _SUMS[steps]
    return lambda subject: values_at(getattr(subject, level), steps)


def _amount(subject: Subject) -> Iterable[object]:
    totals = getattr(subject.document, "totals", None)
    if totals is None:
        return ()
    return (_first(getattr(totals, name, None) for name in ("payable", "gross_amount", "net_amount")),)


def _tax_amount(subject: Subject) -> Iterable[object]:
    """The tax as declared or computed, else what the subtotals sum to."""
    totals = getattr(subject.document, "totals", None)
    stated = getattr(totals, "tax_total", None)
    subtotals = getattr(subject.document, "tax_subtotals", ())
    known = [one.tax_amount for one in subtotals if one.tax_amount is not None]
    return (stated if stated is not None or not known else sum(known, Decimal(0)),)


def _first(values: Iterable[object]) -> object:
    return next((value for value in values if value is not None), None)


#: Amounts that are read otherwise than at the end of a path.
_SUMS: dict[tuple[str, ...], Reader] = {
    ("totals", "payable"): _amount,
    ("totals", "tax_total"): _tax_amount,
}


def _of_resolved(level: Level) -> Iterator[Field]:
    for name, about in _RESOLVED[level]:
        yield Field(name, level, "text", True, about, _resolved(name))  # noqa: FBT003 - a row of a table


def _resolved(name: str) -> Reader:
    return lambda subject: (subject.resolved.get(name),)


def _of_party(role: PartyRole) -> Iterator[Field]:
    for name, path in _PARTY:
        steps = tuple(path.split("."))
        yield Field(
            name=f"{role.value}.{name}",
            level="document",
            kind="text",
            single=False,
            about=f"{name} of the {role.value}",
            read=lambda subject, steps=steps: _party_values(subject, role, steps),  # type: ignore[misc]
        )


def _party_values(subject: Subject, role: PartyRole, steps: tuple[str, ...]) -> Iterator[object]:
    for party in getattr(subject.document, "parties", ()):
        if party.role is role:
            yield from values_at(party, steps)


def _of_references(level: Level, name: str, kind: ReferenceType) -> Field:
    def read(subject: Subject) -> Iterator[object]:
        for reference in getattr(getattr(subject, level), "references", ()):
            if reference.type is kind:
                yield reference.number or reference.description

    return Field(name, level, "text", False, f"numbers of {kind.value} references", read)  # noqa: FBT003 - a row


def _order_references(subject: Subject) -> Iterator[object]:
    for reference in getattr(subject.document, "order_references", ()):
        yield reference.po_number


def _unit_price(subject: Subject) -> Iterable[object]:
    line = subject.line
    price = getattr(line, "price", None)
    amount = price.net if price else getattr(line, "unit_price", None)
    base = (price.base if price else getattr(line, "price_base", None)) or Decimal(1)
    return () if amount is None else (amount / base,)
