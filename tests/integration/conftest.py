from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests import emulated

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST_ONLY = {"HOST_SECRET_PROBE": "leaked", "AWS_SECRET_ACCESS_KEY": "leaked", "AWS_SESSION_TOKEN": "leaked"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of the emulated endpoint in one worker: each worker would start another."""
    for item in items:
        if item.get_closest_marker("emulated"):
            item.add_marker(pytest.mark.xdist_group("emulated"))


@pytest.fixture(scope="session")
def emulated_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[emulated.EmulatedAws]:
    """An embedded AWS endpoint for the session, on which a minute of a schedule lasts two seconds."""
    variables = {"SCHEDULE_SECONDS_PER_MINUTE": "2", "ML_CONNECTOR_CHECKPOINT_SECONDS": "0.5", **HOST_ONLY}
    with emulated.emulated_aws(tmp_path_factory.mktemp("aws"), variables) as endpoint:
        yield endpoint
