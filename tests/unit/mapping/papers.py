"""Business documents as partners send them, in as few words as a test needs, and what becomes of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ml_connector.documents import (
    AllowanceCharge,
    AllowanceChargeKind,
    CodedValue,
    Identifier,
    IdentifierScheme,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    Item,
    LinePrice,
    OrderLine,
    OrderReference,
    Party,
    PartyRole,
    PurchaseOrder,
    Source,
    TaxSubtotal,
    UnitList,
    UnitOfMeasure,
)
from ml_connector.mapping import map_document
from ml_connector.mapping.snapshot import snapshot_of

X12 = UnitList.X12_355


def identifier(scheme, value):
    return Identifier(scheme=IdentifierScheme(scheme), value=value)


def party(role, *ids, name=None):
    return Party(role=PartyRole(role), ids=tuple(identifier(*pair) for pair in ids), name=name)


def item(seller=None, gtin=None, buyer=None, description=None):
    return Item(
        seller_id=identifier("SELLER_ASSIGNED", seller) if seller else None,
        gtin=identifier("GTIN", gtin) if gtin else None,
        buyer_id=identifier("BUYER_ASSIGNED", buyer) if buyer else None,
        description=description,
    )


def unit(code, units=X12):
    return UnitOfMeasure(code=code, list=units) if code else None


def invoice_line(number, quantity, price, *, order=None, uom="EA", net=None, base=None, units=X12, **codes):
    tax = codes.pop("tax", ())
    charges = codes.pop("charges", ())
    po_line = codes.pop("po_line", None)
    quantity, price = Decimal(quantity), Decimal(price)
    amount = (
        Decimal(net) if net is not None else (quantity * price / Decimal(base or 1)).quantize(Decimal("0.01"))
    )
    return InvoiceLine(
        line_number=str(number),
        quantity=quantity,
        uom=unit(uom, units),
        price=LinePrice(net=price, base=Decimal(base) if base else None),
        net_amount=amount,
        item=item(**codes),
        order_ref=OrderReference(po_number=order, po_line=po_line) if order else None,
        tax=tax,
        allowances=charges,
    )


def charge(amount, code=None, text=None, kind="charge"):
    return AllowanceCharge(
        kind=AllowanceChargeKind(kind),
        amount=Decimal(amount),
        code=CodedValue(value=code) if code else None,
        reason_text=text,
    )


def tax(rate, base=None, amount=None, category="S"):
    return TaxSubtotal(
        scheme="VAT",
        category=category,
        rate=Decimal(rate),
        taxable_amount=Decimal(base) if base is not None else None,
        tax_amount=Decimal(amount) if amount is not None else None,
    )


def invoice(
    *lines, number="INV-1", currency="USD", payable=None, charges=(), taxes=(), kind="invoice", **more
):
    net = sum((line.net_amount for line in lines), Decimal(0))
    net += sum((c.amount if c.kind == "charge" else -c.amount for c in charges), Decimal(0))
    net += sum((t.tax_amount or Decimal(0) for t in taxes), Decimal(0))
    more.setdefault("issue_date", date(2026, 3, 20))
    return Invoice(
        invoice_number=number,
        invoice_type=InvoiceType(kind),
        currency=currency,
        lines=lines,
        allowances_charges=tuple(charges),
        tax_subtotals=tuple(taxes),
        totals_declared=InvoiceTotals(payable=Decimal(payable) if payable is not None else net),
        source=Source(standard="x12", message="810", receiver_id="NORDLYS", receiver_qualifier="ZZ"),
        **more,
    )


def order_line(number, quantity, price=None, *, uom="EA", units=X12, **codes):
    return OrderLine(
        line_number=str(number),
        quantity=Decimal(quantity),
        uom=unit(uom, units),
        unit_price=Decimal(price) if price is not None else None,
        item=item(**codes),
    )


def order(*lines, number="4500001", parties=(), currency="NOK", **more):
    more.setdefault("issue_date", date(2026, 3, 20))
    return PurchaseOrder(order_number=number, currency=currency, lines=lines, parties=tuple(parties), **more)


def mapped(configuration, document, partner="great-lakes-tools"):
    """What becomes of a partner's document by the configuration and its copy of the ledger."""
    return map_document(
        document, configuration.partner(partner), configuration, snapshot_of(configuration), document_id="d"
    )
