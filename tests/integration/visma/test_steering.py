"""What the simulator is steered with where Visma's API has no way."""

from __future__ import annotations

import json

import pytest
from local.visma.routing import Request
from local.visma.simulator import Simulator


@pytest.mark.parametrize(
    ("table", "number", "status"),
    [
        ("shipment", "000553", "Confirmed"),
        ("sales_order", "000853", "Open"),
        ("supplier_payment", "000752", "Closed"),
    ],
)
def test_a_status_set_on_screen_is_a_change_that_polls_see(table, number, status):
    simulator = Simulator()
    row = simulator.company.row(table, number)
    before, version = row["status"], row["timeStamp"]
    path = f"/_control/status/{table}/{number}"
    answer = simulator.answer(Request("PUT", path, {}, {}, json.dumps(status).encode()))
    assert answer.status == 204
    assert (before != status, row["status"]) == (True, status)
    assert row["timeStamp"] != version
    assert row.get("lastModified", row["lastModifiedDateTime"]) == row["lastModifiedDateTime"]
