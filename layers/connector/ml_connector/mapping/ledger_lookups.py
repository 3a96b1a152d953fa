"""Look-ups answered by the ledger itself, through the reference data the Visma client keeps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.mapping.items import conversion
from ml_connector.mapping.lookups import (
    CREDITS,
    BusinessPartner,
    CodeKind,
    EarlierInvoice,
    ItemRecord,
    Master,
    PartnerLocation,
    UnitConversion,
)
from ml_connector.matching import OrderLine, ReceiptLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ml_connector.mapping.lookups import Kind
    from ml_connector.visma.models.masters import Customer, Item, ItemUnit, Supplier
    from ml_connector.visma.models.purchase_order import ReadPurchaseOrder, ReadPurchaseOrderLine
    from ml_connector.visma.models.supplier_invoice import ReadSupplierInvoice, ReadSupplierInvoiceLine
    from ml_connector.visma.reference_data import ReferenceData

# An order that is closed was received whole; its invoice is still to come.
_DEAD = frozenset({"Cancelled", "Voided"})
_BILLS = frozenset({"Invoice", "CreditAdj"})
_LOWERS = frozenset({"DebitAdj"})
_WITHDRAWN = frozenset({"Voided"})

PlaceOnOrder = tuple[str, int]


class LedgerLookups:
    """Answers from Visma.

    Args:
        data: The reference data of the company.
        company: Which company that is.
        others: Returns the look-ups of another company.
        without: The number of a supplier's invoice that is to count as not posted yet.
    """

    def __init__(
        self,
        data: ReferenceData,
        company: str = "",
        others: Callable[[str], LedgerLookups] | None = None,
        *,
        without: str = "",
    ) -> None:
        self._data = data
        self._company = company
        self._others = others
        self._without = without

    def of_company(self, company: str) -> LedgerLookups:
        """Return the look-ups of a company: these, if it is theirs.

        Raises:
            Misconfigured: That company is not served.
        """
        if self._others is None or company == self._company:
            return self
        other = self._others(company)
        return other.without_invoice(self._without) if self._without else other

    def without_invoice(self, reference: str) -> LedgerLookups:
        """Return the look-ups as they were before the invoice with this number of its supplier was posted."""
        return LedgerLookups(self._data, self._company, self._others, without=reference)

    def codes_of(self, item: str) -> Mapping[tuple[str, str], str]:
        """Return an item's other numbers by their kind and whose they are; nobody's under an empty name."""
        found = self._data.item(item)
        return {
            (code.alternate_type, code.b_account.number if code.b_account else ""): code.alternate_id
            for code in (found.cross_references if found else ())
        }

    def supplier(self, number: str) -> BusinessPartner | None:
        """Return the supplier with this number."""
        found = self._data.supplier(number)
        return self._supplier(found) if found else None

    def suppliers(self) -> Sequence[BusinessPartner]:
        """Return all suppliers."""
        return [self._supplier(found) for found in self._data.suppliers()]

    def suppliers_by(self, scheme: str, value: str) -> Sequence[BusinessPartner]:
        """Return suppliers whose GLN, VAT or COMPANY_REG number is ``value``."""
        search: Mapping[str, Callable[[str], list[Supplier]]] = {
            "GLN": self._data.suppliers_by_gln,
            "VAT": self._data.suppliers_by_vat,
            "COMPANY_REG": self._data.suppliers_by_corporate_id,
        }
        return [self._supplier(found) for found in search[scheme](value)] if scheme in search else []

    def customer(self, number: str) -> BusinessPartner | None:
        """Return the customer with this number."""
        found = self._data.customer(number)
        return _customer(found) if found else None

    def customers_by(self, scheme: str, value: str) -> Sequence[BusinessPartner]:
        """Return customers whose GLN, VAT or COMPANY_REG number is ``value``."""
        search: Mapping[str, Callable[[str], list[Customer]]] = {
            "GLN": self._data.customers_by_gln,
            "VAT": self._data.customers_by_vat,
            "COMPANY_REG": self._data.customers_by_corporate_id,
        }
        return [_customer(found) for found in search[scheme](value)] if scheme in search else []

    def locations(self, kind: Kind, number: str) -> Sequence[PartnerLocation]:
        """Return the active locations of a supplier or customer."""
        supplier = kind == "supplier"
        rows = self._data.supplier_locations(number) if supplier else self._data.customer_locations(number)
        return [
            PartnerLocation(row.location_id, row.location_name or "", row.gln or "", row.edi_code or "")
            for row in rows
            if row.active is not False
        ]

    def item(self, number: str) -> ItemRecord | None:
        """Return the item with this number."""
        found = self._data.item(number)
        return _item(found) if found else None

    def items_by_code(self, kind: CodeKind, code: str, partner: str = "") -> Sequence[ItemRecord]:
        """Return items with this cross reference; supplier's and customer's codes are per ``partner``."""
        return [
            _item(one) for one in self._data.items_by_reference(code, types=(kind.value,), partner=partner)
        ]

    def exists(self, master: Master, code: str) -> bool:
        """Tell whether the ledger has this code; what it can't be asked counts as there."""
        ask: Mapping[Master, Callable[[str], object]] = {
            Master.ACCOUNT: self._has_account,
            Master.BRANCH: self._data.branch,
            Master.WAREHOUSE: self._data.warehouse,
            Master.TERMS: self._data.credit_term,
            Master.CURRENCY: self._data.currency,
            Master.VAT_CODE: self._data.vat_category,
        }
        return bool(ask[master](code)) if master in ask else True

    def segment_exists(self, segment: int, value: str) -> bool:
        """Tell whether the subaccount's segment has this value."""
        return self._data.has_segment_value(segment, value)

    def order_lines(self, supplier: str, orders: tuple[str, ...]) -> Sequence[OrderLine]:
        """Return the lines of the named purchase orders, or of all the supplier's."""
        if orders:
            named = [self._data.purchase_order(number) for number in orders]
            found = [order for order in named if order and _is_of(order, supplier)]
        else:
            found = self._data.purchase_orders(supplier)
        invoiced = self._invoiced(supplier)
        return [self._order_line(order, line, invoiced) for order in found for line in order.lines]

    def receipt_lines(self, supplier: str, orders: tuple[str, ...]) -> Sequence[ReceiptLine]:
        """Return the released receipt lines of the named purchase orders, or of all the supplier's."""
        wanted = set(orders) or {order.order_nbr for order in self._data.purchase_orders(supplier)}
        invoiced = self._billed_receipts(self._invoices(supplier))
        return [
            ReceiptLine(
                receipt=receipt.receipt_nbr,
                line=line.line_nbr,
                order=line.po_order_nbr,
                order_line=line.po_order_line_nbr,
                quantity=line.receipt_qty,
                invoiced=invoiced.get((receipt.receipt_nbr, line.line_nbr), Decimal(0)),
                date=receipt.date.date() if receipt.date else None,
            )
            for receipt in self._data.purchase_receipts(supplier)
            if receipt.status == "Released" and receipt.receipt_type == "PoReceipt"
            for line in receipt.lines
            if line.po_order_nbr in wanted and line.po_order_nbr and line.po_order_line_nbr is not None
        ]

    def earlier_invoice(self, supplier: str, reference: str) -> EarlierInvoice | None:
        """Return the supplier's invoice with this number of theirs, and the lines it billed."""
        for invoice in self._invoices(supplier):
            if invoice.supplier_reference == reference and invoice.document_type in _BILLS:
                return self._earlier(supplier, invoice)
        return None

    def _invoices(self, supplier: str) -> list[ReadSupplierInvoice]:
        listed = self._data.supplier_invoices(supplier)
        return [one for one in listed if not self._without or one.supplier_reference != self._without]

    def _earlier(self, supplier: str, invoice: ReadSupplierInvoice) -> EarlierInvoice:
        """Return an invoice with what of it can still be credited: no more than stands as invoiced now."""
        billed = self._billed([invoice])
        received = self._billed_receipts([invoice])
        orders = tuple(sorted({order for order, _ in billed}))
        lines = self.order_lines(supplier, orders) if orders else ()
        receipts = self.receipt_lines(supplier, orders) if orders else ()
        return EarlierInvoice(
            number=invoice.reference_number,
            supplier_reference=invoice.supplier_reference or "",
            amount=_net_amount(invoice),
            currency=invoice.currency_id or "",
            credits={
                credit.reference_number: _net_amount(credit)
                for credit in self._invoices(supplier)
                if _counts(credit) and credit.document_type in _LOWERS and _credits(credit, invoice)
            },
            lines=tuple(
                replace(line, invoiced=min(line.invoiced, billed[line.key]))
                for line in lines
                if line.key in billed
            ),
            receipts=tuple(
                replace(line, invoiced=min(line.invoiced, received[line.receipt, line.line]))
                for line in receipts
                if (line.receipt, line.line) in received
            ),
        )

    def _has_account(self, number: str) -> bool:
        account = self._data.account(number)
        return account is not None and account.active is not False

    def _supplier(self, supplier: Supplier) -> BusinessPartner:
        locations = self._data.supplier_locations(supplier.number)
        return BusinessPartner(
            number=supplier.number,
            name=supplier.name or "",
            gln=next((location.gln for location in locations if location.gln), ""),
            vat_number=supplier.vat_registration_id or "",
            company_number=supplier.corporate_id or "",
            currency=supplier.currency_id or "",
            terms=(supplier.credit_terms.id or "") if supplier.credit_terms else "",
            vat_zone=(supplier.vat_zone.id or "") if supplier.vat_zone else "",
            active=supplier.status not in ("Inactive", "OnHold"),
        )

    def _order_line(
        self,
        order: ReadPurchaseOrder,
        line: ReadPurchaseOrderLine,
        invoiced: Mapping[PlaceOnOrder, Decimal],
    ) -> OrderLine:
        item = self._data.item(line.inventory.number) if line.inventory and line.inventory.number else None
        return OrderLine(
            order=order.order_nbr,
            line=line.line_nbr,
            item=item.inventory_number if item else "",
            unit=line.uom or "",
            quantity=line.order_qty,
            unit_price=_net_price(line),
            invoiced=invoiced.get((order.order_nbr, line.line_nbr), Decimal(0)),
            received=line.qty_on_receipts,
            stock=bool(item and item.stock_item),
            supplier_item=line.alternate_id or "",
            date=order.date.date() if order.date else None,
            currency=order.currency or "",
            over_receipt=_over_receipt(line, item),
            closed=order.status in _DEAD or bool(line.canceled),
        )

    def _invoiced(self, supplier: str) -> Mapping[PlaceOnOrder, Decimal]:
        """What was invoiced, less what was credited, of each order line."""
        return self._billed(self._invoices(supplier))

    def _billed(self, invoices: Iterable[ReadSupplierInvoice]) -> Mapping[PlaceOnOrder, Decimal]:
        sums: dict[PlaceOnOrder, Decimal] = defaultdict(Decimal)
        for invoice in invoices:
            for line in invoice.invoice_lines if _counts(invoice) else ():
                if line.po_number and line.po_line_nr is not None:
                    sums[line.po_number, line.po_line_nr] += _signed(invoice, self._ordered_units(line))
        return sums

    def _billed_receipts(self, invoices: Iterable[ReadSupplierInvoice]) -> Mapping[PlaceOnOrder, Decimal]:
        sums: dict[PlaceOnOrder, Decimal] = defaultdict(Decimal)
        for invoice in invoices:
            for line in invoice.invoice_lines if _counts(invoice) else ():
                if line.po_receipt_nbr and line.po_receipt_line_nbr is not None:
                    key = (line.po_receipt_nbr, line.po_receipt_line_nbr)
                    sums[key] += _signed(invoice, self._ordered_units(line))
        return sums

    def _ordered_units(self, line: ReadSupplierInvoiceLine) -> Decimal:
        """The line's quantity in the unit of its order line."""
        order = self._data.purchase_order(line.po_number) if line.po_number else None
        ordered = next((o for o in order.lines if o.line_nbr == line.po_line_nr), None) if order else None
        if ordered is None or not ordered.uom or not line.uom or ordered.uom == line.uom:
            return line.quantity
        item = self.item(line.inventory_number) if line.inventory_number else None
        return line.quantity * (conversion(item, line.uom, ordered.uom) or Decimal(1))


def _is_of(order: ReadPurchaseOrder, supplier: str) -> bool:
    return order.supplier is not None and order.supplier.number == supplier


def _net_price(line: ReadPurchaseOrderLine) -> Decimal:
    """The price after the line's discount, which is what the supplier will invoice."""
    if line.discount_amount and line.order_qty and line.amount:
        return line.amount / line.order_qty
    return line.unit_cost


def _over_receipt(line: ReadPurchaseOrderLine, item: Item | None) -> Decimal:
    """The percentage over the ordered quantity that the order allows; for stock items only (API B2)."""
    if item is None or not item.stock_item or not line.max_receipt:
        return Decimal(0)
    return max(line.max_receipt - 100, Decimal(0))


def _net_amount(invoice: ReadSupplierInvoice) -> Decimal:
    return abs(sum((line.cost_in_currency for line in invoice.invoice_lines), Decimal(0)))


def _credits(credit: ReadSupplierInvoice, original: ReadSupplierInvoice) -> bool:
    """Tell whether a credit note is against an invoice: by Visma's own reference, or by what we noted."""
    noted = f"{CREDITS}{original.supplier_reference}"
    return credit.original_reference_number == original.reference_number or any(
        line.strip() == noted for line in (credit.note or "").splitlines()
    )


def _counts(invoice: ReadSupplierInvoice) -> bool:
    return invoice.status not in _WITHDRAWN and invoice.document_type in _BILLS | _LOWERS


def _signed(invoice: ReadSupplierInvoice, quantity: Decimal) -> Decimal:
    return -quantity if invoice.document_type in _LOWERS else quantity


def _customer(customer: Customer) -> BusinessPartner:
    return BusinessPartner(
        number=customer.number,
        name=customer.name or "",
        gln=customer.gln or "",
        vat_number=customer.vat_registration_id or "",
        company_number=customer.corporate_id or "",
        currency=customer.currency_id or "",
        active=customer.status not in ("Inactive", "OnHold"),
    )


def _item(item: Item) -> ItemRecord:
    return ItemRecord(
        number=item.inventory_number,
        description=item.description or "",
        base_unit=item.base_unit or "",
        purchase_unit=item.purchase_unit or "",
        sales_unit=item.sales_unit or "",
        stock=bool(item.stock_item),
        vat_code=(item.vat_code.id or "") if item.vat_code else "",
        warehouse=(item.default_warehouse.id or "") if item.default_warehouse else "",
        conversions=tuple(filter(None, map(_conversion, item.inventory_units))),
    )


def _conversion(unit: ItemUnit) -> UnitConversion | None:
    """``Multiply`` 24 from CS to EA says that a case is 24 pieces; ``Divide`` says the reverse (API B15)."""
    if not unit.unit_rate:
        return None
    factor = unit.unit_rate if unit.unit_mult_div != "Divide" else 1 / unit.unit_rate
    return UnitConversion(unit.from_unit, unit.to_unit, factor)
