"""Copies that containers share, and the notes of what was posted since they were read."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest
from botocore.exceptions import ClientError

from ml_connector.errors import Unavailable
from ml_connector.store.recent_postings import RecentPostings
from ml_connector.store.reference_cache import ReferenceCache

NOW = 1_000_000.0


@pytest.fixture
def cache(table):
    return ReferenceCache(table, "acme")


class BrokenTable:
    """A table that answers nothing."""

    def _fail(self, **_given):
        raise ClientError({"Error": {"Code": "InternalServerError", "Message": "down"}}, "Any")

    get_item = put_item = update_item = query = _fail

    def batch_writer(self):
        self._fail()


def test_a_copy_is_read_as_it_was_shared(cache):
    version = cache.write("suppliers", b"rows", read_at=NOW)
    copy = cache.read("suppliers")
    assert (copy.version, copy.payload, copy.read_at) == (version, b"rows", NOW)


def test_a_copy_larger_than_an_item_comes_back_whole(cache, table):
    payload = os.urandom(900_000)  # does not compress
    cache.write("items", payload, read_at=NOW)
    assert len(table.scan()["Items"]) > 2
    assert cache.read("items").payload == payload


def test_a_version_already_known_is_not_read_again(cache):
    version = cache.write("suppliers", b"rows", read_at=NOW)
    assert cache.read("suppliers", known_version=version) is None
    cache.write("suppliers", b"newer", read_at=NOW + 1)
    assert cache.read("suppliers", known_version=version).payload == b"newer"


def test_a_company_sees_only_its_own_copies(cache, table):
    cache.write("suppliers", b"rows", read_at=NOW)
    assert ReferenceCache(table, "other").read("suppliers") is None


def test_one_refreshes_a_copy_and_the_others_wait_until_its_claim_ends(cache):
    assert cache.claim("items", now=NOW, seconds=60)
    assert not cache.claim("items", now=NOW + 59, seconds=60)
    assert cache.claim("items", now=NOW + 60, seconds=60)


def test_a_shared_copy_ends_the_claim_to_refresh_it(cache):
    cache.claim("items", now=NOW, seconds=60)
    cache.write("items", b"rows", read_at=NOW)
    assert cache.claim("items", now=NOW + 1, seconds=60)


def test_without_dynamodb_the_cache_is_empty_and_each_refreshes_itself():
    broken = ReferenceCache(BrokenTable(), "acme")
    assert broken.read("items") is None
    assert broken.write("items", b"rows", read_at=NOW) == ""
    assert broken.claim("items", now=NOW, seconds=60)


def test_notes_since_a_moment_come_oldest_first_and_only_of_their_company_and_set(table):
    recent = RecentPostings(table, "acme")
    recent.note("invoices", "000002", {"amount": 2}, at=NOW + 10)
    recent.note("invoices", "000001", {"amount": 1}, at=NOW)
    assert recent.since("invoices", NOW) == [{"amount": 1}, {"amount": 2}]
    assert RecentPostings(table, "other").since("invoices", NOW) == []
    assert recent.since("orders", NOW) == []


def test_a_note_somewhat_older_than_the_copy_still_counts_for_clocks_differ(table):
    recent = RecentPostings(table, "acme")
    recent.note("invoices", "000001", {"amount": "1"}, at=NOW)
    assert recent.since("invoices", NOW + 60)
    assert recent.since("invoices", NOW + 3600) == []


def test_fractions_in_a_note_are_decimals(table):
    recent = RecentPostings(table, "acme")
    recent.note("invoices", "000001", {"amount": 0.1}, at=NOW)
    assert recent.since("invoices", NOW)[0]["amount"] == Decimal("0.1")


def test_notes_that_cannot_be_taken_or_read_are_no_silence():
    broken = RecentPostings(BrokenTable(), "acme")
    with pytest.raises(Unavailable):
        broken.note("invoices", "000001", {}, at=NOW)
    with pytest.raises(Unavailable):
        broken.since("invoices", NOW)
