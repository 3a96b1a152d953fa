"""What the embedded endpoint is started with: options, each with an environment variable behind it."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
"""The endpoint executes what it is given, unauthenticated: it is never reachable from another machine."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The endpoint's settings; folders are absolute."""

    port: int
    state: Path
    logs: Path
    runtime_python: Path
    schedule_seconds_per_minute: float
    checkpoint_seconds: float
    environments_per_function: int
    environments: int

    @property
    def url(self) -> str:
        """Where clients reach the endpoint."""
        return f"http://{HOST}:{self.port}"


_OPTIONS: tuple[tuple[str, str, type, object, str], ...] = (
    ("--port", "ML_CONNECTOR_PORT", int, 4566, "port on 127.0.0.1"),
    ("--state", "ML_CONNECTOR_STATE", Path, ROOT / ".local/aws", "folder that keeps state over restarts"),
    ("--logs", "ML_CONNECTOR_LOGS", Path, ROOT / ".local/logs", "folder of one log file per function"),
    (
        "--runtime-python",
        "ML_CONNECTOR_RUNTIME_PYTHON",
        Path,
        ROOT / ".venvs/runtime/bin/python",
        "interpreter that has awslambdaric; it runs every python3.x function",
    ),
    (
        "--schedule-seconds-per-minute",
        "SCHEDULE_SECONDS_PER_MINUTE",
        float,
        60.0,
        "real seconds that a minute of a rate() schedule lasts: 5 fires rate(1 minute) every 5 seconds",
    ),
    ("--checkpoint-seconds", "ML_CONNECTOR_CHECKPOINT_SECONDS", float, 3.0, "writes that a SIGKILL can cost"),
    (
        "--environments-per-function",
        "ML_CONNECTOR_ENVIRONMENTS_PER_FUNCTION",
        int,
        2,
        "processes at once per function; further invocations wait for one",
    ),
    ("--environments", "ML_CONNECTOR_ENVIRONMENTS", int, 12, "warm processes over all functions"),
)


def read_settings(arguments: list[str] | None = None) -> Settings:
    """Read the settings from the command line, then the environment, then the defaults."""
    parser = argparse.ArgumentParser(prog="python -m local.aws", description="The embedded AWS endpoint.")
    for option, variable, kind, default, what in _OPTIONS:
        value = os.environ.get(variable) or default
        parser.add_argument(option, type=kind, default=value, help=f"{what} [{variable}; {default}]")
    given = parser.parse_args(arguments)
    for folder in ("state", "logs"):
        setattr(given, folder, getattr(given, folder).resolve())
    # Not resolved: a virtual environment's interpreter is a link, and is one only under its own name.
    given.runtime_python = given.runtime_python.absolute()
    return Settings(**vars(given))
