"""Writing an 810."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.x12.charges import write_charges, write_taxes, write_terms_of_payment
from ml_connector.codecs.x12.dates import write_dates, write_terms
from ml_connector.codecs.x12.invoice_lines import write_invoice_line
from ml_connector.codecs.x12.invoice_totals import compute
from ml_connector.codecs.x12.invoice_types import DELIVERY_DATES, INVOICE_TYPES
from ml_connector.codecs.x12.parties import write_contact, write_parties
from ml_connector.codecs.x12.purchase_order import PURPOSES
from ml_connector.codecs.x12.qualifiers import code_for
from ml_connector.codecs.x12.references import write_reference, write_references
from ml_connector.codecs.x12.signs import negated, negative_charges, turned_taxes
from ml_connector.documents import InvoiceType, OrderReference, Reference, ReferenceType, day_of

if TYPE_CHECKING:
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.documents import Invoice, InvoiceLine, Note, Transport

_UNHELD = ("tax_point_date", "tax_currency", "credit_reason", "payment_means")
_NOTE_CODE_LENGTH = 3


def write_invoice(writer: SetWriter, invoice: Invoice) -> None:
    """Put all segments of an 810.

    Raises:
        Misconfigured: The invoice holds what an 810 can't carry.
    """
    for field in _UNHELD:
        if value := getattr(invoice, field):
            raise writer.refuse(field, "an 810 has no place for it", value)
    if writer.profile.credit_negative and invoice.is_credit:
        invoice = _negative(invoice)
    _write_big(writer, invoice)
    _write_header(writer, invoice)
    for index, line in enumerate(invoice.lines):
        with writer.within(f"lines[{index}]"):
            write_invoice_line(writer, line)
    _write_summary(writer, invoice)


def _negative(invoice: Invoice) -> Invoice:
    """The credit note as a partner wants it who credits with negative quantities and amounts."""
    declared = invoice.totals_declared
    turned = {name: negated(value) for name, value in declared if name != "declared_line_count"}
    return invoice.model_copy(
        update={
            "lines": tuple(_negative_line(line) for line in invoice.lines),
            "allowances_charges": negative_charges(invoice.allowances_charges),
            "tax_subtotals": turned_taxes(invoice.tax_subtotals),
            "totals_declared": declared.model_copy(update=turned),
        }
    )


def _negative_line(line: InvoiceLine) -> InvoiceLine:
    return line.model_copy(
        update={
            "quantity": negated(line.quantity),
            "shipped_quantity": negated(line.shipped_quantity),
            "net_amount": negated(line.net_amount),
            "allowances": negative_charges(line.allowances),
            "tax": turned_taxes(line.tax),
        }
    )


def _write_big(writer: SetWriter, invoice: Invoice) -> None:
    order = invoice.order_references[0] if invoice.order_references else OrderReference()
    writer.put(
        "BIG",
        invoice.issue_date,
        invoice.invoice_number,
        day_of(order.issue_date),
        order.po_number,
        order.release,
        None,
        _type_code(writer, invoice),
        code_for(PURPOSES, invoice.purpose),
    )


def _type_code(writer: SetWriter, invoice: Invoice) -> str | None:
    """BIG07; an ordinary invoice read without one is written without one."""
    if invoice.invoice_type is InvoiceType.INVOICE and invoice.invoice_type_code is None:
        return None
    code = code_for(INVOICE_TYPES, invoice.invoice_type, invoice.invoice_type_code)
    if code is None:
        raise writer.refuse("invoice_type", "BIG07 has no code for it", invoice.invoice_type.value)
    return code


def _write_header(writer: SetWriter, invoice: Invoice) -> None:
    grouped = _write_short_notes(writer, invoice.notes)
    if invoice.currency:
        writer.put("CUR", "SE", invoice.currency, invoice.exchange_rate)
    _write_references(writer, invoice)
    if invoice.contact:
        write_contact(writer, invoice.contact)
    write_parties(writer, invoice.parties)
    write_terms_of_payment(writer, invoice.payment_terms)
    dates: dict[str, Any] = dict(invoice.delivery) if invoice.delivery else {}
    due = invoice.due_date
    if any(term.net_due_date == due for term in invoice.payment_terms[:1]):
        due = None
    period = {"period_start": invoice.period_start, "period_end": invoice.period_end}
    write_dates(writer, {**dates, "due_date": due, **period}, DELIVERY_DATES)
    _refuse_other_dates(writer, dates)
    if invoice.delivery:
        write_terms(writer, invoice.delivery.delivery_terms)
    _write_long_notes(writer, grouped)


def _refuse_other_dates(writer: SetWriter, dates: dict[str, Any]) -> None:
    carried = (*DELIVERY_DATES.values(), "delivery_terms", "transport")
    for field, value in dates.items():
        if value and field not in carried:
            raise writer.refuse(f"delivery.{field}", "an 810 tells of delivery made, not wished for", value)


def _write_references(writer: SetWriter, invoice: Invoice) -> None:
    if invoice.contract:
        write_reference(writer, Reference(type=ReferenceType.CONTRACT, number=invoice.contract))
    for index, order in enumerate(invoice.order_references[1:], start=1):
        with writer.within(f"order_references[{index}]"):
            _write_further_order(writer, order)
    write_references(writer, invoice.despatch_references, "despatch_references")
    write_references(writer, invoice.original_invoice_references, "original_invoice_references")
    write_references(writer, invoice.references)


def _write_further_order(writer: SetWriter, order: OrderReference) -> None:
    for field in ("issue_date", "release", "po_line"):
        if (value := getattr(order, field)) is not None:
            raise writer.refuse(field, "orders after the first have a number only", value)
    writer.put("REF", "PO", order.po_number)


def _write_short_notes(writer: SetWriter, notes: tuple[Note, ...]) -> list[Note]:
    """Put an NTE for each note it can hold; return the others, whose subject is no note code."""
    longer = []
    for note in notes:
        if note.subject is None or len(note.subject) == _NOTE_CODE_LENGTH:
            writer.put("NTE", note.subject, note.text)
        else:
            longer.append(note)
    return longer


def _write_long_notes(writer: SetWriter, notes: list[Note]) -> None:
    subjects = {note.subject for note in notes}
    if len(subjects) > 1:
        raise writer.refuse("notes", "an 810 has one N9 with text", ", ".join(sorted(map(str, subjects))))
    for index, note in enumerate(notes):
        if index == 0:
            writer.put("N9", note.subject, "NOTE")
        writer.put("MSG", note.text)


def _write_summary(writer: SetWriter, invoice: Invoice) -> None:
    declared = invoice.totals_declared
    writer.put(
        "TDS",
        declared.payable if declared.payable is not None else compute(invoice).payable,
        declared.discount_base,
        declared.discounted_payable,
        declared.discount_amount,
    )
    write_taxes(writer, invoice.tax_subtotals, "tax_subtotals")
    if invoice.delivery:
        _write_carrier(writer, invoice.delivery.transport)
    write_charges(writer, invoice.allowances_charges, "allowances_charges")
    writer.put("CTT", len(invoice.lines), declared.hash)


def _write_carrier(writer: SetWriter, transports: tuple[Transport, ...]) -> None:
    if len(transports) > 1:
        raise writer.refuse("delivery.transport", "an 810 has one CAD", len(transports))
    for transport in transports:
        for field in ("tracking", "seal", "vehicle_type"):
            if (value := getattr(transport, field)) is not None:
                raise writer.refuse(f"delivery.transport.{field}", "CAD has no place for it", value)
        carrier = transport.carrier.value if transport.carrier else None
        writer.put(
            "CAD",
            transport.mode,
            transport.vehicle_initial,
            transport.vehicle,
            carrier,
            transport.name,
            None,
            None,
            None,
            transport.service_level,
        )
