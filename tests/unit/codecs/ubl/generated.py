"""Invoices that UBL can carry, made up by hypothesis."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from tests.unit.codecs.edifact.generated import (
    _identifier,
    amounts,
    answers,
    codes,
    days,
    glns,
    maybe,
    numbers,
    several,
    texts,
    units,
)
from tests.unit.codecs.edifact.generated import charges as any_charges
from tests.unit.codecs.edifact.generated import items as any_items

from ml_connector.documents import (
    Address,
    BankAccount,
    CodedValue,
    Contact,
    Delivery,
    Identifier,
    IdentifierScheme,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    InvoiceType,
    Level,
    LinePrice,
    Note,
    OrderLine,
    OrderReference,
    OrderResponse,
    OrderResponseLine,
    OrderTotals,
    OrderType,
    Party,
    PartyRole,
    PaymentMeans,
    PaymentTerms,
    PromisedDate,
    PurchaseOrder,
    Reference,
    ReferenceType,
    ResponseAction,
    TaxSubtotal,
)

moderately = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
words = texts(60, "ABCDEFGHIJ abcdefåäö&<>\"'0123456789")


def _charge(charge, level):
    lists = {"charge": "UNCL7161", "allowance": "UNCL5189"}
    code = CodedValue(value="FC", list=lists[charge.kind.value]) if charge.code else None
    amount = charge.amount if charge.amount is not None else Decimal("1.50")
    return charge.model_copy(
        update={"code": code, "settlement": None, "sequence": None, "level": level, "amount": amount}
    )


charges = any_charges.map(lambda charge: _charge(charge, Level.HEADER))
line_charges = any_charges.map(lambda charge: _charge(charge, Level.LINE))
items = any_items.map(
    lambda item: item.model_copy(
        update={
            "gtin": item.gtin and item.gtin.model_copy(update={"source_qualifier": None}),
            "name": item.name or item.description or "Bolt",
        }
    )
)
vat = _identifier(IdentifierScheme.VAT, st.just("NO999999999MVA"))
company = _identifier(IdentifierScheme.COMPANY_REG, st.just("999999999"), "0192")


def party(role: PartyRole) -> st.SearchStrategy[Party]:
    return st.builds(
        Party,
        role=st.just(role),
        ids=several(glns, 2, 1),
        name=words,
        address=st.builds(Address, lines=several(words, 3), city=words, country=st.just("NO")),
        contact=maybe(st.builds(Contact, name=words, phone=maybe(codes()))),
        tax_ids=st.just(()) | st.tuples(vat) | st.tuples(vat, company),
    )


taxes = st.builds(
    TaxSubtotal, scheme=st.just("VAT"), category=st.sampled_from(["S", "Z", "AE"]), rate=numbers(2, most="99")
)
subtotals = st.builds(
    TaxSubtotal,
    scheme=st.just("VAT"),
    category=st.just("S"),
    rate=numbers(2, most="99"),
    taxable_amount=amounts,
    tax_amount=amounts,
)
lines = st.builds(
    InvoiceLine,
    line_number=st.integers(1, 999).map(str),
    order_ref=maybe(st.builds(OrderReference, po_number=maybe(codes()), po_line=st.integers(1, 99).map(str))),
    item=items,
    quantity=numbers(),
    uom=units,
    price=st.builds(LinePrice, net=numbers(), base=maybe(numbers(0, "1", "100"))),
    allowances=several(line_charges, 2),
    net_amount=amounts,
    tax=st.tuples(taxes),
    notes=several(st.builds(Note, text=words), 1),
)


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    kind = draw(st.sampled_from(list(InvoiceType)))
    order = draw(several(st.builds(OrderReference, po_number=codes()), 1))
    iban = Identifier(scheme=IdentifierScheme.IBAN, value="NO9386011117947")
    return Invoice(
        invoice_type=kind,
        invoice_number=draw(codes()),
        issue_date=draw(days),
        due_date=draw(maybe(days)) if kind is not InvoiceType.CREDIT_NOTE else None,
        tax_point_date=draw(maybe(days)),
        order_references=order,
        contract=draw(maybe(codes())),
        original_invoice_references=draw(
            several(st.builds(Reference, type=st.just(ReferenceType.ORIGINAL_INVOICE), number=codes()), 2)
        ),
        references=draw(
            several(
                st.builds(Reference, type=st.just(ReferenceType.CUSTOMER_REFERENCE), number=codes()),
                1,
                0 if order else 1,
            )
        ),
        parties=(draw(party(PartyRole.SELLER)), draw(party(PartyRole.BUYER))),
        currency="NOK",
        payment_means=draw(
            several(
                st.builds(
                    PaymentMeans,
                    code=st.just(CodedValue(value="30", list="UNCL4461")),
                    account=st.just(BankAccount(account=iban)),
                    payment_reference=maybe(codes()),
                ),
                2,
            )
        ),
        payment_terms=draw(several(st.builds(PaymentTerms, text=words), 1)),
        delivery=draw(maybe(st.builds(Delivery, actual_date=days))),
        allowances_charges=draw(several(charges.filter(lambda charge: charge.tax_category), 2)),
        tax_subtotals=draw(several(subtotals, 2, 1)),
        notes=draw(several(st.builds(Note, text=words), 1)),
        lines=draw(several(lines, 3, 1)),
        totals_declared=InvoiceTotals(
            line_extension=draw(amounts),
            tax_exclusive=draw(amounts),
            tax_inclusive=draw(amounts),
            tax_total=draw(amounts),
            payable=draw(numbers(2, "0.01")),
            prepaid=draw(maybe(amounts)),
            rounding=draw(maybe(st.just(Decimal("0.02")))),
        ),
    )


order_lines = st.builds(
    OrderLine,
    line_number=st.integers(1, 999).map(str),
    item=items,
    quantity=numbers(),
    uom=units,
    unit_price=numbers(),
    price_base=maybe(numbers(0, "1", "100")),
    line_net_amount=amounts,
    requested_delivery=maybe(days),
    allowances=several(line_charges, 2),
    taxes=several(taxes, 1),
    notes=several(st.builds(Note, text=words), 2),
)
places = st.builds(
    Party,
    role=st.just(PartyRole.SHIP_TO),
    ids=st.tuples(glns),
    name=maybe(words),
    address=maybe(st.builds(Address, lines=several(words, 3), city=words, country=st.just("SE"))),
)


def _references(*kinds: ReferenceType) -> st.SearchStrategy[tuple[Reference, ...]]:
    chosen = [maybe(st.builds(Reference, type=st.just(kind), number=codes())) for kind in kinds]
    return st.tuples(*chosen).map(lambda found: tuple(filter(None, found)))


orders = st.builds(
    PurchaseOrder,
    order_number=codes(),
    order_type=st.sampled_from([OrderType.STANDARD, OrderType.BLANKET, OrderType.CALL_OFF, OrderType.RUSH]),
    issue_date=days,
    currency=st.just("SEK"),
    contract=maybe(codes()),
    parties=st.tuples(party(PartyRole.BUYER), party(PartyRole.SELLER), places),
    references=_references(ReferenceType.CUSTOMER_REFERENCE, ReferenceType.SALES_ORDER),
    payment_terms=several(st.builds(PaymentTerms, text=words), 1),
    requested_delivery=maybe(days),
    allowances=several(charges, 2),
    notes=several(st.builds(Note, text=words), 2),
    lines=several(order_lines, 3, 1),
    totals_declared=st.builds(OrderTotals, net_amount=amounts, gross_amount=amounts),
)
response_lines = st.builds(
    OrderResponseLine,
    line_number=st.integers(1, 999).map(str),
    action=st.sampled_from(
        [ResponseAction.ACCEPTED, ResponseAction.CHANGED, ResponseAction.REJECTED, ResponseAction.ADDED]
    ),
    item=items,
    quantity=numbers(),
    uom=units,
    unit_price=maybe(numbers()),
    promised_dates=several(st.builds(PromisedDate, date=days, meaning=st.just("promised_delivery")), 1),
    notes=several(st.builds(Note, text=words), 2),
) | st.builds(
    OrderResponseLine,
    line_number=st.integers(1, 999).map(str),
    action=st.just(ResponseAction.SUBSTITUTED),
    item=items,
    substitute_item=items,
)
order_responses = st.builds(
    OrderResponse,
    response_number=codes(),
    order_number=codes(),
    order_date=maybe(days),
    seller_order_number=maybe(codes()),
    response_type=answers,
    issue_date=days,
    currency=st.just("NOK"),
    contract=maybe(codes()),
    parties=st.tuples(party(PartyRole.BUYER), party(PartyRole.SELLER)),
    references=_references(ReferenceType.CUSTOMER_REFERENCE),
    notes=several(st.builds(Note, text=words), 2),
    lines=several(response_lines, 3),
)
