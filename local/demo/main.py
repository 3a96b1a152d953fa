"""The demo from its start to its table: ``make demo``, ``ml-connector demo``."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from ml_connector.store.configuration import ConfigurationStore
from rich.console import Console
from rich.live import Live
from rich.table import Table

from local.demo import surroundings
from local.demo.following import Follower, Row
from local.demo.surroundings import LOGS, ROOT, Surroundings
from local.processes import ProcessError
from local.stack import StackError
from ml_connector.errors import ConnectorError
from ml_connector.partners.configuration import load
from ml_connector.store.audit_queries import AuditQueries

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERCHANGES = Path(__file__).with_name("interchanges")
CONFIGURATION = ROOT / "examples" / "configuration"
ENVIRONMENT = ROOT / ".local" / "demo" / "environment.json"
# What each outcome looks like; the demo fails if something ends otherwise than its file's name says.
_STYLES = {"posted": "green", "logged": "green", "failed": "red", "held": "yellow", "quarantined": "red"}
_PATIENCE_SECONDS = 120


def run(*, keep: bool, as_json: bool) -> int:
    """Run the demo; return 0 if every document ended as it should, 1 if not, 2 if it could not start."""
    console = Console(stderr=as_json, highlight=False)
    try:
        with _running(console, keep=keep) as here:
            rows, complete = _main_job(console, here)
            if as_json:
                print(json.dumps([asdict(row) for row in rows], indent=2))  # noqa: T201 - a command prints
            console.print(_table(rows))
            _say_further(console, here, rows, keep=keep)
    except (ProcessError, StackError, ConnectorError) as error:
        console.print(f"[bold red]The demo could not run:[/] {error}")
        return 2
    if not complete:
        console.print(f"[bold red]Not everything was settled in {_PATIENCE_SECONDS} s.[/]")
    return 0 if complete and _as_expected(rows) else 1


@contextmanager
def _running(console: Console, *, keep: bool) -> Iterator[Surroundings]:
    already = surroundings.running()
    try:
        with _step(console, "Starting the embedded AWS endpoint and the simulators of Sterling and Visma"):
            surroundings.start(fresh=True)
        with _step(console, "Deploying template.yaml with sam build and sam deploy"):
            here = surroundings.deploy()
        _remember(here)
        yield here
    finally:
        if not keep and not already:
            surroundings.stop()
            ENVIRONMENT.unlink(missing_ok=True)


def _main_job(console: Console, here: Surroundings) -> tuple[list[Row], bool]:
    with _step(console, "Giving it the example company's partners and rules"):
        store = ConfigurationStore(here.client("s3"), here.outputs["ConfigurationBucket"])
        store.push(load(CONFIGURATION), actor="demo", reason="the example configuration")
    with _step(console, "Dropping partners' EDI into their Sterling mailboxes"):
        dropped = _drop(here)
    console.print("Waiting for the schedule to poll, and following every document:\n")
    follower = Follower(AuditQueries(here.client("dynamodb"), here.outputs["AuditTable"]), dropped)
    return _follow(console, follower)


def _drop(here: Surroundings) -> dict[str, datetime]:
    """Put each file into the inbound mailbox of the partner its folder is named after."""
    stamp = f"{datetime.now(UTC):%H%M%S}"
    dropped: dict[str, datetime] = {}
    for file in sorted(INTERCHANGES.glob("*/*.edi")):
        name = f"{file.stem}-{stamp}{file.suffix}"
        mailbox = f"/{file.parent.name}/Inbound"
        answer = httpx.post(
            f"{here.sterling}/_control/drop",
            params={"mailbox": mailbox, "name": name},
            content=file.read_bytes(),
        )
        answer.raise_for_status()
        dropped[name] = datetime.now(UTC)
    return dropped


def _follow(console: Console, follower: Follower) -> tuple[list[Row], bool]:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    rows: list[Row] = []
    complete = False
    with Live(_table(rows), console=console, refresh_per_second=4, transient=True) as live:
        while not complete and time.monotonic() < deadline:
            rows, complete = follower.look()
            live.update(_table(rows))
            time.sleep(0.5)
    return rows, complete


def _as_expected(rows: list[Row]) -> bool:
    """Tell whether the outcomes are the ones the dropped files were made for."""
    outcomes = {row.outcome for row in rows}
    return {"posted", "logged", "failed", "quarantined"} <= outcomes


def _table(rows: list[Row]) -> Table:
    table = Table("document", "partner", "number", "outcome", "in Visma, or why not", "time", box=None)
    for row in rows:
        style = _STYLES.get(row.outcome, "dim")
        seconds = f"{row.seconds:.1f} s" if row.seconds is not None else ""
        table.add_row(row.type, row.partner, row.number, f"[{style}]{row.outcome}[/]", row.result, seconds)
    return table


def _say_further(console: Console, here: Surroundings, rows: list[Row], *, keep: bool) -> None:
    example = next((row.id for row in rows if row.outcome == "failed"), "ID")
    console.print()
    if keep:
        console.print(f"Look further:   .venv/bin/ml-connector documents show {example}")
        console.print("                .venv/bin/ml-connector documents list")
        console.print(f"AWS endpoint:   {here.endpoint}   Sterling: {here.sterling}   Visma: {here.visma}")
        console.print("Stop it with:   make down")
    else:
        console.print(
            f"Look further:   make demo KEEP=1, then .venv/bin/ml-connector documents show {example}"
        )
        console.print(f"AWS endpoint:   {here.endpoint} while it runs")
    console.print(f"Logs:           {LOGS.relative_to(ROOT)}")


def _remember(here: Surroundings) -> None:
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    ENVIRONMENT.write_text(json.dumps(here.environment(), indent=2))


@contextmanager
def _step(console: Console, what: str) -> Iterator[Any]:
    began = time.monotonic()
    console.print(f"{what} ...", end=" ")
    yield
    console.print(f"[dim]{time.monotonic() - began:.1f} s[/]")
