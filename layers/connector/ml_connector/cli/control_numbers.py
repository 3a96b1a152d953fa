"""``ml-connector control-numbers``: which number a partner got last, and going on after another."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from ml_connector.cli.options import AsJson, Reason, Stack, person
from ml_connector.cli.output import Output, guarded

control_numbers_app = typer.Typer(no_args_is_help=True, help="Control numbers of what is sent.")

PartnerId = Annotated[str, typer.Argument(metavar="PARTNER", help="The partner's id.")]
IsTest = Annotated[bool, typer.Option("--test", help="The numbers of test interchanges.")]


@control_numbers_app.command("show")
@guarded
def show(partner: PartnerId, test: IsTest = False, stack: Stack = None, as_json: AsJson = False) -> None:
    """Show the last control number a partner was sent, by standard."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.workflow.control_number_scopes import scopes_with

    parts = deployed_parts(stack)
    numbers = ControlNumberStore(parts.state_table)
    scopes = scopes_with(parts.configuration, partner, test=test)
    rows = [{"standard": standard, "last": numbers.current(scope)} for standard, scope in scopes.items()]
    table = Table("standard", "last number", box=None)
    for row in rows:
        table.add_row(str(row["standard"]), str(row["last"]))
    Output(as_json=as_json).data(rows, table)


@control_numbers_app.command("set")
@guarded
def set_number(
    partner: PartnerId,
    standard: Annotated[str, typer.Argument(metavar="STANDARD", help="x12, edifact or tradacoms.")],
    last: Annotated[int, typer.Argument(min=0, max=999_999_999, help="The number to go on after.")],
    test: IsTest = False,
    back: Annotated[bool, typer.Option("--back", help="Even if numbers come again.")] = False,
    reason: Reason = "",
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Let a partner's numbers go on after another, as after a migration or a disaster."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.workflow.control_number_scopes import go_on_after, scopes_with

    who, parts = person(reason), deployed_parts(stack)
    done = go_on_after(
        partner,
        scopes_with(parts.configuration, partner, test=test),
        standard,
        last,
        person=who,
        numbers=ControlNumberStore(parts.state_table),
        audit=parts.audit,
        back=back,
    )
    Output(as_json=as_json).data(done, Text(f"The next {standard} number of {partner} is {last + 1}."))
