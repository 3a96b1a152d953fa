"""Questions people ask the audit trail; every one is a key or index query, none scans."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer

from ml_connector.errors import Rejected
from ml_connector.store.audit import searchable_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

# Index name, its partition key, its sort key: the same names stand in template.yaml.
INDEXES = {
    "by-partner": ("partner", "updated_at"),
    "by-number": ("business_number", "at"),
    "by-status": ("open_status", "status_since"),
    "by-interchange": ("parent", "item"),
    "by-day": ("created_day", "created_at"),
}


class Page(NamedTuple):
    """Some current states and, when there are more, the token that continues after them."""

    items: list[dict[str, Any]]
    next_token: str | None


class AuditQueries:
    """Reads the audit trail.

    Args:
        dynamodb: A boto3 DynamoDB client.
        table: The name of the audit table.
    """

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._deserialize = TypeDeserializer().deserialize

    def state(self, item: str) -> dict[str, Any] | None:
        """Return the current state of a message, interchange or document; None if nobody knows it."""
        key: Any = {"pk": {"S": f"ITEM#{item}"}, "sk": {"S": "META"}}
        row = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return self._plain(row) if row else None

    def events(self, item: str) -> list[dict[str, Any]]:
        """Return everything that happened to an item, oldest first."""
        rows = self._rows(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :evt)",
            ExpressionAttributeValues={":pk": {"S": f"ITEM#{item}"}, ":evt": {"S": "EVT#"}},
            ConsistentRead=True,
        )
        return sorted((self._plain(row) for row in rows), key=lambda event: (event["at"], event["sk"]))

    def by_day(self, day: str, *, limit: int, token: str | None = None) -> Page:
        """Return what was first seen on a day (``YYYY-MM-DD``, UTC), newest first."""
        return self._page("by-day", day, limit=limit, token=token)

    def by_partner(self, partner: str, *, since: str = "", limit: int, token: str | None = None) -> Page:
        """Return a partner's items changed since a moment, latest change first."""
        return self._page("by-partner", partner, since=since, limit=limit, token=token)

    def by_status(self, status: str, *, since: str = "", limit: int, token: str | None = None) -> Page:
        """Return items in one of the open statuses, the latest to come there first."""
        return self._page("by-status", status, since=since, limit=limit, token=token)

    def by_interchange(self, parent: str, *, limit: int = 10_000, token: str | None = None) -> Page:
        """Return the documents of an interchange, or the interchanges of a message, in their order."""
        return self._page("by-interchange", parent, limit=limit, token=token, forward=True)

    def children(self, parent: str) -> Iterator[dict[str, Any]]:
        """Yield all documents of an interchange, or interchanges of a message, in their order."""
        token: str | None = None
        while True:
            page = self.by_interchange(parent, token=token)
            yield from page.items
            token = page.next_token
            if token is None:
                return

    def by_number(self, number: str) -> list[dict[str, Any]]:
        """Return the current states of all items that carry a business number of either system."""
        rows = self._rows(
            IndexName="by-number",
            KeyConditionExpression="business_number = :n",
            ExpressionAttributeValues={":n": {"S": searchable_number(number)}},
            ScanIndexForward=False,
        )
        items = dict.fromkeys(self._plain(row)["item"] for row in rows)
        return [state for state in map(self.state, items) if state]

    def day_totals(self, day: str) -> dict[str, dict[str, int]]:
        """Return how often each event happened to each partner on a day: ``{partner: {event: count}}``."""
        totals: dict[str, dict[str, int]] = {}
        for row in self._rows(
            KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": f"DAY#{day}"}}
        ):
            plain = self._plain(row)
            partner, event, *_ = plain["sk"].split("#")
            of_partner = totals.setdefault(partner, {})
            of_partner[event] = of_partner.get(event, 0) + int(plain["happened"])
        return totals

    @staticmethod
    def token_after(index: str, item: Mapping[str, Any]) -> str:
        """Return the token that continues an index's pages after an item."""
        names = ("pk", "sk", *INDEXES[index])
        return _token({name: {"S": str(item[name])} for name in names})

    @staticmethod
    def day_in(token: str) -> str:
        """Return the day a token of :meth:`by_day` continues in; empty for another token."""
        return str(_start_key(token).get("created_day", {}).get("S", ""))

    def _page(
        self, index: str, value: str, *, since: str = "", limit: int, token: str | None, forward: bool = False
    ) -> Page:
        partition, sort = INDEXES[index]
        values: dict[str, Any] = {":p": {"S": value}} | ({":since": {"S": since}} if since else {})
        start = {"ExclusiveStartKey": _start_key(token, index)} if token else {}
        answer = self._dynamodb.query(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression="#p = :p" + (" AND #s >= :since" if since else ""),
            ExpressionAttributeNames={"#p": partition} | ({"#s": sort} if since else {}),
            ExpressionAttributeValues=values,
            ScanIndexForward=forward,
            Limit=limit,
            **start,
        )
        last = answer.get("LastEvaluatedKey")
        return Page([self._plain(row) for row in answer["Items"]], _token(last) if last else None)

    def _rows(self, **query: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - boto3's own arguments
        for page in self._dynamodb.get_paginator("query").paginate(TableName=self._table, **query):
            yield from page["Items"]

    def _plain(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._deserialize(value) for name, value in row.items()}


def today() -> str:
    """Return the present day as :meth:`AuditQueries.by_day` takes it."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _token(key: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, sort_keys=True).encode()).decode()


def _start_key(token: str, index: str = "") -> Any:  # noqa: ANN401 - DynamoDB's own key shape
    try:
        key = json.loads(base64.urlsafe_b64decode(token))
        values = [value for one in key.values() for value in one.values()]
        whole = not index or set(key) == {"pk", "sk", *INDEXES[index]}
        if whole and all(isinstance(value, str) for value in values):
            return key
    except (ValueError, AttributeError):
        pass
    raise Rejected(f"{token!r} is not a page token.", advice="Use the token the last page gave.")
