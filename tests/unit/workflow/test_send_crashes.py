"""Deaths and rivals at every call of `poll_visma` and *send document*: each document leaves exactly once."""

from __future__ import annotations

from contextlib import suppress

import pytest

from ml_connector.errors import Unavailable
from ml_connector.store.audit import STATUS_AFTER

from .send_world import SendWorld

ORDERS = ("000002", "000003", "000004")


def lived(*, grouped=1, at=None, orders=ORDERS):
    """A world in which the orders were released after the first poll, and all that follows happened."""
    world = SendWorld(grouped=grouped)
    world.release("000001", -30)
    world.poll()
    for number in orders:
        world.release(number)
    world.moment, world.at = 0, at(world) if at else {}
    world.live()
    world.at = {}
    return world


def check(world, *, grouped=1, orders=ORDERS):
    delivered = world.delivered
    brought = [order for _, held in delivered for order, _ in held]
    assert sorted(brought) == sorted(orders)
    interchanges = [number for number, _ in delivered]
    assert len(set(interchanges)) == len(interchanges) == -(-len(orders) // grouped)
    messages = [number for _, held in delivered for _, number in held]
    assert len(set(messages)) == len(messages)
    for control, held in delivered:
        for order, message in held:
            state = next(
                one for one in world.trail.states.values() if one.get("number") == order and "bytes" in one
            )
            assert state["status"] == "sent", order
            assert int(state["control_number"]) == int(control)
            assert int(state["message_number"]) == int(message)
    assert all(one["status"] in ("sent", "logged") for one in world.trail.states.values())


def moments_of(**how):
    """How many moments a life has in which nothing goes wrong."""
    world = lived(**how)
    check(world, **{name: how[name] for name in ("grouped", "orders") if name in how})
    return world.moment


ONE = ("000002",)


def test_a_life_without_trouble_sends_each_document_once_with_its_numbers():
    world = lived()
    check(world)
    assert [number for number, _ in world.delivered] == ["000000001", "000000002", "000000003"]


def test_a_death_before_and_after_every_call_sends_the_document_once():
    for moment in range(moments_of(orders=ONE)):
        check(lived(orders=ONE, at=lambda world, moment=moment: {moment: world.die}), orders=ONE)


def test_two_deaths_send_the_document_once():
    count = moments_of(orders=ONE)
    for moment in range(0, count, 5):
        after = {moment: "die", moment + 7: "die", moment + 20: "die"}
        check(lived(orders=ONE, at=lambda world, after=after: dict.fromkeys(after, world.die)), orders=ONE)


def rival(world):
    """Run everything that was started once more while a step is under way; what has to wait goes on after."""
    at, world.at, world.patient = world.at, {}, False
    for name in list(world.executions):
        with suppress(Unavailable):
            world.run(name)
        world.late.append(name)
    world.at, world.patient = at, True


def test_another_execution_at_any_moment_sends_nothing_twice():
    for moment in range(0, moments_of(orders=ONE), 3):
        check(lived(orders=ONE, at=lambda world, moment=moment: {moment: lambda: rival(world)}), orders=ONE)


def test_another_poll_at_any_moment_starts_nothing_twice():
    def poll(world):
        at, world.at = world.at, {}
        world.poll()
        world.at = at

    for moment in range(0, moments_of(orders=ONE), 4):
        check(lived(orders=ONE, at=lambda world, moment=moment: {moment: lambda: poll(world)}), orders=ONE)


def test_documents_travel_together_as_many_as_the_partner_wants():
    world = lived(grouped=2)
    check(world, grouped=2)
    assert [[order for order, _ in held] for _, held in world.delivered] == [
        ["000002", "000003"],
        ["000004"],
    ]


def test_a_death_at_any_call_sends_documents_that_travel_together_once():
    for moment in range(0, moments_of(grouped=2), 5):
        check(lived(grouped=2, at=lambda world, moment=moment: {moment: world.die}), grouped=2)


def test_another_execution_at_any_moment_sends_nothing_together_twice():
    for moment in range(0, moments_of(grouped=2), 11):
        check(lived(grouped=2, at=lambda world, moment=moment: {moment: lambda: rival(world)}), grouped=2)


def test_every_event_that_was_recorded_has_a_status():
    world = lived(grouped=2)
    told = {event for _, event, *_ in world.trail.events}
    assert {"gathered", "composed", "travelled", "sent"} <= told
    assert told - set(STATUS_AFTER) <= {"fetched", "changed"}


@pytest.mark.parametrize("status", ["held", "closed"])
def test_what_a_person_stopped_does_not_travel_with_the_others(status):
    world = SendWorld(grouped=9)
    world.release("000001", -30)
    world.poll()
    for number in ORDERS:
        world.release(number)
    world.poll()
    world.run_new()
    (stopped,) = [one for one in world.trail.states.values() if one.get("number") == "000003"]
    stopped |= {"status": status, "held_because": "the buyer asked" if status == "held" else None}
    world.live()
    ((_, held),) = world.delivered
    assert [order for order, _ in held] == ["000002", "000004"]
