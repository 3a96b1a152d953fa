"""``ml-connector documents``: where is a document, why, and what to do about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ml_connector.cli.output import Output, dated, guarded
from ml_connector.errors import Rejected

documents_app = typer.Typer(no_args_is_help=True, help="Find, show and replay documents.")

Stack = Annotated[str | None, typer.Option("--stack", help="The deployment; else ML_CONNECTOR_STACK.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_COLUMNS = ("id", "type", "partner", "number", "status", "Visma", "since", "reason")
# Ids and numbers are copied from here, so they are never cut.
_WIDTHS = {"id": 20, "number": 10}


@documents_app.command("list")
@guarded
def list_documents(
    partner: Annotated[str | None, typer.Option(help="Only this partner's.")] = None,
    status: Annotated[
        str | None, typer.Option(help="Only in this open status: failed, held, waiting ...")
    ] = None,
    number: Annotated[str | None, typer.Option(help="With this number of either system.")] = None,
    day: Annotated[
        str | None, typer.Option(help="First seen on this day, YYYY-MM-DD; today by default.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")] = 50,
    page: Annotated[
        str | None, typer.Option(help="Token of the next page, as the last one printed it.")
    ] = None,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """List documents, newest first."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.store.audit_queries import today

    queries = deployed_parts(stack).queries
    token: str | None = None
    if number:
        items = queries.by_number(number)
    elif partner:
        items, token = queries.by_partner(partner, limit=limit, token=page)
    elif status:
        items, token = queries.by_status(status, limit=limit, token=page)
    else:
        items, token = queries.by_day(day or today(), limit=limit, token=page)
    shown = [item for item in items if item.get("kind") == "document"]
    out = Output(as_json=as_json)
    out.data({"documents": shown, "next_page": token}, _listing(shown, token))


@documents_app.command("show")
@guarded
def show_document(
    document: Annotated[str, typer.Argument(help="A document's, interchange's or message's id.")],
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Show a document: its state, what happened to it, and every decision."""
    from ml_connector.assembly.deployment import deployed_parts

    queries = deployed_parts(stack).queries
    state = queries.state(document)
    if state is None:
        raise Rejected(
            f"There is no document {document!r}.", advice="Look it up with: ml-connector documents list"
        )
    events = queries.events(document)
    Output(as_json=as_json).data({"document": state, "events": events}, _story(state, events))


@documents_app.command("replay")
@guarded
def replay(
    documents: Annotated[list[str], typer.Argument(help="Ids of the documents.")],
    reason: Annotated[str, typer.Option(help="Why; it is recorded with your name.")] = "",
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Start documents again from their stored bytes; one that is in Visma already is not posted twice."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.replay import Replaying, replay_document

    parts = deployed_parts(stack)
    replaying = Replaying(parts.queries, parts.audit, parts.starter("PROCESS_MACHINE"))
    started = [replay_document(document, replaying, reason=reason) for document in documents]
    lines = [f"{one['document']}  started as {one['execution']}" for one in started]
    Output(as_json=as_json).data({"replayed": started}, Text("\n".join(lines)))


def _listing(items: list[dict[str, Any]], token: str | None) -> Group:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in _COLUMNS:
        table.add_column(heading, no_wrap=True, overflow="ellipsis", min_width=_WIDTHS.get(heading))
    for item in items:
        table.add_row(
            item["item"],
            item.get("type", ""),
            item.get("partner", ""),
            item.get("number", ""),
            item.get("status", ""),
            item.get("visma_number", ""),
            dated(item.get("status_since")),
            item.get("reason") or item.get("note") or "",
        )
    more = [Text(f"More: --page {token}", style="dim")] if token else []
    return Group(table if items else Text("No documents."), *more)


def _story(state: dict[str, Any], events: list[dict[str, Any]]) -> Group:
    title = Text(
        f"{state.get('type', '')} {state.get('number', '')} from {state.get('partner', 'nobody known')}"
    )
    title.stylize("bold")
    facts = Table(show_header=False, box=None, pad_edge=False)
    for name in (
        "item",
        "status",
        "visma_entity",
        "visma_number",
        "parent",
        "control_number",
        "last_execution",
    ):
        if state.get(name):
            facts.add_row(name.replace("_", " "), str(state[name]))
    for name in ("reason", "advice", "note"):
        if state.get(name):
            facts.add_row(name, Text(str(state[name]), style="yellow"))
    timeline = Table(
        "when", "event", "step", "who or what", "more", box=None, pad_edge=False, header_style="bold"
    )
    for event in events:
        timeline.add_row(
            dated(event["at"]),
            event["event"],
            event["step"],
            event.get("actor") or event.get("execution", "").rpartition(":")[2],
            _summary(event["facts"]),
        )
    return Group(title, facts, Text(), timeline, *_decisions(events))


def _summary(facts: dict[str, Any]) -> str:
    for name in ("reason", "entity", "messages"):
        if facts.get(name):
            number = f" {facts['number']}" if facts.get("number") else ""
            return f"{facts[name]}{number}"
    return ""


def _decisions(events: list[dict[str, Any]]) -> list[Any]:
    mapped = [event["facts"]["decisions"] for event in events if event["facts"].get("decisions")]
    if not mapped:
        return []
    table = Table("field", "value", "from", "where", "detail", box=None, pad_edge=False, header_style="bold")
    for decision in mapped[-1]:
        table.add_row(*(str(decision[name]) for name in ("field", "value", "source", "where", "detail")))
    return [Text(), Text("Decisions of the mapping", style="bold"), table]
