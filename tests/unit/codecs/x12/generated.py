"""Documents as X12 can carry them, for property tests."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from ml_connector.codecs.totals import extension, line_net
from ml_connector.codecs.x12.invoice_types import INVOICE_TYPES
from ml_connector.codecs.x12.order_change import _ACTIONS as CHANGE_ACTIONS
from ml_connector.codecs.x12.order_response import _ACTIONS as RESPONSE_ACTIONS
from ml_connector.codecs.x12.order_response import _DATE_MEANINGS, _RESPONSE_TYPES
from ml_connector.codecs.x12.purchase_order import ORDER_TYPES, PURPOSES
from ml_connector.codecs.x12.qualifiers import (
    ITEM_SCHEMES,
    PARTY_ROLES,
    PARTY_SCHEMES,
    PRICE_DIVISORS,
    REFERENCE_TYPES,
    SETTLEMENTS,
    TAX_SCHEMES,
    TAX_TYPES,
)
from ml_connector.codecs.x12.shipment import _SSCC_MARKS
from ml_connector.codecs.x12.structures import LEVELS
from ml_connector.documents import (
    Address,
    Adjustment,
    AllowanceCharge,
    AllowanceChargeKind,
    BankAccount,
    Carrier,
    CodedValue,
    Contact,
    Delivery,
    DeliverySchedule,
    DeliveryTerms,
    DespatchAdvice,
    DespatchItem,
    DespatchOrder,
    DespatchTotals,
    Identifier,
    IdentifierScheme,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    Item,
    Level,
    LineConfirmation,
    LinePrice,
    Note,
    OrderLine,
    OrderReference,
    OrderResponse,
    OrderResponseLine,
    OrderTotals,
    Package,
    PackageLevel,
    Party,
    PartyRole,
    PaymentTerms,
    Price,
    PromisedDate,
    PurchaseOrder,
    Reference,
    ReferenceType,
    RemittanceAdvice,
    RemittanceLine,
    ResponseAction,
    SubLine,
    TaxSubtotal,
    Transport,
    UnitList,
    UnitOfMeasure,
)

_ALPHABET = "".join(c for c in string.printable if c.isprintable() and c not in "*>~^")


def texts(most: int, least: int = 1):
    stripped = st.text(_ALPHABET, min_size=least, max_size=most).map(str.strip)
    return stripped.filter(lambda text: len(text) >= least)


def codes(most: int, least: int = 1):
    return st.text(string.ascii_uppercase + string.digits, min_size=least, max_size=most)


def maybe(strategy):
    return st.none() | strategy


def some(strategy, most: int = 2):
    return st.lists(strategy, max_size=most).map(tuple)


def lines_of(strategy):
    return st.lists(strategy, min_size=1, max_size=2).map(tuple)


def amounts(most: str = "99999", places: int = 2, least: str = "0"):
    return st.decimals(Decimal(least), Decimal(most), places=places)


days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
clocks = st.builds(datetime.combine, days, st.times().map(lambda at: at.replace(microsecond=0)))
moments = st.one_of(days, clocks, clocks.map(lambda at: at.replace(tzinfo=UTC)))
units = st.sampled_from(("EA", "CA", "DZ", "PL", "KG", "LB")).map(
    lambda code: UnitOfMeasure(code=code, list=UnitList.X12_355)
)
quantities = st.decimals(Decimal("0.001"), Decimal(99999), places=3)


def identifiers(table, numbers=None):
    return st.builds(
        lambda qualifier, value: Identifier(
            scheme=table.get(qualifier, IdentifierScheme.OTHER), value=value, source_qualifier=qualifier
        ),
        st.sampled_from((*table, "XX")),
        texts(20, 2) if numbers is None else numbers,
    )


_SLOTS = {
    "gtin": ("UP", "EN", "UK"),
    "seller_id": ("VN", "VP", "VC"),
    "buyer_id": ("BP", "IN", "CB"),
    "manufacturer_id": ("MG", "MF"),
}


def named_ids(qualifiers):
    return st.builds(
        lambda qualifier, value: Identifier(
            scheme=ITEM_SCHEMES[qualifier], value=value, source_qualifier=qualifier
        ),
        st.sampled_from(qualifiers),
        codes(14),
    )


def _item(slots, further, description, lot=None):
    return Item(**slots, additional_ids=further, description=description, lot=lot)


further_ids = some(
    st.builds(
        lambda qualifier, value: Identifier(
            scheme=ITEM_SCHEMES.get(qualifier, IdentifierScheme.OTHER),
            value=value,
            source_qualifier=qualifier,
        ),
        st.sampled_from(("SK", "CH", "IB", "ZZ")),
        texts(20),
    )
)
slots = st.fixed_dictionaries({}, optional={name: named_ids(codes_) for name, codes_ in _SLOTS.items()})
descriptions = maybe(st.lists(texts(40), min_size=1, max_size=2).map("\n".join))
items = st.builds(_item, slots, further_ids, descriptions, maybe(codes(10)))
#: An article of a despatch advice has a number, and its lot stands with the item.
packed_items = st.builds(
    lambda slot, number, further, description: _item({slot: number}, further, description),
    st.just("seller_id"),
    named_ids(_SLOTS["seller_id"]),
    further_ids,
    descriptions,
)

_FREE_REFERENCES = tuple(
    code
    for code, kind in REFERENCE_TYPES.items()
    if kind
    not in (
        ReferenceType.CONTRACT,
        ReferenceType.PURCHASE_ORDER,
        ReferenceType.BILL_OF_LADING,
        ReferenceType.CARRIER_REFERENCE,
        ReferenceType.SHIPMENT,
        ReferenceType.PACKING_LIST,
        ReferenceType.DELIVERY_NOTE,
        ReferenceType.ORIGINAL_INVOICE,
        ReferenceType.LOT,
        ReferenceType.SERIAL,
    )
)


def references(qualifiers=(*_FREE_REFERENCES, "ZZ", "MR")):
    return st.builds(
        lambda qualifier, number, description: Reference(
            type=REFERENCE_TYPES.get(qualifier, ReferenceType.OTHER),
            number=number,
            description=description,
            source_qualifier=qualifier,
        ),
        st.sampled_from(qualifiers),
        texts(30),
        maybe(texts(40)),
    )


addresses = st.builds(
    Address,
    lines=some(texts(30), 4),
    city=maybe(texts(20, 2)),
    region=maybe(codes(2, 2)),
    post_code=maybe(codes(9, 3)),
    country=maybe(codes(2, 2)),
).filter(lambda address: address != Address())
contacts = st.builds(
    Contact,
    name=maybe(texts(30)),
    phone=maybe(codes(15)),
    fax=maybe(codes(15)),
    email=maybe(texts(30)),
    function=maybe(st.sampled_from(("BD", "OC"))),
)
tax_ids = st.builds(
    lambda qualifier, value: Identifier(
        scheme=TAX_SCHEMES[qualifier], value=value, source_qualifier=qualifier
    ),
    st.sampled_from(tuple(TAX_SCHEMES)),
    codes(15),
)


def parties(roles=(*PARTY_ROLES, "DV")):
    return st.builds(
        lambda role, name, **rest: Party(
            role=PARTY_ROLES.get(role, PartyRole.OTHER), source_qualifier=role, name=name, **rest
        ),
        st.sampled_from(roles),
        texts(40),
        ids=some(identifiers(PARTY_SCHEMES), 1),
        name2=maybe(texts(40)),
        address=maybe(addresses),
        contact=maybe(contacts),
        tax_ids=some(tax_ids, 1),
        references=some(references(), 1),
    )


taxes = st.builds(
    lambda code, amount, rate, basis, exempt: TaxSubtotal(
        scheme=TAX_TYPES[code],
        source_code=code,
        tax_amount=amount,
        rate=rate,
        taxable_amount=basis,
        exemption_reason=exempt,
        category="E" if exempt == "1" else None,
    ),
    st.sampled_from(tuple(code for code in TAX_TYPES if TAX_TYPES[code] != "TOTAL")),
    amounts("9999"),
    st.decimals(Decimal(2), Decimal(30), places=1),
    amounts("9999"),
    maybe(st.sampled_from(("1", "2"))),
)


def charges(level):
    return st.builds(
        AllowanceCharge,
        kind=st.sampled_from(AllowanceChargeKind),
        code=codes(4, 4).map(lambda code: CodedValue(value=code, list="X12_1300")),
        agency_code=maybe(codes(10).map(lambda code: CodedValue(value=code, list="VI"))),
        amount=maybe(amounts("9999")),
        percentage=st.none(),
        rate=maybe(amounts("999")),
        reason_text=maybe(texts(40)),
        settlement=maybe(st.sampled_from(tuple(SETTLEMENTS.values()))),
        reference=st.none(),
        taxes=st.just(()) if level is Level.LINE else some(taxes, 1),
        level=st.just(level),
    )


def plain_charges(level):
    """As orders know them: without taxes of their own."""
    return charges(level).map(lambda charge: charge.model_copy(update={"taxes": ()}))


terms = st.builds(
    PaymentTerms,
    code=maybe(codes(2, 2).map(lambda code: CodedValue(value=code, list="X12_336"))),
    discount_percent=st.decimals(Decimal(0), Decimal(50), places=1),
    discount_days=st.integers(0, 90),
    discount_due_date=maybe(days),
    net_days=maybe(st.integers(0, 365)),
    net_due_date=maybe(days),
    discount_amount=maybe(amounts()),
    text=maybe(texts(40)),
)
notes = st.builds(Note, text=texts(60), subject=maybe(st.sampled_from(("ZZ", "AH"))))
delivery_terms = st.builds(
    DeliveryTerms,
    payment_method=st.sampled_from(("CC", "PP")),
    source_qualifier=maybe(st.just("OR")),
    code=maybe(st.sampled_from(("EXW", "FCA", "DDP"))),
).map(lambda found: found if found.source_qualifier is None else found.model_copy(update={"place": "Bergen"}))
transports = st.builds(
    Transport,
    mode=maybe(st.sampled_from(("M", "A"))),
    carrier=identifiers(PARTY_SCHEMES, codes(10, 2)),
    name=maybe(texts(30)),
    service_level=maybe(st.sampled_from(("CG", "ND"))),
)
_DATES = (
    "earliest_date",
    "latest_date",
    "actual_date",
    "promised_date",
    "estimated_date",
    "scheduled_date",
    "requested_ship_date",
    "earliest_ship_date",
    "latest_ship_date",
    "ship_date",
    "cancel_after_date",
)


def deliveries(dates=_DATES, most=5):
    return maybe(
        st.builds(
            lambda found, terms_, carriers: Delivery(**found, delivery_terms=terms_, transport=carriers),
            st.dictionaries(st.sampled_from(dates), moments, max_size=most),
            maybe(delivery_terms),
            some(transports, 1),
        ).filter(lambda found: found != Delivery())
    )


sub_lines = st.builds(
    SubLine,
    line_number=codes(5),
    relationship=st.sampled_from(("included", "add", "substitute", "delete")),
    item=items,
    quantity=quantities,
    uom=units,
    unit_price=maybe(amounts()),
)
stores = st.builds(
    DeliverySchedule,
    qty=quantities,
    uom=st.just(UnitOfMeasure(code="EA", list=UnitList.X12_355)),
    location=codes(5, 2).map(
        lambda value: Identifier(scheme=IdentifierScheme.BUYER_ASSIGNED, value=value, source_qualifier="92")
    ),
)
dated = st.builds(
    DeliverySchedule,
    qty=quantities,
    uom=units,
    date=days | clocks,
    source_qualifier=st.sampled_from(("002", "010")),
)
further_prices = st.builds(
    Price,
    amount=amounts(),
    base_quantity=maybe(st.sampled_from((Decimal(12), Decimal(100)))),
    price_type=st.just("retail"),
    source_code=st.sampled_from(("RTL", "MSR")),
)


@st.composite
def bases(draw):
    code = draw(maybe(st.sampled_from((*PRICE_DIVISORS, "CT"))))
    return {"price_code": code, "price_base": PRICE_DIVISORS.get(code or "")} if code != "CT" else {}


@st.composite
def order_lines(draw, *, action=False, drawn_quantities=quantities):
    price = draw(amounts("9999", 4))
    fields = {
        "line_number": draw(codes(6)),
        "item": draw(items),
        "quantity": draw(drawn_quantities),
        "uom": draw(units),
        "unit_price": price,
        **draw(bases()),
        "list_price": draw(maybe(amounts())),
        "prices": draw(some(further_prices, 1)),
        "units_per_pack": draw(maybe(st.integers(1, 999).map(Decimal))),
        "requested_delivery": draw(maybe(moments)),
        "delivery": draw(deliveries()),
        "delivery_schedules": draw(
            st.sampled_from((st.just(()), some(stores), some(dated))).flatmap(lambda s: s)
        ),
        "parties": draw(some(parties(), 1)),
        "allowances": draw(some(plain_charges(Level.LINE))),
        "taxes": draw(some(taxes, 1)),
        "notes": draw(some(notes)),
        "references": draw(some(references())),
        "sub_lines": draw(some(sub_lines, 1)),
    }
    if action:
        code = draw(st.sampled_from(tuple(CHANGE_ACTIONS)))
        fields |= {"action_code": code, "action": CHANGE_ACTIONS[code]}
        fields["quantity_open"] = draw(st.integers(0, 9999).map(Decimal))
    extended = extension(fields["quantity"], price, fields.get("price_base"))
    return OrderLine(**fields, line_net_amount=line_net(extended, fields["allowances"]))


headers = {
    "currency": maybe(st.sampled_from(("USD", "NOK", "EUR"))),
    "contract": maybe(texts(22)),
    "parties": some(parties(), 2),
    "contact": maybe(contacts),
    "references": some(references()),
    "payment_terms": some(terms),
    "requested_delivery": maybe(moments),
    "delivery": deliveries(),
    "allowances": some(plain_charges(Level.HEADER)),
    "notes": some(notes),
}


def _totals(lines):
    return OrderTotals(
        line_count=len(lines), sum_qty=sum((line.quantity for line in lines if line.quantity), Decimal(0))
    )


def _order(lines, code, purpose, **fields):
    return PurchaseOrder(
        lines=lines,
        order_type=ORDER_TYPES[code],
        order_type_code=code,
        purpose=PURPOSES[purpose],
        totals_declared=_totals(lines),
        **fields,
    )


orders = st.builds(
    _order,
    lines_of(order_lines()),
    st.sampled_from(tuple(ORDER_TYPES)),
    st.sampled_from(tuple(PURPOSES)),
    order_number=texts(22),
    order_release=maybe(texts(30)),
    issue_date=days,
    acknowledgement_wanted=maybe(st.sampled_from(("AC", "AD"))),
    taxes=some(taxes, 1),
    **headers,
)
order_changes = st.builds(
    lambda *args, **fields: _order(*args, document_type="order_change", **fields),
    lines_of(order_lines(action=True, drawn_quantities=st.integers(1, 99999).map(Decimal))),
    st.sampled_from(tuple(ORDER_TYPES)),
    st.sampled_from(tuple(PURPOSES)),
    order_number=texts(22),
    order_release=maybe(texts(30)),
    change_sequence=maybe(codes(8)),
    issue_date=days,
    change_date=maybe(days),
    taxes=some(taxes, 1),
    **headers,
)


@st.composite
def confirmations(draw):
    code = draw(st.sampled_from(tuple(RESPONSE_ACTIONS)))
    qualifier = draw(st.sampled_from(tuple(_DATE_MEANINGS)))
    promise = PromisedDate(date=draw(days), meaning=_DATE_MEANINGS[qualifier], source_qualifier=qualifier)
    substitute = draw(maybe(items.map(lambda item: item.model_copy(update={"description": None}))))
    return LineConfirmation(
        action=RESPONSE_ACTIONS[code],
        source_code=code,
        quantity=draw(quantities),
        uom=draw(units),
        promised_dates=draw(st.sampled_from(((), (promise,)))),
        substitute_item=substitute if substitute and list(substitute.identifiers()) else None,
    )


@st.composite
def response_lines(draw):
    original = draw(order_lines().map(lambda line: line.model_copy(update={"taxes": ()})))
    common = {"line_number": original.line_number, "item": original.item, "original_line": original}
    parts = draw(st.lists(confirmations(), min_size=1, max_size=3))
    if len(parts) == 1:
        return OrderResponseLine(**common, **dict(parts[0]))
    refused = (ResponseAction.REJECTED, ResponseAction.CANCELLED)
    return OrderResponseLine(
        **common,
        action=ResponseAction.SPLIT,
        quantity=sum((part.quantity for part in parts if part.action not in refused), Decimal(0)),
        uom=original.uom,
        confirmations=tuple(parts),
    )


order_responses = st.builds(
    lambda lines, code, **fields: OrderResponse(
        lines=lines,
        response_type=_RESPONSE_TYPES[code],
        response_code=code,
        totals_declared=_totals([line.original_line for line in lines]),
        **fields,
    ),
    lines_of(response_lines()),
    st.sampled_from(tuple(_RESPONSE_TYPES)),
    order_number=texts(22),
    order_release=maybe(texts(30)),
    order_date=days,
    seller_order_number=maybe(texts(30)),
    issue_date=maybe(days),
    **headers,
)


@st.composite
def invoice_lines(draw):
    price = draw(amounts("9999", 4))
    basis = draw(bases())
    quantity = draw(quantities)
    allowances = draw(some(plain_charges(Level.LINE)))
    reference = draw(maybe(st.builds(OrderReference, po_number=texts(22), po_line=maybe(codes(5)))))
    net = line_net(extension(quantity, price, basis.get("price_base")), allowances)
    return InvoiceLine(
        line_number=draw(codes(6)),
        order_ref=reference,
        item=draw(items),
        quantity=quantity,
        uom=draw(units),
        price=LinePrice(
            net=price,
            gross=draw(maybe(amounts())),
            base=basis.get("price_base"),
            source_code=basis.get("price_code"),
        ),
        prices=draw(some(further_prices, 1)),
        units_per_pack=draw(maybe(st.integers(1, 999).map(Decimal))),
        shipped_quantity=draw(maybe(quantities)),
        allowances=allowances,
        net_amount=net,
        tax=draw(some(taxes, 1)),
        delivery=draw(
            maybe(
                st.dictionaries(st.sampled_from(_DATES), moments, min_size=1, max_size=5).map(
                    lambda found: Delivery(**found)
                )
            )
        ),
        parties=draw(some(parties(), 1)),
        references=draw(some(references())),
        sub_lines=draw(some(sub_lines, 1)),
    )


def _invoice(lines, code, purpose, declared, **fields):
    return Invoice(
        lines=lines,
        invoice_type=INVOICE_TYPES[code],
        invoice_type_code=code,
        purpose=PURPOSES[purpose],
        totals_declared=InvoiceTotals(
            payable=declared,
            declared_line_count=len(lines),
            hash=sum((line.quantity for line in lines), Decimal(0)),
        ),
        **fields,
    )


_INVOICE_DATES = ("actual_date", "estimated_date", "ship_date")
cad_transports = st.builds(
    Transport,
    mode=maybe(st.sampled_from(("M", "A"))),
    carrier=codes(4, 2).map(
        lambda value: Identifier(scheme=IdentifierScheme.SCAC, value=value, source_qualifier="2")
    ),
    name=maybe(texts(30)),
    vehicle=maybe(codes(10)),
)
invoice_notes = st.builds(Note, text=texts(60), subject=maybe(st.sampled_from(("GEN", "ADD"))))
invoices = st.builds(
    _invoice,
    lines_of(invoice_lines()),
    st.sampled_from(tuple(INVOICE_TYPES)),
    st.sampled_from(tuple(PURPOSES)),
    amounts("999999", 2, "0.01"),
    invoice_number=texts(22),
    issue_date=st.dates(date(2000, 1, 1), date(2026, 1, 1)),
    due_date=maybe(days),
    period_start=maybe(days),
    period_end=maybe(days),
    order_references=maybe(
        st.builds(OrderReference, po_number=texts(22), issue_date=maybe(days), release=maybe(texts(30)))
    ).map(lambda found: (found,) if found else ()),
    contract=maybe(texts(30)),
    despatch_references=some(references(("SI", "PK", "DQ"))),
    original_invoice_references=some(references(("OI",))),
    references=some(references()),
    parties=some(parties(), 2),
    contact=maybe(contacts),
    currency=maybe(st.sampled_from(("USD", "NOK", "EUR"))),
    payment_terms=some(terms).map(
        lambda found: tuple(term.model_copy(update={"net_due_date": None}) for term in found)
    ),
    delivery=maybe(
        st.builds(
            lambda found, terms_, carriers: Delivery(**found, delivery_terms=terms_, transport=carriers),
            st.dictionaries(st.sampled_from(_INVOICE_DATES), moments, max_size=3),
            maybe(delivery_terms),
            some(cad_transports, 1),
        ).filter(lambda found: found != Delivery())
    ),
    allowances_charges=some(charges(Level.HEADER)),
    tax_subtotals=some(taxes),
    notes=some(invoice_notes),
)


@st.composite
def despatch_items(draw, po_number, release):
    return DespatchItem(
        po_number=po_number,
        po_release=release,
        po_line=draw(maybe(codes(6))),
        line=draw(maybe(codes(6))),
        item=draw(packed_items),
        qty=draw(st.integers(1, 99999).map(Decimal)),
        uom=draw(units),
        ordered_qty=None,
        shipped_to_date=draw(maybe(st.integers(0, 9999).map(Decimal))),
        units_per_pack=draw(maybe(st.integers(1, 999).map(Decimal))),
        lot=draw(maybe(codes(10))),
        expiry=draw(maybe(moments)),
        serials=draw(some(codes(10))),
        sn=draw(maybe(codes(10))),
        references=draw(some(references(), 1)),
        sub_lines=draw(some(sub_lines.map(_undescribed), 1)),
    )


def _undescribed(sub):
    """In a despatch advice components have no descriptions of their own."""
    return sub.model_copy(update={"item": sub.item.model_copy(update={"description": None})})


ssccs = st.builds(
    lambda qualifier, digits: Identifier(
        scheme=IdentifierScheme.SSCC, value=digits, source_qualifier=qualifier
    ),
    st.sampled_from(_SSCC_MARKS),
    st.text(string.digits, min_size=18, max_size=18),
)
marks = ssccs | st.builds(
    lambda value: Identifier(scheme=IdentifierScheme.OTHER, value=value, source_qualifier="CP"), codes(10)
)


@st.composite
def packages(draw, po_number, release, depth=2, parent=None, around=None):
    mark = draw(maybe(marks))
    own = mark.value if mark else None
    weighed, typed = draw(st.booleans()), draw(st.booleans())
    return Package(
        id=mark,
        additional_ids=draw(some(marks, 1)) if mark else (),
        type=CodedValue(value="CTN25", list="X12_103") if typed else None,
        count=draw(st.integers(1, 99)) if typed else None,
        level=draw(st.sampled_from(tuple(LEVELS.values()))),
        weight=draw(amounts("9999", 1)) if weighed else None,
        weight_uom=draw(units) if weighed else None,
        parent=parent,
        po_number=around,
        references=draw(some(references(), 1)),
        items=tuple(draw(st.lists(despatch_items(po_number, release), min_size=1, max_size=2))),
        children=tuple(
            draw(st.lists(packages(po_number, release, depth - 1, own, around), max_size=2)) if depth else ()
        ),
    )


@st.composite
def despatch_advices(draw, structure="shipment_order_package_item"):
    numbers = draw(st.lists(texts(20), min_size=1, max_size=2, unique=True))
    orders_ = []
    tops = []
    for number in numbers:
        order = DespatchOrder(
            po_number=number,
            release=draw(maybe(texts(20))),
            issue_date=draw(maybe(days)),
            references=draw(some(references(), 1)),
            parties=draw(some(parties(), 1)),
        )
        orders_.append(order)
        if structure == "shipment_order_item":
            loose = draw(st.lists(despatch_items(number, order.release), min_size=1, max_size=2))
            tops.append(Package(level=PackageLevel.SHIPMENT, po_number=number, items=tuple(loose)))
        else:
            around = None if structure == "shipment_package_order_item" else number
            tops += draw(st.lists(packages(number, order.release, around=around), min_size=1, max_size=2))
    count = sum(len(inner.items) for top in tops for inner in top.walk())
    return DespatchAdvice(
        despatch_number=draw(texts(30, 2)),
        structure=structure,
        issue_datetime=draw(clocks),
        despatch_datetime=draw(maybe(moments)),
        estimated_delivery=draw(maybe(moments)),
        carrier=draw(maybe(carriers)),
        bill_of_lading=draw(maybe(texts(30))),
        parties=draw(some(parties())),
        references=draw(some(references())),
        package_count=None,
        orders=tuple(orders_),
        packages=tuple(tops),
        totals_declared=DespatchTotals(line_count=count),
    )


carriers = st.builds(
    lambda scac, tracking, name, vehicle: Carrier(
        scac=scac,
        carrier=Identifier(scheme=IdentifierScheme.SCAC, value=scac, source_qualifier="2"),
        tracking=tracking,
        name=name,
        vehicle=vehicle,
        vehicle_type="TL" if vehicle else None,
        vehicle_initial="AB" if vehicle else None,
    ),
    codes(4, 2),
    maybe(texts(30)),
    maybe(texts(30)),
    maybe(codes(10)),
)
banks = st.builds(
    BankAccount,
    bank=st.builds(
        Identifier,
        scheme=st.just(IdentifierScheme.BANK),
        value=codes(12, 3),
        source_qualifier=st.just("01"),
    ),
    account=st.builds(Identifier, scheme=st.just(IdentifierScheme.ACCOUNT), value=codes(35)),
    account_type=st.just("DA"),
)


def signed(most="9999"):
    return st.decimals(-Decimal(most), Decimal(most), places=2)


adjustments = st.builds(
    Adjustment,
    amount=signed(),
    code=codes(2, 2).map(lambda code: CodedValue(value=code, list="X12_426")),
    reference=maybe(references().map(lambda r: r.model_copy(update={"description": None}))),
)
remittance_lines = st.builds(
    lambda qualifier, **fields: RemittanceLine(
        source_qualifier=qualifier[0], document_type=qualifier[1], **fields
    ),
    st.sampled_from((("IV", "invoice"), ("CM", "credit_note"), ("AJ", "adjustment"), ("PO", "invoice"))),
    document_number=texts(30),
    document_date=maybe(days),
    action_code=maybe(st.sampled_from(("PI", "PO"))),
    paid_amount=maybe(signed()),
    gross_amount=maybe(amounts()),
    discount=maybe(amounts("99")),
    adjustments=some(adjustments),
    references=some(references()),
)
remittances = st.builds(
    lambda code, **fields: RemittanceAdvice(type=code[1], type_code=code[0], **fields),
    st.sampled_from((("I", "remittance_only"), ("C", "payment_with_remittance"), ("P", "prenote"))),
    number=texts(30),
    issue_date=maybe(days),
    value_date=maybe(days),
    payer=maybe(parties(("PR",))),
    payee=maybe(parties(("PE",))),
    payer_account=maybe(banks),
    payee_account=maybe(banks),
    payment_method=st.sampled_from(("ACH", "CHK", "NON")),
    payment_format=maybe(st.just("CTX")),
    credit_debit=st.just("C"),
    originator_id=maybe(codes(10, 10)),
    currency=maybe(st.just("USD")),
    amount=amounts(),
    references=some(references()),
    lines=lines_of(remittance_lines),
    unallocated=some(adjustments),
)
