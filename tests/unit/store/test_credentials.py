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
    assert store.read() == {"user": "u"}
    secrets.put_secret_value(SecretId="s", SecretString='{"user": "rotated"}')
    assert store.read() == {"user": "u"}
    assert store.read(fresh=True) == {"user": "rotated"}


@pytest.mark.parametrize("text", ["{}", "[]", "not json"])
def test_an_unusable_secret_says_how_to_fill_it(secrets, text):
    secrets.create_secret(Name="s", SecretString=text)
    with pytest.raises(Misconfigured, match="ml-connector credentials set visma"):
        CredentialStore(secrets, "s", "visma").read()


def test_a_missing_secret_says_how_to_fill_it(secrets):
    with pytest.raises(Misconfigured, match="credentials set sterling"):
        CredentialStore(secrets, "absent", "sterling").read()
