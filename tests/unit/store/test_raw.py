from __future__ import annotations

import io

import pytest

from ml_connector.store.objects import ObjectRef
from ml_connector.store.raw import BytesAltered, RawStore


@pytest.fixture
def store(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    s3.put_bucket_versioning(Bucket="raw", VersioningConfiguration={"Status": "Enabled"})
    return RawStore(s3, "raw")


def test_bytes_come_back_as_they_were_put(store):
    ref = store.put("a/b", b"ISA*00*", metadata={"mailbox": "/in"})
    assert store.get(ref) == b"ISA*00*"
    assert ref.size == 7


def test_a_stream_is_stored_whole_and_digested(store):
    ref = store.put("s", io.BytesIO(b"x" * 3_000_000))
    assert ref.size == 3_000_000
    assert store.get(ref) == b"x" * 3_000_000


def test_a_reference_keeps_pointing_at_its_own_version(store):
    first = store.put("k", b"one")
    store.put("k", b"two")
    assert store.get(first) == b"one"


def test_altered_bytes_are_refused(store):
    ref = store.put("k", b"one")
    forged = ref.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(BytesAltered, match="was written"):
        store.get(forged)


def test_a_missing_object_is_named(store):
    with pytest.raises(BytesAltered, match="does not exist"):
        store.get(ObjectRef(bucket="raw", key="gone", version_id="null", sha256="", size=0))
