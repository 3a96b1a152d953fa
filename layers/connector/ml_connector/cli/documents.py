"""``ml-connector documents``: where is a document, why, and what to do about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ml_connector.cli.document_actions import hold, release, reroute, review
from ml_connector.cli.document_raw import show_raw
from ml_connector.cli.document_replay import replay
from ml_connector.cli.document_story import story
from ml_connector.cli.options import AsJson, Limit, PageToken, Since, Stack, Until, end_moment, moment
from ml_connector.cli.output import Output, dated, guarded, screen_width

documents_app = typer.Typer(no_args_is_help=True, help="Find, show, replay, reroute, hold documents.")
documents_app.command("raw")(show_raw)
documents_app.command("replay")(replay)
documents_app.command("reroute")(reroute)
documents_app.command("hold")(hold)
documents_app.command("release")(release)
documents_app.command("review")(review)

_COLUMNS = ("id", "type", "partner", "number", "status", "Visma", "since", "reason")
# These columns are always shown; the reason needs some room to say anything.
_ALWAYS = 6
_LEAST_REASON = 24


@documents_app.command("list")
@guarded
def list_documents(
    partner: Annotated[str, typer.Option(help="Only this partner's.")] = "",
    type_: Annotated[str, typer.Option("--type", help="Only of this type: 810, INVOIC, invoice ...")] = "",
    status: Annotated[str, typer.Option(help="Only in this status: failed, held, posted ...")] = "",
    number: Annotated[str, typer.Option(help="With this number of either system.")] = "",
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    page: PageToken = None,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """List documents, latest first; today's if nothing narrows it."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.find_documents import Search, find

    search = Search(
        partner=partner,
        type=type_,
        status=status,
        number=number,
        since=moment(since),
        until=end_moment(until),
    )
    items, token = find(deployed_parts(stack).queries, search, limit=limit, token=page)
    Output(as_json=as_json).data({"documents": items, "next_page": token}, listing(items, token))


@documents_app.command("show")
@guarded
def show_document(
    document: Annotated[str, typer.Argument(help="A document's, interchange's or message's id.")],
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Show a document: its state, who and how much, what happened to it, and every decision."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.document_story import execution_of, known_state, parsed_content

    parts = deployed_parts(stack)
    state = known_state(document, parts.queries)
    events, content = parts.queries.events(document), parsed_content(state, parts.documents)
    data = {"document": state, "execution": execution_of(events), "content": content, "events": events}
    Output(as_json=as_json).data(data, story(state, events, content))


def listing(items: list[dict[str, Any]], token: str | None, *, nothing: str = "No documents.") -> Group:
    """Return states as a table as wide as the screen allows, with how to get the next page."""
    return Group(_table([_row(item) for item in items]) if items else Text(nothing), *next_page(token))


def next_page(token: str | None) -> list[Text]:
    """Return the line that says how to get the next page; none after the last."""
    return [Text(f"More: --page {token}", style="dim")] if token else []


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    return (
        item["item"],
        item.get("type", ""),
        item.get("partner") or item.get("sender") or "",
        item.get("number") or "",
        item.get("status", ""),
        item.get("visma_number", ""),
        dated(item.get("status_since")),
        item.get("reason") or item.get("note") or "",
    )


def _table(rows: list[tuple[str, ...]]) -> Table:
    """A table whose ids and numbers are never cut: what has no room is left out, the reason first."""
    widths = [max(map(len, cells)) for cells in zip(_COLUMNS, *rows, strict=True)]
    left, reason = screen_width(), len(widths) - 1
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    shown: list[int] = []
    for column, width in enumerate(widths):
        wanted = min(width, _LEAST_REASON) if column == reason else width
        if column < _ALWAYS or wanted < left:
            taken = min(width, left - 1) if column == reason else width
            table.add_column(_COLUMNS[column], no_wrap=True, overflow="ellipsis", width=taken)
            shown.append(column)
        left -= wanted + 1
    for row in rows:
        table.add_row(*(Text(row[column]) for column in shown))
    return table
