"""Which interchanges have been received: the same control number twice is a repeat or a contradiction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from ml_connector.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Senders wrap or restart their control numbers; a year later the same number is a new interchange.
_REMEMBERED = timedelta(days=366)


class Seen(NamedTuple):
    """The interchange that first came with some control number."""

    item: str
    sha256: str


class InterchangeStore:
    """Remembers interchanges by standard, sender, receiver, control number and test flag.

    Args:
        dynamodb: A boto3 DynamoDB client.
        table: The name of the state table.
    """

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def claim(self, key: str, *, item: str, sha256: str) -> Seen:
        """Return who holds the key: this interchange if it is the first, else the one that was.

        Raises:
            Unavailable: DynamoDB did not answer.
        """
        expires = int((datetime.now(UTC) + _REMEMBERED).timestamp())
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "pk": {"S": f"INTERCHANGE#{key}"},
                    "sk": {"S": "SEEN"},
                    "item": {"S": item},
                    "sha256": {"S": sha256},
                    "expires_at": {"N": str(expires)},
                },
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            return _first(error)
        return Seen(item, sha256)


def _first(error: ClientError) -> Seen:
    code = error.response["Error"]["Code"]
    row = error.response.get("Item")
    if code != "ConditionalCheckFailedException" or not isinstance(row, dict):
        raise Unavailable(f"DynamoDB did not take the interchange's control number: {code}.") from error
    return Seen(row["item"]["S"], row["sha256"]["S"])
