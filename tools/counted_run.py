"""Runs documents through the deployed connector on the embedded endpoint, and counts what AWS charges for."""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from boto3.dynamodb.types import TypeDeserializer
from local.demo.surroundings import CONFIGURATION, Site

from ml_connector.partners import parse, read_folder
from ml_connector.store.audit_queries import INDEXES, AuditQueries
from ml_connector.store.configuration import ConfigurationStore
from ml_connector.workflow.tickets import message_item

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
ORDER = (ROOT / "events/order-4513.edi").read_bytes()
MAILBOX, HUB = "/nordlys-hub/Inbound", "partners/nordlys-hub.yaml"
# What each document costs, and what the schedule costs whether documents come or not.
STEPS = ("split-interchange", "acknowledge-interchange", "parse-document", "map-document", "post-document")
POLLS = ("poll-sterling", "poll-visma")
_KILOBYTE = 1024
_FIRST, _WARMING = 5000, 8
_PATIENCE_SECONDS = 300
# Index keys that move with every change of an item: its old entry is deleted and a new one written.
_MOVING = {"updated_at", "status_since"}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}


@dataclass
class Counts:
    """What a number of documents took.

    Attributes:
        transitions: State transitions of all executions, each state entered is one.
        invocations: By function.
        milliseconds: Of a processor's work, by function, as the host of the functions measured them.
        waits: Calls to AWS by function.
        requests: Calls to AWS by service and operation, those of the steps only.
        units: Write and read units of DynamoDB.
        systems: Calls to Visma and Sterling, by name.
        seconds: From the first message's drop to the last document's posting.
    """

    documents: int
    transitions: int = 0
    executions: int = 0
    invocations: Counter[str] = field(default_factory=Counter)
    milliseconds: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    systems: Counter[str] = field(default_factory=Counter)
    log_bytes: int = 0
    seconds: float = 0.0


def count(documents: int) -> Counts:
    """Run so many orders, each in an interchange of its own that is acknowledged, and count."""
    folder = Path(tempfile.mkdtemp(prefix="cost-"))
    site = Site.on_free_ports(folder, "ml-connector-cost", seconds_per_minute=2)
    calls = folder / "calls"
    calls.mkdir()
    try:
        with pytest.MonkeyPatch.context() as switched:
            switched.setenv("ML_CONNECTOR_AWS_CALLS", str(calls))
            switched.setenv("ML_CONNECTOR_ENVIRONMENTS", "24")  # none is let go while documents come
            site.start()
        outputs = site.deploy()
        store = ConfigurationStore(site.client("s3"), outputs["ConfigurationBucket"])
        store.push(parse(acknowledged(read_folder(CONFIGURATION))), actor="cost")
        run = _Run(site, outputs, calls)
        run.process(range(_FIRST, _FIRST + _WARMING))
        before = run.standing()
        seconds = run.process(range(_FIRST + _WARMING, _FIRST + _WARMING + documents))
        return run.difference(before, documents, seconds)
    finally:
        site.stop()


def acknowledged(files: Mapping[str, str]) -> dict[str, str]:
    """Return the configuration in which the hub gets a 997 for each interchange."""
    return {**files, HUB: files[HUB] + 'acknowledgements: {x12: "997"}\n'}


def states_entered(states: Any, executions: list[str]) -> int:  # noqa: ANN401 - boto3 has one type per service
    """Return how many states the executions entered: what Step Functions counts as transitions."""
    return sum(kind.endswith("StateEntered") for kind in _happened(states, executions))


def invocations(states: Any, executions: list[str]) -> int:  # noqa: ANN401 - as above
    """Return how many times the executions called a function, retries included."""
    return sum(kind in {"TaskScheduled", "LambdaFunctionScheduled"} for kind in _happened(states, executions))


def _happened(states: Any, executions: list[str]) -> Iterator[str]:  # noqa: ANN401 - as above
    for arn in executions:
        for page in states.get_paginator("get_execution_history").paginate(executionArn=arn):
            yield from (event["type"] for event in page["events"])


def write_units(row: Mapping[str, Any], *, transaction: bool) -> int:
    """Return the write units of one write of a row, itself and in each index that holds it."""
    size = math.ceil(len(json.dumps(row, default=str)) / _KILOBYTE)
    indexed = [keys for keys in INDEXES.values() if all(name in row for name in keys)]
    moving = sum(2 if _MOVING & set(keys) else 1 for keys in indexed)
    return size * ((2 if transaction else 1) + moving)


@dataclass
class _Run:
    site: Site
    outputs: Mapping[str, str]
    calls: Path

    def process(self, numbers: range) -> float:
        """Drop an order for each number and wait until all are posted; return the seconds it took."""
        begun = time.monotonic()
        queries = AuditQueries(self.site.client("dynamodb"), self.outputs["AuditTable"])
        waiting = {self._drop(number) for number in numbers}
        while waiting:
            if time.monotonic() > begun + _PATIENCE_SECONDS:
                raise TimeoutError(f"{len(waiting)} documents are not posted: see {self.site.logs}")
            time.sleep(0.2)
            waiting = {item for item in waiting if (queries.state(item) or {}).get("status") != "posted"}
        seconds = time.monotonic() - begun
        self._await_executions()
        return seconds

    def standing(self) -> dict[str, Any]:
        """Return how far everything that is counted has come."""
        return {
            "calls": {path.name: len(path.read_text().splitlines()) for path in self.calls.glob("*.jsonl")},
            "logs": {path.name: path.stat().st_size for path in self._logs()},
            "executions": set(self._executions()),
            "systems": self._systems(),
        }

    def difference(self, before: Mapping[str, Any], documents: int, seconds: float) -> Counts:
        """Return what came since."""
        counts = Counts(documents, seconds=seconds)
        executions = [arn for arn in self._executions() if arn not in before["executions"]]
        counts.executions = len(executions)
        counts.transitions = states_entered(self.site.client("stepfunctions"), executions)
        counts.systems = self._systems() - before["systems"]
        for path in self._logs():
            self._count_log(counts, path, before["logs"].get(path.name, 0))
        rows = dict(self._rows())
        for path in self.calls.glob("*.jsonl"):
            function = path.stem.removeprefix(f"{self.site.stack}-")
            lines = path.read_text().splitlines()[before["calls"].get(path.name, 0) :]
            if function in STEPS:
                for line in lines:
                    _count_call(counts, function, json.loads(line), rows)
        return counts

    def _drop(self, number: int) -> str:
        content = ORDER.replace(b"4513", str(number).encode())
        message = self.site.drop(MAILBOX, f"order-{number}.edi", content)
        return f"{message_item('sterling', MAILBOX, message)}-1-1"

    def _await_executions(self) -> None:
        states = self.site.client("stepfunctions")
        while any(
            states.list_executions(stateMachineArn=self.outputs[machine], statusFilter="RUNNING")[
                "executions"
            ]
            for machine in ("ReceiveMachine", "ProcessMachine")
        ):
            time.sleep(0.2)

    def _executions(self) -> Iterator[str]:
        pages = self.site.client("stepfunctions").get_paginator("list_executions")
        for machine in ("ReceiveMachine", "ProcessMachine"):
            for page in pages.paginate(stateMachineArn=self.outputs[machine]):
                yield from (one["executionArn"] for one in page["executions"])

    def _systems(self) -> Counter[str]:
        sterling = httpx.get(f"{self.site.sterling}/_control/counts").json()["by_call"]
        visma = httpx.get(f"{self.site.visma}/_control/counts").json()
        found = Counter({f"Sterling: {name}": number for name, number in sterling.items()})
        return found + Counter({f"Visma: {name}": number for name, number in visma.items()})

    def _logs(self) -> Iterator[Path]:
        return self.site.logs.glob(f"{self.site.stack}-*.log")

    def _count_log(self, counts: Counts, path: Path, start: int) -> None:
        function = path.stem.removeprefix(f"{self.site.stack}-")
        text = path.read_bytes()[start:]
        counts.log_bytes += len(text) if function in STEPS else 0
        reports = [json.loads(line) for line in text.decode().splitlines() if '"platform.report"' in line]
        works = [report["record"]["metrics"]["processorMs"] for report in reports]
        counts.invocations[function] += len(works)
        # The usual one, so that a cold start does not weigh on a handful of documents.
        counts.milliseconds[function] = round(median(works or [0.0]) * len(works))

    def _rows(self) -> Iterator[tuple[tuple[str, str, str], dict[str, Any]]]:
        plain = TypeDeserializer().deserialize
        for output in ("AuditTable", "StateTable"):
            table = self.outputs[output]
            for page in self.site.client("dynamodb").get_paginator("scan").paginate(TableName=table):
                for item in page["Items"]:
                    row = {name: plain(value) for name, value in item.items()}
                    yield (table, row["pk"], row["sk"]), row


def _count_call(
    counts: Counts, function: str, call: list[Any], rows: Mapping[tuple[str, str, str], dict[str, Any]]
) -> None:
    service, operation, given, named = call
    counts.requests[f"{service}:{operation}"] += 1
    counts.waits[function] += 1
    if service == "dynamodb" and operation in _WRITES:
        transaction = "Transaction" in given
        for key in named or [["", "", ""]]:
            # A row that is gone by now, a lease or a claim, was small.
            counts.units["write"] += write_units(rows.get(tuple(key), {}), transaction=transaction)
    elif service == "dynamodb":
        counts.units["read"] += 1


def by_kind(requests: Mapping[str, int]) -> dict[str, int]:
    """Return the calls to AWS as they are charged for."""
    kinds: dict[str, int] = defaultdict(int)
    for name, number in requests.items():
        service, operation = name.split(":")
        if service == "s3":
            kinds["write to S3" if operation.startswith(("Put", "List", "Copy")) else "read from S3"] += (
                number
            )
        elif service == "secretsmanager":
            kinds["read of a secret"] += number
    return dict(kinds)
