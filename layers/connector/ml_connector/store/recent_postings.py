"""What was posted in the last minutes, for readers whose copies of Visma are a little older than that.

Reading Visma again after each posting would cost a call per document. So who posts leaves a note, and who
looks something up adds the notes younger than its copy.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key
from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.service_resource import Table

# Clocks of two containers, and the time a posting takes between Visma and its note.
_MARGIN = 120.0
_KEPT_SECONDS = 24 * 3600


class RecentPostings:
    """The notes of one company."""

    def __init__(self, table: Table, company: str) -> None:
        self._table = table
        self._company = company

    def note(self, dataset: str, number: str, row: Mapping[str, Any], *, at: float) -> None:
        """Leave a note that ``row`` is in Visma since ``at``, epoch seconds.

        Raises:
            Unavailable: DynamoDB did not take it.
        """
        item: dict[str, str | int] = {
            "pk": self._partition(dataset),
            "sk": f"{_moment(at)}#{number}",
            "row": json.dumps(row, default=str),
            "expires_at": int(at) + _KEPT_SECONDS,
        }
        try:
            self._table.put_item(Item=item)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"The note of {number} was not taken: {error}") from error

    def since(self, dataset: str, moment: float) -> list[dict[str, Any]]:
        """Return the rows noted since shortly before a moment, oldest first.

        Raises:
            Unavailable: DynamoDB did not answer.
        """
        start = Key("sk").gte(_moment(moment - _MARGIN))
        query: dict[str, Any] = {
            "KeyConditionExpression": Key("pk").eq(self._partition(dataset)) & start,
            "ConsistentRead": True,
        }
        rows: list[dict[str, Any]] = []
        try:
            while True:
                page = self._table.query(**query)
                rows += [json.loads(str(item["row"]), parse_float=Decimal) for item in page["Items"]]
                if "LastEvaluatedKey" not in page:
                    return rows
                query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"The notes of recent postings could not be read: {error}") from error

    def _partition(self, dataset: str) -> str:
        return f"RECENT#{self._company}#{dataset}"


def _moment(seconds: float) -> str:
    return f"{max(seconds, 0):016.3f}"
