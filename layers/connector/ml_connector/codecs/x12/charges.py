"""What changes an amount: SAC allowances and charges, TXI taxes, ITD payment terms."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.codecs.x12.qualifiers import SETTLEMENTS, TAX_TYPES, code_for
from ml_connector.codecs.x12.units import read_unit, written_unit
from ml_connector.documents import (
    AllowanceCharge,
    AllowanceChargeKind,
    CodedValue,
    Level,
    PaymentBasis,
    PaymentTerms,
    Settlement,
    Severity,
    TaxSubtotal,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.codecs.x12.elements import Elements, X12Reading
    from ml_connector.codecs.x12.writing import SetWriter
    from ml_connector.edi import Segment
    from ml_connector.edi.loops import Loop

#: 248 allowance or charge indicator: SAC01.
_KINDS = {
    "A": AllowanceChargeKind.ALLOWANCE,
    "C": AllowanceChargeKind.CHARGE,
    "P": AllowanceChargeKind.ALLOWANCE,
    "S": AllowanceChargeKind.CHARGE,
    "N": AllowanceChargeKind.CHARGE,
}
#: SAC01 N: a service told of that costs nothing.
_WITHOUT_CHARGE = "N"
_SPECIAL_CHARGE_LIST = "X12_1300"
_TERMS_LIST = "X12_336"

#: 333 terms basis date: ITD02.
_BASES = {
    "3": PaymentBasis.INVOICE_DATE,
    "1": PaymentBasis.SHIP_DATE,
    "2": PaymentBasis.DELIVERY,
    "4": PaymentBasis.FIXED,
    "5": PaymentBasis.RECEIPT,
}

#: 441 tax exempt codes that exempt: 0 for export, 1 yes.
_EXEMPT = ("0", "1")
_SMALL_RATE = Decimal(1)
_RATE_TOLERANCE = Decimal("0.05")


def read_charges(reading: X12Reading, loops: Iterable[Loop], level: Level) -> tuple[AllowanceCharge, ...]:
    """The allowances and charges of SAC loops, in order."""
    return tuple(_read_charge(reading, loop, level) for loop in loops)


def _read_charge(reading: X12Reading, loop: Loop, level: Level) -> AllowanceCharge:
    sac = reading.take(loop.segments("SAC")[0])
    indicator = sac.code(1)
    settlement = SETTLEMENTS.get(sac.code(12) or "")
    if settlement is None:
        sac.leave(12)
    if indicator == _WITHOUT_CHARGE and settlement is None:
        settlement = Settlement.INFO_ONLY
    return AllowanceCharge(
        kind=_KINDS.get(indicator or "", AllowanceChargeKind.CHARGE),
        code=_coded(sac.code(2), _SPECIAL_CHARGE_LIST),
        agency_code=_coded(sac[4], sac.code(3)),
        amount=_charge_amount(reading, sac),
        percentage_basis=sac.code(6),
        percentage=sac.number(7),
        rate=sac.number(8),
        uom=read_unit(reading, sac, 9),
        quantity=sac.number(10),
        settlement=settlement,
        reference=sac[13],
        reason_text=sac[15],
        taxes=read_taxes(reading, _txi(loop)),
        level=level,
        source_code=None if indicator in ("A", "C") else indicator,
    )


def _charge_amount(reading: X12Reading, sac: Elements) -> Decimal | None:
    amount = sac.implied(5)
    if amount is not None and amount < 0 and not reading.profile.allow_negative:
        reading.find(
            Severity.WARNING,
            "negative-charge",
            f"{sac.path(5)} is negative ({amount}); its indicator {sac[1]} should carry the sign.",
            path=sac.path(5),
            found=amount,
        )
    return amount


def _coded(value: str | None, code_list: str | None) -> CodedValue | None:
    return CodedValue(value=value, list=code_list) if value else None


def _txi(loop: Loop) -> list[Segment]:
    """TXI segments of a loop, whether they open loops of their own (TXI with DTM) or not."""
    return [*loop.segments("TXI"), *(inner.segments("TXI")[0] for inner in loop.loops("TXI"))]


def read_taxes(reading: X12Reading, segments: Iterable[Segment]) -> tuple[TaxSubtotal, ...]:
    """The taxes of TXI segments, rates as plain percent."""
    return tuple(_read_tax(reading, segment) for segment in segments)


def taxes_of(reading: X12Reading, loop: Loop, *, area: str | None = None) -> tuple[TaxSubtotal, ...]:
    """The taxes that stand directly in a loop."""
    inner = [found.segments("TXI")[0] for found in loop.loops("TXI", area=area)]
    return read_taxes(reading, [*loop.segments("TXI", area=area), *inner])


def _read_tax(reading: X12Reading, segment: Segment) -> TaxSubtotal:
    txi = reading.take(segment)
    code, exempt = txi.code(1), txi.code(6)
    amount, basis = txi.number(2), txi.number(8)
    return TaxSubtotal(
        scheme=TAX_TYPES.get(code or "", "OTHER"),
        category="E" if exempt in _EXEMPT else None,
        rate=_percent(reading, txi, amount, basis),
        taxable_amount=basis,
        tax_amount=amount,
        exemption_reason=exempt,
        tax_id=txi[9],
        jurisdiction=_jurisdiction(txi),
        source_code=code,
    )


def _jurisdiction(txi: Elements) -> str | None:
    """TXI05, whose list TXI04 names; both are one value here: ``VD:123``."""
    qualifier, value = txi.code(4), txi[5]
    return f"{qualifier}:{value}" if qualifier and value else None


def _percent(
    reading: X12Reading, txi: Elements, amount: Decimal | None, basis: Decimal | None
) -> Decimal | None:
    """The rate in percent: ``.25`` for 25 % is told by amount and basis, or by the partner's known rates."""
    rate = txi.number(3)
    if rate is None or not 0 < rate <= _SMALL_RATE:
        return rate
    percent = rate * 100
    if amount is not None and basis:
        actual = amount * 100 / basis
        if abs(actual - rate) <= _RATE_TOLERANCE or abs(actual - percent) > _RATE_TOLERANCE:
            return rate
    elif str(percent.normalize()) not in reading.profile.known_tax_rates:
        _suspect_rate(reading, txi, rate)
        return rate
    reading.normalised("tax-rate-as-fraction", txi.path(3), rate, percent)
    return percent


def _suspect_rate(reading: X12Reading, txi: Elements, rate: Decimal) -> None:
    """A VAT of less than one percent is more likely a fraction; sales taxes are that low in earnest."""
    if TAX_TYPES.get(txi.code(1) or "") not in ("VAT", "GST"):
        return
    reading.find(
        Severity.HOLD,
        "tax-rate-scale",
        f"{txi.path(3)} says {rate} %, which may mean {rate * 100} %; neither amount nor known rates decide.",
        path=txi.path(3),
        found=rate,
    )


def read_terms_of_payment(reading: X12Reading, segments: Iterable[Segment]) -> tuple[PaymentTerms, ...]:
    """The payment terms of ITD segments, in order."""
    return tuple(_read_terms(reading, segment) for segment in segments)


def _read_terms(reading: X12Reading, segment: Segment) -> PaymentTerms:
    itd = reading.take(segment)
    basis = itd.code(2)
    return PaymentTerms(
        code=_coded(itd.code(1), _TERMS_LIST),
        basis=_BASES.get(basis, PaymentBasis.OTHER) if basis else None,
        basis_code=basis,
        discount_percent=itd.number(3),
        discount_due_date=itd.day(4),
        discount_days=itd.whole(5),
        net_due_date=itd.day(6),
        net_days=itd.whole(7),
        discount_amount=itd.implied(8),
        deferred_due_date=itd.day(9),
        deferred_amount=itd.implied(10),
        percent_payable=itd.number(11),
        text=itd[12],
        day_of_month=itd.whole(13),
    )


def write_charges(writer: SetWriter, charges: Iterable[AllowanceCharge], path: str) -> None:
    """Put a SAC, with the TXI of its taxes, for each allowance or charge."""
    for index, charge in enumerate(charges):
        with writer.within(f"{path}[{index}]"):
            _write_charge(writer, charge)


def _write_charge(writer: SetWriter, charge: AllowanceCharge) -> None:
    for field in ("base_amount", "tax_category", "tax_rate", "sequence"):
        if (value := getattr(charge, field)) is not None:
            raise writer.refuse(field, "SAC has no place for it", value)
    agency = charge.agency_code
    writer.put(
        "SAC",
        _indicator(charge),
        charge.code.value if charge.code else None,
        agency.list if agency else None,
        agency.value if agency else None,
        charge.amount,
        charge.percentage_basis or ("Z" if charge.percentage is not None else None),
        charge.percentage,
        charge.rate,
        written_unit(writer, charge.uom),
        charge.quantity,
        None,
        _settlement_code(charge),
        charge.reference,
        None,
        charge.reason_text,
    )
    write_taxes(writer, charge.taxes)


def _indicator(charge: AllowanceCharge) -> str:
    if charge.source_code and _KINDS.get(charge.source_code) is charge.kind:
        return charge.source_code
    return "A" if charge.kind is AllowanceChargeKind.ALLOWANCE else "C"


def _settlement_code(charge: AllowanceCharge) -> str | None:
    """SAC12; what is added to the invoice is so without a code."""
    if charge.settlement in (None, Settlement.ADDED_TO_INVOICE):
        return None
    return code_for(SETTLEMENTS, charge.settlement)


def write_taxes(writer: SetWriter, taxes: Iterable[TaxSubtotal], path: str = "taxes") -> None:
    """Put a TXI for each tax."""
    for index, tax in enumerate(taxes):
        with writer.within(f"{path}[{index}]"):
            _write_tax(writer, tax)


def _write_tax(writer: SetWriter, tax: TaxSubtotal) -> None:
    if tax.currency is not None:
        raise writer.refuse("currency", "TXI has no currency of its own", tax.currency)
    code = code_for(TAX_TYPES, tax.scheme or "OTHER", tax.source_code)
    qualifier, _, place = (tax.jurisdiction or "").partition(":")
    exempt = tax.exemption_reason or ("1" if tax.category == "E" else None)
    if code is None:
        raise writer.refuse("scheme", "TXI has no type for this tax", tax.scheme)
    writer.put(
        "TXI", code, tax.tax_amount, tax.rate, qualifier, place, exempt, None, tax.taxable_amount, tax.tax_id
    )


def write_terms_of_payment(writer: SetWriter, terms: Iterable[PaymentTerms]) -> None:
    """Put an ITD for each payment terms."""
    for index, term in enumerate(terms):
        with writer.within(f"payment_terms[{index}]"):
            _write_terms(writer, term)


def _write_terms(writer: SetWriter, term: PaymentTerms) -> None:
    writer.put(
        "ITD",
        term.code.value if term.code else None,
        _basis_code(term),
        term.discount_percent,
        term.discount_due_date,
        term.discount_days,
        term.net_due_date,
        term.net_days,
        term.discount_amount,
        term.deferred_due_date,
        term.deferred_amount,
        term.percent_payable,
        term.text,
        term.day_of_month,
    )


def _basis_code(term: PaymentTerms) -> str | None:
    if term.basis is None:
        return None
    if term.basis_code and _BASES.get(term.basis_code, PaymentBasis.OTHER) is term.basis:
        return term.basis_code
    return code_for(_BASES, term.basis)
