"""INVOIC02: invoice IDoc, in only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.codecs.idoc.elements import (
    read_idoc,
    read_item,
    read_notes,
    read_parties,
    take,
    take_day,
    take_number,
)
from ml_connector.codecs.invoice_checks import finish_invoice
from ml_connector.documents import (
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    LinePrice,
    OrderReference,
    TaxSubtotal,
)

if TYPE_CHECKING:
    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.profile import CodecProfile

# BSART of E1EDK01.
_TYPES = {"INVO": InvoiceType.INVOICE, "CRME": InvoiceType.CREDIT_NOTE}


def decode(data: bytes, profile: CodecProfile) -> Invoice:
    """The invoice of an INVOIC IDoc.

    Raises:
        Rejected: It is none, or has no number (E1EDK02 009) or no date (E1EDK03 026, 012).
    """
    reading = read_idoc(data, profile, "INVOIC")
    root = reading.root
    number = take(root, "E1EDK02", "009", "BELNR") or root.text("E1EDK01/BELNR")
    issued = take_day(reading, root, "E1EDK03", "026") or take_day(reading, root, "E1EDK03", "012")
    if number is None or issued is None:
        raise reading.refuse(
            "The IDoc gives no invoice number or date (E1EDK02 009, E1EDK03 026).", "E1EDK02"
        )
    kind = root.text("E1EDK01/BSART")
    order = take(root, "E1EDK02", "001", "BELNR")
    invoice = Invoice(
        invoice_type=_TYPES.get(kind or "", InvoiceType.INVOICE),
        invoice_type_code=None if kind in (None, *_TYPES) else kind,
        invoice_number=number,
        issue_date=issued,
        order_references=(OrderReference(po_number=order),) if order else (),
        parties=read_parties(root),
        currency=root.text("E1EDK01/CURCY") or profile.default_currency,
        tax_subtotals=tuple(_read_tax(reading, node) for node in root.nodes("E1EDK04")),
        notes=read_notes(root, "E1EDKT1", "E1EDKT2"),
        lines=tuple(_read_line(reading, node) for node in root.nodes("E1EDP01")),
        totals_declared=InvoiceTotals(
            line_extension=take_number(reading, root, "E1EDS01", "010", "SUMME", "SUMID"),
            payable=take_number(reading, root, "E1EDS01", "011", "SUMME", "SUMID"),
            tax_total=take_number(reading, root, "E1EDS01", "005", "SUMME", "SUMID"),
        ),
    )
    finished = finish_invoice(invoice, reading)
    return finished.model_copy(update={**reading.provenance()})


def _read_tax(reading: MarkupReading, node: Node) -> TaxSubtotal:
    return TaxSubtotal(
        scheme="VAT",
        source_code=node.text("MWSKZ"),
        rate=reading.number(node, "MSATZ"),
        tax_amount=reading.number(node, "MWSBT"),
    )


def _read_line(reading: MarkupReading, node: Node) -> InvoiceLine:
    order = OrderReference(
        po_number=take(node, "E1EDP02", "001", "BELNR"), po_line=take(node, "E1EDP02", "001", "ZEILE")
    )
    net = reading.number(node, "VPREI")
    base = reading.number(node, "PEINH")
    amount = take_number(reading, node, "E1EDP26", "003", "BETRG", "QUALF")
    return InvoiceLine(
        line_number=node.text("POSEX"),
        order_ref=order if order != OrderReference() else None,
        item=read_item(node),
        quantity=reading.number(node, "MENGE"),
        uom=reading.unit(node.text("MENEE")),
        price=LinePrice(net=net, base=base) if net is not None else None,
        net_amount=amount if amount is not None else reading.number(node, "NETWR"),
        tax=tuple(_read_tax(reading, one) for one in node.nodes("E1EDP04")),
        notes=read_notes(node, "E1EDPT1", "E1EDPT2"),
    )
