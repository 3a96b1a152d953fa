"""The documents that are there when the simulator starts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from local.visma import checks
from local.visma.purchasing import new_order
from local.visma.receipts import add_order_lines, new_receipt, release_receipt

if TYPE_CHECKING:
    from local.visma.company import Company, Row


def seed_documents(company: Company) -> None:
    """Fill a company with the documents of its data."""
    for row in company.data.get("purchase_orders") or []:
        _purchase_order(company, row)
    for row in company.data.get("customer_invoices") or []:
        _customer_invoice(company, row)
    for row in company.data.get("shipments") or []:
        _shipment(company, row)
    for row in company.data.get("sales_orders") or []:
        _sales_order(company, row)
    for row in company.data.get("supplier_payments") or []:
        _supplier_payment(company, row)


def _purchase_order(company: Company, row: Row) -> None:
    order = new_order(
        company,
        {
            "orderNumber": row["number"],
            "overrideNumberSeries": True,
            "supplier": row["supplier"],
            "date": f"{row['date']}T00:00:00",
            "currency": row["currency"],
            "hold": False,
            "lines": [
                {
                    "operation": "Insert",
                    "inventory": item,
                    "orderQty": Decimal(quantity),
                    "unitCost": Decimal(cost),
                    "lineType": None if company.table("item")[item]["stockItem"] else "Service",
                }
                for item, quantity, cost, _ in row["lines"]
            ],
        },
    )
    received = {
        index: Decimal(line[3]) for index, line in enumerate(row["lines"], start=1) if Decimal(line[3])
    }
    if received:
        _receive(company, order, received)


def _receive(company: Company, order: Row, received: dict[int, Decimal]) -> None:
    receipt = new_receipt(company, {"supplierId": order["supplier"]["number"], "hold": False})
    add_order_lines(company, receipt, order["orderNbr"], {str(line) for line in received})
    for line in receipt["lines"]:
        line["receiptQty"] = checks.number(received[line["poOrderLineNbr"]])
    release_receipt(company, receipt)


def _customer_invoice(company: Company, row: Row) -> None:
    customer = company.row("customer", row["customer"])
    lines = [_invoice_line(company, index, line, row) for index, line in enumerate(row["lines"], start=1)]
    net = sum((line["amountInCurrency"] for line in lines), Decimal(0))
    rate = Decimal(25) if customer["currencyId"] == company.data["company"]["currency"] else Decimal(0)
    vat = checks.money(net * rate / 100)
    members = "invoiceLines" if row["type"] == "Invoice" else "lines"
    invoice = {
        "documentType": row["type"],
        "referenceNumber": row["number"],
        "status": row.get("status", "Open"),
        "hold": False,
        "customer": {"number": customer["number"], "name": customer["name"]},
        "customerRefNumber": row["order"],
        "documentDate": f"{row['date']}T00:00:00",
        "origInvoiceDate": f"{row['date']}T00:00:00",
        "documentDueDate": f"{row['due']}T00:00:00",
        "creditTerms": customer["creditTerms"],
        "currencyId": row["currency"],
        "financialPeriod": row["date"][:7].replace("-", ""),
        "amountInCurrency": checks.money(net + vat),
        "vatTotalInCurrency": vat,
        "vatTaxableTotalInCurrency": checks.money(net),
        "detailTotalInCurrency": checks.money(net),
        "discountTotalInCurrency": checks.money(Decimal(0)),
        "branchNumber": {"number": "1", "name": company.row("branch", "1")["name"]},
        "taxDetails": [{"taxId": "3", "vatRate": rate, "taxableAmount": checks.money(net), "vatAmount": vat}],
        "attachments": [],
        members: lines,
    }
    company.save("customer_invoice", row["number"], invoice)


def _invoice_line(company: Company, index: int, line: list[str], row: Row) -> Row:
    item, quantity, price, vat = line
    record = company.row("item", item)
    return {
        "lineNumber": index,
        "inventoryNumber": item,
        "description": record["description"],
        "quantity": checks.number(Decimal(quantity)),
        "uom": record["baseUnit"],
        "unitPriceInCurrency": checks.number(Decimal(price)),
        "amountInCurrency": checks.money(Decimal(quantity) * Decimal(price)),
        "discountPercent": checks.number(None),
        "vatCode": {"id": vat, "description": None},
        "soOrderType": "SO",
        "soOrderNbr": None,
        "soShipmentNbr": row.get("shipment"),
    }


def _shipment(company: Company, row: Row) -> None:
    customer = company.row("customer", row["customer"])
    lines = [_shipment_line(company, row, index, line) for index, line in enumerate(row["lines"], start=1)]
    shipment = {
        "shipmentNumber": row["number"],
        "shipmentType": "Issue",
        "status": row.get("status", "Confirmed"),
        "hold": False,
        "shipmentDate": f"{row['date']}T00:00:00",
        "customer": {key: customer[key] for key in ("internalId", "number", "name")},
        "fromWarehouse": {
            "id": row["warehouse"],
            "description": company.data["warehouses"][row["warehouse"]],
        },
        "currencyId": customer["currencyId"],
        "shippedQuantity": sum((line["shippedQty"] for line in lines), Decimal(0)),
        "packages": 1,
        "packagesWeight": checks.number(Decimal("12.5")),
        "shipmentDetailLines": lines,
        "shipmentOrderLines": [{"orderType": "SO", "orderNbr": row["order"]}],
        "shipmentPackageLines": [
            {"lineNumber": 1, "confirmed": True, "boxId": "PALLET", "trackingNumber": f"NT{row['number']}"}
        ],
    }
    company.save("shipment", row["number"], shipment)


def _shipment_line(company: Company, row: Row, index: int, line: list[str]) -> Row:
    item, quantity = line
    record = company.row("item", item)
    return {
        "lineNumber": index,
        "orderType": "SO",
        "orderNbr": row["order"],
        "orderLineNbr": index,
        "inventoryNumber": item,
        "description": record["description"],
        "warehouse": {"id": row["warehouse"], "description": None},
        "uom": record["baseUnit"],
        "shippedQty": checks.number(Decimal(quantity)),
        "orderedQty": checks.number(Decimal(quantity)),
        "openQty": checks.number(None),
    }


def _sales_order(company: Company, row: Row) -> None:
    # Imported here: the sales module registers its routes, which the simulator orders itself.
    from local.visma.sales import new_sales_order

    body = {
        "type": "SO",
        "orderId": row["number"],
        "status": row.get("status", "Open"),
        "customer": {"order": row["order"]},
        "date": f"{row['date']}T00:00:00",
        "currencyId": row["currency"],
        "orderLines": [
            {"inventoryId": item, "quantity": quantity, "unitPrice": price}
            for item, quantity, price in row["lines"]
        ],
    }
    new_sales_order(company, body, company.row("customer", row["customer"]))


def _supplier_payment(company: Company, row: Row) -> None:
    supplier = company.row("supplier", row["supplier"])
    total = sum((Decimal(line[2]) for line in row["lines"]), Decimal(0))
    payment = {
        "type": "Payment",
        "documentType": "Payment",
        "refNbr": row["number"],
        "status": row.get("status", "Closed"),
        "hold": False,
        "applicationDate": f"{row['date']}T00:00:00",
        "applicationPeriod": row["date"][:7].replace("-", ""),
        "paymentRef": row["reference"],
        "supplier": {key: supplier[key] for key in ("internalId", "number", "name")},
        "paymentMethod": row["method"],
        "cashAccount": row["account"],
        "currency": {"id": row["currency"], "description": row["currency"]},
        "paymentAmount": checks.money(total),
        "released": row.get("status", "Closed") == "Closed",
        "paymentLines": [
            {
                "docType": "Invoice",
                "invoiceRefNbr": number,
                "supplierRef": reference,
                "amountPaid": checks.money(Decimal(amount)),
                "cashDiscountTaken": checks.money(Decimal(discount)),
                "currency": row["currency"],
            }
            for number, reference, amount, discount in row["lines"]
        ],
    }
    company.save("supplier_payment", row["number"], payment)
