"""Supplier invoices and their credit notes: posting, changing, release, attachments (API B4, A11, A12)."""

from __future__ import annotations

import email
import email.policy
import uuid
from decimal import Decimal

from local.visma import checks
from local.visma.bodies import read_body
from local.visma.company import Company, Refusal, Row, not_found
from local.visma.invoice_lines import apply_lines
from local.visma.listing import member, page, select, without
from local.visma.receipts import done
from local.visma.routing import ROUTES, Answer, Request, changed, check_version, created, single

_EDITABLE = {"Hold", "Balanced"}
_TYPES = {"invoice": "Invoice", "creditadj": "CreditAdj", "debitadj": "DebitAdj", "prepayment": "Prepayment"}


@ROUTES.add("GET", "/v1/supplierInvoice")
def list_invoices(company: Company, request: Request) -> Answer:
    """Return supplier invoices; notes and attachments only where asked for."""
    rows = select(
        request,
        company.table("supplier_invoice").values(),
        {
            "supplier": member("supplier", "number"),
            "documentType": member("documentType"),
            "status": member("status"),
            "financialPeriod": member("financialPeriod"),
        },
    )
    hidden = [
        name
        for name, flag in {"note": "expandNote", "attachments": "expandAttachment"}.items()
        if not request.flag(flag)
    ]
    return page(company, request, [without(row, *hidden) for row in rows])


@ROUTES.add("GET", "/v1/supplierdocument")
def list_documents(company: Company, request: Request) -> Answer:
    """Return supplier documents: the invoices without their lines."""
    rows = select(
        request,
        company.table("supplier_invoice").values(),
        {
            "supplier": member("supplier", "number"),
            "documentType": member("documentType"),
            "status": member("status"),
        },
    )
    return page(company, request, [without(row, *_INVOICE_ONLY) for row in rows])


_INVOICE_ONLY = (
    "invoiceLines", "taxDetailLines", "attachments", "hold", "exchangeRate", "paymentRefNo", "creditTerms",
    "detailTotalInCurrency", "vatTaxableTotalInCurrency", "vatAmount", "roundingDiffInCurrency",
    "taxCalculationMode", "supplierTaxZone", "cashDiscountDate", "paySelected",
)  # fmt: skip


@ROUTES.add("GET", "/v1/supplierInvoice/{invoiceNumber}")
def read_invoice(company: Company, request: Request) -> Answer:
    """Return one invoice; other types are found by their typed path only."""
    return single(_document(company, "Invoice", request.keys[0]))


@ROUTES.add("GET", "/v1/supplierInvoice/{documentType}/{invoiceNumber}")
def read_typed(company: Company, request: Request) -> Answer:
    """Return one document of a type."""
    return single(_document(company, *request.keys))


def _document(company: Company, document_type: str, number: str) -> Row:
    found = company.row("supplier_invoice", number)
    if found["documentType"] != _TYPES.get(document_type.lower()):
        raise not_found()
    return found


@ROUTES.add("POST", "/v1/supplierInvoice")
def create_invoice(company: Company, request: Request) -> Answer:
    """Create a supplier invoice or another document of its types."""
    body = read_body("SupplierInvoiceUpdateDto", request.json(), lenient=company.preferences.lenient)
    invoice = new_invoice(company, body)
    kind = "" if invoice["documentType"] == "Invoice" else f"{invoice['documentType']}/"
    return created(request, f"/v1/supplierInvoice/{kind}{invoice['referenceNumber']}", invoice)


def new_invoice(company: Company, body: Row) -> Row:
    """Return the document a body makes, saved."""
    supplier = checks.existing(company, "supplier", body.get("supplierNumber") or "", "Supplier")
    invoice: Row = {
        "documentType": body.get("documentType") or "Invoice",
        "supplier": checks.named(company, "supplier", supplier["number"], "Supplier"),
        "exchangeRate": Decimal(1),
        "taxDetailLines": [],
        "attachments": [],
        "invoiceLines": [],
        "approvalStatus": "New",
        "paySelected": bool(body.get("paySelected")),
    }
    _apply_header(company, invoice, body, supplier)
    _check_reference(company, invoice)
    apply_lines(company, invoice, body)
    _check_total(invoice, body)
    invoice["referenceNumber"] = checks.document_number(
        company, "supplier_invoice", "supplier_invoice", body, "referenceNumber"
    )
    return company.save("supplier_invoice", invoice["referenceNumber"], invoice)


def _put(company: Company, request: Request, document_type: str, number: str) -> Answer:
    stored = _document(company, document_type, number)
    check_version(request, stored)
    if stored["status"] not in _EDITABLE:
        raise Refusal(f"Error: The document in status {stored['status']} is read-only.")
    body = read_body("SupplierInvoiceUpdateDto", request.json(), lenient=company.preferences.lenient)
    invoice = {**stored, "invoiceLines": [dict(line) for line in stored["invoiceLines"]]}
    _apply_header(company, invoice, body, company.row("supplier", invoice["supplier"]["number"]))
    apply_lines(company, invoice, body)
    return changed(company.save("supplier_invoice", invoice["referenceNumber"], invoice))


@ROUTES.add("PUT", "/v1/supplierInvoice/{invoiceNumber}")
def change_invoice(company: Company, request: Request) -> Answer:
    """Change an unreleased invoice."""
    return _put(company, request, "Invoice", request.keys[0])


@ROUTES.add("PUT", "/v1/supplierInvoice/{documentType}/{invoiceNumber}")
def change_typed(company: Company, request: Request) -> Answer:
    """Change an unreleased document of a type."""
    return _put(company, request, *request.keys)


_COPIED = (
    "supplierReference", "description", "paymentRefNo", "note", "dueDate", "cashDiscountDate",
    "origInvoiceDate", "taxCalculationMode", "paymentMessage", "payDate",
)  # fmt: skip


def _apply_header(company: Company, invoice: Row, body: Row, supplier: Row) -> None:
    for name in _COPIED:
        if name in body:
            invoice[name] = body[name]
    invoice["date"] = body.get("date") or invoice.get("date") or company.now()[:10] + "T00:00:00"
    invoice["financialPeriod"] = checks.period(company, body, invoice["date"])
    invoice["postPeriod"] = invoice["financialPeriod"][4:] + invoice["financialPeriod"][:4]
    currency = body.get("currencyId") or invoice.get("currencyId") or supplier["currencyId"]
    checks.existing(company, "currency", currency, "Currency")
    invoice["currencyId"] = currency
    terms = body.get("creditTermsId") or supplier["creditTerms"]["id"]
    if body.get("creditTermsId") or "creditTerms" not in invoice:
        invoice["creditTerms"] = checks.identified(company, "credit_term", terms, "Terms")
    branch = body.get("branchNumber") or invoice.get("branchNumber", {}).get("number") or "1"
    invoice["branchNumber"] = checks.named(company, "branch", branch, "Branch")
    zone = body.get("supplierTaxZone") or supplier["vatZone"]["id"]
    invoice["supplierTaxZone"] = checks.identified(company, "vat_zone", zone, "VAT zone")
    rounding = body.get("roundingDiffInCurrency", invoice.get("roundingDiffInCurrency")) or Decimal(0)
    invoice["roundingDiffInCurrency"] = checks.money(rounding)
    hold = body.get("hold")
    invoice["hold"] = invoice.get("hold", company.preferences.hold_on_entry) if hold is None else hold
    invoice["status"] = "Hold" if invoice["hold"] else "Balanced"


def _check_reference(company: Company, invoice: Row) -> None:
    if company.preferences.duplicate_reference != "error" or not invoice.get("supplierReference"):
        return
    for other in company.table("supplier_invoice").values():
        same = all(other.get(name) == invoice[name] for name in ("documentType", "supplierReference"))
        if same and other["supplier"]["number"] == invoice["supplier"]["number"]:
            raise Refusal(
                "Error: The document with this supplier ref. already exists: "
                f"{other['documentType']} {other['referenceNumber']}."
            )


def _check_total(invoice: Row, body: Row) -> None:
    amount = body.get("amount")
    if amount is not None and not invoice["hold"] and checks.money(amount) != invoice["amount"]:
        raise Refusal("Error creating document. Error: The document is out of the balance.")


def _release(company: Company, request: Request, document_type: str, number: str) -> Answer:
    invoice = _document(company, document_type, number)
    check_version(request, invoice)
    if invoice["status"] == "Hold":
        raise Refusal("Error: Document is On Hold and cannot be released.")
    if invoice["status"] != "Balanced":
        raise Refusal("Error: Document status is invalid for processing.")
    invoice["status"] = "Open"
    company.save("supplier_invoice", number, invoice)
    return Answer(body=done().body, headers={"ETag": f'"{invoice["timeStamp"]}"'})


@ROUTES.add("POST", "/v1/supplierInvoice/{invoiceNumber}/action/release")
def release_invoice(company: Company, request: Request) -> Answer:
    """Release a balanced invoice."""
    return _release(company, request, "Invoice", request.keys[0])


@ROUTES.add("POST", "/v1/supplierInvoice/{documentType}/{invoiceNumber}/action/release")
def release_typed(company: Company, request: Request) -> Answer:
    """Release a balanced document of a type."""
    return _release(company, request, *request.keys)


def _delete(company: Company, document_type: str, number: str) -> Answer:
    if _document(company, document_type, number)["status"] not in _EDITABLE:
        raise Refusal("Error: The released document cannot be deleted.")
    del company.table("supplier_invoice")[number]
    return Answer(204)


@ROUTES.add("DELETE", "/v1/supplierInvoice/{invoiceNumber}")
def delete_invoice(company: Company, request: Request) -> Answer:
    """Delete an unreleased invoice."""
    return _delete(company, "Invoice", request.keys[0])


@ROUTES.add("DELETE", "/v1/supplierInvoice/{documentType}/{invoiceNumber}")
def delete_typed(company: Company, request: Request) -> Answer:
    """Delete an unreleased document of a type."""
    return _delete(company, *request.keys)


@ROUTES.add("POST", "/v1/supplierInvoice/{invoiceNumber}/attachment")
def attach(company: Company, request: Request) -> Answer:
    """Attach a file to an invoice."""
    return _attach(company, request, "Invoice", request.keys[0])


@ROUTES.add("POST", "/v1/supplierInvoice/documentType/{documentType}/{invoiceNumber}/attachment")
def attach_typed(company: Company, request: Request) -> Answer:
    """Attach a file to a document of a type."""
    return _attach(company, request, *request.keys)


def _attach(company: Company, request: Request, document_type: str, number: str) -> Answer:
    invoice = _document(company, document_type, number)
    check_version(request, invoice)
    name, content, media_type = read_file(request)
    known = next((a for a in invoice["attachments"] if a["name"] == name), None)
    attachment = known or {"name": name, "id": str(uuid.uuid4()), "revision": 0}
    attachment["revision"] += 1
    if known is None:
        invoice["attachments"].append(attachment)
    company.files[attachment["id"]] = (name, content, media_type)
    company.save("supplier_invoice", number, invoice)
    return created(request, f"/v1/attachment/{attachment['id']}", invoice)


def read_file(request: Request) -> tuple[str, bytes, str]:
    """Return name, bytes and media type of the one file part of a multipart request."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = email.message_from_bytes(head + request.content, policy=email.policy.HTTP)
    parts = [part for part in message.iter_parts() if part.get_filename()] if message.is_multipart() else []
    if len(parts) != 1:
        raise Refusal("Error: Exactly one file is expected in the multipart body.")
    name = str(parts[0].get_filename())
    if "." not in name:
        raise Refusal("Error: The file name must have an extension.")
    content = parts[0].get_payload(decode=True)
    return name, content if isinstance(content, bytes) else b"", parts[0].get_content_type()


@ROUTES.add("GET", "/v1/attachment/{attachmentId}")
def read_attachment(company: Company, request: Request) -> Answer:
    """Return an attachment's latest revision."""
    if request.keys[0] not in company.files:
        raise not_found()
    _, content, media_type = company.files[request.keys[0]]
    return Answer(content=content, media_type=media_type)
