"""Each command the pages show as it is typed, run against a deployment; unit tests parse the others."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "docs/index.md", "docs/onboarding.md"]
COMMAND = re.compile(r"^\.venv/bin/ml-connector (.+?)(?: +#.*)?$", re.MULTILINE)
# What a reader fills in, and what changes the one configuration that all tests here share.
FILLED_IN = re.compile(r"\b(?:NAME|DIR|FILE|OUT|DOCUMENT)\b")
CHANGING = ("config push", "documents replay")


def shown():
    lines = {line for page in PAGES for line in COMMAND.findall((ROOT / page).read_text(encoding="utf-8"))}
    return sorted(line for line in lines if not FILLED_IN.search(line) and not line.startswith(CHANGING))


@pytest.mark.parametrize("line", shown())
def test_a_command_that_a_page_shows_does_what_the_page_promises(line, first_run, run_cli, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = [first_run["HUB-4501"].id if word == "ID" else word for word in shlex.split(line)]
    done = run_cli(*words)
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout.strip()
