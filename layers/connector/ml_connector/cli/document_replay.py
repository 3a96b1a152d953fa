"""``ml-connector documents replay``: one document, or all that failed, previewed, asked for, resumable."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console, Group
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from ml_connector.cli.options import AsJson, Reason, Since, Stack, Until, Yes, end_moment, moment, person
from ml_connector.cli.output import REFUSED, Output, guarded
from ml_connector.errors import ConnectorError, Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ml_connector.store.audit_queries import AuditQueries
    from ml_connector.workflow.decisions import Person
    from ml_connector.workflow.find_documents import Search
    from ml_connector.workflow.replay import Plan, Replaying

_SHOWN = 20
_WAYS = {
    "redrive": "go on where they stopped",
    "anew": "start anew from the stored bytes",
    "send": "are only sent again",
    "receive": "are received again",
}


@guarded
def replay(
    documents: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Ids of documents, interchanges or messages."),
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that failed.")] = False,
    since: Since = None,
    until: Until = None,
    partner: Annotated[str, typer.Option(help="Only this partner's.")] = "",
    error: Annotated[str, typer.Option(help="Only with this error, or these words in the reason.")] = "",
    reason: Reason = "",
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Start documents again, or messages that became none; what is in Visma already is not posted twice.

    Each goes on in the way that fits: after an outage where it stopped, after a mended rule or partner file
    from its stored bytes. Interrupted, the same command does the rest.
    """
    from ml_connector.assembly.actions import replaying
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.find_documents import Search

    if bool(documents) == failed:
        raise Misconfigured("Which documents?", advice="Give their ids, or --failed with what narrows it.")
    who = None if dry_run else person(reason)
    parts = deployed_parts(stack)
    search = Search(
        kind="", status="failed", partner=partner, error=error, since=moment(since), until=end_moment(until)
    )
    plans = _plans(parts.queries, documents, search)
    out = Output(as_json=as_json)
    if who is None or not plans:
        out.data({"plan": [plan.as_dict() for plan in plans]}, _preview(plans))
        return
    bulk = failed or len(plans) > 1
    if bulk and not yes and not _agreed(plans):
        raise typer.Exit(REFUSED)
    done, refused = _run(plans, replaying(parts), who)
    out.data({"replayed": done, "refused": refused}, _result(done, refused, len(plans)))
    if refused or len(done) < len(plans):
        raise typer.Exit(REFUSED)


def _plans(queries: AuditQueries, documents: list[str] | None, search: Search) -> list[Plan]:
    from ml_connector.workflow.find_documents import find_all
    from ml_connector.workflow.replay import plan_replay

    if documents:
        return [plan_replay(document, queries) for document in dict.fromkeys(documents)]
    found = sorted(find_all(queries, search), key=lambda item: (item["created_at"], item["item"]))
    return [plan_replay(item["item"], queries) for item in found]


def _agreed(plans: list[Plan]) -> bool:
    """Show what would be done and ask; False where nobody can answer."""
    Console(stderr=True, highlight=False).print(_preview(plans))
    try:
        return typer.confirm(f"Replay {_counted(plans)}?", err=True)
    except typer.Abort:
        return False


def _run(
    plans: list[Plan], parts: Replaying, who: Person
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    from ml_connector.workflow.replay import replay as replay_document

    done: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    try:
        for plan in _watched(plans):
            try:
                done.append(replay_document(plan, parts, reason=who.reason, actor=who.name))
            except ConnectorError as error:
                refused.append({"document": plan.document, "why": str(error)})
    except KeyboardInterrupt:
        Console(stderr=True).print("Interrupted; the same command does the rest.", style="yellow")
    return done, refused


def _watched(plans: list[Plan]) -> Iterator[Plan]:
    """Yield the plans, with a progress bar on a terminal when there are many."""
    if len(plans) < _SHOWN or not sys.stderr.isatty():
        yield from plans
        return
    with Progress(console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(plans, description="Replaying")


def _preview(plans: list[Plan]) -> Group:
    if not plans:
        return Group(Text("Nothing is to be replayed."))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("id", "type", "partner", "number", "how", "why it stopped"):
        table.add_column(heading, no_wrap=True, overflow="ellipsis")
    for plan in plans[:_SHOWN]:
        row = plan.as_dict()
        table.add_row(
            plan.document, row["type"], row["partner"], row["number"], plan.way.value, Text(row["reason"])
        )
    ways = [plan.way.value for plan in plans]
    counts = [f"{ways.count(way)} {words}" for way, words in _WAYS.items() if way in ways]
    more = [Text(f"... and {len(plans) - _SHOWN} more.")] if len(plans) > _SHOWN else []
    return Group(table, *more, Text(f"{_counted(plans)}: {', '.join(counts)}."))


def _counted(plans: list[Plan]) -> str:
    kinds = Counter(plan.state.get("kind", "document") for plan in plans)
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(kinds.items()))


def _result(done: list[dict[str, Any]], refused: list[dict[str, str]], planned: int) -> Group:
    lines = [Text(f"{one['document']}  {one['way']}: {one['execution']}") for one in done[:_SHOWN]]
    lines += [Text(f"{one['document']}  refused: {one['why']}", style="red") for one in refused[:_SHOWN]]
    if planned > 1:
        lines.append(Text(f"{len(done)} of {planned} started again.", style="bold"))
    return Group(*lines)
