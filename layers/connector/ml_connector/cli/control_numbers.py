"""``ml-connector control-numbers``: which number a partner got last, and going on after another."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from ml_connector.cli.options import AsJson, Reason, Stack, person
from ml_connector.cli.output import Output, guarded

control_numbers_app = typer.Typer(no_args_is_help=True, help="Control numbers of what is sent.")


class Level(StrEnum):
    """What control numbers are of."""

    INTERCHANGE = "interchange"
    GROUP = "group"
    MESSAGE = "message"


PartnerId = Annotated[str, typer.Argument(metavar="PARTNER", help="The partner's id.")]
IsTest = Annotated[bool, typer.Option("--test", help="The numbers of test interchanges.")]


@control_numbers_app.command("show")
@guarded
def show(partner: PartnerId, test: IsTest = False, stack: Stack = None, as_json: AsJson = False) -> None:
    """Show the last control numbers a partner was sent, by standard and level, and which come next."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.workflow.control_number_scopes import counters_of

    parts = deployed_parts(stack)
    numbers = ControlNumberStore(parts.state_table)
    counters = counters_of(parts.configuration, partner, test=test)
    rows = [counter.described(numbers.current(counter.scope)) for counter in counters]
    table = Table("standard", "level", "last number", "next", "first", "highest", box=None)
    for row in rows:
        table.add_row(*map(str, row.values()))
    Output(as_json=as_json).data(rows, table)


@control_numbers_app.command("set")
@guarded
def set_number(
    partner: PartnerId,
    standard: Annotated[str, typer.Argument(metavar="STANDARD", help="x12, edifact or tradacoms.")],
    last: Annotated[int, typer.Argument(min=0, max=999_999_999, help="The number to go on after.")],
    level: Annotated[
        Level, typer.Option("--level", help="Of which numbers: the interchanges', groups' or messages'.")
    ] = Level.INTERCHANGE,
    test: IsTest = False,
    back: Annotated[bool, typer.Option("--back", help="Even if numbers come again.")] = False,
    reason: Reason = "",
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Let a partner's numbers go on after another, as after a migration or a disaster."""
    from ml_connector.assembly.deployment import deployed_parts
    from ml_connector.store.control_numbers import ControlNumberStore
    from ml_connector.workflow.control_number_scopes import counter_of, counters_of, go_on_after

    who, parts = person(reason), deployed_parts(stack)
    counters = counters_of(parts.configuration, partner, test=test)
    done = go_on_after(
        partner,
        counter_of(counters, standard, level.value, partner),
        last,
        person=who,
        numbers=ControlNumberStore(parts.state_table),
        audit=parts.audit,
        back=back,
    )
    sentence = f"The next {standard} {level.value} number of {partner} is {done['next']}."
    Output(as_json=as_json).data(done, Text(sentence))
