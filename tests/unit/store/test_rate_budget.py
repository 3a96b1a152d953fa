from __future__ import annotations

import pytest

from ml_connector.errors import Unavailable
from ml_connector.store.rate_budget import RateBudget


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def spend_all(budget):
    spent = 0
    while True:
        try:
            budget.spend()
        except Unavailable as error:
            return spent, error
        spent += 1


def test_all_containers_together_stay_under_the_limit(table, clock):
    budgets = [RateBudget(table, "1", limit=20, window=100, clock=clock) for _ in range(3)]
    assert sum(spend_all(budget)[0] for budget in budgets) == 20


def test_who_finds_the_window_used_up_learns_when_it_ends(table, clock):
    _, error = spend_all(RateBudget(table, "1", limit=10, window=100, clock=clock))
    assert 100 <= error.retry_after <= 101


def test_a_new_window_has_all_its_calls(table, clock):
    budget = RateBudget(table, "1", limit=10, window=100, clock=clock)
    spend_all(budget)
    clock.now += 102
    assert spend_all(budget)[0] == 10


def test_visma_s_own_refusal_stops_everybody(table, clock):
    one, other = (RateBudget(table, "1", limit=100, window=100, clock=clock) for _ in range(2))
    one.spend()
    one.observe({"Retry-After": "30"}, 429)
    with pytest.raises(Unavailable) as caught:
        other.spend()
    assert 30 <= caught.value.retry_after <= 31


def test_companies_do_not_share(table, clock):
    spend_all(RateBudget(table, "1", limit=10, clock=clock))
    assert spend_all(RateBudget(table, "2", limit=10, clock=clock))[0] == 10
