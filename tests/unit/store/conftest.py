from __future__ import annotations

import boto3
import pytest
from tests.audit_store import aws_in_memory, create_state_table


@pytest.fixture
def aws(monkeypatch):
    with aws_in_memory(monkeypatch):
        yield boto3


@pytest.fixture
def table(aws):
    return create_state_table()
