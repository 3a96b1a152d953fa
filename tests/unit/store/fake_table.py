# ruff: noqa: N803 - the arguments are named as boto3 names them
"""A DynamoDB table in memory, for tests that make too many calls for moto; conditions are evaluated."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

from boto3.dynamodb.conditions import AttributeBase, ConditionBase
from botocore.exceptions import ClientError

_OPERATORS = {
    "=": lambda have, want: have == want,
    "<": lambda have, want: have is not None and have < want,
    "<=": lambda have, want: have is not None and have <= want,
    ">": lambda have, want: have is not None and have > want,
    ">=": lambda have, want: have is not None and have >= want,
    "<>": lambda have, want: have != want,
}


class FakeTable:
    """What the stores use of a table; ``watch`` is told before and after each call."""

    def __init__(self, watch=lambda _call: None):
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.name = "state"
        self._watch = watch
        self.meta = SimpleNamespace(client=SimpleNamespace(batch_get_item=self._batch_get_item))

    def get_item(self, *, Key, ConsistentRead):
        assert ConsistentRead
        self._watch("get")
        found = self.items.get((Key["pk"], Key["sk"]))
        self._watch("got")
        return {"Item": copy.deepcopy(found)} if found else {}

    def put_item(self, *, Item, ConditionExpression=None):
        key = (Item["pk"], Item["sk"])
        self._watch("put")
        self._check(key, ConditionExpression)
        self.items[key] = copy.deepcopy(Item)
        self._watch("was put")

    def delete_item(self, *, Key, ConditionExpression=None):
        key = (Key["pk"], Key["sk"])
        self._watch("delete")
        self._check(key, ConditionExpression)
        self.items.pop(key, None)
        self._watch("deleted")

    def query(self, *, KeyConditionExpression, ConsistentRead):
        assert ConsistentRead
        self._watch("query")
        found = [item for item in self.items.values() if holds(KeyConditionExpression, item)]
        self._watch("queried")
        return {"Items": copy.deepcopy(sorted(found, key=lambda item: item["sk"]))}

    def _batch_get_item(self, *, RequestItems):
        keys = RequestItems[self.name]["Keys"]
        assert 0 < len(keys) <= 100
        self._watch("get many")
        found = [self.items[key["pk"], key["sk"]] for key in keys if (key["pk"], key["sk"]) in self.items]
        self._watch("got many")
        return {"Responses": {self.name: copy.deepcopy(found)}}

    def _check(self, key, condition):
        if condition is not None and not holds(condition, self.items.get(key, {})):
            raise ClientError(
                {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, "PutItem"
            )


def holds(condition: ConditionBase, item: dict[str, Any]) -> bool:
    """Whether a condition built with boto3's Attr and Key holds for an item."""
    expression = condition.get_expression()
    operator, values = expression["operator"], expression["values"]
    if operator in ("AND", "OR"):
        return (all if operator == "AND" else any)(holds(part, item) for part in values)
    have = item.get(values[0].name if isinstance(values[0], AttributeBase) else values[0])
    if operator == "attribute_not_exists":
        return have is None
    if operator == "attribute_exists":
        return have is not None
    return _OPERATORS[operator](have, values[1])
