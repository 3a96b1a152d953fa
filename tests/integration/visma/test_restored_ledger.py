"""A ledger restored to before a posting: what was posted is found by its stamp, however long ago that was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from tests.audit_store import create_state_table
from tests.integration.visma.world import KINDS, FailingTable, MemoryTable

from ml_connector.errors import Rejected
from ml_connector.store.ledger import PostingLedger, PostingState
from ml_connector.visma import Posted, post

ORDER, INVOICE = KINDS[:2]
LONG_AGO = timedelta(days=9)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def posted_long_ago(world):
    """A world where a posting was made nine days ago, as Visma's and our clocks had it."""

    def post_it(posting):
        world.simulator.company.clock = lambda: datetime.now(UTC) - LONG_AGO
        world.clock.advance(-LONG_AGO.total_seconds())
        (posted,) = world.run(posting, 1)
        world.simulator.company.clock = lambda: datetime.now(UTC)
        world.clock.advance(LONG_AGO.total_seconds())
        return posted

    return post_it


def restore(world, **items):
    """Put the ledger back to just before the posting."""
    before = datetime.now(UTC) - LONG_AGO - A_MINUTE
    world.table = FailingTable(MemoryTable(restored_to=before))
    world.table.table.items.update(items)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_posting_that_the_restored_ledger_lost_is_found(world, posted_long_ago, kind):
    first = posted_long_ago(kind.posting())
    restore(world)
    (second,) = world.run(kind.posting(), 1)
    assert (second.number, second.repeated) == (first.number, True)
    assert world.documents(kind, kind.posting().key.stamp) == [first.number]


@pytest.mark.parametrize("state", [PostingState.PLANNED, PostingState.REJECTED])
def test_what_was_posted_after_the_restored_state_is_found(world, posted_long_ago, state):
    posting = ORDER.posting()
    first = posted_long_ago(posting)
    ((key, item),) = world.table.table.items.items()
    restore(world, **{key: {**item, "state": state.value, "number": ""}})
    (second,) = world.run(posting, 1)
    assert (second.number, second.repeated) == (first.number, True)


def test_what_is_new_after_a_restore_is_posted_after_one_look_up(world):
    restore(world)
    (posted,) = world.run(ORDER.posting(), 1)
    assert (posted.repeated, posted.calls) == (False, 2)


def test_a_look_up_that_fails_posts_nothing(world, posted_long_ago):
    first = posted_long_ago(ORDER.posting())
    restore(world)
    world.strike_http(0, "text_error")
    world.strike_http(0, "text_error")
    history = world.drive(ORDER.posting(), 1)
    assert world.documents(ORDER, ORDER.posting().key.stamp) == [first.number]
    assert history[-1].repeated


def test_a_month_after_the_restore_nothing_is_looked_up(world):
    restore(world)
    world.table.table.creation_date_time -= timedelta(days=30)
    (posted,) = world.run(ORDER.posting(), 1)
    assert posted.calls == 1


def test_dynamodb_says_what_its_table_was_restored_to(aws):
    create_state_table("lived")
    client = boto3.client("dynamodb")
    client.update_continuous_backups(
        TableName="lived", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    client.restore_table_to_point_in_time(
        SourceTableName="lived", TargetTableName="back", UseLatestRestorableTime=True
    )
    lived, back = (PostingLedger(boto3.resource("dynamodb").Table(name)) for name in ("lived", "back"))
    now = datetime.now(UTC)
    assert lived.lost_since(now) is None
    assert now - A_MINUTE < back.lost_since(now) <= now


def test_an_order_that_visma_refuses_as_there_already_is_found_by_its_number(world, posted_long_ago):
    body = ORDER.body.model_copy(update={"order_number": "HUB-77", "override_number_series": True})
    first = posted_long_ago(with_body(ORDER, body))
    lose_the_ledger(world)
    (second,) = world.run(with_body(ORDER, body), 1)
    assert (second.number, second.repeated) == (first.number, True)


def test_an_invoice_that_visma_refuses_as_there_already_is_found_from_its_date_on(world, posted_long_ago):
    world.simulator.company.preferences.duplicate_reference = "error"
    day = (datetime.now(UTC) - LONG_AGO).date()
    body = INVOICE.body.model_copy(update={"date": day})
    first = posted_long_ago(with_body(INVOICE, body))
    lose_the_ledger(world)
    (second,) = world.run(with_body(INVOICE, body), 1)
    assert (second.number, second.repeated) == (first.number, True)


def test_another_s_order_of_the_number_stays_refused(world):
    body = ORDER.body.model_copy(update={"order_number": "HUB-78", "override_number_series": True})
    with world.client() as client:
        client.create("/v1/purchaseorder", body.body())
        with pytest.raises(Rejected, match="same key"):
            post(client, PostingLedger(world.table), with_body(ORDER, body), owner="o", now=world.clock)


def with_body(kind, body):
    posting = kind.posting()
    return type(posting)(posting.key, posting.document_id, posting.content_sha256, body)


def lose_the_ledger(world):
    """A ledger that lost its items in a way DynamoDB does not know of."""
    world.table = FailingTable(MemoryTable())


def test_eight_at_once_after_a_restore_post_one_document(world):
    restore(world)
    assert isinstance(world.drive(ORDER.posting(), 8)[-1], Posted)
    assert len(world.documents(ORDER, ORDER.posting().key.stamp)) == 1
