"""Bytes in S3: written before anything looks at them, and never read without checking their digest."""

from __future__ import annotations

import hashlib
import tempfile
from typing import TYPE_CHECKING, BinaryIO, cast

from botocore.exceptions import ClientError, FlexibleChecksumError

from ml_connector.errors import ConnectorError, Misconfigured, Unavailable
from ml_connector.store.objects import ObjectRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from mypy_boto3_s3 import S3Client

_CHUNK = 1 << 20
# Payloads beyond this size go to disk while they are checked, so a 50 MB file is never whole in memory.
_SPOOL = 8 << 20


class BytesAltered(Misconfigured):
    """The stored bytes are not the bytes that were written: someone or something changed or removed them."""


class RawStore:
    """Puts and gets bytes in one versioned bucket.

    Args:
        s3: A boto3 S3 client.
        bucket: The name of the bucket.
    """

    def __init__(self, s3: S3Client, bucket: str) -> None:
        self._s3 = s3
        self.bucket = bucket

    def put(
        self, key: str, content: bytes | BinaryIO, *, metadata: Mapping[str, str] | None = None
    ) -> ObjectRef:
        """Return the reference of the version written; a stream must be seekable and is never held whole."""
        digest, size = _digest(content)
        answer = self._s3.put_object(
            Bucket=self.bucket, Key=key, Body=content, Metadata={**(metadata or {}), "sha256": digest}
        )
        return ObjectRef(
            bucket=self.bucket, key=key, version_id=answer.get("VersionId", "null"), sha256=digest, size=size
        )

    def get(self, ref: ObjectRef) -> bytes:
        """Return the bytes of a reference.

        Raises:
            BytesAltered: The object is gone or its digest differs.
            Unavailable: S3 did not answer.
        """
        with self.open(ref) as stream:
            return stream.read()

    def open(self, ref: ObjectRef) -> BinaryIO:
        """Return the bytes of a reference as a seekable stream, spooled to disk when large."""
        digest = hashlib.sha256()
        spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115 - handed to the caller open
        try:
            for chunk in self._chunks(ref):
                digest.update(chunk)
                spool.write(chunk)
            _check_digest(ref, digest.hexdigest())
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return cast("BinaryIO", spool)

    def current_version(self, key: str) -> str | None:
        """Return the version an object has now; None if it was deleted.

        Raises:
            Unavailable: S3 did not answer.
        """
        try:
            answer = self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ("NoSuchKey", "404"):
                return None
            raise Unavailable(f"S3 could not read s3://{self.bucket}/{key}: {code}.", key=key) from error
        return answer.get("VersionId", "null")

    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Yield the keys of objects below a prefix, and when each was last written.

        Raises:
            Unavailable: S3 did not answer.
        """
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        try:
            for page in pages:
                yield from ((row["Key"], row["LastModified"]) for row in page.get("Contents", ()))
        except ClientError as error:
            raise Unavailable(f"S3 could not list s3://{self.bucket}/{prefix}.", prefix=prefix) from error

    def _chunks(self, ref: ObjectRef) -> Iterator[bytes]:
        version: Mapping[str, str] = {} if ref.version_id == "null" else {"VersionId": ref.version_id}
        try:
            body = self._s3.get_object(Bucket=ref.bucket, Key=ref.key, **version)["Body"]  # type: ignore[arg-type] # optional argument
        except ClientError as error:
            raise _unreadable(ref, error) from error
        try:
            yield from body.iter_chunks(_CHUNK)
        except FlexibleChecksumError as error:  # S3's own checksum of the upload does not fit its bytes
            raise _altered(ref, f"does not fit its checksum: {error}") from error


def _check_digest(ref: ObjectRef, found: str) -> None:
    if found != ref.sha256:
        raise _altered(ref, f"has digest {found}, but {ref.sha256} was written.")


def _altered(ref: ObjectRef, how: str) -> BytesAltered:
    return BytesAltered(
        f"s3://{ref.bucket}/{ref.key} version {ref.version_id} {how}",
        advice="Restore the version that was written from the bucket's version history.",
        key=ref.key,
    )


def _unreadable(ref: ObjectRef, error: ClientError) -> ConnectorError:
    code = error.response["Error"]["Code"]
    if code in ("NoSuchKey", "NoSuchVersion", "404"):
        return BytesAltered(
            f"s3://{ref.bucket}/{ref.key} version {ref.version_id} does not exist.",
            advice="Restore it from the bucket's version history or a backup.",
            key=ref.key,
        )
    return Unavailable(f"S3 could not read s3://{ref.bucket}/{ref.key}: {code}.", key=ref.key)


def _digest(content: bytes | BinaryIO) -> tuple[str, int]:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest(), len(content)
    digest, size = hashlib.sha256(), 0
    for chunk in _read_chunks(content):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return digest.hexdigest(), size


def _read_chunks(stream: BinaryIO) -> Iterable[bytes]:
    return iter(lambda: stream.read(_CHUNK), b"")
