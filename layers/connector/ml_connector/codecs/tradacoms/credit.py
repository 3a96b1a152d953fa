"""CREDIT of a CREHDR file: credit notes and debit notes, with positive amounts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.codecs.invoice_checks import finish_invoice
from ml_connector.codecs.totals import invoice_totals
from ml_connector.codecs.tradacoms.billing import (
    CURRENCY,
    read_subtotals,
    read_terms,
    read_totals,
    read_vat,
    scale_of_totals,
    subtotal_rows,
    terms_rows,
    vat_values,
)
from ml_connector.codecs.tradacoms.numbers import AMOUNT, PRICE, write_date, write_number
from ml_connector.codecs.tradacoms.reading import TradacomsReading
from ml_connector.codecs.tradacoms.writing import (
    File,
    item_values,
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
    Reference,
    ReferenceType,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.edi import Interchange, Message
    from ml_connector.edi.loops import Loop
    from ml_connector.edi.rows import Row, Value

_TYPES = {"0740": InvoiceType.CREDIT_NOTE, "0720": InvoiceType.DEBIT_NOTE}
_CODES = {kind: code for code, kind in _TYPES.items()}


def decode(interchange: Interchange, message: Message, profile: CodecProfile) -> Invoice:
    """The credit note a CREDIT message says.

    Raises:
        Rejected: It has no number or no date.
    """
    reading = TradacomsReading(interchange, message, profile)
    head = reading.first("CRF")
    number, issued = (head.part(1), head.date(2)) if head else (None, None)
    if head is None or number is None or issued is None:
        raise reading.refuse("invoice-number-or-date-missing", "CRF gives no number or date.", path="CRF01")
    code = reading.file_code()
    lines = tuple(
        _read_line(reading, line) for loop in reading.tree.loops("OIR") for line in loop.loops("CLD")
    )
    trailer = reading.first("CTR")
    places = scale_of_totals(
        reading, trailer.part(2) if trailer else None, [line.net_amount for line in lines]
    )
    originals = [
        _read_original(reading, loop, str(at)) for at, loop in enumerate(reading.tree.loops("OIR"), 1)
    ]
    invoice = Invoice(
        invoice_type=_TYPES.get(code, InvoiceType.CREDIT_NOTE),
        invoice_type_code=code if code and code not in _TYPES else None,
        invoice_number=number,
        issue_date=issued,
        tax_point_date=head.date(3),
        original_invoice_references=tuple(original for original in originals if original),
        parties=reading.parties(reading.first("CLO")),
        currency=profile.default_currency or CURRENCY,
        payment_terms=read_terms(reading.every(reading.tree, "PYT")),
        tax_subtotals=read_subtotals(
            reading.every(reading.tree, "CST"), reading, exclusive=10, tax=11, places=places
        ),
        lines=lines,
        totals_declared=read_totals(trailer, places, lines=2, exclusive=5, tax=8, payable=9)
        if trailer
        else InvoiceTotals(),
    )
    finished = finish_invoice(invoice, reading)
    return finished.model_copy(update={**reading.provenance(reading.tree)})


def _read_original(reading: TradacomsReading, loop: Loop, sequence: str) -> Reference | None:
    head = reading.every(loop, "OIR")[0]
    head.take_code(1, sequence)
    number = head.known(2)
    if number is None:
        return None
    return Reference(type=ReferenceType.ORIGINAL_INVOICE, number=number, issue_date=head.date(3))


def _read_line(reading: TradacomsReading, loop: Loop) -> InvoiceLine:
    line = reading.every(loop, "CLD")[0]
    quantity, uom = line.quantity(6)
    net, gross = line.number(7, PRICE), line.number(15, PRICE)
    return InvoiceLine(
        line_number=line.part(1),
        item=line.item(2, 3, 4, 14),
        units_per_pack=line.pack(5),
        quantity=quantity,
        uom=uom,
        price=LinePrice(net=net, gross=gross) if net is not None or gross is not None else None,
        net_amount=line.number(8, PRICE),
        tax=read_vat(line, reading, 9, 10),
        credit_reason=line.known(11, 1),
    )


def encode(document: Invoice, version: str, profile: CodecProfile) -> bytes:  # noqa: ARG001 - one version
    """The credit note as a CREHDR file.

    Raises:
        Misconfigured: The file can't carry a value of the credit note; the error names the field.
    """
    code = document.invoice_type_code or _CODES.get(document.invoice_type, "0740")
    totals = document.totals_declared
    if totals == InvoiceTotals():
        totals = invoice_totals(document.lines, (), document.tax_subtotals, document.currency)
    amounts = [write_number(amount or Decimal(0), AMOUNT, "totals") for amount in _declared(totals)]
    file_totals: list[Value] = [*amounts[:3], amounts[3], amounts[3], "1"]
    file = File(
        "CREHDR",
        code,
        "CREDITS",
        "CREDIT",
        list(_rows(document, amounts)),
        [("VATTLR", _vat_rows(document)), ("CRETLR", [("TOT", file_totals)])],
    )
    return write_file(file, document, profile, decode)


def _declared(totals: InvoiceTotals) -> tuple[Decimal | None, ...]:
    return totals.line_extension, totals.tax_exclusive, totals.tax_total, totals.payable


def _rows(note: Invoice, amounts: list[str]) -> Iterator[Row]:
    yield ("CLO", ship_to_values(note))
    dates = [write_date(day, "issue_date") for day in (note.issue_date, note.tax_point_date)]
    yield ("CRF", [note.invoice_number, dates[0], dates[1] or dates[0]])
    yield from terms_rows(note.payment_terms)
    originals = note.original_invoice_references or (Reference(type=ReferenceType.ORIGINAL_INVOICE),)
    for index, original in enumerate(originals, 1):
        day = write_date(original.issue_date, "original")
        yield ("OIR", [str(index), original.number or "", day])
        if index == 1:
            for number, line in enumerate(note.lines, 1):
                yield _line_row(line, line.line_number or str(number))
    yield from subtotal_rows("CST", note, exclusive=10)
    lines, exclusive, tax, payable = amounts
    count = str(len(note.tax_subtotals))
    yield ("CTR", [count, lines, "", "", lines, "", exclusive, tax, payable, payable])


def _line_row(line: InvoiceLine, number: str) -> Row:
    supplier, consumer_unit, customer, description = item_values(line.item)
    price = line.price or LinePrice()
    return (
        "CLD",
        [
            number,
            supplier,
            consumer_unit,
            customer,
            write_number(line.units_per_pack, 0, "units_per_pack", digits=15),
            quantity_values(line.quantity, line.uom, "quantity"),
            write_number(price.net, PRICE, "price.net") or "0",
            write_number(line.net_amount, PRICE, "net_amount") or "0",
            *vat_values(line.tax),
            line.credit_reason or "0",
            "",
            "",
            description,
            write_number(price.gross, PRICE, "price.gross"),
        ],
    )


def _vat_rows(note: Invoice) -> list[Row]:
    zero = Decimal(0)
    return [
        (
            "VRS",
            [
                str(index),
                *vat_values((tax,)),
                write_number(tax.taxable_amount or zero, AMOUNT, "taxable_amount"),
                write_number(tax.taxable_amount or zero, AMOUNT, "taxable_amount"),
                write_number(tax.tax_amount or zero, AMOUNT, "tax_amount"),
                "",
                write_number((tax.taxable_amount or zero) + (tax.tax_amount or zero), AMOUNT, "vat"),
            ],
        )
        for index, tax in enumerate(note.tax_subtotals, 1)
    ]
