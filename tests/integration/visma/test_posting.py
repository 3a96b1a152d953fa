from __future__ import annotations

from dataclasses import replace

import pytest
from local.visma.faults import FaultPlan, Rule
from tests.integration.visma.world import KINDS

from ml_connector.errors import Misconfigured, OutcomeUnknown, Rejected, Unavailable
from ml_connector.store.ledger import LeaseLost, PostingLedger, PostingState
from ml_connector.visma import Posted, post

ORDER, INVOICE = KINDS[:2]


def posts_of(world):
    return [call for call in world.http_calls() if call == "POST /v1/purchaseorder"]


def test_a_retry_before_the_lost_write_has_surely_ended_posts_nothing(world):
    world.strike_http(1, "cut_before")
    first = world.run(ORDER.posting(), 1)
    second = world.run(ORDER.posting(), 1)
    assert [type(outcome) for outcome in (*first, *second)] == [OutcomeUnknown, OutcomeUnknown]
    assert len(posts_of(world)) == 1


def test_the_same_key_with_other_content_is_held_for_a_person(world):
    world.drive(ORDER.posting(), 1)
    (outcome,) = world.run(ORDER.posting(content="c2"), 1)
    assert isinstance(outcome, Misconfigured)
    assert outcome.context["held"] == "duplicate"
    assert len(posts_of(world)) == 1


def test_a_rejected_document_is_posted_once_its_cause_is_mended(world):
    posting = ORDER.posting()
    wrong = replace(posting, body=posting.body.model_copy(update={"supplier": "77777"}))
    (refused,) = world.run(wrong, 1)
    assert isinstance(refused, Rejected)
    assert refused.context["visma_id"]
    assert PostingLedger(world.table).read(posting.key).state is PostingState.REJECTED
    (posted,) = world.run(posting, 1)
    assert isinstance(posted, Posted)
    assert world.documents(ORDER, posting.key.stamp) == [posted.number]


def test_a_document_throttled_away_is_not_in_doubt(world):
    world.simulator.faults = FaultPlan([Rule("throttle", path="/v1/purchaseorder", seconds=7)])
    (outcome,) = world.run(ORDER.posting(), 1)
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after == 7
    assert PostingLedger(world.table).read(ORDER.posting().key).state is PostingState.PLANNED


def test_a_holder_that_lost_its_lease_neither_writes_nor_releases(world):
    posting = ORDER.posting()
    ledger = PostingLedger(world.table)
    with world.client() as slow:
        send = slow.create

        def outlive_the_lease(*args, **kwargs):
            created = send(*args, **kwargs)
            world.clock.advance(world.settings.lease_seconds + 1)
            world.drive(posting, 1)
            return created

        slow.create = outlive_the_lease
        outcome = post(slow, ledger, posting, owner="slow", now=world.clock)
    assert outcome.repeated
    assert world.documents(ORDER, posting.key.stamp) == [outcome.number]


def test_a_stale_fence_changes_nothing(world):
    posting = ORDER.posting()
    world.drive(posting, 1)
    ledger = PostingLedger(world.table)
    stale = replace(ledger.read(posting.key), fence=0)
    ledger.release(stale)
    with pytest.raises(LeaseLost):
        ledger.advance(stale, PostingState.PLANNED)
    assert ledger.read(posting.key).state is PostingState.POSTED


def test_a_write_too_late_is_not_sent(world):
    with world.client() as client:
        client.prepare()
        with pytest.raises(Unavailable):
            client.create("/v1/purchaseorder", {}, not_after=client.clock() - 1)
    assert posts_of(world) == []


def scopes_asked_for(world):
    return [renewal for renewal in world.http_calls() if renewal == "POST /connect/token"]


def test_the_sales_order_service_has_a_token_of_its_own_got_when_it_is_called(world):
    with world.client() as client:
        client.prepare("/v1/purchaseorder")
        assert client.token_renewals == 1
        client.get(f"{world.settings.sales_orders}SalesOrders")
        assert client.token_renewals == 2
        client.get("/v1/purchaseorder")
        assert len(scopes_asked_for(world)) == 2


def test_a_token_of_the_erp_opens_no_sales_orders(world):
    world.settings = world.settings.model_copy(update={"sales_order_scopes": world.settings.scopes})
    with world.client() as client, pytest.raises(Misconfigured, match="403"):
        client.get(f"{world.settings.sales_orders}SalesOrders")


@pytest.mark.parametrize(
    ("kind", "mended"),
    [
        (ORDER, {"supplier": "50001"}),
        (ORDER, {"order_number": "HUB-1"}),
        (INVOICE, {"supplier_number": "50001"}),
        (next(kind for kind in KINDS if kind.entity == "SalesOrder"), {}),
    ],
)
def test_a_write_in_doubt_is_found_after_a_rule_gave_the_document_another_party_or_number(
    world, kind, mended
):
    posting = kind.posting()
    world.strike_http(1, "cut_after")
    world.simulator.faults.rules.append(Rule("text_error", method="GET", times=1))
    world.run(posting, 1)
    world.clock.advance(world.settings.lease_seconds + 1)
    update = mended or {"customer": posting.body.customer.model_copy(update={"id": "99999"})}
    changed = replace(posting, body=posting.body.model_copy(update=update))
    (found,) = world.run(changed, 1)
    assert world.documents(kind, posting.key.stamp) == [found.number]
