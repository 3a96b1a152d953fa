"""``ml-connector matching``: how well invoices match."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from ml_connector.cli.output import Output, guarded
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from ml_connector.workflow.matching_report import PartnerMatching

matching_app = typer.Typer(no_args_is_help=True, help="See how well invoices match.")


@matching_app.callback()
def _matching() -> None:
    """Keep ``report`` a sub-command although it is the only one."""


@matching_app.command("report")
@guarded
def report(
    since: Annotated[str, typer.Option("--since", help="First day, YYYY-MM-DD; today by default.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day, YYYY-MM-DD; today by default.")] = "",
    stack: Annotated[str | None, typer.Option("--stack", help="The deployment.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the share of invoices matched untouched, by partner, and why the others were not."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.matching_report import matching_report
    from ml_connector.workflow.stored_documents import documents_between

    queries = deployed_parts(stack).queries
    items = documents_between(queries, day_of(since), day_of(until))
    rows = matching_report(items, queries)
    Output(as_json=as_json).data([row.as_dict() for row in rows], _table(rows))


def day_of(text: str) -> date:
    """Return the day a person names; nothing is today, in UTC.

    Raises:
        Misconfigured: It is no day.
    """
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError as error:
        raise Misconfigured(f"{text!r} is no day.", advice="Write it as YYYY-MM-DD.") from error


def _table(rows: list[PartnerMatching]) -> Table:
    table = Table("partner", "compared", "untouched", "share", "exceptions by reason", box=None)
    for row in rows:
        share = "" if row.share is None else f"{row.share:.1%}"
        reasons = ", ".join(f"{name} {count}" for name, count in row.reasons.most_common())
        table.add_row(Text(row.partner), str(row.compared), str(row.untouched), share, reasons)
    return table
