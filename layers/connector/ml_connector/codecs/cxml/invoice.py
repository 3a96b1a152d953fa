"""cXML InvoiceDetailRequest, in only; the negative amounts of credit memos become positive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.cxml.elements import read_address, read_envelope, read_item, read_money
from ml_connector.codecs.invoice_checks import finish_invoice
from ml_connector.documents import (
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    LinePrice,
    Note,
    OrderReference,
    PartyRole,
    Purpose,
    TaxSubtotal,
)

if TYPE_CHECKING:
    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.profile import CodecProfile
    from ml_connector.documents import Party

_INVOICE = "Request/InvoiceDetailRequest"
_TYPES = {
    "standard": InvoiceType.INVOICE,
    "creditMemo": InvoiceType.CREDIT_NOTE,
    "lineLevelCreditMemo": InvoiceType.CREDIT_NOTE,
    "debitMemo": InvoiceType.DEBIT_NOTE,
    "lineLevelDebitMemo": InvoiceType.DEBIT_NOTE,
}
_ROLES = {
    "from": PartyRole.SELLER,
    "soldTo": PartyRole.BUYER,
    "billTo": PartyRole.INVOICEE,
    "remitTo": PartyRole.REMIT_TO,
    "shipTo": PartyRole.SHIP_TO,
}


def decode(data: bytes, profile: CodecProfile) -> Invoice:
    """The invoice of an InvoiceDetailRequest.

    Raises:
        Rejected: It is none, or has no number or no date.
    """
    reading = read_envelope(data, profile)
    root = reading.root
    head, summary = (
        root.node(f"{_INVOICE}/InvoiceDetailRequestHeader"),
        root.node(f"{_INVOICE}/InvoiceDetailSummary"),
    )
    number, dated = (head.attribute("invoiceID"), head.attribute("invoiceDate")) if head else (None, None)
    if head is None or number is None or dated is None:
        raise reading.refuse("The cXML holds no invoice with invoiceID and invoiceDate.", _INVOICE)
    kind = head.attribute("purpose") or "standard"
    deleted = head.coded("operation", ("new", "delete")) == "delete"
    currency = summary.attribute("currency", "SubtotalAmount/Money") if summary else None
    reading.take_currency("currency", currency)
    invoice = Invoice(
        invoice_type=_TYPES.get(kind, InvoiceType.INVOICE),
        invoice_type_code=None if kind in ("standard", "creditMemo", "debitMemo") else kind,
        purpose=Purpose.CANCEL if deleted else Purpose.ORIGINAL,
        invoice_number=number,
        issue_date=reading.day_of_text(dated, "@invoiceDate"),
        parties=tuple(_read_parties(head)),
        currency=currency or profile.default_currency,
        tax_subtotals=_read_taxes(reading, summary),
        notes=tuple(Note(text=text) for text in head.texts("Comments")),
        lines=tuple(
            _read_line(reading, item, order)
            for order in root.nodes(f"{_INVOICE}/InvoiceDetailOrder")
            for item in order.nodes("InvoiceDetailItem")
        ),
        totals_declared=_read_totals(reading, summary),
    )
    finished = finish_invoice(invoice, reading)
    return finished.model_copy(update={**reading.provenance()})


def _read_parties(head: Node) -> list[Party]:
    found = []
    for node in head.nodes("InvoicePartner/Contact"):
        role = node.attribute("role")
        party = read_address(node, _ROLES.get(role or "", PartyRole.OTHER))
        found.append(party.model_copy(update={"source_qualifier": None if role in _ROLES else role}))
    return found


def _read_taxes(reading: MarkupReading, summary: Node | None) -> tuple[TaxSubtotal, ...]:
    found = []
    for node in summary.nodes("Tax/TaxDetail") if summary else []:
        rate = node.attribute("percentageRate")
        found.append(
            TaxSubtotal(
                scheme=(node.attribute("category") or "vat").upper(),
                rate=reading.number_of_text(rate, f"{node.path}/@percentageRate"),
                taxable_amount=read_money(reading, node, "TaxableAmount"),
                tax_amount=read_money(reading, node, "TaxAmount"),
            )
        )
    return tuple(found)


def _read_totals(reading: MarkupReading, summary: Node | None) -> InvoiceTotals:
    if summary is None:
        return InvoiceTotals()
    return InvoiceTotals(
        line_extension=read_money(reading, summary, "SubtotalAmount"),
        tax_total=read_money(reading, summary, "Tax"),
        tax_inclusive=read_money(reading, summary, "NetAmount"),
        payable=read_money(reading, summary, "DueAmount"),
    )


def _read_line(reading: MarkupReading, node: Node, order: Node) -> InvoiceLine:
    reference = node.node("InvoiceDetailItemReference")
    net = read_money(reading, node, "UnitPrice")
    base = node.attribute("quantity", "PriceBasisQuantity")
    info = "InvoiceDetailOrderInfo/OrderReference"
    ordered = OrderReference(
        po_number=order.attribute("orderID", info)
        or order.attribute("orderID", "InvoiceDetailOrderInfo/OrderIDInfo"),
        po_line=reference.attribute("lineNumber") if reference else None,
    )
    numbers = reference.node("ItemID") if reference else None
    amount = read_money(reading, node, "NetAmount")
    if amount is None:
        amount = read_money(reading, node, "SubtotalAmount")
    return InvoiceLine(
        line_number=node.attribute("invoiceLineNumber"),
        order_ref=ordered if ordered != OrderReference() else None,
        item=read_item(numbers, reference),
        quantity=reading.number_of_text(node.attribute("quantity"), f"{node.path}/@quantity"),
        uom=reading.unit(node.text("UnitOfMeasure")),
        price=LinePrice(net=net, base=reading.number_of_text(base, node.path)) if net is not None else None,
        net_amount=amount,
    )
