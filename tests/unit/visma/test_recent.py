"""What a posting leaves for the readers whose copies do not hold it yet."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ml_connector.visma.models.purchase_order import PurchaseOrder
from ml_connector.visma.models.supplier_invoice import LinkLine, SupplierInvoice, SupplierInvoiceLine
from ml_connector.visma.recent import invoice_row, noted_invoices


def invoice(*links, **given):
    lines = tuple(
        SupplierInvoiceLine(
            inventory_number="BOLT",
            quantity=Decimal("2.50"),
            uom="PCS",
            link_line=link,
            cost_in_currency=Decimal("12.50"),
        )
        for link in links
    )
    base = {"document_type": "Invoice", "supplier_number": "50001", "supplier_reference": "F-1"}
    return SupplierInvoice.model_validate({**base, "invoice_lines": lines, **given})


def order_link(line):
    return LinkLine(purchase_type="PurchaseOrder", purchase_number="000357", purchase_line_nbr=line)


def test_a_note_keeps_the_exact_quantity_and_the_order_line():
    row = invoice_row(invoice(order_link(1), order_link(4)), "000900")
    assert [(line["poNumber"], line["poLineNr"]) for line in row["invoiceLines"]] == [
        ("000357", 1),
        ("000357", 4),
    ]
    assert row["invoiceLines"][0]["quantity"] == "2.50"
    assert row["referenceNumber"] == "000900"


@pytest.mark.parametrize(("hold", "status"), [(True, "Hold"), (False, "Balanced")])
def test_a_note_has_the_status_the_list_would_give(hold, status):
    assert invoice_row(invoice(hold=hold), "000900")["status"] == status


def test_only_supplier_invoices_are_noted():
    with pytest.raises(TypeError):
        invoice_row(PurchaseOrder.model_construct(), "000900")


def test_notes_already_in_the_copy_or_of_another_supplier_are_left_out():
    rows = [
        invoice_row(invoice(order_link(1)), "000900"),
        invoice_row(invoice(order_link(2)), "000901"),
        invoice_row(invoice(order_link(3), supplier_number="50002"), "000902"),
    ]
    found = noted_invoices(rows, {"Invoice/000900"}, "50001", [])
    assert [each.reference_number for each in found] == ["000901"]


def test_an_invoice_noted_twice_counts_once():
    row = invoice_row(invoice(order_link(1)), "000900")
    assert len(noted_invoices([row, row], set(), "50001", [])) == 1


def test_a_note_says_which_invoice_is_credited_and_by_how_much():
    (found,) = noted_invoices(
        [invoice_row(invoice(order_link(1), document_type="DebitAdj", note="Credits: F-0"), "000900")],
        set(), "50001", [],
    )  # fmt: skip
    assert (found.note, found.invoice_lines[0].cost_in_currency) == ("Credits: F-0", Decimal("12.50"))
