from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.emulated import wait_until

if TYPE_CHECKING:
    from tests.integration.aws.conftest import Stack

pytestmark = pytest.mark.emulated


def test_a_schedule_fires_again_and_again_with_its_input(deployed: Stack):
    before = len(deployed.items("tick"))

    ticks = wait_until(lambda: deployed.items("tick")[before + 1 :])

    assert json.loads(ticks[0]["event"]) == {"what": "tick"}


def test_a_disabled_schedule_stays(deployed: Stack):
    client = deployed.aws.client("scheduler")
    nightly = [one for one in client.list_schedules()["Schedules"] if one["GroupName"] == "semantics"]

    assert [one["State"] for one in nightly] == ["DISABLED"]
