"""`Lookups` answered by Visma, over the copies its reference data keeps."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from ml_connector.mapping.items import conversion
from ml_connector.mapping.lookups import (
    BusinessPartner,
    CodeKind,
    EarlierInvoice,
    ItemRecord,
    Master,
    UnitConversion,
)
from ml_connector.matching import OrderLine, ReceiptLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ml_connector.visma.models.masters import Customer, Item, ItemUnit, Supplier
    from ml_connector.visma.models.purchase_order import ReadPurchaseOrder, ReadPurchaseOrderLine
    from ml_connector.visma.models.supplier_invoice import ReadSupplierInvoice, ReadSupplierInvoiceLine
    from ml_connector.visma.purchase_history import PurchaseHistory
    from ml_connector.visma.reference_data import ReferenceData

_ZERO = Decimal(0)
_INACTIVE = frozenset({"Inactive"})
_LOWERS = "DebitAdj"


class VismaLookups:
    """The look-ups of one company.

    Args:
        reference: Masters and purchase orders.
        history: Receipts and earlier invoices.
    """

    def __init__(self, reference: ReferenceData, history: PurchaseHistory) -> None:
        self._reference = reference
        self._history = history

    def supplier(self, number: str) -> BusinessPartner | None:
        """Return the supplier with this number."""
        found = self._reference.supplier(number)
        return _supplier(found) if found else None

    def suppliers_by(self, scheme: str, value: str) -> Sequence[BusinessPartner]:
        """Return suppliers whose GLN, VAT or COMPANY_REG number is ``value``."""
        ask: dict[str, Callable[[str], list[Supplier]]] = {
            "GLN": self._reference.suppliers_by_gln,
            "VAT": self._reference.suppliers_by_vat,
            "COMPANY_REG": self._reference.suppliers_by_corporate_id,
        }
        return [_supplier(found) for found in ask[scheme](value)]

    def customer(self, number: str) -> BusinessPartner | None:
        """Return the customer with this number."""
        found = self._reference.customer(number)
        return _customer(found) if found else None

    def customers_by(self, scheme: str, value: str) -> Sequence[BusinessPartner]:
        """Return customers whose GLN or VAT number is ``value``; Visma lists no others."""
        ask: dict[str, Callable[[str], list[Customer]]] = {
            "GLN": self._reference.customers_by_gln,
            "VAT": self._reference.customers_by_vat,
        }
        return [_customer(found) for found in ask[scheme](value)] if scheme in ask else []

    def item(self, number: str) -> ItemRecord | None:
        """Return the item with this number."""
        found = self._reference.item(number)
        return _item(found) if found else None

    def items_by_code(self, kind: CodeKind, code: str, partner: str = "") -> Sequence[ItemRecord]:
        """Return items with this cross reference."""
        found = self._reference.items_by_reference(code, types=(kind.value,), partner=partner)
        return [_item(row) for row in found]

    def exists(self, master: Master, code: str) -> bool:
        """Tell whether Visma has this code, active.

        Projects, locations and units have no list that is read: Visma itself refuses an unknown one.
        """
        ask: dict[Master, Callable[[str], object]] = {
            Master.ACCOUNT: self._reference.account,
            Master.BRANCH: self._reference.branch,
            Master.WAREHOUSE: self._reference.warehouse,
            Master.TERMS: self._reference.credit_term,
            Master.CURRENCY: self._reference.currency,
            Master.VAT_CODE: self._reference.vat_category,
        }
        if master not in ask:
            return True
        found = ask[master](code)
        return found is not None and getattr(found, "active", None) is not False

    def segment_exists(self, segment: int, value: str) -> bool:
        """Tell whether the subaccount's segment has this value."""
        return self._reference.has_segment_value(segment, value)

    def order_lines(self, supplier: str, orders: tuple[str, ...]) -> Sequence[OrderLine]:
        """Return the lines of the named purchase orders of the supplier, or of all its open ones."""
        found = self._orders(supplier, orders)
        invoiced = self._invoiced(supplier)
        return [line for order in found for line in self._lines(order, invoiced)]

    def receipt_lines(self, supplier: str, orders: tuple[str, ...]) -> Sequence[ReceiptLine]:
        """Return the released receipt lines of the named purchase orders, or of all."""
        billed = self._billed(supplier)
        return [line for line in self._receipt_lines(supplier, billed) if not orders or line.order in orders]

    def earlier_invoice(self, supplier: str, reference: str) -> EarlierInvoice | None:
        """Return the supplier's invoice with this number of theirs, its lines open for what it billed."""
        for invoice in self._history.invoices(supplier):
            if invoice.supplier_reference == reference and invoice.document_type != _LOWERS:
                lines = tuple(self._invoiced_lines(invoice))
                return EarlierInvoice(invoice.reference_number, reference, lines)
        return None

    def _orders(self, supplier: str, orders: tuple[str, ...]) -> Iterator[ReadPurchaseOrder]:
        if not orders:
            yield from self._reference.open_purchase_orders(supplier)
            return
        for number in orders:
            order = self._reference.purchase_order(number)
            if order and order.supplier and order.supplier.number == supplier:
                yield order

    def _lines(
        self, order: ReadPurchaseOrder, invoiced: Mapping[tuple[str, int], Decimal]
    ) -> Iterator[OrderLine]:
        for line in order.lines:
            item = self.item(line.inventory.number) if line.inventory and line.inventory.number else None
            yield _order_line(order, line, item, invoiced.get((order.order_nbr, line.line_nbr), _ZERO))

    def _invoiced(self, supplier: str) -> dict[tuple[str, int], Decimal]:
        """Sum what earlier invoices bill of each order line, credit notes deducted, in the order's unit."""
        sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for invoice, line in self._billing(supplier):
            if line.po_number and line.po_line_nr is not None:
                key = (line.po_number, line.po_line_nr)
                sums[key] += _signed(invoice, self._in_order_unit(line))
        return sums

    def _billed(self, supplier: str) -> dict[tuple[str, int], Decimal]:
        sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for invoice, line in self._billing(supplier):
            if line.po_receipt_nbr and line.po_receipt_line_nbr is not None:
                key = (line.po_receipt_nbr, line.po_receipt_line_nbr)
                sums[key] += _signed(invoice, self._in_order_unit(line))
        return sums

    def _billing(self, supplier: str) -> Iterator[tuple[ReadSupplierInvoice, ReadSupplierInvoiceLine]]:
        for invoice in self._history.invoices(supplier):
            for line in invoice.invoice_lines:
                yield invoice, line

    def _in_order_unit(self, line: ReadSupplierInvoiceLine) -> Decimal:
        order = self._reference.purchase_order(line.po_number) if line.po_number else None
        ordered = next((o for o in order.lines if o.line_nbr == line.po_line_nr), None) if order else None
        if ordered is None or not ordered.uom or not line.uom or ordered.uom == line.uom:
            return line.quantity
        item = self.item(line.inventory_number) if line.inventory_number else None
        return line.quantity * (conversion(item, line.uom, ordered.uom) or Decimal(1))

    def _receipt_lines(
        self, supplier: str, billed: Mapping[tuple[str, int], Decimal]
    ) -> Iterator[ReceiptLine]:
        for receipt in self._history.receipts(supplier):
            for line in receipt.lines:
                if receipt.receipt_type == "PoReceipt" and line.po_order_nbr and line.po_order_line_nbr:
                    yield ReceiptLine(
                        receipt=receipt.receipt_nbr,
                        line=line.line_nbr,
                        order=line.po_order_nbr,
                        order_line=line.po_order_line_nbr,
                        quantity=line.receipt_qty,
                        invoiced=billed.get((receipt.receipt_nbr, line.line_nbr), _ZERO),
                        date=receipt.date.date() if receipt.date else None,
                    )

    def _invoiced_lines(self, invoice: ReadSupplierInvoice) -> Iterator[OrderLine]:
        for line in invoice.invoice_lines:
            yield OrderLine(
                order=line.po_number or invoice.reference_number,
                line=line.po_line_nr or line.line_number,
                item=line.inventory_number or "",
                unit=line.uom or "",
                quantity=line.quantity,
                unit_price=line.unit_cost_in_currency,
                invoiced=line.quantity,
                supplier_item=line.external_inventory_id or "",
                currency=invoice.currency_id or "",
            )


def _signed(invoice: ReadSupplierInvoice, quantity: Decimal) -> Decimal:
    return -quantity if invoice.document_type == _LOWERS else quantity


def _supplier(row: Supplier) -> BusinessPartner:
    return BusinessPartner(
        number=row.number,
        name=row.name or "",
        vat_number=row.vat_registration_id or "",
        company_number=row.corporate_id or "",
        currency=row.currency_id or "",
        terms=row.credit_terms.id if row.credit_terms else "",
        vat_zone=row.vat_zone.id if row.vat_zone else "",
        active=row.status not in _INACTIVE,
    )


def _customer(row: Customer) -> BusinessPartner:
    return BusinessPartner(
        number=row.number,
        name=row.name or "",
        gln=row.gln or "",
        vat_number=row.vat_registration_id or "",
        company_number=row.corporate_id or "",
        currency=row.currency_id or "",
        active=row.status not in _INACTIVE,
    )


def _item(row: Item) -> ItemRecord:
    return ItemRecord(
        number=row.inventory_number,
        description=row.description or "",
        base_unit=row.base_unit or "",
        purchase_unit=row.purchase_unit or row.base_unit or "",
        sales_unit=row.sales_unit or row.base_unit or "",
        stock=bool(row.stock_item),
        vat_code=row.vat_code.id if row.vat_code else "",
        warehouse=row.default_warehouse.id if row.default_warehouse else "",
        conversions=tuple(_conversions(row.inventory_units)),
    )


def _conversions(units: Iterable[ItemUnit]) -> Iterator[UnitConversion]:
    for unit in units:
        rate = unit.unit_rate or _ZERO
        if rate and unit.from_unit != unit.to_unit:
            factor = rate if unit.unit_mult_div != "Divide" else 1 / rate
            yield UnitConversion(unit.from_unit, unit.to_unit, factor)


def _order_line(
    order: ReadPurchaseOrder, line: ReadPurchaseOrderLine, item: ItemRecord | None, invoiced: Decimal
) -> OrderLine:
    over = (line.max_receipt or Decimal(100)) - 100
    return OrderLine(
        order=order.order_nbr,
        line=line.line_nbr,
        item=line.inventory.number if line.inventory else "",
        unit=line.uom or "",
        quantity=line.order_qty,
        unit_price=_net_price(line),
        invoiced=invoiced,
        received=line.qty_on_receipts,
        stock=item.stock if item else False,
        supplier_item=line.alternate_id or "",
        date=order.date.date() if order.date else None,
        over_receipt=max(over, _ZERO) if item and item.stock else _ZERO,
        currency=order.currency or "",
        closed=order.status in ("Cancelled", "Voided") or bool(line.canceled),
    )


def _net_price(line: ReadPurchaseOrderLine) -> Decimal:
    """Return the price after the line's discount, which is what the supplier will invoice."""
    if line.discount_amount and line.order_qty and line.amount:
        return line.amount / line.order_qty
    return line.unit_cost
