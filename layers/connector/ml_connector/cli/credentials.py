"""``ml-connector credentials``: fill the secrets, never echoed and never in a shell's history."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from ml_connector.cli.output import guarded
from ml_connector.errors import Misconfigured

credentials_app = typer.Typer(no_args_is_help=True, help="The credentials of both systems.")

# What is asked for, by system and kind of login; what is hidden is not echoed.
_ASKED = {
    ("sterling", "basic"): (("username", False), ("password", True)),
    ("sterling", "oauth2"): (("client_id", False), ("client_secret", True)),
    ("visma", "oauth2"): (("client_id", False), ("client_secret", True), ("tenant_id", False)),
}


@credentials_app.command("set")
@guarded
def set_credentials(
    system: Annotated[str, typer.Argument(help="sterling or visma")],
    stack: Annotated[
        str | None, typer.Option("--stack", help="The deployment; else ML_CONNECTOR_STACK.")
    ] = None,
) -> None:
    """Ask for a system's credentials and keep them; a JSON object on standard input serves too."""
    from ml_connector.assembly.deployment import deployed_parts

    if system not in ("sterling", "visma"):
        raise Misconfigured(f"There is no system {system!r}.", advice="Give sterling or visma.")
    parts = deployed_parts(stack)
    kind = parts.environment.get("STERLING_AUTH_MODE", "basic") if system == "sterling" else "oauth2"
    values = _prompt(system, kind) if sys.stdin.isatty() else _read(system, kind)
    secret = parts.environment[f"{system.upper()}_SECRET"]
    parts.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps(values))
    typer.echo(f"The credentials of {system} are kept; functions use them within five minutes.")


def _prompt(system: str, kind: str) -> dict[str, str]:
    return {name: typer.prompt(name, hide_input=hidden) for name, hidden in _ASKED[system, kind]}


def _read(system: str, kind: str) -> dict[str, str]:
    wanted = [name for name, _ in _ASKED[system, kind]]
    try:
        given = json.load(sys.stdin)
        return {name: str(given[name]) for name in wanted}
    except (ValueError, KeyError, TypeError):
        raise Misconfigured(
            "Standard input holds no JSON object with these names.", advice=f"Give {', '.join(wanted)}."
        ) from None
