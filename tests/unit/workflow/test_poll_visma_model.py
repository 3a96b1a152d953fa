"""Random life of the simulated ledger while it is polled: what changed is sent, and nothing starts twice.

The simulator's own lists are paged by two. Between any two pages documents are made, changed, voided and put
on hold, several in one moment of a clock that may be coarse, and the list is in any order: Visma names none,
and orders by time of change let what is read shift from page to page.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from local.visma import purchasing  # noqa: F401 - it serves the list
from local.visma.company import Company, load_data
from local.visma.routing import ROUTES, Request
from local.visma.seed import seed
from tests.unit.store.fake_table import FakeTable
from tests.unit.workflow.conftest import FakeAudit

from ml_connector.partners.configuration import parse
from ml_connector.store.gatherings import Gatherings
from ml_connector.visma.paging import read_pages
from ml_connector.workflow.poll_visma import VismaPoll, document_item, poll_visma

FILES = {
    "company.yaml": 'id: "4242"\nname: Nordlys\ncountry: "NO"\ncurrency: NOK\n',
    "partners/acme.yaml": (
        'name: Acme\nroles: [supplier]\nsupplier: "50002"\n'
        'outgoing:\n  - {entity: PurchaseOrder, standard: x12, version: "004010"}\n'
    ),
}
PAGE = 2
ORDERS = {
    "by key": lambda row: row["orderNbr"],
    "oldest first": lambda row: (row["lastModifiedDateTime"], row["orderNbr"]),
    "newest first": lambda row: (-datetime.fromisoformat(row["lastModifiedDateTime"]).timestamp(),),
}
NUMBERS = st.integers(1, 9).map(lambda number: f"{number:06d}")
# Some time passes between two changes: none, a moment, or more than a poll reaches back.
PAUSES = st.sampled_from([0, 0, 1, 90, 700])
ACTS = st.tuples(NUMBERS, st.sampled_from(["Open", "Open", "Hold", "Cancelled"]), PAUSES)


class Polling(RuleBasedStateMachine):
    """The ledger's purchase orders, polled by one connector."""

    @initialize(order=st.sampled_from(sorted(ORDERS)), coarse=st.booleans(), there=st.lists(ACTS, max_size=5))
    def begin(self, order, coarse, there):
        self.time, self.coarse = datetime(2026, 3, 2, 9, tzinfo=UTC), coarse
        self.company = Company(load_data(), clock=self.clock)
        seed(self.company)
        self.order, self.pending, self.marks = ORDERS[order], [], {}
        self.audit, self.executions = FakeAudit(), {}
        self.configuration = parse(FILES)
        for act in there:
            self.act(*act)
        self.before = {number: row["timeStamp"] for number, row in self.table.items()}
        self.poll()
        assert not self.executions

    def clock(self):
        return self.time.replace(second=0, microsecond=0) if self.coarse else self.time

    @property
    def table(self):
        return self.company.table("purchase_order")

    def act(self, number, status, seconds):
        """A person, or a post of our own, writes an order; time passes, or not at all."""
        self.time += timedelta(seconds=seconds)
        row = self.table.get(number) or {"orderNbr": number, "supplier": {"number": "50002"}, "lines": []}
        self.company.save("purchase_order", number, row | {"status": status})

    @rule(act=ACTS)
    def change(self, act):
        self.act(*act)

    @rule(acts=st.lists(ACTS, min_size=1, max_size=4))
    def poll_while_it_changes(self, acts):
        self.pending = list(acts)
        self.poll()
        while self.pending:
            self.act(*self.pending.pop(0))

    @rule()
    def poll(self):
        poll_visma(
            VismaPoll(
                client=SimpleNamespace(rows=self.rows),
                configuration=self.configuration,
                leases=SimpleNamespace(held=_ours),
                marks=SimpleNamespace(read=lambda name: self.marks.get(name, {}), write=self.write),
                audit=self.audit,
                queries=self.audit,
                gatherings=Gatherings(FakeTable()),
                start_sending=self.start,
                remaining_seconds=lambda: 600.0,
                now=lambda: self.time,
                read_at_once=PAGE,
            )
        )

    @invariant()
    def nothing_started_twice(self):
        started = [given["document"]["id"] for given in getattr(self, "executions", {}).values()]
        assert len(started) == len(set(started))

    def teardown(self):
        if not hasattr(self, "executions"):
            return
        self.time += timedelta(minutes=1)
        self.poll()
        for number, row in self.table.items():
            changed = self.before.get(number) != row["timeStamp"]
            if changed and row["status"] == "Open":
                self.was_sent_as_it_is(number, row)

    def was_sent_as_it_is(self, number, row):
        state = self.audit.state(document_item("PurchaseOrder", number))
        assert state is not None, number
        latest = self.audit.state(state.get("latest") or state["item"])
        unread = not latest.get("fetched") and latest["status"] == "received"
        assert unread or latest["version"] == _version(row)
        assert latest["item"] in {given["document"]["id"] for given in self.executions.values()}

    # What the poll works with

    def rows(self, path, params):
        query = {name.lower(): value for name, value in params.items()}

        def read(page):
            if self.pending:
                self.act(*self.pending.pop(0))
            self.company.tables["purchase_order"] = dict(
                sorted(self.table.items(), key=lambda item: self.order(item[1]))
            )
            asked = {**query, **{name.lower(): str(value) for name, value in page.items()}}
            return _serve(self.company, Request("GET", path, asked)).body

        for rows in read_pages(read, PAGE):
            yield from rows

    def write(self, name, **facts):
        self.marks[name] = facts

    def start(self, name, given):
        """Every other document is sent at once, so that some changes come before and some after sending."""
        if name in self.executions:
            return False
        self.executions[name] = given
        document = given["document"]
        if int(document["number"]) % 2:
            version = _version(self.table[document["number"]])
            self.audit.states[document["id"]] |= {
                "version": version,
                "fetched": {"key": "k"},
                "bytes": {"key": "b"},
                "status": "sent",
            }
        return True


def _version(row):
    return f"{row['lastModifiedDateTime']}#{row['timeStamp']}"


@contextmanager
def _ours(*_):
    yield True


def _serve(company, request):
    route, _ = ROUTES.find("GET", request.path)
    return route.serve(company, request)


TestPolling = Polling.TestCase
TestPolling.settings = settings(max_examples=20, stateful_step_count=10, deadline=None)
