"""The whole posting step under every fault at every call: one document in Visma, and the audit says so."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import get_args

import pytest
from local.visma.faults import FaultPlan, Rule
from local.visma.faults import Kind as FaultKind
from tests.integration.visma.world import KINDS, at_once

from ml_connector.errors import ConnectorError
from ml_connector.store.audit import Origin
from ml_connector.store.ledger import PostingLedger
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.finish_posting import MOST_TRIES
from ml_connector.workflow.post_document import PostingParts, post_document

HTTP_FAULTS = get_args(FaultKind)
ORDER, INVOICE, CREDIT_NOTE, SALES_ORDER = KINDS[:4]
RELEASE = "/v1/supplierInvoice/*/action/release"
ATTACHMENT = "/v1/supplierInvoice/*/attachment"


@dataclass
class Kept:
    """The bytes and the audit trail of one document, in memory."""

    objects: dict[str, bytes] = field(default_factory=dict)
    states: dict[str, dict] = field(default_factory=dict)
    events: list[tuple[str, dict]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, key, content):
        self.objects[key] = content
        return ObjectRef(bucket="b", key=key, version_id="1", sha256="0" * 64, size=len(content))

    def get(self, ref):
        return self.objects[ref.key]

    def state(self, item):
        with self.lock:
            return dict(self.states.get(item, {}))

    def record(self, item, event, *, origin, state, facts, numbers):
        with self.lock:
            self.states.setdefault(item, {}).update(state, status=event, retry=origin.retry)
            self.events.append((event, {**facts, **numbers}))


class Step:
    """The step as the state machine runs it: again after an error, time passing in between."""

    def __init__(self, world, kind, *, release=False):
        self.world, self.kind, self.kept = world, kind, Kept()
        posting = kind.posting()
        key = posting.key
        # With hold false Visma makes it Balanced, which is what can be released.
        body = posting.body.model_copy(update={"hold": False}) if release else posting.body
        mapped = {
            "content_sha256": posting.content_sha256,
            "entity": kind.entity,
            "business_key": [key.company, key.entity, key.partner, key.number, key.kind],
            "body": body.model_dump(mode="json", exclude_none=True),
            "holds": [],
            "release": release,
        }
        self.stamp = key.stamp
        ticket = {
            "id": "d-1",
            "direction": "in",
            "standard": "x12",
            "type": "810",
            "number": "N-1",
            "partner": "acme",
            "bytes": self.kept.put("raw", b"ISA*00~").model_dump(),
        }
        self.given = {
            "document": ticket,
            "mapped": self.kept.put("mapped", json.dumps(mapped).encode()).model_dump(),
        }

    def run(self, retry):
        origin = Origin(step="Post", execution=f"e-{retry}", entered_at=datetime.now(UTC), retry=retry)
        with self.world.client() as client:
            ledger = PostingLedger(self.world.table)
            parts = PostingParts(
                self.kept, self.kept, self.kept, ledger, lambda _: client, now=self.world.clock
            )
            try:
                return post_document(self.given, parts, origin)
            except ConnectorError as error:
                return error

    def drive(self, executions=1, rounds=8):
        for number in range(rounds):
            first = number * executions
            outcomes = at_once(lambda n, first=first: self.run(first + n), executions)
            assert self.world.simulator.journal.wait_idle(5)
            if all(isinstance(outcome, dict) for outcome in outcomes):
                return outcomes
            self.world.clock.advance(self.world.settings.lease_seconds + 1)
        raise AssertionError(f"not done after {rounds} rounds: {outcomes}")

    @property
    def documents(self):
        rows = self.world.simulator.company.table(self.kind.table).items()
        return [row for _, row in rows if self.stamp in str(row.get(self.kind.stamped))]

    @property
    def releases(self):
        """How often the release was run with success; a page of HTML has done nothing."""
        runs = (entry for entry in self.world.simulator.journal.entries() if entry["status"] == 200)
        return sum(run["path"].endswith("/action/release") and run["fault"] != "no_json" for run in runs)


def assert_told(step, *, release=False):
    """One document, and the audit trail names it and how far it got."""
    (document,) = step.documents
    number = str(document[_NUMBERS[step.kind.entity]])
    posted = [facts for event, facts in step.kept.events if event == "posted"]
    assert posted
    assert {facts["number"] for facts in posted} == {number}
    state = step.kept.states["d-1"]
    assert (state["status"], state["visma_number"]) == ("posted", number)
    if step.kind.entity == "SupplierInvoice":
        assert {a["id"] for a in document["attachments"]} == {state["attachment"]}
    if release:
        assert document["status"] == "Open"
        assert state["release"] in {"released", "released_before"}


_NUMBERS = {
    "PurchaseOrder": "orderNbr",
    "SupplierInvoice": "referenceNumber",
    "SalesOrder": "orderId",
    "JournalTransaction": "batchNumber",
    "CashTransaction": "referenceNbr",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_any_fault_at_any_call_is_told_by_the_audit(make_world, kind):
    watched = Step(make_world(), kind, release=kind in (INVOICE, CREDIT_NOTE))
    watched.drive()
    for index in range(len(watched.world.http_calls())):
        for fault in HTTP_FAULTS:
            world = make_world()
            world.strike_http(index, fault)
            step = Step(world, kind, release=kind in (INVOICE, CREDIT_NOTE))
            step.drive()
            assert_told(step, release=kind in (INVOICE, CREDIT_NOTE))


@pytest.mark.slow
@pytest.mark.parametrize("fault", HTTP_FAULTS)
def test_eight_executions_release_an_invoice_once(make_world, fault):
    world = make_world()
    world.simulator.faults = FaultPlan([Rule(fault, path=RELEASE, seconds=0.05)])
    step = Step(world, INVOICE, release=True)
    step.drive(8)
    assert len(step.documents) == 1
    assert step.documents[0]["status"] == "Open"
    assert step.releases <= 1


def test_an_invoice_is_posted_attached_and_released_in_three_calls(world):
    step = Step(world, INVOICE, release=True)
    step.drive()
    assert_told(step, release=True)
    assert [call.rsplit("/", 1)[-1] for call in world.http_calls()] == [
        "token",
        "supplierInvoice",
        "attachment",
        "release",
    ]


def test_an_invoice_is_not_released_unless_told(world):
    step = Step(world, INVOICE)
    step.drive()
    assert step.documents[0]["status"] == "Hold"
    assert step.kept.states["d-1"]["release"] == ""


def test_a_refused_release_is_noted_and_not_tried_again(world):
    step = Step(world, INVOICE, release=True)
    world.simulator.faults = FaultPlan([Rule("empty_error", path=RELEASE, status=422)])
    step.drive(rounds=1)
    state = step.kept.states["d-1"]
    assert (state["status"], state["release"], state["finishing"]) == ("posted", "", 0)
    assert "not released in Visma" in state["note"]
    assert step.kept.events[-1][1]["undone"][0]["what"] == "released"


def test_an_attachment_that_fails_for_now_is_tried_again_before_the_release(world):
    step = Step(world, INVOICE, release=True)
    world.simulator.faults = FaultPlan([Rule("text_error", path=ATTACHMENT, times=2)])
    step.drive()
    assert_told(step, release=True)
    assert [facts["release"] for _, facts in step.kept.events] == ["", "", "released"]


def test_tries_end_and_the_audit_says_what_is_undone(world):
    step = Step(world, INVOICE)
    world.simulator.faults = FaultPlan([Rule("text_error", path=ATTACHMENT, times=99)])
    step.drive(rounds=MOST_TRIES)
    assert len(step.kept.events) == MOST_TRIES
    state = step.kept.states["d-1"]
    assert (state["attachment"], state["finishing"]) == ("", 0)
    assert "not attached in Visma" in state["note"]
