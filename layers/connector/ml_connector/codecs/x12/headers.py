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
from ml_connector.codecs.x12.references import (
    read_notes,
    read_numbers,
    read_references,
    write_notes,
    write_references,
)
from ml_connector.documents import Level, OrderTotals, ReferenceType, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.documents import AllowanceCharge, OrderLine, OrderResponse, PurchaseOrder, Reference
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

#: 522 amount qualifier of AMT: the totals of an order. One AMT is written, the first that is declared.
_TOTALS = {"TT": "gross_amount", "1": "net_amount"}


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
_LINES = ("PO1", "POC", "IT1")


def read_currency(reading: X12Reading, tree: Loop) -> tuple[str | None, Decimal | None]:
    """Currency and exchange rate of CUR, else the currency of the partner who names none."""
    cur = tree.segment("CUR")
    currency, rate = _taken_currency(reading, cur) if cur is not None else (None, None)
    currency = _currency_of_lines(reading, tree, currency)
    if currency is not None or cur is not None:
        return currency, rate
    default = reading.profile.default_currency
    if default:
        reading.normalised("default-currency", "currency", "", default)
    return default, None


def _taken_currency(reading: X12Reading, segment: Segment) -> tuple[str | None, Decimal | None]:
    cur = reading.take(segment)
    if cur.code(1) != _CURRENCY_OF.get(reading.message.type, _BUYER):
        cur.leave(1)
    return cur.code(2), cur.number(3)


def _currency_of_lines(reading: X12Reading, tree: Loop, currency: str | None) -> str | None:
    """The document's currency, told by its lines where its header is silent; another on a line holds it."""
    for segment in (cur for tag in _LINES for loop in tree.loops(tag) for cur in loop.segments("CUR")):
        said, rate = _taken_currency(reading, segment)
        cur = reading.take(segment)
        if rate is not None:
            cur.leave(3)
        currency = currency or said
        if said == currency:
            continue
        cur.leave(2)
        reading.find(
            Severity.HOLD,
            "currency-differs",
            f"The document is in {currency}, and {cur.path(2)} is in {said}.",
            path=cur.path(2),
            expected=currency,
            found=said,
        )
    return currency


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
    references = (
        *read_references(reading, tree.segments("REF", area="header")),
        *read_numbers(reading, tree),
    )
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
    for field in _TOTALS.values():
        check_total(reading, "amt-total", "AMT02", getattr(declared, field), getattr(computed, field))
    return {"totals_declared": declared, "totals_computed": computed}


def _declared(reading: X12Reading, tree: Loop) -> OrderTotals:
    loops = tree.loops("CTT")
    heads = [*(loop.segments("CTT")[0] for loop in loops), *tree.segments("CTT")]
    at_head = [amt.segments("AMT")[0] for amt in tree.loops("AMT", area="header")]
    segments = [*(segment for loop in loops[:1] for segment in loop.segments("AMT")), *at_head]
    amounts = _read_amounts(reading, segments)
    if not heads:
        return OrderTotals.model_validate(amounts)
    ctt = reading.take(heads[0])
    return OrderTotals(line_count=ctt.whole(1), sum_qty=ctt.number(2), **amounts)


def _read_amounts(reading: X12Reading, segments: Sequence[Segment]) -> dict[str, Any]:
    """The totals of AMT segments by field; the first of a kind counts, the one of the summary before."""
    amounts: dict[str, Any] = {}
    for segment in segments:
        amt = reading.take(segment)
        field = _TOTALS.get(amt.code(1) or "")
        if field and field not in amounts:
            amounts[field] = amt.number(2)
        else:
            amt.leave(1)
    return amounts


def write_trailer(writer: SetWriter, totals: OrderTotals, line_count: int) -> None:
    """Put CTT, and AMT where the total is declared."""
    writer.put("CTT", line_count, totals.sum_qty)
    declared = [(code, field) for code, field in _TOTALS.items() if getattr(totals, field) is not None]
    for _, field in declared[1:]:
        value = getattr(totals, field)
        raise writer.refuse(f"totals_declared.{field}", "one AMT holds the grand total", value)
    for code, field in declared:
        writer.put("AMT", code, getattr(totals, field))
