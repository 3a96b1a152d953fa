"""The ledgers: journal transactions, version 2, and cash transactions (API B8, B9)."""

from __future__ import annotations

from decimal import Decimal

from local.visma import checks
from local.visma.bodies import read_body
from local.visma.company import Company, Refusal, Row
from local.visma.listing import member, page, select, without
from local.visma.receipts import done
from local.visma.routing import ROUTES, Answer, Request, check_version, created, single

_ZERO = Decimal(0)


@ROUTES.add("GET", "/v2/journaltransaction")
def list_journal(company: Company, request: Request) -> Answer:
    """Return journal transactions; pages count lines and may split a transaction (API A5)."""
    since = request.query.get("lastmodifieddatetime")
    if not since and not request.query.get("periodid"):
        raise Refusal("Error: 'periodId' is mandatory if 'lastModifiedDateTime' is not provided.")
    implied = {**request.query, **({"lastmodifieddatetimecondition": ">="} if since else {})}
    rows = select(
        Request(request.method, request.path, implied),
        company.table("journal").values(),
        {"periodId": member("financialPeriod"), "module": _module, "status": member("status")},
    )
    parts = [
        {**without(row, "createdDateTime"), "journalTransactionLines": [line]}
        for row in rows
        for line in row["journalTransactionLines"]
    ]
    answer = page(company, request, parts)
    return Answer(body=_merged(answer.body))


def _module(row: Row) -> str:
    """Return the module as the filter names it: GL, where the answer says ModuleGL."""
    return str(row["module"]).removeprefix("Module")


def _merged(parts: list[Row]) -> list[Row]:
    merged: dict[str, Row] = {}
    for part in parts:
        known = merged.setdefault(part["batchNumber"], {**part, "journalTransactionLines": []})
        known["journalTransactionLines"] += part["journalTransactionLines"]
    return list(merged.values())


@ROUTES.add("GET", "/v2/journaltransaction/{journalTransactionNumber}")
def read_journal(company: Company, request: Request) -> Answer:
    """Return one journal transaction."""
    return single(without(company.row("journal", request.keys[0]), "createdDateTime"))


@ROUTES.add("POST", "/v2/journaltransaction")
def create_journal(company: Company, request: Request) -> Answer:
    """Create a journal transaction; it must balance."""
    body = read_body("JournalTransactionUpdateDto", request.json(), lenient=company.preferences.lenient)
    day = body.get("transactionDate") or company.now()[:10] + "T00:00:00"
    period = checks.period(company, body, day)
    lines = [
        _journal_line(company, index, line)
        for index, line in enumerate(body.get("journalTransactionLines") or [], start=1)
    ]
    debit = checks.money(sum((line["debitAmountInCurrency"] for line in lines), _ZERO))
    credit = checks.money(sum((line["creditAmountInCurrency"] for line in lines), _ZERO))
    if debit != credit:
        raise Refusal(
            "Error creating document. Error: The batch is not balanced. Review the debit and credit amounts."
        )
    hold = body.get("hold", company.preferences.hold_on_entry)
    batch = {
        "module": "ModuleGL",
        "batchNumber": company.next_number("journal"),
        "status": "Hold" if hold else "Balanced",
        "hold": bool(hold),
        "transactionDate": day,
        "financialPeriod": period,
        "postPeriod": period[4:] + period[:4],
        "ledger": body.get("ledger") or "1",
        "currencyId": body.get("currencyId") or company.data["company"]["currency"],
        "description": body.get("description"),
        "branch": body.get("branch") or "1",
        "debitTotalInCurrency": debit,
        "creditTotalInCurrency": credit,
        "journalTransactionLines": lines,
    }
    company.save("journal", batch["batchNumber"], batch)
    return created(request, f"/v2/journaltransaction/{batch['batchNumber']}", batch)


def _journal_line(company: Company, index: int, body: Row) -> Row:
    if body.get("operation") != "Insert":
        raise Refusal("Error: The operation of a new line must be Insert.")
    account = checks.account(company, body.get("accountNumber"))
    if account is None:
        raise Refusal("Error: 'Account' cannot be empty.")
    return {
        "lineNumber": index,
        "accountNumber": account["number"],
        "description": account["description"],
        "subaccount": checks.subaccount(company, body.get("subaccount")),
        "referenceNumber": body.get("referenceNumber"),
        "transactionDescription": body.get("transactionDescription"),
        "debitAmountInCurrency": checks.money(body.get("debitAmountInCurrency") or _ZERO),
        "creditAmountInCurrency": checks.money(body.get("creditAmountInCurrency") or _ZERO),
        "note": body.get("note"),
    }


@ROUTES.add("POST", "/v2/journaltransaction/{journalTransactionNumber}/action/release")
def release_journal(company: Company, request: Request) -> Answer:
    """Release a balanced journal transaction."""
    return _release(company, request, "journal", "Posted")


@ROUTES.add("GET", "/v1/cashTransaction")
def list_cash(company: Company, request: Request) -> Answer:
    """Return cash transactions."""
    rows = select(request, company.table("cash").values(), {})
    bare = [without(row, "createdDateTime") for row in rows]
    answer = page(company, request, bare)
    # The published cash transaction has no metadata, so a client must go on to an empty page.
    return Answer(body=[without(row, "metadata") for row in answer.body])


@ROUTES.add("GET", "/v1/cashTransaction/{referenceNbr}")
def read_cash(company: Company, request: Request) -> Answer:
    """Return one cash transaction."""
    return single(without(company.row("cash", request.keys[0]), "createdDateTime"))


@ROUTES.add("POST", "/v1/cashTransaction")
def create_cash(company: Company, request: Request) -> Answer:
    """Create a cash transaction."""
    body = read_body("CashTransactionUpdateDto", request.json(), lenient=company.preferences.lenient)
    account, entry_type = body.get("cashAccount"), body.get("entryType")
    if account not in company.data["cash_accounts"] or entry_type not in company.data["entry_types"]:
        raise Refusal(
            f"Error: Cash account '{account}' or entry type '{entry_type}' cannot be found in the system."
        )
    day = body.get("tranDate") or company.now()[:10] + "T00:00:00"
    lines = [
        _cash_line(company, index, line)
        for index, line in enumerate(body.get("cashTransactionDetails") or [], start=1)
    ]
    total = checks.money(sum((line["amount"] for line in lines), _ZERO))
    _check_control(body, total)
    hold = body.get("hold", company.preferences.hold_on_entry)
    row = {
        "tranType": "Adjustment",
        "referenceNbr": company.next_number("cash"),
        "status": "Hold" if hold else "Balanced",
        "hold": bool(hold),
        "tranDate": day,
        "financialPeriod": checks.period(company, body, day),
        "cashAccount": {"number": account, "description": company.data["cash_accounts"][account]},
        "currency": company.data["company"]["currency"],
        "entryType": {"id": entry_type, "description": company.data["entry_types"][entry_type]},
        "documentRef": body.get("documentRef"),
        "description": body.get("description"),
        "amount": total,
        "controlTotal": checks.money(body.get("controlTotal") or total),
        "transactionDetails": lines,
        "taxDetails": [],
    }
    company.save("cash", row["referenceNbr"], row)
    return created(request, f"/v1/cashTransaction/{row['referenceNbr']}", row)


def _check_control(body: Row, total: Decimal) -> None:
    control = body.get("controlTotal")
    if control is not None and body.get("hold") is False and checks.money(control) != total:
        raise Refusal("Error creating document. Error: The document is out of the balance.")


def _cash_line(company: Company, index: int, body: Row) -> Row:
    account = checks.account(company, body.get("offsetAccount"))
    if account is None:
        raise Refusal("Error: 'Offset account' cannot be empty.")
    amount = body.get("amount")
    quantity, price = checks.number(body.get("quantity")), checks.number(body.get("price"))
    return {
        "lineNumber": index,
        "description": body.get("description"),
        "quantity": quantity,
        "price": price,
        "amount": checks.money(quantity * price if amount is None else amount),
        "offsetAccount": account,
        "offsetSubAccount": checks.subaccount(company, body.get("offsetSubaccount")),
    }


@ROUTES.add("POST", "/v1/cashTransaction/{referenceNbr}/action/release")
def release_cash(company: Company, request: Request) -> Answer:
    """Release a balanced cash transaction."""
    return _release(company, request, "cash", "Released")


def _release(company: Company, request: Request, table: str, status: str) -> Answer:
    row = company.row(table, request.keys[0])
    check_version(request, row)
    if row["status"] != "Balanced":
        raise Refusal(f"Error: Document status {row['status']} is invalid for processing.")
    row["status"] = status
    company.save(table, request.keys[0], row)
    return done()
