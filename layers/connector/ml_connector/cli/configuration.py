"""``ml-connector config``: put the configuration in force, fetch it, see what changed and when."""

from __future__ import annotations

import difflib
import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from ml_connector.cli.output import REFUSED, Output, guarded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ml_connector.store.configuration import ConfigurationStore

config_app = typer.Typer(no_args_is_help=True, help="Push, pull and compare configurations.")

Folder = Annotated[Path, typer.Argument(help="The configuration's folder.", file_okay=False)]
Version = Annotated[str, typer.Option("--version", help="This version instead of the one in force.")]
Stack = Annotated[str | None, typer.Option("--stack", help="The deployment; else ML_CONNECTOR_STACK.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@config_app.command("push")
@guarded
def push(
    folder: Folder,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the history.")] = "",
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Put a folder's configuration in force; one with a fault is refused and changes nothing."""
    from ml_connector.mapping.ledger_check import require_known_codes
    from ml_connector.partners import load

    configuration = load(folder)
    require_known_codes(configuration)
    stored = _store(stack).push(configuration, actor=getpass.getuser(), reason=reason)
    Output(as_json=as_json).data(stored.entry(), Text(f"Version {stored.version} is in force."))


@config_app.command("pull")
@guarded
def pull(folder: Folder, version: Version = "", stack: Stack = None, as_json: AsJson = False) -> None:
    """Write the configuration in force, or an older version, into a folder; what else is there stays."""
    from ml_connector.partners import read_folder

    store = _store(stack)
    stored = store.version(version) if version else store.current()
    for name, text in stored.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    written = f"Wrote {len(stored.files)} files of version {stored.version} to {folder}."
    others = sorted(set(read_folder(folder)) - set(stored.files))
    if others:
        written += f" Not of that version, and left there: {', '.join(others)}."
    found = {**stored.entry(), "files": sorted(stored.files), "others": others}
    Output(as_json=as_json).data(found, Text(written))


@config_app.command("history")
@guarded
def history(stack: Stack = None, as_json: AsJson = False) -> None:
    """List what was in force, newest first."""
    entries = list(_store(stack).history())
    table = Table("version", "pushed", "by", "why", box=None)
    for entry in entries:
        table.add_row(entry["version"], entry["pushed_at"], Text(entry["actor"]), Text(entry["reason"]))
    Output(as_json=as_json).data(entries, table)


@config_app.command("diff")
@guarded
def diff(folder: Folder, version: Version = "", stack: Stack = None, as_json: AsJson = False) -> None:
    """Show how a folder differs from the configuration in force; exit code 1 if it does."""
    from ml_connector.partners import read_folder

    store = _store(stack)
    stored = store.version(version) if version else store.current()
    changed = differences(stored.files, read_folder(folder))
    text = "\n".join(line for lines in changed.values() for line in lines) or "Nothing differs."
    Output(as_json=as_json).data({"version": stored.version, "differences": changed}, Text(text))
    if changed:
        raise typer.Exit(REFUSED)


@config_app.command("schema")
@guarded
def schema(folder: Folder, as_json: AsJson = False) -> None:
    """Write the JSON Schemas of all files of a configuration into a folder, for editors."""
    from ml_connector.mapping.snapshot import Snapshot
    from ml_connector.partners.schemas import schemas

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in schemas(lookups=Snapshot).items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(str(path))
    Output(as_json=as_json).data(written, Text("\n".join(written)))


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """Return a unified diff of every file that is not the same in both, by its path."""
    changed: dict[str, list[str]] = {}
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            lines = difflib.unified_diff(
                old.splitlines(), new.splitlines(), f"in force/{name}", f"folder/{name}", lineterm=""
            )
            changed[name] = list(lines)
    return changed


def _store(stack: str | None) -> ConfigurationStore:
    from ml_connector.assembly.deployment import deployed_parts

    return deployed_parts(stack).configurations
