"""A small world for polls and sends: Sterling, the stores and the executions, with every call watched.

A call has a moment before it takes effect and one after. At any of these moments the process may die, time
may pass, others may change Sterling, or another poll may run.
"""

from __future__ import annotations

import copy
import hashlib
import io
from datetime import UTC, datetime, timedelta

import httpx
from local.sterling import InProcessTransport, State, SterlingApi, Switches
from tests.unit.store.fake_table import FakeTable

from ml_connector.sterling import SterlingClient, SterlingCredentials, SterlingSettings
from ml_connector.store.leases import Leases
from ml_connector.store.objects import ObjectRef
from ml_connector.store.outbox import Outbox
from ml_connector.store.receipts import Receipts
from ml_connector.store.watermarks import Marks, Watermarks
from ml_connector.workflow.poll_sterling import PollPorts, poll_sterling
from ml_connector.workflow.send_to_sterling import SendPorts

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Died(BaseException):
    """The process ended here, without any handler running as it would in life."""


class FakeRaw:
    """Keeps bytes by key and version."""

    def __init__(self, watch):
        self.objects: dict[str, list[bytes]] = {}
        self._watch = watch

    def put(self, key, content, *, metadata):
        assert all(value.isascii() for value in metadata.values())
        data = content if isinstance(content, bytes) else content.read()
        self._watch("s3 put")
        self.objects.setdefault(key, []).append(data)
        self._watch("s3 was put")
        digest = hashlib.sha256(data).hexdigest()
        version = str(len(self.objects[key]))
        return ObjectRef(bucket="raw", key=key, version_id=version, sha256=digest, size=len(data))

    def open(self, ref):
        return io.BytesIO(self.objects[ref.key][int(ref.version_id) - 1])


class WatchedTransport(httpx.BaseTransport):
    """The simulator without a socket, with the moments before and after each call."""

    def __init__(self, api, watch):
        self._inner, self._watch = InProcessTransport(api), watch

    def handle_request(self, request):
        self._watch(f"http {request.method}")
        response = self._inner.handle_request(request)
        self._watch(f"http {request.method} done")
        return response


class World:
    """One installation and one connector."""

    def __init__(self, switches: Switches | None = None, **settings):
        self.now = START
        self.moment = 0
        self.at: dict[int, object] = {}
        self.state = State(clock=self.clock)
        self.api = SterlingApi(self.state, switches, sleep=lambda _seconds: None)
        self.settings = SterlingSettings(host="sterling.test", scheme="http", **settings)
        self.table = FakeTable(self.watch)
        self.raw = FakeRaw(self.watch)
        self.executions: dict[str, dict] = {}
        self.starts: list[str] = []
        self.events: list[tuple[str, str, dict]] = []
        self.remaining = 300.0
        self.dead = False
        self.client = self.new_client()

    def new_client(self, **credentials):
        given = {"username": "admin", "password": "password"} | credentials
        http = httpx.Client(transport=WatchedTransport(self.api, self.watch))
        return SterlingClient(self.settings, SterlingCredentials(**given), http=http)

    def clock(self):
        return self.now.timestamp()

    def fork(self):
        """Return a world of its own that is at present like this one, to try out what would happen."""
        other = World(self.api.switches)
        other.settings, other.now, other.remaining = self.settings, self.now, self.remaining
        held = {name: value for name, value in vars(self.state).items() if name != "clock"}
        vars(other.state).update(copy.deepcopy(held))
        other.api.restore(self.api)
        other.table.items = copy.deepcopy(self.table.items)
        other.raw.objects = {key: list(versions) for key, versions in self.raw.objects.items()}
        other.executions, other.starts, other.events = dict(self.executions), [*self.starts], [*self.events]
        other.client = other.new_client()
        return other

    # The moments

    def watch(self, _call):
        if self.dead:  # a dead process makes no calls, not even those of its handlers
            raise Died
        moment, self.moment = self.moment, self.moment + 1
        action = self.at.pop(moment, None)
        if action is not None:
            action()

    def die(self):
        self.dead = True
        raise Died

    # The connector

    def start_execution(self, name, given):
        self.watch("start")
        self.starts.append(name)
        self.executions.setdefault(name, given)
        self.watch("started")

    def record(self, item, event, /, **facts):
        self.events.append((item, event, {**facts, "recorded_at": self.now}))

    def happened(self, event):
        return [facts for _, name, facts in self.events if name == event]

    def ports(self, **other):
        given = {
            "client": self.client,
            "leases": Leases(self.table, now=self.clock),
            "watermarks": Watermarks(self.table, system="sterling"),
            "marks": Marks(self.table, system="sterling"),
            "receipts": Receipts(self.table, system="sterling"),
            "raw": self.raw,
            "audit": self,
            "start_execution": self.start_execution,
            "remaining_seconds": lambda: self.remaining,
            "now": lambda: self.now,
        }
        return PollPorts(**{**given, **other})

    def send_ports(self):
        return SendPorts(
            client=self.client,
            marks=Marks(self.table, system="sterling"),
            outbox=Outbox(self.table, system="sterling"),
            raw=self.raw,
            audit=self,
            now=lambda: self.now,
        )

    def poll(self, at=None, **other):
        """Poll once; ``at`` maps moments of this poll to what happens then. Returns None if it died."""
        self.moment, self.at, self.dead = 0, dict(at or {}), False
        try:
            return poll_sterling(self.ports(**other))
        except Died:
            return None
        finally:
            self.dead, self.at = False, {}

    def pass_time(self, **span):
        self.now += timedelta(**span)

    # Sterling's side

    def arrive(self, name="po.edi", content=b"ISA*", mailbox="/ACME/Inbox", **policy):
        return self.state.drop(mailbox, name, content, **policy)

    def started_for(self, message_id):
        wanted = str(message_id)
        return [name for name, given in self.executions.items() if given["message"]["message_id"] == wanted]
