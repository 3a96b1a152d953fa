"""``ml-connector status``: how every partner and both systems stand, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ml_connector.cli.options import AsJson, Stack  # noqa: TC001 - Typer reads annotations at run time
from ml_connector.cli.output import REFUSED, Output, dated, guarded
from ml_connector.cli.ping import check_systems

if TYPE_CHECKING:
    from ml_connector.checks import Check


@guarded
def status(
    health: Annotated[bool, typer.Option(help="Ask both systems, too.")] = True,
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Show each partner's last success, backlog and failures, and both systems' health.

    Exits with 1 if a system is not well; what partners' documents wait for is no error of the connector.
    """
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.workflow.overview import partner_overviews

    parts = deployed_parts(stack)
    partners = [one.as_dict() for one in partner_overviews(parts.queries, parts.configuration.partners)]
    checks = check_systems(parts) if health else []
    systems = [check.as_dict() for check in checks]
    Output(as_json=as_json).data({"partners": partners, "systems": systems}, _page(partners, checks))
    if not all(check.ok for check in checks):
        raise typer.Exit(REFUSED)


def _page(partners: list[dict[str, Any]], checks: list[Check]) -> Group:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("partner", "last success", "on the way", "for a person", "overdue", "open since"):
        table.add_column(heading, no_wrap=True)
    for one in partners:
        failures = Text(str(one["failures"]), style="bold red" if one["failures"] else "dim")
        table.add_row(
            one["partner"],
            dated(one["last_success"]),
            str(one["backlog"]),
            failures,
            str(one["overdue_acknowledgements"]),
            dated(one["oldest_open"]),
        )
    lines = [
        Text(
            f"{'ok' if check.ok else 'failed':7} {check.name} {check.detail if not check.ok else ''}".rstrip()
        )
        for check in checks
    ]
    return Group(table, *([Text(), *lines] if lines else []))
