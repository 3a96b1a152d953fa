"""Copies of Visma's masters that all functions share, so that each container need not read them itself.

A copy is compressed into items of the state table: one pointer, and chunks under the version it names, so a
reader never sees half of an old and half of a new copy. Who refreshes a copy claims it for a while; the
others go on with the old one.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.store.recent_postings import RecentPostings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb.service_resource import Table

# An item holds 400 KB at most; names and attributes need some of it.
_CHUNK = 350_000
_KEPT_SECONDS = 8 * 24 * 3600


@dataclass(frozen=True, slots=True)
class CachedCopy:
    """A shared copy: which version, what is in it, and when it was read from Visma (epoch seconds)."""

    version: str
    payload: bytes
    read_at: float


class ReferenceCache:
    """The shared copies of one company. Failing DynamoDB makes it empty, never an error: Visma is read.

    Attributes:
        recent: What was posted since the copies were read.
    """

    def __init__(self, table: Table, company: str) -> None:
        self._table = table
        self._company = company
        self.recent = RecentPostings(table, company)

    def read(self, name: str, *, known_version: str = "") -> CachedCopy | None:
        """Return the shared copy, or None if there is none or it is the version already known."""
        try:
            pointer = self._table.get_item(Key=self._pointer(name)).get("Item") or {}
            version = str(pointer.get("version", ""))
            if not version or version == known_version:
                return None
            packed = b"".join(self._chunks(name, version))
            return CachedCopy(version, zlib.decompress(packed), float(str(pointer["read_at"])))
        except (ClientError, BotoCoreError, zlib.error):
            return None

    def write(self, name: str, payload: bytes, *, read_at: float) -> str:
        """Share a copy and return its version; empty if it could not be shared."""
        version = uuid4().hex
        expires_at = int(read_at) + _KEPT_SECONDS
        packed = zlib.compress(payload)
        try:
            with self._table.batch_writer() as batch:
                for index, start in enumerate(range(0, len(packed), _CHUNK)):
                    key = {"pk": self._chunk_key(name, version), "sk": f"{index:04d}"}
                    chunk = packed[start : start + _CHUNK]
                    batch.put_item(Item={**key, "data": chunk, "expires_at": expires_at})
            self._point(name, version, read_at, expires_at)
        except (ClientError, BotoCoreError):
            return ""
        return version

    def claim(self, name: str, *, now: float, seconds: float) -> bool:
        """Tell whether this execution is the one to refresh a copy for the next ``seconds``."""
        free = Attr("refreshing_until").not_exists() | Attr("refreshing_until").lte(int(now))
        try:
            self._table.update_item(
                Key=self._pointer(name),
                UpdateExpression="SET refreshing_until = :until",
                ConditionExpression=free,
                ExpressionAttributeValues={":until": int(now + seconds)},
            )
        except ClientError as error:
            return error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException"
        except BotoCoreError:
            return True
        return True

    def _point(self, name: str, version: str, read_at: float, expires_at: int) -> None:
        self._table.update_item(
            Key=self._pointer(name),
            UpdateExpression="SET #version = :version, #read_at = :read_at, #expires_at = :expires_at"
            " REMOVE #refreshing_until",
            ExpressionAttributeNames={
                f"#{name}": name for name in ("version", "read_at", "expires_at", "refreshing_until")
            },
            ExpressionAttributeValues={
                ":version": version,
                ":read_at": str(read_at),
                ":expires_at": expires_at,
            },
        )

    def _chunks(self, name: str, version: str) -> Iterator[bytes]:
        query: dict[str, Any] = {"KeyConditionExpression": Key("pk").eq(self._chunk_key(name, version))}
        while True:
            page = self._table.query(**query)
            for item in page["Items"]:
                yield bytes(item["data"])  # type: ignore[arg-type]  # boto3's Binary wraps bytes
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _pointer(self, name: str) -> dict[str, Any]:
        return {"pk": f"CACHE#{self._company}", "sk": name}

    def _chunk_key(self, name: str, version: str) -> str:
        return f"CACHE#{self._company}#{name}#{version}"
