"""The company's tables as they stand when the simulator starts."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.visma.company import Company, Row
    from ml_connector.visma.wire import Json

_SEEDED = "2026-03-01T08:00:00.000"


def seed(company: Company) -> None:
    """Fill an empty company from its data."""
    for table, rows in (
        ("supplier", map(_supplier, _numbered(company.data["suppliers"]))),
        ("supplier_location", map(_supplier_location, _numbered(company.data["suppliers"]))),
        ("customer", map(_customer, _numbered(company.data["customers"]))),
        ("customer_location", map(_customer_location, _numbered(company.data["customers"]))),
        ("account", map(_account, _numbered(company.data["accounts"]))),
        ("vat", (_vat(company, row) for row in company.data["vat"])),
        ("branch", map(_branch, _numbered(company.data["branches"]))),
        ("credit_term", map(_credit_term, company.data["terms"])),
    ):
        _put(company, table, rows)
    _seed_items(company)
    _seed_named(company)


def _put(company: Company, table: str, rows: Json) -> None:
    for row in rows:
        key = str(row.pop("_key"))
        company.save(table, key, row)
        row["lastModifiedDateTime"] = row["createdDateTime"] = _SEEDED


def _numbered(rows: list[Row]) -> list[tuple[int, Row]]:
    return list(enumerate(rows, start=1))


def _described(table: dict[str, str], key: str) -> Row:
    return {"id": key, "description": table.get(key, "")}


def _supplier(entry: tuple[int, Row]) -> Row:
    index, row = entry
    return {
        "_key": row["number"],
        "internalId": 1000 + index,
        "number": row["number"],
        "name": row["name"],
        "status": row.get("status", "Active"),
        "mainAddress": {"city": row["city"], "country": {"id": row["country"]}},
        "creditTerms": {"id": row["terms"], "description": ""},
        "currencyId": row["currency"],
        "vatRegistrationId": row["vat"],
        "corporateId": row["corporate_id"],
        "location": {"id": "Main", "name": "Primary location"},
        "vatZone": {"id": row["vat_zone"], "description": ""},
        "paymentMethod": {"id": "2", "description": "Bank transfer"},
    }


def _supplier_location(entry: tuple[int, Row]) -> Row:
    return {**_location(entry, 1000), "vatZone": {"id": entry[1]["vat_zone"], "description": ""}}


def _customer_location(entry: tuple[int, Row]) -> Row:
    return _location(entry, 2000)


def _location(entry: tuple[int, Row], offset: int) -> Row:
    index, row = entry
    return {
        "_key": row["number"],
        "baccount": {"internalId": offset + index, "number": row["number"], "name": row["name"]},
        "locationId": "Main",
        "locationName": "Primary location",
        "active": True,
        "gln": row["gln"],
        "ediCode": None,
        "vatRegistrationId": row["vat"],
        "corporateId": row["corporate_id"],
    }


def _customer(entry: tuple[int, Row]) -> Row:
    index, row = entry
    return {
        "_key": row["number"],
        "internalId": 2000 + index,
        "number": row["number"],
        "name": row["name"],
        "status": "Active",
        "mainAddress": {"city": row["city"], "country": {"id": row["country"]}},
        "creditTerms": {"id": row["terms"], "description": ""},
        "currencyId": row["currency"],
        "vatRegistrationId": row["vat"],
        "corporateId": row["corporate_id"],
        "gln": row["gln"],
    }


def _account(entry: tuple[int, Row]) -> Row:
    index, row = entry
    return {
        "_key": row["number"],
        "accountID": 3000 + index,
        "accountCD": row["number"],
        "type": row["type"],
        "active": row.get("active", True),
        "description": row["description"],
        "useDefaultSub": False,
        "cashAccount": row["number"] == "1920",
    }


def _vat(company: Company, row: Row) -> Row:
    categories = company.data["vat_categories"]
    zones = company.data["vat_zones"]
    return {
        "_key": row["id"],
        "vatCategoryId": row["category"],
        "vatId": row["id"],
        "description": row["description"],
        "type": "Vat",
        "schedules": [
            {"startDate": f"{day}T00:00:00", "vatRate": Decimal(rate)} for day, rate in row["rates"]
        ],
        "categories": [
            {"vatCategoryId": row["category"], "description": categories[row["category"]], "active": True}
        ],
        "zones": [{"id": zone, "description": zones[zone]} for zone in row["zones"]],
    }


def _branch(entry: tuple[int, Row]) -> Row:
    index, row = entry
    return {
        "_key": row["number"],
        "branchId": index,
        "number": row["number"],
        "name": row["name"],
        "isMainBranch": row.get("main", False),
        "isActive": True,
        "corporateId": row["corporate_id"],
        "vatRegistrationId": row["vat"],
    }


def _credit_term(row: Row) -> Row:
    return {
        "_key": row["id"],
        "termsId": row["id"],
        "description": row["description"],
        "visibleTo": "All",
        "dueDateType": "FixedNumberOfDays",
        "dueDay1": row["days"],
        "discountType": "FixedNumberOfDays",
        "discountDay": row.get("discount_days", 0),
        "discountPercent": Decimal(row.get("discount_percent", "0")),
    }


def _seed_items(company: Company) -> None:
    for index, row in enumerate(company.data["items"], start=1):
        item = {
            "_key": row["number"],
            "inventoryId": 4000 + index,
            "inventoryNumber": row["number"],
            "status": "Active",
            "type": "FinishedGoodItem" if row["stock"] else "ServiceItem",
            "description": row["description"],
            "vatCode": _described(company.data["vat_categories"], row["vat"]),
            "baseUnit": row["unit"],
            "salesUnit": row["unit"],
            "purchaseUnit": row["unit"],
            "stockItem": row["stock"],
            "lastCost": Decimal(row["cost"]),
            "defaultWarehouse": {"id": "1", "description": company.data["warehouses"]["1"]},
            "crossReferences": [_cross_reference(company, *reference) for reference in row["references"]],
            "inventoryUnits": [_unit(4000 + index, *unit) for unit in row.get("units", [])],
        }
        _put(company, "item", [item])


def _cross_reference(company: Company, kind: str, number: str, account: str | None = None) -> Row:
    partner = company.table("supplier").get(account or "") or company.table("customer").get(account or "")
    named = (
        {"internalId": partner["internalId"], "number": account, "name": partner["name"]} if partner else None
    )
    return {"alternateType": kind, "alternateID": number, "bAccount": named, "description": None, "uom": None}


def _unit(item_id: int, from_unit: str, to_unit: str, operation: str, rate: int) -> Row:
    return {
        "inventoryID": item_id,
        "fromUnit": from_unit,
        "toUnit": to_unit,
        "unitMultDiv": operation,
        "unitRate": Decimal(rate),
    }


def _seed_named(company: Company) -> None:
    data = company.data
    for key, text in data["vat_categories"].items():
        row = {"_key": key, "vatCategoryId": key, "description": text, "active": True}
        _put(company, "vat_category", [row])
    for key, text in data["vat_zones"].items():
        _put(company, "vat_zone", [{"_key": key, "id": key, "description": text, "defaultVatCategory": "5"}])
    for key, text in data["warehouses"].items():
        row = {"_key": key, "warehouseID": key, "description": text, "active": True}
        _put(company, "warehouse", [row])
    for key, places in data["currencies"].items():
        row = {
            "_key": key,
            "id": key,
            "description": key,
            "isBaseCurrency": key == data["company"]["currency"],
            "decimalPrecision": places,
            "isUsedForAccounting": True,
        }
        _put(company, "currency", [row])
    for key, segments in data["dimensions"].items():
        _put(company, "dimension", [_dimension(key, segments)])


def _dimension(key: str, segments: list[Row]) -> Row:
    return {
        "_key": key,
        "id": key,
        "length": sum(segment["length"] for segment in segments),
        "description": key.title(),
        "segments": [_segment(segment) for segment in segments],
    }


def _segment(segment: Row) -> Row:
    return {
        "internalId": str(uuid.uuid5(uuid.NAMESPACE_OID, segment["description"])),
        "segmentId": segment["id"],
        "description": segment["description"],
        "length": segment["length"],
        "validate": True,
        "segmentValues": [
            {"segmentId": segment["id"], "valueId": value, "description": text, "active": True}
            for value, text in segment["values"].items()
        ],
    }
