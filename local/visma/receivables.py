"""What the company sends out: customer invoices, credit notes, shipments, payments to suppliers."""

from __future__ import annotations

from local.visma.company import Company, Refusal, not_found
from local.visma.listing import Filters, member, page, select, without
from local.visma.receipts import done
from local.visma.routing import ROUTES, Answer, Request, check_version, single

_LISTS: tuple[tuple[str, str, str | None, Filters], ...] = (
    (
        "/v1/customerinvoice",
        "customer_invoice",
        "Invoice",
        {"customer": member("customer", "number"), "status": member("status")},
    ),
    (
        "/v1/customerCreditNote",
        "customer_invoice",
        "CreditNote",
        {"customer": member("customer", "number"), "status": member("status")},
    ),
    (
        "/v1/shipment",
        "shipment",
        None,
        {"customerNumber": member("customer", "number"), "status": member("status")},
    ),
    (
        "/v1/supplierPayment",
        "supplier_payment",
        None,
        {"supplier": member("supplier", "number"), "status": member("status"), "paymentType": member("type")},
    ),
)

# Lists give these only where the request expands them.
_EXPANDED = {"taxDetails": "expandTaxDetails", "attachments": "expandAttachments"}
_UNPUBLISHED = {"shipment": ("createdDateTime",), "supplier_payment": ("createdDateTime",)}


def _serve(path: str, table: str, document_type: str | None, filters: Filters) -> None:
    def of_type(company: Company) -> list[dict[str, object]]:
        rows = company.table(table).values()
        return [row for row in rows if document_type is None or row["documentType"] == document_type]

    @ROUTES.add("GET", path)
    def serve_list(company: Company, request: Request) -> Answer:
        hidden = [name for name, flag in _EXPANDED.items() if not request.flag(flag)]
        rows = select(request, of_type(company), filters)
        return page(company, request, [without(row, *hidden, *_UNPUBLISHED.get(table, ())) for row in rows])

    @ROUTES.add("GET", f"{path}/{{number}}")
    def serve_single(company: Company, request: Request) -> Answer:
        row = company.row(table, request.keys[-1])
        if document_type is not None and row["documentType"] != document_type:
            raise not_found()
        return single(without(row, *_UNPUBLISHED.get(table, ())))


for _entry in _LISTS:
    _serve(*_entry)


def _release(company: Company, request: Request, document_type: str) -> Answer:
    row = company.row("customer_invoice", request.keys[0])
    if row["documentType"] != document_type:
        raise not_found()
    check_version(request, row)
    if row["status"] != "Balanced":
        raise Refusal("Error: Document status is invalid for processing.")
    row["status"] = "Open"
    company.touch(row)
    return Answer(body=done().body, headers={"ETag": f'"{row["timeStamp"]}"'})


@ROUTES.add("POST", "/v1/customerinvoice/{invoiceNumber}/action/release")
def release_invoice(company: Company, request: Request) -> Answer:
    """Release a balanced invoice."""
    return _release(company, request, "Invoice")


@ROUTES.add("POST", "/v1/customerCreditNote/{creditNoteNumber}/action/release")
def release_credit_note(company: Company, request: Request) -> Answer:
    """Release a balanced credit note."""
    return _release(company, request, "CreditNote")
