"""``ml-connector demo``: the main job on this machine, with simulators of both systems."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from ml_connector.cli.output import guarded
from ml_connector.errors import Misconfigured


@guarded
def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave everything running; make down stops it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the main job: partners' EDI becomes Visma documents."""
    sys.path.insert(0, str(Path.cwd()))
    try:
        main = importlib.import_module("local.demo.main")
    except ModuleNotFoundError as error:
        raise Misconfigured(
            "The demo is not here.", advice="Run it in a checkout of ml-connector, by: make demo"
        ) from error
    raise typer.Exit(main.run(keep=keep, as_json=as_json))
