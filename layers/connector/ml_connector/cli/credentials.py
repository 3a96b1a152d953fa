"""``ml-connector credentials``: fill the secrets, never echoed and never in a shell's history."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ml_connector.cli.output import guarded
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    company: Annotated[
        str, typer.Option(help="A further Visma company to serve: only its tenant is asked for.")
    ] = "",
    stack: Annotated[
        str | None, typer.Option("--stack", help="The deployment; else ML_CONNECTOR_STACK.")
    ] = None,
) -> None:
    """Ask for a system's credentials and keep them; a JSON object on standard input serves too."""
    from ml_connector.assembly.deployment import deployed_parts

    if system not in ("sterling", "visma"):
        raise Misconfigured(f"There is no system {system!r}.", advice="Give sterling or visma.")
    if company and system != "visma":
        raise Misconfigured("Only Visma has companies.", advice="Leave --company out.")
    parts = deployed_parts(stack)
    kind = parts.environment.get("STERLING_AUTH_MODE", "basic") if system == "sterling" else "oauth2"
    asked = _ASKED[system, kind] if not company else ((f"tenant_id@{company}", False),)
    given = _prompt(asked) if sys.stdin.isatty() else _read(asked)
    kept = parts.credentials(system).values_or_none() or {}
    values = {**(kept if company else _of_other_companies(kept)), **given}
    secret = parts.environment[f"{system.upper()}_SECRET"]
    parts.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps(values))
    typer.echo(f"The credentials of {system} are kept; functions use them within five minutes.")


def _of_other_companies(kept: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in kept.items() if "@" in name}


def _prompt(asked: Iterable[tuple[str, bool]]) -> dict[str, str]:
    return {name: typer.prompt(name, hide_input=hidden) for name, hidden in asked}


def _read(asked: Iterable[tuple[str, bool]]) -> dict[str, str]:
    wanted = [name for name, _ in asked]
    try:
        given = json.load(sys.stdin)
        return {name: str(given[name]) for name in wanted}
    except (ValueError, KeyError, TypeError):
        raise Misconfigured(
            "Standard input holds no JSON object with these names.", advice=f"Give {', '.join(wanted)}."
        ) from None
