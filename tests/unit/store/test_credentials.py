from __future__ import annotations

import pytest

from ml_connector.errors import Misconfigured
from ml_connector.store.credentials import CredentialStore


@pytest.fixture
def secrets(aws):
    return aws.client("secretsmanager")


def test_credentials_are_read_and_kept(secrets):
    secrets.create_secret(Name="s", SecretString='{"user": "u"}')
    store = CredentialStore(secrets, "s", "sterling")
    assert store.read().values == {"user": "u"}
    secrets.put_secret_value(SecretId="s", SecretString='{"user": "rotated"}')
    assert store.read().values == {"user": "u"}
    store.forget()
    assert store.read().values == {"user": "rotated"}


@pytest.mark.parametrize("text", ["{}", "[]", "not json"])
def test_an_unusable_secret_says_how_to_fill_it(secrets, text):
    secrets.create_secret(Name="s", SecretString=text)
    with pytest.raises(Misconfigured, match="ml-connector credentials set visma"):
        CredentialStore(secrets, "s", "visma").read()


def test_credentials_are_read_again_after_five_minutes(secrets):
    now = [0.0]
    secrets.create_secret(Name="s", SecretString='{"user": "u"}')
    store = CredentialStore(secrets, "s", "sterling", clock=lambda: now[0])
    first = store.read()
    secrets.put_secret_value(SecretId="s", SecretString='{"user": "rotated"}')
    now[0] = 301
    assert store.read().version != first.version


def test_their_repr_shows_no_value(secrets):
    secrets.create_secret(Name="s", SecretString='{"password": "hidden"}')
    assert "hidden" not in repr(CredentialStore(secrets, "s", "sterling").read())


def test_a_missing_secret_says_how_to_fill_it(secrets):
    with pytest.raises(Misconfigured, match="credentials set sterling"):
        CredentialStore(secrets, "absent", "sterling").read()
