from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.store.fake_table import FakeTable

from ml_connector.errors import Unavailable
from ml_connector.partners.configuration import parse
from ml_connector.store.gatherings import Gatherings
from ml_connector.workflow.poll_visma import VismaPoll, change_item, document_item, poll_visma

COMPANY = 'id: "4242"\nname: Nordlys Distribusjon AS\ncountry: "NO"\ncurrency: NOK\n'
ACME = """
name: Acme Tools
roles: [supplier]
supplier: "50002"
outgoing:
  - {entity: PurchaseOrder, standard: x12, version: "004010"}
"""
START = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - Visma writes times without a zone


class Ledger:
    """Visma's list of purchase orders with its filter on the time of change."""

    def __init__(self):
        self.documents = {}
        self.asked_since = []

    def put(self, number, minute, *, supplier="50002", status="Open"):
        self.documents[number] = {
            "orderNbr": number,
            "status": status,
            "supplier": {"number": supplier},
            "lastModifiedDateTime": (START + timedelta(minutes=minute)).isoformat(timespec="milliseconds"),
        }

    def rows(self, path, params):
        assert path == "/v1/purchaseorder"
        since = datetime.fromisoformat(params["lastModifiedDateTime"])
        self.asked_since.append(since)
        for row in list(self.documents.values()):
            if datetime.fromisoformat(row["lastModifiedDateTime"]) >= since:
                yield dict(row)


class Marks:
    def __init__(self):
        self.kept = {}

    def read(self, name):
        return self.kept.get(name, {})

    def write(self, name, **facts):
        self.kept[name] = facts


class Leases:
    def __init__(self):
        self.taken = False

    @contextmanager
    def held(self, name, seconds):
        yield not self.taken


class World:
    """A poll and all it works with; ``crash_at`` makes its n-th call to anything else fail."""

    def __init__(self, audit, starter, *, partners=None, sends=""):
        self.ledger, self.marks, self.leases = Ledger(), Marks(), Leases()
        self.audit, self.starter = audit, starter
        files = {"company.yaml": COMPANY + sends, "partners/acme.yaml": ACME, **(partners or {})}
        self.configuration = parse(files)
        self.remaining, self.read_at_once = lambda: 600.0, 50
        self.calls, self.crash_at, self.after = 0, 0, False

    def poll(self):
        return poll_visma(
            VismaPoll(
                client=_Calling(self, self.ledger),
                configuration=self.configuration,
                leases=self.leases,
                marks=_Calling(self, self.marks),
                audit=_Calling(self, self.audit),
                queries=_Calling(self, self.audit),
                gatherings=Gatherings(FakeTable()),
                start_sending=lambda name, given: self.call(self.starter, name, given),
                remaining_seconds=self.remaining,
                now=lambda: START.replace(tzinfo=UTC),
                read_at_once=self.read_at_once,
            )
        )

    def call(self, function, *args, **named):
        self.calls += 1
        crash = self.calls == self.crash_at
        if crash and not self.after:
            raise Unavailable("Crashed before the call.")
        result = function(*args, **named)
        if crash:
            raise Unavailable("Crashed after the call.")
        return result

    @property
    def sent(self):
        return sorted(given["document"]["number"] for given in self.starter.started.values())


class _Calling:
    def __init__(self, world, inner):
        self._world, self._inner = world, inner

    def __getattr__(self, name):
        return lambda *args, **named: self._world.call(getattr(self._inner, name), *args, **named)


@pytest.fixture
def world(audit, starter):
    world = World(audit, starter)
    world.ledger.put("000001", -30)
    world.poll()
    return world


def test_what_was_there_before_the_first_poll_is_not_sent(world):
    assert world.poll() == {}
    assert world.sent == []


def test_an_empty_ledger_begins_at_our_own_clock_less_every_zone(audit, starter):
    world = World(audit, starter)
    world.poll()
    world.ledger.put("000002", 1)
    assert world.poll()["started"] == 1


def test_a_new_document_starts_one_execution_and_is_announced(world, audit):
    world.ledger.put("000002", 1)
    assert world.poll() == {"changed": 1.0, "started": 1.0}
    item = document_item("PurchaseOrder", "000002")
    (given,) = world.starter.started.values()
    assert given == {
        "document": {
            "id": item,
            "direction": "out",
            "type": "PurchaseOrder",
            "number": "000002",
            "partner": "acme",
        }
    }
    assert audit.of(item) == ["received"]
    assert audit.state(item)["version"] == "2026-03-02T09:01:00.000"


def test_a_poll_reaches_back_behind_the_watermark(world):
    world.ledger.put("000002", 5)
    world.poll()
    world.poll()
    assert world.ledger.asked_since[-1] == START + timedelta(minutes=5) - timedelta(minutes=10)


def test_a_document_that_shows_up_late_within_the_overlap_is_sent(world):
    world.ledger.put("000002", 5)
    world.poll()
    world.ledger.put("000003", 4)
    assert world.poll()["started"] == 1
    assert world.sent == ["000002", "000003"]


def test_what_is_seen_again_starts_nothing_and_records_nothing(world, audit):
    world.ledger.put("000002", 1)
    world.poll()
    recorded = len(audit.events)
    assert world.poll() == {"changed": 1.0}
    assert len(audit.events) == recorded


def test_a_change_after_sending_is_a_version_of_its_own_that_follows_the_one_before(world, audit, origin):
    world.ledger.put("000002", 1)
    world.poll()
    item = document_item("PurchaseOrder", "000002")
    audit.record(item, "sent", origin=origin)
    world.ledger.put("000002", 2)
    assert world.poll() == {"changed": 1.0, "started": 1.0, "changed_after_sending": 1.0}
    change = change_item("PurchaseOrder", "000002", "2026-03-02T09:02:00.000")
    assert audit.of(item) == ["received", "sent", "changed"]
    assert audit.state(change)["follows"] == item
    *_, given = world.starter.started.values()
    assert (given["document"]["id"], given["document"]["follows"]) == (change, item)
    assert world.poll() == {"changed": 1.0}


def test_a_document_voided_after_sending_is_a_change_and_one_never_sent_is_left(world, audit, origin):
    world.ledger.put("000002", 1)
    world.poll()
    audit.record(document_item("PurchaseOrder", "000002"), "sent", origin=origin)
    world.ledger.put("000002", 2, status="Cancelled")
    world.ledger.put("000003", 2, status="Cancelled")
    assert world.poll()["changed_after_sending"] == 1
    assert world.sent == ["000002", "000002"]


def test_a_change_of_what_stopped_before_it_was_formatted_waits_for_its_replay(world, audit, origin):
    world.ledger.put("000002", 1)
    world.poll()
    item = document_item("PurchaseOrder", "000002")
    audit.record(item, "held", origin=origin)
    world.ledger.put("000002", 2)
    world.poll()
    assert "a replay sends it" in audit.state(item)["note"]
    assert world.poll() == {"changed": 1.0}
    assert world.sent == ["000002"]


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_sends_each_change_once(after, audit, starter, origin):
    for crash_at in range(1, 14):
        world = World(type(audit)(), type(starter)())
        world.ledger.put("000001", -30)
        world.poll()
        world.ledger.put("000002", 1)
        world.poll()
        item = document_item("PurchaseOrder", "000002")
        world.audit.record(item, "sent", origin=origin)
        world.ledger.put("000002", 2)
        world.crash_at, world.after = world.calls + crash_at, after
        with suppress(Unavailable):
            world.poll()
        world.ledger.put("000002", 3)
        with suppress(Unavailable):
            world.poll()
        world.poll()
        latest = world.audit.state(item)["latest"]
        chain = [latest]
        while world.audit.state(chain[-1]).get("follows"):
            chain.append(world.audit.state(chain[-1])["follows"])
        started = [given["document"]["id"] for given in world.starter.started.values()]
        assert sorted(started) == sorted(chain), crash_at
        assert chain[-1] == item


def test_a_change_between_announcing_and_starting_does_not_lose_the_document(world):
    world.ledger.put("000002", 1)
    world.crash_at = world.calls + 5  # the start, after mark, rows, state and record
    with pytest.raises(Unavailable):
        world.poll()
    assert world.sent == []
    world.ledger.put("000002", 2)
    world.poll()
    assert world.sent == ["000002"]


def test_what_a_shifting_list_skipped_is_found_in_the_same_poll(world):
    """The list is in order of change: one that changes moves to its end, and the others move up a page."""
    for number, minute in (("000002", 1), ("000003", 2), ("000004", 25)):
        world.ledger.put(number, minute)
    complete, calls = world.ledger.rows, []

    def rows(path, params):
        calls.append(path)
        if len(calls) > 1:
            yield from complete(path, params)
            return
        yield from [row for row in complete(path, params) if row["orderNbr"] != "000004"]
        world.ledger.put("000002", 60)
        yield dict(world.ledger.documents["000002"])

    world.ledger.rows, world.read_at_once = rows, 2
    world.poll()
    assert "000004" in world.sent
    assert world.marks.kept["changed-PurchaseOrder"]["at"] == (START + timedelta(minutes=60)).isoformat()


@pytest.mark.parametrize("minute", [-30, -31])
def test_what_shows_up_late_in_the_moment_polls_began_is_sent(world, minute):
    world.ledger.put("000002", minute)
    world.poll()
    assert world.sent == ["000002"]


@pytest.mark.parametrize(("supplier", "status"), [("50009", "Open"), ("50002", "Hold"), ("", "Open")])
def test_what_nobody_gets_or_is_not_ready_is_left(world, supplier, status):
    world.ledger.put("000002", 1, supplier=supplier, status=status)
    assert world.poll() == {"changed": 1.0}
    assert world.sent == []


def test_a_document_is_sent_once_it_is_ready(world):
    world.ledger.put("000002", 1, status="Hold")
    world.poll()
    world.ledger.put("000002", 3)
    world.poll()
    assert world.sent == ["000002"]


def test_without_partners_that_get_anything_visma_is_not_asked(audit, starter):
    world = World(audit, starter, partners={"partners/acme.yaml": ACME.split("outgoing", maxsplit=1)[0]})
    assert world.poll() == {}
    assert world.ledger.asked_since == []


def test_a_second_poll_at_the_same_time_does_nothing(world):
    world.leases.taken = True
    assert world.poll() == {"lease_contended": 1.0}


def test_when_time_runs_out_the_watermark_stays(world):
    world.ledger.put("000002", 1)
    world.ledger.put("000003", 2)
    marks = dict(world.marks.kept)
    times = iter([600.0, 600.0, 5.0])
    world.remaining = lambda: next(times)
    world.poll()
    assert world.marks.kept == marks
    world.remaining = lambda: 600.0
    world.poll()
    assert world.sent == ["000002", "000003"]


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_sends_each_document_once(after, audit, starter):
    most = 20
    for crash_at in range(1, most):
        world = World(type(audit)(), type(starter)())
        world.ledger.put("000001", -30)
        world.poll()
        world.ledger.put("000002", 1)
        world.ledger.put("000003", 2)
        world.crash_at, world.after = world.calls + crash_at, after
        try:
            world.poll()
        except Unavailable:
            world.poll()
        assert world.sent == ["000002", "000003"], crash_at
        for number in ("000002", "000003"):
            assert world.audit.of(document_item("PurchaseOrder", number)) == ["received"], crash_at


@pytest.mark.parametrize(
    ("sends", "sent"),
    [
        ("", ["000002"]),
        ("sends: [{entity: PurchaseOrder}]", ["000002"]),
        ("sends: [{entity: PurchaseOrder, statuses: [PendingEmail]}]", ["000003"]),
        ("sends: [{entity: CustomerInvoice}]", []),
    ],
)
def test_the_company_chooses_what_is_sent_and_in_which_status(audit, starter, sends, sent):
    world = World(audit, starter, sends=sends)
    world.poll()
    world.ledger.put("000002", 1)
    world.ledger.put("000003", 1, status="PendingEmail")
    world.poll()
    assert world.sent == sent
