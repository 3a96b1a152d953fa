"""The calls a company has left in its window, shared by all functions that call for it.

Visma counts calls per company in fixed windows and tells limit, remainder and reset in headers (API A8). One
item of the state table counts what all containers took; each takes a few calls at a time, so most calls cost
no write, and corrects the item when Visma's own count says otherwise.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb.service_resource import Table

Answer = TypeVar("Answer")

_ADVICE = "Wait for the window's end, lengthen the poll intervals, or ask Visma for a higher limit."


class RateBudget:
    """The shared budget of one company; safe for several threads.

    A DynamoDB that does not answer stops no call: then Visma's own 429 is the only brake.
    """

    def __init__(
        self,
        table: Table,
        company: str,
        *,
        limit: int = 15_000,
        window: float = 3600,
        block: int = 5,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._table = table
        self._key = {"pk": f"RATE#{company}", "sk": "BUDGET"}
        self._limit = limit
        self._window = window
        self._block = block
        self._clock = clock
        self._lock = threading.Lock()
        self._held = 0
        self._held_until = 0.0

    def spend(self, calls: int = 1) -> None:
        """Take calls from the budget.

        Raises:
            Unavailable: The window's calls are used up; ``retry_after`` says when it ends.
        """
        with self._lock:
            if self._clock() >= self._held_until:
                self._held = 0
            if self._held < calls:
                self._held += self._take(max(calls, self._block))
            self._held -= calls

    def observe(self, headers: Mapping[str, str], status: int) -> None:
        """Correct the shared count by an answer's rate headers, where it is behind by a block or more."""
        seen = _window_in(headers, status, self._limit)
        if seen is None:
            return
        limit, remaining, reset = seen
        with self._lock:
            used = limit - remaining
            ends = self._clock() + reset
            if status == 429:
                self._held = 0
            if status == 429 or limit != self._limit or remaining < self._block:
                self._limit = limit
                self._correct(limit, used, ends)

    def _take(self, calls: int) -> int:
        try:
            if self._count(calls) or self._begin_window(calls):
                return calls
            if self._count(calls):
                return calls
        except (ClientError, BotoCoreError):
            return calls
        raise self._used_up()

    def _count(self, calls: int) -> bool:
        """Count calls in the running window; false where it is over or used up."""
        answer = self._attempt(
            lambda: self._table.update_item(
                Key=self._key,
                UpdateExpression="ADD #used :calls",
                ConditionExpression="#ends > :now AND #used <= #last",
                ExpressionAttributeNames={"#used": "used", "#ends": "ends", "#last": "last_start"},
                ExpressionAttributeValues={":calls": calls, ":now": int(self._clock())},
                ReturnValues="ALL_NEW",
            )
        )
        if answer is None:
            return False
        self._held_until = float(str(answer["Attributes"]["ends"]))
        return True

    def _begin_window(self, calls: int) -> bool:
        """Begin a window with calls taken from it; false where one is running."""
        now = self._clock()
        over = "attribute_not_exists(pk) OR #ends <= :now"
        answer = self._attempt(
            lambda: self._table.put_item(
                Item=self._item(self._limit, calls, now + self._window),
                ConditionExpression=over,
                ExpressionAttributeNames={"#ends": "ends"},
                ExpressionAttributeValues={":now": int(now)},
            )
        )
        self._held_until = now + self._window if answer is not None else self._held_until
        return answer is not None

    def _attempt(self, write: Callable[[], Answer]) -> Answer | None:
        try:
            return write()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
                return None
            raise

    def _used_up(self) -> Unavailable:
        now = self._clock()
        try:
            item = self._table.get_item(Key=self._key, ConsistentRead=True).get("Item") or {}
        except (ClientError, BotoCoreError):
            item = {}
        return Unavailable(
            f"The company's {self._limit} calls to Visma of this window are used up.",
            retry_after=max(1.0, float(str(item.get("ends", now))) - now),
            advice=_ADVICE,
        )

    def _correct(self, limit: int, used: int, ends: float) -> None:
        try:
            self._table.put_item(Item=self._item(limit, used, ends))
        except (ClientError, BotoCoreError):
            return
        self._held_until = ends

    def _item(self, limit: int, used: int, ends: float) -> dict[str, str | int]:
        # Seconds are whole in the item, so a window never ends here before it does at Visma.
        return {
            **self._key,
            "limit": limit,
            "used": used,
            "last_start": limit - self._block,
            "ends": int(ends) + 1,
            "expires_at": int(ends) + 3600,
        }


def _window_in(headers: Mapping[str, str], status: int, limit: int) -> tuple[int, int, float] | None:
    try:
        if status == 429:
            return limit, 0, float(headers.get("Retry-After") or headers["X-RateLimit-Reset"])
        remaining = int(float(headers["X-RateLimit-Remaining"]))
        return int(float(headers["X-RateLimit-Limit"])), remaining, float(headers["X-RateLimit-Reset"])
    except (KeyError, ValueError):
        return None
