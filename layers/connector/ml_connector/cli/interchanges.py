"""``ml-connector interchanges`` and ``unassigned``: what came, and what nobody is known to have sent."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from ml_connector.cli.document_story import story
from ml_connector.cli.documents import listing, next_page
from ml_connector.cli.options import (
    AsJson,
    Limit,
    PageToken,
    Reason,
    Since,
    Stack,
    Until,
    end_moment,
    moment,
    person,
)
from ml_connector.cli.output import Output, dated, guarded
from ml_connector.errors import Rejected

_LINES_SHOWN = 5

interchanges_app = typer.Typer(no_args_is_help=True, help="List and show interchanges.")
unassigned_app = typer.Typer(no_args_is_help=True, help="Interchanges of unknown senders.")


@interchanges_app.command("list")
@guarded
def list_interchanges(
    partner: Annotated[str, typer.Option(help="Only this partner's.")] = "",
    status: Annotated[str, typer.Option(help="Only in this status: split, quarantined, held ...")] = "",
    number: Annotated[str, typer.Option(help="With this control number.")] = "",
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    page: PageToken = None,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """List interchanges, latest first; today's if nothing narrows it."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.find_documents import Search, find

    search = Search(
        kind="interchange",
        partner=partner,
        status=status,
        number=number,
        since=moment(since),
        until=end_moment(until),
    )
    items, token = find(deployed_parts(stack).queries, search, limit=limit, token=page)
    rendering = listing(items, token, nothing="No interchanges.")
    Output(as_json=as_json).data({"interchanges": items, "next_page": token}, rendering)


@interchanges_app.command("show")
@guarded
def show_interchange(
    interchange: Annotated[str, typer.Argument(metavar="ID", help="An interchange's or a message's id.")],
    limit: Limit = 50,
    page: PageToken = None,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Show an interchange, what happened to it, and its documents."""
    from ml_connector.assembly.deployment import deployed_parts

    queries = deployed_parts(stack).queries
    state = queries.state(interchange)
    if state is None or state.get("kind") == "document":
        raise Rejected(
            f"There is no interchange {interchange!r}.", advice="List them: ml-connector interchanges list"
        )
    events = queries.events(interchange)
    children, token = queries.by_interchange(interchange, limit=limit, token=page)
    data = {"interchange": state, "events": events, "documents": children, "next_page": token}
    Output(as_json=as_json).data(data, Group(story(state, events, None), Text(), listing(children, token)))


@unassigned_app.command("list")
@guarded
def list_unassigned(
    limit: Limit = 50, page: PageToken = None, stack: Stack = None, as_json: AsJson = False
) -> None:
    """List interchanges whose sender no partner's file names: from whom, to whom, and how they begin."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.unassigned import find_unassigned

    items, token = find_unassigned(deployed_parts(stack).queries, limit=limit, token=page)
    rendering = [_unassigned(item) for item in items] or [Text("Every interchange has its partner.")]
    shown = Group(*rendering, *next_page(token))
    Output(as_json=as_json).data({"unassigned": items, "next_page": token}, shown)


def _unassigned(item: dict[str, Any]) -> Text:
    came = f"{dated(item.get('status_since'))}  from {item.get('sender')} to {item.get('receiver')}"
    lines = item["first_lines"].replace("~", "~\n").replace("'", "'\n").splitlines()
    beginning = "".join(f"\n    {line}" for line in lines[:_LINES_SHOWN] if line.strip())
    text = Text.assemble((item["item"], "bold"), f"  {came}\n  {item.get('reason') or ''}", beginning)
    return text if not item.get("advice") else text.append(f"\n  {item['advice']}")


@unassigned_app.command("assign")
@guarded
def assign_interchange(
    interchange: Annotated[str, typer.Argument(metavar="ID", help="The interchange's id.")],
    partner: Annotated[str, typer.Option(help="Whom you expect it to be from.")] = "",
    reason: Reason = "",
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Receive an interchange again, after its partner was added to the configuration."""
    from ml_connector.assembly.actions import receiving_again
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.receive_again import assign

    who = person(reason)
    done = assign(interchange, who, receiving_again(deployed_parts(stack)), partner=partner)
    text = Text(f"{interchange} is from {done['partner']}; it goes on as {done['execution']}")
    Output(as_json=as_json).data(done, text)
