"""Every command that README and docs name is one there is, with options it has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from tools.build_command_reference import REFERENCE, reference

from ml_connector.cli.app import app

ROOT = Path(__file__).parents[3]
PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
IN_TEXT = re.compile(r"`(?:\.venv/bin/)?(ml-connector [^`\n]+)`")
BLOCK = re.compile(r"^```(?:sh)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
IN_BLOCK = re.compile(r"^(?:\.venv/bin/)?(ml-connector .+?)(?: +#.*)?$", re.MULTILINE)


def named_commands():
    found = set()
    for page in PAGES:
        if page == REFERENCE:
            continue
        text = page.read_text(encoding="utf-8")
        blocks = "\n".join(BLOCK.findall(text))
        found |= {(page.name, line) for line in [*IN_TEXT.findall(text), *IN_BLOCK.findall(blocks)]}
    return sorted(found)


def command_of(words):
    """Return the command that the first words name, and the words left."""
    command = typer.main.get_command(app)
    while words and not words[0].startswith("-") and (inner := getattr(command, "commands", None)):
        assert words[0] in inner, f"there is no command {words[0]!r}"
        command, words = inner[words[0]], words[1:]
    return command, words


def test_the_reference_of_the_commands_is_as_written_by_the_tool():
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "python -m tools.build_command_reference"


@pytest.mark.parametrize(("page", "line"), named_commands())
def test_a_command_that_is_named_exists_with_its_options(page, line):
    for one in line.split("|"):
        words = shlex.split(one.replace("...", ""))[1:] or ["--help"]
        if words[0].startswith(("-", "ID")):
            continue
        command, left = command_of(words)
        options = {
            name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
        }
        unknown = {word.partition("=")[0] for word in left if word.startswith("--")} - options - {"--help"}
        assert not unknown, f"{page}: {' '.join(words)} has no {unknown}"


def test_there_are_commands_to_hold():
    assert len(named_commands()) > 20
