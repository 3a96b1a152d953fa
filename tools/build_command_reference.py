"""Write the reference of the commands from the commands themselves.

::

    python -m tools.build_command_reference

A test holds ``docs/reference/commands.md`` against what this would write.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

import typer
from typer.cli import get_docs_for_click

from ml_connector.cli.app import app

REFERENCE = Path(__file__).resolve().parent.parent / "docs/reference/commands.md"
# What the program was called with stands in Rich's markup; Markdown has none.
_MARKUP = re.compile(r"\[/?[a-z ]+\](?!\()")


def reference() -> str:
    """Return the reference as Markdown."""
    command = typer.main.get_command(app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="ml-connector", title="Commands")
    return html.unescape(_MARKUP.sub("", text)).rstrip() + "\n"


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
