"""The client against the simulator on the wire: token, paging, limits, and what it sends with each call."""

from __future__ import annotations

import pytest
from local.visma.faults import FaultPlan, Rule

from ml_connector.errors import Unavailable
from ml_connector.visma.client import http_client


def test_one_token_serves_many_calls(world):
    with world.client() as client:
        for _ in range(3):
            client.get("/v1/branch")
        assert (client.token_renewals, client.calls) == (1, 3)


def test_a_refused_token_is_renewed_once_more(world):
    world.simulator.faults = FaultPlan([Rule("expired_token", path="/v1/branch")])
    with world.client() as client:
        assert client.get("/v1/branch").body
        assert (client.token_renewals, client.calls) == (2, 2)


def test_pages_are_read_to_the_end_without_a_row_twice(world):
    world.settings = world.settings.model_copy(update={"page_size": 3})
    with world.client() as client:
        numbers = [row["number"] for row in client.rows("/v1/supplier")]
    assert len(numbers) == len(set(numbers)) == len(world.simulator.company.table("supplier"))


def test_a_throttled_call_says_how_long_to_wait(world):
    world.simulator.faults = FaultPlan([Rule("throttle", path="/v1/branch", seconds=9)])
    with world.client() as client, pytest.raises(Unavailable) as caught:
        client.get("/v1/branch")
    assert caught.value.retry_after == 9


def test_each_call_names_company_and_caller(world):
    with world.client() as client:
        client.get("/v1/branch")
    call = world.simulator.journal.entries()[-1]
    assert (call["company"], call["user_agent"]) == ("4242", world.settings.user_agent)


def test_another_company_s_list_is_empty(world):
    world.settings = world.settings.model_copy(update={"company_id": "9999"})
    with world.client() as client:
        assert list(client.rows("/v1/supplier")) == []


def test_the_four_timeouts_are_the_settings(world):
    with http_client(world.settings) as http:
        given = http.timeout
    wanted = world.settings
    assert (given.connect, given.read) == (wanted.connect_timeout, wanted.read_timeout)
    assert (given.write, given.pool) == (wanted.write_timeout, wanted.pool_timeout)
