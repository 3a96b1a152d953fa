"""``ml-connector acknowledgements``: what partners answered to what was sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ml_connector.cli.options import AsJson, Since, Stack, moment
from ml_connector.cli.output import Output, dated, guarded

if TYPE_CHECKING:
    from ml_connector.workflow.acknowledgements import AwaitedAnswer

acknowledgements_app = typer.Typer(no_args_is_help=True, help="See what partners answered.")


@acknowledgements_app.callback()
def _acknowledgements() -> None:
    """Keep ``list`` a sub-command although it is the only one."""


@acknowledgements_app.command("list")
@guarded
def list_acknowledgements(
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have been answered.")] = False,
    partner: Annotated[str, typer.Option("--partner", help="Only of this partner.")] = "",
    since: Since = None,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """List what was sent with the answer it got; by default of the last 30 days."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.acknowledgements import LOOK_BACK, awaited_answers

    now = datetime.now(UTC)
    parts = deployed_parts(stack)
    begin = moment(since) or now - LOOK_BACK
    found = awaited_answers(parts.configuration, parts.queries, begin, partner)
    answers = [one for one in found if not overdue or one.overdue(now)]
    Output(as_json=as_json).data([one.as_dict() for one in answers], _table(answers))


def _table(answers: list[AwaitedAnswer]) -> Table:
    table = Table("id", "partner", "document", "control number", "status", "answer", "since", "due", box=None)
    for one in answers:
        table.add_row(
            one.item,
            one.partner,
            f"{one.type} {one.number}",
            one.control_number,
            one.status,
            one.verdict,
            dated(one.since.isoformat()),
            dated(one.due.isoformat()) if one.due else "",
        )
    return table
