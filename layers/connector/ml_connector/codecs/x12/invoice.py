"""X12 810 Invoice, with its credit and debit memos."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.x12.adaptation import adapted
from ml_connector.codecs.x12.assembly import interchange_of
from ml_connector.codecs.x12.charges import read_charges, read_terms_of_payment, taxes_of
from ml_connector.codecs.x12.dates import read_dates, read_terms
from ml_connector.codecs.x12.elements import X12Reading
from ml_connector.codecs.x12.headers import opening, read_currency, required, split_contract
from ml_connector.codecs.x12.invoice_lines import read_invoice_line
from ml_connector.codecs.x12.invoice_totals import check_totals, declared_totals, settle_sign
from ml_connector.codecs.x12.invoice_types import (
    DELIVERY_DATES,
    DESPATCH_TYPES,
    INVOICE_TYPES,
)
from ml_connector.codecs.x12.invoice_writing import write_invoice
from ml_connector.codecs.x12.parties import read_contact, read_parties
from ml_connector.codecs.x12.purchase_order import read_purpose
from ml_connector.codecs.x12.references import read_notes, read_numbers, read_references, reference_of
from ml_connector.codecs.x12.writing import SetWriter
from ml_connector.documents import (
    Delivery,
    Identifier,
    IdentifierScheme,
    Invoice,
    InvoiceType,
    Level,
    Note,
    OrderReference,
    ReferenceType,
    Severity,
    Transport,
)
from ml_connector.edi.loops import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.codecs.x12.elements import Elements
    from ml_connector.documents import PaymentTerms, Reference
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.loops import Loop

_EARLIEST = date(1970, 1, 1)
_FUTURE = timedelta(days=60)


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> Invoice:
    """The invoice or credit note of an 810, its amounts positive and its total checked.

    Raises:
        Rejected: Number or date missing, or an amount or quantity that can't be read.
    """
    reading = X12Reading(interchange, message, profile)
    tree = place(message)
    big = opening(reading, tree, "BIG")
    number = required(reading, big, 2, "invoice number")
    fields = _read_header(reading, tree, big)
    currency = fields["currency"]
    invoice = Invoice(
        invoice_number=number,
        issue_date=_issue_date(reading, big),
        invoice_type=INVOICE_TYPES.get(big.code(7) or "", InvoiceType.INVOICE),
        invoice_type_code=big.code(7),
        purpose=read_purpose(big, 8),
        lines=tuple(read_invoice_line(reading, loop, currency) for loop in tree.loops("IT1")),
        allowances_charges=read_charges(reading, tree.loops("SAC"), Level.HEADER),
        tax_subtotals=taxes_of(reading, tree),
        totals_declared=declared_totals(reading, tree),
        **fields,
    )
    invoice = settle_sign(reading, invoice)
    invoice = check_totals(reading, invoice)
    return invoice.model_copy(update=dict(reading.provenance(tree)))


def _issue_date(reading: X12Reading, big: Elements) -> date | None:
    """The invoice's date: there must be one, and a date far ahead is looked at by a person."""
    day = big.day(1)
    if day is None or day < _EARLIEST:
        raise reading.refuse(
            "invoice-date-missing",
            f"{big.path(1)}, the invoice date, is {big[1] or 'missing'}.",
            path=big.path(1),
            found=big[1],
        )
    prepared = reading.interchange.prepared_at
    if prepared and day > prepared.date() + _FUTURE:
        reading.find(
            Severity.HOLD,
            "date-in-future",
            f"The invoice is dated {day}, more than {_FUTURE.days} days after it was sent.",
            path=big.path(1),
            found=day,
        )
    return day


def _read_header(reading: X12Reading, tree: Loop, big: Elements) -> dict[str, Any]:
    currency, rate = read_currency(reading, tree)
    terms = read_terms_of_payment(reading, tree.segments("ITD"))
    dates: dict[str, Any] = dict(read_dates(reading, tree.segments("DTM"), DELIVERY_DATES))
    due = dates.pop("due_date", None) or _due_by_terms(terms)
    period = {name: dates.pop(name, None) for name in ("period_start", "period_end")}
    return {
        "currency": currency,
        "exchange_rate": rate,
        "payment_terms": terms,
        "due_date": due,
        **period,
        "delivery": _read_delivery(reading, tree, dates),
        "contact": read_contact(reading, tree.segments("PER")),
        "parties": read_parties(reading, tree.loops("N1")),
        "notes": (*_read_note_segments(reading, tree), *read_notes(reading, tree)),
        **_read_references(reading, tree, big),
    }


def _due_by_terms(terms: tuple[PaymentTerms, ...]) -> date | None:
    return next((term.net_due_date for term in terms if term.net_due_date), None)


def _read_references(reading: X12Reading, tree: Loop, big: Elements) -> dict[str, Any]:
    """Header references sorted by what they mean to an invoice."""
    named = (
        *read_references(reading, tree.segments("REF")),
        *read_numbers(reading, tree),
        *_of_carriage(reading, tree),
    )
    contract, references = split_contract(None, named)
    orders = []
    if big[3] or big[4] or big[5]:
        orders.append(OrderReference(po_number=big[4], issue_date=big.day(3), release=big[5]))
    sorted_out: dict[str, list[Reference]] = {"despatch": [], "original": [], "other": []}
    for reference in references:
        if reference.type is ReferenceType.PURCHASE_ORDER and not reference.description:
            orders.append(OrderReference(po_number=reference.number))
        else:
            sorted_out[_kind_of(reference)].append(reference)
    return {
        "contract": contract,
        "order_references": tuple(orders),
        "despatch_references": tuple(sorted_out["despatch"]),
        "original_invoice_references": tuple(sorted_out["original"]),
        "references": tuple(sorted_out["other"]),
    }


def _of_carriage(reading: X12Reading, tree: Loop) -> Iterator[Reference]:
    """The reference of the first CAD (CAD07 and 08): its bill of lading or waybill."""
    for segment in tree.segments("CAD")[:1]:
        cad = reading.take(segment)
        qualifier, number = cad.code(7), cad[8]
        if qualifier and number:
            yield reference_of(qualifier, number)
        else:
            cad.leave(7)
            cad.leave(8)


def _kind_of(reference: Reference) -> str:
    if reference.type in DESPATCH_TYPES:
        return "despatch"
    return "original" if reference.type is ReferenceType.ORIGINAL_INVOICE else "other"


def _read_delivery(reading: X12Reading, tree: Loop, dates: dict[str, Any]) -> Delivery | None:
    if terms := read_terms(reading, tree.segments("FOB")):
        dates["delivery_terms"] = terms
    if carriers := tree.segments("CAD"):
        cad = reading.take(carriers[0])
        scac = cad[4]
        dates["transport"] = (
            Transport(
                mode=cad.code(1),
                vehicle_initial=cad[2],
                vehicle=cad[3],
                carrier=_scac(scac) if scac else None,
                name=cad[5],
                service_level=cad.code(9),
            ),
        )
    return Delivery(**dates) if dates else None


def _scac(value: str) -> Identifier:
    return Identifier(scheme=IdentifierScheme.SCAC, value=value, source_qualifier="2")


def _read_note_segments(reading: X12Reading, tree: Loop) -> list[Note]:
    notes = []
    for segment in tree.segments("NTE"):
        nte = reading.take(segment)
        if text := nte[2]:
            notes.append(Note(text=text, subject=nte.code(1)))
    return notes


def encode(document: Invoice, version: str, profile: CodecProfile) -> bytes:
    """An interchange with the invoice as an 810.

    Raises:
        Misconfigured: The invoice holds what an 810 can't carry.
    """
    writer = SetWriter(version, profile)
    document = adapted(writer, document)
    write_invoice(writer, document)
    return interchange_of(document, "810", writer, decode)
