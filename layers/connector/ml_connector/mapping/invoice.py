"""A supplier's invoice or credit note becomes a SupplierInvoice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.documents.invoice import Invoice, InvoiceType
from ml_connector.errors import Misconfigured
from ml_connector.mapping.charges import ChargeMapper, MappedCharge
from ml_connector.mapping.coding import numbered_lines
from ml_connector.mapping.comparing import Comparison, compare, matched_lines
from ml_connector.mapping.header import (
    hold_findings,
    issue_date,
    note_text,
    put_branch,
    put_currency,
    put_description,
    put_hold,
    put_terms,
)
from ml_connector.mapping.invoice_lines import LineMapper, MappedLine
from ml_connector.mapping.locations import put_location
from ml_connector.mapping.result import Decision, Disposition, Draft, Source, decisions_of
from ml_connector.mapping.vat import VatTable, check_vat, stated_taxes, tax_total
from ml_connector.matching import Result
from ml_connector.visma.models.supplier_invoice import SupplierInvoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ml_connector.mapping.context import Context
    from ml_connector.mapping.lookups import BusinessPartner
    from ml_connector.mapping.parties import Found
    from ml_connector.mapping.routing import Routing
    from ml_connector.matching import Match
    from ml_connector.partners.fragments import Matching, Tolerances

#: Which document type of the supplier ledger an invoice is; what is missing is not posted.
DOCUMENT_TYPES: dict[InvoiceType, str] = {
    InvoiceType.INVOICE: "Invoice",
    InvoiceType.CREDIT_NOTE: "DebitAdj",
    InvoiceType.DEBIT_NOTE: "Invoice",
    InvoiceType.SELF_BILLED: "Invoice",
    InvoiceType.CORRECTED: "Invoice",
    InvoiceType.CONSOLIDATED: "Invoice",
    InvoiceType.FINAL: "Invoice",
    InvoiceType.PREPAYMENT: "Prepayment",
}


#: Which tolerance each variance is judged by; the others are never tolerated.
_TOLERANCES = {
    "quantity": "quantity",
    "unit_price": "unit_price",
    "line_amount": "line",
    "document_total": "document",
    "credited": "document",
    "rounding": "rounding",
}


class InvoiceMapper:
    """Maps one invoice, once its company, partner and the rules for it as a whole are known."""

    def __init__(self, context: Context, routing: Routing) -> None:
        if not isinstance(context.document, Invoice):
            raise TypeError(context.document)
        self.context = context
        self.invoice = context.document
        self.routing = routing
        company = context.configuration.company
        self.matching: Matching = context.partner.matching.over(company.matching)
        self.lines: list[Draft] = []
        self.taxes: list[Draft] = []
        self.head = Draft()

    @property
    def tolerances(self) -> Tolerances:
        """What may differ, in the currency the invoice is posted in."""
        return self.context.tolerances(self.head.value("currency_id") or "")

    def map(self, supplier: Found | None) -> tuple[SupplierInvoice, Match, Disposition]:
        """Return the write model, how the invoice matched, and what to do with it.

        Raises:
            Misconfigured: The configuration lacks what the invoice needs; everything at once.
            Rejected: The invoice has no date.
        """
        issued = issue_date(self.context)
        record = supplier.record if supplier else None
        put_currency(self.context, self.head, "currency_id", record)
        put_branch(self.context, self.head, "branch_number", self.routing)
        mapped, charges = self._map_parts(record)
        self.context.stop_if_lacking()
        if supplier is None:
            raise Misconfigured(f"The supplier of invoice {self.invoice.number} is unknown.")
        check_vat(self.context, self.invoice, self.tolerances)
        comparison = self._comparison(supplier.record, mapped, charges)
        match = compare(comparison)
        if not mapped and not any(charge.draft for charge in charges):
            self.context.sheet.hold(f"Nothing of {self.invoice.number} is left to post: it has no lines.")
        self._note_match(match)
        self._put_head(supplier, match)
        self.head.put("date", issued, Source.DOCUMENT)
        self.head.put("orig_invoice_date", issued, Source.DOCUMENT)
        self.lines = [*matched_lines(match, mapped), *(c.draft for c in charges if c.draft)]
        return self._write(match), match, self._disposition(match)

    def _map_parts(self, supplier: BusinessPartner | None) -> tuple[list[MappedLine], list[MappedCharge]]:
        country = (supplier.country if supplier else "") or self.context.partner.country
        self.vat = vat = VatTable(
            self.context,
            (country or self.context.configuration.company.country).upper(),
            self.context.partner.vat_zone or (supplier.vat_zone if supplier else ""),
            self.invoice.tax_point_date or self.invoice.issue_date,
        )
        resolved = {"supplier": supplier.number} if supplier else {}
        charge_mapper = ChargeMapper(self.context, self.routing, resolved, self.tolerances)
        line_mapper = LineMapper(self.context, self.invoice, self.routing, resolved, vat)
        charges = list(charge_mapper.header(self.invoice.allowances_charges))
        mapped: list[MappedLine] = []
        for line in self.invoice.lines:
            split = list(charge_mapper.split_off(line))
            charges.extend(split)
            if found := line_mapper.map(line, less=sum((c.amount for c in split), Decimal(0))):
                mapped.append(found)
        return _spread(mapped, charges), charges

    def _comparison(
        self, supplier: BusinessPartner, mapped: Sequence[MappedLine], charges: Sequence[MappedCharge]
    ) -> Comparison:
        return Comparison(
            context=self.context,
            invoice=self.invoice,
            supplier=supplier.number,
            currency=self.head.value("currency_id") or "",
            lines=tuple(mapped),
            charges=sum((c.amount for c in charges if c.draft), Decimal(0)),
            tolerances=self.tolerances,
            ways=self.matching.ways,
        )

    def _note_match(self, match: Match) -> None:
        sheet = self.context.sheet
        sheet.note("match", match.result.value, Source.MATCHING, detail=", ".join(match.orders))
        for variance in match.all_variances:
            where = self._tolerance(variance.name)
            sheet.note(f"match.{variance.name}", variance.sentence(), Source.MATCHING, where)
            if not variance.tolerated:
                sheet.hold(variance.sentence())
        hold_findings(self.context, self.tolerances)

    def _tolerance(self, variance: str) -> str:
        """Return where the tolerance of a variance stands; nothing where none is ever tolerated."""
        name = _TOLERANCES.get(variance)
        if name is None:
            return ""
        context = self.context
        if getattr(context.partner.tolerances, name) is not None:
            return str(context.where("tolerances", name))
        company = context.configuration.company.tolerances
        ours = getattr(company, name) is not None
        return str(context.company_where("tolerances", name)) if ours else f"default tolerance of {name}"

    def _put_head(self, supplier: Found, match: Match) -> None:
        head, invoice, context = self.head, self.invoice, self.context
        kind = DOCUMENT_TYPES[invoice.invoice_type]
        head.put("document_type", kind, Source.DOCUMENT, detail=invoice.invoice_type.value)
        head.put("supplier_number", supplier.record.number, supplier.source, supplier.where, supplier.detail)
        head.put("supplier_reference", invoice.number.strip(), Source.DOCUMENT)
        put_description(context, head, self.routing)
        put_location(context, head, "location_id", "supplier", supplier, self.routing)
        if kind != "DebitAdj":  # Visma keeps no terms on debit adjustments
            put_terms(context, head, "credit_terms_id", self.routing)
            head.put("due_date", invoice.due_date, Source.DOCUMENT)
        self._put_amounts(match)
        self.taxes = list(stated_taxes(self.vat, invoice))

    def _put_amounts(self, match: Match) -> None:
        head, totals = self.head, self.invoice.totals
        reference = next(
            (m.payment_reference for m in self.invoice.payment_means if m.payment_reference), None
        )
        head.put("payment_ref_no", reference, Source.DOCUMENT)
        head.put("exchange_rate", self.invoice.exchange_rate, Source.DOCUMENT)
        head.put("amount", totals.payable, Source.DOCUMENT)
        if self.invoice.tax_subtotals or self.invoice.totals_declared.tax_total is not None:
            head.put("vat_amount", tax_total(self.invoice), Source.DOCUMENT)
        if match.rounding:
            detail = "payable less the sum of lines, charges and tax"
            head.put("rounding_diff_in_currency", match.rounding, Source.MATCHING, detail=detail)

    def _disposition(self, match: Match) -> Disposition:
        if match.result is Result.EXCEPTION and self.matching.on_exception == "park":
            return Disposition.PARK
        return Disposition.HOLD if self.context.sheet.holds else Disposition.POST

    def releases(self, match: Match) -> bool:
        """Tell whether the invoice is released once it is posted: matched, held by nothing, and so set."""
        matched = match.result in (Result.MATCHED, Result.WITHIN_TOLERANCE)
        return matched and self.matching.release_matched and not self.context.sheet.holds

    def _write(self, match: Match) -> SupplierInvoice:
        put_hold(self.context, self.head, release=self.releases(match))
        self.head.put("note", note_text(self.context), Source.COMPUTED)
        lines = numbered_lines(self.lines, "subaccount")
        self.context.stop_if_lacking()
        taxes = [tax.plain() for tax in self.taxes]
        values = {**self.head.plain(), "invoice_lines": lines, "tax_detail_lines": taxes}
        return SupplierInvoice.model_validate(values)

    def decisions(self) -> list[Decision]:
        """Return the reason of every value of the document and its lines."""
        return decisions_of(self.head, {"invoiceLines": self.lines, "taxDetailLines": self.taxes})


def _spread(lines: list[MappedLine], charges: Sequence[MappedCharge]) -> list[MappedLine]:
    amount = sum((charge.amount for charge in charges if charge.spread), Decimal(0))
    return [line.with_share(share) for line, share in _shares(lines, amount)] if amount and lines else lines


def _shares(lines: list[MappedLine], amount: Decimal) -> list[tuple[MappedLine, Decimal]]:
    """Share an amount over the lines by their net amounts; what rounding leaves goes to the last line."""
    whole = sum((line.amount for line in lines), Decimal(0))
    weights = [line.amount / whole if whole else Decimal(1) / len(lines) for line in lines]
    shares = [(amount * weight).quantize(Decimal("0.01")) for weight in weights]
    shares[-1] += amount - sum(shares, Decimal(0))
    return list(zip(lines, shares, strict=True))


def map_supplier_invoice(
    context: Context, routing: Routing, supplier: Found | None
) -> tuple[InvoiceMapper, SupplierInvoice, Match, Disposition]:
    """Return the mapped invoice with its mapper, which knows the reasons."""
    mapper = InvoiceMapper(context, routing)
    body, match, disposition = mapper.map(supplier)
    return mapper, body, match, disposition
