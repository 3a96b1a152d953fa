"""``ml-connector``: one command for people, its sub-commands by what they are about.

Modules of commands import what they need inside the command: `edi` commands never load AWS's packages.
"""

from __future__ import annotations

from typing import Annotated

import typer

from ml_connector import __version__
from ml_connector.cli.acknowledgements import acknowledgements_app
from ml_connector.cli.audit import audit_app
from ml_connector.cli.configuration import config_app
from ml_connector.cli.control_numbers import control_numbers_app
from ml_connector.cli.credentials import credentials_app
from ml_connector.cli.demo import demo
from ml_connector.cli.documents import documents_app
from ml_connector.cli.edi import edi_app
from ml_connector.cli.edi_acknowledge import acknowledge_file
from ml_connector.cli.edi_documents import parse, write
from ml_connector.cli.interchanges import interchanges_app, unassigned_app
from ml_connector.cli.matching import matching_app
from ml_connector.cli.output import MISCONFIGURED
from ml_connector.cli.partners import partners_app
from ml_connector.cli.ping import ping
from ml_connector.cli.rules import rules_app
from ml_connector.cli.status import status

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Joins Visma.net ERP and IBM Sterling B2B Integrator.",
)
app.command()(ping)
app.command()(demo)
app.command()(status)
edi_app.command("acknowledge")(acknowledge_file)
edi_app.command("parse")(parse)
edi_app.command("write")(write)
app.add_typer(edi_app, name="edi")
app.add_typer(documents_app, name="documents")
app.add_typer(audit_app, name="audit")
app.add_typer(interchanges_app, name="interchanges")
app.add_typer(unassigned_app, name="unassigned")
app.add_typer(acknowledgements_app, name="acknowledgements")
app.add_typer(control_numbers_app, name="control-numbers")
app.add_typer(credentials_app, name="credentials")
app.add_typer(rules_app, name="rules")
app.add_typer(config_app, name="config")
app.add_typer(partners_app, name="partners")
app.add_typer(matching_app, name="matching")


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"ml-connector {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(MISCONFIGURED)


def main() -> None:
    """Run the command line."""
    app()
