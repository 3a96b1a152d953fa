"""One document of each kind that has all that PEPPOL demands, and little more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ml_connector.documents import (
    Address,
    DespatchAdvice,
    DespatchItem,
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
    OrderResponse,
    OrderResponseLine,
    Package,
    Party,
    PartyRole,
    PurchaseOrder,
    ResponseAction,
    ResponseType,
    TaxSubtotal,
    UnitList,
    UnitOfMeasure,
)

EACH = UnitOfMeasure(code="C62", list=UnitList.UNECE_REC20)


def _party(role: PartyRole, name: str, gln: str) -> Party:
    return Party(
        role=role,
        ids=(Identifier(scheme=IdentifierScheme.GLN, value=gln),),
        name=name,
        address=Address(lines=("Gate 1",), city="Oslo", post_code="0150", country="NO"),
    )


SELLER = _party(PartyRole.SELLER, "Selger AS", "7080000000012")
BUYER = _party(PartyRole.BUYER, "Kjøper AS", "7080000000029")
BOLT = Item(name="Bolt", seller_id=Identifier(scheme=IdentifierScheme.SELLER_ASSIGNED, value="S-1"))
RATE = TaxSubtotal(scheme="VAT", category="S", rate=Decimal(25))

INVOICE = Invoice(
    invoice_number="F-1",
    issue_date=date(2026, 3, 1),
    due_date=date(2026, 3, 31),
    order_references=(OrderReference(po_number="PO-1"),),
    parties=(SELLER, BUYER),
    currency="NOK",
    lines=(
        InvoiceLine(
            line_number="1",
            item=BOLT,
            quantity=Decimal(10),
            uom=EACH,
            price=LinePrice(net=Decimal("12.50")),
            net_amount=Decimal("125.00"),
            tax=(RATE,),
        ),
    ),
    tax_subtotals=(
        RATE.model_copy(update={"taxable_amount": Decimal("125.00"), "tax_amount": Decimal("31.25")}),
    ),
    totals_declared=InvoiceTotals(
        line_extension=Decimal("125.00"),
        tax_exclusive=Decimal("125.00"),
        tax_total=Decimal("31.25"),
        tax_inclusive=Decimal("156.25"),
        payable=Decimal("156.25"),
    ),
)
CREDIT_NOTE = INVOICE.model_copy(update={"invoice_type": InvoiceType.CREDIT_NOTE, "due_date": None})
ORDER = PurchaseOrder(
    order_number="PO-1",
    issue_date=date(2026, 2, 1),
    currency="NOK",
    parties=(SELLER, BUYER),
    lines=(
        OrderLine(line_number="1", item=BOLT, quantity=Decimal(10), uom=EACH, unit_price=Decimal("12.50")),
    ),
)
RESPONSE = OrderResponse(
    response_number="R-1",
    order_number="PO-1",
    response_type=ResponseType.ACCEPTED,
    issue_date=date(2026, 2, 2),
    currency="NOK",
    parties=(SELLER, BUYER),
    lines=(
        OrderResponseLine(
            line_number="1", action=ResponseAction.ACCEPTED, item=BOLT, quantity=Decimal(10), uom=EACH
        ),
    ),
)
ADVICE = DespatchAdvice(
    despatch_number="D-1",
    issue_datetime=date(2026, 2, 20),
    parties=(
        SELLER.model_copy(update={"role": PartyRole.SHIP_FROM}),
        BUYER.model_copy(update={"role": PartyRole.SHIP_TO}),
    ),
    packages=(
        Package(
            id=Identifier(scheme=IdentifierScheme.SSCC, value="370800000000000014"),
            items=(DespatchItem(po_number="PO-1", line="1", item=BOLT, qty=Decimal(10), uom=EACH),),
        ),
    ),
)
