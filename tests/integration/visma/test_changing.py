from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from local.visma.faults import FaultPlan, Rule
from tests.integration.visma.world import FAULT_SECONDS

from ml_connector.errors import ConnectorError, Held, Rejected
from ml_connector.store.ledger import BusinessKey
from ml_connector.visma import Posting
from ml_connector.visma.changing import ENTITY, change_purchase_order
from ml_connector.visma.models.purchase_order import PurchaseOrderLine
from ml_connector.visma.models.purchase_order_change import PurchaseOrderChange

ORDER = "000052"
PATH = f"/v1/purchaseorder/{ORDER}"


def change(quantity, sequence="1", order=ORDER, **more):
    lines = (
        PurchaseOrderLine(operation="Update", line_number=2, order_qty=Decimal(quantity)),
        PurchaseOrderLine(inventory="1005", uom="EA", order_qty=Decimal(1), unit_cost=Decimal(600)),
    )
    body = PurchaseOrderChange(order_number=order, custom_str4=sequence, lines=lines, **more)
    key = BusinessKey("4242", ENTITY, "nordlys-hub", order, f"change {sequence}")
    return Posting(key, f"d-{sequence}", "0" * 64, body)


@pytest.fixture
def standing(world):
    def read():
        with world.client() as client:
            return client.get(PATH, {"includeCustomFreeFields": True}).body

    return read


def test_a_change_updates_and_adds_and_leaves_the_rest(world, standing):
    before = standing()
    with world.client() as client:
        posted = change_purchase_order(client, change(120))
    order = standing()
    assert (posted.number, posted.repeated) == (ORDER, False)
    assert [line["orderQty"] for line in order["lines"]] == [6, 120, 1]
    assert (order["date"], order["hold"], order["lines"][0]) == (
        before["date"], before["hold"], before["lines"][0],
    )  # fmt: skip
    assert order["customStr4"] == f"{posted.stamp} 1"


def test_the_same_change_again_changes_nothing(world, standing):
    for expected in (False, True):
        with world.client() as client:
            assert change_purchase_order(client, change(120)).repeated is expected
    assert len(standing()["lines"]) == 3


@pytest.mark.parametrize(
    "kind", ["cut_after", "cut_before", "cut_late", "error_after", "error", "background", "slow_body"]
)
def test_whatever_fails_in_between_it_is_applied_once(world, standing, kind):
    world.lose_patience()
    world.simulator.faults = FaultPlan(
        [Rule(kind, method="PUT", path=PATH, seconds=FAULT_SECONDS.get(kind, 0.0))]
    )
    for _ in range(4):
        try:
            with world.client() as client:
                change_purchase_order(client, change(120))
        except ConnectorError:
            assert world.simulator.journal.wait_idle(5)
            continue
        break
    assert [line["orderQty"] for line in standing()["lines"]] == [6, 120, 1]


def test_an_older_change_after_a_newer_is_held(world, standing):
    with world.client() as client:
        change_purchase_order(client, change(120, "3"))
        with pytest.raises(Held, match="change 2 of order 000052, which has change 3 already"):
            change_purchase_order(client, change(90, "2"))
    assert standing()["lines"][1]["orderQty"] == 120


def test_changes_without_sequence_follow_each_other_as_they_come(world, standing):
    with world.client() as client:
        for quantity in (120, 90):
            posting = change(quantity, None)
            change_purchase_order(
                client, replace(posting, key=replace(posting.key, kind=f"change {quantity}"))
            )
    assert standing()["lines"][1]["orderQty"] == 90


def test_an_order_that_is_not_there_is_rejected(world):
    with world.client() as client, pytest.raises(Rejected, match="no purchase order 999999"):
        change_purchase_order(client, change(1, order="999999"))


def test_what_somebody_changed_meanwhile_stays_and_the_change_is_applied_to_it(world, standing):
    def beaten(path, body, *, etag=""):
        if not versions:
            with world.client() as other:
                other.change(PATH, {"note": {"value": "theirs"}})
        versions.append(etag)
        return send(path, body, etag=etag)

    versions = []
    with world.client() as client:
        send, client.change = client.change, beaten
        assert not change_purchase_order(client, change(120)).repeated
    order = standing()
    assert len(set(versions)) == 2
    assert (order["note"], order["lines"][1]["orderQty"]) == ("theirs", 120)
