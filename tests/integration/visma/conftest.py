from __future__ import annotations

import itertools

import pytest
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from tests.audit_store import aws_in_memory, create_state_table
from tests.integration.visma.world import MemoryTable, World

_NAMES = (f"State{n}" for n in itertools.count())


@pytest.fixture(scope="module")
def server():
    with VismaServer(Simulator()) as running:
        yield running


@pytest.fixture(scope="module")
def aws():
    with pytest.MonkeyPatch.context() as environment, aws_in_memory(environment):
        yield


@pytest.fixture
def make_world(server):
    return lambda: World(server, MemoryTable())


@pytest.fixture
def make_stored_world(server, aws):
    return lambda: World(server, create_state_table(next(_NAMES)))


@pytest.fixture
def world(make_world):
    return make_world()
