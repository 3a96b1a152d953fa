"""The sales order service, version 3: plain values, pages from zero (API A13)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from local.visma import checks
from local.visma.company import Company, Refusal, Row
from local.visma.listing import without
from local.visma.routing import ROUTES, Answer, Request, created, single

if TYPE_CHECKING:
    from ml_connector.visma.wire import Json

# The members of NewSalesOrderCommand and its lines; other lines' members were not to be had (gaps 26).
# fmt: off
_MEMBERS = {
    "billing", "branchId", "cancelBy", "currencyId", "customer", "date", "description",
    "financialInformation", "freight", "note", "orderId", "orderLines", "originalOrderId",
    "originalOrderType", "ownerId", "paymentSettings", "print", "projectId", "requestOn",
    "salesPersonId", "shipping", "status", "taxZoneId", "type", "useReplacementCostForMarginAndProfit",
}
# fmt: on


@ROUTES.add("POST", "/api/v3/SalesOrders")
def create_sales_order(company: Company, request: Request) -> Answer:
    """Create a sales order."""
    body = request.json()
    if not isinstance(body, dict):
        raise Refusal("Error: An object of type 'NewSalesOrderCommand' is expected.")
    _check_members(company, body)
    customer = body.get("customer") or {}
    if not customer.get("id") or not body.get("type"):
        raise Refusal("Error: 'customer.id' and 'type' are mandatory.")
    found = checks.existing(company, "customer", customer["id"], "Customer")
    if body.get("status") not in (None, "Open", "Hold"):
        raise Refusal(f"Error: '{body['status']}' is no status of a new order.")
    wanted = body.get("orderId")
    if wanted and str(wanted) in company.table("sales_order"):
        raise Refusal(f"Error: The order {wanted} exists already.", status=409)
    order = new_sales_order(company, body, found)
    return created(request, f"/api/v3/SalesOrders/{order['type']}/{order['orderId']}", order)


def _check_members(company: Company, body: Json) -> None:
    unknown = sorted(set(body) - _MEMBERS) if isinstance(body, dict) else ["body"]
    if unknown and not company.preferences.lenient:
        raise Refusal(f"Could not find member '{unknown[0]}' on object of type 'NewSalesOrderCommand'.")


def new_sales_order(company: Company, body: Row, customer: Row) -> Row:
    """Return the order a body makes, saved."""
    number = str(body.get("orderId") or company.next_number("sales_order"))
    lines = [_line(company, index, line) for index, line in enumerate(body.get("orderLines") or [], start=1)]
    order = {
        "type": body["type"],
        "orderId": number,
        "status": body.get("status") or "Open",
        "customer": {
            "id": customer["number"],
            "name": customer["name"],
            "order": (body.get("customer") or {}).get("order"),
            "refNo": (body.get("customer") or {}).get("refNo"),
        },
        "date": body.get("date") or company.now()[:10] + "T00:00:00",
        "requestOn": body.get("requestOn"),
        "description": body.get("description"),
        "note": body.get("note"),
        "currencyId": body.get("currencyId") or customer["currencyId"],
        "orderTotal": checks.money(sum((line["amount"] for line in lines), Decimal(0))),
        "orderLines": lines,
    }
    company.save("sales_order", number, order)
    order["lastModified"] = order["lastModifiedDateTime"]
    return order


def _line(company: Company, index: int, body: Row) -> Row:
    item = checks.existing(company, "item", body.get("inventoryId") or "", "Inventory ID")
    try:
        quantity, price = Decimal(str(body.get("quantity") or 0)), Decimal(str(body.get("unitPrice") or 0))
    except InvalidOperation:
        raise Refusal("Error converting value of 'orderLines' to type 'decimal'.") from None
    return {
        "lineId": index,
        "inventoryId": item["inventoryNumber"],
        "description": body.get("description") or item["description"],
        "unitOfMeasure": checks.unit(company, item, body.get("unitOfMeasure")),
        "quantity": checks.number(quantity),
        "unitPrice": checks.number(price),
        "amount": checks.money(quantity * price),
        "requestedOn": body.get("requestedOn"),
        "note": body.get("note"),
    }


@ROUTES.add("GET", "/api/v3/SalesOrders")
def list_sales_orders(company: Company, request: Request) -> Answer:
    """Return sales orders by customer, status and time of change."""
    rows = list(company.table("sales_order").values())
    customer, status = request.query.get("customerid"), request.query.get("status")
    rows = [
        row
        for row in rows
        if (not customer or row["customer"]["id"] == customer)
        and (not status or row["status"] == status)
        and _modified_since(row, request.query.get("modifiedsince"))
    ]
    size = min(int(request.query.get("pagesize") or 100), 1000)
    start = int(request.query.get("pageindex") or 0) * size
    shown = [without(row, *_HIDDEN, "orderLines") for row in rows[start : start + size]]
    return Answer(body={"value": shown, "totalCount": len(rows)})


_HIDDEN = ("createdDateTime", "lastModifiedDateTime")


def _modified_since(row: Row, text: str | None) -> bool:
    if not text:
        return True
    return datetime.fromisoformat(row["lastModified"]) >= datetime.fromisoformat(text).replace(tzinfo=None)


@ROUTES.add("GET", "/api/v3/SalesOrders/{type}/{orderId}")
def read_sales_order(company: Company, request: Request) -> Answer:
    """Return one sales order with its lines."""
    return single(without(company.row("sales_order", request.keys[1]), *_HIDDEN))


@ROUTES.add("GET", "/api/v3/SalesOrders/{type}/{orderId}/lines")
def read_sales_lines(company: Company, request: Request) -> Answer:
    """Return the lines of one sales order."""
    lines = company.row("sales_order", request.keys[1])["orderLines"]
    return Answer(body={"value": lines, "totalCount": len(lines)})
