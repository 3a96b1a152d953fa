"""What `ping` says of Visma, step by step, up to the first that fails."""

from __future__ import annotations

import pytest
from tests.integration.visma.world import CREDENTIALS, TLS

from ml_connector.visma import check
from ml_connector.visma.calls import http_client


@pytest.fixture
def ping(world):
    def run(credentials=CREDENTIALS, **changes):
        settings = world.settings.model_copy(update=changes)
        return check(settings, credentials, http=http_client(settings, TLS))

    return run


def test_all_is_well(ping):
    checks = ping()
    assert [one.name for one in checks] == ["reachable", "login reachable", "TLS", "login", "company"]
    assert all(one.ok for one in checks)
    assert "company 4242: Nordlys Oslo" in checks[-1].detail


@pytest.mark.parametrize(
    ("changes", "failing", "advice"),
    [
        ({"base_url": "http://127.0.0.1:1"}, "reachable", "firewall"),
        ({"token_url": "http://127.0.0.1:1/token"}, "login reachable", "firewall"),
        ({"company_id": "9999"}, "company", "company id"),
        ({"scopes": ("vismanet_erp_service_api:create",)}, "company", "scopes"),
    ],
)
def test_the_first_that_fails_says_what_to_do_and_ends_it(ping, changes, failing, advice):
    checks = ping(**changes)
    assert [one.ok for one in checks[:-1]] == [True] * (len(checks) - 1)
    assert (checks[-1].name, checks[-1].ok) == (failing, False)
    assert advice in checks[-1].advice


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"client_secret": "no"}, "client secret"),
        ({"tenant_id": "00000000-0000-4000-8000-000000000000"}, "tenant id"),
    ],
)
def test_refused_credentials_are_told_apart(ping, wrong, advice):
    values = {**CREDENTIALS.model_dump(), "client_secret": CREDENTIALS.client_secret.get_secret_value()}
    checks = ping(type(CREDENTIALS)(**{**values, **wrong}))
    assert (checks[-1].name, checks[-1].ok) == ("login", False)
    assert advice in checks[-1].advice
