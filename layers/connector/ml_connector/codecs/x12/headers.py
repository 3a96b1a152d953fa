"""What the headers of orders, changes and responses share, and their trailer CTT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.totals import check_count, check_total, order_totals
from ml_connector.codecs.x12.charges import (
    read_charges,
    read_terms_of_payment,
    taxes_of,
    write_charges,
    write_taxes,
    write_terms_of_payment,
)
from ml_connector.codecs.x12.dates import read_delivery, write_delivery, write_terms, write_transport
from ml_connector.codecs.x12.parties import read_contact, read_parties, write_contact, write_parties
from ml_connector.codecs.x12.references import read_notes, read_references, write_notes, write_references
from ml_connector.documents import Level, OrderTotals, ReferenceType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.documents import AllowanceCharge, OrderLine, OrderResponse, PurchaseOrder, Reference
    from ml_connector.edi.loops import Loop

_TOTAL = "TT"


def opening(reading: X12Reading, tree: Loop, tag: str) -> Elements:
    """The segment a set begins with; one without it can't be a document.

    Raises:
        Rejected: The segment is missing.
    """
    segment = tree.segment(tag)
    if segment is None:
        raise reading.refuse(
            "segment-missing", f"Transaction set {reading.message.type} has no {tag} segment."
        )
    return reading.take(segment)


def required(reading: X12Reading, segment: Elements, number: int, name: str) -> str:
    """A value without which there is no document.

    Raises:
        Rejected: It is missing or empty.
    """
    value = segment[number]
    if value is None:
        raise reading.refuse(
            "number-missing", f"{segment.path(number)}, the {name}, is missing.", path=segment.path(number)
        )
    return value


# 98 of CUR01, as each set is written: whose currency it is; another is kept beside the document.
_BUYER = "BY"
_CURRENCY_OF = {"810": "SE", "820": "PR"}


def read_currency(reading: X12Reading, tree: Loop) -> tuple[str | None, Decimal | None]:
    """Currency and exchange rate of CUR, else the currency of the partner who names none."""
    cur = tree.segment("CUR")
    if cur is not None:
        taken = reading.take(cur)
        if taken.code(1) != _CURRENCY_OF.get(reading.message.type, _BUYER):
            taken.leave(1)
        return taken.code(2), taken.number(3)
    default = reading.profile.default_currency
    if default:
        reading.normalised("default-currency", "currency", "", default)
    return default, None


def split_contract(
    contract: str | None, references: tuple[Reference, ...]
) -> tuple[str | None, tuple[Reference, ...]]:
    """The contract's number, taken from the first contract reference where the header names none."""
    if contract is not None:
        return contract, references
    found = next((r for r in references if r.type is ReferenceType.CONTRACT and not r.description), None)
    if found is None:
        return None, references
    return found.number, tuple(reference for reference in references if reference is not found)


def read_header(reading: X12Reading, tree: Loop, contract: str | None) -> dict[str, Any]:
    """The fields orders, changes and responses share, by name."""
    requested, delivery = read_delivery(reading, tree, area="header")
    references = read_references(reading, tree.segments("REF", area="header"))
    contract, references = split_contract(contract, references)
    currency, rate = read_currency(reading, tree)
    return {
        "currency": currency,
        "exchange_rate": rate,
        "contract": contract,
        "references": references,
        "contact": read_contact(reading, tree.segments("PER", area="header")),
        "allowances": read_charges(reading, tree.loops("SAC", area="header"), Level.HEADER),
        "payment_terms": read_terms_of_payment(reading, tree.segments("ITD", area="header")),
        "requested_delivery": requested,
        "delivery": delivery,
        "notes": read_notes(reading, tree),
        "parties": read_parties(reading, tree.loops("N1", area="header")),
    }


def read_order_taxes(reading: X12Reading, tree: Loop) -> dict[str, Any]:
    """The header's taxes, by field name."""
    return {"taxes": taxes_of(reading, tree, area="header")}


def write_header(writer: SetWriter, document: PurchaseOrder | OrderResponse) -> None:
    """Put the header segments after the opening one, in the order of the sets."""
    if document.currency:
        writer.put("CUR", "BY", document.currency, document.exchange_rate)
    write_references(writer, document.references)
    if document.contact:
        write_contact(writer, document.contact)
    if document.delivery:
        write_terms(writer, document.delivery.delivery_terms)
    write_charges(writer, document.allowances, "allowances")
    write_terms_of_payment(writer, document.payment_terms)
    write_delivery(writer, document.requested_delivery, document.delivery)
    if document.delivery:
        write_transport(writer, document.delivery.transport)
    write_taxes(writer, getattr(document, "taxes", ()))
    write_notes(writer, document.notes)
    write_parties(writer, document.parties)


def read_trailer(
    reading: X12Reading,
    tree: Loop,
    lines: Sequence[OrderLine],
    charges: Sequence[AllowanceCharge],
    currency: str | None,
) -> dict[str, OrderTotals]:
    """Declared totals of CTT and AMT beside the computed ones; where they differ a finding says so."""
    computed = order_totals(lines, charges, currency)
    declared = _declared(reading, tree)
    check_count(reading, "ctt-line-count", "CTT01", declared.line_count, len(lines))
    check_count(reading, "ctt-hash-total", "CTT02", declared.sum_qty, computed.sum_qty)
    check_total(reading, "amt-total", "AMT02", declared.gross_amount, computed.gross_amount)
    return {"totals_declared": declared, "totals_computed": computed}


def _declared(reading: X12Reading, tree: Loop) -> OrderTotals:
    loops = tree.loops("CTT")
    if not loops:
        segment = tree.segment("CTT")
        return OrderTotals(line_count=reading.take(segment).whole(1)) if segment else OrderTotals()
    ctt = reading.take(loops[0].segments("CTT")[0])
    amount = None
    for segment in loops[0].segments("AMT"):
        amt = reading.take(segment)
        if amt.code(1) == _TOTAL and amount is None:
            amount = amt.number(2)
        else:
            amt.leave(1)
    return OrderTotals(line_count=ctt.whole(1), sum_qty=ctt.number(2), gross_amount=amount)


def write_trailer(writer: SetWriter, totals: OrderTotals, line_count: int) -> None:
    """Put CTT, and AMT where the total is declared."""
    for field in ("net_amount",):
        if (value := getattr(totals, field)) is not None:
            raise writer.refuse(
                f"totals_declared.{field}", "CTT and AMT hold count, hash and grand total", value
            )
    writer.put("CTT", line_count, totals.sum_qty)
    if totals.gross_amount is not None:
        writer.put("AMT", _TOTAL, totals.gross_amount)
