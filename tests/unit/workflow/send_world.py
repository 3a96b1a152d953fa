"""A whole *send document* in one process: Visma, the stores, Step Functions and Sterling, each call watched.

A step that dies is entered again with the same input, as Step Functions does. At any moment, before or after
any call, the process may die or something else may happen.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

from boto3.dynamodb.conditions import Attr
from tests.unit.store.fake_table import FakeTable
from tests.unit.workflow.outbound_documents import COMPANY, Codes
from tests.unit.workflow.sterling_world import Died, FakeRaw, World

from ml_connector.edi import read_interchanges
from ml_connector.errors import ConnectorError
from ml_connector.partners.configuration import parse
from ml_connector.store.audit import STATUS_AFTER, Origin
from ml_connector.store.control_numbers import ControlNumberStore
from ml_connector.store.gatherings import Gatherings
from ml_connector.store.leases import Leases
from ml_connector.store.outbox import Outbox
from ml_connector.store.watermarks import Marks
from ml_connector.visma.client import Fetched
from ml_connector.workflow.fetch_document import Fetching, fetch_document
from ml_connector.workflow.format_document import Formatting, format_document
from ml_connector.workflow.poll_visma import VismaPoll, document_item, poll_visma
from ml_connector.workflow.send_document import Sending, send_document
from ml_connector.workflow.send_to_sterling import SendPorts, send_to_sterling

MAILBOX = "/acme/Outbox"
PARTNER = """
name: Acme Tools
roles: [supplier]
supplier: "50002"
identities:
  - {standard: x12, qualifier: ZZ, id: ACME}
mailboxes: {outbound: /acme/Outbox}
outgoing:
  - {entity: PurchaseOrder, standard: x12, version: "004010"GROUPED}
"""
LINE = {"lineNbr": 1, "inventory": {"number": "1001"}, "uom": "EA", "orderQty": 10, "unitCost": 895.5}
_MOST_TRIES = 12


class CountingTable(FakeTable):
    """The table with the two updates that counters make."""

    def update_item(self, *, Key, UpdateExpression, ConditionExpression, ExpressionAttributeValues, **_):  # noqa: N803 - boto3's names
        self._watch("update")
        values, key = ExpressionAttributeValues, (Key["pk"], Key["sk"])
        drawn = self.items.get(key, {}).get("drawn")
        if UpdateExpression.startswith("ADD"):
            fresh = drawn is None and "attribute_not_exists" in ConditionExpression
            holds = fresh or (drawn is not None and values[":before"] <= drawn < values[":last"])
            after = (drawn or 0) + values[":one"]
        else:
            holds = drawn is None or drawn == values[":seen"]
            after = values[":first"]
        self._check(key, None if holds else Attr("no such attribute").exists())
        self.items[key] = {**Key, "drawn": after}
        self._watch("updated")
        return {"Attributes": {"drawn": after}}

    def put_item(self, *, Item, ConditionExpression=None):  # noqa: N803 - boto3's names
        if ConditionExpression == "attribute_not_exists(pk)":
            ConditionExpression = Attr("pk").not_exists()  # noqa: N806 - boto3's name
        super().put_item(Item=Item, ConditionExpression=ConditionExpression)


class Raw(FakeRaw):
    """Objects that are read whole, too."""

    def put(self, key, content, *, metadata=None):
        return super().put(key, content, metadata=metadata or {})

    def get(self, ref):
        self._watch("s3 get")
        return self.open(ref).read()


class Trail:
    """The audit trail: events once for each visit of a step, and a state that only moves forward."""

    def __init__(self, watch, clock):
        self.events, self.states, self._watch, self._clock = [], {}, watch, clock

    def record(self, item, event, *, origin, state=None, numbers=None, facts=None, first=False, at=None):
        self._watch("record")
        key = (item, event, origin.token)
        new = key not in {entry[:3] for entry in self.events}
        now = at or self._clock()
        known = self.states.get(item)
        if new:
            self.events.append((*key, facts))
        if new and not (known and (first or now < known["at"])):
            status = {"status": STATUS_AFTER[event]} if event in STATUS_AFTER else {}
            fields = {**status, **(state or {}), "last_event": event, "at": now}
            self.states.setdefault(item, {"item": item}).update(fields)
        self._watch("recorded")
        return new

    def state(self, item):
        self._watch("state")
        return self.states.get(item)

    def of(self, item):
        return [event for one, event, *_ in self.events if one == item]


class SendWorld(World):
    """One installation with purchase orders that one partner gets, several together where ``grouped``."""

    def __init__(self, *, grouped: int = 1, version=None):
        super().__init__()
        self.table, self.raw = CountingTable(self.watch), Raw(self.watch)
        self.trail = Trail(self.watch, self.tick)
        self.state.create_mailbox(MAILBOX)
        self.rows, self._ticks = {}, 0
        more = f", documents_per_interchange: {grouped}" if grouped > 1 else ""
        partner = PARTNER.replace("GROUPED", more)
        self.configuration = parse({"company.yaml": COMPANY, "partners/acme.yaml": partner})
        self.late: list[str] = []
        self.patient = True
        self.ran: set[str] = set()

    def tick(self):
        """A moment of the audit trail's; each is later than the one before."""
        return datetime.now(UTC) + timedelta(microseconds=self._tick())

    def _tick(self):
        self._ticks += 1
        return self._ticks

    # Visma

    def release(self, number, minute=1, **changes):
        moment = datetime(2026, 3, 2, 9) + timedelta(minutes=minute)  # noqa: DTZ001 - Visma's have no zone
        self.rows[number] = {
            "orderNbr": number,
            "status": "Open",
            "supplier": {"number": "50002", "name": "Acme"},
            "date": "2026-03-02T00:00:00",
            "currency": "NOK",
            "lines": [LINE],
            "lastModifiedDateTime": moment.isoformat(timespec="milliseconds"),
            **changes,
        }

    def visma(self):
        def rows(_path, params):
            self.watch("rows")
            since = datetime.fromisoformat(params["lastModifiedDateTime"])
            yield from [
                dict(row)
                for row in self.rows.values()
                if datetime.fromisoformat(row["lastModifiedDateTime"]) >= since
            ]
            self.watch("rows done")

        def find(path):
            self.watch("find")
            row = self.rows.get(path.rpartition("/")[2])
            self.watch("found")
            return Fetched(dict(row), "") if row else None

        return SimpleNamespace(rows=rows, find=find)

    # The connector

    def poll(self):
        return poll_visma(
            VismaPoll(
                client=self.visma(),
                configuration=self.configuration,
                leases=Leases(self.table, now=self.clock),
                marks=Marks(self.table, system="visma"),
                audit=self.trail,
                queries=self.trail,
                gatherings=Gatherings(self.table),
                start_sending=self.start,
                remaining_seconds=lambda: 600.0,
                now=lambda: self.now,
            )
        )

    def start(self, name, given):
        self.watch("start")
        new = name not in self.executions
        self.executions.setdefault(name, given)
        self.watch("started")
        return new

    def step(self, step, given, origin):
        ports = SendPorts(
            client=self.new_client(),
            marks=Marks(self.table, system="sterling"),
            outbox=Outbox(self.table, system="sterling"),
            raw=self.raw,
            audit=self,
            now=lambda: self.now,
        )
        if step == "fetch":
            company = self.configuration.company
            return fetch_document(
                given, Fetching(self.raw, self.trail, self.visma(), self.trail, company), origin
            )
        if step == "format":
            parts = Formatting(
                store=self.raw,
                audit=self.trail,
                numbers=ControlNumberStore(self.table),
                configuration=self.configuration,
                codes=Codes(),
                queries=self.trail,
                gatherings=Gatherings(self.table),
                test=False,
            )
            return format_document(given, parts, origin)
        return send_document(
            given,
            Sending(
                self.trail,
                self.trail,
                self.configuration,
                lambda consignment: send_to_sterling(consignment, ports),
                Gatherings(self.table),
            ),
            origin,
        )

    # Step Functions

    def survive(self, act):
        """Do something as often as it takes: what dies or can't go on is tried again, later."""
        for retry in range(_MOST_TRIES):
            self.dead = False
            try:
                return act(retry)
            except Died:
                self.pass_time(seconds=1)
            except ConnectorError as error:
                wait = getattr(error, "retry_after", None)
                if wait is None or not self.patient:
                    raise
                self.pass_time(seconds=wait + 1)
        raise AssertionError("it never came to its end")

    def run(self, name):
        """Run one execution to its end."""
        given, steps = self.executions[name], ["fetch", "format", "send"]
        if "formatted" in given:
            steps = ["send"]
        elif "gathering" in given["document"]:
            steps = ["format", "send"]
        for step in steps:
            entered_at = self.now + timedelta(microseconds=self._tick())
            given = self.survive(partial(self._enter, step, given, name, entered_at))
            if step != "send" and {"fetch": "fetched", "format": "formatted"}[step] not in given:
                return given
        return given

    def _enter(self, step, given, name, entered_at, retry):
        return self.step(step, given, Origin(step=step, execution=name, entered_at=entered_at, retry=retry))

    def run_new(self):
        """Run every execution that was started and not run yet."""
        for name in [name for name in self.executions if name not in self.ran]:
            self.ran.add(name)
            self.run(name)

    def live(self):
        """Poll and run what was started until nothing is left to do."""
        for _ in range(12):
            self.survive(lambda _retry: self.poll())
            self.pass_time(minutes=5)
            self.run_new()
            while self.late:
                self.run(self.late.pop())

    # What is seen

    @property
    def delivered(self):
        """Every message in the partner's mailbox: its control number, and the orders it brings, numbered."""
        found = []
        for message in self.state.messages.values():
            assert message.mailbox == MAILBOX
            content = self.state.documents[message.document_id].content
            (interchange,) = read_interchanges(io.BytesIO(content))
            held = [(one.segments[1].element(3), one.control_number) for one in interchange.messages()]
            assert interchange.findings == []
            found.append((interchange.control_number, held))
        return found

    def status(self, number):
        return self.trail.states[document_item("PurchaseOrder", number)]["status"]
