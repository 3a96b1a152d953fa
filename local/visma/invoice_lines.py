"""A supplier invoice's lines: checked, linked to orders and receipts, added up."""

from __future__ import annotations

from decimal import Decimal

from local.visma import checks
from local.visma.company import Company, Refusal, Row


def apply_lines(company: Company, invoice: Row, body: Row) -> None:
    """Insert, change and delete lines, add those of orders and receipts, and total the document.

    Without ``validateLineDetails`` a line with an error is left out silently (API A12.5).
    """
    aloud = bool(body.get("validateLineDetails"))
    for line in body.get("invoiceLines") or []:
        try:
            _apply_line(company, invoice, line)
        except Refusal:
            if aloud:
                raise
    for added in body.get("addPurchaseOrders") or []:
        _add_order(company, invoice, str(added["poOrderNumber"]))
    for added in body.get("addPOReceiptLines") or []:
        _add_receipt_line(company, invoice, added)
    _total(company, invoice, body)


def _apply_line(company: Company, invoice: Row, body: Row) -> None:
    operation = body.get("operation")
    if operation == "Insert":
        line: Row = {"lineNumber": _next_number(invoice)}
        _fill_line(company, invoice, line, body)
        invoice["invoiceLines"].append(line)
        return
    known = next(
        (row for row in invoice["invoiceLines"] if row["lineNumber"] == body.get("lineNumber")), None
    )
    if known is None or operation is None:
        raise Refusal(f"Error: Line {body.get('lineNumber')} cannot be found, or its operation is missing.")
    if operation == "Delete":
        invoice["invoiceLines"].remove(known)
    else:
        _fill_line(company, invoice, known, body)


def _next_number(invoice: Row) -> int:
    return max((line["lineNumber"] for line in invoice["invoiceLines"]), default=0) + 1


def _fill_line(company: Company, invoice: Row, line: Row, body: Row) -> None:
    key = body.get("inventoryNumber") or line.get("inventoryNumber")
    item = checks.existing(company, "item", key, "Inventory ID") if key else None
    line["inventoryNumber"] = key
    line["stockItem"] = bool(item and item["stockItem"])
    line["transactionDescription"] = body.get("transactionDescription") or (
        item["description"] if item else ""
    )
    line["uom"] = checks.unit(company, item, body.get("uom") or line.get("uom"))
    line["externalInventoryId"] = body.get("externalInventoryId") or line.get("externalInventoryId")
    line["note"] = body.get("note") or line.get("note")
    _fill_account(company, line, body, item)
    _fill_vat(company, invoice, line, body, item)
    branch = body.get("branchNumber") or invoice["branchNumber"]["number"]
    line["branchNumber"] = checks.named(company, "branch", branch, "Branch")
    _fill_amounts(line, body)
    if body.get("linkLine"):
        _link(company, line, body["linkLine"])


def _fill_account(company: Company, line: Row, body: Row, item: Row | None) -> None:
    account = (
        body.get("accountNumber") or (line.get("account") or {}).get("number") or ("4300" if item else None)
    )
    if account is None:
        raise Refusal("Error: 'Account' cannot be empty.")
    line["account"] = checks.account(company, account)
    sub = checks.subaccount(company, body.get("subaccount"))
    if sub or "subaccount" not in line:
        line["subaccount"] = sub


def _fill_vat(company: Company, invoice: Row, line: Row, body: Row, item: Row | None) -> None:
    category = (
        body.get("vatCodeId")
        or (line.get("vatCode") or {}).get("id")
        or (item["vatCode"]["id"] if item else None)
    )
    line["vatCode"] = checks.vat_category(company, category, invoice["supplierTaxZone"]["id"])


def _fill_amounts(line: Row, body: Row) -> None:
    quantity = checks.number(body.get("quantity", line.get("quantity")))
    price = checks.number(body.get("unitCostInCurrency", line.get("unitCostInCurrency")))
    cost = body.get("costInCurrency")
    total = checks.money(quantity * price if cost is None else cost)
    percent = body.get("discountPercent") or Decimal(0)
    discount = checks.money(body.get("discountAmountInCurrency") or total * percent / 100)
    line.update(quantity=quantity, unitCost=price, unitCostInCurrency=price)
    line.update(discountPercent=checks.number(percent), discountAmountInCurrency=discount)
    line.update(cost=total - discount, costInCurrency=total - discount)


def _link(company: Company, line: Row, link: Row) -> None:
    kind, number, line_number = (
        link.get("purchaseType"),
        link.get("purchaseNumber"),
        link.get("purchaseLineNbr"),
    )
    if kind == "PurchaseOrder":
        if line["stockItem"]:
            raise Refusal("Error: Stock items can be linked to purchase receipts only.")
        _order_line(company, str(number), line_number)
        line.update(poNumber=number, poLineNr=line_number)
    elif kind == "PurchaseReceipt":
        found = _receipt_line(company, str(number), line_number)
        line.update(poReceiptNbr=number, poReceiptLineNbr=line_number)
        line.update(poNumber=found["poOrderNbr"], poLineNr=found["poOrderLineNbr"])
    else:
        raise Refusal("Error: 'Purchase type' cannot be empty.")


def _order_line(company: Company, number: str, line_number: int | None) -> Row:
    order = checks.existing(company, "purchase_order", number, "Order nbr.")
    for line in order["lines"]:
        if line["lineNbr"] == line_number:
            return dict(line)
    raise Refusal(f"Error: Line {line_number} cannot be found in purchase order {number}.")


def _receipt_line(company: Company, number: str, line_number: int | None) -> Row:
    receipt = checks.existing(company, "purchase_receipt", number, "Receipt nbr.")
    if receipt["status"] != "Released":
        raise Refusal(f"Error: Purchase receipt {number} is not released.")
    for line in receipt["lines"]:
        if line["lineNbr"] == line_number:
            return dict(line)
    raise Refusal(f"Error: Line {line_number} cannot be found in purchase receipt {number}.")


def _add_order(company: Company, invoice: Row, number: str) -> None:
    order = checks.existing(company, "purchase_order", number, "Order nbr.")
    for line in order["lines"]:
        if line["lineType"] in {"NonStock", "Service", "Freight", "Description"}:
            link = {
                "purchaseType": "PurchaseOrder",
                "purchaseNumber": number,
                "purchaseLineNbr": line["lineNbr"],
            }
            _add_linked(company, invoice, line, line["orderQty"], line["unitCost"], link)


def _add_receipt_line(company: Company, invoice: Row, body: Row) -> None:
    number, line_number = str(body.get("poReceiptNumber")), body.get("poReceiptLineNumber")
    found = _receipt_line(company, number, line_number)
    link = {"purchaseType": "PurchaseReceipt", "purchaseNumber": number, "purchaseLineNbr": line_number}
    quantity = body.get("quantity") or found["receiptQty"]
    price = body.get("unitCostInCurrency") or found["unitCost"]
    _add_linked(company, invoice, found, quantity, price, link)


def _add_linked(
    company: Company, invoice: Row, source: Row, quantity: Decimal, price: Decimal, link: Row
) -> None:  # fmt: skip
    body = {
        "operation": "Insert",
        "inventoryNumber": (source["inventory"] or {}).get("number"),
        "uom": source["uom"],
        "quantity": quantity,
        "unitCostInCurrency": price,
        "accountNumber": (source.get("account") or {}).get("number") or "4300",
        "linkLine": link,
    }
    _apply_line(company, invoice, body)


def _total(company: Company, invoice: Row, body: Row) -> None:
    net = sum((line["costInCurrency"] for line in invoice["invoiceLines"]), Decimal(0))
    invoice["taxDetailLines"] = _tax_lines(company, invoice, body)
    vat = sum((line["vatAmount"] for line in invoice["taxDetailLines"]), Decimal(0))
    amount = checks.money(net + vat + invoice["roundingDiffInCurrency"])
    invoice.update(detailTotalInCurrency=checks.money(net), vatTaxableTotalInCurrency=checks.money(net))
    invoice.update(
        vatAmount=checks.money(vat), vatTotal=checks.money(vat), vatTotalInCurrency=checks.money(vat)
    )
    invoice.update(amount=amount, balance=amount, balanceInCurrency=amount)


def _tax_lines(company: Company, invoice: Row, body: Row) -> list[Row]:
    zone = invoice["supplierTaxZone"]["id"]
    stated = {line["taxId"]: line for line in body.get("taxDetailLines") or []}
    bases: dict[str, Decimal] = {}
    for line in invoice["invoiceLines"]:
        for row in company.table("vat").values():
            if (
                line["vatCode"]
                and row["vatCategoryId"] == line["vatCode"]["id"]
                and any(z["id"] == zone for z in row["zones"])
            ):
                bases[row["vatId"]] = bases.get(row["vatId"], Decimal(0)) + line["costInCurrency"]
                break
    return [_tax_line(company, tax, base, stated.get(tax, {})) for tax, base in bases.items()]


def _tax_line(company: Company, tax: str, base: Decimal, stated: Row) -> Row:
    rate = Decimal(company.row("vat", tax)["schedules"][-1]["vatRate"])
    amount = stated.get("vatAmount")
    return {
        "taxId": tax,
        "vatRate": checks.number(rate),
        "taxableAmount": checks.money(stated.get("taxableAmount") or base),
        "vatAmount": checks.money(base * rate / 100 if amount is None else amount),
    }
