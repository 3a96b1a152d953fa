"""Purchase receipts: made from orders, released into their quantities (API B3, A12.9)."""

from __future__ import annotations

import uuid
from decimal import Decimal

from local.visma import checks
from local.visma.bodies import read_body
from local.visma.company import Company, Refusal, Row
from local.visma.listing import member, page, select, without
from local.visma.purchasing import order_status
from local.visma.routing import ROUTES, Answer, Request, changed, check_version, created, single

_DONE = {"actionResult": "Done", "errorInfo": None}


def done(**facts: str) -> Answer:
    """Return the result of an action that ran at once."""
    return Answer(body={"actionId": str(uuid.uuid4()), **_DONE, **facts})


@ROUTES.add("GET", "/v2/PurchaseReceipt")
def list_receipts(company: Company, request: Request) -> Answer:
    """Return purchase receipts; pages are 500 at most."""
    rows = select(
        request,
        company.table("purchase_receipt").values(),
        {
            "supplier": member("supplier", "number"),
            "status": member("status"),
            "receiptType": member("receiptType"),
        },
    )
    order = request.query.get("poordernbr")
    if order:
        rows = [row for row in rows if any(line["poOrderNbr"] == order for line in row["lines"])]
    return page(company, request, [without(row, "createdDateTime") for row in rows], largest=500)


@ROUTES.add("GET", "/v2/PurchaseReceipt/{receiptNumber}")
def read_receipt(company: Company, request: Request) -> Answer:
    """Return one purchase receipt."""
    return single(without(company.row("purchase_receipt", request.keys[0]), "createdDateTime"))


@ROUTES.add("POST", "/v1/PurchaseReceipt")
def create_receipt(company: Company, request: Request) -> Answer:
    """Create an empty receipt; its lines come by the actions."""
    body = read_body("PurchaseReceiptUpdateDto", request.json(), lenient=company.preferences.lenient)
    receipt = new_receipt(company, body)
    return created(request, f"/v1/PurchaseReceipt/{receipt['receiptNbr']}", receipt)


def new_receipt(company: Company, body: Row) -> Row:
    """Return the receipt a body makes, saved."""
    receipt: Row = {
        "receiptType": body.get("receiptType") or "PoReceipt",
        "receiptNbr": company.next_number("purchase_receipt"),
        "supplier": checks.named(company, "supplier", body.get("supplierId") or "", "Supplier"),
        "date": body.get("date") or company.now()[:10] + "T00:00:00",
        "supplierRef": body.get("supplierRef"),
        "createBill": bool(body.get("createBill")),
        "hold": body.get("hold") is not False,
        "note": body.get("note"),
        "lines": [],
    }
    if receipt["supplier"] is None:
        raise Refusal("Error: 'Supplier' cannot be empty.")
    receipt["status"] = "Hold" if receipt["hold"] else "Balanced"
    return company.save("purchase_receipt", receipt["receiptNbr"], receipt)


@ROUTES.add("PUT", "/v1/PurchaseReceipt/{receiptNumber}")
def change_receipt(company: Company, request: Request) -> Answer:
    """Change quantities and hold of an unreleased receipt."""
    receipt = _open_receipt(company, request)
    body = read_body("PurchaseReceiptUpdateDto", request.json(), lenient=company.preferences.lenient)
    for change in body.get("lines") or []:
        line = next((line for line in receipt["lines"] if line["lineNbr"] == change.get("lineNbr")), None)
        if line is None:
            raise Refusal(f"Error: Line {change.get('lineNbr')} cannot be found.")
        if change.get("receiptQty") is not None:
            line["receiptQty"] = checks.number(change["receiptQty"])
    if body.get("hold") is not None:
        receipt["hold"] = body["hold"]
        receipt["status"] = "Hold" if body["hold"] else "Balanced"
    return changed(company.save("purchase_receipt", receipt["receiptNbr"], receipt))


@ROUTES.add("POST", "/v1/PurchaseReceipt/{receiptNumber}/action/addpurchaseorder")
def add_orders(company: Company, request: Request) -> Answer:
    """Add all open lines of orders to a receipt."""
    receipt = _open_receipt(company, request)
    for named in _read(company, request, "PurchaseReceiptOrderListUpdateDto").get("purchaseOrders") or []:
        add_order_lines(company, receipt, str(named.get("orderNbr")), None)
    return _saved(company, receipt)


@ROUTES.add("POST", "/v1/PurchaseReceipt/{receiptNumber}/action/addpurchaseorderlines")
def add_lines(company: Company, request: Request) -> Answer:
    """Add named lines of orders to a receipt."""
    receipt = _open_receipt(company, request)
    body = _read(company, request, "PurchaseReceiptOrderLinesListUpdateDto")
    for named in body.get("purchaseOrderLines") or []:
        wanted = {str(line.get("lineNbr")) for line in named.get("lines") or []}
        add_order_lines(company, receipt, str(named.get("orderNbr")), wanted)
    return _saved(company, receipt)


def _read(company: Company, request: Request, name: str) -> Row:
    return read_body(name, request.json(), lenient=company.preferences.lenient)


def _saved(company: Company, receipt: Row) -> Answer:
    company.save("purchase_receipt", receipt["receiptNbr"], receipt)
    return done()


def _open_receipt(company: Company, request: Request) -> Row:
    receipt = company.row("purchase_receipt", request.keys[0])
    check_version(request, receipt)
    if receipt["status"] in {"Released", "Cancelled"}:
        raise Refusal("Error: The released receipt cannot be changed.")
    return receipt


def add_order_lines(company: Company, receipt: Row, number: str, wanted: set[str] | None) -> None:
    """Add an order's open lines, or those wanted, to a receipt, with what is still to come."""
    order = checks.existing(company, "purchase_order", number, "Order nbr.")
    if order["status"] not in {"Open", "Closed"}:
        raise Refusal(f"Error: Receipts cannot be based on the order {number} in status {order['status']}.")
    for line in order["lines"]:
        if line["completed"] or (wanted is not None and str(line["lineNbr"]) not in wanted):
            continue
        receipt["lines"].append(_receipt_line(receipt, number, line))


def _receipt_line(receipt: Row, number: str, line: Row) -> Row:
    return {
        "lineNbr": len(receipt["lines"]) + 1,
        "inventory": line["inventory"],
        "lineType": line["lineType"],
        "warehouse": line["warehouse"],
        "transactionDescription": line["lineDescription"],
        "uom": line["uom"],
        "orderQty": line["orderQty"],
        "openQty": line["orderQty"] - line["qtyOnReceipts"],
        "receiptQty": line["orderQty"] - line["qtyOnReceipts"],
        "unitCost": line["unitCost"],
        "poOrderType": "RegularOrder",
        "poOrderNbr": number,
        "poOrderLineNbr": line["lineNbr"],
        "completePoLine": False,
    }


@ROUTES.add("POST", "/v1/PurchaseReceipt/{receiptNumber}/action/release")
def release(company: Company, request: Request) -> Answer:
    """Release a receipt: its quantities are the orders'."""
    receipt = _open_receipt(company, request)
    if receipt["status"] == "Hold":
        raise Refusal("Error: Document is On Hold and cannot be released.")
    release_receipt(company, receipt)
    return done()


def release_receipt(company: Company, receipt: Row) -> None:
    """Post a receipt's quantities to its orders' lines, closing what is complete."""
    for line in receipt["lines"]:
        order = company.row("purchase_order", line["poOrderNbr"])
        target = next(row for row in order["lines"] if row["lineNbr"] == line["poOrderLineNbr"])
        target["qtyOnReceipts"] += line["receiptQty"]
        target["receivedAmt"] = checks.money(target["qtyOnReceipts"] * target["unitCost"])
        target["completed"] = target["qtyOnReceipts"] >= target["orderQty"] * target["completeOn"] / 100
    receipt["status"] = "Released"
    company.save("purchase_receipt", receipt["receiptNbr"], receipt)
    for number in {line["poOrderNbr"] for line in receipt["lines"]}:
        _note_receipt(company, company.row("purchase_order", number), receipt)


def _note_receipt(company: Company, order: Row, receipt: Row) -> None:
    total = sum((line["receiptQty"] for line in receipt["lines"]), Decimal(0))
    order["purchaseReceipts"].append(
        {
            "type": receipt["receiptType"],
            "receiptNumber": receipt["receiptNbr"],
            "status": "Released",
            "supplierName": order["supplier"]["name"],
            "currency": order["currency"],
            "totalQty": total,
        }
    )
    order["status"] = order_status(order)
    company.save("purchase_order", order["orderNbr"], order)


@ROUTES.add("POST", "/v1/purchaseorder/{purchaseorderNbr}/action/createpurchasereceipt")
def create_from_order(company: Company, request: Request) -> Answer:
    """Create a receipt of everything an order still expects."""
    read_body("CreatePurchaseReceiptActionDto", request.json(), lenient=company.preferences.lenient)
    order = company.row("purchase_order", request.keys[0])
    receipt = new_receipt(company, {"supplierId": order["supplier"]["number"]})
    add_order_lines(company, receipt, order["orderNbr"], None)
    company.save("purchase_receipt", receipt["receiptNbr"], receipt)
    return done(receiptNbr=receipt["receiptNbr"])
