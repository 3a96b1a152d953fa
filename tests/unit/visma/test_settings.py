"""Whose credentials a client of one company gets."""

from __future__ import annotations

import pytest

from ml_connector.errors import Misconfigured
from ml_connector.visma.settings import VismaCredentials, VismaSettings, companies_in

SECRET = {"client_id": "isv", "client_secret": "s", "tenant_id": "t-home", "tenant_id@77": "t-77"}


def test_the_home_company_has_the_plain_names():
    assert VismaCredentials.of_company(SECRET, "4242", home="4242").tenant_id == "t-home"


def test_another_company_has_its_own_tenant_and_the_same_application():
    found = VismaCredentials.of_company(SECRET, "77", home="4242")
    assert (found.tenant_id, found.client_id) == ("t-77", "isv")


def test_another_application_may_serve_a_company():
    found = VismaCredentials.of_company({**SECRET, "client_id@77": "other"}, "77", home="4242")
    assert found.client_id == "other"


def test_a_company_without_a_tenant_is_not_served():
    with pytest.raises(Misconfigured, match="Company 99 is none of those served here: 4242, 77") as raised:
        VismaCredentials.of_company(SECRET, "99", home="4242")
    assert "credentials set visma --company 99" in raised.value.advice


def test_an_emptied_tenant_is_served_no_more():
    assert companies_in({**SECRET, "tenant_id@77": ""}) == []


def test_an_impossible_setting_is_named():
    with pytest.raises(Misconfigured, match="VISMA_READ_ATTEMPTS"):
        VismaSettings.from_environment({"VISMA_READ_ATTEMPTS": "0"})
