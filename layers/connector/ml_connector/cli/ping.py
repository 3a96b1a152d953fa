"""``ml-connector ping``: are both systems there, do they know us, may we do what we must."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ml_connector.checks import Check
from ml_connector.cli.output import REFUSED, Output, guarded
from ml_connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml_connector.assembly.parts import Parts


@guarded
def ping(
    stack: Annotated[
        str | None, typer.Option("--stack", help="The deployment; else ML_CONNECTOR_STACK.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check both real systems with the configured credentials."""
    from ml_connector.assembly.deployment import deployed_parts

    parts = deployed_parts(stack)
    checks = check_systems(parts)
    Output(as_json=as_json).data({"checks": [check.as_dict() for check in checks]}, _table(checks))
    if not all(check.ok for check in checks):
        raise typer.Exit(REFUSED)


def check_systems(parts: Parts) -> list[Check]:
    """Return the checks of both systems; settings that can't be read are a failed check."""
    return [*_guard("sterling", _sterling, parts), *_guard("visma", _visma, parts)]


def _sterling(parts: Parts) -> list[Check]:
    from ml_connector.sterling.ping import check

    return check(parts.sterling_settings, parts.sterling_credentials)


def _visma(parts: Parts) -> list[Check]:
    from ml_connector.visma.ping import check

    home, *others = parts.companies
    checks = check(*parts.visma_access(home))
    for company in others:
        found = check(*parts.visma_access(company))
        checks += [replace(one, name=f"{one.name} of {company}") for one in found]
    return checks


def _guard(system: str, run: Callable[[Parts], list[Check]], parts: Parts) -> list[Check]:
    try:
        return [Check(f"{system} {one.name}", one.ok, one.detail, one.advice) for one in run(parts)]
    except ConnectorError as error:
        return [Check(f"{system} settings", ok=False, detail=error.message, advice=error.advice)]


def _table(checks: list[Check]) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    for check in checks:
        mark = "[green]ok[/]" if check.ok else "[bold red]failed[/]"
        table.add_row(mark, check.name, check.detail if check.ok else f"{check.detail} {check.advice}")
    return table
