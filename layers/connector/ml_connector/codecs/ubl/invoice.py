"""UBL Invoice and CreditNote, as PEPPOL BIS Billing 3 uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.invoice_checks import finish_invoice
from ml_connector.codecs.totals import invoice_totals
from ml_connector.codecs.ubl.commercial import (
    read_categories,
    read_charges,
    read_means,
    read_subtotals,
    read_terms,
    tax_total_of,
    write_charges,
    write_means,
    write_subtotals,
    write_terms,
)
from ml_connector.codecs.ubl.deliveries import read_period, read_place, write_delivery, write_period
from ml_connector.codecs.ubl.elements import Writer, finish, new_document, read_root
from ml_connector.codecs.ubl.goods import (
    read_item,
    read_order_line,
    read_price,
    read_quantity,
    write_goods,
    write_order_line,
    write_price,
)
from ml_connector.codecs.ubl.parties import read_parties, write_parties
from ml_connector.codecs.ubl.references import number_of, read_notes, read_references, write_notes
from ml_connector.documents import (
    Delivery,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    Level,
    LinePrice,
    OrderReference,
    PartyRole,
    Reference,
    ReferenceType,
    party_of,
)

if TYPE_CHECKING:
    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.profile import CodecProfile

_TYPES = {
    "380": InvoiceType.INVOICE,
    "381": InvoiceType.CREDIT_NOTE,
    "383": InvoiceType.DEBIT_NOTE,
    "384": InvoiceType.CORRECTED,
    "386": InvoiceType.PREPAYMENT,
    "389": InvoiceType.SELF_BILLED,
    "325": InvoiceType.PROFORMA,
    "385": InvoiceType.CONSOLIDATED,
    "218": InvoiceType.FINAL,
}
_CODES = {kind: code for code, kind in _TYPES.items()}
_CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_DESPATCHES = (("cac:DespatchDocumentReference/cbc:ID", ReferenceType.DESPATCH_ADVICE),)
_TOTALS = {
    "line_extension": "LineExtensionAmount",
    "tax_exclusive": "TaxExclusiveAmount",
    "tax_inclusive": "TaxInclusiveAmount",
    "allowance_total": "AllowanceTotalAmount",
    "charge_total": "ChargeTotalAmount",
    "prepaid": "PrepaidAmount",
    "rounding": "PayableRoundingAmount",
    "payable": "PayableAmount",
}
_PARTIES = (
    ("AccountingSupplierParty/Party", PartyRole.SELLER),
    ("AccountingCustomerParty/Party", PartyRole.BUYER),
    ("PayeeParty", PartyRole.PAYEE),
)
_REFERENCES = (
    ("cbc:BuyerReference", ReferenceType.CUSTOMER_REFERENCE),
    ("cac:OrderReference/cbc:SalesOrderID", ReferenceType.SALES_ORDER),
)


def decode(data: bytes, profile: CodecProfile) -> Invoice:
    """The invoice or credit note a UBL document says.

    Raises:
        Rejected: It is neither, or has no number or no date.
    """
    reading = read_root(data, profile, "Invoice", "CreditNote")
    root = reading.root
    credit = root.name == "CreditNote"
    number, issued = root.text("cbc:ID"), reading.day(root, "cbc:IssueDate")
    if number is None or issued is None:
        raise reading.refuse(f"The {root.name} gives no ID or no IssueDate.", root.path)
    code = root.text(f"cbc:{root.name}TypeCode")
    kind = InvoiceType.CREDIT_NOTE if credit else _TYPES.get(code or "380", InvoiceType.INVOICE)
    currency = root.text("cbc:DocumentCurrencyCode")
    total = tax_total_of(root, currency)
    begins, ends = read_period(reading, root, "cac:InvoicePeriod")
    invoice = Invoice(
        invoice_type=kind,
        invoice_type_code=None if code in (None, _CODES[kind]) else code,
        invoice_number=number,
        issue_date=issued,
        tax_point_date=reading.day(root, "cbc:TaxPointDate"),
        due_date=reading.day(root, "cbc:DueDate"),
        period_start=begins,
        period_end=ends,
        **_read_references(reading, root),
        parties=read_parties(root, _PARTIES) + read_place(root),
        currency=currency or profile.default_currency,
        tax_currency=root.text("cbc:TaxCurrencyCode"),
        payment_means=tuple(read_means(reading, node) for node in root.nodes("cac:PaymentMeans")),
        payment_terms=read_terms(root),
        delivery=_read_delivery(reading),
        allowances_charges=read_charges(reading, root, Level.HEADER),
        tax_subtotals=read_subtotals(reading, total),
        notes=read_notes(root),
        lines=tuple(_read_line(reading, node, credit) for node in root.nodes(f"cac:{root.name}Line")),
        totals_declared=_read_totals(reading, total),
    )
    finished = finish_invoice(invoice, reading)
    return finished.model_copy(update={**reading.provenance()})


def _read_references(reading: MarkupReading, root: Node) -> dict[str, Any]:
    order = root.text("cac:OrderReference/cbc:ID")
    originals = root.nodes("cac:BillingReference/cac:InvoiceDocumentReference")
    return {
        "order_references": (OrderReference(po_number=order),) if order else (),
        "contract": root.text("cac:ContractDocumentReference/cbc:ID"),
        "despatch_references": read_references(root, _DESPATCHES),
        "original_invoice_references": tuple(
            Reference(
                type=ReferenceType.ORIGINAL_INVOICE,
                number=node.text("cbc:ID"),
                issue_date=reading.day(node, "cbc:IssueDate"),
            )
            for node in originals
        ),
        "references": read_references(root, _REFERENCES),
    }


def _read_delivery(reading: MarkupReading) -> Delivery | None:
    day = reading.day(reading.root, "cac:Delivery/cbc:ActualDeliveryDate")
    return Delivery(actual_date=day) if day else None


def _read_totals(reading: MarkupReading, tax: Node | None) -> InvoiceTotals:
    root = reading.root
    values = {}
    for field, name in _TOTALS.items():
        path = f"cac:LegalMonetaryTotal/cbc:{name}"
        values[field] = reading.number(root, path)
    if tax is not None:
        values["tax_total"] = reading.number(tax, "cbc:TaxAmount")
    return InvoiceTotals.model_validate(values)


def _read_line(reading: MarkupReading, node: Node, credit: bool) -> InvoiceLine:  # noqa: FBT001 - the root
    quantity = "cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity"
    order, ordered = read_order_line(node)
    net, base, base_uom = read_price(reading, node)
    return InvoiceLine(
        line_number=node.text("cbc:ID"),
        order_ref=OrderReference(po_number=order, po_line=ordered) if order or ordered else None,
        item=read_item(node.node("cac:Item")),
        **read_quantity(reading, node, quantity),
        price=LinePrice(net=net, base=base, base_uom=base_uom) if net is not None else None,
        allowances=read_charges(reading, node, Level.LINE),
        net_amount=reading.number(node, "cbc:LineExtensionAmount"),
        tax=read_categories(reading, node.nodes("cac:Item/cac:ClassifiedTaxCategory")),
        notes=read_notes(node),
    )


def encode(document: Invoice, version: str, profile: CodecProfile) -> bytes:  # noqa: ARG001 - UBL 2.1 only
    """The invoice as UBL; a credit note as a CreditNote.

    Raises:
        Misconfigured: UBL can't carry a value of the invoice; the error names the field.
    """
    credit = document.invoice_type is InvoiceType.CREDIT_NOTE
    name = "CreditNote" if credit else "Invoice"
    root, writer = new_document(name, _CUSTOMIZATION, _PROFILE, document.currency)
    _write_head(writer, document, name)
    _write_references(writer, document)
    write_parties(writer, document.parties, _PARTIES)
    actual = document.delivery.actual_date if document.delivery else None
    write_delivery(writer, party_of(document.parties, PartyRole.SHIP_TO), actual=actual)
    write_means(writer, document.payment_means)
    write_terms(writer, document.payment_terms)
    write_charges(writer, document.allowances_charges)
    _write_totals(writer, document)
    for index, line in enumerate(document.lines, 1):
        _write_line(writer.group(f"{name}Line"), line, line.line_number or str(index), credit)
    return finish(root, document, profile, decode)


def _write_head(writer: Writer, invoice: Invoice, name: str) -> None:
    writer.text("ID", invoice.invoice_number)
    writer.day("IssueDate", invoice.issue_date)
    if name == "Invoice":
        writer.day("DueDate", invoice.due_date)
    else:
        writer.day("TaxPointDate", invoice.tax_point_date)
    writer.text(f"{name}TypeCode", invoice.invoice_type_code or _CODES[invoice.invoice_type])
    write_notes(writer, invoice.notes)
    if name == "Invoice":
        writer.day("TaxPointDate", invoice.tax_point_date)
    writer.text("DocumentCurrencyCode", invoice.currency)
    writer.text("TaxCurrencyCode", invoice.tax_currency)
    writer.text("BuyerReference", number_of(invoice.references, ReferenceType.CUSTOMER_REFERENCE))
    write_period(writer, "InvoicePeriod", invoice.period_start, invoice.period_end)


def _write_references(writer: Writer, invoice: Invoice) -> None:
    sales = number_of(invoice.references, ReferenceType.SALES_ORDER)
    for order in invoice.order_references[:1]:
        group = writer.group("OrderReference")
        group.text("ID", order.po_number)
        group.text("SalesOrderID", sales)
    for original in invoice.original_invoice_references:
        group = writer.group("BillingReference").group("InvoiceDocumentReference")
        group.text("ID", original.number)
        group.text("IssueDate", original.issue_date)
    for despatch in invoice.despatch_references:
        writer.group("DespatchDocumentReference").text("ID", despatch.number)
    if invoice.contract:
        writer.group("ContractDocumentReference").text("ID", invoice.contract)


def _write_totals(writer: Writer, invoice: Invoice) -> None:
    totals = invoice.totals_declared
    if totals == InvoiceTotals():
        charges = invoice.allowances_charges
        totals = invoice_totals(invoice.lines, charges, invoice.tax_subtotals, invoice.currency)
    if totals.tax_total is not None or invoice.tax_subtotals:
        tax = writer.group("TaxTotal")
        tax.amount("TaxAmount", totals.tax_total)
        write_subtotals(tax, invoice.tax_subtotals)
    group = writer.group("LegalMonetaryTotal")
    for field, name in _TOTALS.items():
        group.amount(name, getattr(totals, field))


def _write_line(group: Writer, line: InvoiceLine, number: str, credit: bool) -> None:  # noqa: FBT001 - the root
    group.text("ID", number)
    write_notes(group, line.notes)
    group.quantity("CreditedQuantity" if credit else "InvoicedQuantity", line.quantity, line.uom)
    group.amount("LineExtensionAmount", line.net_amount)
    if line.order_ref is not None:
        write_order_line(group, line.order_ref.po_number, line.order_ref.po_line)
    write_charges(group, line.allowances)
    write_goods(group, line.item, line.tax)
    if line.price is not None:
        write_price(group, line.price.net, line.price.base, line.price.base_uom)
