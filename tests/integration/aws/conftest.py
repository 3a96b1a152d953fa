from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.emulated import EmulatedAws, wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = Path(__file__).with_name("stack") / "template.yaml"


@dataclass
class Stack:
    """The test stack as deployed, with the few things the tests do to it."""

    aws: EmulatedAws
    outputs: Mapping[str, str]

    def invoke(self, do: str, *, function: str = "Worker", **event: Any) -> Any:
        """What the function answered; its error document when it failed."""
        answer = self.aws.client("lambda").invoke(
            FunctionName=self.outputs[function], Payload=json.dumps({"do": do, **event})
        )
        return json.loads(answer["Payload"].read())

    def start(self, name: str | None = None, **data: Any) -> str:
        named = {"name": name} if name else {}
        answer = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["Flow"], input=json.dumps(data), **named
        )
        return str(answer["executionArn"])

    def describe(self, arn: str) -> dict[str, Any]:
        description: dict[str, Any] = self.aws.client("stepfunctions").describe_execution(executionArn=arn)
        return description

    def settle(self, arn: str) -> dict[str, Any]:
        """The execution's description once it is not running."""
        wait_until(lambda: self.describe(arn)["status"] != "RUNNING", seconds=30)
        return self.describe(arn)

    def run(self, **data: Any) -> dict[str, Any]:
        return self.settle(self.start(**data))

    def put(self, pk: str, sk: str, **fields: str) -> None:
        item = {name: {"S": value} for name, value in {"pk": pk, "sk": sk, **fields}.items()}
        self.aws.client("dynamodb").put_item(TableName=self.outputs["Table"], Item=item)

    def items(self, pk: str) -> list[dict[str, Any]]:
        """The table's items under a key, plain."""
        answer = self.aws.client("dynamodb").query(
            TableName=self.outputs["Table"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )
        return [
            {name: next(iter(value.values())) for name, value in item.items()} for item in answer["Items"]
        ]


@pytest.fixture(scope="session")
def deployed(emulated_aws: EmulatedAws) -> Stack:
    return Stack(emulated_aws, emulated_aws.deploy(TEMPLATE, "semantics"))
