"""The demo from its start to its table: ``make demo``, ``ml-connector demo``."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from local import stack
from local.demo.following import Follower, Row
from local.demo.round_trip import make_round_trip
from local.demo.surroundings import CONFIGURATION, ROOT, Site
from local.processes import ProcessError
from local.stack import StackError
from ml_connector.errors import ConnectorError
from ml_connector.partners.configuration import load
from ml_connector.store.audit_queries import AuditQueries
from ml_connector.store.configuration import ConfigurationStore

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERCHANGES = Path(__file__).with_name("interchanges")
ENVIRONMENT = ROOT / ".local" / "demo" / "environment.json"
# What each outcome looks like; the demo fails if something ends otherwise than its file's name says.
_STYLES = {
    "posted": "green",
    "accepted": "green",
    "sent": "green",
    "rejected": "red",
    "logged": "green",
    "failed": "red",
    "held": "yellow",
    "quarantined": "red",
}
_PATIENCE_SECONDS = 120


def run(*, keep: bool, as_json: bool) -> int:
    """Run the demo; return 0 if every document ended as it should, 1 if not, 2 if it could not start."""
    console = _console(stderr=as_json)
    try:
        with _running(console, keep=keep) as site:
            rows, complete = _main_job(console, site)
            if as_json:
                print(json.dumps([asdict(row) for row in rows], indent=2))  # noqa: T201 - a command prints
            console.print(_table(rows))
            _say_why(console, rows)
            _say_further(console, site, rows, keep=keep)
    except (ProcessError, StackError, ConnectorError) as error:
        console.print(f"[bold red]The demo could not run:[/] {error}")
        return 2
    if not complete:
        console.print(f"[bold red]Not everything was settled in {_PATIENCE_SECONDS} s.[/]")
    return 0 if complete and _as_expected(rows) else 1


def _console(*, stderr: bool) -> Console:
    """A console as wide as the terminal, and wide enough for the table where there is none."""
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=120)


@contextmanager
def _running(console: Console, *, keep: bool) -> Iterator[Site]:
    site = Site.from_environment()
    already = site.running
    try:
        with _step(console, "Starting the embedded AWS endpoint and the simulators of Sterling and Visma"):
            site.start()
        with _step(console, "Deploying template.yaml with sam build and sam deploy"):
            site.deploy()
        _remember(site)
        if keep:
            site.serve_console()
        yield site
    finally:
        if not keep and not already:
            site.stop()
            ENVIRONMENT.unlink(missing_ok=True)


def _main_job(console: Console, site: Site) -> tuple[list[Row], bool]:
    outputs = stack.outputs(site.endpoint, site.stack)
    with _step(console, "Giving it the example company's partners and rules"):
        store = ConfigurationStore(site.client("s3"), outputs["ConfigurationBucket"])
        store.push(load(CONFIGURATION), actor="demo", reason="the example configuration")
    with _step(console, "Dropping partners' EDI into their Sterling mailboxes"):
        dropped = drop(site, INTERCHANGES)
    console.print("Waiting for the schedule to poll, and following every document:\n")
    queries = AuditQueries(site.client("dynamodb"), outputs["AuditTable"])
    rows, complete = _follow(console, Follower(queries, dropped))
    console.print("People release eight documents in Visma; they leave as EDI, and receivers answer:\n")
    sent = _go_out_and_back(console, site, queries)
    return [*rows, *sent], complete and all(row.seconds is not None for row in sent)


def _go_out_and_back(console: Console, site: Site, queries: AuditQueries) -> list[Row]:
    with Live(_table([]), console=console, refresh_per_second=4, transient=True) as live:
        return make_round_trip(
            site, queries, within=_PATIENCE_SECONDS, show=lambda rows: live.update(_table(rows))
        )


def drop(site: Site, folder: Path) -> dict[str, datetime]:
    """Put each file into the inbound mailbox of the partner its folder is named after.

    Returns:
        When each message was dropped, by its name, which is another at every call.
    """
    stamp = f"{datetime.now(UTC):%H%M%S%f}"
    dropped: dict[str, datetime] = {}
    for file in sorted(file for kind in ("edi", "xml") for file in folder.glob(f"*/*.{kind}")):
        name = f"{file.stem}-{stamp}{file.suffix}"
        site.drop(f"/{file.parent.name}/Inbound", name, file.read_bytes())
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
    return {"posted", "logged", "failed", "quarantined", "accepted", "rejected", "sent"} <= outcomes


def _table(rows: list[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("document", "partner", "number", "outcome"):
        table.add_column(heading, no_wrap=True)
    table.add_column("in Visma", no_wrap=True)
    table.add_column("mailbox to end", no_wrap=True, justify="right")
    for row in rows:
        style = _STYLES.get(row.outcome, "dim")
        seconds = f"{row.seconds:.1f} s" if row.seconds is not None else ""
        table.add_row(row.type, row.partner, row.number, f"[{style}]{row.outcome}[/]", row.in_visma, seconds)
    return table


def _say_why(console: Console, rows: list[Row]) -> None:
    """Print a sentence for each row that has one, under the table, where there is room for it."""
    for row in (row for row in rows if row.why):
        console.print()
        console.print(Text(f"{row.type} {row.number}: ", style="bold").append(Text(row.why, style="default")))


def _say_further(console: Console, site: Site, rows: list[Row], *, keep: bool) -> None:
    example = next((row.id for row in rows if row.outcome == "failed"), "ID")
    console.print()
    if keep:
        console.print(f"Web page:       {site.console}/")
        console.print(f"Look further:   .venv/bin/ml-connector documents show {example}")
        console.print("                .venv/bin/ml-connector documents list")
        console.print(f"AWS endpoint:   {site.endpoint}   Sterling: {site.sterling}   Visma: {site.visma}")
        console.print("Stop it with:   make down")
    else:
        console.print(
            f"Look further:   make demo KEEP=1, then .venv/bin/ml-connector documents show {example}"
        )
        console.print(f"AWS endpoint:   {site.endpoint} while it runs")
    console.print(f"Logs:           {site.logs.relative_to(ROOT)}")


def _remember(site: Site) -> None:
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    ENVIRONMENT.write_text(json.dumps(site.environment(), indent=2))


@contextmanager
def _step(console: Console, what: str) -> Iterator[Any]:
    began = time.monotonic()
    console.print(f"{what} ...", end=" ")
    yield
    console.print(f"[dim]{time.monotonic() - began:.1f} s[/]")
