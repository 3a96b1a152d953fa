from __future__ import annotations

import itertools

import pytest
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from moto import mock_aws
from tests.integration.visma.world import MemoryTable, World, state_table

_NAMES = (f"State{n}" for n in itertools.count())


@pytest.fixture(scope="module")
def server():
    with VismaServer(Simulator()) as running:
        yield running


@pytest.fixture(scope="module")
def aws():
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        with mock_aws():
            yield


@pytest.fixture
def make_world(server):
    return lambda: World(server, MemoryTable())


@pytest.fixture
def make_stored_world(server, aws):
    return lambda: World(server, state_table(next(_NAMES)))


@pytest.fixture
def world(make_world):
    return make_world()
