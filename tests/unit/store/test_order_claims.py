from __future__ import annotations

import pytest

from ml_connector.errors import Unavailable
from ml_connector.store.order_claims import OrderClaims


@pytest.fixture
def clock():
    return [1_000_000.0]


@pytest.fixture
def on_its_way():
    return {"a", "b"}


@pytest.fixture
def claims(table, on_its_way, clock):
    return OrderClaims(table, on_its_way.__contains__, now=lambda: clock[0])


def test_what_is_claimed_anew_is_told_and_what_was_ours_is_not(claims):
    assert claims.take("1", ["PO1"], "a")
    assert not claims.take("1", ["PO1"], "a")
    assert claims.take("1", ["PO1", "PO2"], "a")
    assert not claims.take("1", [], "a")


def test_an_order_of_a_document_on_its_way_is_waited_for_and_the_others_let_go(claims):
    claims.take("1", ["PO2"], "a")
    with pytest.raises(Unavailable, match="Order PO2 is being matched with a") as caught:
        claims.take("1", ["PO1", "PO2"], "b")
    assert caught.value.retry_after == 5
    assert claims.take("1", ["PO1"], "a")


def test_the_same_order_of_another_company_is_another(claims):
    claims.take("1", ["PO1"], "a")
    assert claims.take("2", ["PO1"], "b")


def test_what_is_given_back_is_free_and_only_ones_own(claims):
    claims.take("1", ["PO1"], "a")
    claims.give_back("1", ["PO1"], "b")
    with pytest.raises(Unavailable):
        claims.take("1", ["PO1"], "b")
    claims.give_back("1", ["PO1"], "a")
    assert claims.take("1", ["PO1"], "b")


def test_a_document_that_stopped_loses_its_claims_to_the_next(claims, on_its_way):
    claims.take("1", ["PO1"], "a")
    on_its_way.remove("a")
    assert claims.take("1", ["PO1"], "b")
    assert claims.keep("1", ["PO1"], "a") == "PO1"
    assert claims.keep("1", ["PO1"], "b") == ""


def test_a_document_that_is_being_posted_keeps_them_whatever_its_state_says(claims, on_its_way, clock):
    claims.take("1", ["PO1"], "a")
    on_its_way.remove("a")
    claims.keep("1", ["PO1"], "a")
    clock[0] += 300
    with pytest.raises(Unavailable):
        claims.take("1", ["PO1"], "b")
    clock[0] += 31
    assert claims.take("1", ["PO1"], "b")


def test_a_claim_of_days_ago_was_forgotten(claims, clock):
    claims.take("1", ["PO1"], "a")
    clock[0] += 3 * 86_400
    with pytest.raises(Unavailable):
        claims.take("1", ["PO1"], "b")
    clock[0] += 2 * 86_400
    assert claims.take("1", ["PO1"], "b")


def test_who_asks_while_the_former_holder_starts_to_post_gets_nothing(claims, on_its_way):
    claims.take("1", ["PO1"], "a")

    class StartsToPost(set):
        def __contains__(self, document):
            claims.keep("1", ["PO1"], "a")  # a redrive comes in between
            return False

    other = OrderClaims(claims._state._table, StartsToPost().__contains__, now=claims._now)
    with pytest.raises(Unavailable):
        other.take("1", ["PO1"], "b")
    assert claims.keep("1", ["PO1"], "a") == ""
