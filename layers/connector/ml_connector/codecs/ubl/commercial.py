"""Allowances and charges, tax, payment of UBL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml_connector.documents import (
    AllowanceCharge,
    AllowanceChargeKind,
    BankAccount,
    CodedValue,
    Identifier,
    IdentifierScheme,
    Level,
    PaymentMeans,
    PaymentTerms,
    TaxSubtotal,
)
from ml_connector.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ml_connector.codecs.markup import Node
    from ml_connector.codecs.markup_reading import MarkupReading
    from ml_connector.codecs.ubl.elements import Writer

_REASONS = {"true": "UNCL7161", "false": "UNCL5189"}
_MEANS = "UNCL4461"
_VAT = "VAT"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def read_charges(reading: MarkupReading, node: Node, level: Level) -> tuple[AllowanceCharge, ...]:
    """The cac:AllowanceCharge of a document or line."""
    return tuple(_read_charge(reading, one, level) for one in node.nodes("cac:AllowanceCharge"))


def _read_charge(reading: MarkupReading, node: Node, level: Level) -> AllowanceCharge:
    charge = _is_charge(node)
    code = node.text("cbc:AllowanceChargeReasonCode")
    tax = node.node("cac:TaxCategory")
    if tax and (scheme := tax.node("cac:TaxScheme/cbc:ID")) and scheme.peek() == _VAT:
        scheme.skip()
    return AllowanceCharge(
        kind=AllowanceChargeKind.CHARGE if charge else AllowanceChargeKind.ALLOWANCE,
        code=CodedValue(value=code, list=_REASONS["true" if charge else "false"]) if code else None,
        reason_text=node.text("cbc:AllowanceChargeReason"),
        percentage=reading.number(node, "cbc:MultiplierFactorNumeric"),
        amount=reading.number(node, "cbc:Amount"),
        base_amount=reading.number(node, "cbc:BaseAmount"),
        tax_category=tax.text("cbc:ID") if tax else None,
        tax_rate=reading.number(tax, "cbc:Percent") if tax else None,
        level=level,
    )


def _is_charge(node: Node) -> bool:
    """Whether money is added: its sign is never guessed (XML Schema part 2, 3.2.2: boolean)."""
    indicator = node.text("cbc:ChargeIndicator") or "false"
    if indicator not in _BOOLEANS:
        raise Rejected(
            f"cbc:ChargeIndicator must be true or false, found {indicator!r}.",
            advice="Have the partner say whether it is a charge or an allowance.",
        )
    return _BOOLEANS[indicator]


def write_charges(writer: Writer, charges: Iterable[AllowanceCharge]) -> None:
    """The cac:AllowanceCharge of charges."""
    for charge in charges:
        group = writer.group("AllowanceCharge")
        group.text("ChargeIndicator", "true" if charge.kind is AllowanceChargeKind.CHARGE else "false")
        group.text("AllowanceChargeReasonCode", charge.code.value if charge.code else None)
        group.text("AllowanceChargeReason", charge.reason_text)
        group.number("MultiplierFactorNumeric", charge.percentage)
        group.amount("Amount", charge.amount)
        group.amount("BaseAmount", charge.base_amount)
        if charge.tax_category is not None or charge.tax_rate is not None:
            tax = TaxSubtotal(scheme=_VAT, category=charge.tax_category, rate=charge.tax_rate)
            write_category(group, "TaxCategory", tax)


def read_categories(reading: MarkupReading, nodes: Iterable[Node]) -> tuple[TaxSubtotal, ...]:
    """Tax categories as taxes without amounts."""
    return tuple(
        TaxSubtotal(
            scheme=node.text("cac:TaxScheme/cbc:ID"),
            category=node.text("cbc:ID"),
            rate=reading.number(node, "cbc:Percent"),
            exemption_reason=node.text("cbc:TaxExemptionReason"),
        )
        for node in nodes
    )


def write_category(writer: Writer, name: str, tax: TaxSubtotal) -> None:
    """One tax category."""
    group = writer.group(name)
    group.text("ID", tax.category)
    group.number("Percent", tax.rate)
    group.text("TaxExemptionReason", tax.exemption_reason)
    group.group("TaxScheme").text("ID", tax.scheme or _VAT)


def tax_total_of(root: Node, currency: str | None) -> Node | None:
    """The cac:TaxTotal in the document's currency; the one in the tax currency may stand before it."""
    totals = root.nodes("cac:TaxTotal")
    own = (total for total in totals if currency is None or _currency_of(total) in (None, currency))
    return next(own, None)


def _currency_of(total: Node) -> str | None:
    amount = total.node("cbc:TaxAmount")
    return amount.coded("currencyID", ()) if amount else None


def read_subtotals(reading: MarkupReading, total: Node | None) -> tuple[TaxSubtotal, ...]:
    """The cac:TaxSubtotal of the tax total."""
    found = []
    for node in total.nodes("cac:TaxSubtotal") if total else []:
        plain = read_categories(reading, node.nodes("cac:TaxCategory")) or (TaxSubtotal(),)
        amounts = {
            "taxable_amount": reading.number(node, "cbc:TaxableAmount"),
            "tax_amount": reading.number(node, "cbc:TaxAmount"),
        }
        found.append(plain[0].model_copy(update=amounts))
    return tuple(found)


def write_subtotals(group: Writer, taxes: Sequence[TaxSubtotal]) -> None:
    """The cac:TaxSubtotal of taxes."""
    for tax in taxes:
        subtotal = group.group("TaxSubtotal")
        subtotal.amount("TaxableAmount", tax.taxable_amount)
        subtotal.amount("TaxAmount", tax.tax_amount)
        write_category(subtotal, "TaxCategory", tax)


def read_means(reading: MarkupReading, node: Node) -> PaymentMeans:
    """How to pay."""
    code, account = node.text("cbc:PaymentMeansCode"), node.text("cac:PayeeFinancialAccount/cbc:ID")
    branch = node.text("cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID")
    holder = node.text("cac:PayeeFinancialAccount/cbc:Name")
    iban = bool(account) and account[:2].isalpha() and account[2:4].isdigit() if account else False
    scheme = IdentifierScheme.IBAN if iban else IdentifierScheme.ACCOUNT
    held = BankAccount(
        account=Identifier(scheme=scheme, value=account) if account else None,
        bank=Identifier(scheme=IdentifierScheme.BIC, value=branch) if branch else None,
        holder=holder,
    )
    return PaymentMeans(
        code=CodedValue(value=code, list=_MEANS) if code else None,
        account=held if held != BankAccount() else None,
        payment_reference=node.text("cbc:PaymentID"),
        due_date=reading.day(node, "cbc:PaymentDueDate"),
    )


def write_means(writer: Writer, means: Iterable[PaymentMeans]) -> None:
    """The cac:PaymentMeans."""
    for one in means:
        group = writer.group("PaymentMeans")
        group.text("PaymentMeansCode", one.code.value if one.code else "1")
        group.day("PaymentDueDate", one.due_date)
        group.text("PaymentID", one.payment_reference)
        if one.account is not None:
            account = group.group("PayeeFinancialAccount")
            account.text("ID", one.account.account.value if one.account.account else None)
            account.text("Name", one.account.holder)
            if one.account.bank is not None:
                account.group("FinancialInstitutionBranch").text("ID", one.account.bank.value)


def read_terms(node: Node) -> tuple[PaymentTerms, ...]:
    """Payment terms, which BIS gives as text only."""
    return tuple(PaymentTerms(text=text) for text in node.texts("cac:PaymentTerms/cbc:Note"))


def write_terms(writer: Writer, terms: Iterable[PaymentTerms]) -> None:
    """The cac:PaymentTerms."""
    for term in terms:
        writer.group("PaymentTerms").text("Note", term.text)
