"""Which deployment a person's command is about, and its parts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ml_connector.assembly.environment import Environment
from ml_connector.assembly.parts import Parts
from ml_connector.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

STACK_VARIABLE = "ML_CONNECTOR_STACK"
# Written by the demo in the folder it runs in, so that commands given there are about it.
DEMO_FILE = Path(".local/demo/environment.json")
# These three functions carry every variable there is: what all share, and one state machine each.
_FUNCTIONS = ("poll-sterling", "poll-visma", "split-interchange")


def deployed_parts(stack: str | None = None) -> Parts:
    """Return the parts of a deployed stack, with the environment its own functions have.

    Args:
        stack: Its name; else ``ML_CONNECTOR_STACK`` names it, else it is the demo's if that runs here.

    Raises:
        Misconfigured: No stack was named, or it can't be read.
    """
    name = stack or os.environ.get(STACK_VARIABLE) or _demo_stack()
    if not name:
        raise Misconfigured(
            "No deployment was named.",
            advice=f"Give --stack NAME or set {STACK_VARIABLE}; or run: make demo KEEP=1",
        )
    session = boto3.Session()
    return Parts(Environment(_variables(session, name)), session)


def _demo_stack() -> str:
    if not DEMO_FILE.exists():
        return ""
    variables = json.loads(DEMO_FILE.read_text())
    for variable, value in variables.items():
        os.environ.setdefault(variable, value)
    return str(variables.get(STACK_VARIABLE, ""))


def _variables(session: boto3.Session, stack: str) -> Mapping[str, str]:
    functions = session.client("lambda")
    variables: dict[str, str] = {STACK_VARIABLE: stack}
    try:
        for function in _FUNCTIONS:
            answer: Any = functions.get_function_configuration(FunctionName=f"{stack}-{function}")
            variables |= answer["Environment"]["Variables"]
    except (BotoCoreError, ClientError) as error:
        raise Misconfigured(
            f"The stack {stack!r} can't be read: {error}",
            advice="Check the stack's name, the region and your AWS credentials.",
            stack=stack,
        ) from error
    return variables
