"""Purchase orders: posting, changing, reading (API B2, A11)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from local.visma import checks
from local.visma.bodies import read_body
from local.visma.company import Company, Refusal, Row
from local.visma.listing import member, page, select, without
from local.visma.routing import ROUTES, Answer, Request, changed, check_version, created, single

if TYPE_CHECKING:
    from ml_connector.visma.wire import Json

_CUSTOM = (
    *tuple(f"customStr{n}" for n in range(1, 6)),
    "customDec1",
    "customDec2",
    "customInt1",
    "customInt2",
)
_STOCK_LINES = {"GoodsForInventory", "GoodsForSalesOrder", "GoodsForReplenishment", "GoodsForDropShip"}


@ROUTES.add("GET", "/v1/purchaseorder")
def list_orders(company: Company, request: Request) -> Answer:
    """Return purchase orders; custom fields only where asked for."""
    rows = select(
        request,
        company.table("purchase_order").values(),
        {
            "supplier": member("supplier", "number"),
            "orderType": member("orderType"),
            "orderStatus": member("status"),
            "branch": member("branch", "number"),
        },
    )
    return page(company, request, [_shown(request, row) for row in rows])


@ROUTES.add("GET", "/v1/purchaseorder/{purchaseOrderNumber}")
def read_order(company: Company, request: Request) -> Answer:
    """Return one purchase order with its ETag."""
    return single(_shown(request, company.row("purchase_order", request.keys[0])))


def _shown(request: Request, row: Row) -> Row:
    hidden = () if request.flag("includeCustomFreeFields") else _CUSTOM
    return without(row, "createdDateTime", *hidden)


@ROUTES.add("POST", "/v1/purchaseorder")
def create_order(company: Company, request: Request) -> Answer:
    """Create a purchase order."""
    body = read_body("PurchaseOrderUpdateDto", request.json(), lenient=company.preferences.lenient)
    order = new_order(company, body)
    return created(request, f"/v1/purchaseorder/{order['orderNbr']}", order)


def new_order(company: Company, body: Row) -> Row:
    """Return the order a body makes, saved."""
    supplier = _supplier(company, body)
    order: Row = {
        "orderType": body.get("orderType") or "RegularOrder",
        "supplier": checks.named(company, "supplier", supplier["number"], "Supplier"),
        "location": {"id": 1, "name": "Primary location"},
        "date": body.get("date") or company.now()[:10] + "T00:00:00",
        "exchangeRate": Decimal(1),
        "purchaseReceipts": [],
        "taxDetails": [],
        "lines": [],
    }
    _apply_header(company, order, body, supplier)
    _apply_lines(company, order, body.get("lines") or [])
    order["orderNbr"] = checks.document_number(
        company, "purchase_order", "purchase_order", body, "orderNumber"
    )
    return company.save("purchase_order", order["orderNbr"], order)


@ROUTES.add("PUT", "/v1/purchaseorder/{purchaseOrderNumber}")
def change_order(company: Company, request: Request) -> Answer:
    """Change a purchase order: only what the body names."""
    stored = company.row("purchase_order", request.keys[0])
    check_version(request, stored)
    if stored["status"] in {"Closed", "Cancelled"}:
        raise Refusal(
            f"Error updating the purchase order. Error: The {stored['status']} order cannot be changed."
        )
    body = read_body("PurchaseOrderUpdateDto", request.json(), lenient=company.preferences.lenient)
    order = {**stored, "lines": [dict(line) for line in stored["lines"]]}
    _apply_header(company, order, body, company.row("supplier", order["supplier"]["number"]))
    _apply_lines(company, order, body.get("lines") or [])
    return changed(company.save("purchase_order", order["orderNbr"], order))


def _supplier(company: Company, body: Row) -> Row:
    if body.get("supplier"):
        return checks.existing(company, "supplier", body["supplier"], "Supplier")
    for name, table, field in (
        ("gln", "supplier_location", "gln"),
        ("vatRegistrationId", "supplier", "vatRegistrationId"),
    ):
        if body.get(name):
            found = company.first(table, **{field: body[name]})
            if found is None:
                raise Refusal(f"Error: Supplier with {name} '{body[name]}' cannot be found in the system.")
            return company.row("supplier", found.get("number") or found["baccount"]["number"])
    raise Refusal("Error: 'Supplier' cannot be empty.")


_COPIED = (
    "promisedOn",
    "description",
    "supplierRef",
    "shipVia",
    "fobPoint",
    "note",
    "dontPrint",
    "dontEmail",
)


def _apply_header(company: Company, order: Row, body: Row, supplier: Row) -> None:
    for name in (*_COPIED, *_CUSTOM):
        if name in body:
            order[name] = body[name]
    if body.get("date"):
        order["date"] = body["date"]
    currency = body.get("currency") or order.get("currency") or supplier["currencyId"]
    checks.existing(company, "currency", currency, "Currency")
    order["currency"] = currency
    branch = body.get("branch") or order.get("branch", {}).get("number") or "1"
    order["branch"] = checks.named(company, "branch", branch, "Branch")
    terms = body.get("terms") or order.get("terms", {}).get("id") or supplier["creditTerms"]["id"]
    order["terms"] = checks.identified(company, "credit_term", terms, "Terms")
    zone = body.get("supplierVatZone") or supplier["vatZone"]["id"]
    order["supplierVatZone"] = checks.identified(company, "vat_zone", zone, "VAT zone")
    if body.get("controlTotal") is not None:
        order["controlTotal"] = checks.money(body["controlTotal"])
    hold = body.get("hold")
    order["hold"] = order.get("hold", company.preferences.hold_on_entry) if hold is None else hold
    order["status"] = order_status(order)


def order_status(order: Row) -> str:
    """Return the status that follows from an order's hold and lines (API A11)."""
    if order["hold"]:
        return "Hold"
    lines = order["lines"]
    return "Closed" if lines and all(line["completed"] for line in lines) else "Open"


def _apply_lines(company: Company, order: Row, lines: list[Row]) -> None:
    for body in lines:
        _LINE_OPERATIONS[_operation(body)](company, order, body)
    total = sum((line["amount"] for line in order["lines"]), Decimal(0))
    vat = sum((_line_vat(company, order, line) for line in order["lines"]), Decimal(0))
    order["lineTotal"], order["taxTotal"] = checks.money(total), checks.money(vat)
    order["orderTotal"] = checks.money(total + vat)
    open_lines = [line for line in order["lines"] if not line["completed"]]
    order["openQuantity"] = sum((line["orderQty"] - line["qtyOnReceipts"] for line in open_lines), Decimal(0))
    order["status"] = order_status(order)


def _line_vat(company: Company, order: Row, line: Row) -> Decimal:
    category = line["taxCategory"]["number"] if line["taxCategory"] else None
    return checks.money(
        line["amount"] * checks.vat_rate(company, category, order["supplierVatZone"]["id"]) / 100
    )


def _operation(body: Row) -> str:
    operation = body.get("operation")
    if operation is None:
        raise Refusal("Error: The operation of a line must be Insert, Update or Delete.")
    return str(operation)


def _insert_line(company: Company, order: Row, body: Row) -> None:
    line = {
        "lineNbr": max((line["lineNbr"] for line in order["lines"]), default=0) + 1,
        "qtyOnReceipts": checks.number(None),
        "receivedAmt": checks.money(Decimal(0)),
        "completed": False,
        "canceled": False,
        "completeOn": checks.number(Decimal(100)),
    }
    order["lines"].append(_filled_line(company, order, line, body))


def _update_line(company: Company, order: Row, body: Row) -> None:
    line = _line(order, body)
    _filled_line(company, order, line, body)


def _delete_line(_: Company, order: Row, body: Row) -> None:
    order["lines"].remove(_line(order, body))


_LINE_OPERATIONS = {"Insert": _insert_line, "Update": _update_line, "Delete": _delete_line}


def _line(order: Row, body: Row) -> Row:
    for line in order["lines"]:
        if line["lineNbr"] == body.get("lineNumber"):
            return dict_in_place(line)
    raise Refusal(f"Error: Line {body.get('lineNumber')} cannot be found in the order.")


def dict_in_place(line: Row) -> Row:
    """Return the line itself: the order was copied before."""
    return line


def _filled_line(company: Company, order: Row, line: Row, body: Row) -> Row:
    item = _item(company, line, body)
    line["lineType"] = _line_type(line, body, item)
    line["lineDescription"] = body.get("lineDescription") or line.get("lineDescription") or _text(item)
    line["uom"] = checks.unit(company, item, body.get("uom") or line.get("uom"))
    _reference(
        company,
        line,
        body,
        "warehouse",
        checks.identified(company, "warehouse", _warehouse(body, item), "Warehouse"),
    )
    _reference(company, line, body, "account", checks.account(company, body.get("account")))
    _reference(company, line, body, "sub", checks.subaccount(company, body.get("sub")))
    branch = body.get("branch") or order["branch"]["number"]
    _reference(company, line, body, "branch", checks.named(company, "branch", branch, "Branch"))
    _tax_category(company, order, line, body, item)
    for name in ("alternateId", "requested", "promised", "note", *_CUSTOM):
        if name in body:
            line[name] = body[name]
    _price_line(line, body, item)
    return line


def _item(company: Company, line: Row, body: Row) -> Row | None:
    key = body.get("inventory") or (line.get("inventory") or {}).get("number")
    if not key:
        line["inventory"] = None
        return None
    item = checks.existing(company, "item", key, "Inventory ID")
    line["inventory"] = {"number": key, "description": item["description"]}
    return item


def _line_type(line: Row, body: Row, item: Row | None) -> str:
    default = "GoodsForInventory" if item and item["stockItem"] else "NonStock"
    line_type = str(body.get("lineType") or line.get("lineType") or default)
    if line_type in _STOCK_LINES and not (item and item["stockItem"]):
        raise Refusal("Error: 'Inventory ID' must be a stock item on a line of goods.")
    return line_type


def _text(item: Row | None) -> str:
    return str(item["description"]) if item else ""


def _warehouse(body: Row, item: Row | None) -> str | None:
    default = item["defaultWarehouse"]["id"] if item and item["stockItem"] else None
    return body.get("warehouse") or default


def _reference(_: Company, line: Row, body: Row, name: str, value: Json) -> None:
    if body.get(name) or name not in line:
        line[name] = value


def _tax_category(company: Company, order: Row, line: Row, body: Row, item: Row | None) -> None:
    default = item["vatCode"]["id"] if item else None
    if body.get("taxCategory"):
        found = checks.vat_category(company, body["taxCategory"], order["supplierVatZone"]["id"])
        line["taxCategory"] = {"number": body["taxCategory"], "description": (found or {}).get("description")}
    elif "taxCategory" not in line:
        line["taxCategory"] = {"number": default, "description": None} if default else None


def _price_line(line: Row, body: Row, item: Row | None) -> None:
    default = item["lastCost"] if item else Decimal(0)
    line["orderQty"] = checks.number(body.get("orderQty", line.get("orderQty")))
    line["unitCost"] = checks.number(body.get("unitCost", line.get("unitCost", default)))
    if line["orderQty"] < 0:
        raise Refusal("Error: 'Order qty.' must not be negative.")
    ext_cost = body.get("extCost")
    line["extCost"] = checks.money(line["orderQty"] * line["unitCost"] if ext_cost is None else ext_cost)
    percent = body.get("discountPercent", line.get("discountPercent")) or Decimal(0)
    discount = body.get("discountAmount")
    amount = line["extCost"] * percent / 100 if discount is None else discount
    line["discountPercent"], line["discountAmount"] = checks.number(percent), checks.money(amount)
    line["amount"] = checks.money(line["extCost"] - line["discountAmount"])
    line["baseOrderQty"] = line["orderQty"]
    if body.get("completed") is not None:
        line["completed"] = body["completed"]
