"""An order change waits for its order, and for the change before it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ml_connector.errors import Held, Unavailable
from ml_connector.workflow.precedence import wait_for_predecessors


def state(item, status, *, at="2026-03-02T10:00:00Z", kind="order", **other):
    common = {"kind": "document", "direction": "in", "partner": "acme", "document_type": kind}
    return common | {"item": item, "status": status, "created_at": at} | other


CHANGE = state("change", "processing", at="2026-03-02T10:05:00Z", kind="order_change")


class Queries:
    def __init__(self, *states):
        self.states = states

    def state(self, item):
        return next((one for one in self.states if one["item"] == item), None)

    def by_number(self, number):
        return [one for one in self.states if number == "PO-1"]


def look(*others, document_type="order_change", own=CHANGE):
    document = SimpleNamespace(document_type=document_type, number="PO-1")
    return wait_for_predecessors(own["item"], document, Queries(*others, own))


@pytest.mark.parametrize("status", ["received", "processing", "waiting"])
def test_a_change_waits_while_its_order_is_on_its_way(status):
    with pytest.raises(Unavailable, match="order-1 came before"):
        look(state("order-1", status))


def test_a_change_waits_for_an_order_that_was_not_parsed_yet():
    with pytest.raises(Unavailable):
        look(state("order-1", "received", document_type="order"))


@pytest.mark.parametrize("status", ["failed", "held"])
def test_a_change_of_a_stopped_order_is_for_a_person(status):
    with pytest.raises(Held, match="order-1 came before"):
        look(state("order-1", status))


def test_a_change_waits_for_an_order_that_failed_in_an_outage():
    """One replay of all that failed then starts both, and the change still follows."""
    with pytest.raises(Unavailable, match="not in Visma yet"):
        look(state("order-1", "failed", error="Unavailable"))


def test_a_change_passes_once_its_order_is_posted():
    assert look(state("order-1", "posted")) is None


def test_the_second_change_waits_for_the_first():
    with pytest.raises(Unavailable):
        look(state("order-1", "posted"), state("change-0", "waiting", kind="order_change"))


def test_two_that_came_together_do_not_wait_for_each_other():
    other = state("another", "processing", at=CHANGE["created_at"], kind="order_change")
    with pytest.raises(Unavailable):
        look(other)
    assert look(CHANGE, own=other) is None


@pytest.mark.parametrize(
    "stranger",
    [
        state("order-1", "processing", partner="other"),
        state("order-1", "processing", direction="out"),
        state("invoice", "processing", kind="invoice"),
        state("later", "processing", at="2026-03-02T11:00:00Z"),
    ],
)
def test_what_is_no_earlier_order_of_the_partner_holds_nothing_up(stranger):
    assert look(stranger) is None


def test_an_order_waits_for_nothing():
    assert look(state("order-0", "processing"), document_type="order") is None
