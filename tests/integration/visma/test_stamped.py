"""What carries our stamp is listed from the simulator, whoever it is for."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.integration.visma.world import KINDS

from ml_connector.visma.stamped import stamped_documents

ORDER, INVOICE, CREDIT_NOTE, SALES_ORDER = KINDS[:4]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_posted_documents_are_listed_with_their_stamps(world):
    posted = set()
    for kind in (ORDER, INVOICE, CREDIT_NOTE, SALES_ORDER):
        (done,) = world.run(kind.posting("STAMPED-1"), 1)
        posted.add((kind.entity, done.number, done.stamp))
    with world.client() as client:
        listed = {(one.entity, one.number, one.stamp) for one in stamped_documents(client, LONG_AGO)}
    assert posted <= listed


def test_documents_people_made_are_not_listed(world):
    rows = world.simulator.company.table("purchase_order").items()
    unstamped = {number for number, row in rows if "mlc-" not in str(row.get("customStr5"))}
    with world.client() as client:
        listed = {one.number for one in stamped_documents(client, LONG_AGO) if one.entity == "PurchaseOrder"}
    assert unstamped
    assert not listed & unstamped
