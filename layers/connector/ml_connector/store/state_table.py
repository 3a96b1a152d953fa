"""One DynamoDB table of small state items, reached by ``pk`` and ``sk``; every read is consistent.

The stores of leases, watermarks, receipts and the outbox stand on these few calls. A put or a delete carries
its condition with it, so two functions that race leave one winner and tell the other.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.conditions import ConditionBase, Key
from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mypy_boto3_dynamodb.service_resource import Table

T = TypeVar("T")
Item = dict[str, Any]

_KEYS_PER_READ = 100  # BatchGetItem takes no more


class StateTable:
    """Reads and writes items of the state table.

    Args:
        table: The boto3 table resource; its keys are the texts ``pk`` and ``sk``, its TTL ``expires_at``.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, pk: str, sk: str) -> Item | None:
        """Return an item, or None."""
        answer = _guarded(lambda: self._table.get_item(Key={"pk": pk, "sk": sk}, ConsistentRead=True))
        return answer.get("Item")

    def put(self, item: Item, condition: ConditionBase | None = None) -> bool:
        """Write an item whole; return False if the condition does not hold for what is there."""
        given: dict[str, Any] = {} if condition is None else {"ConditionExpression": condition}
        return _conditionally(lambda: self._table.put_item(Item=item, **given))

    def delete(self, pk: str, sk: str, condition: ConditionBase | None = None) -> bool:
        """Remove an item; return False if the condition does not hold for what is there."""
        given: dict[str, Any] = {} if condition is None else {"ConditionExpression": condition}
        return _conditionally(lambda: self._table.delete_item(Key={"pk": pk, "sk": sk}, **given))

    def query(self, pk: str) -> Iterator[Item]:
        """Give the items of one partition in the order of ``sk``."""
        options: dict[str, Any] = {"KeyConditionExpression": Key("pk").eq(pk), "ConsistentRead": True}
        while True:
            answer = _guarded(lambda: self._table.query(**options))
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            options["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def get_many(self, keys: Iterable[tuple[str, str]]) -> list[Item]:
        """Return the items there are under these keys, in no order."""
        wanted = [{"pk": pk, "sk": sk} for pk, sk in dict.fromkeys(keys)]
        found: list[Item] = []
        while wanted:
            asked, wanted = wanted[:_KEYS_PER_READ], wanted[_KEYS_PER_READ:]
            items, rest = self._get_batch(asked)
            found += items
            wanted += rest
        return found

    def _get_batch(self, keys: list[dict[str, str]]) -> tuple[list[Item], list[dict[str, str]]]:
        name = self._table.name
        answer = _guarded(
            lambda: self._table.meta.client.batch_get_item(
                RequestItems={name: {"Keys": keys, "ConsistentRead": True}}
            )
        )
        left: Any = answer.get("UnprocessedKeys") or {}
        return list(answer["Responses"].get(name, [])), list(left[name]["Keys"]) if name in left else []


def number(value: float) -> Decimal:
    """Return a number as DynamoDB stores it, to the millisecond where it is a time."""
    return Decimal(f"{value:.3f}")


def _guarded(call: Callable[[], T]) -> T:
    try:
        return call()
    except (ClientError, BotoCoreError) as error:
        raise Unavailable(f"The state table did not answer: {error}") from error


def _conditionally(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return False
        raise Unavailable(f"The state table did not answer: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"The state table did not answer: {error}") from error
    return True
