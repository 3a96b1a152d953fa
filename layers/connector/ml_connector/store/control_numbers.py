"""Control numbers of what we send: atomic counters, and the number each thing sent once drew.

A counter only ever grows, so a number is never given twice before it wraps; a number drawn and lost leaves a
gap, which every standard allows. What was drawn for one interchange is remembered, so that a retry sends the
same bytes under the same number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.errors import Rejected, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

# ISA13 and GS06 hold nine digits (X12 I12, 28); UNB 0020 holds fourteen characters and wraps there too.
HIGHEST = 999_999_999
# Two runs that both find a counter at its end contend for beginning anew; the loser draws the next number.
_MOST_TRIES = 20


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The numbers a counter goes through before it begins anew: ``first`` to ``last``, both included."""

    first: int = 1
    last: int = HIGHEST


WHOLE_RANGE = NumberRange()


class ControlNumberStore:
    """Draws control numbers from counters in the state table.

    Args:
        table: The boto3 table resource.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def draw(self, scope: str, purpose: str, within: NumberRange = WHOLE_RANGE) -> int:
        """Return the number drawn in a scope for a purpose: the same whenever it is asked again.

        Args:
            scope: Standard, level, sender, receiver and test flag: what numbers must differ within.
            purpose: What the number is for, such as the id of a document that is sent.
            within: The numbers to go through; after the last comes the first, never another before.

        Raises:
            Unavailable: DynamoDB did not answer.
        """
        try:
            return self._drawn(scope, purpose) or self._remember(scope, purpose, self._next(scope, within))
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(f"DynamoDB gave no control number: {type(error).__name__}.") from error

    def current(self, scope: str) -> int:
        """Return the last number drawn in a scope, 0 if none was."""
        item = self._table.get_item(Key=_counter(scope), ConsistentRead=True).get("Item", {})
        return int(str(item.get("drawn", 0)))

    def bump(self, scope: str, last: int, *, back: bool = False) -> None:
        """Make the counter go on after ``last``, as after a migration or a disaster.

        Args:
            scope: What the numbers differ within.
            last: The number after which it goes on.
            back: Even to a lower number, so that numbers given before come again.

        Raises:
            Rejected: The counter is further already, and it was not asked to go back.
            Unavailable: DynamoDB did not answer.
        """
        condition = {} if back else {"ConditionExpression": "attribute_not_exists(drawn) OR drawn <= :last"}
        try:
            self._table.update_item(
                Key=_counter(scope),
                UpdateExpression="SET drawn = :last",
                ExpressionAttributeValues={":last": last},
                **condition,  # type: ignore[arg-type] # boto3's types know no optional condition
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise Unavailable("DynamoDB did not set a control number.") from error
            raise Rejected(
                f"The counter is at {self.current(scope)} already: numbers would come again after {last}.",
                advice="Name a higher number, or go back on purpose with --back.",
            ) from error

    def _drawn(self, scope: str, purpose: str) -> int | None:
        item = self._table.get_item(Key=_purpose(scope, purpose), ConsistentRead=True).get("Item")
        return int(str(item["drawn"])) if item else None

    def _next(self, scope: str, within: NumberRange) -> int:
        for _ in range(_MOST_TRIES):
            number = self._add(scope, within) or self._begin_anew(scope, within)
            if number is not None:
                return number
        raise Unavailable(f"Too many runs draw from {scope} at the same time.")

    def _add(self, scope: str, within: NumberRange) -> int | None:
        """Return the number after the last one drawn; None where that isn't in the range."""
        fresh = " OR attribute_not_exists(drawn)" if within.first == 1 else ""  # ADD begins at nothing
        answer = self._update(
            scope,
            UpdateExpression="ADD drawn :one",
            ConditionExpression=f"drawn >= :before AND drawn < :last{fresh}",
            ExpressionAttributeValues={":one": 1, ":before": within.first - 1, ":last": within.last},
            ReturnValues="UPDATED_NEW",
        )
        return int(str(answer["Attributes"]["drawn"])) if answer else None

    def _begin_anew(self, scope: str, within: NumberRange) -> int | None:
        """Return the first number, now drawn; None if another run was quicker."""
        seen = self.current(scope)
        if within.first - 1 <= seen < within.last and seen:
            return None
        answer = self._update(
            scope,
            UpdateExpression="SET drawn = :first",
            ConditionExpression="attribute_not_exists(drawn) OR drawn = :seen",
            ExpressionAttributeValues={":first": within.first, ":seen": seen},
        )
        return within.first if answer else None

    def _update(self, scope: str, **how: object) -> dict[str, Any] | None:
        """Return DynamoDB's answer; None if the condition does not hold."""
        try:
            return dict(self._table.update_item(Key=_counter(scope), **how))  # type: ignore[arg-type] # plain arguments
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return None

    def _remember(self, scope: str, purpose: str, number: int) -> int:
        """Keep the number for its purpose; if another run was quicker, its number counts."""
        try:
            self._table.put_item(
                Item={**_purpose(scope, purpose), "drawn": number},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return self._drawn(scope, purpose) or number
        return number


def scope_of(standard: str, level: str, sender: str, receiver: str, *, test: bool) -> str:
    """Return the scope numbers of one level differ within: one direction between two addresses."""
    return "|".join((standard, level, sender, receiver, "T" if test else "P"))


def _counter(scope: str) -> dict[str, str]:
    return {"pk": f"CONTROL#{scope}", "sk": "COUNTER"}


def _purpose(scope: str, purpose: str) -> dict[str, str]:
    return {"pk": f"CONTROL#{scope}", "sk": f"FOR#{purpose}"}
