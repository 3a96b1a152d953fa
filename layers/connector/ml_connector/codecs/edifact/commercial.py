"""ALC, TAX, PAT and CUX: what changes an amount, when it is due and in which currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ml_connector.codecs.edifact.dates import read_day, write_moment
from ml_connector.codecs.edifact.qualifiers import (
    PAYMENT_BASES,
    SETTLEMENTS,
    TAX_CATEGORIES,
    first_codes,
    source_code,
)
from ml_connector.codecs.edifact.texts import NAME, join_text, split_text
from ml_connector.documents import (
    AllowanceCharge,
    AllowanceChargeKind,
    CodedValue,
    Level,
    PaymentBasis,
    PaymentTerms,
    TaxSubtotal,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from ml_connector.codecs.edifact.reading import EdifactReading, GroupReader, SegmentReader
    from ml_connector.codecs.edifact.writing import Writing
    from ml_connector.edi.rows import Component, Row

_KINDS = {"A": AllowanceChargeKind.ALLOWANCE, "C": AllowanceChargeKind.CHARGE}
# 5245 of PCD that says no more than ALC does: 1 allowance, 2 charge, 3 either.
_PERCENTAGES = {AllowanceChargeKind.ALLOWANCE: ("1", "3"), AllowanceChargeKind.CHARGE: ("2", "3")}
_SETTLEMENT_CODES = first_codes(SETTLEMENTS)
_TAX_CATEGORY_CODES = first_codes(TAX_CATEGORIES)
_BASIS_CODES = first_codes(PAYMENT_BASES)
# 5025 inside ALC: 8 either, 204 allowance, 23 charge; 25 what a percentage is taken of.
_AMOUNTS = ("8", "204", "23")
_BASE_AMOUNT = "25"
_SPECIAL_SERVICES, _CHARGES = "UNCL7161", "UNCL5189"
# 4279: 22 discount, 3 fixed date, 1 basic; 5245: 12 discount; 2009: 3 after, 6 end of month.
_DISCOUNT, _FIXED, _BASIC = "22", "3", "1"
# 4277 terms of payment: mutually defined, where there are words only.
_AGREED = "ZZZ"
_USAGES = {"INVOIC": "4", "REMADV": "11"}


def read_allowances(groups: Iterable[GroupReader], level: Level) -> tuple[AllowanceCharge, ...]:
    """The allowances and charges of ALC groups; other ALC (5463 not A or C) stay unread."""
    return tuple(_read_allowance(group, level) for group in groups if group.head.peek(1) in _KINDS)


def _read_allowance(group: GroupReader, level: Level) -> AllowanceCharge:
    head = group.head
    percentage, rate = group.first("PCD", "1", "2", "3", "7"), group.first("RTE", "1")
    quantity = _first(group, "QTY")
    taxes = read_taxes(group.groups("TAX"))
    settlement, kind = head.part(3), _KINDS[head.part(1) or ""]
    return AllowanceCharge(
        kind=kind,
        code=_read_code(head),
        reason_text=join_text(head.parts(5, 4, 5), NAME),
        percentage=_number(percentage, *_PERCENTAGES[kind]),
        base_amount=group.amount(_BASE_AMOUNT),
        amount=group.amount(*_AMOUNTS),
        rate=_number(rate, "1"),
        quantity=_number(quantity, "1"),
        uom=quantity.unit(1, 3) if quantity else None,
        tax_category=taxes[0].category if taxes else None,
        tax_rate=taxes[0].rate if taxes else None,
        taxes=taxes if len(taxes) > 1 or _says_more(taxes) else (),
        settlement=SETTLEMENTS.get(settlement or ""),
        level=level,
        sequence=head.part(4),
        reference=head.part(2, 1),
        source_code=None if settlement in SETTLEMENTS else settlement,
    )


def _says_more(taxes: tuple[TaxSubtotal, ...]) -> bool:
    plain = TaxSubtotal(scheme="VAT", category=taxes[0].category, rate=taxes[0].rate) if taxes else None
    return bool(taxes) and taxes[0] != plain


def _read_code(head: SegmentReader) -> CodedValue | None:
    if head.peek(5, 1):
        return CodedValue(value=head.part(5, 1) or "", list=_SPECIAL_SERVICES)
    charge = head.part(2, 2)
    return CodedValue(value=charge, list=_CHARGES) if charge else None


def _first(group: GroupReader, tag: str) -> SegmentReader | None:
    found = group.groups(tag)
    return found[0].head if found else None


def _number(segment: SegmentReader | None, *said: str) -> Decimal | None:
    """The number of a PCD, RTE or QTY; its qualifier is taken where it is one that goes without saying."""
    if segment is None:
        return None
    for code in said:
        segment.take_code(1, code)
    return segment.number(1, 2)


def write_allowances(allowances: Iterable[AllowanceCharge], writing: Writing) -> Iterator[Row]:
    """The ALC groups of allowances and charges."""
    for allowance in allowances:
        yield from _write_allowance(allowance, writing)


def _write_allowance(item: AllowanceCharge, writing: Writing) -> Iterator[Row]:
    charge = item.kind is AllowanceChargeKind.CHARGE
    special, plain = _written_codes(item.code)
    settlement = item.source_code or (_SETTLEMENT_CODES.get(item.settlement, "") if item.settlement else "")
    service = [special, "", "", *split_text(item.reason_text, NAME)]
    yield (
        "ALC",
        ["C" if charge else "A", [item.reference or "", plain], settlement, item.sequence or "", service],
    )
    if item.quantity is not None:
        yield ("QTY", [["1", item.quantity, writing.unit(item.uom)]])
    if item.percentage is not None:
        yield ("PCD", [["2" if charge else "1", item.percentage]])
    if item.amount is not None:
        yield ("MOA", [["23" if charge else "204", item.amount]])
    if item.base_amount is not None:
        yield ("MOA", [[_BASE_AMOUNT, item.base_amount]])
    if item.rate is not None:
        yield ("RTE", [["1", item.rate]])
    yield from write_taxes(_written_taxes(item))


def _written_codes(code: CodedValue | None) -> tuple[str, str]:
    if code is None:
        return "", ""
    return ("", code.value) if code.list == _CHARGES else (code.value, "")


def _written_taxes(item: AllowanceCharge) -> tuple[TaxSubtotal, ...]:
    if item.taxes or (item.tax_category is None and item.tax_rate is None):
        return item.taxes
    return (TaxSubtotal(scheme="VAT", category=item.tax_category, rate=item.tax_rate),)


def read_taxes(groups: Iterable[GroupReader]) -> tuple[TaxSubtotal, ...]:
    """The taxes of TAX groups with their MOA: 125 what is taxed, 124 or 176 the tax."""
    return tuple(tax for group in groups if (tax := _read_tax(group)) != TaxSubtotal())


def _read_tax(group: GroupReader) -> TaxSubtotal:
    head = group.head
    head.take_code(1, "7")
    category, taxable = head.part(6), group.amount("125")
    return TaxSubtotal(
        scheme=head.part(2, 1),
        category=TAX_CATEGORIES.get(category or "", category),
        rate=head.number(5, 4),
        taxable_amount=head.number(4) if taxable is None else taxable,
        tax_amount=group.amount("124", "176", "150"),
        exemption_reason=head.part(2, 4),
        tax_id=head.part(7),
        source_code=source_code(category, TAX_CATEGORIES) if category in TAX_CATEGORIES else None,
    )


def write_taxes(taxes: Iterable[TaxSubtotal], *, summary: bool = False) -> Iterator[Row]:
    """The TAX groups of taxes; what is taxed stands in MOA 125 in the summary, elsewhere in TAX (5286).

    Outside of the summary D.96A has room for one MOA below TAX only.
    """
    for tax in taxes:
        category = tax.source_code or _TAX_CATEGORY_CODES.get(tax.category or "", tax.category or "")
        scheme = [tax.scheme or "VAT", "", "", tax.exemption_reason or ""]
        rate: list[Component] = ["", "", "", "" if tax.rate is None else tax.rate]
        basis: Component = "" if summary or tax.taxable_amount is None else tax.taxable_amount
        yield ("TAX", ["7", scheme, "", basis, rate, category, tax.tax_id or ""])
        if summary and tax.taxable_amount is not None:
            yield ("MOA", [["125", tax.taxable_amount]])
        if tax.tax_amount is not None:
            yield ("MOA", [["124", tax.tax_amount]])


def read_terms(groups: Iterable[GroupReader]) -> tuple[PaymentTerms, ...]:
    """The payment terms of PAT groups; a discount (22) and the net terms after it are one."""
    terms: list[PaymentTerms] = []
    pending: dict[str, object] = {}
    for group in groups:
        if group.head.peek(1) == _DISCOUNT:
            if pending:
                terms.append(PaymentTerms.model_validate(pending))
            pending = _read_discount(group)
        elif group.head.peek(1) in (_FIXED, _BASIC):
            terms.append(PaymentTerms.model_validate({**pending, **_read_net(group)}))
            pending = {}
    if pending:
        terms.append(PaymentTerms.model_validate(pending))
    return tuple(term for term in terms if term != PaymentTerms())


def _read_discount(group: GroupReader) -> dict[str, object]:
    head = group.head
    head.part(1)
    percentage, due = group.segment("PCD"), group.first("DTM", "12", "13")
    _read_basis(head, {})
    return {
        "discount_days": head.integer(3, 4),
        "discount_percent": _number(percentage, "12"),
        "discount_amount": group.amount("52", "138"),
        "discount_due_date": _day(due),
    }


def _read_net(group: GroupReader) -> dict[str, object]:
    head = group.head
    fixed = head.part(1) == _FIXED
    code = head.part(2, 1)
    if code == _AGREED:
        code = None
    net: dict[str, object] = {
        "code": CodedValue(value=code) if code else None,
        "text": join_text(head.parts(2, 4, 5), NAME),
        "net_days": head.integer(3, 4),
        "net_due_date": _day(group.first("DTM", "13", "265", "140")),
    }
    _read_basis(head, net)
    if fixed and not net.get("basis"):
        net["basis"] = PaymentBasis.FIXED
    return net


def _read_basis(head: SegmentReader, net: dict[str, object]) -> None:
    """2475 from when, 2009 relation and 2151 unit; days only: other units stay unread."""
    if head.peek(3, 3) not in ("D", "CD", ""):
        return
    head.part(3, 3)
    code, relation = head.part(3, 1), head.part(3, 2)
    if relation == "6":
        net["basis"] = PaymentBasis.END_OF_MONTH
    elif code:
        net["basis"] = PAYMENT_BASES.get(code, PaymentBasis.OTHER)
    net["basis_code"] = source_code(code, PAYMENT_BASES)


def _day(segment: SegmentReader | None) -> object:
    return read_day(segment) if segment else None


def write_terms(terms: Iterable[PaymentTerms]) -> Iterator[Row]:
    """The PAT groups of payment terms: the discount first, then the net terms."""
    for term in terms:
        if any((term.discount_percent, term.discount_days, term.discount_due_date, term.discount_amount)):
            yield from _write_discount(term)
        yield from _write_net(term)


def _write_discount(term: PaymentTerms) -> Iterator[Row]:
    basis: list[Component] = (
        [_written_basis(term), "3", "D", term.discount_days] if term.discount_days is not None else []
    )
    yield ("PAT", [_DISCOUNT, "", basis])
    yield from write_moment("12", term.discount_due_date)
    if term.discount_percent is not None:
        yield ("PCD", [["12", term.discount_percent]])
    if term.discount_amount is not None:
        yield ("MOA", [["52", term.discount_amount]])


def _write_net(term: PaymentTerms) -> Iterator[Row]:
    kind = _FIXED if term.basis is PaymentBasis.FIXED else _BASIC
    code = term.code.value if term.code else _AGREED if term.text else ""
    words = [code, "", "", *split_text(term.text, NAME)]
    basis: list[Component] = []
    if term.net_days is not None or term.basis not in (None, PaymentBasis.FIXED):
        relation = "6" if term.basis is PaymentBasis.END_OF_MONTH else "3"
        basis = [_written_basis(term), relation, "D", term.net_days if term.net_days is not None else ""]
    yield ("PAT", [kind, words, basis])
    yield from write_moment("13", term.net_due_date)


def _written_basis(term: PaymentTerms) -> str:
    return term.basis_code or (_BASIS_CODES.get(term.basis, "5") if term.basis else "5")


def read_currencies(reading: EdifactReading) -> dict[str, Any]:
    """``currency``, ``tax_currency`` and ``exchange_rate`` of the CUX groups, as far as they say.

    A message without CUX has the currency of its first MOA with one, else the partner's usual one.
    """
    values: dict[str, Any] = {}
    for group in reading.root.groups("CUX"):
        head = group.head
        for element in (1, 2):
            usage, code = head.peek(element, 1), head.peek(element, 2)
            field = "tax_currency" if usage == "3" else "currency"
            if code and field not in values:
                head.take_code(element, "3" if field == "tax_currency" else "2", 1)
                head.take_code(element, "3" if field == "tax_currency" else _usage(reading), 3)
                values[field] = head.part(element, 2)
        if "exchange_rate" not in values and (rate := head.number(3)) is not None:
            values["exchange_rate"] = rate
    reading.currency = values.get("currency") or reading.stated_currency() or reading.profile.default_currency
    return {**values, "currency": reading.currency}


def _usage(reading: EdifactReading) -> str:
    """The usual 6343 of a message's own currency: 4 invoicing, 11 payment, 9 order."""
    return _USAGES.get(reading.message.type, "9")


def write_currencies(
    currency: str | None, usage: str, tax_currency: str | None = None, rate: Decimal | None = None
) -> Iterator[Row]:
    """The CUX of a document's currency (6343: 4 invoicing, 9 order, 11 payment) and its tax currency."""
    if not currency:
        return
    target = ["3", tax_currency, "3"] if tax_currency else ""
    yield ("CUX", [["2", currency, usage], target, rate if rate is not None else ""])
