from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime

import pytest

from ml_connector.partners.configuration import parse
from ml_connector.store.audit import STATUS_AFTER, Origin
from ml_connector.store.interchanges import Seen
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.split_interchange import Splitting

COMPANY = """
id: "4242"
name: Nordlys Distribusjon AS
country: "NO"
currency: NOK
identities:
  - {standard: x12, qualifier: ZZ, id: NORDLYS}
"""
ACME = """
name: Acme Tools
roles: [supplier]
supplier: "50002"
identities:
  - {standard: x12, qualifier: ZZ, id: ACME}
acknowledgements: {x12: "997"}
"""


class FakeStore:
    """Keeps objects in memory, as RawStore does in S3."""

    def __init__(self):
        self.objects = {}

    def put(self, key, content, *, metadata=None):
        content = content if isinstance(content, bytes) else content.read()
        self.objects[key] = content
        digest = hashlib.sha256(content).hexdigest()
        return ObjectRef(bucket="b", key=key, version_id="1", sha256=digest, size=len(content))

    def get(self, ref):
        return self.objects[ref.key]

    def open(self, ref):
        return io.BytesIO(self.objects[ref.key])


class FakeAudit:
    """Remembers what was recorded, and the state it amounts to."""

    def __init__(self):
        self.events = []
        self.states = {}

    def record(self, item, event, *, origin, state=None, numbers=None, facts=None, first=False, at=None):
        key = (item, event, origin.token)
        if key in [(e[0], e[1], e[2].token) for e in self.events]:
            return False
        self.events.append((item, event, origin, dict(facts or {})))
        if not (first and item in self.states):
            status = {"status": STATUS_AFTER[event]} if event in STATUS_AFTER else {}
            changes = {**status, **(state or {}), "last_event": event}
            created = datetime(2026, 3, 2, 12, len(self.states) % 60, tzinfo=UTC).isoformat()
            self.states.setdefault(item, {"item": item, "created_at": created}).update(changes)
        return True

    def of(self, item):
        return [event for one, event, *_ in self.events if one == item]

    def state(self, item):
        return self.states.get(item)

    def facts_of(self, item):
        return next(facts for one, _, _, facts in self.events if one == item)


class FakeInterchanges:
    def __init__(self):
        self.seen = {}

    def claim(self, key, *, item, sha256):
        return self.seen.setdefault(key, Seen(item, sha256))


class FakeStarter:
    """Starts executions as Step Functions does: a name starts once."""

    def __init__(self):
        self.started = {}

    def __call__(self, name, given):
        if name in self.started:
            return False
        self.started[name] = given
        return True


@pytest.fixture
def store():
    return FakeStore()


@pytest.fixture
def audit():
    return FakeAudit()


@pytest.fixture
def starter():
    return FakeStarter()


@pytest.fixture
def configuration():
    return parse({"company.yaml": COMPANY, "partners/acme.yaml": ACME})


@pytest.fixture
def interchanges():
    return FakeInterchanges()


@pytest.fixture
def splitting(store, audit, interchanges, configuration, starter):
    """What a split works with, in time."""
    return Splitting(
        store=store,
        audit=audit,
        interchanges=interchanges,
        configuration=configuration,
        start_document=starter,
        remaining_seconds=lambda: 900.0,
        environment="production",
    )


@pytest.fixture
def origin():
    return Origin(step="test", execution="arn:e", entered_at=datetime(2026, 3, 2, tzinfo=UTC))


def interchange(*messages, sender="ACME", receiver="NORDLYS", number="000000001", usage="P"):
    """Return an X12 interchange around transaction sets given as (type, [segments])."""
    isa = (
        f"ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}"
        f"*260302*1200*U*00401*{number}*0*{usage}*>~"
    )
    sets = ""
    for index, (kind, body) in enumerate(messages, start=1):
        group = {"850": "PO", "810": "IN", "856": "SH", "997": "FA"}[kind]
        sets += f"GS*{group}*{sender}*{receiver}*20260302*1200*{index}*X*004010~"
        sets += f"ST*{kind}*{index:04}~{''.join(s + '~' for s in body)}SE*{len(body) + 2}*{index:04}~"
        sets += f"GE*1*{index}~"
    return f"{isa}{sets}IEA*{len(messages)}*{number}~".encode()


ORDER = ("850", ["BEG*00*SA*PO-1**20260302", "PO1*1*10*EA*9.5**VP*MV-1001", "CTT*1"])
INVOICE = (
    "810",
    ["BIG*20260302*INV-7**PO-1", "IT1*1*10*EA*9.5**VP*MV-1001", "TDS*9500", "CTT*1"],
)
