"""What leaves the ledger is listed and read from the simulator over real connections."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ml_connector.partners import load
from ml_connector.visma.outgoing import ENTITIES
from ml_connector.workflow.poll_visma import VismaPoll, poll_visma

EXAMPLE = Path(__file__).parents[3] / "examples" / "configuration"

LONG_AGO = datetime(2020, 1, 1)  # noqa: DTZ001 - Visma's times have no zone

FIRST = {
    "PurchaseOrder": ("000055", "50004"),
    "CustomerInvoice": ("003901", "10000"),
    "CustomerCreditNote": ("003903", "10000"),
    "SalesOrder": ("000851", "10000"),
    "Shipment": ("000551", "10000"),
    "SupplierPayment": ("000751", "50002"),
}


@pytest.mark.parametrize("name", ENTITIES)
def test_each_entity_is_listed_with_its_receiver_and_version(world, name):
    number, partner = FIRST[name]
    with world.client() as client:
        listed = {one.number: one for one in ENTITIES[name].changed(client, LONG_AGO)}
    found = listed[number]
    assert (found.partner, found.ready) == (partner, True)
    assert found.modified_at is not None


@pytest.mark.parametrize("name", ENTITIES)
def test_what_is_read_is_of_the_version_listed(world, name):
    number, _ = FIRST[name]
    with world.client() as client:
        (listed,) = [one for one in ENTITIES[name].changed(client, LONG_AGO) if one.number == number]
        read = ENTITIES[name].read(client, number)
    assert (read.version, read.ready) == (listed.version, True)


@pytest.mark.parametrize("name", ENTITIES)
def test_nothing_is_listed_that_did_not_change(world, name):
    with world.client() as client:
        assert not list(ENTITIES[name].changed(client, datetime(2999, 1, 1)))  # noqa: DTZ001 - as above


@pytest.mark.parametrize("name", ENTITIES)
def test_a_document_that_is_gone_is_none(world, name):
    with world.client() as client:
        assert ENTITIES[name].read(client, "no-such") is None


def test_a_sales_order_is_read_with_its_lines(world):
    with world.client() as client:
        order = ENTITIES["SalesOrder"].read(client, "000851")
    assert [line["inventoryId"] for line in order.content["orderLines"]] == ["1001", "1003"]


def test_a_shipment_is_read_with_its_customers_order_numbers(world):
    with world.client() as client:
        shipment = ENTITIES["Shipment"].read(client, "000551")
    assert shipment.content["customerOrders"] == {"000851": "HB-7781"}


def test_an_invoice_is_read_with_its_taxes(world):
    with world.client() as client:
        invoice = ENTITIES["CustomerInvoice"].read(client, "003901")
    assert [tax["vatRate"] for tax in invoice.content["taxDetails"]] == [25]


class Remembered:
    """Marks, audit trail, lease and executions of a poll, in memory."""

    def __init__(self):
        self.marks, self.states, self.started = {}, {}, []

    def read(self, name):
        return self.marks.get(name, {})

    def write(self, name, **facts):
        self.marks[name] = facts

    def state(self, item):
        return self.states.get(item)

    def record(self, item, event, *, state, **_):
        self.states.setdefault(item, {}).update(state)

    def waiting(self):
        return iter(())

    def start(self, name, given):
        self.started.append(given["document"])
        return True

    @contextmanager
    def held(self, *_):
        yield True


def test_an_invoice_leaves_once_it_is_released(world):
    kept = Remembered()
    with world.client() as client:
        poll = VismaPoll(
            client=client,
            configuration=load(EXAMPLE),
            leases=kept,
            marks=kept,
            audit=kept,
            queries=kept,
            gatherings=kept,
            start_sending=kept.start,
            remaining_seconds=lambda: 600.0,
            now=lambda: datetime.now(UTC),
        )
        poll_visma(poll)
        client.act("/v1/customerinvoice/003904/action/release")
        poll_visma(poll)
    (document,) = kept.started
    assert (document["type"], document["number"]) == ("CustomerInvoice", "003904")
    assert document["partner"] == "hardanger-bygg"
