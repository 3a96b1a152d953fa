"""Masters: suppliers, locations, items, accounts, dimensions, VAT, branches, warehouses and the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.visma.listing import Filters, envelope, member, page, select, without
from local.visma.routing import ROUTES, Answer, Request, single

if TYPE_CHECKING:
    from local.visma.company import Company, Row

# Path, table, filters, largest page or None for a list that is not paged.
_LISTS: tuple[tuple[str, str, Filters, int | None], ...] = (
    (
        "/v1/supplier",
        "supplier",
        {
            "vatRegistrationId": member("vatRegistrationId"),
            "corporateId": member("corporateId"),
            "name": member("name"),
            "status": member("status"),
        },
        1000,
    ),
    ("/v1/supplierlocation", "supplier_location", {"gln": member("gln")}, 1000),
    ("/v1/location", "customer_location", {"gln": member("gln")}, 1000),
    (
        "/v1/customer",
        "customer",
        {"vatRegistrationId": member("vatRegistrationId"), "corporateId": member("corporateId")},
        1000,
    ),
    ("/v1/account", "account", {}, None),
    ("/v1/vat", "vat", {}, None),
    ("/v1/vatCategory", "vat_category", {}, None),
    ("/v1/vatZone", "vat_zone", {}, 1000),
    ("/v1/branch", "branch", {}, None),
    ("/v1/warehouse", "warehouse", {}, 1000),
    ("/v1/currency", "currency", {}, None),
)

_SINGLES = (
    ("/v1/supplier/{supplierCd}", "supplier"),
    ("/v1/customer/{customerCd}", "customer"),
    ("/v1/account/{accountCd}", "account"),
    ("/v1/vat/{vatId}", "vat"),
    ("/v1/vatZone/{vatZoneId}", "vat_zone"),
    ("/v1/vatCategory/{taxCategoryId}", "vat_category"),
    ("/v1/branch/{branchNumber}", "branch"),
    ("/v1/warehouse/{warehouseID}", "warehouse"),
    ("/v1/currency/{curyId}", "currency"),
    ("/v1/inventory/{inventoryNumber}", "item"),
    ("/v1/dimension/{dimensionId}", "dimension"),
)

_INTERNAL = ("timeStamp", "createdDateTime")
_ITEM_PARTS = {"crossReferences": "expandCrossReference", "inventoryUnits": "expandInventoryUnits"}


def _serve_list(path: str, table: str, filters: Filters, largest: int | None) -> None:
    @ROUTES.add("GET", path)
    def serve(company: Company, request: Request) -> Answer:
        rows = [_published(table, row) for row in select(request, company.table(table).values(), filters)]
        return page(company, request, rows, largest=largest) if largest else Answer(body=rows)


def _serve_single(path: str, table: str) -> None:
    @ROUTES.add("GET", path)
    def serve(company: Company, request: Request) -> Answer:
        return single(_published(table, company.row(table, request.keys[0])))


# The published members of these have no row version, or no time of change.
_UNVERSIONED = {
    "supplier": ("createdDateTime",),
    "supplier_location": ("createdDateTime",),
    "account": ("createdDateTime",),
    "customer": (),
    "credit_term": ("timeStamp",),
    "vat_zone": (*_INTERNAL, "lastModifiedDateTime"),
    "warehouse": (*_INTERNAL, "lastModifiedDateTime"),
    "currency": (*_INTERNAL, "lastModifiedDateTime"),
    "dimension": (*_INTERNAL, "lastModifiedDateTime"),
}


def _published(table: str, row: Row) -> Row:
    return without(row, *_UNVERSIONED.get(table, _INTERNAL))


for _entry in _LISTS:
    _serve_list(*_entry)
for _path, _table in _SINGLES:
    _serve_single(_path, _table)


@ROUTES.add("GET", "/v1/inventory")
def list_items(company: Company, request: Request) -> Answer:
    """Return items; their parts only where the request expands them."""
    rows = select(
        request,
        company.table("item").values(),
        {"inventoryNumber": member("inventoryNumber"), "status": member("status")},
    )
    alternate = request.query.get("alternateid")
    if alternate:
        rows = [row for row in rows if any(r["alternateID"] == alternate for r in row["crossReferences"])]
    hidden = [part for part, flag in _ITEM_PARTS.items() if not request.flag(flag)]
    rows = [without(_published("item", row), *hidden) for row in rows]
    return page(company, request, rows, largest=5000)


@ROUTES.add("GET", "/v1/dimension")
def list_dimensions(company: Company, _: Request) -> Answer:
    """Return the names of the dimensions, strings alone."""
    return Answer(body=list(company.table("dimension")))


@ROUTES.add("GET", "/v1/creditTerm")
def list_credit_terms(company: Company, request: Request) -> Answer:
    """Return payment terms in their envelope."""
    rows = select(request, company.table("credit_term").values(), {"termsId": member("termsId")})
    return envelope(company, request, [_published("credit_term", row) for row in rows])
