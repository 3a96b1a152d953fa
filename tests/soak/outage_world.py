"""The world of the outage: a clock that is moved, stores in memory, the real steps, and Visma over HTTP."""

from __future__ import annotations

import hashlib
import heapq
import io
import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from local.demo.surroundings import CONFIGURATION
from local.visma.faults import read_plan
from local.visma.limits import RateLimit
from local.visma.server import VismaServer
from local.visma.simulator import Simulator
from tests.integration.visma.world import CREDENTIALS, TLS, MemoryTable

from ml_connector.errors import ConnectorError, in_family
from ml_connector.mapping.ledger_lookups import LedgerLookups
from ml_connector.partners.configuration import load
from ml_connector.store.audit import OPEN_STATUSES, STATUS_AFTER, Origin
from ml_connector.store.interchanges import Seen
from ml_connector.store.ledger import PostingLedger
from ml_connector.store.objects import ObjectRef
from ml_connector.visma import VismaClient, VismaSettings
from ml_connector.visma.client import http_client
from ml_connector.visma.reference_data import ReferenceData
from ml_connector.workflow.failure import record_ended_execution, record_trouble
from ml_connector.workflow.map_document import Mapping, map_document
from ml_connector.workflow.parse_document import Parsing, parse_document
from ml_connector.workflow.post_document import PostingParts, post_document
from ml_connector.workflow.replay import Replaying, plan_replay, replay
from ml_connector.workflow.split_interchange import Splitting, split_interchange
from ml_connector.workflow.tickets import MessageTicket, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR = 3600.0
COMPANY = "4242"
_DEFINITION = Path(__file__).parents[2] / "statemachine" / "process_document.asl.json"
_CONDITION = re.compile(r"\$states\.input\.(\w+)")
# So many orders have one change following them.
_ORDERS_PER_CHANGE = 20


class Clock:
    """The present moment, moved by who runs the executions; Visma's own clock is real and ahead of it."""

    def __init__(self) -> None:
        self.now = (datetime.now(UTC) - timedelta(days=10)).timestamp()

    def __call__(self) -> float:
        return self.now

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


class Objects:
    """Bytes by their keys, as S3 keeps them."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def put(self, key: str, content: Any, *, metadata: Any = None) -> ObjectRef:
        content = content if isinstance(content, bytes) else content.read()
        self._objects[key] = content
        digest = hashlib.sha256(content).hexdigest()
        return ObjectRef(bucket="b", key=key, version_id="1", sha256=digest, size=len(content))

    def get(self, ref: ObjectRef) -> bytes:
        return self._objects[ref.key]

    def open(self, ref: ObjectRef) -> io.BytesIO:
        return io.BytesIO(self._objects[ref.key])


class Trail:
    """The audit trail and its questions, as DynamoDB keeps them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.states: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[tuple[str, datetime, str]]] = defaultdict(list)
        self.posted: list[str] = []
        self._numbers: dict[str, dict[str, None]] = defaultdict(dict)

    def record(
        self,
        item: str,
        event: str,
        *,
        origin: Origin,
        state: Any = None,
        numbers: Any = None,
        facts: Any = None,
        first: bool = False,
        at: datetime | None = None,
    ) -> bool:
        if any(token == origin.token and event == known for known, _, token in self.events[item]):
            return False
        now = self._clock.moment  # whoever says `at` goes by the real clock
        self.events[item].append((event, now, origin.token))
        if event == "posted":
            self.posted.append(item)
        for number in filter(None, (numbers or {}).values()):
            self._numbers[number][item] = None
        known = self.states.get(item)
        if known is None or not (first or now.isoformat() < known["updated_at"]):
            self._move(item, event, now, state or {})
        return True

    def _move(self, item: str, event: str, now: datetime, state: Any) -> None:
        stamp = now.isoformat()
        known = self.states.setdefault(item, {"item": item, "created_at": stamp})
        status = STATUS_AFTER.get(event)
        if status:
            known.update(status=status, status_since=stamp)
            if status not in OPEN_STATUSES:
                known.update(reason=None, error=None)
        known.update({**state, "updated_at": stamp})

    def state(self, item: str) -> dict[str, Any] | None:
        return self.states.get(item)

    def by_number(self, number: str) -> list[dict[str, Any]]:
        return [self.states[item] for item in self._numbers[number]]


class FirstSeen:
    """Control numbers that never came before."""

    def claim(self, key: str, *, item: str, sha256: str) -> Seen:
        return Seen(item, sha256)


@dataclass
class Execution:
    """One execution of *process document*, as Step Functions walks it."""

    name: str
    given: dict[str, Any]
    started: datetime
    state: str
    data: dict[str, Any]
    tried: Counter[int] = field(default_factory=Counter)
    redriven: int = 0
    entered: datetime | None = None


@dataclass(frozen=True)
class Batch:
    """What came together: the numbers of its orders, and its documents, each with the document it follows."""

    numbers: list[str]
    documents: dict[str, str]


class World:
    """All of it.

    Args:
        seed: Of the jitter and of Visma's faults.
    """

    def __init__(self, seed: int) -> None:
        self.clock, self.visits = Clock(), 0
        self._seed, self._chance = seed, random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._states = json.loads(_DEFINITION.read_text())["States"]
        self._first = json.loads(_DEFINITION.read_text())["StartAt"]
        self._simulator = Simulator(limits=RateLimit(clock=self.clock))
        self._server = VismaServer(self._simulator)
        self._trail, self._objects = Trail(self.clock), Objects()
        self._configuration = load(CONFIGURATION)
        self._executions: dict[str, Execution] = {}
        self._queue: list[tuple[float, int, str]] = []
        self._order = 0
        self._orders = self._messages = 0

    def __enter__(self) -> Self:
        self._server.__enter__()
        settings = VismaSettings(
            base_url=self._server.url, token_url=f"{self._server.url}/connect/token", company_id=COMPANY
        )
        self._http = http_client(settings, TLS)
        client = VismaClient(settings, CREDENTIALS, http=self._http, clock=self.clock)
        lookups = LedgerLookups(ReferenceData(client, clock=self.clock), COMPANY)
        ledger = PostingLedger(MemoryTable())  # type: ignore[arg-type] # answers what the ledger asks
        trail: Any = self._trail
        store: Any = self._objects
        parsing = Parsing(store, trail, self._configuration)
        mapping = Mapping(store, trail, trail, self._configuration, lookups)
        posting = PostingParts(store, trail, trail, ledger, lambda _: client, now=lambda: self.clock.moment)
        self._steps = {
            "Parse": ("parse", lambda given, origin: parse_document(given, parsing, origin)),
            "Map": ("map", lambda given, origin: map_document(given, mapping, origin)),
            "Post": ("post", lambda given, origin: post_document(given, posting, origin)),
        }
        self.receive(1)  # as in an ordinary hour before: the copies of Visma's masters are there
        self.run()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()
        self._server.__exit__()

    def break_visma(self, plan: dict[str, Any]) -> None:
        """Let Visma answer as a plan of faults says."""
        self._simulator.faults = read_plan({"seed": self._seed, **plan})

    def mend_visma(self) -> None:
        """Let Visma answer again."""
        self._simulator.faults = read_plan({})

    # What comes

    def receive(self, documents: int) -> Batch:
        """Receive an interchange of so many documents; their executions are started."""
        changes = documents // (_ORDERS_PER_CHANGE + 1)
        numbers = [f"OUT-{self._orders + place:06}" for place in range(1, documents - changes + 1)]
        self._orders, self._messages = self._orders + len(numbers), self._messages + 1
        changed = numbers[:: max(1, len(numbers) // changes)][:changes] if changes else []
        message = MessageTicket(system="sterling", mailbox="/hub/Inbound", message_id=str(self._messages))
        raw = self._objects.put(f"raw/{self._messages}", _interchange(numbers, changed, self._messages))
        splitting: Any = Splitting(
            self._objects, self._trail, FirstSeen(), self._configuration, self._start, lambda: 900.0,
            "production",
        )  # fmt: skip
        origin = Origin(step="split", execution=f"arn:{message.id}", entered_at=self.clock.moment)
        split_interchange({"message": message.model_dump(), "raw": raw.model_dump()}, splitting, origin)
        ids = [f"{message.id}-1-{place}" for place in range(1, documents + 1)]
        orders = dict(zip(numbers, ids, strict=False))
        followed = [*("" for _ in numbers), *(orders[number] for number in changed)]
        return Batch(numbers, dict(zip(ids, followed, strict=True)))

    # Step Functions

    def _start(self, name: str, given: dict[str, Any]) -> bool:
        if name in self._executions:
            return False
        self._executions[name] = Execution(name, given, self.clock.moment, self._first, given)
        self._put(name, self.clock.now)
        return True

    def _redrive(self, name: str) -> bool:
        execution = self._executions[name]
        execution.redriven, execution.entered = execution.redriven + 1, None
        execution.tried.clear()
        self._put(name, self.clock.now)
        return True

    def _put(self, name: str, at: float) -> None:
        self._order += 1
        heapq.heappush(self._queue, (at, self._order, name))

    def run(self, until: float = float("inf")) -> None:
        """Go on with all executions until a moment, or until nothing is left to do."""
        while self._queue and self._queue[0][0] <= until:
            at, _, name = heapq.heappop(self._queue)
            self.clock.now = max(self.clock.now, at)
            self._visit(self._executions[name])
        if until < float("inf"):
            self.clock.now = until

    def _visit(self, execution: Execution) -> None:
        self.visits += 1
        state = self._states[execution.state]
        execution.entered = execution.entered or self.clock.moment
        step, perform = self._steps[execution.state]
        origin = origin_of(step, self._context(execution))
        try:
            execution.data = perform(execution.data, origin)
        except ConnectorError as error:
            record_trouble(self._trail, execution.data, error, origin)  # type: ignore[arg-type] # in memory
            self._again(execution, state, type(in_family(error)).__name__)
        else:
            self._advance(execution, state)

    def _context(self, execution: Execution) -> dict[str, Any]:
        assert execution.entered
        return {
            "Execution": {
                "Id": execution.name,
                "StartTime": execution.started.isoformat(),
                "RedriveCount": execution.redriven,
            },
            "State": {
                "EnteredTime": execution.entered.isoformat(),
                "RetryCount": sum(execution.tried.values()),
            },
        }

    def _again(self, execution: Execution, state: dict[str, Any], error: str) -> None:
        """Wait as the definition says, or fail."""
        for place, retrier in enumerate(state["Retry"]):
            if error in retrier["ErrorEquals"] and execution.tried[place] < retrier["MaxAttempts"]:
                longest = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** execution.tried[place]
                assert retrier["JitterStrategy"] == "FULL"
                execution.tried[place] += 1
                wait = self._chance.uniform(0, min(longest, retrier["MaxDelaySeconds"]))
                self._put(execution.name, self.clock.now + wait)
                return
        self._fail(execution, error)

    def _fail(self, execution: Execution, error: str) -> None:
        detail = {
            "executionArn": execution.name,
            "status": "FAILED",
            "error": error,
            "input": json.dumps(execution.given),
        }
        told = {"time": self.clock.moment.isoformat(), "detail": detail}
        record_ended_execution(told, self._trail, self._trail)  # type: ignore[arg-type] # in memory

    def _advance(self, execution: Execution, state: dict[str, Any]) -> None:
        """Enter the next state at once; choices are made by a member of the input."""
        while name := state.get("Next"):
            state = self._states[name]
            if state["Type"] == "Choice":
                chosen = [one["Next"] for one in state["Choices"] if _holds(one, execution.data)]
                name = chosen[0] if chosen else state["Default"]
                state = {"Next": name}
                continue
            if state["Type"] == "Task":
                execution.state, execution.entered = name, None
                execution.tried.clear()
                self._put(execution.name, self.clock.now)
            return

    def replay_failed(self) -> Counter[str]:
        """Replay all that failed, once, as the command does; return how many went which way."""
        failed = [state["item"] for state in self._trail.states.values() if state.get("status") == "failed"]
        trail: Any = self._trail
        parts = Replaying(trail, trail, self._start, self._start, self._start, self._redrive)
        plans = [plan_replay(item, trail, now=self.clock.moment) for item in failed]
        return Counter(replay(one, parts, reason="Visma is back", actor="soak")["way"] for one in plans)

    # What became of it

    def statuses(self, batch: Batch) -> Iterator[str]:
        """Yield the status of each document."""
        return (self._trail.states[item]["status"] for item in batch.documents)

    def told(self, batch: Batch) -> str:
        """Return the statuses and their counts in words."""
        return ", ".join(f"{count} {status}" for status, count in Counter(self.statuses(batch)).items())

    def posted_at(self, batch: Batch) -> list[float]:
        """Return when each document was posted."""
        return [at.timestamp() for item in batch.documents if (at := self._posted(item))]

    def _posted(self, item: str) -> datetime | None:
        return next((at for event, at, _ in self._trail.events[item] if event == "posted"), None)

    def waits(self, batch: Batch) -> list[list[float]]:
        """Return the waits before the first, the second ... retry, each of all documents that had it."""
        found: list[list[float]] = []
        for item in batch.documents:
            tried = [at for event, at, _ in self._trail.events[item] if event in ("delayed", "posted")]
            for place, (one, following) in enumerate(pairwise(tried)):
                if place == len(found):
                    found.append([])
                found[place].append((following - one).total_seconds())
        return found

    def check_waiting(self, batch: Batch) -> list[str]:
        """Return what is wrong in the middle of the outage: something gave up, or was posted."""
        wrong = {one for one in self.statuses(batch) if one not in ("waiting", "processing", "received")}
        return [f"In the outage something was {', '.join(sorted(wrong))}."] if wrong else []

    def check_posted(self, batch: Batch) -> list[str]:
        """Return what is wrong in the end: lost, twice, left behind, or before what it follows."""
        orders = Counter(self._in_visma())
        faults = [
            f"{number} is {orders[number]} times in Visma" for number in batch.numbers if orders[number] != 1
        ]
        place = {item: number for number, item in enumerate(self._trail.posted)}
        for item, followed in batch.documents.items():
            state, posted = self._trail.states[item], self._posted(item)
            if posted is None:
                faults.append(f"{item} is {state['status']}: {state.get('reason')}")
            elif followed and place.get(followed, len(place)) > place[item]:
                faults.append(f"{item} was posted before {followed}, which it changes")
        return faults[:20]

    def _in_visma(self) -> Iterator[str]:
        # A second one would have another number of Visma's and the same of its sender's.
        return (
            str(row.get("supplierRef") or row["orderNbr"])
            for row in self._simulator.company.table("purchase_order").values()
        )


def _holds(choice: dict[str, Any], data: dict[str, Any]) -> bool:
    found = _CONDITION.search(choice["Condition"])
    assert found, choice
    return bool(data.get(found[1]))


def _interchange(numbers: list[str], changed: list[str], control: int) -> bytes:
    orders = "".join(_order(number, place) for place, number in enumerate(numbers, start=1))
    groups = [f"GS*PO*NORDLYSHUB*NORDLYS*20260302*1012*1*X*004010~{orders}GE*{len(numbers)}*1~"]
    if changed:
        changes = "".join(_change(number, place) for place, number in enumerate(changed, start=1))
        groups.append(f"GS*PC*NORDLYSHUB*NORDLYS*20260302*1012*2*X*004010~{changes}GE*{len(changed)}*2~")
    isa = f"ISA*00*          *00*          *ZZ*{'NORDLYSHUB':<15}*ZZ*{'NORDLYS':<15}"
    isa += f"*260302*1012*U*00401*{control:09}*0*P*>~"
    return f"{isa}{''.join(groups)}IEA*{len(groups)}*{control:09}~".encode()


def _order(number: str, place: int) -> str:
    body = f"BEG*00*SA*{number}**20260302~CUR*BY*SEK~N1*SU*Malmberg Verktyg AB*92*MALMBERG~"
    return f"ST*850*{place:05}~{body}PO1*1*2*EA*895**VP*MV-1001~CTT*1~SE*7*{place:05}~"


def _change(number: str, place: int) -> str:
    body = f"BCH*04*SA*{number}**1*20260303~CUR*BY*SEK~N1*SU*Malmberg Verktyg AB*92*MALMBERG~"
    return f"ST*860*{place:05}~{body}POC*1*QI*3*3*EA*895**VP*MV-1001~CTT*1~SE*7*{place:05}~"
