"""Lists as Visma answers them: filters, delta, pages with the total inside each element (API A5)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from local.visma.company import Company, Refusal, Row
from local.visma.routing import Answer, Request

if TYPE_CHECKING:
    from ml_connector.visma.wire import Json

Filters = Mapping[str, Callable[[Row], Any]]

_COMPARE = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}

# Query parameter -> the member it is compared with.
_TIMES = {
    "lastModifiedDateTime": "lastModifiedDateTime",
    "createdDateTime": "createdDateTime",
    "docDate": "date",
    "orderDate": "date",
    "documentDate": "documentDate",
    "shipmentDate": "shipmentDate",
    "dueDate": "dueDate",
}


def member(*path: str) -> Callable[[Row], Any]:
    """Return a function that reads a nested member of a row."""

    def read(row: Row) -> Json:
        value: Json = row
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return read


def select(request: Request, rows: Iterable[Row], filters: Filters) -> list[Row]:
    """Return the rows that the request's filters and delta leave, by key."""
    chosen = list(rows)
    for name, read in filters.items():
        wanted = request.query.get(name.lower())
        if wanted:
            chosen = [row for row in chosen if str(read(row) or "").lower() == wanted.lower()]
    for name, field in _TIMES.items():
        chosen = _since(request, chosen, name, field)
    return chosen


def _since(request: Request, rows: list[Row], name: str, field: str) -> list[Row]:
    text = request.query.get(name.lower())
    condition = request.query.get(f"{name}Condition".lower())
    if not text or not condition:
        return rows  # one without the other is ignored: everything comes (API A12.3)
    compare = _COMPARE.get(condition)
    if compare is None:
        raise Refusal(f"Invalid value '{condition}' for {name}Condition.")
    moment = _filter_time(text, name)
    return [row for row in rows if row.get(field) and compare(datetime.fromisoformat(row[field]), moment)]


def _filter_time(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"Invalid value '{text}' for {name}.") from None
    if moment.tzinfo is not None:
        raise Refusal(f"Invalid value '{text}' for {name}: no zone is accepted.")
    return moment


def page(company: Company, request: Request, rows: list[Row], *, largest: int | None = None) -> Answer:
    """Return one page of rows, each with the list's metadata; none past the end."""
    largest = min(largest or company.preferences.max_page_size, company.preferences.max_page_size)
    size = min(_number(request, "pageSize", largest), largest)
    start = (_number(request, "pageNumber", 1) - 1) * size
    metadata = {"totalCount": len(rows), "maxPageSize": largest}
    return Answer(body=[{**row, "metadata": metadata} for row in rows[start : start + size]])


def envelope(company: Company, request: Request, rows: list[Row]) -> Answer:
    """Return one page in the envelope that seven lists use."""
    size = min(_number(request, "pageSize", 100), company.preferences.max_page_size)
    number = _number(request, "pageNumber", 1)
    records = rows[(number - 1) * size : number * size]
    return Answer(body={"pageNumber": number, "pageSize": size, "totalCount": len(rows), "records": records})


def without(row: Row, *members: str) -> Row:
    """Return a row without members that a list gives only when asked."""
    return {name: value for name, value in row.items() if name not in members}


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name.lower())
    if not text:
        return default
    try:
        value = int(Decimal(text))
    except InvalidOperation:
        raise Refusal(f"The value '{text}' is not valid for {name}.") from None
    return max(value, 1)
