"""The whole system under faults and kills: nothing lost, nothing twice.

::

    python -m tests.chaos [--seconds 120] [--seed 1] [--documents 40] [--outage 60]

Orders are dropped into a Sterling mailbox while both simulators delay, refuse and cut calls by a seed, and
while the endpoint and its handlers are killed and started again. With ``--outage`` Visma then answers nothing
for that long while as many orders come again. Then the faults end, everything may settle by itself, each
order must be in Visma exactly once, and ``ml-connector audit verify`` must find that everything agrees.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from local import processes
from local.demo.purchasing import ledger
from local.demo.surroundings import CONFIGURATION, Site

from ml_connector.partners.configuration import load
from ml_connector.store.audit_queries import AuditQueries, today
from ml_connector.store.configuration import ConfigurationStore

if TYPE_CHECKING:
    from collections.abc import Callable

_MAILBOX = "/nordlys-hub/Inbound"
_SETTLE_SECONDS = 1200
# Faults of the answer leave what was done in doubt, which is the hard case; the others do nothing.
_VISMA_KINDS = ["latency", "throttle", "error", "error_after", "cut_after", "half_body", "expired_token"]
_STERLING_KINDS = ["status", "cut_before", "cut_after", "truncate"]
_SHARE = 0.15


def main() -> int:
    """Run it and return 0 if every order is in Visma exactly once."""
    options = _options()
    chance = random.Random(options.seed)  # noqa: S311 - repeatable on purpose
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    site = Site.on_free_ports(folder, "ml-connector-chaos", seconds_per_minute=2)
    try:
        site.start()
        outputs = site.deploy()
        store = ConfigurationStore(site.client("s3"), outputs["ConfigurationBucket"])
        store.push(load(CONFIGURATION), actor="chaos")
        _set_faults(site, chance, on=True)
        numbers = _storm(site, chance, options)
        if options.outage:
            numbers += _outage(site, options)
        _set_faults(site, chance, on=False)
        queries = AuditQueries(site.client("dynamodb"), outputs["AuditTable"])
        return _verdict(site, queries, numbers) or _verify(site)
    finally:
        site.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--outage", type=int, default=0, metavar="SECONDS")
    return parser.parse_args()


def _storm(site: Site, chance: random.Random, options: argparse.Namespace) -> list[str]:
    numbers = []
    pause = options.seconds / options.documents
    for index in range(1, options.documents + 1):
        numbers.append(_drop_order(site, index))
        time.sleep(pause * chance.uniform(0.5, 1.5))
        if chance.random() < 0.15:
            _kill_something(site, chance)
    return numbers


def _outage(site: Site, options: argparse.Namespace) -> list[str]:
    """Let Visma answer nothing while orders come; return their numbers."""
    down = {"seed": options.seed, "rate": 1.0, "kinds": ["error", "text_error", "cut_before"]}
    httpx.post(f"{site.visma}/_control/faults", json=down).raise_for_status()
    first, ends = options.documents + 1, time.monotonic() + options.outage
    numbers = [_drop_order(site, index) for index in range(first, first + options.documents)]
    time.sleep(max(0.0, ends - time.monotonic()))
    return numbers


def _drop_order(site: Site, index: int) -> str:
    number = f"CHAOS-{index:05}"
    site.drop(_MAILBOX, f"{number}.edi", _order(number, index))
    return number


def _order(number: str, control: int) -> bytes:
    body = [
        f"BEG*00*SA*{number}**20260302",
        "CUR*BY*SEK",
        "N1*SU*Malmberg Verktyg AB*92*MALMBERG",
        "PO1*1*2*EA*895**VP*MV-1001",
        "CTT*1",
    ]
    segments = [
        (
            f"ISA*00*          *00*          *ZZ*{'NORDLYSHUB':<15}*ZZ*{'NORDLYS':<15}"
            f"*260302*1012*U*00401*{control:09}*0*P*>"
        ),
        f"GS*PO*NORDLYSHUB*NORDLYS*20260302*1012*{control}*X*004010",
        "ST*850*0001",
        *body,
        f"SE*{len(body) + 2}*0001",
        f"GE*1*{control}",
        f"IEA*1*{control:09}",
    ]
    return "".join(f"{segment}~" for segment in segments).encode()


def _kill_something(site: Site, chance: random.Random) -> None:
    aws = processes.find("aws", folder=site.folder)
    if aws is None:
        return
    if chance.random() < 0.5:
        os.kill(aws.pid, signal.SIGKILL)
        _until(lambda: processes.find("aws", folder=site.folder) is None, 10)
        _until(lambda: processes.port_is_free(site.aws_port), 30)
        site.start_again()
        return
    handlers = _children(aws.pid)
    if handlers:
        os.kill(chance.choice(handlers), signal.SIGKILL)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def _set_faults(site: Site, chance: random.Random, *, on: bool) -> None:
    visma = {"seed": chance.randrange(10_000), "rate": _SHARE, "kinds": _VISMA_KINDS} if on else {}
    sterling = [_sterling_fault(chance) for _ in range(30)] if on else []
    for url, plan in ((site.visma, visma), (site.sterling, sterling)):
        httpx.post(f"{url}/_control/faults", json=plan).raise_for_status()


def _sterling_fault(chance: random.Random) -> dict[str, object]:
    kind = chance.choice(_STERLING_KINDS)
    return {"path": "mailboxmessages|documents", "skip": chance.randint(1, 6), "fault": kind, "status": 503}


def _verdict(site: Site, queries: AuditQueries, numbers: list[str]) -> int:
    _until(lambda: not _open(queries), _SETTLE_SECONDS)
    with ledger(site) as client:
        posted = Counter(number for number in _orders(client) if number.startswith("CHAOS-"))
    lost = [number for number in numbers if posted[number] == 0]
    twice = [number for number, count in posted.items() if count > 1]
    print(f"{len(numbers)} orders dropped, {len(posted)} in Visma; lost: {lost}; twice: {twice}")  # noqa: T201
    for item in _open(queries):
        print(f"open: {item['item']} {item['status']} {item.get('reason')}")  # noqa: T201
    return 1 if lost or twice else 0


def _verify(site: Site) -> int:
    """Let the connector prove its own records, as an auditor would; return its exit code."""
    command = [str(Path(sys.executable).with_name("ml-connector")), "audit", "verify", "--grace", "0"]
    return subprocess.run(command, env={**os.environ, **site.environment()}, check=False).returncode


def _orders(client: httpx.Client) -> list[str]:
    found, page = [], 1
    while rows := client.get("/v1/purchaseorder", params={"pageNumber": page, "pageSize": 500}).json():
        found += [row.get("supplierRef") or row["orderNbr"] for row in rows]
        page += 1
    return found


def _open(queries: AuditQueries) -> list[dict[str, str]]:
    items = queries.by_day(today(), limit=1000).items
    return [item for item in items if item.get("open_status") not in (None, "quarantined", "unassigned")]


def _until(done: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
