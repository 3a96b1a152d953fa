"""The configuration in S3: every version kept, the current one replaced whole or not at all.

``versions/<version>.json`` holds one version's files and never changes. ``current.json`` is a copy of the
one in force, with who put it there and why; replacing it demands that nobody else did in between. The
bucket's own versions of ``current.json`` are the history.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from ml_connector.errors import ConnectorError, Misconfigured, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mypy_boto3_s3 import S3Client

CURRENT = "current.json"

# S3 answers 403 for a key that does not exist to whoever may not list the bucket.
_ABSENT = frozenset({"NoSuchKey", "NoSuchVersion", "404", "AccessDenied"})
_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class Checked(Protocol):
    """A configuration that was loaded, and so is known to be whole: the only thing that can be pushed."""

    @property
    def version(self) -> str:
        """The digest of its files."""
        ...

    @property
    def files(self) -> Mapping[str, str]:
        """The text of its files by path."""
        ...


@dataclass(frozen=True, slots=True)
class StoredConfiguration:
    """One version as stored, and how it came into force."""

    version: str
    files: Mapping[str, str]
    pushed_at: str = ""
    actor: str = ""
    reason: str = ""
    previous: str = ""

    def entry(self) -> dict[str, str]:
        """Return everything but the files: a line of the history."""
        return {name: value for name, value in asdict(self).items() if name != "files"}


class ConfigurationStore:
    """Puts and gets versions of the configuration in one versioned bucket.

    Args:
        s3: A boto3 S3 client.
        bucket: The name of the bucket.
        now: The clock.
    """

    def __init__(
        self, s3: S3Client, bucket: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._now = now
        self._seen: tuple[str, StoredConfiguration] | None = None

    def push(self, configuration: Checked, *, actor: str, reason: str = "") -> StoredConfiguration:
        """Put a configuration in force and return what is now stored; the one in force already stays.

        Raises:
            Misconfigured: Somebody else pushed another one in between.
            Unavailable: S3 did not answer.
        """
        current, tag = self._read_current()
        if current and current.version == configuration.version:
            return current
        stored = StoredConfiguration(
            version=configuration.version,
            files=dict(configuration.files),
            pushed_at=self._now().isoformat(timespec="seconds"),
            actor=actor,
            reason=reason,
            previous=current.version if current else "",
        )
        content = json.dumps(asdict(stored), ensure_ascii=False, sort_keys=True).encode()
        self._put(f"versions/{stored.version}.json", content, {})
        self._put(CURRENT, content, {"IfMatch": tag} if tag else {"IfNoneMatch": "*"})
        return stored

    def current(self) -> StoredConfiguration:
        """Return the configuration in force, read again only if it changed.

        Raises:
            Misconfigured: None was ever pushed.
            Unavailable: S3 did not answer.
        """
        current, _ = self._read_current()
        if current is None:
            raise Misconfigured(
                f"No configuration was pushed to s3://{self._bucket} yet.",
                advice="Push one: ml-connector config push DIR",
            )
        return current

    def version(self, version: str) -> StoredConfiguration:
        """Return one version, in force or not.

        Raises:
            Misconfigured: There is no such version.
            Unavailable: S3 did not answer.
        """
        found = self._get(f"versions/{version}.json", {})
        if found is None:
            raise Misconfigured(
                f"There is no version {version!r} of the configuration.",
                advice="ml-connector config history lists them.",
            )
        return found[0]

    def history(self) -> Iterator[dict[str, str]]:
        """Yield what was in force and since when, newest first."""
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=CURRENT)
        for page in pages:
            for entry in page.get("Versions", []):
                if entry["Key"] == CURRENT:
                    found = self._get(CURRENT, {"VersionId": entry["VersionId"]})
                    yield from [found[0].entry()] if found else []

    def _read_current(self) -> tuple[StoredConfiguration | None, str]:
        condition = {"IfNoneMatch": self._seen[0]} if self._seen else {}
        found = self._get(CURRENT, condition)
        if found is None:
            return None, ""
        self._seen = (found[1], found[0])
        return found[0], found[1]

    def _get(self, key: str, options: dict[str, str]) -> tuple[StoredConfiguration, str] | None:
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key, **options)  # type: ignore[arg-type] # optional arguments
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ("304", "NotModified") and self._seen:
                return self._seen[1], self._seen[0]
            if code in _ABSENT:
                return None
            raise self._unreadable(key, code) from error
        return _stored(json.loads(answer["Body"].read())), answer["ETag"]

    def _put(self, key: str, content: bytes, condition: dict[str, str]) -> None:
        request: Any = {"Bucket": self._bucket, "Key": key, "Body": content, **condition}
        try:
            self._s3.put_object(ContentType="application/json", **request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _CHANGED:
                raise Misconfigured(
                    "Somebody else put another configuration in force in between.",
                    advice="Look at `ml-connector config diff DIR` and push again.",
                ) from error
            raise self._unreadable(key, code) from error

    def _unreadable(self, key: str, code: str) -> ConnectorError:
        return Unavailable(f"S3 could not serve s3://{self._bucket}/{key}: {code}.", key=key)


def _stored(content: dict[str, Any]) -> StoredConfiguration:
    return StoredConfiguration(**{name: content.get(name, "") for name in StoredConfiguration.__slots__})
