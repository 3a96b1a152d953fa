"""INVOIC: invoice message, for invoices (380), credit notes (381), debit notes and their kin."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.edifact.banking import (
    read_account,
    read_payment_means,
    write_account,
    write_payment_means,
)
from ml_connector.codecs.edifact.commercial import (
    read_allowances,
    read_currencies,
    read_taxes,
    read_terms,
    write_allowances,
    write_currencies,
    write_taxes,
    write_terms,
)
from ml_connector.codecs.edifact.dates import read_period, write_moment, write_period
from ml_connector.codecs.edifact.invoice_lines import (
    order_as_reference,
    other_order,
    read_lines,
    take_despatch,
    take_order,
    write_lines,
)
from ml_connector.codecs.edifact.invoice_totals import read_totals, write_totals
from ml_connector.codecs.edifact.logistics import write_delivery_terms, write_transports
from ml_connector.codecs.edifact.order_header import (
    DELIVERY_DATES,
    read_delivery,
    read_document_date,
    take_contract,
    take_number,
    write_dates,
)
from ml_connector.codecs.edifact.parties import read_parties, write_party
from ml_connector.codecs.edifact.qualifiers import INVOICE_TYPES, PURPOSES, first_codes, source_code
from ml_connector.codecs.edifact.reading import EdifactReading
from ml_connector.codecs.edifact.references import read_references, write_reference, write_references
from ml_connector.codecs.edifact.texts import read_notes, write_notes
from ml_connector.codecs.edifact.writing import Writing
from ml_connector.codecs.invoice_checks import finish_invoice
from ml_connector.codecs.totals import invoice_totals
from ml_connector.documents import (
    AllowanceCharge,
    Delivery,
    Invoice,
    InvoiceTotals,
    InvoiceType,
    Level,
    OrderReference,
    PartyRole,
    PaymentMeans,
    Purpose,
    Reference,
    ReferenceType,
    TaxSubtotal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.edifact.reading import GroupReader
    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.rows import Row

_TYPE_CODES = first_codes(INVOICE_TYPES)
_PURPOSE_CODES = first_codes(PURPOSES)
# Who is paid, and so whose account FII names: the first of these among the parties.
_PAID = (PartyRole.PAYEE, PartyRole.SELLER)
_BANK = "RB"
_CURRENCY_USAGE = "4"
_CORRECTING = (InvoiceType.CREDIT_NOTE, InvoiceType.DEBIT_NOTE, InvoiceType.CORRECTED)


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> Invoice:
    """The invoice an INVOIC says.

    Raises:
        Rejected: It has no invoice number or no date.
    """
    reading = EdifactReading(interchange, message, profile)
    root, begin = reading.root, reading.begin()
    number, code = begin.part(2), begin.part(1, 1)
    kind = INVOICE_TYPES.get(code or "", InvoiceType.INVOICE)
    issued = read_document_date(root, "137", "3")
    if number is None or issued is None:
        missing = "number (BGM 1004)" if number is None else "date (DTM 137)"
        raise reading.refuse(
            "invoice-number-or-date-missing", f"The invoice gives no {missing}.", path="BGM02"
        )
    currencies = read_currencies(reading)
    lines = read_lines(reading)
    charges = _charges(root)
    totals = read_totals(reading)
    taxes = _taxes(root, totals)
    invoice = Invoice(
        invoice_type=kind,
        invoice_type_code=source_code(code, INVOICE_TYPES),
        purpose=begin.coded(3, PURPOSES, Purpose.ORIGINAL),
        invoice_number=number,
        issue_date=issued,
        tax_point_date=read_document_date(root, "131"),
        due_date=_due_date(root),
        **_period(root),
        **_references(root, kind),
        parties=read_parties(root.groups("NAD")),
        **{**currencies, "currency": reading.currency},
        payment_terms=read_terms(root.groups("PAT")),
        delivery=read_delivery(root),
        allowances_charges=charges,
        tax_subtotals=taxes,
        notes=read_notes(root, reading.widths.free_text),
        lines=lines,
        totals_declared=totals,
    )
    finished = finish_invoice(invoice, reading)
    return finished.model_copy(update={**reading.provenance(reading.tree)})


def _charges(root: GroupReader) -> tuple[AllowanceCharge, ...]:
    """The allowances and charges of the header; those of the summary only where the header has none."""
    for area in ("header", "summary"):
        if found := read_allowances(root.groups("ALC", area=area), Level.HEADER):
            return found
    return ()


def _taxes(root: GroupReader, totals: InvoiceTotals) -> tuple[TaxSubtotal, ...]:
    """The tax subtotals of the summary, else of the header; a repetition of the total tax is none."""
    taxes = read_taxes(root.groups("TAX", area="summary")) or read_taxes(root.groups("TAX", area="header"))
    based = [tax for tax in taxes if tax.taxable_amount is not None]
    repeated = sum((tax.tax_amount for tax in based if tax.tax_amount is not None), Decimal(0))
    return tuple(
        tax
        for tax in taxes
        if tax in based or not based or tax.tax_amount not in (repeated, totals.tax_total)
    )


def _due_date(root: GroupReader) -> object:
    return read_document_date(root, "265", "13", "140")


def _period(root: GroupReader) -> dict[str, Any]:
    segment = root.first("DTM", "263")
    period = read_period(segment) if segment else None
    return {"period_start": period[0], "period_end": period[1]} if period else {}


def _references(root: GroupReader, kind: InvoiceType) -> dict[str, Any]:
    """The references by the field they stand in."""
    references = read_references(root.groups("RFF"))
    payment = take_number(references, ReferenceType.PAYMENT)
    orders: list[OrderReference] = []
    while order := take_order(references):
        orders.append(order)
    if not orders and (other := other_order(references)):
        orders.append(other)
    despatches: list[Reference] = []
    while despatch := take_despatch(references):
        despatches.append(despatch)
    billed = [ReferenceType.ORIGINAL_INVOICE, *([ReferenceType.INVOICE] if kind in _CORRECTING else [])]
    originals = [reference for reference in references if reference.type in billed]
    return {
        "contract": take_contract(references),
        "order_references": tuple(orders),
        "despatch_references": tuple(despatches),
        "original_invoice_references": tuple(_as_original(reference) for reference in originals),
        "references": tuple(reference for reference in references if reference not in originals),
        "payment_means": _payment_means(root, payment),
    }


def _as_original(reference: Reference) -> Reference:
    return reference.model_copy(update={"type": ReferenceType.ORIGINAL_INVOICE})


def _payment_means(root: GroupReader, reference: str | None) -> tuple[PaymentMeans, ...]:
    accounts = [
        account
        for party in root.groups("NAD")
        for segment in party.segments("FII")
        if (account := read_account(segment))
    ]
    code = read_payment_means(root)
    first = PaymentMeans(code=code, account=accounts[0] if accounts else None, payment_reference=reference)
    means = [first, *(PaymentMeans(account=account) for account in accounts[1:])]
    return tuple(one for one in means if one != PaymentMeans())


def encode(document: Invoice, version: str, profile: CodecProfile) -> bytes:
    """The invoice as an INVOIC interchange.

    Raises:
        Misconfigured: INVOIC can't carry a value of the invoice; the error names the field.
    """
    writing = Writing("INVOIC", version, profile)
    return writing.interchange(_write(document, writing), document, decode)


def _write(invoice: Invoice, writing: Writing) -> Iterator[Row]:
    delivery = invoice.delivery or Delivery()
    code = invoice.invoice_type_code or _TYPE_CODES[invoice.invoice_type]
    yield ("BGM", [code, invoice.invoice_number, _PURPOSE_CODES.get(invoice.purpose, "")])
    yield from write_moment("137", invoice.issue_date)
    yield from write_moment("131", invoice.tax_point_date)
    yield from write_moment("265", invoice.due_date)
    yield from write_period("263", invoice.period_start, invoice.period_end)
    yield from write_dates(delivery, DELIVERY_DATES)
    yield from write_payment_means(invoice.payment_means[0].code if invoice.payment_means else None)
    yield from write_notes(invoice.notes, writing.widths.free_text)
    yield from _write_references(invoice)
    yield from _write_parties(invoice)
    yield from write_currencies(
        invoice.currency, _CURRENCY_USAGE, invoice.tax_currency, invoice.exchange_rate
    )
    yield from write_terms(invoice.payment_terms)
    yield from write_transports(delivery.transport)
    yield from write_delivery_terms(delivery.delivery_terms)
    yield from write_allowances(invoice.allowances_charges, writing)
    yield from write_lines(invoice.lines, writing)
    yield from write_totals(_written_totals(invoice), len(invoice.lines))
    yield from write_taxes(invoice.tax_subtotals, summary=True)


def _written_totals(invoice: Invoice) -> InvoiceTotals:
    """The totals as declared; computed where the document declares none, for MOA is mandatory."""
    if invoice.totals_declared != InvoiceTotals():
        return invoice.totals_declared
    computed = invoice_totals(
        invoice.lines, invoice.allowances_charges, invoice.tax_subtotals, invoice.currency
    )
    return computed.model_copy(update={"hash": None})


def _write_references(invoice: Invoice) -> Iterator[Row]:
    for order in invoice.order_references:
        yield from write_reference("ON", order_as_reference(order))
    if invoice.contract:
        yield from write_reference("CT", Reference(type=ReferenceType.CONTRACT, number=invoice.contract))
    yield from write_references(invoice.despatch_references)
    for original in invoice.original_invoice_references:
        code = "IV" if invoice.invoice_type in _CORRECTING else "OI"
        yield from write_reference(original.source_qualifier or code, original)
    for means in invoice.payment_means[:1]:
        if means.payment_reference:
            yield from write_reference(
                "PQ", Reference(type=ReferenceType.PAYMENT, number=means.payment_reference)
            )
    yield from write_references(invoice.references)


def _write_parties(invoice: Invoice) -> Iterator[Row]:
    """The NAD groups; the accounts to pay to stand below the party that is paid."""
    paid = next((party for role in _PAID for party in invoice.parties if party.role is role), None)
    for party in invoice.parties:
        rows = list(write_party(party))
        yield rows[0]
        if party is paid:
            for means in invoice.payment_means:
                yield from write_account(_BANK, means.account)
        yield from rows[1:]
