"""One interchange of thousands of messages through the deployed stack, counted.

::

    python -m tests.soak.large_interchange [--messages 10000] [--visit-seconds 120]

A partner drops it into the simulated Sterling; the real functions and the real *receive interchange* run on
the embedded endpoint. Only *process document* is replaced by a machine that ends at once, because what counts
here is what is started. ``--visit-seconds`` is the time a visit of the split has, so that it needs several.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.demo.surroundings import CONFIGURATION, Site

from ml_connector.partners.configuration import load
from ml_connector.store.audit_queries import AuditQueries
from ml_connector.store.configuration import ConfigurationStore
from ml_connector.workflow.tickets import message_item

if TYPE_CHECKING:
    from collections.abc import Iterator

# Quotas of AWS Step Functions: events in one execution's history, bytes of a state's input or output.
MOST_EVENTS, MOST_BYTES = 25_000, 256 * 1024
_MAILBOX = "/nordlys-hub/Inbound"
_ENDS_AT_ONCE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


def main() -> int:
    """Run it and return 0 if every message has its execution and no limit was met."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.large_interchange")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--visit-seconds", type=int, default=120)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="large-"))
    site = Site.on_free_ports(folder, "ml-connector-large", seconds_per_minute=2)
    try:
        site.start()
        outputs = site.deploy()
        store = ConfigurationStore(site.client("s3"), outputs["ConfigurationBucket"])
        store.push(load(CONFIGURATION), actor="soak")
        process, receive = _machines(site)
        site.client("stepfunctions").update_state_machine(
            stateMachineArn=process, definition=json.dumps(_ENDS_AT_ONCE)
        )
        _shorten_visits(site, options.visit_seconds)
        begun = time.monotonic()
        number = site.drop(_MAILBOX, "large.edi", interchange(options.messages))
        message = message_item("sterling", _MAILBOX, number)
        execution = _settled(site, receive)
        print(f"{execution['status']} after {time.monotonic() - begun:.0f} s")  # noqa: T201
        queries = AuditQueries(site.client("dynamodb"), outputs["AuditTable"])
        return _verdict(site, process, execution, queries, message, options.messages)
    finally:
        site.stop()


def interchange(messages: int) -> bytes:
    """Return an X12 interchange of so many orders in one group."""
    isa = f"ISA*00*          *00*          *ZZ*{'NORDLYSHUB':<15}*ZZ*{'NORDLYS':<15}"
    isa += "*260302*1012*U*00401*000000001*0*P*>~"
    orders = "".join(_order(number) for number in range(1, messages + 1))
    group = f"GS*PO*NORDLYSHUB*NORDLYS*20260302*1012*1*X*004010~{orders}GE*{messages}*1~"
    return f"{isa}{group}IEA*1*000000001~".encode()


def _order(number: int) -> str:
    body = f"BEG*00*SA*LARGE-{number:05}**20260302~N1*SU*Malmberg Verktyg AB*92*MALMBERG~"
    return f"ST*850*{number:05}~{body}PO1*1*2*EA*895**VP*MV-1001~CTT*1~SE*6*{number:05}~"


def _machines(site: Site) -> tuple[str, str]:
    """Return the ARNs of *process document* and *receive interchange*."""
    found = site.client("stepfunctions").list_state_machines()["stateMachines"]
    by_name = {machine["name"].lower().replace("-", ""): machine["stateMachineArn"] for machine in found}
    return tuple(  # type: ignore[return-value] # two of them
        next(arn for name, arn in by_name.items() if wanted in name)
        for wanted in ("processdocument", "receiveinterchange")
    )


def _shorten_visits(site: Site, seconds: int) -> None:
    functions, name = site.client("lambda"), f"{site.stack}-split-interchange"
    functions.update_function_configuration(FunctionName=name, Timeout=seconds)
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)


def _settled(site: Site, machine: str) -> dict[str, Any]:
    states = site.client("stepfunctions")
    while True:
        for found in states.list_executions(stateMachineArn=machine)["executions"]:
            if found["status"] != "RUNNING":
                return dict(found)
        time.sleep(1)


def _verdict(
    site: Site, process: str, execution: dict[str, Any], queries: AuditQueries, message: str, expected: int
) -> int:
    events = list(_pages(site, "get_execution_history", "events", executionArn=execution["executionArn"]))
    largest = max(len(json.dumps(event)) for event in map(_details, events))
    visits = sum(event["type"] == "TaskStateEntered" for event in events)
    started = Counter(
        found["name"] for found in _pages(site, "list_executions", "executions", stateMachineArn=process)
    )
    totals = next(event["facts"] for event in queries.events(message) if event["event"] == "split")
    print(  # noqa: T201
        f"{len(started)} executions for {expected} messages, {visits} visits, {len(events)} events, "
        f"largest state {largest} bytes, audit: {totals}"
    )
    good = (
        execution["status"] == "SUCCEEDED"
        and len(started) == expected
        and set(started.values()) == {1}
        and totals["documents"] == expected
        and len(events) < MOST_EVENTS
        and largest < MOST_BYTES
    )
    return 0 if good else 1


def _details(event: dict[str, Any]) -> object:
    return [value for name, value in event.items() if name.endswith("EventDetails")]


def _pages(site: Site, call: str, field: str, **given: str) -> Iterator[dict[str, Any]]:
    for page in site.client("stepfunctions").get_paginator(call).paginate(**given):
        yield from page[field]


if __name__ == "__main__":
    sys.exit(main())
