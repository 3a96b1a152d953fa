"""INVOIC of an INVFIL file: invoices, with the VAT analysis of each."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ml_connector.codecs.invoice_checks import finish_invoice
from ml_connector.codecs.totals import invoice_totals
from ml_connector.codecs.tradacoms.billing import (
    CURRENCY,
    read_subtotals,
    read_terms,
    read_totals,
    read_vat,
    subtotal_rows,
    terms_rows,
    vat_values,
)
from ml_connector.codecs.tradacoms.numbers import AMOUNT, PERCENT, PRICE, write_date, write_number
from ml_connector.codecs.tradacoms.reading import TradacomsReading
from ml_connector.codecs.tradacoms.writing import (
    File,
    item_values,
    order_numbers,
    quantity_values,
    ship_to_values,
    write_file,
)
from ml_connector.documents import (
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    LinePrice,
    OrderReference,
    Reference,
    ReferenceType,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.loops import Loop
    from ml_connector.edi.rows import Row

# TYP TCDE. 0711 and 0750 are provisional, not to be posted.
_TYPES = {
    "0700": InvoiceType.INVOICE,
    "0715": InvoiceType.INVOICE,
    "0701": InvoiceType.SELF_BILLED,
    "0711": InvoiceType.PROFORMA,
    "0750": InvoiceType.PROFORMA,
}
_CODES = {kind: code for code, kind in reversed(_TYPES.items())}
_NUMBER, _PERCENTAGE = PRICE, PERCENT


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> Invoice:
    """The invoice an INVOIC message says.

    Raises:
        Rejected: It has no invoice number or no date.
    """
    reading = TradacomsReading(interchange, message, profile)
    head = reading.first("IRF")
    number, issued = (head.part(1), head.date(2)) if head else (None, None)
    if head is None or number is None or issued is None:
        raise reading.refuse("invoice-number-or-date-missing", "IRF gives no number or date.", path="IRF01")
    code = reading.file_code()
    orders = [_read_order(reading, loop, str(at)) for at, loop in enumerate(reading.tree.loops("ODD"), 1)]
    lines = tuple(line for _, _, held in orders for line in held)
    trailer = reading.first("TLR")
    invoice = Invoice(
        invoice_type=_TYPES.get(code, InvoiceType.INVOICE),
        invoice_type_code=code if code and _CODES.get(_TYPES.get(code, InvoiceType.FINAL)) != code else None,
        invoice_number=number,
        issue_date=issued,
        tax_point_date=head.date(3),
        order_references=tuple(order for order, _, _ in orders if order),
        despatch_references=tuple(note for _, note, _ in orders if note),
        parties=reading.parties(reading.first("CLO")),
        currency=profile.default_currency or CURRENCY,
        payment_terms=read_terms(reading.every(reading.tree, "PYT")),
        tax_subtotals=read_subtotals(reading.every(reading.tree, "STL"), reading, exclusive=12, tax=13),
        lines=lines,
        totals_declared=read_totals(trailer, AMOUNT, lines=2, exclusive=7, tax=10, payable=11)
        if trailer
        else InvoiceTotals(),
    )
    finished = finish_invoice(invoice, reading)
    return finished.model_copy(update={**reading.provenance(reading.tree)})


def _read_order(
    reading: TradacomsReading, loop: Loop, sequence: str
) -> tuple[OrderReference | None, Reference | None, list[InvoiceLine]]:
    """One ODD: the order, the delivery note and the lines below."""
    head = reading.every(loop, "ODD")[0]
    head.take_code(1, sequence)
    order = OrderReference(po_number=head.known(2, 1), issue_date=head.date(2, 3))
    note = Reference(type=ReferenceType.DELIVERY_NOTE, number=head.known(3, 1), issue_date=head.date(3, 2))
    known = order if order != OrderReference() else None
    lines = [_read_line(reading, inner, known, sequence) for inner in loop.loops("ILD")]
    return known, (note if note.number else None), lines


def _read_line(
    reading: TradacomsReading, loop: Loop, order: OrderReference | None, sequence: str
) -> InvoiceLine:
    line = reading.every(loop, "ILD")[0]
    line.take_code(1, sequence)
    quantity, uom = line.quantity(7)
    net, gross = line.number(8, _NUMBER), line.number(17, _NUMBER)
    indicator = line.code(21)
    return InvoiceLine(
        line_number=line.part(2),
        order_ref=order,
        item=line.item(3, 4, 5, 14),
        units_per_pack=line.pack(6),
        quantity=quantity,
        uom=uom,
        price=LinePrice(net=net, gross=gross) if net is not None or gross is not None else None,
        net_amount=line.number(9, _NUMBER),
        tax=read_vat(line, reading, 10, 11),
        free_of_charge_flag=indicator == "F",
        **_references(reading, loop),
    )


def _references(reading: TradacomsReading, loop: Loop) -> dict[str, Any]:
    """The order line of a DNC (application code 082)."""
    for note in reading.every(loop, "DNC"):
        if note.part(5, 1) == "082" and (number := note.part(5, 2)):
            for element in (1, 2, 3):
                note.part(element)
            return {"references": (Reference(type=ReferenceType.LINE_ITEM, number=number),)}
        note.leave(5)
    return {}


def encode(document: Invoice, version: str, profile: CodecProfile) -> bytes:  # noqa: ARG001 - one version
    """The invoice as an INVFIL file.

    Raises:
        Misconfigured: The file can't carry a value of the invoice; the error names the field.
    """
    totals = _totals(document)
    code = document.invoice_type_code or _CODES.get(document.invoice_type, "0700")
    file = File(
        "INVFIL",
        code,
        "INVOICES",
        "INVOIC",
        list(_rows(document, totals)),
        [("VATTLR", _vat_rows(document)), ("INVTLR", [("TOT", _file_totals(totals))])],
    )
    return write_file(file, document, profile, decode)


def _totals(invoice: Invoice) -> InvoiceTotals:
    if invoice.totals_declared != InvoiceTotals():
        return invoice.totals_declared
    return invoice_totals(invoice.lines, (), invoice.tax_subtotals, invoice.currency)


def _rows(invoice: Invoice, totals: InvoiceTotals) -> Iterator[Row]:
    yield ("CLO", ship_to_values(invoice))
    dates = [write_date(day, "issue_date") for day in (invoice.issue_date, invoice.tax_point_date)]
    yield ("IRF", [invoice.invoice_number, dates[0], dates[1] or dates[0]])
    yield from terms_rows(invoice.payment_terms)
    yield from _line_rows(invoice)
    yield from subtotal_rows("STL", invoice, exclusive=12)
    amounts = [write_number(amount, AMOUNT, "totals") for amount in _declared(totals)]
    lines, exclusive, tax, payable = amounts
    count = str(len(invoice.tax_subtotals))
    yield ("TLR", [count, lines, "", "", "", "", lines, "", exclusive, tax, payable, payable])


def _declared(totals: InvoiceTotals) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    zero = Decimal(0)
    lines = totals.line_extension or totals.tax_exclusive or zero
    exclusive = lines if totals.tax_exclusive is None else totals.tax_exclusive
    tax = totals.tax_total or zero
    payable = totals.payable if totals.payable is not None else exclusive + tax
    return lines, exclusive, tax, payable


def _line_rows(invoice: Invoice) -> Iterator[Row]:
    """ODD for every order, the lines of the order below it."""
    orders = [*invoice.order_references]
    for line in invoice.lines:
        if line.order_ref is not None and line.order_ref not in orders:
            orders.append(line.order_ref)
    for index, order in enumerate(orders or [OrderReference()], 1):
        note = invoice.despatch_references[index - 1] if index <= len(invoice.despatch_references) else None
        delivery = [note.number or "", write_date(note.issue_date, "despatch")] if note else "0"
        yield ("ODD", [str(index), order_numbers(order.po_number, None, order.issue_date), delivery])
        held = [line for line in invoice.lines if (line.order_ref or OrderReference()) == order]
        for number, line in enumerate(held, 1):
            yield _line_row(str(index), line, line.line_number or str(number))


def _line_row(order: str, line: InvoiceLine, number: str) -> Row:
    supplier, consumer_unit, customer, description = item_values(line.item)
    price = line.price or LinePrice()
    values = [
        order,
        number,
        supplier,
        consumer_unit,
        customer,
        write_number(line.units_per_pack, 0, "units_per_pack", digits=15) or "0",
        quantity_values(line.quantity, line.uom, "quantity"),
        write_number(price.net, PRICE, "price.net") or "0",
        write_number(line.net_amount, PRICE, "net_amount") or "0",
        *vat_values(line.tax),
        "",
        "",
        description,
        "",
        "",
        write_number(price.gross, PRICE, "price.gross"),
    ]
    return ("ILD", [*values, "", "", "", "F"] if line.free_of_charge_flag else values)


def _vat_rows(invoice: Invoice) -> list[Row]:
    return [
        (
            "VRS",
            [
                str(index),
                *vat_values((tax,)),
                write_number(tax.taxable_amount, AMOUNT, "taxable_amount") or "0",
                write_number(tax.taxable_amount, AMOUNT, "taxable_amount") or "0",
                write_number(tax.tax_amount, AMOUNT, "tax_amount") or "0",
                "",
                write_number((tax.taxable_amount or 0) + (tax.tax_amount or Decimal(0)), AMOUNT, "vat"),
            ],
        )
        for index, tax in enumerate(invoice.tax_subtotals, 1)
    ]


def _file_totals(totals: InvoiceTotals) -> list[str]:
    lines, exclusive, tax, payable = (write_number(a, AMOUNT, "totals") for a in _declared(totals))
    return [lines, exclusive, tax, payable, payable, "1"]
