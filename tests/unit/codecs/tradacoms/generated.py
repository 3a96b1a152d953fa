"""Documents that TRADACOMS files can carry, made up by hypothesis."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from tests.unit.codecs.edifact.generated import _identifier, glns, maybe, numbers, several, texts
from tests.unit.codecs.edifact.generated import codes as any_codes

from ml_connector.documents import (
    Address,
    Delivery,
    DespatchAdvice,
    DespatchItem,
    DespatchOrder,
    DespatchTotals,
    IdentifierScheme,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    Item,
    LinePrice,
    Note,
    OrderLine,
    OrderReference,
    OrderTotals,
    Package,
    PackageLevel,
    Party,
    PartyRole,
    PaymentTerms,
    PurchaseOrder,
    Reference,
    ReferenceType,
    TaxSubtotal,
    UnitList,
    UnitOfMeasure,
)


def codes(longest: int) -> st.SearchStrategy[str]:
    """Codes but for ``0``, which stands for none in TRADACOMS."""
    return any_codes(longest).filter(lambda code: code != "0")


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+:'?=./-&()"
days = st.dates(date(1980, 1, 1), date(2079, 12, 31))


def _named(kind: ReferenceType) -> st.SearchStrategy[Reference]:
    return st.builds(Reference, type=st.just(kind), number=codes(17), issue_date=days)


words = lambda longest: texts(longest, _LETTERS)  # noqa: E731
gtins = _identifier(IdentifierScheme.GTIN, st.just("5012345678900"))
items = st.builds(
    Item,
    gtin=gtins,
    seller_id=maybe(_identifier(IdentifierScheme.SELLER_ASSIGNED, codes(30))),
    buyer_id=maybe(_identifier(IdentifierScheme.BUYER_ASSIGNED, codes(30))),
    name=maybe(words(40)),
    description=maybe(words(40)),
)
units = st.sampled_from(["CS", "KG"]).map(lambda code: UnitOfMeasure(code=code, list=UnitList.ANA_4))
prices = numbers(4, "0.0001")
amounts = numbers(2)


def party(role: PartyRole, own: IdentifierScheme) -> st.SearchStrategy[Party]:
    taxes = (
        st.just(())
        if role is PartyRole.SHIP_TO
        else several(_identifier(IdentifierScheme.VAT, st.just("GB123456789")), 1)
    )
    return st.builds(
        Party,
        role=st.just(role),
        ids=st.tuples(glns, _identifier(own, codes(17))),
        name=maybe(words(40)),
        address=maybe(st.builds(Address, lines=several(words(35), 4, 1), post_code=maybe(codes(8)))),
        tax_ids=taxes,
    )


parties = st.tuples(
    party(PartyRole.BUYER, IdentifierScheme.BUYER_ASSIGNED),
    party(PartyRole.SELLER, IdentifierScheme.SELLER_ASSIGNED),
    party(PartyRole.SHIP_TO, IdentifierScheme.BUYER_ASSIGNED),
)
order_lines = st.builds(
    OrderLine,
    line_number=st.integers(1, 9999).map(str),
    item=items,
    quantity=st.integers(1, 9999).map(Decimal),
    uom=maybe(units),
    units_per_pack=st.integers(1, 999).map(Decimal),
    unit_price=prices,
)


def _with_count(order: PurchaseOrder) -> PurchaseOrder:
    return order.model_copy(update={"totals_declared": OrderTotals(line_count=len(order.lines))})


def orders() -> st.SearchStrategy[PurchaseOrder]:
    return st.builds(
        PurchaseOrder,
        order_number=codes(17),
        issue_date=days,
        currency=st.just("GBP"),
        contract=maybe(codes(17)),
        parties=parties,
        references=st.just(())
        | st.tuples(st.builds(Reference, type=st.just(ReferenceType.SALES_ORDER), number=codes(17))),
        delivery=maybe(st.builds(Delivery, earliest_date=days, latest_date=maybe(days))),
        notes=several(st.builds(Note, text=words(40)), 4),
        lines=st.lists(order_lines, min_size=1, max_size=3, unique_by=lambda line: line.line_number).map(
            tuple
        ),
    ).map(_with_count)


_RATES = [Decimal(20), Decimal("17.5"), Decimal(5)]
taxes = st.builds(
    TaxSubtotal,
    scheme=st.just("VAT"),
    category=st.sampled_from(["S", "E", "G", "AA"]),
    rate=st.sampled_from(_RATES),
)
subtotals = st.builds(
    TaxSubtotal,
    scheme=st.just("VAT"),
    category=st.sampled_from(["S", "Z"]),
    rate=st.sampled_from(_RATES),
    taxable_amount=amounts,
    tax_amount=amounts,
)
terms = st.builds(PaymentTerms, text=maybe(words(40)), net_days=st.integers(1, 365))
totals = st.builds(
    InvoiceTotals,
    line_extension=amounts,
    tax_exclusive=amounts,
    tax_total=amounts,
    payable=numbers(2, "0.01"),
).map(lambda t: t.model_copy(update={"tax_exclusive": t.line_extension}))


def lines(order: st.SearchStrategy, reasons: st.SearchStrategy) -> st.SearchStrategy[InvoiceLine]:
    return st.builds(
        InvoiceLine,
        line_number=st.integers(1, 9999).map(str),
        order_ref=order,
        item=items,
        quantity=st.integers(1, 9999).map(Decimal),
        uom=maybe(units),
        units_per_pack=st.integers(1, 999).map(Decimal),
        price=st.builds(LinePrice, net=prices, gross=maybe(prices)),
        net_amount=numbers(4),
        tax=st.tuples(taxes),
        credit_reason=reasons,
    )


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    order = OrderReference(po_number=draw(codes(17)), issue_date=draw(maybe(days)))
    return Invoice(
        invoice_type=draw(st.sampled_from([InvoiceType.INVOICE, InvoiceType.SELF_BILLED])),
        invoice_number=draw(codes(17)),
        issue_date=draw(days),
        tax_point_date=draw(days),
        order_references=(order,),
        despatch_references=draw(several(_named(ReferenceType.DELIVERY_NOTE), 1)),
        parties=draw(parties),
        currency="GBP",
        payment_terms=draw(several(terms, 1)),
        tax_subtotals=draw(several(subtotals, 2)),
        lines=draw(several(lines(st.just(order), st.none()), 3, 1)),
        totals_declared=draw(totals),
    )


@st.composite
def credit_notes(draw: st.DrawFn) -> Invoice:
    held = draw(several(lines(st.none(), st.sampled_from(["08", "17"])), 3, 1))
    extension = sum((line.net_amount for line in held), Decimal(0)).quantize(Decimal("0.01"))
    return Invoice(
        invoice_type=draw(st.sampled_from([InvoiceType.CREDIT_NOTE, InvoiceType.DEBIT_NOTE])),
        invoice_number=draw(codes(17)),
        issue_date=draw(days),
        tax_point_date=draw(days),
        original_invoice_references=draw(several(_named(ReferenceType.ORIGINAL_INVOICE), 1)),
        parties=draw(parties),
        currency="GBP",
        tax_subtotals=draw(several(subtotals, 2)),
        lines=held,
        totals_declared=draw(totals).model_copy(
            update={"line_extension": extension, "tax_exclusive": extension}
        ),
    )


@st.composite
def despatch_advices(draw: st.DrawFn) -> DespatchAdvice:
    """Notes for up to three orders, the lines of each together as ORF demands."""
    order_numbers = draw(st.lists(codes(17), min_size=1, max_size=3, unique=True))
    items_of = st.lists(
        st.builds(
            DespatchItem,
            po_line=maybe(codes(10)),
            line=st.integers(1, 999).map(str),
            item=items,
            qty=st.integers(1, 9999).map(Decimal),
            uom=maybe(units),
            units_per_pack=maybe(st.integers(1, 999).map(Decimal)),
            notes=several(st.builds(Note, text=words(40)), 2),
        ),
        min_size=1,
        max_size=2,
    )
    goods = [
        item.model_copy(update={"po_number": number}) for number in order_numbers for item in draw(items_of)
    ]
    sellers = st.tuples(st.builds(Reference, type=st.just(ReferenceType.SALES_ORDER), number=codes(17)))
    return DespatchAdvice(
        despatch_number=draw(codes(17)),
        despatch_datetime=draw(maybe(days)),
        estimated_delivery=draw(maybe(days)),
        parties=draw(parties),
        notes=draw(several(st.builds(Note, text=words(40)), 2)),
        package_count=draw(maybe(st.integers(1, 999))),
        orders=tuple(
            DespatchOrder(
                po_number=number, issue_date=draw(maybe(days)), references=draw(st.just(()) | sellers)
            )
            for number in order_numbers
        ),
        packages=(Package(level=PackageLevel.SHIPMENT, items=tuple(goods)),),
        totals_declared=DespatchTotals(line_count=len(goods)),
    )
