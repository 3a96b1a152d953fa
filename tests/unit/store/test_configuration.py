from __future__ import annotations

from dataclasses import dataclass

import pytest

from ml_connector.errors import Misconfigured
from ml_connector.store.configuration import ConfigurationStore

BUCKET = "configuration"


@dataclass(frozen=True)
class Loaded:
    version: str
    files: dict


@pytest.fixture
def bucket(aws):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return s3


def configuration(version):
    return Loaded(version, {"company.yaml": f"name: {version}"})


def test_what_was_pushed_is_in_force(bucket):
    store = ConfigurationStore(bucket, BUCKET)
    store.push(configuration("one"), actor="anna", reason="first")
    current = ConfigurationStore(bucket, BUCKET).current()
    assert (current.version, current.actor, current.reason) == ("one", "anna", "first")
    assert current.files == {"company.yaml": "name: one"}


def test_nothing_pushed_says_how_to_push(bucket):
    with pytest.raises(Misconfigured, match="config push"):
        ConfigurationStore(bucket, BUCKET).current()


def test_an_older_version_can_still_be_had(bucket):
    store = ConfigurationStore(bucket, BUCKET)
    store.push(configuration("one"), actor="anna")
    store.push(configuration("two"), actor="bo")
    assert store.version("one").files == {"company.yaml": "name: one"}
    assert store.current().previous == "one"


def test_an_unknown_version_is_named(bucket):
    with pytest.raises(Misconfigured, match="'nine'"):
        ConfigurationStore(bucket, BUCKET).version("nine")


def test_pushing_the_one_in_force_changes_nothing(bucket):
    store = ConfigurationStore(bucket, BUCKET)
    first = store.push(configuration("one"), actor="anna")
    assert store.push(configuration("one"), actor="bo") == first


def test_history_is_newest_first(bucket):
    store = ConfigurationStore(bucket, BUCKET)
    for version in ("one", "two", "one"):
        store.push(configuration(version), actor="anna")
    assert [entry["version"] for entry in store.history()] == ["one", "two", "one"]


def test_a_push_in_between_is_not_overwritten(bucket):
    mine, other = ConfigurationStore(bucket, BUCKET), ConfigurationStore(bucket, BUCKET)
    mine.push(configuration("one"), actor="anna")
    read = mine._read_current

    def then_another_pushes():
        found = read()
        other.push(configuration("two"), actor="bo")
        return found

    mine._read_current = then_another_pushes
    with pytest.raises(Misconfigured, match="Somebody else"):
        mine.push(configuration("three"), actor="anna")
    assert other.current().version == "two"


def test_an_unchanged_configuration_is_not_read_twice(bucket):
    store = ConfigurationStore(bucket, BUCKET)
    store.push(configuration("one"), actor="anna")
    assert store.current() is store.current()
