from __future__ import annotations

from pathlib import Path

import pytest

from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.partners import load

EXAMPLE = Path(__file__).parents[3] / "examples" / "configuration"


@pytest.fixture(scope="session")
def example():
    return load(EXAMPLE)


@pytest.fixture(scope="session")
def ledger(example):
    return snapshot_of(example)
