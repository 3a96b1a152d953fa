from __future__ import annotations

from dataclasses import dataclass, field
from itertools import permutations
from types import SimpleNamespace

import pytest

from ml_connector.errors import Held, Unavailable
from ml_connector.store.ledger import BusinessKey
from ml_connector.workflow.claiming import keep_alone, map_alone

ORDERED = 6


@dataclass
class Claims:
    """The claims of documents, as the store keeps them; ``stopped`` are those not on their way."""

    owners: dict = field(default_factory=dict)
    stopped: set = field(default_factory=set)

    def take(self, company, orders, document):
        taken = [order for order in sorted(orders) if self.owners.get(order) != document]
        for order in taken:
            if self.owners.get(order, document) not in {document, *self.stopped}:
                raise Unavailable(f"{order} is another's")
        self.owners.update(dict.fromkeys(taken, document))
        return bool(taken)

    def keep(self, company, orders, document):
        return next((order for order in orders if self.owners.get(order) != document), "")

    def give_back(self, company, orders, document):
        for order in orders:
            if self.owners.get(order) == document:
                del self.owners[order]


@dataclass
class Invoice:
    """An invoice over some pieces of the one order, whose open quantity stands in Visma."""

    name: str
    quantity: int
    world: World
    mapped: int | None = None

    def map(self):
        def once():
            self.world.reads += 1
            fits = self.quantity <= ORDERED - sum(self.world.posted.values())
            orders = ("PO1",) if fits else ()
            return SimpleNamespace(linked_orders=orders, company="1", linked=self.quantity if fits else 0)

        self.mapped = map_alone(once, self.world.claims, self.name).linked

    def post(self):
        posting = SimpleNamespace(
            key=BusinessKey("1", "SupplierInvoice", "p", self.name), document_id=self.name
        )
        orders = ["PO1"] if self.mapped else []
        keep_alone(self.world.claims, posting, orders, self.world)
        self.world.posted[self.name] = self.mapped
        self.world.claims.give_back("1", orders, self.name)

    def run(self, step):
        """Run a step as the state machine would, which begins it again later when it can't go on."""
        steps = {"map": self.map, "post": self.post}
        if step == "post" and self.mapped is None:
            return
        try:
            steps[step]()
        except (Unavailable, Held):
            self.world.again.append((self, step))


@dataclass
class World:
    claims: Claims = field(default_factory=Claims)
    posted: dict = field(default_factory=dict)
    again: list = field(default_factory=list)
    reads: int = 0

    def read(self, key):
        return None


def test_however_two_invoices_interleave_no_more_is_linked_than_was_ordered():
    steps = [("a", "map"), ("a", "post"), ("b", "map"), ("b", "post")]
    orders = [
        order for order in permutations(steps)
        if order.index(steps[0]) < order.index(steps[1]) and order.index(steps[2]) < order.index(steps[3])
    ]  # fmt: skip
    for order in orders:
        world = World()
        invoices = {"a": Invoice("a", 4, world), "b": Invoice("b", 4, world)}
        for name, step in order:
            invoices[name].run(step)
        for invoice in invoices.values():
            if invoice.name not in world.posted:
                invoice.run("map")
                invoice.run("post")
        assert sorted(world.posted.values()) == [0, 4], order


def test_without_claims_both_would_be_given_the_same_pieces():
    world = World(claims=None)
    first, second = Invoice("a", 4, world), Invoice("b", 4, world)
    first.map()
    second.map()
    assert first.mapped + second.mapped > ORDERED


def test_what_was_claimed_anew_is_matched_again_and_what_was_ours_is_not():
    world = World()
    invoice = Invoice("a", 4, world)
    invoice.map()
    assert world.reads == 2
    invoice.map()
    assert world.reads == 3


def test_an_exception_claims_nothing():
    world = World()
    Invoice("a", 7, world).map()
    assert world.claims.owners == {}


def test_an_invoice_that_lost_its_order_while_it_was_stopped_is_held_to_be_matched_anew():
    world = World()
    first, second = Invoice("a", 4, world), Invoice("b", 4, world)
    first.map()
    world.claims.stopped.add("a")
    second.map()
    posting = SimpleNamespace(key=BusinessKey("1", "SupplierInvoice", "p", "a"), document_id="a")
    with pytest.raises(Held, match="replay a"):
        keep_alone(world.claims, posting, ["PO1"], world)


@pytest.mark.parametrize("record", [{"doubtful": True, "number": ""}, {"doubtful": False, "number": "1"}])
def test_one_that_may_be_posted_already_goes_on_to_be_looked_up(record):
    posting = SimpleNamespace(key=BusinessKey("1", "SupplierInvoice", "p", "a"), document_id="a")
    ledger = SimpleNamespace(read=lambda _: SimpleNamespace(**record))
    assert keep_alone(Claims(), posting, ["PO1"], ledger) is None


def test_orders_that_change_with_every_look_are_left_for_later():
    numbers = iter(range(100))
    claims = Claims()

    def once():
        return SimpleNamespace(linked_orders=(f"PO{next(numbers)}",), company="1")

    with pytest.raises(Unavailable, match="change all the time"):
        map_alone(once, claims, "a")
    assert claims.owners == {}
