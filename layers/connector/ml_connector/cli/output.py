"""What commands print: JSON for programs, tables for people, errors with what to do, and exit codes.

Exit codes: 0 all is well, 1 the input was refused or a check failed, 2 wrong usage or configuration.
"""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec

import typer
from rich.console import Console, RenderableType

from ml_connector.errors import ConnectorError, Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable


Parameters = ParamSpec("Parameters")

_WIDTH_OF_FILES = 160

REFUSED = 1
MISCONFIGURED = 2


class Output:
    """Prints results to standard output in one of two forms.

    Args:
        as_json: Print JSON instead of what people read.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.console = Console(soft_wrap=not sys.stdout.isatty(), highlight=False, width=screen_width())

    def data(self, data: object, rendering: RenderableType) -> None:
        """Print the data as JSON, or its rendering."""
        if self.as_json:
            print(json.dumps(data, default=plain, ensure_ascii=False, indent=2))  # noqa: T201 - a command prints
        else:
            self.console.print(rendering)

    def refuse(self, sentence: str) -> None:
        """Say on standard error why an input was refused."""
        Console(stderr=True, highlight=False, soft_wrap=True).print(sentence, markup=False, style="yellow")


def screen_width() -> int:
    """Return how many columns there are: the terminal's, or enough where the output goes to a file."""
    return shutil.get_terminal_size((_WIDTH_OF_FILES, 0)).columns


def guarded(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Turn the connector's errors into a message on standard error and an exit code."""

    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ConnectorError as error:
            fail(error)
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            sentence = f"{error.filename} can't be read: {(error.strerror or 'it is not there').lower()}."
            fail(Misconfigured(sentence, advice="Name a file that is there and may be read."))

    return run


def fail(error: ConnectorError) -> NoReturn:
    """Print the error and what to do, and leave with its exit code."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[bold red]{type(error).__name__}[/]:", end=" ")
    console.print(error.message, markup=False)
    if error.advice:
        console.print(error.advice, markup=False, style="yellow")
    raise typer.Exit(MISCONFIGURED if isinstance(error, Misconfigured) else REFUSED)


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON takes
    """Return what JSON has no form for in a form it has: decimals as numbers when whole, else as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return str(value)


def dated(stamp: str | None) -> str:
    """Return a moment of the audit trail as people read it, in UTC."""
    return f"{datetime.fromisoformat(stamp):%Y-%m-%d %H:%M:%S}" if stamp else ""
