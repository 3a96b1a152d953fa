"""``ml-connector audit``: do the stored bytes, the audit trail and both systems agree?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ml_connector.cli.options import AsJson, Since, Stack, Until, end_moment, moment
from ml_connector.cli.output import REFUSED, Output, guarded
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from ml_connector.workflow.faults import Report

audit_app = typer.Typer(no_args_is_help=True, help="Prove the audit trail.")

_SYSTEMS = ("sterling", "visma")


@audit_app.callback()
def _audit() -> None:
    """Prove the audit trail."""


@audit_app.command("verify")
@guarded
def verify(
    since: Since = None,
    until: Until = None,
    grace: Annotated[int, typer.Option(min=0, help="Hours something may be under way.")] = 24,
    sterling_keeps: Annotated[
        int, typer.Option("--sterling-keeps", min=0, help="Hours Sterling keeps what it was sent, at least.")
    ] = 24,
    skip: Annotated[
        list[str] | None, typer.Option(help="A system not to ask: sterling or visma; repeatable.")
    ] = None,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Prove that stored bytes, audit trail and both systems agree for a period; the last day by default.

    Every message has an end, every posted document a source, every digest fits, and what was sent is in its
    mailbox once. Exits with 1 if anything does
    not agree.
    """
    from ml_connector.assembly.actions import verifying
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.verify_audit import verify_audit

    if unknown := set(skip or ()) - set(_SYSTEMS):
        raise Misconfigured(f"--skip: {min(unknown)} is no system.", advice="Give sterling or visma.")
    end = end_moment(until) or datetime.now(UTC)
    start = moment(since) or end - timedelta(days=1)
    parts = verifying(
        deployed_parts(stack),
        grace=timedelta(hours=grace),
        sterling_keeps=timedelta(hours=sterling_keeps),
        skipped=skip or (),
    )
    report = verify_audit(start, end, parts)
    data = {"since": start.isoformat(), "until": end.isoformat(), **report.as_dict()}
    Output(as_json=as_json).data(data, _rendered(report))
    if report.faults:
        raise typer.Exit(REFUSED)


def _rendered(report: Report) -> Group:
    checked = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in report.checked.items())
    looked_at = Text(f"Looked at {checked or 'nothing: nothing came in this period'}.")
    if not report.faults:
        return Group(looked_at, Text("Everything agrees.", style="green"))
    table = Table("fault", "about", "what", "to do", box=None, pad_edge=False, header_style="bold")
    for fault in report.faults:
        row = fault.as_dict()
        table.add_row(
            Text(row["kind"], style="bold red"), Text(row["item"]), Text(row["what"]), Text(row["advice"])
        )
    return Group(looked_at, table)
