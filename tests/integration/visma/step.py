"""The posting step as the state machine runs it: visits fail or die, are retried, end their execution."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.integration.visma.world import Killed, Port, at_once

from ml_connector.errors import ConnectorError
from ml_connector.store.audit import STATUS_AFTER, Origin
from ml_connector.store.ledger import PostingLedger
from ml_connector.store.objects import ObjectRef
from ml_connector.workflow.failure import record_ended_execution, record_trouble
from ml_connector.workflow.post_document import PostingParts, post_document

if TYPE_CHECKING:
    from tests.integration.visma.world import Kind, World

    from ml_connector.visma import VismaClient

DOCUMENT = "d-1"


@dataclass
class Event:
    """One event of the audit trail."""

    name: str
    origin: Origin
    facts: dict[str, Any]


class Stores:
    """The bytes and the audit trail of one document, in memory, as S3 and DynamoDB keep them."""

    def __init__(self) -> None:
        self.port = Port()
        self.objects: dict[str, bytes] = {}
        self.states: dict[str, Any] = {}
        self.events: list[Event] = []

    def put(self, key: str, content: bytes) -> ObjectRef:
        self.objects[key] = content
        return ObjectRef(bucket="b", key=key, version_id="1", sha256="0" * 64, size=len(content))

    def get(self, ref: ObjectRef) -> bytes:
        return self.port.call("get object", lambda: self.objects[ref.key])

    def state(self, item: str) -> dict[str, Any]:
        assert item == DOCUMENT
        return self.port.call("read state", lambda: dict(self.states))

    def record(self, item, event, *, origin, state, facts, numbers=None):
        assert item == DOCUMENT
        return self.port.call(f"record {event}", lambda: self._record(event, origin, state, facts, numbers))

    def _record(self, event, origin, state, facts, numbers):
        if (event, origin.token) in {(one.name, one.origin.token) for one in self.events}:
            return False
        self.states.update(state, status=STATUS_AFTER[event])
        self.events.append(Event(event, origin, {**facts, **(numbers or {})}))
        return True


class MortalHooks:
    """Calls to Visma, before or after one of which the process dies; `calls` counts them."""

    def __init__(self) -> None:
        self.port = Port()

    def watch(self, client: VismaClient) -> None:
        hooks = client._http.event_hooks
        client._http.event_hooks = {**hooks, "request": [self._sent], "response": [self._answered]}

    def _sent(self, request: Any) -> None:
        with self.port.lock:
            request.extensions["number"] = len(self.port.calls)
            self.port.calls.append(f"{request.method} {request.url.path}")
        if request.extensions["number"] == self.port.fail_at and self.port.how == "kill_before":
            raise Killed

    def _answered(self, response: Any) -> None:
        if response.request.extensions["number"] == self.port.fail_at and self.port.how == "kill_after":
            raise Killed


class Step:
    """One document's posting step in a world.

    Attributes:
        visits: Every visit and what it came to: the step's output, its error, or Killed.
        ended: The executions that ended without success.
    """

    def __init__(self, world: World, kind: Kind, *, release: bool = False) -> None:
        self.world, self.kind, self.kept, self.hooks = world, kind, Stores(), MortalHooks()
        posting = kind.posting()
        self.stamp = posting.key.stamp
        self.release = release
        self.visits: list[tuple[Origin, Any]] = []
        self.ended: set[str] = set()
        self.given = {"document": self._ticket(), "mapped": self._mapped(posting)}

    def _ticket(self) -> dict[str, Any]:
        return {
            "id": DOCUMENT,
            "direction": "in",
            "standard": "x12",
            "type": "810",
            "number": "N-1",
            "partner": "acme",
            "bytes": self.kept.put("raw", b"ISA*00~").model_dump(),
        }

    def _mapped(self, posting: Any) -> dict[str, Any]:
        key = posting.key
        # With hold false Visma makes it Balanced, which is what can be released.
        body = posting.body.model_copy(update={"hold": False}) if self.release else posting.body
        mapped = {
            "content_sha256": posting.content_sha256,
            "entity": key.entity,
            "business_key": [key.company, key.entity, key.partner, key.number, key.kind],
            "body": body.model_dump(mode="json", exclude_none=True),
            "holds": [],
            "release": self.release,
        }
        return self.kept.put("mapped", json.dumps(mapped).encode()).model_dump()

    def visit(self, execution: int, retry: int = 0) -> Any:
        """One invocation, cold: what it returns, raises in the end, or Killed."""
        origin = Origin(step="Post", execution=f"e-{execution}", entered_at=datetime.now(UTC), retry=retry)
        outcome = self._invoke(origin)
        self.visits.append((origin, outcome))
        return outcome

    def _invoke(self, origin: Origin) -> Any:
        with self.world.client() as client:
            self.hooks.watch(client)
            ledger = PostingLedger(self.world.table)
            parts = PostingParts(
                self.kept, self.kept, self.kept, ledger, lambda _: client, now=self.world.clock
            )
            try:
                return self._handled(parts, origin)
            except (ConnectorError, Killed) as error:
                return error

    def _handled(self, parts: PostingParts, origin: Origin) -> Any:
        """As the handler does: what the step raises is recorded, and raised again."""
        try:
            return post_document(self.given, parts, origin)
        except ConnectorError as error:
            record_trouble(self.kept, self.given, error, origin)
            raise

    def end(self, execution: int, outcome: Any) -> None:
        """The execution gave up after this outcome; EventBridge tells of it, again until it is taken."""
        self.ended.add(f"e-{execution}")
        died = isinstance(outcome, Killed)
        event = {
            "time": datetime.now(UTC).isoformat(),
            "detail": {
                "executionArn": f"e-{execution}",
                "status": "FAILED",
                "input": json.dumps(self.given),
                "error": "Lambda.Unknown" if died else type(outcome).__name__,
            },
        }
        for _ in range(2):
            try:
                record_ended_execution(event, self.kept, self.kept)
            except (ConnectorError, Killed):
                continue
            return

    def drive(self, executions: int = 1, rounds: int = 8, *, restart: bool = False) -> list[Any]:
        """Visit until each execution is done, time passing in between.

        With ``restart``, a visit that fails ends its execution, which a person restarts; else it is retried.
        """
        outcomes: list[Any] = []
        for number in range(rounds):
            outcomes = at_once(lambda n, number=number: (n, self.visit(n, number)), executions)
            assert self.world.simulator.journal.wait_idle(5)
            unfinished = [(n, outcome) for n, outcome in outcomes if not isinstance(outcome, dict)]
            if not unfinished:
                return [outcome for _, outcome in outcomes]
            for execution, outcome in unfinished if restart else ():
                self.end(execution, outcome)
            self.world.clock.advance(self.world.settings.lease_seconds + 1)
        raise AssertionError(f"not done after {rounds} rounds: {outcomes}")

    @property
    def documents(self) -> list[dict[str, Any]]:
        rows = self.world.simulator.company.table(self.kind.table).items()
        return [row for _, row in rows if self.stamp in str(row.get(self.kind.stamped))]

    @property
    def releases(self) -> int:
        """How often the release was run with success; a page of HTML has done nothing."""
        runs = (entry for entry in self.world.simulator.journal.entries() if entry["status"] == 200)
        return sum(run["path"].endswith("/action/release") and run["fault"] != "no_json" for run in runs)

    def events(self, name: str) -> list[Event]:
        return [event for event in self.kept.events if event.name == name]


_NUMBERS = {
    "PurchaseOrder": "orderNbr",
    "PurchaseOrderChange": "orderNbr",
    "SupplierInvoice": "referenceNumber",
    "SalesOrder": "orderId",
    "JournalTransaction": "batchNumber",
    "CashTransaction": "referenceNbr",
}


def assert_told(step: Step) -> None:
    """One document, and the audit trail says its number, each thing that went wrong, and how far it got."""
    assert len(step.documents) == 1
    (document,) = step.documents
    number = str(document[_NUMBERS[step.kind.entity]])
    assert_posted(step, number)
    assert_troubles(step)
    if step.kind.lines:
        assert len(document["lines"]) == step.kind.lines
    if step.kind.entity == "SupplierInvoice":
        assert {a["id"] for a in document["attachments"]} == {step.kept.states["attachment"]}
    if step.release:
        assert document["status"] == "Open"
        assert step.kept.states["release"] in {"released", "released_before"}
        assert step.releases <= 1


def assert_posted(step: Step, number: str) -> None:
    posted = [event.facts for event in step.events("posted")]
    assert posted
    assert {facts["number"] for facts in posted} == {number}
    assert {facts["stamp"] for facts in posted} == {step.stamp}
    assert sum(not facts["already_there"] for facts in posted) <= 1
    state = step.kept.states
    assert (state["status"], state["visma_number"]) == ("posted", number)


def assert_troubles(step: Step) -> None:
    """Each visit and each execution that failed is told, unless it was the telling that failed."""
    told = {(event.origin.token, event.facts.get("error")) for event in step.kept.events}
    finished = {event.origin.token for event in step.events("posted")}
    for origin, outcome in step.visits:
        if not isinstance(outcome, ConnectorError) or "injected" in outcome.message:
            continue
        # What follows a posting is told by the event of the posting itself.
        assert (origin.token, type(outcome).__name__) in told or origin.token in finished, outcome
    failed = {event.origin.execution for event in step.events("failed") if event.facts["reason"]}
    assert step.ended <= failed
