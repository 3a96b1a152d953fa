"""Documents that EDIFACT can carry, made up by hypothesis."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

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
    InvoiceType,
    Item,
    Level,
    LineAction,
    LineConfirmation,
    LinePrice,
    Note,
    OrderLine,
    OrderReference,
    OrderResponse,
    OrderResponseLine,
    OrderTotals,
    OrderType,
    Package,
    PackageLevel,
    Party,
    PartyRole,
    PaymentBasis,
    PaymentMeans,
    PaymentTerms,
    Price,
    PromisedDate,
    PurchaseOrder,
    Purpose,
    Reference,
    ReferenceType,
    RemittanceAdvice,
    RemittanceLine,
    RemittanceLineType,
    RemittanceTotals,
    ResponseAction,
    ResponseType,
    Settlement,
    TaxSubtotal,
    Transport,
    UnitList,
    UnitOfMeasure,
)

_WORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789åäöÅÄÖéßø+:'?./-&()"


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


def texts(longest: int, alphabet: str = _WORD) -> st.SearchStrategy[str]:
    """Words with single blanks between them, service characters among them."""
    words = st.lists(st.text(alphabet, min_size=1, max_size=12), min_size=1, max_size=6)
    return words.map(" ".join).map(lambda text: text[:longest].strip()).filter(bool)


def codes(longest: int = 14) -> st.SearchStrategy[str]:
    return st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-/", min_size=1, max_size=longest)


def several(strategy: st.SearchStrategy, most: int = 3, least: int = 0) -> st.SearchStrategy[tuple]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


def numbers(places: int = 4, least: str = "0", most: str = "9999999") -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), places=places, allow_nan=False)


amounts = numbers(2)
days = st.dates(date(1980, 1, 1), date(2069, 12, 31))
moments = days | st.datetimes(datetime(1980, 1, 1), datetime(2069, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
units = st.sampled_from(["PCE", "EA", "KGM", "LTR", "C62"]).map(
    lambda code: UnitOfMeasure(code=code, list=UnitList.UNECE_REC20)
) | st.just(UnitOfMeasure(code="XCT", list=UnitList.UNECE_REC21))


def _with_check_digit(digits: str) -> str:
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def _identifier(
    scheme: IdentifierScheme, values: st.SearchStrategy[str], qualifier: str | None = None
) -> st.SearchStrategy:
    return values.map(lambda value: Identifier(scheme=scheme, value=value, source_qualifier=qualifier))


_digits = lambda count: st.text("0123456789", min_size=count, max_size=count)  # noqa: E731
glns = _identifier(IdentifierScheme.GLN, _digits(12).map(_with_check_digit))
gtins = _identifier(IdentifierScheme.GTIN, _digits(12).map(_with_check_digit)) | _identifier(
    IdentifierScheme.GTIN, _digits(11).map(_with_check_digit), "UP"
)
sellers_codes = _identifier(IdentifierScheme.SELLER_ASSIGNED, codes())
buyers_codes = _identifier(IdentifierScheme.BUYER_ASSIGNED, codes())
party_ids = (
    glns
    | sellers_codes
    | buyers_codes
    | _identifier(IdentifierScheme.DUNS, _digits(9))
    | _identifier(IdentifierScheme.MUTUAL, codes(10))
)
further_ids = (
    _identifier(IdentifierScheme.BUYER_ASSIGNED, codes(), "IA")
    | _identifier(IdentifierScheme.SELLER_ASSIGNED, codes(), "IT")
    | _identifier(IdentifierScheme.OTHER, codes(), "API")
)
tax_ids = _identifier(IdentifierScheme.VAT, codes()) | _identifier(
    IdentifierScheme.COMPANY_REG, codes(), "GN"
)


def references(*kinds: ReferenceType, dated: bool = True) -> st.SearchStrategy:
    return st.builds(
        Reference,
        type=st.sampled_from(kinds),
        number=codes(),
        line_number=maybe(st.integers(1, 99999).map(str)),
        issue_date=maybe(moments) if dated else st.none(),
    )


_PARTY_REFERENCES = (ReferenceType.CUSTOMER_REFERENCE, ReferenceType.PRICE_LIST)
_REFERENCES = (ReferenceType.CUSTOMER_REFERENCE, ReferenceType.PRICE_LIST, ReferenceType.PROMOTION)
addresses = st.builds(
    Address,
    lines=several(texts(35), 4, 1),
    city=maybe(texts(35)),
    region=maybe(codes(9)),
    post_code=maybe(codes(9)),
    country=maybe(st.sampled_from(["NO", "SE", "GB"])),
)
contacts = st.builds(
    Contact,
    name=texts(35),
    phone=maybe(codes()),
    email=maybe(st.just("order@example.org")),
    fax=maybe(codes()),
    function=maybe(st.just("OC")),
)


def parties(*roles: PartyRole) -> st.SearchStrategy:
    return st.builds(
        Party,
        role=st.sampled_from(roles),
        ids=st.tuples(party_ids) | st.just(()) | st.tuples(party_ids, further_ids),
        name=maybe(texts(34)),
        address=maybe(addresses),
        contact=maybe(contacts),
        tax_ids=several(tax_ids, 2),
        references=several(references(*_PARTY_REFERENCES), 2),
    )


header_parties = several(
    parties(PartyRole.BUYER, PartyRole.SELLER, PartyRole.SHIP_TO, PartyRole.INVOICEE, PartyRole.CARRIER), 4
)
items = st.builds(
    Item,
    gtin=maybe(gtins),
    seller_id=maybe(sellers_codes),
    buyer_id=maybe(buyers_codes),
    manufacturer_id=maybe(_identifier(IdentifierScheme.MANUFACTURER_ASSIGNED, codes())),
    name=maybe(texts(34)),
    description=maybe(texts(34) | texts(100)),
    lot=maybe(codes()),
    country=maybe(st.sampled_from(["NO", "SE"])),
)
notes = st.builds(Note, text=texts(69) | texts(200), subject=st.sampled_from(["AAI", "DEL", "PUR"]))
header_notes = st.lists(notes, max_size=2, unique_by=lambda note: note.subject).map(tuple)
taxes = st.builds(
    TaxSubtotal,
    scheme=st.just("VAT"),
    category=st.sampled_from(["S", "Z", "E", "AE"]),
    rate=maybe(numbers(2, most="99")),
    taxable_amount=maybe(amounts),
    tax_amount=maybe(amounts),
)
charges = st.builds(
    AllowanceCharge,
    kind=st.sampled_from(AllowanceChargeKind),
    code=maybe(st.sampled_from(["DI", "FC", "TD"]).map(lambda code: CodedValue(value=code, list="UNCL7161"))),
    reason_text=maybe(texts(34)),
    percentage=maybe(numbers(2, most="100")),
    amount=maybe(amounts),
    base_amount=maybe(amounts),
    settlement=maybe(st.sampled_from([Settlement.OFF_INVOICE, Settlement.BILL_BACK])),
    sequence=maybe(st.sampled_from(["1", "2"])),
    tax_category=maybe(st.sampled_from(["S", "AE"])),
    level=st.just(Level.HEADER),
)
line_charges = charges.map(lambda charge: charge.model_copy(update={"level": Level.LINE}))
terms = st.builds(
    PaymentTerms,
    text=maybe(texts(34)),
    net_days=st.integers(0, 365),
    basis=st.sampled_from([PaymentBasis.INVOICE_DATE, PaymentBasis.END_OF_MONTH]),
    net_due_date=maybe(days),
    discount_percent=maybe(numbers(2, "0.01", "50")),
    discount_due_date=maybe(days),
)
transports = st.builds(
    Transport,
    mode=maybe(st.sampled_from(["10", "30", "40"])),
    carrier=maybe(glns),
    name=texts(35),
    tracking=maybe(codes()),
    vehicle=maybe(codes(9)),
)
delivery_terms = st.builds(
    DeliveryTerms,
    code=st.sampled_from(["DAP", "EXW"]),
    place=maybe(texts(70)),
    payment_method=maybe(st.just("PC")),
)
deliveries = maybe(
    st.builds(
        Delivery,
        earliest_date=moments,
        latest_date=maybe(moments),
        promised_date=maybe(moments),
        estimated_date=maybe(moments),
        requested_ship_date=maybe(moments),
        ship_date=maybe(moments),
        delivery_terms=maybe(delivery_terms),
        transport=several(transports, 2),
    )
)
line_deliveries = maybe(st.builds(Delivery, earliest_date=moments, latest_date=maybe(moments)))
further_prices = st.builds(
    Price, amount=numbers(), base_quantity=maybe(numbers(0, "1")), price_type=st.sampled_from(["INF", "AAE"])
)
schedules = st.builds(DeliverySchedule, qty=numbers(), uom=units, date=maybe(moments), location=maybe(glns))


_ACTIONS = [action for action in LineAction if action is not LineAction.CANCEL]
_ORDER_TYPES = [OrderType.STANDARD, OrderType.BLANKET, OrderType.RUSH, OrderType.CALL_OFF]


@st.composite
def order_lines(draw: st.DrawFn, *, actions: bool = False) -> OrderLine:
    placed = sorted(draw(several(schedules, 3)), key=lambda schedule: schedule.location is None)
    price = draw(maybe(numbers()))
    return OrderLine(
        line_number=str(draw(st.integers(1, 999999))),
        action=draw(st.sampled_from(LineAction).filter(lambda a: a is not LineAction.CANCEL))
        if actions
        else None,
        item=draw(items),
        quantity=draw(numbers()),
        uom=draw(maybe(units)),
        unit_price=price,
        list_price=draw(maybe(numbers())) if price is not None else None,
        price_base=draw(maybe(numbers(0, "1", "1000"))) if price is not None else None,
        price_base_uom=draw(maybe(units)) if price is not None else None,
        prices=draw(several(further_prices, 2)),
        line_net_amount=draw(maybe(amounts)),
        units_per_pack=draw(maybe(numbers(0, "1", "1000"))),
        requested_delivery=draw(maybe(moments)),
        delivery=draw(line_deliveries),
        delivery_schedules=tuple(placed),
        parties=draw(several(parties(PartyRole.SHIP_TO, PartyRole.ULTIMATE_CONSIGNEE), 1)),
        allowances=draw(several(line_charges, 2)),
        taxes=draw(several(taxes, 1)),
        notes=draw(header_notes),
        references=draw(several(references(*_REFERENCES, ReferenceType.CONTRACT), 2)),
    )


def orders(document_type: str = "order") -> st.SearchStrategy[PurchaseOrder]:
    return st.builds(
        PurchaseOrder,
        document_type=st.just(document_type),
        order_number=codes(),
        order_type=st.sampled_from(
            [OrderType.STANDARD, OrderType.BLANKET, OrderType.RUSH, OrderType.CALL_OFF]
        ),
        purpose=st.sampled_from([Purpose.ORIGINAL, Purpose.REPLACE, Purpose.CANCEL, Purpose.COPY]),
        acknowledgement_wanted=maybe(st.just("AC")),
        issue_date=days,
        currency=st.sampled_from(["EUR", "NOK"]),
        exchange_rate=maybe(numbers(4, "0.0001", "100")),
        contract=maybe(codes()),
        parties=header_parties,
        references=several(references(*_REFERENCES), 2),
        payment_terms=several(terms, 1),
        requested_delivery=maybe(moments),
        delivery=deliveries,
        allowances=several(charges, 2),
        taxes=several(taxes, 1),
        notes=header_notes,
        lines=several(order_lines(), 3, 1),
        totals_declared=st.builds(
            OrderTotals,
            line_count=st.integers(0, 99),
            sum_qty=maybe(numbers()),
            net_amount=maybe(amounts),
            gross_amount=maybe(amounts),
        ),
    )


order_references = st.builds(
    OrderReference,
    po_number=codes(),
    po_line=maybe(st.integers(1, 99999).map(str)),
    issue_date=maybe(moments),
)
accounts = st.builds(
    BankAccount,
    account=st.just(Identifier(scheme=IdentifierScheme.IBAN, value="NO9386011117947"))
    | _identifier(IdentifierScheme.ACCOUNT, _digits(11)),
    bank=maybe(
        st.just(Identifier(scheme=IdentifierScheme.BIC, value="DNBANOKK"))
        | _identifier(IdentifierScheme.BANK, _digits(6))
    ),
    holder=maybe(texts(35)),
    bank_name=maybe(texts(70)),
    country=maybe(st.just("NO")),
)


@st.composite
def invoice_lines(draw: st.DrawFn) -> InvoiceLine:
    return InvoiceLine(
        line_number=str(draw(st.integers(1, 999999))),
        order_ref=draw(maybe(order_references)),
        despatch_ref=draw(maybe(references(ReferenceType.DESPATCH_ADVICE, ReferenceType.DELIVERY_NOTE))),
        item=draw(items),
        quantity=draw(numbers()),
        uom=draw(maybe(units)),
        price=draw(
            maybe(
                st.builds(
                    LinePrice,
                    net=numbers(),
                    gross=maybe(numbers()),
                    base=maybe(numbers(0, "1", "1000")),
                    base_uom=maybe(units),
                )
            )
        ),
        prices=draw(several(further_prices, 1)),
        units_per_pack=draw(maybe(numbers(0, "1", "100"))),
        shipped_quantity=draw(maybe(numbers())),
        free_quantity=draw(maybe(numbers())),
        allowances=draw(several(line_charges, 2)),
        net_amount=draw(maybe(amounts)),
        tax=draw(several(taxes, 1)),
        delivery=draw(line_deliveries),
        parties=draw(several(parties(PartyRole.SHIP_TO), 1)),
        references=draw(several(references(*_REFERENCES), 2)),
        notes=draw(header_notes),
    )


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    kind = draw(st.sampled_from(list(InvoiceType)))
    seller = draw(parties(PartyRole.SELLER))
    taxed = draw(several(taxes.filter(lambda tax: tax.taxable_amount is not None), 2))
    period = draw(st.tuples(days, days) | st.tuples(st.none(), st.none()))
    return Invoice(
        invoice_type=kind,
        purpose=draw(st.sampled_from([Purpose.ORIGINAL, Purpose.REPLACE, Purpose.DUPLICATE])),
        invoice_number=draw(codes()),
        issue_date=draw(days),
        tax_point_date=draw(maybe(days)),
        due_date=draw(maybe(days)),
        period_start=period[0],
        period_end=period[1],
        order_references=draw(several(order_references, 2)),
        contract=draw(maybe(codes())),
        despatch_references=draw(several(references(ReferenceType.DELIVERY_NOTE), 2)),
        original_invoice_references=draw(several(references(ReferenceType.ORIGINAL_INVOICE), 2)),
        references=draw(several(references(*_REFERENCES), 2)),
        parties=(seller, *draw(several(parties(PartyRole.BUYER, PartyRole.SHIP_TO, PartyRole.INVOICEE), 3))),
        currency=draw(st.sampled_from(["EUR", "NOK"])),
        tax_currency=draw(maybe(st.just("SEK"))),
        exchange_rate=draw(maybe(numbers(4, "0.0001", "100"))),
        payment_means=draw(
            several(
                st.builds(
                    PaymentMeans,
                    code=maybe(st.just(CodedValue(value="42", list="UNCL4461"))),
                    account=accounts,
                    payment_reference=maybe(codes()),
                ),
                1,
            )
        ),
        payment_terms=draw(several(terms, 1)),
        delivery=draw(deliveries),
        allowances_charges=draw(several(charges, 2)),
        tax_subtotals=taxed,
        notes=draw(header_notes),
        lines=draw(several(invoice_lines(), 3)),
        totals_declared=InvoiceTotals(
            line_extension=draw(maybe(amounts)),
            allowance_total=draw(maybe(amounts)),
            charge_total=draw(maybe(amounts)),
            tax_exclusive=draw(maybe(amounts)),
            tax_total=draw(maybe(amounts)),
            tax_inclusive=draw(maybe(amounts)),
            prepaid=draw(maybe(amounts)),
            payable=draw(amounts),
            discount_base=draw(maybe(amounts)),
            declared_line_count=draw(st.integers(0, 99)),
        ),
    )


def order_changes() -> st.SearchStrategy[PurchaseOrder]:
    changes = orders("order_change")
    return st.builds(
        lambda change, lines, release, sequence, day: change.model_copy(
            update={
                "lines": lines,
                "order_type": OrderType.STANDARD,
                "order_release": release,
                "change_sequence": f"C{sequence}" if sequence else None,
                "change_date": day,
            }
        ),
        changes,
        several(order_lines(actions=True), 3, 1),
        maybe(codes(8)),
        maybe(codes()),
        days,
    )


_MEANINGS = ["promised_delivery", "scheduled_delivery", "estimated_delivery"]
promises = st.lists(
    st.builds(PromisedDate, date=moments, meaning=st.sampled_from(_MEANINGS)),
    max_size=2,
    unique_by=lambda promise: promise.meaning,
).map(tuple)
confirmations = st.builds(
    LineConfirmation,
    action=st.sampled_from([ResponseAction.ACCEPTED, ResponseAction.BACKORDERED]),
    quantity=numbers(),
    uom=units,
    promised_dates=promises,
)
_UNREFINED = [
    ResponseAction.ACCEPTED,
    ResponseAction.REJECTED,
    ResponseAction.CANCELLED,
    ResponseAction.ADDED,
    ResponseAction.CHANGED,
    ResponseAction.BACKORDERED,
]


@st.composite
def response_lines(draw: st.DrawFn) -> OrderResponseLine:
    number, item = str(draw(st.integers(1, 999999))), draw(items)
    parts = draw(several(confirmations, 2))
    quantity, uom = draw(numbers()), draw(units)
    action = ResponseAction.SPLIT if parts else draw(st.sampled_from(_UNREFINED))
    original = None
    if action not in (ResponseAction.CHANGED, ResponseAction.BACKORDERED):
        original = draw(
            maybe(
                st.builds(
                    OrderLine,
                    line_number=st.just(number),
                    item=st.just(item),
                    quantity=numbers(),
                    uom=units,
                    requested_delivery=maybe(moments),
                )
            )
        )
    if action is ResponseAction.CHANGED and original is not None:
        quantity = original.quantity
    price = draw(maybe(numbers()))
    reason = draw(maybe(st.just(CodedValue(value="4", list="UNCL4465"))))
    return OrderResponseLine(
        line_number=number,
        item=item,
        original_line=original,
        action=action,
        quantity=quantity,
        uom=uom,
        unit_price=price,
        price_base=draw(maybe(numbers(0, "1", "100"))) if price is not None else None,
        promised_dates=draw(promises),
        reason_code=reason,
        note=draw(maybe(texts(69))) if reason else None,
        confirmations=parts,
        references=draw(several(references(*_REFERENCES), 2)),
        notes=draw(header_notes),
    )


#: What both EDIFACT and UBL have a code for.
answers = st.sampled_from(
    [
        ResponseType.ACCEPTED,
        ResponseType.ACCEPTED_WITH_CHANGE,
        ResponseType.REJECTED,
        ResponseType.RECEIVED,
    ]
)


def order_responses() -> st.SearchStrategy[OrderResponse]:
    return st.builds(
        OrderResponse,
        response_number=maybe(codes().map(lambda code: f"R{code}")),
        order_number=codes(13).map(lambda code: f"O{code}"),
        order_release=maybe(codes(8)),
        order_date=maybe(days),
        seller_order_number=maybe(codes()),
        response_type=answers,
        issue_date=days,
        currency=st.sampled_from(["EUR", "NOK"]),
        contract=maybe(codes()),
        parties=header_parties,
        references=several(references(*_REFERENCES), 2),
        payment_terms=several(terms, 1),
        requested_delivery=maybe(moments),
        delivery=deliveries,
        allowances=several(charges, 1),
        notes=header_notes,
        lines=several(response_lines(), 3, 1),
        totals_declared=st.builds(OrderTotals, line_count=st.integers(0, 99)),
    )


ssccs = _identifier(IdentifierScheme.SSCC, _digits(17).map(_with_check_digit))
despatch_items = st.builds(
    DespatchItem,
    po_number=codes(),
    po_line=maybe(st.integers(1, 99999).map(str)),
    line=st.integers(1, 999999).map(str),
    item=items.map(lambda item: item.model_copy(update={"lot": None})),
    qty=numbers(),
    uom=maybe(units),
    ordered_qty=maybe(numbers()),
    units_per_pack=maybe(numbers(0, "1", "100")),
    lot=maybe(codes()),
    expiry=maybe(moments),
    best_before=maybe(moments),
    serials=several(codes(), 6),
    references=several(references(*_REFERENCES, dated=True), 1),
    notes=header_notes,
)


package_types = st.sampled_from(["PX", "CT", "201"]).map(lambda c: CodedValue(value=c, list="UNECE_REC21"))


@st.composite
def packages(draw: st.DrawFn, depth: int = 2, parent: str | None = None) -> Package:
    mark = draw(ssccs)
    children = draw(several(packages(depth - 1, mark.value), 2)) if depth else ()
    weight = draw(maybe(numbers(3)))
    return Package(
        id=mark,
        type=draw(
            maybe(st.sampled_from(["PX", "CT", "201"]).map(lambda c: CodedValue(value=c, list="UNECE_REC21")))
        ),
        level=[PackageLevel.INNER, PackageLevel.CARTON, PackageLevel.PALLET][depth],
        count=draw(maybe(st.integers(1, 99))),
        weight=weight,
        weight_uom=UnitOfMeasure(code="KGM", list=UnitList.UNECE_REC20) if weight is not None else None,
        parent=parent,
        items=draw(several(despatch_items, 2)),
        children=children,
    )


def despatch_advices() -> st.SearchStrategy[DespatchAdvice]:
    return st.builds(
        DespatchAdvice,
        despatch_number=codes(),
        function=st.sampled_from([Purpose.ORIGINAL, Purpose.REPLACE]),
        issue_datetime=moments,
        despatch_datetime=maybe(moments),
        estimated_delivery=maybe(moments),
        carrier=maybe(
            st.builds(
                Carrier,
                mode=st.just("30"),
                carrier=maybe(glns),
                name=texts(35),
                tracking=maybe(codes()),
                seal=maybe(codes(10)),
            )
        ),
        bill_of_lading=maybe(codes()),
        delivery_terms=maybe(delivery_terms),
        parties=header_parties,
        references=several(references(*_REFERENCES), 2),
        orders=several(
            st.builds(DespatchOrder, po_number=codes(), release=maybe(codes(8)), issue_date=maybe(days)), 2
        ),
        packages=several(packages(), 2, 1),
        totals_declared=st.builds(
            DespatchTotals,
            package_count=maybe(st.integers(0, 99)),
            line_count=st.integers(0, 99),
            hash=maybe(numbers()),
        ),
    )


adjustments = st.builds(
    Adjustment,
    amount=amounts,
    code=st.sampled_from(["4", "19"]).map(lambda code: CodedValue(value=code, list="UNCL4465")),
    reference=maybe(references(ReferenceType.CREDIT_NOTE, dated=False)),
)


@st.composite
def remittance_lines(draw: st.DrawFn) -> RemittanceLine:
    kind = draw(
        st.sampled_from(
            [RemittanceLineType.INVOICE, RemittanceLineType.CREDIT_NOTE, RemittanceLineType.DEBIT]
        )
    )
    paid = draw(numbers(2, "0.01"))
    return RemittanceLine(
        document_type=kind,
        document_number=draw(codes()),
        document_date=draw(maybe(days)),
        due_amount=draw(maybe(amounts)),
        gross_amount=draw(maybe(amounts)),
        discount=draw(maybe(amounts)),
        adjustments=draw(several(adjustments, 2)),
        paid_amount=paid if kind is RemittanceLineType.INVOICE else -paid,
        references=draw(several(references(ReferenceType.PURCHASE_ORDER, dated=False), 1)),
    )


_untaxed = parties(PartyRole.PAYER).map(
    lambda p: p.model_copy(update={"tax_ids": (), "references": (), "ids": p.ids[:1]})
)


def remittances() -> st.SearchStrategy[RemittanceAdvice]:
    return st.builds(
        RemittanceAdvice,
        number=codes(),
        issue_date=days,
        value_date=maybe(days),
        payer=maybe(_untaxed),
        payee=maybe(_untaxed.map(lambda p: p.model_copy(update={"role": PartyRole.PAYEE}))),
        payer_account=maybe(accounts),
        payee_account=maybe(accounts),
        payment_method=maybe(st.just("42")),
        currency=st.sampled_from(["EUR", "NOK"]),
        amount=amounts,
        references=several(
            references(ReferenceType.PAYMENT, ReferenceType.CUSTOMER_REFERENCE, dated=False), 2
        ),
        notes=header_notes,
        lines=several(remittance_lines(), 3),
    ).map(lambda a: a.model_copy(update={"totals_declared": RemittanceTotals(paid_amount=a.amount)}))
