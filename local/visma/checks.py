"""Checks that several documents share, with the ERP's texts (API A7)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from local.visma.company import Company, Refusal, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ml_connector.visma.wire import Json

CENT = Decimal("0.01")


def money(amount: Decimal) -> Decimal:
    """Return an amount in four decimals, rounded to the cent, as Visma serialises it."""
    return amount.quantize(CENT, ROUND_HALF_UP).quantize(Decimal("0.0001"))


def number(value: Decimal | None) -> Decimal:
    """Return a quantity or price in six decimals; none is zero."""
    return (value or Decimal(0)).quantize(Decimal("0.000001"))


def existing(company: Company, table: str, key: Json, label: str) -> Row:
    """Return the row a document names.

    Raises:
        Refusal: There is none.
    """
    row = company.table(table).get(str(key))
    if row is None:
        raise Refusal(f"Error: '{label}' '{key}' cannot be found in the system.")
    return row


def named(company: Company, table: str, key: str | None, label: str) -> Row | None:
    """Return the number and name of an optional reference, or None."""
    if not key:
        return None
    row = existing(company, table, key, label)
    return {"number": key, "name": row.get("name") or row.get("description")}


def identified(company: Company, table: str, key: str | None, label: str) -> Row | None:
    """Return the id and description of an optional reference, or None."""
    if not key:
        return None
    row = existing(company, table, key, label)
    return {"id": key, "description": row.get("description")}


def account(company: Company, key: str | None) -> Row | None:
    """Return an active account as a line shows it, or None where the line names none."""
    if not key:
        return None
    row = existing(company, "account", key, "Account")
    if not row["active"]:
        raise Refusal(
            f"Error: An error occurred during processing of the field Account : Account {key} is inactive."
        )
    return {"type": row["type"], "number": key, "description": row["description"]}


def subaccount(company: Company, segments: Iterable[Row] | None) -> Row | None:
    """Return a subaccount as a line shows it; every segment must be given and exist (API A12.6)."""
    given = {int(segment["segmentId"]): str(segment["segmentValue"]) for segment in segments or ()}
    if not given:
        return None
    shown = []
    for segment in company.table("dimension")["SUBACCOUNT"]["segments"]:
        value = given.pop(segment["segmentId"], None)
        choices = {choice["valueId"]: choice["description"] for choice in segment["segmentValues"]}
        if value not in choices:
            raise _no_segment(segment["description"])
        shown.append(
            {
                "segmentId": segment["segmentId"],
                "segmentDescription": segment["description"],
                "segmentValue": value,
                "segmentValueDescription": choices[value],
            }
        )
    if given:
        raise _no_segment(f"Segment {min(given)}")
    return {"subaccountNumber": "".join(s["segmentValue"] for s in shown), "active": True, "segments": shown}


def _no_segment(name: str) -> Refusal:
    return Refusal(
        "Error: An error occurred during processing of the field Subaccount : "
        f"Error: {name} of Subaccount do not exist."
    )


def unit(company: Company, item: Row | None, uom: str | None) -> str | None:
    """Return the unit a line is in; one the item does not have is refused."""
    if uom is None:
        return item["baseUnit"] if item else None
    known = (
        {item["baseUnit"], *(u["fromUnit"] for u in item["inventoryUnits"])}
        if item
        else company.data["units"]
    )
    if uom not in known:
        raise Refusal(
            f"Error: An error occurred during processing of the field UOM : Unit '{uom}' cannot be found."
        )
    return uom


def vat_rate(company: Company, category: str | None, zone: str) -> Decimal:
    """Return the rate of the VAT that is both in the category and in the supplier's zone (API A12.4)."""
    if not category:
        return Decimal(0)
    found = _vat_row(company, category, zone)
    return Decimal(found["schedules"][-1]["vatRate"]) if found else Decimal(0)


def vat_category(company: Company, category: str | None, zone: str) -> Row | None:
    """Return a line's VAT category, or None; it must have a VAT in the supplier's zone."""
    if not category:
        return None
    row = company.table("vat_category").get(category)
    if row is None or _vat_row(company, category, zone) is None:
        raise Refusal(
            f"Error creating document. Error: TaxCategoryID '{category}' cannot be found in the system."
        )
    return {"id": category, "description": row["description"]}


def _vat_row(company: Company, category: str, zone: str) -> Row | None:
    for row in company.table("vat").values():
        if row["vatCategoryId"] == category and any(z["id"] == zone for z in row["zones"]):
            return row
    return None


def period(company: Company, body: Row, day: str) -> str:
    """Return the open financial period of a document, YYYYMM."""
    found = (
        body.get("financialPeriod") or _from_post_period(body.get("postPeriod")) or day[:7].replace("-", "")
    )
    bounds = company.data["open_periods"]
    if not str(bounds["from"]) <= found <= str(bounds["to"]):
        raise Refusal(f"Error: The financial period {found[4:]}-{found[:4]} is not open.")
    return str(found)


def _from_post_period(text: str | None) -> str | None:
    return f"{text[2:]}{text[:2]}" if text else None


def document_number(company: Company, table: str, series: str, body: Row, member: str) -> str:
    """Return a new document's number: the series', or the one given where the series is overridden."""
    wanted = body.get(member)
    if not body.get("overrideNumberSeries"):
        return company.next_number(series)
    if not wanted:
        raise Refusal(f"Error: '{member}' cannot be empty.")
    if wanted in company.table(table):
        raise Refusal("Error: An item with the same key has already been added.")
    return str(wanted)
