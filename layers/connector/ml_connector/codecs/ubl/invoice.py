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
    write_category,
    write_charges,
    write_means,
    write_subtotals,
    write_terms,
)
from ml_connector.codecs.ubl.elements import Writer, finish, new_document, read_root
from ml_connector.codecs.ubl.parties import (
    read_address,
    read_id,
    read_item,
    read_party,
    write_address,
    write_item,
    write_lot,
    write_party,
)
from ml_connector.documents import (
    Delivery,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    Item,
    Level,
    LinePrice,
    Note,
    OrderReference,
    Party,
    PartyRole,
    Reference,
    ReferenceType,
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
    ("AccountingSupplierParty", PartyRole.SELLER, True),
    ("AccountingCustomerParty", PartyRole.BUYER, True),
    ("PayeeParty", PartyRole.PAYEE, False),
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
    total = root.node("cac:TaxTotal")
    invoice = Invoice(
        invoice_type=kind,
        invoice_type_code=None if code in (None, _CODES[kind]) else code,
        invoice_number=number,
        issue_date=issued,
        tax_point_date=reading.day(root, "cbc:TaxPointDate"),
        due_date=reading.day(root, "cbc:DueDate"),
        period_start=reading.day(root, "cac:InvoicePeriod/cbc:StartDate"),
        period_end=reading.day(root, "cac:InvoicePeriod/cbc:EndDate"),
        **_read_references(reading, root),
        parties=tuple(_read_parties(reading)),
        currency=root.text("cbc:DocumentCurrencyCode") or profile.default_currency,
        tax_currency=root.text("cbc:TaxCurrencyCode"),
        payment_means=tuple(read_means(reading, node) for node in root.nodes("cac:PaymentMeans")),
        payment_terms=read_terms(root),
        delivery=_read_delivery(reading),
        allowances_charges=read_charges(reading, root, Level.HEADER),
        tax_subtotals=read_subtotals(reading, total),
        notes=tuple(Note(text=text) for text in root.texts("cbc:Note")),
        lines=tuple(_read_line(reading, node, credit) for node in root.nodes(f"cac:{root.name}Line")),
        totals_declared=_read_totals(reading, total),
    )
    finished = finish_invoice(invoice, reading)
    return finished.model_copy(update={**reading.provenance()})


def _read_references(reading: MarkupReading, root: Node) -> dict[str, Any]:
    order = root.text("cac:OrderReference/cbc:ID")
    buyers = root.text("cbc:BuyerReference")
    originals = root.nodes("cac:BillingReference/cac:InvoiceDocumentReference")
    sales = root.text("cac:OrderReference/cbc:SalesOrderID")
    found = [(ReferenceType.CUSTOMER_REFERENCE, buyers), (ReferenceType.SALES_ORDER, sales)]
    return {
        "order_references": (OrderReference(po_number=order),) if order else (),
        "contract": root.text("cac:ContractDocumentReference/cbc:ID"),
        "despatch_references": tuple(
            Reference(type=ReferenceType.DESPATCH_ADVICE, number=text)
            for text in root.texts("cac:DespatchDocumentReference/cbc:ID")
        ),
        "original_invoice_references": tuple(
            Reference(
                type=ReferenceType.ORIGINAL_INVOICE,
                number=node.text("cbc:ID"),
                issue_date=reading.day(node, "cbc:IssueDate"),
            )
            for node in originals
        ),
        "references": tuple(Reference(type=kind, number=text) for kind, text in found if text),
    }


def _read_parties(reading: MarkupReading) -> list[Party]:
    root, found = reading.root, []
    for name, role, wrapped in _PARTIES:
        node = root.node(f"cac:{name}/cac:Party" if wrapped else f"cac:{name}")
        if node is not None:
            found.append(read_party(node, role))
    place = root.node("cac:Delivery/cac:DeliveryLocation")
    name_of_place = root.text("cac:Delivery/cac:DeliveryParty/cac:PartyName/cbc:Name")
    if place is not None or name_of_place:
        identifier = read_id(place, "cbc:ID") if place else None
        found.append(
            Party(
                role=PartyRole.SHIP_TO,
                ids=(identifier,) if identifier else (),
                name=name_of_place,
                address=read_address(place.node("cac:Address")) if place else None,
            )
        )
    return found


def _read_delivery(reading: MarkupReading) -> Delivery | None:
    day = reading.day(reading.root, "cac:Delivery/cbc:ActualDeliveryDate")
    return Delivery(actual_date=day) if day else None


def _read_totals(reading: MarkupReading, tax: Node | None) -> InvoiceTotals:
    root = reading.root
    values = {}
    for field, name in _TOTALS.items():
        path = f"cac:LegalMonetaryTotal/cbc:{name}"
        root.attribute("currencyID", path)
        values[field] = reading.number(root, path)
    if tax is not None:
        tax.attribute("currencyID", "cbc:TaxAmount")
        values["tax_total"] = reading.number(tax, "cbc:TaxAmount")
    return InvoiceTotals.model_validate(values)


def _read_line(reading: MarkupReading, node: Node, credit: bool) -> InvoiceLine:  # noqa: FBT001 - the root
    quantity = "cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity"
    for path in ("cbc:LineExtensionAmount", "cac:Price/cbc:PriceAmount"):
        node.attribute("currencyID", path)
    order = OrderReference(
        po_number=node.text("cac:OrderLineReference/cac:OrderReference/cbc:ID"),
        po_line=node.text("cac:OrderLineReference/cbc:LineID"),
    )
    net = reading.number(node, "cac:Price/cbc:PriceAmount")
    price = LinePrice(
        net=net,
        base=reading.number(node, "cac:Price/cbc:BaseQuantity"),
        base_uom=reading.unit(node.attribute("unitCode", "cac:Price/cbc:BaseQuantity")),
    )
    return InvoiceLine(
        line_number=node.text("cbc:ID"),
        order_ref=order if order != OrderReference() else None,
        item=read_item(node.node("cac:Item")),
        quantity=reading.number(node, quantity),
        uom=reading.unit(node.attribute("unitCode", quantity)),
        price=price if net is not None else None,
        allowances=read_charges(reading, node, Level.LINE),
        net_amount=reading.number(node, "cbc:LineExtensionAmount"),
        tax=read_categories(reading, node.nodes("cac:Item/cac:ClassifiedTaxCategory")),
        notes=tuple(Note(text=text) for text in node.texts("cbc:Note")),
    )


def encode(document: Invoice, version: str, profile: CodecProfile) -> bytes:  # noqa: ARG001 - UBL 2.1 only
    """The invoice as UBL; a credit note as a CreditNote.

    Raises:
        Misconfigured: UBL can't carry a value of the invoice; the error names the field.
    """
    credit = document.invoice_type is InvoiceType.CREDIT_NOTE
    name = "CreditNote" if credit else "Invoice"
    root, writer = new_document(name, document.currency)
    _write_head(writer, document, name)
    _write_references(writer, document)
    _write_parties(writer, document)
    write_means(writer, document.payment_means)
    write_terms(writer, document.payment_terms)
    write_charges(writer, document.allowances_charges)
    _write_totals(writer, document)
    for index, line in enumerate(document.lines, 1):
        _write_line(writer.group(f"{name}Line"), line, line.line_number or str(index), credit)
    return finish(root, document, profile, decode)


def _write_head(writer: Writer, invoice: Invoice, name: str) -> None:
    writer.text("CustomizationID", _CUSTOMIZATION)
    writer.text("ProfileID", _PROFILE)
    writer.text("ID", invoice.invoice_number)
    writer.day("IssueDate", invoice.issue_date)
    if name == "Invoice":
        writer.day("DueDate", invoice.due_date)
    else:
        writer.day("TaxPointDate", invoice.tax_point_date)
    writer.text(f"{name}TypeCode", invoice.invoice_type_code or _CODES[invoice.invoice_type])
    for note in invoice.notes:
        writer.text("Note", note.text)
    if name == "Invoice":
        writer.day("TaxPointDate", invoice.tax_point_date)
    writer.text("DocumentCurrencyCode", invoice.currency)
    writer.text("TaxCurrencyCode", invoice.tax_currency)
    writer.text("BuyerReference", _number_of(invoice, ReferenceType.CUSTOMER_REFERENCE))
    if invoice.period_start or invoice.period_end:
        period = writer.group("InvoicePeriod")
        period.day("StartDate", invoice.period_start)
        period.day("EndDate", invoice.period_end)


def _number_of(invoice: Invoice, kind: ReferenceType) -> str | None:
    return next((reference.number for reference in invoice.references if reference.type is kind), None)


def _write_references(writer: Writer, invoice: Invoice) -> None:
    sales = _number_of(invoice, ReferenceType.SALES_ORDER)
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


def _write_parties(writer: Writer, invoice: Invoice) -> None:
    by_role = {party.role: party for party in reversed(invoice.parties)}
    for name, role, wrapped in _PARTIES:
        if role in by_role:
            group = writer.group(name)
            write_party(group.group("Party") if wrapped else group, by_role[role])
    place, delivery = by_role.get(PartyRole.SHIP_TO), invoice.delivery
    if place is None and delivery is None:
        return
    group = writer.group("Delivery")
    group.text("ActualDeliveryDate", delivery.actual_date if delivery else None)
    if place is None:
        return
    if place.ids or place.address:
        location = group.group("DeliveryLocation")
        for identifier in place.ids[:1]:
            code = "0088" if identifier.scheme.value == "GLN" else identifier.source_qualifier
            location.text("ID", identifier.value, schemeID=code)
        write_address(location, "Address", place.address)
    if place.name:
        group.group("DeliveryParty").group("PartyName").text("Name", place.name)


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
    for note in line.notes:
        group.text("Note", note.text)
    group.quantity("CreditedQuantity" if credit else "InvoicedQuantity", line.quantity, line.uom)
    group.amount("LineExtensionAmount", line.net_amount)
    if line.order_ref is not None:
        reference = group.group("OrderLineReference")
        reference.text("LineID", line.order_ref.po_line)
        if line.order_ref.po_number:
            reference.group("OrderReference").text("ID", line.order_ref.po_number)
    write_charges(group, line.allowances)
    item = group.group("Item")
    write_item(item, line.item)
    for tax in line.tax:
        write_category(item, "ClassifiedTaxCategory", tax)
    write_lot(item, line.item or Item())
    if line.price is not None:
        price = group.group("Price")
        price.amount("PriceAmount", line.price.net)
        price.quantity("BaseQuantity", line.price.base, line.price.base_uom)
